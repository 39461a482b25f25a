"""Durable small steps below `storage.objects.folder`: whole files, the note beside a locked version, errors as ours."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from dossier.errors import Misconfigured, StoreCorrupt, StoreFailed, StoreUnavailable
from storage.files import sync_folder


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted beside a version."""

    until: datetime | None = None
    """Locked until then, UTC."""
    hold: bool = False
    """Under legal hold."""
    damaged: bool = False
    """It cannot be read: the version counts as locked and held."""


_DAMAGED: Final = Note(hold=True, damaged=True)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One writer of a key at a time, of all threads and processes; the kernel frees the lock of a process that dies."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def note_path(path: Path) -> Path:
    """Where the lock of a version is noted."""
    return path.with_name(path.name.removesuffix(".data") + ".lock.json")


def note_of(path: Path) -> Note:
    """What is noted of a version; it is believed only where its bytes are those that `write_note` would write of it."""
    try:
        content = note_path(path).read_bytes()
    except FileNotFoundError:
        return Note()
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return _DAMAGED
    try:
        said = json.loads(content)
        note = Note(datetime.fromisoformat(said["until"]) if said["until"] else None, said["hold"])
    except (KeyError, TypeError, ValueError):
        return _DAMAGED
    return note if _bytes_of(note) == content else _DAMAGED


def write_note(path: Path, note: Note) -> None:
    """Note lock and hold of a version with a hash over both, durably."""
    write_whole(note_path(path), _bytes_of(note))


def _bytes_of(note: Note) -> bytes:
    said = {"until": note.until.isoformat() if note.until else None, "hold": note.hold}
    return json.dumps({**said, "sha256": sha256(json.dumps(said).encode()).hexdigest()}).encode()


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def our_errors(*, reading: bool = False) -> Iterator[None]:
    """A full or broken disk is worth a retry; a byte that it cannot read is not."""
    try:
        yield
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, type(error).__name__)
        if isinstance(error, PermissionError):
            raise Misconfigured(f"the folder of the store: {name}") from error
        if error.errno == errno.EIO and reading:
            raise StoreCorrupt("the disk cannot read the bytes") from error
        if error.errno == errno.ENAMETOOLONG:
            raise StoreFailed("the key is too long for a file name") from error
        raise StoreUnavailable(f"the folder of the store: {name}") from error
