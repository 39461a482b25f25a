"""The ledger: what happened to every received byte. One line a delivery, one drop a content, one line a document.

Every verb is one transaction and may be repeated: saying the same thing twice changes nothing, saying something
impossible raises `LedgerConflict` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import insert, update

from dossier.errors import LedgerConflict, NoSuchRecord
from dossier.records import Record, RecordState, Stored, StoredObject
from dossier.values import Held, Seal, Sha256, Soundness
from storage.alarms import raise_alarm, settle_alarm
from storage.audit.trail import add_filing, add_line
from storage.catalogue import Catalogue
from storage.database.engine import Database
from storage.database.rows import Drop, DropState, PageRow, Receipt, RecordRow, ShelfEntry
from storage.database.statements import (
    check_filing,
    end_decision,
    enter_receipt,
    file_document,
    hold_document,
    one,
    record_values,
    same_delivery,
    spoken_values,
    the_drop,
)
from storage.database.tables import drops, records
from storage.hand_ins import HandIns
from storage.inventory import enter_objects, is_destroyed
from storage.page_places import place_pages
from storage.same_paper import compare_with_known
from storage.search.index import index_record

__all__ = ["Drop", "Ledger", "Receipt", "RecordRow", "ShelfEntry", "drop_id_of"]

_ALLOWED: Mapping[DropState, frozenset[DropState]] = {
    "running": frozenset({"received", "running", "failed"}),
    "done": frozenset({"running", "done"}),
    "failed": frozenset({"received", "running", "failed"}),
}
"""State to be reached -> states that may come before it. A run that dies leaves `running`, so it may follow itself."""

_GIVEN_UP: Final = "dead_letter"
"""Alarm, a key of `dossier.alarms.ALARMS`, that stays open while a drop is failed."""

_STATE_ACTS: Final[Mapping[RecordState, str]] = {"valid": "restore", "withdrawn": "withdraw", "disposed": "dispose"}
"""State that a record came to -> the act, for the audit trail."""


def drop_id_of(sha256: Sha256) -> str:
    """Name of a drop: the first 128 bits of its content's hash."""
    return sha256[:32]


