"""Local files, hashed as they are read and durable once they are written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from dossier.errors import FileChanged, StoreCorrupt
from dossier.values import Sha256

CHUNK: Final = 1 << 20
"""Bytes that are read or sent at a time."""


def hash_of(chunks: Iterable[bytes]) -> Sha256:
    """SHA-256 of a stream."""
    digest = sha256()
    for chunk in chunks:
        digest.update(chunk)
    return Sha256(digest.hexdigest())


def hash_file(path: Path) -> Sha256:
    """SHA-256 of a plain file; a symbolic link is not followed."""
    return hash_of(_chunks(path))


def read_start(path: Path, limit: int) -> bytes:
    """The first bytes of a plain file, at most ``limit`` (up to CHUNK); a symbolic link is not followed."""
    with closing(_chunks(path)) as chunks:
        return next(chunks, b"")[:limit]


def mark_of(status: os.stat_result) -> str:
    """What tells one delivery from the next: a copy has another inode, a longer file another size, a new one a new time."""
    return f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"


def promised_bytes(path: Path, *, size: int, expected: Sha256) -> Iterator[bytes]:
    """Give the bytes of a file, but the last ones only when all are what was promised.

    Raises:
        FileChanged: the file is shorter, longer or other than ``size`` and ``expected`` say.
    """
    digest, given, kept = sha256(), 0, b""
    for chunk in _chunks(path):
        if kept:
            yield kept
        given, kept = given + len(chunk), chunk
        if given > size:
            raise FileChanged(f"longer than {size} bytes")
        digest.update(chunk)
    if given != size or digest.hexdigest() != expected:
        raise FileChanged(f"{given} of {size} bytes, not those of {expected[:12]}")
    if kept:
        yield kept


def write_verified(chunks: Iterable[bytes], into: Path, expected: Sha256) -> Path:
    """Write a stream to ``into``, atomically and durably, once its hash is the expected one.

    Raises:
        StoreCorrupt: the stream is not what its hash says; nothing is left behind.
    """
    into.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=into.parent, prefix=f".{into.name[:32]}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            found = hash_of(_copied(chunks, out))
            out.flush()
            os.fsync(out.fileno())
        if found == expected:
            part.replace(into)
    finally:
        part.unlink(missing_ok=True)
    if found != expected:
        raise StoreCorrupt(f"expected {expected[:12]}, read {found[:12]}")
    sync_folder(into.parent)
    return into


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copied(chunks: Iterable[bytes], out: BinaryIO) -> Iterator[bytes]:
    for chunk in chunks:
        out.write(chunk)
        yield chunk


def _chunks(path: Path) -> Generator[bytes, None, None]:
    # O_NONBLOCK: a FIFO that took the file's place must not hang the intake
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
