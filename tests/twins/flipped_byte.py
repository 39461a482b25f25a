"""One byte of a stored object rots on the disk, beneath the store."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path


def flip_in_bluestore(server_folder: Path, stored_piece: bytes) -> None:
    """Flip a bit of a stored object in the block file of a server that is stopped.

    Take a large object: after a flip under one of 2 kB that object was missing, and so was one that was written after it;
    small ones presumably pass through the log of the server's own database, which ends at the first wrong record.

    Args:
        server_folder: folder of `deploy/rgw.sh` with STORE=bluestore.
        stored_piece: 32 bytes or more of the object as stored (ciphertext), not across a multiple of 4,096 of its offset.
    """
    flip_piece(server_folder / "osd" / "block", stored_piece)


def flip_in_folder(root: Path, stored_piece: bytes) -> None:
    """Flip a bit of every object of a FolderStore that holds these bytes."""
    found = [one for one in root.rglob("*.data") if stored_piece in one.read_bytes()]
    assert found, "no stored object holds these bytes"
    for one in found:
        flip_piece(one, stored_piece)


def flip_piece(file: Path, piece: bytes) -> None:
    """Flip a bit of the first byte of a piece, wherever the file holds it."""
    assert len(piece) >= 32, "too short to be found but once"
    handle = os.open(file, os.O_RDWR)
    try:
        found = [at for begin, end in _written(handle) for at in _places(handle, begin, end, piece)]
        assert found, "the bytes are not in the file"
        for at in found:
            os.pwrite(handle, bytes([piece[0] ^ 1]), at)
        os.fsync(handle)
    finally:
        os.close(handle)


def _written(handle: int) -> Iterator[tuple[int, int]]:
    """Parts of a sparse file that hold data."""
    end = 0
    while True:
        try:
            begin = os.lseek(handle, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return
            raise
        end = os.lseek(handle, begin, os.SEEK_HOLE)
        yield begin, end


def _places(handle: int, begin: int, end: int, piece: bytes) -> Iterator[int]:
    content = os.pread(handle, end - begin, begin)
    at = content.find(piece)
    while at >= 0:
        yield begin + at
        at = content.find(piece, at + 1)
