"""What lies in the offices' folders of the inbox, and which files there belong together; nothing is opened or moved."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_UNFINISHED_SUFFIXES: Final = (".part",)
_MANIFEST_SUFFIX: Final = ".json"


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """Something that lies in an office's folder."""

    path: Path = field(repr=False)
    office: str
    """Name of the folder, as it is on the disk."""

    @property
    def told_office(self) -> str:
        """The office for the ledger."""
        return told(self.office)

    @property
    def is_manifest(self) -> bool:
        """True for what is named as a manifest (docs/hand-in.md), whatever it holds."""
        return self.path.name.lower().endswith(_MANIFEST_SUFFIX)

    def told_name(self, inbox: Path) -> str:
        """Path below the office's folder for the ledger."""
        return told(str(self.path.relative_to(inbox / self.office)))


def told(name: str) -> str:
    """NFC, because Macs decompose; readable where the name is no UTF-8."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "backslashreplace"))


def waiting(inbox: Path) -> tuple[DroppedFile, ...]:
    """Everything that lies in the offices' folders, sorted by path; dot names and `*.part` are still being written.

    Symbolic links, pipes and devices are listed too, so that they are refused with a code; links are not followed.
    """
    found: list[DroppedFile] = []
    for office in sorted(_entries(inbox), key=lambda entry: entry.name):
        if office.is_dir(follow_symlinks=False):
            found.extend(DroppedFile(path, office.name) for path in _below(Path(office.path)))
    return tuple(found)


def lying(inbox: Path) -> Iterator[DroppedFile]:
    """Everything that lies there and should go: also `*.part`, folders that may not be read, and, of no office, strays."""
    for entry in _entries(inbox, unfinished=True):
        if entry.is_dir(follow_symlinks=False):
            yield from (DroppedFile(path, entry.name) for path in _below(Path(entry.path), unfinished=True))
        else:
            yield DroppedFile(Path(entry.path), "")


def strays(inbox: Path) -> int:
    """Count what lies beside the offices' folders: nobody can say whose it is, so it is not taken, and must be seen."""
    return sum(1 for entry in _entries(inbox) if not entry.is_dir(follow_symlinks=False))


def manifests_without_scan(inbox: Path) -> int:
    """Count the manifests that wait for their scan, and must be seen."""
    return sum(1 for file in waiting(inbox) if file.is_manifest and not scans_beside(file))


def manifests_beside(scan: DroppedFile) -> tuple[DroppedFile, ...]:
    """The manifests that lie in the scan's folder and speak of it: at most `<name>.json` and `<name>.pdf.json`, sorted."""
    there = _neighbours(scan)
    return tuple(file for file in there if file.is_manifest and scan.path in {one.path for one in _spoken_of(file, there)})


def scans_beside(manifest: DroppedFile) -> tuple[DroppedFile, ...]:
    """The scans that lie in the manifest's folder and that it speaks of, sorted."""
    return _spoken_of(manifest, _neighbours(manifest))


def speaks_of(manifest_name: str, scan_names: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the scans, NFC names or paths, a manifest speaks of: the one of its whole name, else all of its stem."""
    name = manifest_name[: -len(_MANIFEST_SUFFIX)]
    whole = tuple(scan for scan in scan_names if scan == name)
    return whole or tuple(scan for scan in scan_names if str(Path(scan).with_suffix("")) == name)


def _spoken_of(manifest: DroppedFile, there: tuple[DroppedFile, ...]) -> tuple[DroppedFile, ...]:
    scans = [file for file in there if not file.is_manifest]
    names = speaks_of(told(manifest.path.name), tuple(told(scan.path.name) for scan in scans))
    return tuple(scan for scan in scans if told(scan.path.name) in names)


def _neighbours(file: DroppedFile) -> tuple[DroppedFile, ...]:
    return tuple(DroppedFile(path, file.office) for path in sorted(_files(file.path.parent)))


def _entries(folder: Path, *, unfinished: bool = False) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith(".") or (unfinished and not _is_finished(entry)):
                    yield entry
    except FileNotFoundError:  # the folder went away between two looks
        return


def _files(folder: Path) -> Iterator[Path]:
    return (
        Path(entry.path) for entry in _entries(folder) if not entry.is_dir(follow_symlinks=False) and _is_finished(entry)
    )


def _is_finished(entry: os.DirEntry[str]) -> bool:
    return not entry.name.lower().endswith(_UNFINISHED_SUFFIXES)


def _below(folder: Path, *, unfinished: bool = False) -> Iterator[Path]:
    try:
        entries = sorted(_entries(folder, unfinished=unfinished), key=lambda entry: entry.name)
    except PermissionError:  # listed as it is: `receive` complains, and the other offices' files go on
        yield folder
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path), unfinished=unfinished)
        elif unfinished or _is_finished(entry):
            yield Path(entry.path)
