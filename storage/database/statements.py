"""The statements behind the ledger's verbs; each works inside the transaction that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import Connection, RowMapping, Table, insert, select, update

from dossier.errors import LedgerConflict
from dossier.records import Record, Stored
from dossier.values import CitizenToken, Held, Seal
from storage.audit.trail import add_line
from storage.database.rows import Drop, Outcome, Receipt, ShelfEntry
from storage.database.tables import decisions, documents, drops, receipts
from storage.held import paper_of


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
        "bucket": stored.bucket,
        "content_key": stored.content_key,
        "version_id": stored.version_id,
        "sha256": stored.sha256,
        "size": stored.size,
        "signer": seal.signer,
        "signed_at": seal.signed_at,
        "stored_at": stored.stored_at,
        "source": record.source,
        "sensitive": record.sensitive,
        "scans_sha256": record.scans_sha256,
        "reused": record.reuse,
        "keep_until": stored.keep_until,
        **spoken_values(record),
    }


def spoken_values(record: Record) -> dict[str, object]:
    """What of a record's line a later version may say otherwise."""
    return {
        "version": record.version,
        "state": record.state,
        "procedure": record.procedure,
        "fields": {name: str(value["value"]) for name, value in record.fields.items()},
        "number": record.value("number"),
        "agency": record.value("agency"),
        "dated": _day(record.value("date")),
    }


def file_document(connection: Connection, drop_id: str, record: Record, *, decided: bool) -> None:
    """Say that the document is in the archive; the shelf gives it up.

    Args:
        connection: inside a transaction.
        drop_id: the drop.
        record: what was stored.
        decided: True where a person's decision files it; the machine alone files nothing that a person decided on.
    """
    state = {
        "state": "filed",
        "record_id": record.key.record_id,
        "type": record.type,
        "score": record.verdict.get("score", 0.0),
        "dossier_code": record.dossier_code,
    }
    known = one(connection, documents, drop_id=drop_id, first_page=record.first_page)
    if known is None:
        row: dict[str, object] = {
            "drop_id": drop_id,
            "first_page": record.first_page,
            "last_page": record.last_page,
            "reasons": [],
            "entered_at": datetime.now(UTC),
        }
        connection.execute(insert(documents).values(**row, **state))
    elif known["state"] == "filed":
        if known["record_id"] != record.key.record_id:
            raise LedgerConflict(f"drop {drop_id}: the document from page {record.first_page} is filed as another record")
    elif decided or not was_decided_on(connection, known["id"]):
        connection.execute(update(documents).where(documents.c.id == known["id"]).values(**state))
    else:
        raise LedgerConflict(f"drop {drop_id}: a person decided on the document from page {record.first_page}")


def check_filing(connection: Connection, decision_id: int, drop_id: str, first_page: int) -> None:
    """Refuse to file what the decision does not file: a run that was called dead may still be alive.

    Raises:
        LedgerConflict: it decided otherwise or on another document, or it has failed and the document waits again.
    """
    query = (
        select(decisions.c.kind, decisions.c.state)
        .join(documents, documents.c.id == decisions.c.document_id)
        .where(decisions.c.id == decision_id, documents.c.drop_id == drop_id, documents.c.first_page == first_page)
    )
    found = connection.execute(query).one_or_none()
    if found is None or found.kind != "file" or found.state == "failed":
        raise LedgerConflict(f"decision {decision_id} does not file the document from page {first_page} of drop {drop_id}")


def hold_document(connection: Connection, drop_id: str, held: Held) -> None:
    """Put a document on the shelf; one that lies there is shown as it was read last, one decided on is left alone."""
    first_page = held.understood.document.first_page
    known = one(connection, documents, drop_id=drop_id, first_page=first_page)
    if known is None:
        row = {"drop_id": drop_id, "first_page": first_page, "entered_at": datetime.now(UTC)}
        connection.execute(insert(documents).values(**row, **shelf_values(held)))
        return
    if was_decided_on(connection, known["id"]):
        return
    if known["state"] == "filed":
        raise LedgerConflict(f"drop {drop_id}: the document from page {first_page} is filed already")
    read = shelf_values(held)
    if any(known[name] != value for name, value in read.items()):
        put_back(connection, known["id"], read)


def was_decided_on(connection: Connection, document_id: int) -> bool:
    """True where a person took a decision on it, however that ended: from then on the machine leaves it alone."""
    query = select(decisions.c.id).where(decisions.c.document_id == document_id).limit(1)
    return connection.execute(query).first() is not None


def put_back(connection: Connection, document_id: int, change: Mapping[str, object]) -> None:
    """Put a document on the shelf as a new hold, so that nobody decides on what was shown before."""
    values = {**change, "state": "held", "hold": documents.c.hold + 1}
    connection.execute(update(documents).where(documents.c.id == document_id).values(**values))


def shelf_values(held: Held) -> dict[str, object]:
    """What the shelf shows of a document, as it comes back from the database."""
    understood = held.understood
    return {
        "last_page": understood.document.last_page,
        "state": "held",
        "type": understood.verdict.type,
        "score": understood.verdict.score,
        "dossier_code": understood.dossier_code,
        "citizen_id": understood.citizen_id,
        "reasons": list(held.why),
        "paper": paper_of(held),
    }


def end_decision(
    connection: Connection, decision_id: int, *, failed: str | None, actor: str, citizen: CitizenToken | None
) -> None:
    """Say how a decision ended, once, in the ledger and in the audit trail.

    Args:
        connection: inside a transaction.
        decision_id: the decision; one that ended before is left as it is.
        failed: code of what kept it from being carried out.
        actor: program that did it.
        citizen: whose record it led to.
    """
    known = one(connection, decisions, id=decision_id)
    if known is None or known["state"] != "waiting":
        return
    values = {"state": "failed" if failed else "done", "error_code": failed, "finished_at": datetime.now(UTC)}
    connection.execute(update(decisions).where(decisions.c.id == decision_id).values(**values))
    document = one(connection, documents, id=known["document_id"])
    add_line(
        connection,
        actor=actor,
        act=f"release_{known['kind']}",
        citizen=citizen,
        record_id=None if document is None else document["record_id"] or document["drop_id"],
        why=f"decision {decision_id}",
        outcome=failed or "done",
    )


def receipt_of(row: RowMapping) -> Receipt:
    """A line of the table as a value."""
    return Receipt(**{name: value for name, value in row.items() if name != "delivery"})


def shelf_entry_of(row: RowMapping) -> ShelfEntry:
    """A line of a document that was held, joined with the office of its drop, as a value."""
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
        state=row["state"],
        hold=row["hold"],
    )


def _day(written: str | None) -> date | None:
    """The day of a date as fields hold it, dd/mm/yyyy; None for a year alone and for what is no day."""
    try:
        return None if written is None else datetime.strptime(written, "%d/%m/%Y").replace(tzinfo=UTC).date()
    except ValueError:
        return None
