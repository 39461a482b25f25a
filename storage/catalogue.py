"""What the ledger answers without changing anything."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from dossier.errors import ManyRecords, NoSuchRecord
from dossier.values import CitizenToken, Sha256
from storage.database.engine import Database
from storage.database.rows import DocumentState, Drop, DropState, Receipt, RecordRow, ShelfEntry
from storage.database.schema import ID
from storage.database.statements import one, receipt_of, shelf_entry_of, the_drop
from storage.database.tables import audit, decisions, documents, drops, receipts, records
from storage.held import text_of

_FIRST_LETTERS: Final = re.compile(r"[0-9a-f]{6,32}")


class Catalogue:
    """The questions to one ledger."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def drop(self, drop_id: str) -> Drop:
        """One drop.

        Raises:
            LedgerConflict: there is none of this id.
        """
        with self.database.reading() as connection:
            return the_drop(connection, drop_id)

    def drop_by_hash(self, sha256: Sha256) -> Drop | None:
        """The drop of this content."""
        with self.database.reading() as connection:
            found = connection.execute(select(drops).where(drops.c.sha256 == sha256)).mappings().one_or_none()
        return None if found is None else Drop(**found)

    def drops(self, limit: int) -> tuple[Drop, ...]:
        """The newest drops."""
        with self.database.reading() as connection:
            query = select(drops).order_by(drops.c.received_at.desc(), drops.c.id).limit(limit)
            return tuple(Drop(**row) for row in connection.execute(query).mappings())

    def unfinished(self) -> tuple[Drop, ...]:
        """Drops that wait for a run or for the end of one, oldest first."""
        query = select(drops).where(drops.c.state.in_(("received", "running"))).order_by(drops.c.received_at, drops.c.id)
        with self.database.reading() as connection:
            return tuple(Drop(**row) for row in connection.execute(query).mappings())

    def dead_letters(self, code: str | None = None) -> tuple[Drop, ...]:
        """Drops that were given up, oldest first; only a person starts them again.

        Args:
            code: only those that this error stopped.
        """
        query = select(drops).where(drops.c.state == "failed").order_by(drops.c.received_at, drops.c.id)
        if code is not None:
            query = query.where(drops.c.error_code == code)
        with self.database.reading() as connection:
            return tuple(Drop(**row) for row in connection.execute(query).mappings())

    def drop_counts(self) -> dict[DropState, int]:
        """How many drops there are in each state that any is in."""
        with self.database.reading() as connection:
            found = connection.execute(select(drops.c.state, func.count()).group_by(drops.c.state))
            return {state: count for state, count in found}

    def document_count(self, state: DocumentState) -> int:
        """How many documents are in this state."""
        query = select(func.count()).where(documents.c.state == state)
        with self.database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def shelf(self, limit: int) -> tuple[ShelfEntry, ...]:
        """Documents that wait for a person, the longest waiting first."""
        return self._shelf(limit=limit)

    def shelf_of_drop(self, drop_id: str) -> tuple[ShelfEntry, ...]:
        """Documents of one drop that wait for a person, in page order."""
        return self._shelf(documents.c.drop_id == drop_id)

    def records_of(self, citizen: CitizenToken) -> tuple[RecordRow, ...]:
        """Records of one citizen, oldest first."""
        query = select(records).where(records.c.citizen == citizen)
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(records.c.stored_at, records.c.record_id)).mappings()
            return tuple(RecordRow(**row) for row in rows)

    def records_with_scans(self, scans_sha256: Sha256) -> tuple[RecordRow, ...]:
        """Records that were made of the very same pictures in the same order, of whomever, oldest first.

        Args:
            scans_sha256: see `dossier.records.Record.scans_sha256`.
        """
        query = select(records).where(records.c.scans_sha256 == scans_sha256)
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(records.c.stored_at, records.c.record_id)).mappings()
            return tuple(RecordRow(**row) for row in rows)

    def records_of_drop(self, drop_id: str) -> tuple[RecordRow, ...]:
        """Records that the pages of a drop led to, in page order; also those that another drop had brought before."""
        query = (
            select(records)
            .join(documents, documents.c.record_id == records.c.record_id)
            .where(documents.c.drop_id == drop_id)
            .order_by(documents.c.first_page)
        )
        with self.database.reading() as connection:
            return tuple(RecordRow(**row) for row in connection.execute(query).mappings())

    def record(self, record_id: str) -> RecordRow | None:
        """One record."""
        with self.database.reading() as connection:
            found = one(connection, records, record_id=record_id)
        return None if found is None else RecordRow(**found)

    def was_destroyed(self, record_id: str) -> bool:
        """Whether the audit trail tells of the destruction of a record, which after a rebuild has no row here."""
        with self.database.reading() as connection:
            return tells_of_destruction(connection, record_id)

    def record_named(self, letters: str) -> RecordRow:
        """The only record whose id begins with these letters, six at least.

        Raises:
            NoSuchRecord: there is none.
            ManyRecords: there are several.
        """
        if not _FIRST_LETTERS.fullmatch(letters):
            raise NoSuchRecord
        first, last = letters.ljust(ID, "0"), letters.ljust(ID, "f")  # as long as ids: every collation sorts these alike
        query = select(records).where(records.c.record_id.between(first, last)).limit(2)
        with self.database.reading() as connection:
            found = connection.execute(query).mappings().all()
        if len(found) > 1:
            raise ManyRecords
        if not found:
            raise NoSuchRecord
        return RecordRow(**found[0])

    def receipts(self, limit: int) -> tuple[Receipt, ...]:
        """The newest receipts."""
        with self.database.reading() as connection:
            query = select(receipts).order_by(receipts.c.id.desc()).limit(limit)
            return tuple(receipt_of(row) for row in connection.execute(query).mappings())

    def corrections(self) -> tuple[tuple[str, str], ...]:
        """What persons said the type is: (reading text of all pages, type) of every document filed by such a decision."""
        query = (
            select(documents.c.paper, decisions.c.action)
            .join(decisions, decisions.c.document_id == documents.c.id)
            .where(documents.c.state == "filed", decisions.c.kind == "file", decisions.c.state == "done")
            .order_by(decisions.c.id)
        )
        with self.database.reading() as connection:
            found = connection.execute(query).all()
        return tuple((text_of(paper), action["type"]) for paper, action in found if action["type"])

    def _shelf(self, *which: ColumnElement[bool], limit: int | None = None) -> tuple[ShelfEntry, ...]:
        query = (
            select(documents, drops.c.office)
            .join(drops, documents.c.drop_id == drops.c.id)
            .where(documents.c.state == "held", *which)
            .order_by(documents.c.entered_at, documents.c.drop_id, documents.c.first_page)
            .limit(limit)
        )
        with self.database.reading() as connection:
            return tuple(shelf_entry_of(row) for row in connection.execute(query).mappings())


def tells_of_destruction(connection: Connection, record_id: str) -> bool:
    """Whether the audit trail tells that the destruction of a record began, which nothing takes back, or is done."""
    told = select(audit.c.number).where(audit.c.record_id == record_id, audit.c.act.in_(("dispose_begin", "dispose")))
    return connection.execute(told.limit(1)).first() is not None
