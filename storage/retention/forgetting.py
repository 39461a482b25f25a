"""What the ledger forgets of a destroyed record: everything that tells of a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, null, select, update

from dossier.decisions import FileIt, to_json
from storage.database.tables import decisions, documents, drops, receipts, records
from storage.hand_ins import hand_ins
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
        gone: drops whose received files are gone too.
    """
    forget_record(connection, record_id)
    connection.execute(update(records).where(records.c.record_id == record_id).values(**_RECORD))
    its = select(documents.c.id).where(documents.c.record_id == record_id)
    typed = decisions.c.document_id.in_(its) & (decisions.c.kind == "file")
    connection.execute(update(decisions).where(typed).values(action=to_json(FileIt())))
    connection.execute(update(documents).where(documents.c.record_id == record_id).values(**_DOCUMENT))
    for drop_id in gone:
        connection.execute(update(drops).where(drops.c.id == drop_id).values(file_name=""))
        same = (receipts.c.drop_id == drop_id) | (receipts.c.duplicate_of == drop_id)
        connection.execute(update(receipts).where(same).values(file_name="", delivery=None))
        connection.execute(delete(hand_ins).where(hand_ins.c.drop_id == drop_id))
