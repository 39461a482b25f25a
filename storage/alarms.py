"""Alarms: raised once while the cause lasts, settled when it is gone or by a person."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from dossier.alarms import ALARMS
from storage.database.engine import Database
from storage.database.keeping_tables import alarms
from storage.database.rows import Alarm


class Alarms:
    """The alarms of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def raise_(self, kind: str, subject: str, detail: str = "") -> bool:
        """Raise an alarm unless the same is open; True when it is new."""
        with self._database.writing() as connection:
            return raise_alarm(connection, kind, subject, detail)

    def settle(self, kind: str, subject: str, by: str) -> bool:
        """Close an open alarm; True when there was one."""
        with self._database.writing() as connection:
            return settle_alarm(connection, kind, subject, by)

    def settle_one(self, alarm_id: int, by: str) -> Alarm | None:
        """Close an open alarm by its number; returns it, None where none of this number is open."""
        with self._database.writing() as connection:
            query = update(alarms).where(alarms.c.id == alarm_id, alarms.c.settled_at.is_(None))
            closed = query.values(settled_at=datetime.now(UTC), settled_by=by).returning(alarms)
            found = connection.execute(closed).mappings().one_or_none()
            return None if found is None else Alarm(**found)

    def open_ones(self, kind: str | None = None, limit: int = 1000) -> tuple[Alarm, ...]:
        """Open alarms, oldest first."""
        query = select(alarms).where(alarms.c.settled_at.is_(None))
        if kind is not None:
            query = query.where(alarms.c.kind == kind)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(alarms.c.raised_at, alarms.c.id).limit(limit)).mappings()
            return tuple(Alarm(**row) for row in rows)


def raise_alarm(connection: Connection, kind: str, subject: str, detail: str = "") -> bool:
    """Raise an alarm inside the transaction that found its cause; True when it is new.

    Args:
        connection: inside a transaction.
        kind: key of `dossier.alarms.ALARMS`.
        subject: opaque id of what it is about.
        detail: codes, counts and hashes; no personal data.
    """
    assert kind in ALARMS  # noqa: S101 - a fault of the program
    same = (alarms.c.kind == kind, alarms.c.subject == subject, alarms.c.settled_at.is_(None))
    if connection.execute(select(alarms.c.id).where(*same)).first() is not None:
        return False
    row = {"kind": kind, "subject": subject, "detail": detail, "raised_at": datetime.now(UTC)}
    connection.execute(insert(alarms).values(**row))
    return True


def settle_alarm(connection: Connection, kind: str, subject: str, by: str) -> bool:
    """Close an open alarm inside the transaction that saw its cause go; True when there was one."""
    query = update(alarms).where(alarms.c.kind == kind, alarms.c.subject == subject, alarms.c.settled_at.is_(None))
    return connection.execute(query.values(settled_at=datetime.now(UTC), settled_by=by)).rowcount > 0
