"""Lists of records: a page at a time, newest first, and counts that end at a bound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from dossier.dossier_code import DossierCode
from dossier.records import RecordState
from dossier.values import CitizenToken
from storage.database.rows import RecordRow
from storage.database.tables import records

COUNTED_UP_TO: Final = 5_000
"""A count reads a line of an index for each record; so many take some milliseconds, a million would not."""

After = tuple[datetime, str]
"""Time of storage and id of the last record of a page."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records; what is None does not matter."""

    citizen: CitizenToken | None = None
    dossier_code: DossierCode | None = None
    office: str | None = None
    type: str | None = None
    since: datetime | None = None
    """Stored at this time or later."""
    before: datetime | None = None
    """Stored earlier than this."""
    state: RecordState | None = "valid"


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A page of records, newest first."""

    rows: tuple[RecordRow, ...]
    after: After | None
    """Where the next page begins; None at the end."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are."""

    number: int
    exact: bool
    """False: there are more than ``number``."""


def list_records(connection: Connection, wanted: Wanted, limit: int, after: After | None = None) -> RecordPage:
    """Records, newest first; a record that is filed between two pages moves none of the older ones.

    Args:
        connection: sees one state of the ledger.
        wanted: which ones.
        limit: most rows of the page, from 1.
        after: `RecordPage.after` of the page before.
    """
    query = select(records).where(*_conditions(wanted))
    if after is not None:
        stored_at, record_id = after
        earlier = or_(records.c.stored_at < stored_at, records.c.record_id < record_id)
        query = query.where(and_(records.c.stored_at <= stored_at, earlier))
    query = query.order_by(records.c.stored_at.desc(), records.c.record_id.desc()).limit(limit + 1)
    rows = tuple(RecordRow(**row) for row in connection.execute(query).mappings())
    if len(rows) <= limit:
        return RecordPage(rows, None)
    last = rows[limit - 1]
    return RecordPage(rows[:limit], (last.stored_at, last.record_id))


def count_records(connection: Connection, wanted: Wanted, up_to: int = COUNTED_UP_TO) -> Count:
    """How many records there are; at ``up_to`` counting ends."""
    some = select(records.c.record_id).where(*_conditions(wanted)).limit(up_to + 1).subquery()
    found = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return Count(min(found, up_to), exact=found <= up_to)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    named = ("citizen", "dossier_code", "office", "type", "state")
    which = [records.c[name] == value for name in named if (value := getattr(wanted, name)) is not None]
    if wanted.since is not None:
        which.append(records.c.stored_at >= wanted.since)
    if wanted.before is not None:
        which.append(records.c.stored_at < wanted.before)
    return which