class Ledger(Catalogue):
    """The ledger on one database."""

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
        intake: StoredObject,
        soundness: Soundness,
        delivery: str | None = None,
    ) -> Receipt:
        """Enter a file whose bytes are durable in the intake bucket.

        Args:
            office: folder of the inbox.
            file_name: path below it, NFC.
            sha256: hash of the bytes; of several files with the same bytes the first is taken, the others are duplicates.
            size: bytes.
            intake: the object that holds the bytes.
            soundness: kind and pages.
            delivery: what tells one delivery of the same name and bytes from the next (the inbox gives inode and time);
                the same delivery said again, after a crash, gets its first receipt.

        Raises:
            LedgerConflict: these very bytes were destroyed with their records.
        """
        line = {"office": office, "file_name": file_name, "size": size, "sha256": sha256, "delivery": delivery}
        return self._receive(line, intake, soundness)

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

    def started(self, drop_id: str, flow_run_id: str) -> Drop:
        """Note that a run works on the drop."""
        change = {"flow_run_id": flow_run_id, "attempts": drops.c.attempts + 1, "error_code": None, "finished_at": None}
        return self._move(drop_id, "running", change)

    def finished(self, drop_id: str) -> Drop:
        """Note that every document of the drop is filed or held."""
        return self._move(drop_id, "done", {"finished_at": datetime.now(UTC)})

    def failed(self, drop_id: str, code: str) -> Drop:
        """Give the drop up, say why, and call a person; `started` may follow when the cause is gone."""
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
            LedgerConflict: the record is destroyed or known with other bytes, or a person decided something else, or the
                decision was given back meanwhile.
        """
        row = record_values(drop_id, record, stored, seal)
        with self.database.writing() as connection:
            the_drop(connection, drop_id)
            known = one(connection, records, record_id=record.key.record_id)
            if known is None:
                connection.execute(insert(records).values(**row))
                index_record(connection, row, record.text)
                compare_with_known(connection, record.key.record_id)
            elif known["state"] == "disposed":
                raise LedgerConflict(f"record {record.key.record_id} is destroyed")
            elif (known["sha256"], known["version_id"]) != (stored.sha256, stored.version_id):
                raise LedgerConflict(f"record {record.key.record_id} is known with other bytes")
            if decision_id is not None:
                check_filing(connection, decision_id, drop_id, record.first_page)
            enter_objects(connection, stored.objects, record.key.record_id)
            file_document(connection, drop_id, record, decided=decision_id is not None)
            if known is None:
                add_filing(connection, record, stored, seal, "digitize" if decision_id is None else "release")
            if decision_id is not None:
                end_decision(connection, decision_id, failed=None, actor="release", citizen=record.key.citizen)

    def corrected(self, record: Record, stored: StoredObject, *, by: str, why: str) -> None:
        """Enter a later version of a record whose manifest is durable, with its line of the audit trail.

        Args:
            record: as the version tells it.
            stored: the manifest's object.
            by: the person.
            why: the reason; no personal data.

        Raises:
            NoSuchRecord: the catalogue does not know it.
            LedgerConflict: a version between is not entered yet, or its destruction has begun, which nothing takes back.
        """
        key = record.key
        with self.database.writing() as connection:
            known = one(connection, records, record_id=key.record_id)
            if known is None:
                raise NoSuchRecord
            if known["version"] >= record.version:
                return
            if known["state"] == "disposed":
                raise LedgerConflict(f"record {key.record_id} is destroyed")
            if known["version"] != record.version - 1:
                raise LedgerConflict(f"record {key.record_id}: version {known['version'] + 1} is not entered")
            change = update(records).where(records.c.record_id == key.record_id)
            connection.execute(change.values(**(spoken := spoken_values(record))))
            index_record(connection, {**known, **spoken}, record.text)
            compare_with_known(connection, key.record_id)
            enter_objects(connection, (stored,), key.record_id)
            act = "correct" if record.state == known["state"] else _STATE_ACTS[record.state]
            outcome = f"version {record.version}"
            add_line(connection, actor=by, act=act, citizen=key.citizen, record_id=key.record_id, why=why, outcome=outcome)

    def reused(self, record_id: str) -> None:
        """Count that a record was given out, so that nobody had to hand in the paper again."""
        with self.database.writing() as connection:
            count = update(records).where(records.c.record_id == record_id)
            connection.execute(count.values(reused=records.c.reused + 1))

    def placed(self, drop_id: str, rows: Sequence[PageRow]) -> None:
        """Write down where every page of a drop went; what a person decided since stands (see `place_pages`).

        Raises:
            PagesLost: a page has no place, or two; nothing was changed.
        """
        with self.database.writing() as connection:
            place_pages(connection, the_drop(connection, drop_id), rows)

    def held(self, drop_id: str, held: Held) -> None:
        """Put a document on the shelf; one that a person decided on is left as it is.

        Raises:
            LedgerConflict: the document of this first page is filed already, without a person.
        """
        with self.database.writing() as connection:
            the_drop(connection, drop_id)
            hold_document(connection, drop_id, held)

    def _receive(self, line: Mapping[str, object], intake: StoredObject, soundness: Soundness) -> Receipt:
        sha256 = Sha256(str(line["sha256"]))
        with self.database.writing() as connection:
            if (known := same_delivery(connection, line, ("taken", "duplicate"))) is not None:
                return known
            if (there := one(connection, drops, sha256=sha256)) is not None:
                if is_destroyed(connection, intake.bucket, intake.key):
                    raise LedgerConflict(f"drop {there['id']} is destroyed")
                return enter_receipt(connection, {**line, "outcome": "duplicate", "duplicate_of": there["id"]})
            drop_id = drop_id_of(sha256)
            first = {name: line[name] for name in ("office", "file_name", "sha256", "size")}
            drop = {"intake_key": intake.key, "kind": soundness.kind, "pages": soundness.pages}
            state = {"id": drop_id, "state": "received", "attempts": 0, "received_at": datetime.now(UTC)}
            connection.execute(insert(drops).values(**first, **drop, **state))
            enter_objects(connection, (intake,), None)
            return enter_receipt(connection, {**line, "outcome": "taken", "drop_id": drop_id})

    def _move(self, drop_id: str, to: DropState, change: Mapping[str, object]) -> Drop:
        with self.database.writing() as connection:
            now = the_drop(connection, drop_id)
            if now.state not in _ALLOWED[to]:
                raise LedgerConflict(f"drop {drop_id} is {now.state}, it cannot become {to}")
            if now.state != to or to == "running":
                connection.execute(update(drops).where(drops.c.id == drop_id).values(state=to, **change))
                if to == "failed":
                    raise_alarm(connection, _GIVEN_UP, drop_id, str(change["error_code"]))
                else:
                    settle_alarm(connection, _GIVEN_UP, drop_id, by=f"drop {to}")
            return the_drop(connection, drop_id)
