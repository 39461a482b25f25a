"""The rows of a record that comes back from its manifests; each verb works inside the transaction that it is given."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, or_, select

from dossier.decisions import FileIt, to_json
from dossier.records import Received, Record, Stored, StoredObject
from dossier.values import Seal, Sha256
from storage.audit.trail import add_line
from storage.catalogue import tells_of_destruction
from storage.database.keeping_tables import objects
from storage.database.statements import file_document, one, record_values
from storage.database.tables import audit, decisions, documents, pages, records
from storage.records.warehouse import intake_key
from storage.search.index import forget_record, index_record

BY: Final = "rebuild"


@dataclass(frozen=True, slots=True)
class Paper:
    """A record as its manifests tell it."""

    record: Record
    """As the newest one says."""
    stored: Stored
    seal: Seal
    later: tuple[StoredObject, ...]
    """Manifests after the first."""
    file: Received
    """The file that it came in."""


def named_as_stored(connection: Connection, record_ids: Collection[str]) -> set[str]:
    """Those of these records that the audit trail names as stored: the ledger had them."""
    query = select(audit.c.record_id).where(audit.c.record_id.in_(record_ids), audit.c.act == "store")
    return set(connection.execute(query).scalars())


def claimed_by(record: Record) -> set[int]:
    """Numbers of the pages that a record says are its own."""
    return {record.first_page, *(int(str(page["number"])) for page in record.pages)}


def rivals_of(connection: Connection, drop_id: str, record: Record) -> set[str]:
    """Records that came in already and have a page of this one."""
    taken = select(pages.c.first_page).where(pages.c.drop_id == drop_id, pages.c.number.in_(claimed_by(record)))
    same = or_(documents.c.first_page.in_(taken), documents.c.first_page == record.first_page)
    return set(connection.execute(select(documents.c.record_id).where(documents.c.drop_id == drop_id, same)).scalars())


def enter_paper(connection: Connection, drop_id: str, paper: Paper) -> set[int]:
    """Enter a record, its document and where its pages are; the numbers of the pages.

    Raises:
        LedgerConflict: another record is filed from its first page on.
        IntegrityError: it contradicts what is there, or itself, in another way.
    """
    record = paper.record
    row = record_values(drop_id, record, paper.stored, paper.seal)
    connection.execute(insert(records).values(**row))
    index_record(connection, row, record.text)
    file_document(connection, drop_id, record, decided=False)
    if "decision" in record.linked_by:
        _remember_decision(connection, drop_id, record, paper.stored)
    return _enter_pages(connection, drop_id, record)


def remove_paper(connection: Connection, record_id: str) -> tuple[str, set[int]]:
    """Undo `enter_paper`; the drop, and the numbers of the pages."""
    document = one(connection, documents, record_id=record_id)
    assert document is not None  # noqa: S101 - it came in with the record; tells the type checker
    drop_id: str = document["drop_id"]
    here = (pages.c.drop_id == drop_id, pages.c.first_page == document["first_page"])
    told_of = set(connection.execute(delete(pages).where(*here).returning(pages.c.number)).scalars())
    connection.execute(delete(decisions).where(decisions.c.document_id == document["id"]))
    connection.execute(delete(documents).where(documents.c.id == document["id"]))
    forget_record(connection, record_id)
    connection.execute(delete(records).where(records.c.record_id == record_id))
    return drop_id, told_of


def enter_destroyed(connection: Connection, intake: str, sha256: Sha256) -> None:
    """Enter a received file that is gone; how it was encrypted nobody knows any more."""
    place = {"bucket": intake, "key": intake_key(sha256)}
    if one(connection, objects, **place) is None:
        row = {"version_id": "", "sha256": sha256, "size": 0, "state": "disposed", "entered_at": datetime.now(UTC)}
        connection.execute(insert(objects).values(**place, **row))


def enter_disposed(connection: Connection, record_id: str, disposal: int) -> None:
    """Say that a record was destroyed, where the trail that came back does not."""
    if not tells_of_destruction(connection, record_id):
        add_line(
            connection, actor=BY, act="dispose", citizen=None, record_id=record_id, why="certificate",
            outcome=f"disposal {disposal}",
        )  # fmt: skip


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
        "who": BY,
        "decided_at": stored.stored_at,
        "kind": "file",
        "action": to_json(FileIt()),
        "note": "",
        "state": "done",
        "attempts": 0,
        "finished_at": stored.stored_at,
    }
    connection.execute(insert(decisions).values(**row))
