"""How far checks and second copies are behind, as the ledger alone tells it: a flow that never runs cannot say so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from storage.alarms import raise_alarm, settle_alarm
from storage.database.engine import Database
from storage.database.keeping_tables import objects
from storage.outbox import Outbox

COPY_LATE: Final = timedelta(hours=1)
"""An object that waits longer for its second copy raises an alarm."""

CHECK_LATE: Final = timedelta(days=1)
"""An object that was not looked at for a cycle and so long raises an alarm."""

_KEPT: Final = ("sound", "damaged", "lost")
_LOOKED_THROUGH: Final = 100
"""Of what was never checked, which lies in the index about as it came: a million are not read every minute."""


def raise_if_not_copied(database: Database) -> bool:
    """Raise the alarm while an object waits longer than `COPY_LATE` for its second copy; True when it is new."""
    return _say("not_replicated", "replica", Outbox(database).waiting_since("replicate"), COPY_LATE, database)


def raise_if_not_checked(database: Database, cycle: timedelta) -> bool:
    """Raise the alarm while an object was not looked at for longer than a cycle and `CHECK_LATE`; True when it is new.

    Args:
        database: of the ledger.
        cycle: time in which every object is to be read again; a new one is due at once.
    """
    with database.reading() as connection:
        oldest = min((at for state in _KEPT for at in _looked_at(connection, state)), default=None)
    return _say("not_checked", "fixity", oldest, cycle + CHECK_LATE, database)


def _looked_at(connection: Connection, state: str) -> Iterator[datetime]:
    """When the longest unchecked was last looked at, and when some that never were came."""
    here, at = objects.c.state == state, objects.c.checked_at
    yield from connection.scalars(select(at).where(here, at.is_not(None)).order_by(at).limit(1))
    yield from connection.scalars(select(objects.c.entered_at).where(here, at.is_(None)).limit(_LOOKED_THROUGH))


def _say(kind: str, subject: str, since: datetime | None, patience: timedelta, database: Database) -> bool:
    with database.writing() as connection:
        if since is not None and datetime.now(UTC) - since > patience:
            return raise_alarm(connection, kind, subject, since.isoformat(timespec="minutes"))
        settle_alarm(connection, kind, subject, by="ledger")
    return False
