"""A store of objects in memory: the promises of `storage.objects.store.ObjectStore` without a server; thread-safe."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from dossier.errors import Misconfigured, NoSuchObject, RecordBound, StoreCorrupt, StoreFailed
from storage.files import hash_of
from storage.objects.store import Body, Head, Listed


@dataclass(frozen=True, slots=True)
class Version:
    """One version: what is said of it, and its bytes."""

    head: Head
    content: bytes


class MemoryObjects:
    """Buckets in dictionaries that tests may look into and spoil: `buckets[name][key]` lists versions, oldest first."""

    keeps_locks = True

    def __init__(self) -> None:
        self.buckets: dict[str, dict[str, list[Version]]] = {}
        self.locked: set[str] = set()
        self._written = 0
        self._one_at_a_time = threading.RLock()

    def has_bucket(self, bucket: str) -> bool:
        """Whether it was made."""
        return bucket in self.buckets

    def make_bucket(self, bucket: str, *, locked: bool) -> None:
        """Have a bucket."""
        with self._one_at_a_time:
            if bucket not in self.buckets:
                self.buckets[bucket] = {}
                self.locked |= {bucket} if locked else set()
            elif locked and bucket not in self.locked:
                raise Misconfigured(f"bucket {bucket} has no object lock")

    def set_policy(self, bucket: str, policy: Mapping[str, object]) -> None:
        """Nothing: there are no users."""
        self._bucket(bucket)

    def head(self, bucket: str, key: str, version_id: str | None = None) -> Head | None:
        """What is known of an object."""
        with self._one_at_a_time:
            found = self._find(bucket, key, version_id)
        return found.head if found else None

    def versions(self, bucket: str, key: str) -> tuple[str, ...]:
        """Oldest first."""
        with self._one_at_a_time:
            return tuple(one.head.version_id for one in self._bucket(bucket).get(key, []))

    def listed(self, bucket: str, prefix: str = "") -> Iterator[Listed]:
        """In the order of the keys, the newest version first."""
        with self._one_at_a_time:
            objects = {key: list(found) for key, found in self._bucket(bucket).items() if key.startswith(prefix)}
        for key in sorted(objects):
            for one in reversed(objects[key]):
                yield Listed(key, one.head.version_id, one.head.size, one == objects[key][-1])

    def put_new(self, bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str | None:
        """Write where nothing is."""
        return self._put(bucket, key, body, locked_until, only_new=True)

    def put_version(self, bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str:
        """Write one more version."""
        version_id = self._put(bucket, key, body, locked_until, only_new=False)
        assert version_id is not None
        return version_id

    def read(self, bucket: str, key: str, version_id: str | None = None) -> Iterator[bytes]:
        """Give an object."""
        with self._one_at_a_time:
            found = self._find(bucket, key, version_id)
        if found is None:
            raise NoSuchObject("no such version")
        return iter((found.content,))

    def extend_lock(self, bucket: str, key: str, version_id: str, until: datetime) -> None:
        """Lock for longer."""
        with self._one_at_a_time:
            head = self._lockable(bucket, key, version_id)
            if head.locked_until is not None and until < head.locked_until:
                raise RecordBound("locked for longer")
            self._change(bucket, key, replace(head, lock_mode="COMPLIANCE", locked_until=until))

    def set_legal_hold(self, bucket: str, key: str, version_id: str, *, on: bool) -> None:
        """Hold, or lift the hold."""
        with self._one_at_a_time:
            self._change(bucket, key, replace(self._lockable(bucket, key, version_id), legal_hold=on))

    def remove(self, bucket: str, key: str, version_id: str) -> None:
        """Delete one version."""
        with self._one_at_a_time:
            found = self._find(bucket, key, version_id)
            if found is None:
                return
            until = found.head.locked_until
            if found.head.legal_hold or (until is not None and until > datetime.now(UTC)):
                raise RecordBound("locked or held")
            left = self.buckets[bucket][key]
            left.remove(found)
            if not left:
                del self.buckets[bucket][key]

    def _put(self, bucket: str, key: str, body: Body, until: datetime | None, *, only_new: bool) -> str | None:
        content = b"".join(body.chunks)
        if len(content) != body.size or hash_of((content,)) != body.sha256:
            raise StoreCorrupt("not the bytes that were promised")
        with self._one_at_a_time:
            there = self._bucket(bucket)
            if until is not None and bucket not in self.locked:
                raise StoreFailed("a lock in a bucket without object lock")
            if only_new and key in there:
                return None
            self._written += 1
            mode = "COMPLIANCE" if until else None
            head = Head(f"memory-{self._written}", body.size, body.sha256, mode, until)
            there.setdefault(key, []).append(Version(head, content))
            return head.version_id

    def _bucket(self, bucket: str) -> dict[str, list[Version]]:
        if bucket not in self.buckets:
            raise Misconfigured(f"there is no bucket {bucket}")
        return self.buckets[bucket]

    def _find(self, bucket: str, key: str, version_id: str | None) -> Version | None:
        found = self._bucket(bucket).get(key, [])
        if version_id is None:
            return found[-1] if found else None
        return next((one for one in found if one.head.version_id == version_id), None)

    def _lockable(self, bucket: str, key: str, version_id: str) -> Head:
        found = self._find(bucket, key, version_id)
        if found is None:
            raise NoSuchObject("no such version")
        if bucket not in self.locked:
            raise StoreFailed("a lock in a bucket without object lock")
        return found.head

    def _change(self, bucket: str, key: str, head: Head) -> None:
        there = self.buckets[bucket][key]
        there[:] = [replace(one, head=head) if one.head.version_id == head.version_id else one for one in there]
