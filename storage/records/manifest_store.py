"""The manifests of records in their buckets: the first sound version of each number counts, the highest number speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from dossier.errors import NoSuchObject, StoreCorrupt
from dossier.records import Record, RecordKey, StoredObject
from dossier.values import CitizenToken
from storage.files import hash_file
from storage.objects.buckets import Buckets
from storage.objects.encrypted import EncryptedObjects
from storage.records import manifest as manifests
from storage.records.manifest_form import Manifest, from_bytes, to_bytes

_KEY: Final = re.compile(r"citizens/[0-9a-f]{2}/([0-9a-f]{32})/([0-9a-f]{32})/manifest-(\d{4,})\.json")
_SHORTEST_LOCK: Final = timedelta(days=1)  # of a version that is written when the period of its record is over


@dataclass(frozen=True, slots=True)
class Told:
    """One version of a manifest, and the object that it was read from."""

    manifest: Manifest
    stored: StoredObject

    @property
    def record(self) -> Record:
        """The record as this version tells it."""
        return manifests.record_of(self.manifest)


class ManifestStore:
    """The manifests in archive and sensitive; a record is in one of them."""

    def __init__(self, objects: EncryptedObjects, buckets: Buckets) -> None:
        self._objects = objects
        self.buckets = (buckets.archive, buckets.sensitive)

    def first(self, key: RecordKey) -> Told | None:
        """The version that made the record; None where there is no record.

        Raises:
            StoreCorrupt: it is damaged.
        """
        return next((told for bucket in self.buckets if (told := self._sound(bucket, key, 1))), None)

    def version(self, key: RecordKey, number: int) -> Told:
        """One version, from 1.

        Raises:
            NoSuchObject: there is no such record, or it has no such version.
            StoreCorrupt: it is damaged.
        """
        first = self.first(key)
        told = first if first is None or number == 1 else self._sound(first.stored.bucket, key, number)
        if told is None:
            raise NoSuchObject("manifest")
        return told

    def newest(self, key: RecordKey) -> Told:
        """The version that speaks now.

        Raises:
            NoSuchObject: there is no such record.
            StoreCorrupt: it is damaged; an older one is never taken for it.
        """
        first = self.version(key, 1)
        listed = self._objects.store.listed(first.stored.bucket, f"{key.prefix}/manifest-")
        numbers = {int(found[3]) for one in listed if (found := _KEY.fullmatch(one.key))}
        for number in sorted(numbers - {1}, reverse=True):  # a number may hold nothing but what somebody else put there
            if (told := self._sound(first.stored.bucket, key, number)) is not None:
                return told
        return first

    def write(self, bucket: str, manifest: Manifest) -> tuple[Told, bool]:
        """Write a version, locked as long as its record.

        Returns:
            The version that counts, and whether it is the one that was written here.
        """
        key, number = manifests.key_of(manifest), manifest["version"]
        keep_until = datetime.fromisoformat(manifest["keep_until"])
        until = max(keep_until, (datetime.now(UTC) + _SHORTEST_LOCK).replace(microsecond=0))
        with self._objects.scratch() as folder:
            path = folder / "manifest"
            path.write_bytes(to_bytes(manifest))
            written = self._objects.write(bucket, key.manifest_of(number), path, hash_file(path), until=until)
        told = self.version(key, number)
        return told, written is not None and (written.bucket, written.version_id) == (
            told.stored.bucket,
            told.stored.version_id,
        )

    def addresses(self) -> Iterator[RecordKey]:
        """Every record, in the order of the keys of each bucket; what a crash left unfinished is none."""
        for bucket in self.buckets:
            last: RecordKey | None = None
            for one in self._objects.store.listed(bucket, "citizens/"):
                found = _KEY.fullmatch(one.key)
                if found is not None and last != (key := RecordKey(CitizenToken(found[1]), found[2])):
                    last = key
                    yield key

    def _sound(self, bucket: str, key: RecordKey, number: int) -> Told | None:
        """The first sound version; None where we wrote none."""
        told = self._read(bucket, key, number)
        if told is not None or not self._is_written(bucket, key.manifest_of(number)):
            return told
        # damaged, or written by another run after the first look
        if (told := self._read(bucket, key, number)) is None:
            raise StoreCorrupt(f"manifest {number} of record {key.record_id} is damaged")
        return told

    def _read(self, bucket: str, key: RecordKey, number: int) -> Told | None:
        with self._objects.scratch() as folder:
            for opened in self._objects.sound(bucket, key.manifest_of(number), folder):
                manifest = from_bytes(opened.content.read_bytes())
                if (manifests.key_of(manifest), manifest["version"]) != (key, number):
                    raise StoreCorrupt(f"a manifest of record {key.record_id} is that of another")
                return Told(manifest, opened.stored)
        return None

    def _is_written(self, bucket: str, place: str) -> bool:
        """Whether a version is there that we wrote: it notes its hash."""
        store = self._objects.store
        heads = (store.head(bucket, place, version_id) for version_id in store.versions(bucket, place))
        return any(head is not None and head.sha256 is not None for head in heads)
