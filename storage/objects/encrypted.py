"""Objects as this house keeps them: encrypted before they leave, and believed only after they were read back.

A version is *sound* when its bytes hash to what its writer noted and open with the house's keys. What the store holds of a
sealed object is cipher text, so its hash and size there are others than those of the content.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from dossier.errors import Misconfigured, NoSuchObject, StoreCorrupt
from dossier.records import StoredObject
from dossier.values import Sha256
from storage.files import CHUNK, hash_file, promised_bytes
from storage.keys.late_vault import Cipher
from storage.objects.store import Body, Head, ObjectStore

_ENCRYPTED: Final = "application/octet-stream"

Rotted = Callable[[str, str], Container[str]]


def none_rotted(_bucket: str, _key: str) -> Container[str]:
    """Nothing is known to be damaged."""
    return ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A sound version, and its content in a file."""

    stored: StoredObject
    content: Path


class EncryptedObjects:
    """Encrypted objects in one store.

    Args:
        store: holds the cipher text.
        vault: encrypts and opens it.
        work: where contents are put while they are at work, for the owner alone; the system's place where it is None.
        rotted: versions of a bucket's key that are known to be damaged and have a restored one beside them.
    """

    def __init__(self, store: ObjectStore, vault: Cipher, work: Path | None, rotted: Rotted = none_rotted) -> None:
        self.store = store
        self._vault = vault
        self._work = work
        self._rotted = rotted

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder that is gone afterwards."""
        if self._work is not None:
            self._work.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._work, prefix="vault-") as folder:
            yield Path(folder)

    def write(
        self, bucket: str, key: str, content: Path, expected: Sha256, *, until: datetime | None = None
    ) -> StoredObject | None:
        """Write a version and prove it.

        Args:
            bucket: the bucket.
            key: the key.
            content: the bytes, not encrypted.
            expected: their hash.
            until: the version is locked until then.

        Returns:
            The version; None when somebody else took the key at the same moment and nothing was written.

        Raises:
            FileChanged: the content is not what its hash says; nothing was written.
            StoreCorrupt: what is read back is not what was written.
            Misconfigured: the store does not tell the lock back.
        """
        with self.scratch() as folder:
            promised = promised_bytes(content, size=content.lstat().st_size, expected=expected)
            cipher = self._vault.encrypt_stream(promised, folder / "cipher")
            size, hashed = cipher.stat().st_size, hash_file(cipher)
            body = Body(_chunks(cipher), size, hashed, _ENCRYPTED)
            if self.store.versions(bucket, key):
                version_id: str | None = self.store.put_version(bucket, key, body, locked_until=until)
            else:
                version_id = self.store.put_new(bucket, key, body, locked_until=until)
            cipher.unlink()
            if version_id is None:
                return None
            stored = StoredObject(bucket, key, version_id, hashed, size)
            self._prove(stored, expected, folder / "back")
        self.ensure_locked(stored, until)
        return stored

    def keep(
        self, bucket: str, key: str, content: Path, expected: Sha256, *, until: datetime | None = None
    ) -> StoredObject:
        """The first sound version with this content, locked as long as it must be; written where there is none yet."""
        while True:
            there = self.find(bucket, key, expected)
            if there is not None:
                self.ensure_locked(there, until)
                return there
            written = self.write(bucket, key, content, expected, until=until)
            if written is not None:
                return written

    def find(self, bucket: str, key: str, expected: Sha256) -> StoredObject | None:
        """The first sound version whose content has this hash."""
        with self.scratch() as folder:
            for opened in self.sound(bucket, key, folder):
                if hash_file(opened.content) == expected:
                    return opened.stored
        return None

    def whole(self, bucket: str, key: str, expected: Sha256, folder: Path, version_id: str | None = None) -> Opened:
        """The content with this hash, in ``folder``: of the named version, or of any other that holds it.

        Raises:
            NoSuchObject: there is nothing under the key.
            StoreCorrupt: no version is whole.
        """
        there = self._unrotted(bucket, key)
        if version_id in there:
            named = self.open(bucket, key, version_id, folder)
            if named is not None and hash_file(named.content) == expected:
                return named
        if not there:
            raise NoSuchObject(key)
        for opened in self.sound(bucket, key, folder):
            if hash_file(opened.content) == expected:
                return opened
        raise StoreCorrupt(f"no version holds the bytes of {expected[:12]}")

    def sound(self, bucket: str, key: str, folder: Path) -> Iterator[Opened]:
        """Every sound version, oldest first; each content is gone from ``folder`` when the next one is asked for."""
        for version_id in self._unrotted(bucket, key):
            opened = self.open(bucket, key, version_id, folder)
            if opened is not None:
                yield opened
                opened.content.unlink(missing_ok=True)

    def open(self, bucket: str, key: str, version_id: str, folder: Path) -> Opened | None:
        """One version, its content in ``folder``; None when it is gone, damaged, or not written by this house."""
        head = self.store.head(bucket, key, version_id)
        if head is None or head.sha256 is None:
            return None
        hashed, content = _Hashed(), folder / "content"
        try:
            self._vault.decrypt(hashed.passing(self.store.read(bucket, key, version_id)), content)
        except (StoreCorrupt, NoSuchObject):
            return None
        if hashed.sha256 != head.sha256:
            return None
        return Opened(StoredObject(bucket, key, version_id, hashed.sha256, hashed.size), content)

    def ensure_locked(self, stored: StoredObject, until: datetime | None) -> None:
        """Have a version locked at least until then; believed only when the store tells it back.

        Raises:
            Misconfigured: the store does not keep the lock.
        """
        if until is None or not self.store.keeps_locks:
            return
        if not self._locked(stored, until):
            self.store.extend_lock(stored.bucket, stored.key, stored.version_id, until)
            if not self._locked(stored, until):
                raise Misconfigured("the store does not keep the object lock")

    def _unrotted(self, bucket: str, key: str) -> tuple[str, ...]:
        """Versions that are worth a look, oldest first: a server may never answer for one that rotted."""
        there = self.store.versions(bucket, key)
        if len(there) < 2:
            return there
        rotted = self._rotted(bucket, key)
        return tuple(version_id for version_id in there if version_id not in rotted)

    def _locked(self, stored: StoredObject, until: datetime) -> bool:
        head = self.store.head(stored.bucket, stored.key, stored.version_id)
        if head is None:
            raise StoreCorrupt("an object is gone right after it was written")
        return _locked_until(head) >= until

    def _prove(self, stored: StoredObject, expected: Sha256, back: Path) -> None:
        """Read what was written: its cipher text and its content must be what they were."""
        head = self.store.head(stored.bucket, stored.key, stored.version_id)
        if head is None or head.size != stored.size:
            raise StoreCorrupt("an object is gone, or of another size, right after it was written")
        hashed = _Hashed()
        self._vault.decrypt(hashed.passing(self.store.read(stored.bucket, stored.key, stored.version_id)), back)
        found = hash_file(back)
        if hashed.sha256 != stored.sha256 or found != expected:
            raise StoreCorrupt(f"expected {expected[:12]}, read back {found[:12]}")


class _Hashed:
    """Hash and size of a stream that passes by."""

    def __init__(self) -> None:
        self._digest = sha256()
        self.size = 0

    @property
    def sha256(self) -> Sha256:
        """Of all that has passed."""
        return Sha256(self._digest.hexdigest())

    def passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same chunks."""
        for chunk in chunks:
            self._digest.update(chunk)
            self.size += len(chunk)
            yield chunk


def _locked_until(head: Head) -> datetime:
    if head.lock_mode != "COMPLIANCE" or head.locked_until is None:
        return datetime.min.replace(tzinfo=UTC)
    return head.locked_until


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
