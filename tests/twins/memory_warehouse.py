"""A whole warehouse in memory: the real one, over a store in memory, with a key that only the tests know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from dossier.records import StoredObject
from storage.files import hash_of
from storage.keys.master_key import FileMasterKey
from storage.keys.vault import Vault
from storage.objects.buckets import Buckets
from storage.objects.store import Body
from storage.records.warehouse import Warehouse
from tests.twins.memory_objects import MemoryObjects

BUCKETS = Buckets("memory")


class MemoryWarehouse(Warehouse):
    """Prepared; ``intake``, ``archive``, ``sensitive`` and ``records`` show what it holds, decrypted."""

    def __init__(self, days: Callable[[str], int] = lambda _type: 30) -> None:
        self.objects = MemoryObjects()
        for bucket, locked in BUCKETS.each():
            self.objects.make_bucket(bucket, locked=locked)
        vault = Vault.open(self.objects, BUCKETS, FileMasterKey("5e" * 32))
        super().__init__(self.objects, vault, BUCKETS, retention=lambda type_: timedelta(days=days(type_)))

    @property
    def intake(self) -> dict[str, bytes]:
        """Key to content of received files."""
        return self._decrypted(BUCKETS.intake)

    @property
    def archive(self) -> dict[str, bytes]:
        """Key to content of the parts of records."""
        return self._decrypted(BUCKETS.archive)

    @property
    def sensitive(self) -> dict[str, bytes]:
        """The same of sensitive records."""
        return self._decrypted(BUCKETS.sensitive)

    @property
    def records(self) -> dict[str, bytes]:
        """The parts of all records, sensitive or not."""
        return self.archive | self.sensitive

    def lose(self, key: str) -> None:
        """As if it had never been written."""
        for kept in self.objects.buckets.values():
            kept.pop(key, None)

    def replace(self, key: str, content: bytes) -> None:
        """As if this had been written in its place, encrypted as it must be."""
        cipher = self.vault.encrypt_bytes(content)
        for bucket, kept in self.objects.buckets.items():
            if kept.pop(key, None):
                self.objects.put_new(bucket, key, Body((cipher,), len(cipher), hash_of((cipher,)), "application/pdf"))

    def spoil(self, stored: StoredObject) -> None:
        """Flip a bit at the end of a version."""
        versions = self.objects.buckets[stored.bucket][stored.key]
        (place,) = (number for number, one in enumerate(versions) if one.head.version_id == stored.version_id)
        content = versions[place].content
        versions[place] = replace(versions[place], content=content[:-1] + bytes([content[-1] ^ 1]))

    def stranger(self, bucket: str, key: str, content: bytes) -> None:
        """Put an object as somebody would who does not know this house: no hash is noted."""
        version_id = self.objects.put_version(
            bucket, key, Body((content,), len(content), hash_of((content,)), "text/plain")
        )
        versions = self.objects.buckets[bucket][key]
        (place,) = (number for number, one in enumerate(versions) if one.head.version_id == version_id)
        versions[place] = replace(versions[place], head=replace(versions[place].head, sha256=None))

    def lose_intake(self) -> None:
        """As if nothing had ever been received."""
        self.objects.buckets[BUCKETS.intake].clear()

    def _decrypted(self, bucket: str) -> dict[str, bytes]:
        kept = self.objects.buckets[bucket]
        return {key: self.vault.decrypt_bytes(versions[0].content) for key, versions in kept.items() if versions}
