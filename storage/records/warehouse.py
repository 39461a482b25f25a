"""The warehouse: received bytes in the intake bucket, sealed records under object lock in archive and sensitive.

Everything is encrypted before it leaves, and believed only after it was read back, opened and hashed. A record exists when
the first version of its manifest does, and that is written last, so a crash at any instant leaves either nothing to see or
contents without manifest, which `resume` hands back to be verified and finished. Nothing is ever overwritten: a correction
is a manifest of the next number. Of several versions of one key the first sound one counts, for good: of runs that race one
wins, and nothing written later (or a delete marker) can replace it. Losers of a race leave contents that no manifest names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from dossier.errors import DossierError, LedgerConflict, NoSuchObject
from dossier.records import Change, Record, RecordKey, Stored, StoredObject
from dossier.values import SealedPdf, Sha256
from storage.files import CHUNK, hash_file, write_verified
from storage.keys.late_vault import Cipher
from storage.objects.buckets import Buckets, policy
from storage.objects.encrypted import EncryptedObjects, Opened, Rotted, none_rotted
from storage.objects.store import ObjectStore
from storage.records import manifest as manifests
from storage.records.manifest import Part, Parts
from storage.records.manifest_form import Manifest
from storage.records.manifest_store import ManifestStore, Told


def intake_key(sha256: Sha256) -> str:
    """Key of received bytes in the intake bucket."""
    return f"received/{sha256[:2]}/{sha256}"


class Warehouse:
    """Where bytes are kept for good; every verb may be repeated.

    Args:
        store: holds the objects.
        vault: encrypts them.
        buckets: their names.
        retention: how long nobody can delete a record, by its type of paper.
        readers: users of the store that may read the archive and the wrapped keys, and nothing else.
        work: where contents lie while they are at work; the system's place where it is None.
        rotted: versions of a bucket's key that are known to be damaged and have a restored one beside them.
    """

    def __init__(
        self,
        store: ObjectStore,
        vault: Cipher,
        buckets: Buckets,
        *,
        retention: Callable[[str], timedelta],
        readers: Sequence[str] = (),
        work: Path | None = None,
        rotted: Rotted = none_rotted,
    ) -> None:
        self.store, self.vault, self.buckets = store, vault, buckets
        self._retention = retention
        self._readers = tuple(readers)
        self._objects = EncryptedObjects(store, vault, work, rotted)
        self._manifests = ManifestStore(self._objects, buckets)

    def prepare(self) -> None:
        """Have the buckets and their rules.

        Raises:
            Misconfigured: a bucket that must be locked is there without object lock.
            MasterKeyMissing: the keys of the warehouse cannot be opened.
        """
        for bucket, locked in self.buckets.each():
            self.store.make_bucket(bucket, locked=locked)
            open_to = self._readers if bucket in {self.buckets.archive, self.buckets.sensitive, self.buckets.keys} else ()
            if locked or open_to:
                self.store.set_policy(bucket, policy(bucket, open_to, locked=locked))
        self.vault.encrypt_bytes(b"")  # opens the ring or makes the first key: a wrong master key shows now

    def alive(self) -> bool:
        """Whether the store answers and is prepared; never raises."""
        try:
            return self.store.has_bucket(self.buckets.archive)
        except DossierError:
            return False

    def receive(self, path: Path, sha256: Sha256) -> StoredObject:
        """Keep received bytes once, read back and compared.

        Raises:
            FileChanged: the file is no longer what its hash says.
            StoreCorrupt: what is read back is something else.
        """
        return self._objects.keep(self.buckets.intake, intake_key(sha256), path, sha256)

    def received(self) -> Iterator[Sha256]:
        """Hash of every received file."""
        last = None
        for one in self.store.listed(self.buckets.intake, "received/"):
            if one.key != last:
                last = one.key
                yield Sha256(one.key.rpartition("/")[2])

    def fetch_source(self, sha256: Sha256, into: Path) -> Path:
        """Bring received bytes to ``into/<sha256>``, verified, durable, in one step.

        Raises:
            NoSuchObject: they were never received.
            StoreCorrupt: no version of them is whole.
        """
        with self._objects.scratch() as folder:
            opened = self._objects.whole(self.buckets.intake, intake_key(sha256), sha256, folder)
            return write_verified(_given(opened.content.open("rb")), into / sha256, sha256)

    def find(self, key: RecordKey) -> Stored | None:
        """The record as it was stored first, if it is complete.

        Raises:
            StoreCorrupt: its manifest is damaged.
        """
        told = self._manifests.first(key)
        return None if told is None else manifests.stored_of(told.manifest, told.stored)

    def resume(self, key: RecordKey, into: Path) -> Path | None:
        """Bring the content that a crash left without its manifest to ``into``, to be verified and put again."""
        if self._manifests.first(key) is not None:
            return None
        with self._objects.scratch() as folder:
            for bucket in self._manifests.buckets:
                for left in self._objects.sound(bucket, key.content, folder):
                    content, into_file = left.content, into / f"{key.record_id}.pdf"
                    return write_verified(_given(content.open("rb")), into_file, hash_file(content))
        return None

    def put(self, record: Record, pdf: SealedPdf, alto: Path | None = None) -> Stored:
        """Keep a sealed record for good; where it is complete already nothing is written.

        Args:
            record: what is said of it.
            pdf: its content.
            alto: its text with the places of the words.

        Raises:
            LedgerConflict: another content is there and its manifest is not: see `resume`.
            StoreCorrupt: the bytes read back are not those written.
        """
        key, bucket = record.key, self.buckets.for_record(sensitive=record.sensitive)
        if (found := self.find(key)) is not None:
            return found
        now, until = self._period(record)
        content = self._put_content(bucket, key, pdf, until)
        if content is None:
            # Another run may have finished this record between our look and our put.
            if (found := self.find(key)) is not None:
                return found
            raise LedgerConflict(f"record {key.record_id}: other content waits for its manifest; resume it")
        text = None if alto is None else self._put_text(bucket, key, alto, until)
        parts = Parts(Part(content, pdf.sha256, pdf.size), pdf.pages, text, pdf.seal)
        return self._announce(bucket, manifests.build(record, parts, stored_at=now, keep_until=until))

    def put_linked(self, record: Record, existing: RecordKey) -> Stored:
        """Keep a record whose scans another record of the same citizen holds already: content and text are shared.

        Raises:
            NoSuchObject: there is no such other record.
            LedgerConflict: it is of other scans or another citizen, in another bucket, or not valid any more.
            StoreCorrupt: the shared content is not whole.
        """
        if (found := self.find(record.key)) is not None:
            return found
        other = self._manifests.newest(existing).manifest
        parts, bucket = manifests.parts_of(other), self.buckets.for_record(sensitive=record.sensitive)
        told = (other["citizen"], tuple(other["source"]["scans"]), other["state"], parts.content.stored.bucket)
        if told != (record.key.citizen, record.scan_sha256s, "valid", bucket):
            raise LedgerConflict(f"record {record.key.record_id} cannot share the content of {existing.record_id}")
        now, until = self._period(record)
        for part in filter(None, (parts.content, parts.alto)):
            with self._objects.scratch() as folder:
                self._objects.ensure_locked(self._opened(part, folder).stored, until)
        shared = replace(parts, shares=parts.shares or existing.record_id)
        return self._announce(bucket, manifests.build(record, shared, stored_at=now, keep_until=until))

    def correct(self, key: RecordKey, change: Change, *, by: str, why: str, at: datetime) -> Told:
        """Write the next version of a record's manifest; where it says nothing new, the version that speaks now.

        Args:
            key: the record.
            change: what is otherwise.
            by: the person.
            why: the reason; no personal data.
            at: when it was decided.

        Raises:
            NoSuchObject: there is no such record.
            LedgerConflict: somebody else corrected it at the same moment, or it is not valid any more.
        """
        before = self._manifests.newest(key)
        manifest = manifests.changed(before.manifest, change, by=by, why=why, at=at)
        if manifest is None:
            return before
        told, won = self._manifests.write(before.stored.bucket, manifest)
        if not won:
            raise LedgerConflict(f"record {key.record_id} was corrected by somebody else at the same moment")
        return told

    def told(self, key: RecordKey, version: int | None = None) -> Told:
        """A version of a record's manifest with the object that holds it; the newest where none is named.

        Raises:
            NoSuchObject: there is no such record, or it has no such version.
            StoreCorrupt: it is damaged; an older version is never taken for it.
        """
        return self._manifests.newest(key) if version is None else self._manifests.version(key, version)

    def manifest(self, key: RecordKey, version: int | None = None) -> Manifest:
        """The manifest of a record (docs/manifest.md); arguments and errors as `told`."""
        return self.told(key, version).manifest

    def addresses(self) -> Iterator[RecordKey]:
        """Every record; what a crash left unfinished is none."""
        return self._manifests.addresses()

    def content(self, key: RecordKey, version_id: str) -> Iterator[bytes]:
        """Stream the sealed PDF of a record; it was compared with the hash in the manifest before its first byte.

        Raises:
            NoSuchObject: the record names no such version of it.
            StoreCorrupt: no version of it is whole.
        """
        part = manifests.parts_of(self.told(key, 1).manifest).content
        if part.stored.version_id != version_id:
            raise NoSuchObject("version")
        return self._stream(part)

    def text(self, key: RecordKey) -> Iterator[bytes]:
        """Stream the ALTO text of a record, compared as `content` is.

        Raises:
            NoSuchObject: it has none.
            StoreCorrupt: no version of it is whole.
        """
        part = manifests.parts_of(self.told(key, 1).manifest).alto
        if part is None:
            raise NoSuchObject("text")
        return self._stream(part)

    def _period(self, record: Record) -> tuple[datetime, datetime]:
        """Now, and the end of the lock; S3 keeps whole seconds."""
        now = datetime.now(UTC)
        return now, (now + self._retention(record.type)).replace(microsecond=0)

    def _put_content(self, bucket: str, key: RecordKey, pdf: SealedPdf, until: datetime) -> StoredObject | None:
        """This very content, written now or left by a crash; None when the content there is another."""
        other = False
        with self._objects.scratch() as folder:
            for left in self._objects.sound(bucket, key.content, folder):
                if hash_file(left.content) == pdf.sha256:
                    self._objects.ensure_locked(left.stored, until)
                    return left.stored
                other = True
        return None if other else self._objects.write(bucket, key.content, pdf.path, pdf.sha256, until=until)

    def _put_text(self, bucket: str, key: RecordKey, alto: Path, until: datetime) -> Part:
        hashed = hash_file(alto)
        return Part(self._objects.keep(bucket, key.text, alto, hashed, until=until), hashed, alto.stat().st_size)

    def _announce(self, bucket: str, manifest: Manifest) -> Stored:
        """Write the first version of a manifest: now there is a record, of this run or of one that was faster."""
        told, won = self._manifests.write(bucket, manifest)
        return replace(manifests.stored_of(told.manifest, told.stored), already_there=not won)

    def _opened(self, part: Part, folder: Path) -> Opened:
        stored = part.stored
        return self._objects.whole(stored.bucket, stored.key, part.sha256, folder, stored.version_id)

    def _stream(self, part: Part) -> Iterator[bytes]:
        with self._objects.scratch() as folder:
            file = self._opened(part, folder).content.open("rb")
        return _given(file)  # the name is gone from the disk, the bytes are until the stream ends


def _given(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
