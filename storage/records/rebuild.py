"""The catalogue made again from the manifests alone, when the database is gone.

Only an empty database is filled. A received file becomes a drop that is done when its records together tell of every page
of it; otherwise it waits to be worked again, which stores nothing twice, so that papers that waited for a person wait
again. What manifests do not know cannot come back: docs/manifest.md lists it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from dossier.decisions import FileIt, to_json
from dossier.errors import AuditBroken, InputRefused, LedgerConflict, NoSuchObject, StoreCorrupt
from dossier.records import Received, Record, RecordKey, Stored
from dossier.values import Sha256, Soundness
from storage.audit.trail import add_line
from storage.database.engine import Database
from storage.database.statements import file_document, one, record_values
from storage.database.tables import audit, decisions, documents, drops, pages, receipts, records
from storage.inventory import enter_objects
from storage.ledger import drop_id_of
from storage.records import manifest as manifests
from storage.records.warehouse import Warehouse, intake_key
from storage.search.index import index_record, order_records

UNKNOWN_OFFICE: Final = "khong-ro"
"""Office of a received file that no manifest names: only the database knew it."""

_BY: Final = "rebuild"
_BATCH: Final = 100


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
    """Records and received files that are damaged or contradict others, and did not come back: ids and codes."""


class Rebuild:
    """One rebuild.

    Args:
        warehouse: what is left.
        database: an empty ledger.
        check: tells kind and pages of a received file; raises `InputRefused` for one that cannot be read.
        restore_trail: brings anchored lines of the audit trail back, and tells the last (`Anchors.restore`).
        say: is told how many records and files are done.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        database: Database,
        *,
        check: Callable[[Path], Soundness],
        restore_trail: Callable[[], int],
        say: Callable[[int], None] = lambda _count: None,
    ) -> None:
        self._warehouse, self._database, self._check, self._say = warehouse, database, check, say
        self._restore_trail = restore_trail
        self._rebuilt = Rebuilt()
        self._missing: dict[str, set[int]] = {}
        """Drop to its pages that no record has told of yet."""

    def run(self) -> Rebuilt:
        """Fill the database.

        Raises:
            LedgerConflict: it is not empty.
            StoreUnavailable: empty the database and start again.
        """
        self._must_be_empty()
        self._bring_the_trail_back()
        told: list[RecordKey] = []
        for key in self._warehouse.addresses():
            told.append(key)
            if len(told) == _BATCH:
                self._enter(told)
                told = []
        self._enter(told)
        for sha256 in self._warehouse.received():
            self._enter_received(sha256)
        self._finish()
        return self._rebuilt

    def _bring_the_trail_back(self) -> None:
        try:
            self._rebuilt.trail = self._restore_trail()
        except AuditBroken as error:
            self._rebuilt.doubtful.append(f"{error.code} {error.detail}")

    def _must_be_empty(self) -> None:
        with self._database.reading() as connection:
            for table in (records, drops, receipts, documents, audit):
                if connection.execute(select(func.count()).select_from(table)).scalar_one():
                    raise LedgerConflict("the ledger is not empty")

    def _enter(self, keys: list[RecordKey]) -> None:
        with self._database.writing() as connection:
            for key in keys:
                try:
                    self._enter_record(connection, key)
                except (StoreCorrupt, NoSuchObject, LedgerConflict) as error:
                    self._rebuilt.doubtful.append(f"{key.record_id} {error.code}")
                else:
                    self._rebuilt.records += 1
        self._tell()

    def _enter_record(self, connection: Connection, key: RecordKey) -> None:
        newest = self._warehouse.told(key)
        told = [newest] if newest.manifest["version"] == 1 else [self._warehouse.told(key, 1), newest]
        stored = manifests.stored_of(told[0].manifest, told[0].stored)
        record = newest.record
        drop_id = self._have_drop(connection, record, stored)
        later = [self._warehouse.told(key, number).stored for number in range(2, record.version + 1)]
        with connection.begin_nested():
            row = record_values(drop_id, record, stored, manifests.seal_of(newest.manifest))
            connection.execute(insert(records).values(**row))
            index_record(connection, row, record.text)
            enter_objects(connection, (*stored.objects, *later), key.record_id)
            file_document(connection, drop_id, record, decided=False)
            if "decision" in record.linked_by:
                _remember_decision(connection, drop_id, record, stored)
            told_of = _enter_pages(connection, drop_id, record)
        self._missing[drop_id] -= told_of

    def _have_drop(self, connection: Connection, record: Record, stored: Stored) -> str:
        drop_id = drop_id_of(record.source_sha256)
        if one(connection, drops, id=drop_id) is None:
            file = record.received or self._received_again(record.source_sha256, stored.stored_at)
            self._insert_drop(connection, record.source_sha256, record.office, file)
        return drop_id

    def _received_again(self, sha256: Sha256, at: datetime) -> Received:
        """Kind, pages and size of a file, from its bytes."""
        with TemporaryDirectory() as folder:
            path = self._warehouse.fetch_source(sha256, Path(folder))
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
        stored = self._warehouse.received_object(sha256)
        if stored is None:
            self._rebuilt.doubtful.append(f"{sha256[:32]} {StoreCorrupt.code}")
            return
        with self._database.writing() as connection:
            if one(connection, drops, id=drop_id_of(sha256)) is None:
                try:
                    file = self._received_again(sha256, datetime.now(UTC))
                except InputRefused as error:
                    self._rebuilt.doubtful.append(f"{sha256[:32]} {error.code}")
                    return
                self._insert_drop(connection, sha256, UNKNOWN_OFFICE, file)
            enter_objects(connection, (stored,), None)
        self._tell()

    def _finish(self) -> None:
        with self._database.writing() as connection:
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
                connection, actor=_BY, act="rebuild", citizen=None, record_id=None, why="the database was lost",
                outcome=counted,
            )  # fmt: skip

    def _tell(self) -> None:
        self._say(self._rebuilt.records + len(self._missing))


def _enter_pages(connection: Connection, drop_id: str, record: Record) -> set[int]:
    """Say where the pages of a record are; their numbers."""
    place = {"drop_id": drop_id, "place": "document", "first_page": record.first_page}
    rows = [{**place, "number": page["number"], "scan_sha256": page["scan_sha256"]} for page in record.pages]
    if rows:
        connection.execute(insert(pages), rows)
    return {int(str(row["number"])) for row in rows}


def _remember_decision(connection: Connection, drop_id: str, record: Record, stored: Stored) -> None:
    """A person filed it: a later run of the machine must leave its pages alone, as it would have before."""
    document = one(connection, documents, drop_id=drop_id, first_page=record.first_page)
    assert document is not None  # noqa: S101 - it was entered a moment ago; tells the type checker
    row = {
        "document_id": document["id"],
        "hold": 1,
        "shown_sha256": "0" * 64,
        "who": _BY,
        "decided_at": stored.stored_at,
        "kind": "file",
        "action": to_json(FileIt()),
        "note": "",
        "state": "done",
        "attempts": 0,
        "finished_at": stored.stored_at,
    }
    connection.execute(insert(decisions).values(**row))
