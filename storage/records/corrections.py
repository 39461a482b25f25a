"""A record said otherwise: a new version in the warehouse, then in the catalogue; a crash between is made up for."""

from __future__ import annotations

from datetime import datetime

from dossier.errors import NoSuchRecord
from dossier.records import Change, RecordKey
from storage.ledger import Ledger
from storage.records.manifest_store import Told
from storage.records.warehouse import Warehouse


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
    told = warehouse.correct(key, change, by=by, why=why, at=at)
    enter(told, ledger)
    return told


def catch_up(record_id: str, warehouse: Warehouse, ledger: Ledger) -> RecordKey:
    """Enter versions that a crash left in the warehouse alone; the record's address.

    Raises:
        NoSuchRecord: there is none.
    """
    row = ledger.record(record_id)
    if row is None:
        raise NoSuchRecord
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
