"""Folders with ``truth.json`` -> the files to read and what stands on their pages."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class TruePage:
    """A page and what stands on it."""

    number: int
    """In its file, from 1."""
    kind: str
    """Type of the document it belongs to."""
    mode: str
    """Colour, gray or bilevel."""
    dpi: tuple[int, int]
    """Dots an inch, across and down."""
    blank: bool
    texts: tuple[str, ...]
    """Right readings: block by block and, if it is another, row by row."""

    @property
    def resolution(self) -> str:
        """Dots an inch as one says it."""
        across, down = self.dpi
        return str(across) if across == down else f"{across}x{down}"


@dataclass(frozen=True, slots=True)
class TrueFile:
    """A file that every system gets."""

    folder: str
    """Name of its folder."""
    number: int
    """Place in ``truth.json``, from 1; stands for the name, which may name a citizen."""
    path: Path
    level: str
    pages: tuple[TruePage, ...]

    @property
    def label(self) -> str:
        """Folder and number."""
        return f"{self.folder} {self.number:03d}"


def true_files(folder: Path, limit: int | None = None) -> list[TrueFile]:
    """Read the truth of a folder without its duplicates.

    Args:
        folder: holds the scans and ``truth.json``.
        limit: at most so many files, the first ones.

    Raises:
        FileNotFoundError: the truth or a file that it names is not there.
    """
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["files"]
    files = [
        TrueFile(
            folder.resolve().name,
            number,
            _find(folder, entry["file"]),
            entry["level"],
            tuple(_page(page) for page in entry["pages"]),
        )
        for number, entry in enumerate(told, 1)
        if not entry.get("duplicate_of")
    ]
    return files[:limit]


def _find(folder: Path, name: str) -> Path:
    """A name may be stored composed or decomposed."""
    names: Sequence[str] = (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name))
    for one in names:
        if (folder / one).is_file():
            return folder / one
    raise FileNotFoundError(folder / name)


def _page(told: Mapping[str, Any]) -> TruePage:
    dpi = int(told["dpi"])
    texts = (told["text"] or "", told.get("text_rows") or told["text"] or "")
    return TruePage(
        number=int(told["index"]),
        kind=told["type"],
        mode=told["mode"],
        dpi=(dpi, int(told.get("dpi_down") or dpi)),
        blank=bool(told["blank"]) or told["type"] == "blank",
        texts=tuple(dict.fromkeys(texts)),
    )
