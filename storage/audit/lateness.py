"""How far the anchors of the audit trail are behind, as the ledger alone tells it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from storage.alarms import raise_alarm
from storage.audit.trail import AuditLine, lines_after
from storage.database.engine import Database
from storage.database.keeping_tables import anchors

LATE: Final = timedelta(hours=26)
"""A line that is not anchored after so long raises an alarm: a day, and two hours for a slow night."""

SUBJECT: Final = "audit"
"""What alarms of the trail name."""


def unanchored_before(database: Database, moment: datetime) -> bool:
    """Whether a line that is older than this has no anchor that the ledger knows."""
    with database.reading() as connection:
        oldest = _oldest_waiting(connection)
    return oldest is not None and oldest.at < moment


def raise_if_late(database: Database) -> bool:
    """Raise the alarm when a line waits for its anchor longer than `LATE`; True when it is new."""
    with database.writing() as connection:
        oldest = _oldest_waiting(connection)
        if oldest is None or oldest.at > datetime.now(UTC) - LATE:
            return False
        return raise_alarm(connection, "not_anchored", SUBJECT, f"line {oldest.number}")


def _oldest_waiting(connection: Connection) -> AuditLine | None:
    last = connection.execute(select(func.max(anchors.c.number))).scalar() or 0
    return next(iter(lines_after(connection, last, 1)), None)
