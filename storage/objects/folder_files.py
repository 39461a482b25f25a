"""Durable small steps below `storage.objects.folder`: whole files, the note beside a locked version, errors as ours."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dossier.errors import Misconfigured, StoreCorrupt, StoreFailed, StoreUnavailable
from storage.files import sync_folder


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


def note_of(path: Path) -> dict[str, object]:
    """Lock time (`until`, ISO) and legal hold (`hold`) of a version."""
    try:
        found = json.loads(note_path(path).read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise StoreCorrupt("the note of a lock cannot be read") from error
    return dict(found)


def write_note(path: Path, note: Mapping[str, object]) -> None:
    """Note the lock of a version, durably."""
    write_whole(note_path(path), json.dumps(note).encode())


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
