"""Where an export appears: under its name when it is whole and durable, or not at all, and never over another."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dossier.errors import AlreadyExported, ExportNotWritten, StoreCorrupt
from storage.files import CHUNK, hash_file, hash_of, sync_folder

_TAKEN: Final = frozenset({errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR})
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP})  # exFAT and FAT, as on memory sticks


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """A hidden folder, the owner's alone; what it then holds under the name of the target becomes the target.

    Raises:
        AlreadyExported: the target is there; it is left as it is.
        ExportNotWritten: the disk is full, away or not to be written.
    """
    try:
        if os.path.lexists(target):
            raise AlreadyExported
        target.parent.mkdir(parents=True, exist_ok=True)
        hidden = Path(tempfile.mkdtemp(dir=target.parent, prefix=".export-"))
        try:
            yield hidden
            _give(hidden / target.name, target)
            sync_folder(target.parent)
        finally:
            shutil.rmtree(hidden)
    except OSError as error:
        raise ExportNotWritten(error.strerror or "") from error


def zipped_bag(folder: Path, into: Path) -> None:
    """Put a folder into a ZIP file, not compressed, durable; then read every byte back.

    Raises:
        StoreCorrupt: what was read back is not what was written.
    """
    members = {f"{folder.name}/{path.relative_to(folder).as_posix()}": path for path in sorted(folder.rglob("*"))}
    with into.open("xb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, path in members.items():
                archive.write(path, name)
        file.flush()
        os.fsync(file.fileno())
    with zipfile.ZipFile(into) as archive:
        for name, path in members.items():
            if path.is_file() and hash_of(_read(archive, name)) != hash_file(path):
                raise StoreCorrupt("a file in the ZIP is not what was put in")


def _read(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as member:
        while chunk := member.read(CHUNK):
            yield chunk


def _give(made: Path, target: Path) -> None:
    try:
        if made.is_dir():
            made.chmod(0o700)
            made.rename(target)  # an empty folder may be in the way of a folder, nothing else
        else:
            made.chmod(0o600)
            _name(made, target)
    except OSError as error:
        if error.errno in _TAKEN:
            raise AlreadyExported from error
        raise


def _name(made: Path, target: Path) -> None:
    """A link never takes a file's place; where a disk has no links, the look at the beginning must do."""
    try:
        target.hardlink_to(made)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        made.rename(target)
