"""What the writers of an export hand each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final, Literal

from dossier.dossier_code import DossierCode
from dossier.metadata import Metadata
from dossier.values import Sha256
from storage.database.rows import RecordRow
from storage.records.manifest_form import Manifest

VIETNAM: Final = timezone(timedelta(hours=7))
"""UTC+07:00; the packages of TT 05/2025 tell time so."""

DATA: Final = "representations/rep1/data"
"""Folder of the papers in a package."""
RECORDS: Final = "metadata/other"
"""Folder of what is said of each paper."""


@dataclass(frozen=True, slots=True)
class Payload:
    """One file of a package, written and durable."""

    path: str
    """Below the root of the package, with slashes."""
    sha256: Sha256
    sha512: str
    size: int
    """Bytes."""
    media_type: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """One record in a package."""

    row: RecordRow
    manifests: tuple[Manifest, ...]
    """Every version, oldest first."""
    place: int
    """Place in the dossier, from 1."""
    files: tuple[Payload, ...]
    """The PDF first."""

    @property
    def manifest(self) -> Manifest:
        """The version that speaks now."""
        return self.manifests[-1]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a record."""

    kind: str
    """A term of the PREMIS vocabulary of event types."""
    at: datetime
    detail: str
    """Codes, counts and hashes; no name of a person."""
    outcome: str
    agents: tuple[str, ...]
    """Ids of `Agent`s."""
    record_id: str


@dataclass(frozen=True, slots=True)
class Agent:
    """Who or what acted."""

    name: str
    kind: Literal["software", "organization"]
    version: str
    """Empty for an organization."""

    @property
    def id(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}".strip()


@dataclass(frozen=True, slots=True)
class Package:
    """A dossier as it is exported."""

    object_id: str
    """urn:<fonds>:uuid:<UUID>"""
    dossier_code: DossierCode
    made_at: datetime
    program: str
    """Version of this program."""
    metadata: Metadata
    papers: tuple[Paper, ...]
    left_out: tuple[RecordRow, ...]
    """Records of the dossier that are withdrawn or disposed: named, not exported."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export gave."""

    path: Path
    records: int
    files: int
    size: int
    """Bytes of the payload."""
    left_out: tuple[str, ...]
    """Ids of records of the dossier that are withdrawn or disposed."""
    complaints: int
    """Items over their length or missing."""


def local(at: datetime) -> str:
    """ISO 8601 in Vietnam time, whole seconds."""
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")
