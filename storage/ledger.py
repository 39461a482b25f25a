"""The ledger: what happened to every received byte. One line a delivery, one drop a content, one line a document.

Every verb is one transaction and may be repeated: saying the same thing twice changes nothing, saying something
impossible raises `LedgerConflict` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.exc import IntegrityError

from dossier.errors import LedgerConflict
from dossier.values import CitizenToken, Held, Record, Seal, Sha256, Soundness, Stored
from storage.database import Database
from storage.hand_ins import HandIns
from storage.held import text_of
from storage.rows import Drop, DropState, Receipt, RecordRow, ShelfEntry
from storage.statements import (
    end_decision,
    enter_receipt,
    file_document,
    hold_document,
    one,
    receipt_of,
    record_values,
    same_delivery,
    shelf_entry_of,
    the_drop,
)
from storage.tables import decisions, documents, drops, receipts, records

__all__ = ["Drop", "Ledger", "Receipt", "RecordRow", "ShelfEntry", "drop_id_of"]

_ALLOWED: Mapping[DropState, frozenset[DropState]] = {
    "running": frozenset({"received", "running", "failed"}),
    "done": frozenset({"running", "done"}),
    "failed": frozenset({"received", "running", "failed"}),
}
"""State to be reached -> states that may come before it. A run that dies leaves `running`, so it may follow itself."""


def drop_id_of(sha256: Sha256) -> str:
    """Name of a drop: the first 128 bits of its content's hash."""
    return sha256[:32]


class Ledger:
    """The ledger on one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def open(cls, address: str) -> Ledger:
        """Open the ledger at an SQLAlchemy address, creating or migrating it."""
        return cls(Database.open(address))

    @property
    def hand_ins(self) -> HandIns:
        """What reception systems said of the scans."""
        return HandIns(self.database)

    def close(self) -> None:
        """Close all connections."""
        self.database.close()

    def receive(
        self,
        *,
        office: str,
        file_name: str,
        sha256: Sha256,
        size: int,
        intake_key: str,
        soundness: Soundness,
        delivery: str | None = None,
    ) -> Receipt:
        """Enter a file whose bytes are durable in the intake bucket.

        Args:
            office: folder of the inbox.
            file_name: path below it, NFC.
            sha256: hash of the bytes; of several files with the same bytes the first is taken, the others are duplicates.
            size: bytes.
            intake_key: where the bytes are.
            soundness: kind and pages.
            delivery: what tells one delivery of the same name and bytes from the next (the inbox gives inode and time);
                the same delivery said again, after a crash, gets its first receipt.
        """
        line = {"office": office, "file_name": file_name, "size": size, "sha256": sha256, "delivery": delivery}
        drop = {"intake_key": intake_key, "kind": soundness.kind, "pages": soundness.pages}
        try:
            return self._receive(line, drop)
        except IntegrityError:  # PostgreSQL: another process entered the same bytes between our look and our insert
            return self._receive(line, drop)

    def refuse(
        self, *, office: str, file_name: str, size: int, sha256: Sha256 | None, code: str, delivery: str | None = None
    ) -> Receipt:
        """Enter a file that cannot be taken, with its error code; arguments as in `receive`."""
        line = {"office": office, "file_name": file_name, "size": size, "sha256": sha256, "delivery": delivery}
        with self.database.writing() as connection:
            known = same_delivery(connection, line, ("refused",))
            return known or enter_receipt(connection, {**line, "outcome": "refused", "code": code})

    def delivered(self, *, office: str, file_name: str, delivery: str) -> Receipt | None:
        """The receipt of a delivery that was taken (or a duplicate); arguments as in `receive`."""
        line = {"office": office, "file_name": file_name, "delivery": delivery}
        with self.database.reading() as connection:
            return same_delivery(connection, line, ("taken", "duplicate"))

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

    def started(self, drop_id: str, flow_run_id: str) -> Drop:
        """Note that a run works on the drop."""
        change = {"flow_run_id": flow_run_id, "attempts": drops.c.attempts + 1, "error_code": None, "finished_at": None}
        return self._move(drop_id, "running", change)

    def finished(self, drop_id: str) -> Drop:
        """Note that every document of the drop is filed or held."""
        return self._move(drop_id, "done", {"finished_at": datetime.now(UTC)})

    def failed(self, drop_id: str, code: str) -> Drop:
        """Note why the drop could not be worked; `started` may follow when the cause is gone."""
        return self._move(drop_id, "failed", {"error_code": code, "finished_at": datetime.now(UTC)})

    def filed(self, drop_id: str, record: Record, stored: Stored, seal: Seal, *, decision_id: int | None = None) -> None:
        """Enter a document that is durable in the archive; one that was held before leaves the shelf.

        Args:
            drop_id: the drop it came with.
            record: what it is.
            stored: proof that it is durable.
            seal: its signature.
            decision_id: the person's decision that files it, which is done with this.

        Raises:
            LedgerConflict: the record is known with other bytes, or a person decided something else.
        """
        row = record_values(drop_id, record, stored, seal)
        with self.database.writing() as connection:
            the_drop(connection, drop_id)
            known = one(connection, records, record_id=record.key.record_id)
            if known is None:
                connection.execute(insert(records).values(**row))
            elif (known["sha256"], known["version_id"]) != (stored.sha256, stored.version_id):
                raise LedgerConflict(f"record {record.key.record_id} is known with other bytes")
            file_document(connection, drop_id, record, decided=decision_id is not None)
            if decision_id is not None:
                end_decision(connection, decision_id, failed=None, actor="release", citizen=record.key.citizen)

    def held(self, drop_id: str, held: Held) -> None:
        """Put a document on the shelf; one that a person decided on is left as it is.

        Raises:
            LedgerConflict: the document of this first page is filed already, without a person.
        """
        with self.database.writing() as connection:
            the_drop(connection, drop_id)
            hold_document(connection, drop_id, held)

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

    def _receive(self, line: Mapping[str, object], drop: Mapping[str, object]) -> Receipt:
        sha256 = Sha256(str(line["sha256"]))
        with self.database.writing() as connection:
            if (known := same_delivery(connection, line, ("taken", "duplicate"))) is not None:
                return known
            if (there := one(connection, drops, sha256=sha256)) is not None:
                return enter_receipt(connection, {**line, "outcome": "duplicate", "duplicate_of": there["id"]})
            drop_id = drop_id_of(sha256)
            first = {name: line[name] for name in ("office", "file_name", "sha256", "size")}
            state = {"id": drop_id, "state": "received", "attempts": 0, "received_at": datetime.now(UTC)}
            connection.execute(insert(drops).values(**first, **drop, **state))
            return enter_receipt(connection, {**line, "outcome": "taken", "drop_id": drop_id})

    def _move(self, drop_id: str, to: DropState, change: Mapping[str, object]) -> Drop:
        with self.database.writing() as connection:
            now = the_drop(connection, drop_id)
            if now.state not in _ALLOWED[to]:
                raise LedgerConflict(f"drop {drop_id} is {now.state}, it cannot become {to}")
            if now.state != to or to == "running":
                connection.execute(update(drops).where(drops.c.id == drop_id).values(state=to, **change))
            return the_drop(connection, drop_id)

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
