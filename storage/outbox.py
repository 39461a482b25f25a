"""The outbox: work that follows from a change of the ledger, written in the same transaction, done later, at least once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, insert, select, update

from storage.database.engine import Database
from storage.database.keeping_tables import outbox

Kind = Literal["replicate", "catch_up"]
"""Copy an object to the second store; enter what a correction left in the warehouse alone."""

_FIRST_WAIT: Final = timedelta(seconds=10)
_LONGEST_WAIT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Errand:
    """One piece of work."""

    id: int
    kind: Kind
    payload: Mapping[str, str]
    """Bucket, key and version of an object, or a record; no personal data."""
    made_at: datetime
    attempts: int
    due_at: datetime
    error_code: str | None
    done_at: datetime | None


class Outbox:
    """The outbox of one ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: Kind, payload: Mapping[str, str], *, after: timedelta) -> int:
        """Write down what is to be done after a while unless it is called done before; its number."""
        with self._database.writing() as connection:
            return add_errand(connection, kind, payload, after=after)

    def due(self, kind: Kind, limit: int) -> tuple[Errand, ...]:
        """Work whose time has come, oldest first."""
        query = select(outbox).where(
            outbox.c.kind == kind, outbox.c.done_at.is_(None), outbox.c.due_at <= datetime.now(UTC)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(outbox.c.due_at, outbox.c.id).limit(limit)).mappings()
            return tuple(Errand(**row) for row in rows)

    def waiting_since(self, kind: Kind) -> datetime | None:
        """When the oldest open work was made; None where there is none."""
        query = select(outbox.c.made_at).where(outbox.c.kind == kind, outbox.c.done_at.is_(None)).order_by(outbox.c.made_at)
        with self._database.reading() as connection:
            found: datetime | None = connection.execute(query.limit(1)).scalar()
        return found

    def done(self, errand_id: int) -> None:
        """It is done; saying so twice changes nothing."""
        with self._database.writing() as connection:
            query = update(outbox).where(outbox.c.id == errand_id, outbox.c.done_at.is_(None))
            connection.execute(query.values(done_at=datetime.now(UTC), error_code=None))

    def failed(self, errand: Errand, code: str) -> None:
        """It did not go now; it is due again after a pause that doubles up to an hour."""
        pause = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(errand.attempts, 20))
        with self._database.writing() as connection:
            values = {"attempts": outbox.c.attempts + 1, "error_code": code, "due_at": datetime.now(UTC) + pause}
            connection.execute(update(outbox).where(outbox.c.id == errand.id).values(**values))


def add_errand(connection: Connection, kind: Kind, payload: Mapping[str, str], *, after: timedelta = timedelta(0)) -> int:
    """Write work down inside the transaction that it follows from; its number."""
    now = datetime.now(UTC)
    row = {"kind": kind, "payload": dict(payload), "made_at": now, "due_at": now + after}
    made: int = connection.execute(insert(outbox).values(**row).returning(outbox.c.id)).scalar_one()
    return made
