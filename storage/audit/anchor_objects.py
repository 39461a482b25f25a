"""What lies in the bucket of anchors: lines and their token, and the names of both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from dossier.records import StoredObject
from storage.audit.trail import AuditLine, from_told

LINES: Final = ".jsonl.age"
STAMP: Final = ".tsr"


@dataclass(frozen=True, slots=True)
class Held:
    """What one anchor holds."""

    lines: tuple[AuditLine, ...]
    stored: StoredObject

    @property
    def last(self) -> AuditLine:
        """By whose number it is named."""
        return self.lines[-1]

    @property
    def digest(self) -> bytes:
        """What is stamped."""
        return sha256((self.last.sha256 + self.stored.sha256).encode()).digest()


@dataclass(frozen=True, slots=True)
class Stamp:
    """The token of one anchor."""

    response: bytes
    stored: StoredObject


def lines_in(content: Path) -> tuple[AuditLine, ...]:
    """The lines of an opened anchor; none where it is not one."""
    try:
        return tuple(from_told(json.loads(line)) for line in content.read_bytes().splitlines())
    except (ValueError, KeyError, TypeError):
        return ()


def number_of(key: str) -> int:
    """The last line of the anchor that has its lines here."""
    return int(key.rsplit("/", 1)[1].removesuffix(LINES))


def stamp_of(key: str) -> str:
    """Where the token of the anchor lies that has its lines here."""
    return key.removesuffix(LINES) + STAMP
