"""What the ledger forgets of a destroyed record: everything that tells of a person, and that its objects must be there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, delete, null, select, update

from dossier.decisions import FileIt, to_json
from storage.alarms import settle_alarm
from storage.database.engine import Database
from storage.database.keeping_tables import incidents, objects
from storage.database.tables import decisions, documents, drops, receipts, records
from storage.hand_ins import hand_ins
from storage.intake.put_aside import remove_taken
from storage.inventory import alarm_subject
from storage.retention.doomed import Doomed
from storage.search.index import forget_record

_RECORD: Final[dict[str, Any]] = {
    "citizen": "",
    "dossier_code": "",
    "fields": {},
    "content_key": "",
    "procedure": None,
    "number": None,
    "agency": None,
    "dated": None,
}
_DOCUMENT: Final[dict[str, Any]] = {"paper": null(), "citizen_id": None, "dossier_code": None, "reasons": []}


def forget(connection: Connection, record_id: str, gone: Sequence[str]) -> None:
    """Forget a record whose bytes are gone, inside the transaction that says so.

    Args:
        connection: inside a transaction.
        record_id: the record.
        gone: drops whose received files are gone too, and with them the papers that were sent back to the scanner.
    """
    forget_record(connection, record_id)
    connection.execute(update(records).where(records.c.record_id == record_id).values(**_RECORD))
    its = (documents.c.record_id == record_id) | documents.c.drop_id.in_(gone)
    decided = decisions.c.document_id.in_(select(documents.c.id).where(its))
    connection.execute(update(decisions).where(decided).values(note=""))
    connection.execute(update(decisions).where(decided, decisions.c.kind == "file").values(action=to_json(FileIt())))
    connection.execute(update(documents).where(its).values(**_DOCUMENT))
    for drop_id in gone:
        connection.execute(update(drops).where(drops.c.id == drop_id).values(file_name=""))
        same = (receipts.c.drop_id == drop_id) | (receipts.c.duplicate_of == drop_id)
        connection.execute(update(receipts).where(same).values(file_name="", delivery=None))
        connection.execute(delete(hand_ins).where(hand_ins.c.drop_id == drop_id))


def clear_inbox(database: Database, gone: Sequence[str], inbox: Path) -> None:
    """Delete what the intake put aside of received files that are gone, and of what was said of them.

    Args:
        database: the ledger's; it must still know what came with these drops.
        gone: drops whose received files are gone.
        inbox: folder with `.taken`.
    """
    same = receipts.c.drop_id.in_(gone) | receipts.c.duplicate_of.in_(gone)
    scans = select(receipts.c.sha256, receipts.c.size).where(same)
    said = select(hand_ins.c.sha256, hand_ins.c.size).where(hand_ins.c.drop_id.in_(gone))
    with database.reading() as connection:
        put_aside = connection.execute(scans.union(said)).all()
    for sha256, size in put_aside:
        remove_taken(sha256, size, inbox)


def expect_no_more(connection: Connection, doomed: Doomed, intake: str) -> None:
    """Look for the objects of a destruction no more, also for those that were lost before; nobody is called for them.

    Args:
        connection: inside the transaction that begins the destruction.
        doomed: what goes.
        intake: the bucket of received files.
    """
    names = [place.prefix.split("/")[-2] for place in doomed.places]  # each is the place of one record
    parts = objects.c.record_id.in_(names) & objects.c.key.not_in(doomed.spared)
    keys = [source.key for source in doomed.sources if source.because is None]
    files = (objects.c.bucket == intake) & objects.c.key.in_(keys)
    change = update(objects).where(parts | files, objects.c.state != "disposed").values(state="disposed")
    gone = connection.execute(change.returning(objects.c.bucket, objects.c.key, objects.c.sha256)).all()
    for bucket, key, sha256 in gone:
        for kind in ("object_damaged", "object_lost"):
            settle_alarm(connection, kind, alarm_subject(bucket, sha256), by="dispose")
        still_open = (incidents.c.bucket == bucket, incidents.c.key == key, incidents.c.ended_at.is_(None))
        connection.execute(update(incidents).where(*still_open).values(ended_at=datetime.now(UTC), outcome="disposed"))
