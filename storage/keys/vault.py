"""Encrypts whatever goes to the store and decrypts what comes back, in the age v1 format (docs/keys.md).

Every object has a random file key of its own in its header, wrapped for the newest ring key; the body is a row of chunks of
64 KiB, each authenticated with its place in the row. So a flipped byte, a missing end and swapped chunks are all seen, and
any program that reads age opens an object with the ring key. Nothing is held in memory but a few chunks.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Final, Protocol

import pyrage  # type: ignore[import-untyped]  # it ships no types
from pyrage import x25519

from dossier.errors import StoreCorrupt
from storage.files import sync_folder
from storage.keys.key_ring import Masters, RingKey, add_ring_key, open_ring
from storage.keys.master_key import MasterKey
from storage.objects.buckets import Buckets
from storage.objects.store import ObjectStore

_HEADER: Final = 1 << 14
"""Bytes that hold the header of an object for certain; one of ours has about 200."""


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


@dataclass(frozen=True, slots=True)
class _Opened:
    """The ring as the age library takes it."""

    ring_ids: tuple[str, ...]
    recipient: x25519.Recipient
    identities: list[x25519.Identity] = field(repr=False)


class Vault:
    """The opened ring of one warehouse; threads may share it, processes open one each."""

    def __init__(self, store: ObjectStore, buckets: Buckets, masters: Masters) -> None:
        """Open the ring, see `Vault.open`."""
        self._store, self._buckets, self._masters = store, buckets, masters
        self._opened = _opened(open_ring(store, buckets, masters))

    @classmethod
    def open(cls, store: ObjectStore, buckets: Buckets, master: MasterKey, master_before: MasterKey | None = None) -> Vault:
        """Open the ring of a warehouse whose buckets are there; an empty warehouse gets its first ring key.

        Raises:
            MasterKeyMissing: another master key wrapped the ring, or the ring is gone while objects are there: a warehouse
                that holds something never gets a new ring.
        """
        return cls(store, buckets, Masters(master, master_before))

    @property
    def ring_id(self) -> str:
        """Number of the ring key that encrypts."""
        return self._opened.ring_ids[-1]

    def new_ring_key(self) -> str:
        """Make the next ring key, for what is encrypted from now on; older ones still open older objects.

        Other vaults decrypt with it at once, and encrypt with it when they are opened again or first meet it.
        """
        made = add_ring_key(self._store, self._buckets, self._masters)
        self._look_again()
        return made.ring_id

    def encrypt_stream(self, chunks: Iterable[bytes], into: Path) -> Path:
        """Encrypt a stream to ``into``; where the stream raises (`files.promised_bytes`) nothing is left behind."""
        with _whole(into, durable=False) as out:  # scratch, encrypted again after a crash
            self._encrypt(chunks, out)
        return into

    def encrypt_bytes(self, plain: bytes) -> bytes:
        """Encrypt what is small."""
        out = BytesIO()
        self._encrypt((plain,), out)
        return out.getvalue()

    def decrypt(self, chunks: Iterable[bytes], into: Path) -> Path:
        """Decrypt a stream to ``into``, whole, durable, or not at all.

        Raises:
            StoreCorrupt: the bytes do not authenticate, or no ring key opens them; nothing is left behind.
        """
        with _whole(into, durable=True) as out:
            self._decrypt(chunks, out)
        return into

    def decrypt_bytes(self, data: bytes) -> bytes:
        """Decrypt what is small.

        Raises:
            StoreCorrupt: as with `decrypt`.
        """
        out = BytesIO()
        self._decrypt((data,), out)
        return out.getvalue()

    def _encrypt(self, chunks: Iterable[bytes], out: _Sink) -> None:
        reader, writer = _Reader(chunks), _Writer(out)
        try:
            pyrage.encrypt_io(reader, writer, [self._opened.recipient])
        except (pyrage.EncryptError, OSError) as error:
            raise reader.failed or writer.failed or error from error

    def _decrypt(self, chunks: Iterable[bytes], out: _Sink) -> None:
        rest, tried = iter(chunks), self._opened
        head = _start(rest)
        reader = _Reader(chain((head,), rest))
        if self._decrypts(reader, out, tried):
            return
        # only the header was read; another process may have made a newer ring key since this ring was opened
        newer = self._look_again() if reader.given <= len(head) else tried
        if newer.ring_ids == tried.ring_ids or not self._decrypts(_Reader(chain((head,), rest)), out, newer):
            raise StoreCorrupt("no ring key opens it, or its header is damaged")

    def _decrypts(self, reader: _Reader, out: _Sink, ring: _Opened) -> bool:
        """Whether the header could be opened; then everything was decrypted."""
        writer = _Writer(out)
        try:
            pyrage.decrypt_io(reader, writer, ring.identities)
        except (pyrage.DecryptError, OSError) as error:
            if failed := reader.failed or writer.failed:
                raise failed from error
            if isinstance(error, OSError):  # what the library raises for the body
                raise StoreCorrupt(str(error)) from error
            return False
        return True

    def _look_again(self) -> _Opened:
        """Read the ring again, and have what was read; another thread may do so at the same time."""
        self._opened = opened = _opened(open_ring(self._store, self._buckets, self._masters))
        return opened


class _Reader:
    """A stream as the age library reads it; keeps what the stream raised, which the library turns into a text."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = memoryview(b"")
        self.given = 0
        """Bytes that were read."""
        self.failed: BaseException | None = None

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; none at the end."""
        try:
            while not self._left:
                self._left = memoryview(next(self._chunks))
        except StopIteration:
            return b""
        except BaseException as error:
            self.failed = error
            raise
        part, self._left = self._left[:size], self._left[size:]
        self.given += len(part)
        return bytes(part)


class _Writer:
    """Where the age library writes to; keeps what writing raised: a full disk is no damage of the store."""

    def __init__(self, out: _Sink) -> None:
        self._out = out
        self.failed: BaseException | None = None

    def write(self, data: bytes) -> int:
        """Write all of it."""
        try:
            return self._out.write(data)
        except BaseException as error:
            self.failed = error
            raise

    def flush(self) -> None:
        """What is behind flushes when it is closed."""


def _opened(ring: tuple[RingKey, ...]) -> _Opened:
    identities = [x25519.Identity.from_str(key.secret) for key in reversed(ring)]  # most objects are of the newest
    return _Opened(tuple(key.ring_id for key in ring), identities[0].to_public(), identities)


def _start(chunks: Iterator[bytes]) -> bytes:
    """The first chunks, until they hold the header."""
    start = bytearray()
    for chunk in chunks:
        start += chunk
        if len(start) >= _HEADER:
            break
    return bytes(start)


@contextmanager
def _whole(into: Path, *, durable: bool) -> Iterator[_Sink]:
    """A file that appears under its name once everything is written to it."""
    into.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=into.parent, prefix=f".{into.name[:32]}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            if durable:
                out.flush()
                os.fsync(out.fileno())
        part.replace(into)
    finally:
        part.unlink(missing_ok=True)
    if durable:
        sync_folder(into.parent)
