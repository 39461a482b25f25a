"""Legal holds: while one is open on a record, nobody destroys it, however old it is.

A hold stands in the ledger, which this program obeys, and on every version of every object, which the store obeys. Placing
writes the ledger first and lifting writes it last, so that a crash leaves the record held here; `enforce` then brings the
store to the same. Whoever changes the store looks at the ledger again afterwards, so that of several at once the last one
leaves both the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from dossier.errors import LedgerConflict
from storage.audit.trail import add_line, check_who_and_why
from storage.database.engine import Database
from storage.database.keeping_tables import legal_holds
from storage.database.rows import RecordRow
from storage.objects.store import ObjectStore
from storage.records.record_objects import Place, content_place, own_place, record_row, versions_in


@dataclass(frozen=True, slots=True)
class LegalHold:
    """A hold; it is open until somebody lifts it."""

    id: int
    record_id: str
    placed_at: datetime
    placed_by: str
    why: str = field(repr=False)
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_why: str | None = field(repr=False)


class LegalHolds:
    """The holds of one installation.

    Args:
        database: the ledger's.
        stores: the warehouse, and the replica where there is one.
    """

    def __init__(self, database: Database, stores: Sequence[ObjectStore]) -> None:
        self._database = database
        self._stores = tuple(stores)

    def place(self, record_id: str, *, by: str, why: str) -> LegalHold:
        """Hold a record; the same hold said again is only enforced again.

        Raises:
            NoSuchRecord: there is none.
            LedgerConflict: it is destroyed, or its destruction has begun.
            DecisionMalformed, PurposeRequired: see `storage.audit.trail.check_who_and_why`.
        """
        check_who_and_why(by, why)
        with self._database.writing() as connection:
            row = record_row(connection, record_id, locked=True)
            if row.state == "disposed":
                raise LedgerConflict(f"the destruction of record {record_id} has begun")
            same = (legal_holds.c.placed_by == by, legal_holds.c.why == why)
            known = open_holds(connection, legal_holds.c.record_id == record_id, *same)
            hold = known[0] if known else _placed(connection, row, by, why)
        self._bring_to_the_same(_places(row))
        return hold

    def lift(self, hold_id: int, *, by: str, why: str) -> LegalHold:
        """Lift one hold; the objects stay held while another one needs them. Said again, it only looks to the store.

        Raises:
            LedgerConflict: there is no such hold.
            DecisionMalformed, PurposeRequired: as `place`.
        """
        check_who_and_why(by, why)
        with self._database.reading() as connection:
            hold = _hold(connection, hold_id)
            row = record_row(connection, hold.record_id)
        if hold.lifted_at is None:
            self._bring_to_the_same(_places(row), without=hold_id)
            hold = self._lifted(hold_id, row, by, why)
        self._bring_to_the_same(_places(row))
        return hold

    def open_ones(self) -> tuple[LegalHold, ...]:
        """Open holds, oldest first."""
        with self._database.reading() as connection:
            return open_holds(connection)

    def enforce(self) -> int:
        """Hold every object of every held record, also those that came to the replica since; the number of holds."""
        with self._database.reading() as connection:
            held = open_holds(connection)
            places = _needed(connection, held)
        self._bring_to_the_same(places)
        return len(held)

    def _lifted(self, hold_id: int, row: RecordRow, by: str, why: str) -> LegalHold:
        with self._database.writing() as connection:
            values = {"lifted_at": datetime.now(UTC), "lifted_by": by, "lifted_why": why}
            query = update(legal_holds).where(legal_holds.c.id == hold_id, legal_holds.c.lifted_at.is_(None))
            if connection.execute(query.values(**values)).rowcount:
                _tell(connection, "hold_lift", row, by, why, hold_id)
            return _hold(connection, hold_id)

    def _bring_to_the_same(self, places: frozenset[Place], *, without: int | None = None) -> None:
        """Hold in the stores what of some places the ledger holds, and nothing else of them.

        Args:
            places: all objects there.
            without: a hold that is about to be lifted.
        """
        done = None
        while done != (needed := self._needed_of(places, without)):
            self._set(needed, on=True)
            self._set(places - needed, on=False)
            done = needed

    def _needed_of(self, places: frozenset[Place], without: int | None) -> frozenset[Place]:
        with self._database.reading() as connection:
            return places & _needed(connection, [hold for hold in open_holds(connection) if hold.id != without])

    def _set(self, places: Iterable[Place], *, on: bool) -> None:
        for store in self._stores:
            for one in versions_in(store, places):
                store.set_legal_hold(one.bucket, one.key, one.version_id, on=on)


def open_holds(connection: Connection, *which: ColumnElement[bool]) -> tuple[LegalHold, ...]:
    """Open holds, oldest first."""
    query = select(legal_holds).where(legal_holds.c.lifted_at.is_(None), *which).order_by(legal_holds.c.id)
    return tuple(LegalHold(**row) for row in connection.execute(query).mappings())


def _needed(connection: Connection, held: Iterable[LegalHold]) -> frozenset[Place]:
    return frozenset(place for hold in held for place in _places(record_row(connection, hold.record_id)))


def _places(row: RecordRow) -> frozenset[Place]:
    """Where all objects of a record lie; the ledger has forgotten it of one that is gone."""
    return frozenset((own_place(row), content_place(row))) if row.content_key else frozenset()


def _placed(connection: Connection, row: RecordRow, by: str, why: str) -> LegalHold:
    values = {"record_id": row.record_id, "placed_at": datetime.now(UTC), "placed_by": by, "why": why}
    made = connection.execute(insert(legal_holds).values(**values).returning(legal_holds)).mappings().one()
    _tell(connection, "hold_place", row, by, why, made["id"])
    return LegalHold(**made)


def _hold(connection: Connection, hold_id: int) -> LegalHold:
    found = connection.execute(select(legal_holds).where(legal_holds.c.id == hold_id)).mappings().one_or_none()
    if found is None:
        raise LedgerConflict(f"there is no hold {hold_id}")
    return LegalHold(**found)


def _tell(connection: Connection, act: str, row: RecordRow, by: str, why: str, hold_id: int) -> None:
    add_line(
        connection, actor=by, act=act, citizen=row.citizen, record_id=row.record_id, why=why, outcome=f"hold {hold_id}"
    )
