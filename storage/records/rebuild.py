"""The catalogue made again from the manifests alone, when the database is gone.

Only an empty database is filled. A received file becomes a drop that is done when its records together tell of every page
of it; otherwise it waits to be worked again, which stores nothing twice, so that papers that waited for a person wait
again. What was destroyed stands in the certificates. What nothing tells of cannot come back: docs/manifest.md lists it.

Of records that claim the same page of a file one at most was ever filed; runs that died left the others. The one that the
audit trail names as stored has the page; where it names none of them, none comes in, and the file is worked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dossier.errors import AuditBroken, DossierError, InputRefused, LedgerConflict, Misconfigured, StoreCorrupt, StoreFailed
from dossier.records import Received, Record, RecordKey
from dossier.values import Sha256, Soundness
from storage.audit.trail import add_line
from storage.database.engine import Database
from storage.database.statements import one
from storage.database.tables import audit, documents, drops, receipts, records
from storage.inventory import enter_objects
from storage.ledger import drop_id_of
from storage.objects.encrypted import EncryptedObjects, Opened
from storage.records import manifest as manifests
from storage.records.manifest_store import ManifestStore
from storage.records.rebuilt_rows import (
    BY,
    Paper,
    claimed_by,
    enter_destroyed,
    enter_disposed,
    enter_paper,
    named_as_stored,
    remove_paper,
    rivals_of,
)
from storage.records.warehouse import Warehouse, intake_key
from storage.retention.certificates import Certificates
from storage.search.index import order_records

UNKNOWN_OFFICE: Final = "khong-ro"
"""Office of a received file that no manifest names: only the database knew it."""

_BATCH: Final = 100
_LOOKS: Final = 2  # a server that restarts between two of them breaks one read and is no damage


@dataclass
class Rebuilt:
    """What came back, counted."""

    records: int = 0
    done: int = 0
    """Drops all of whose pages belong to records."""
    again: int = 0
    """Drops that are worked again."""
    trail: int = 0
    """Last line of the audit trail that came back."""
    doubtful: list[str] = field(default_factory=list)
    """Records, files and certificates that are damaged or contradict others, and did not come back: names and codes."""


class PatientObjects(EncryptedObjects):
    """Passes over a version for which a server that answers gives nothing (`storage.objects.s3`), as over a damaged one.

    The ledger, which knew the versions that rotted and have a restored one beside them, is gone.
    """

    def open(self, bucket: str, key: str, version_id: str, folder: Path) -> Opened | None:
        """One version; None also where it gives no answer, twice."""
        for _ in range(_LOOKS):
            try:
                return super().open(bucket, key, version_id, folder)
            except StoreFailed:
                self.store.has_bucket(bucket)  # raises where the store is away; else it is this one version
        return None


class Rebuild:
    """One rebuild.

    Args:
        warehouse: what is left.
        database: an empty ledger.
        check: tells kind and pages of a received file; raises `InputRefused` for one that cannot be read.
        restore_trail: brings anchored lines of the audit trail back (`Anchors.restore`).
        say: is told how many records and files are done.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        database: Database,
        *,
        check: Callable[[Path], Soundness],
        restore_trail: Callable[[], object],
        say: Callable[[int], None] = lambda _count: None,
    ) -> None:
        self._warehouse, self._database, self._check, self._say = warehouse, database, check, say
        self._restore_trail = restore_trail
        self._objects = PatientObjects(warehouse.store, warehouse.vault, None)
        self._manifests = ManifestStore(self._objects, warehouse.buckets)
        self._rebuilt = Rebuilt()
        self._missing: dict[str, set[int]] = {}
        """Drop to its pages that no record has told of yet."""
        self._contested: set[str] = set()
        """Records that came in, a page of which another claims with the same right."""
        self._claimed: dict[str, set[int]] = defaultdict(set)
        """Drop to the pages that records claim that were left out."""

    def run(self) -> Rebuilt:
        """Fill the database.

        Raises:
            LedgerConflict: it is not empty.
            StoreUnavailable: empty the database and start again.
        """
        self._must_be_empty()
        self._bring_the_trail_back()
        for named in (True, False):  # whom the trail names has his pages before others claim them
            self._enter_records(named=named)
        for sha256 in self._warehouse.received():
            self._enter_received(sha256)
        self._remember_destroyed()
        self._finish()
        return self._rebuilt

    def _bring_the_trail_back(self) -> None:
        try:
            self._restore_trail()
        except AuditBroken as error:
            self._rebuilt.doubtful.append(f"{error.code} {error.detail}")
        except (StoreFailed, Misconfigured) as error:  # the latter: without the trusted root no token can be judged
            self._doubt("anchors", error)
        with self._database.reading() as connection:  # also what came back before an anchor that does not hold
            self._rebuilt.trail = connection.execute(select(func.max(audit.c.number))).scalar() or 0

    def _must_be_empty(self) -> None:
        with self._database.reading() as connection:
            for table in (records, drops, receipts, documents, audit):
                if connection.execute(select(func.count()).select_from(table)).scalar_one():
                    raise LedgerConflict("the ledger is not empty")

    def _enter_records(self, *, named: bool) -> None:
        """Enter the records that the audit trail names as stored, or those that it does not."""
        addresses = self._warehouse.addresses()
        while keys := list(islice(addresses, _BATCH)):
            with self._database.reading() as connection:
                known = named_as_stored(connection, [key.record_id for key in keys])
            read = [self._read(key) for key in keys if (key.record_id in known) is named]
            with self._database.writing() as connection:  # none is open while the store is waited for
                for paper in filter(None, read):
                    self._enter(connection, paper)
            self._tell()

    def _read(self, key: RecordKey) -> Paper | None:
        """A record; None where it cannot be read, and that is told."""
        try:
            newest = self._manifests.newest(key)
            record = newest.record
            told = [*(self._manifests.version(key, number) for number in range(1, record.version)), newest]
            stored = manifests.stored_of(told[0].manifest, told[0].stored)
            file = record.received or self._received_again(record.source_sha256, stored.stored_at)
        except (StoreFailed, InputRefused) as error:
            self._doubt(key.record_id, error)
            return None
        seal, later = manifests.seal_of(newest.manifest), tuple(one.stored for one in told[1:])
        return Paper(record, stored, seal, later, file)

    def _doubt(self, what: str, error: DossierError) -> None:
        """Tell what did not come back, and why.

        Raises:
            StoreUnavailable: the store as a whole is away.
        """
        if isinstance(error, StoreFailed):
            self._warehouse.store.has_bucket(self._warehouse.buckets.archive)
        self._rebuilt.doubtful.append(f"{what} {error.code}")

    def _enter(self, connection: Connection, paper: Paper) -> None:
        record, record_id = paper.record, paper.record.key.record_id
        if one(connection, records, record_id=record_id) is not None:  # where both buckets have manifests, one's count
            return
        drop_id = drop_id_of(record.source_sha256)
        if drop_id not in self._missing:
            self._insert_drop(connection, record.source_sha256, record.office, paper.file)
        enter_objects(connection, (*paper.stored.objects, *paper.later), record_id)  # guarded also where it is left out
        try:
            self._refuse_contested(connection, drop_id, record)
            with connection.begin_nested():
                told_of = enter_paper(connection, drop_id, paper)
        except (LedgerConflict, IntegrityError):
            self._claimed[drop_id] |= claimed_by(record)
            self._rebuilt.doubtful.append(f"{record_id} {LedgerConflict.code}")
        else:
            self._missing[drop_id] -= told_of
            self._rebuilt.records += 1

    def _refuse_contested(self, connection: Connection, drop_id: str, record: Record) -> None:
        record_id, rivals = record.key.record_id, rivals_of(connection, drop_id, record)
        if rivals or claimed_by(record) & self._claimed[drop_id]:
            named = named_as_stored(connection, [record_id, *rivals])
            self._contested |= rivals if record_id in named else rivals - named
            raise LedgerConflict(f"record {record_id} claims a page of another")

    def _received_again(self, sha256: Sha256, at: datetime) -> Received:
        """Kind, pages and size of a file, from its bytes."""
        with self._objects.scratch() as folder:
            path = self._objects.whole(self._warehouse.buckets.intake, intake_key(sha256), sha256, folder).content
            soundness = self._check(path)
            return Received(soundness.kind, soundness.pages, path.stat().st_size, at)

    def _insert_drop(self, connection: Connection, sha256: Sha256, office: str, file: Received) -> None:
        drop_id, name = drop_id_of(sha256), ""
        same = {"office": office, "file_name": name, "sha256": sha256, "size": file.size}
        row = {"id": drop_id, "kind": file.kind, "pages": file.pages, "intake_key": intake_key(sha256)}
        times = {"received_at": file.received_at}
        connection.execute(insert(drops).values(**same, **row, **times, state="received", attempts=0))
        connection.execute(insert(receipts).values(**same, **times, outcome="taken", drop_id=drop_id))
        self._missing[drop_id] = set(range(1, file.pages + 1))

    def _enter_received(self, sha256: Sha256) -> None:
        stored, file = self._objects.find(self._warehouse.buckets.intake, intake_key(sha256), sha256), None
        if stored is None:
            self._rebuilt.doubtful.append(f"{sha256[:32]} {StoreCorrupt.code}")
            return
        if drop_id_of(sha256) not in self._missing:
            try:
                file = self._received_again(sha256, datetime.now(UTC))
            except (StoreFailed, InputRefused) as error:
                self._doubt(sha256[:32], error)
                return
        with self._database.writing() as connection:
            if file is not None:
                self._insert_drop(connection, sha256, UNKNOWN_OFFICE, file)
            enter_objects(connection, (stored,), None)
        self._tell()

    def _remember_destroyed(self) -> None:
        """What two persons ended must not come back unseen with the very same file, or the same scans in another one."""
        intake = self._warehouse.buckets.intake
        certificates = Certificates(self._objects, self._warehouse.buckets.audit, timedelta())
        for key in certificates.done_keys():
            if (found := certificates.find(key)) is None:
                self._rebuilt.doubtful.append(f"{key} {StoreCorrupt.code}")
                continue
            gone = [Sha256(one["sha256"]) for one in found.told["received"] if one["destroyed"]]
            with self._database.writing() as connection:
                for sha256 in gone:
                    enter_destroyed(connection, intake, sha256)
                enter_disposed(connection, found.told["record_id"], found.told["disposal"])

    def _finish(self) -> None:
        with self._database.writing() as connection:
            for record_id in sorted(self._contested):
                self._take_out(connection, record_id)
            order_records(connection)
            for drop_id, missing in self._missing.items():
                if not missing:
                    last = select(func.max(records.c.stored_at)).where(records.c.drop_id == drop_id).scalar_subquery()
                    change = {"state": "done", "attempts": 1, "finished_at": last}
                    connection.execute(update(drops).where(drops.c.id == drop_id).values(**change))
            self._rebuilt.again = sum(bool(missing) for missing in self._missing.values())
            self._rebuilt.done = len(self._missing) - self._rebuilt.again
            counted = f"{self._rebuilt.records} records, {len(self._missing)} drops"
            add_line(
                connection, actor=BY, act="rebuild", citizen=None, record_id=None, why="the database was lost",
                outcome=counted,
            )  # fmt: skip

    def _take_out(self, connection: Connection, record_id: str) -> None:
        """Leave out a record that came in; only at the end, so that everybody who claims its pages met it."""
        drop_id, told_of = remove_paper(connection, record_id)
        self._missing[drop_id] |= told_of
        self._rebuilt.records -= 1
        self._rebuilt.doubtful.append(f"{record_id} {LedgerConflict.code}")

    def _tell(self) -> None:
        self._say(self._rebuilt.records + len(self._missing))
