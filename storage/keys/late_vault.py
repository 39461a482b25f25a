"""A vault that is opened when it is first needed: a program must be able to start while the store is away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import Protocol

from storage.keys.vault import Vault


class Cipher(Protocol):
    """What encrypts and opens objects: `storage.keys.vault.Vault`, which says what each verb raises."""

    def encrypt_stream(self, chunks: Iterable[bytes], into: Path) -> Path:
        """Encrypt a stream to a file."""

    def encrypt_bytes(self, plain: bytes) -> bytes:
        """Encrypt what is small."""

    def decrypt(self, chunks: Iterable[bytes], into: Path) -> Path:
        """Decrypt a stream to a file."""

    def decrypt_bytes(self, data: bytes) -> bytes:
        """Decrypt what is small."""


class LateVault:
    """The vault that ``open_`` opens, once; until it can be opened every verb raises what opening raises."""

    def __init__(self, open_: Callable[[], Vault]) -> None:
        self._open = open_
        self._opened: Vault | None = None
        self._one_at_a_time = Lock()

    def encrypt_stream(self, chunks: Iterable[bytes], into: Path) -> Path:
        """Encrypt a stream to a file."""
        return self._vault().encrypt_stream(chunks, into)

    def encrypt_bytes(self, plain: bytes) -> bytes:
        """Encrypt what is small."""
        return self._vault().encrypt_bytes(plain)

    def decrypt(self, chunks: Iterable[bytes], into: Path) -> Path:
        """Decrypt a stream to a file."""
        return self._vault().decrypt(chunks, into)

    def decrypt_bytes(self, data: bytes) -> bytes:
        """Decrypt what is small."""
        return self._vault().decrypt_bytes(data)

    def _vault(self) -> Vault:
        with self._one_at_a_time:
            if self._opened is None:
                self._opened = self._open()
            return self._opened
