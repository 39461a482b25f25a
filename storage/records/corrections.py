"""A record said otherwise: a new version in the warehouse, then in the catalogue; a crash between is made up for.

An errand of the outbox is written first and done last, so that what died between is entered by the next sweep, and a
destruction sees that a version is on its way: the lock of a version that came later would outlive the record.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from dossier.errors import DossierError, LedgerConflict, NoSuchRecord
from dossier.records import Change, RecordKey
from storage.database.keeping_tables import outbox
from storage.database.rows import RecordRow
from storage.ledger import Ledger
from storage.outbox import Outbox, add_errand
from storage.records.manifest_store import Told
from storage.records.record_objects import record_row
from storage.records.warehouse import Warehouse

PATIENCE: Final = timedelta(minutes=15)
"""Nobody waits so long for a correction that is still alive."""

_AT_ONCE: Final = 100


def correct(
    record_id: str, change: Change, warehouse: Warehouse, ledger: Ledger, *, by: str, why: str, at: datetime
) -> Told:
    """Correct or withdraw a record; said again, after a crash at any instant, it changes nothing more.

    Args:
        record_id: which.
        change: what is otherwise.
        warehouse: gets the new version first; the earlier ones stay.
        ledger: gets the catalogue's line and the line of the audit trail, together.
        by: the person.
        why: the reason; no personal data.
        at: when it was decided.

    Raises:
        NoSuchRecord: there is none.
        LedgerConflict: somebody else corrected it at the same moment, or it is not valid any more.
    """
    key = catch_up(record_id, warehouse, ledger)
    with ledger.database.writing() as connection:
        _refuse_destroyed(record_row(connection, record_id))
        errand = add_errand(connection, "catch_up", {"record_id": record_id}, after=PATIENCE)
    told = warehouse.correct(key, change, by=by, why=why, at=at)
    enter(told, ledger)
    Outbox(ledger.database).done(errand)
    return told


def refuse_being_corrected(connection: Connection, seen: RecordRow) -> None:
    """Let no record be destroyed that has, or is about to get, a version which nobody looked at.

    Args:
        connection: inside the transaction that begins the destruction.
        seen: the record when its objects were looked at.

    Raises:
        LedgerConflict: somebody corrects it at this moment, or has done so since; say it again.
    """
    alive = (outbox.c.done_at.is_(None), outbox.c.made_at > datetime.now(UTC) - PATIENCE)
    query = select(outbox.c.payload).where(outbox.c.kind == "catch_up", *alive)
    under_way = any(payload["record_id"] == seen.record_id for payload in connection.execute(query).scalars())
    if under_way or record_row(connection, seen.record_id).version != seen.version:
        raise LedgerConflict(f"record {seen.record_id} is being corrected")


def catch_up_due(warehouse: Warehouse, ledger: Ledger) -> int:
    """Enter what corrections that died left in the warehouse alone; returns how many records were looked at."""
    waiting = Outbox(ledger.database)
    errands = waiting.due("catch_up", _AT_ONCE)
    for errand in errands:
        record_id = errand.payload["record_id"]
        try:
            catch_up(record_id, warehouse, ledger)
        except DossierError as error:
            row = ledger.record(record_id)
            if row is None or row.state != "disposed":
                waiting.failed(errand, error.code)
                continue
        waiting.done(errand.id)
    return len(errands)


def catch_up(record_id: str, warehouse: Warehouse, ledger: Ledger) -> RecordKey:
    """Enter versions that a crash left in the warehouse alone; the record's address.

    Raises:
        NoSuchRecord: there is none.
        LedgerConflict: its destruction has begun.
    """
    row = ledger.record(record_id)
    if row is None:
        raise NoSuchRecord
    _refuse_destroyed(row)
    key = RecordKey(row.citizen, row.record_id)
    newest = warehouse.told(key).manifest["version"]
    for number in range(row.version + 1, newest + 1):
        enter(warehouse.told(key, number), ledger)
    return key


def enter(told: Told, ledger: Ledger) -> None:
    """Enter a later version as its manifest tells it; the first one was entered when the record was filed."""
    correction = told.manifest["correction"]
    if correction is not None:
        ledger.corrected(told.record, told.stored, by=correction["by"], why=correction["why"])


def _refuse_destroyed(row: RecordRow) -> None:
    if row.state == "disposed":
        raise LedgerConflict(f"record {row.record_id} is destroyed")
