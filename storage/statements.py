"""The statements behind the ledger's verbs; each works inside the transaction that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, Table, insert, select, update

from dossier.errors import LedgerConflict
from dossier.values import Held, Record, Seal, Stored
from storage.held import paper_of
from storage.rows import Drop, Outcome, Receipt, ShelfEntry
from storage.tables import documents, drops, receipts


def one(connection: Connection, table: Table, **where: object) -> RowMapping | None:
    """The only line with these values, None where there is none."""
    query = select(table).where(*(table.c[name] == value for name, value in where.items()))
    return connection.execute(query).mappings().one_or_none()


def the_drop(connection: Connection, drop_id: str) -> Drop:
    """A drop that must be there.

    Raises:
        LedgerConflict: it is not.
    """
    found = one(connection, drops, id=drop_id)
    if found is None:
        raise LedgerConflict(f"there is no drop {drop_id}")
    return Drop(**found)


def same_delivery(connection: Connection, line: Mapping[str, object], outcomes: Sequence[Outcome]) -> Receipt | None:
    """The receipt of a file that was entered but, because of a crash, not yet moved out of the inbox."""
    if line["delivery"] is None:
        return None
    query = (
        select(receipts)
        .where(*(receipts.c[name] == value for name, value in line.items()), receipts.c.outcome.in_(outcomes))
        .order_by(receipts.c.id)
        .limit(1)
    )
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else receipt_of(found)


def enter_receipt(connection: Connection, line: Mapping[str, object]) -> Receipt:
    """Write a receipt."""
    query = insert(receipts).values(received_at=datetime.now(UTC), **line).returning(receipts)
    return receipt_of(connection.execute(query).mappings().one())


def record_values(drop_id: str, record: Record, stored: Stored, seal: Seal) -> dict[str, object]:
    """The line of a record."""
    return {
        "record_id": record.key.record_id,
        "citizen": record.key.citizen,
        "drop_id": drop_id,
        "office": record.office,
        "type": record.type,
        "dossier_code": record.dossier_code,
        "first_page": record.first_page,
        "last_page": record.last_page,
        "fields": {name: str(value["value"]) for name, value in record.fields.items()},
        "bucket": stored.bucket,
        "content_key": stored.content_key,
        "version_id": stored.version_id,
        "sha256": stored.sha256,
        "size": stored.size,
        "signer": seal.signer,
        "signed_at": seal.signed_at,
        "stored_at": stored.stored_at,
    }


def file_document(connection: Connection, drop_id: str, record: Record) -> None:
    """Say that the document is in the archive; the shelf gives it up."""
    state = {"state": "filed", "record_id": record.key.record_id}
    known = one(connection, documents, drop_id=drop_id, first_page=record.first_page)
    if known is None:
        row: dict[str, object] = {
            "drop_id": drop_id,
            "first_page": record.first_page,
            "last_page": record.last_page,
            "type": record.type,
            "score": record.verdict.get("score", 0.0),
            "dossier_code": record.dossier_code,
            "reasons": [],
            "entered_at": datetime.now(UTC),
        }
        connection.execute(insert(documents).values(**row, **state))
    elif known["state"] == "held":
        connection.execute(update(documents).where(documents.c.id == known["id"]).values(**state))
    elif known["record_id"] != record.key.record_id:
        raise LedgerConflict(f"drop {drop_id}: the document from page {record.first_page} is filed as another record")


def hold_document(connection: Connection, drop_id: str, held: Held) -> None:
    """Put a document on the shelf, unless it lies there."""
    understood = held.understood
    first_page = understood.document.first_page
    known = one(connection, documents, drop_id=drop_id, first_page=first_page)
    if known is not None:
        if known["state"] == "filed":
            raise LedgerConflict(f"drop {drop_id}: the document from page {first_page} is filed already")
        return
    row: dict[str, object] = {
        "drop_id": drop_id,
        "first_page": first_page,
        "last_page": understood.document.last_page,
        "state": "held",
        "type": understood.verdict.type,
        "score": understood.verdict.score,
        "dossier_code": understood.dossier_code,
        "citizen_id": understood.citizen_id,
        "reasons": list(held.why),
        "paper": paper_of(held),
        "entered_at": datetime.now(UTC),
    }
    connection.execute(insert(documents).values(**row))


def receipt_of(row: RowMapping) -> Receipt:
    """A line of the table as a value."""
    return Receipt(**{name: value for name, value in row.items() if name != "delivery"})


def shelf_entry_of(row: RowMapping) -> ShelfEntry:
    """A held line, joined with the office of its drop, as a value."""
    return ShelfEntry(
        id=row["id"],
        drop_id=row["drop_id"],
        office=row["office"],
        first_page=row["first_page"],
        last_page=row["last_page"],
        type=row["type"],
        score=row["score"],
        dossier_code=row["dossier_code"],
        citizen_id=row["citizen_id"],
        reasons=tuple(row["reasons"]),
        held_at=row["entered_at"],
        paper=row["paper"],
    )
