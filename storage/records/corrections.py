"""A record said otherwise: a new version in the warehouse, then in the catalogue; a crash between is made up for.

An errand of the outbox is written first and done last, so that what died between is entered by the next sweep.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from dossier.errors import DossierError, NoSuchObject, NoSuchRecord
from dossier.records import Change, RecordKey
from storage.ledger import Ledger
from storage.outbox import Outbox
from storage.records.manifest_store import Told
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
    outbox = Outbox(ledger.database)
    errand = outbox.add("catch_up", {"record_id": record_id}, after=PATIENCE)
    told = warehouse.correct(key, change, by=by, why=why, at=at)
    enter(told, ledger)
    outbox.done(errand)
    return told


def catch_up_due(warehouse: Warehouse, ledger: Ledger) -> int:
    """Enter what corrections that died left in the warehouse alone; returns how many records were looked at."""
    outbox = Outbox(ledger.database)
    errands = outbox.due("catch_up", _AT_ONCE)
    for errand in errands:
        try:
            catch_up(errand.payload["record_id"], warehouse, ledger)
        except NoSuchObject:  # destroyed since
            outbox.done(errand.id)
        except DossierError as error:
            outbox.failed(errand, error.code)
        else:
            outbox.done(errand.id)
    return len(errands)


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
