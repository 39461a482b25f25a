"""How far the work of each drop has come, and who stands still: seen from the ledger alone, whatever Prefect knows or not.

A step is a page that was read or a document that was kept; the number only grows, so that work done again is no progress.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from storage.alarms import Alarms
from storage.database.engine import Database
from storage.database.keeping_tables import progress
from storage.database.tables import decisions, documents, drops

_BY: Final = "watch"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a drop stood when it last came further."""

    steps: int
    """Pages read and documents kept."""
    at: datetime
    run_count: int
    """How often its flow run had begun by then."""
    error_code: str | None
    """What ended the latest run that ended with an error, if it came no further since."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What makes no progress."""

    kind: Literal["stuck", "queue_waits"]
    """Its alarm."""
    subject: str
    """Id of the drop, `decision-<number>`, or `queue`."""
    where: str
    """Its state and step; no personal data."""
    since: datetime


class Progress:
    """The progress of the drops of one ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self, drop_id: str) -> Mark | None:
        """Where a drop stands; None before its first run."""
        with self._database.reading() as connection:
            return _mark(connection, drop_id)

    def came_to(self, drop_id: str, steps: int, *, run_count: int, now: datetime) -> None:
        """Note a step; one that was reached before changes nothing.

        Args:
            drop_id: the drop.
            steps: pages read and documents kept; 0 when the first run begins.
            run_count: how often its flow run has begun, this one included.
            now: aware.
        """
        with self._database.writing() as connection:
            known = _mark(connection, drop_id)
            if known is None or steps > known.steps:
                _write(connection, drop_id, Mark(steps, now, run_count, None), new=known is None)

    def kept_unnoted(self, drop_id: str, *, run_count: int, now: datetime) -> None:
        """Count documents that a run filed although it died before it could note the step; arguments as in `came_to`."""
        decided = select(decisions.c.document_id)
        filed = select(func.count()).where(
            documents.c.drop_id == drop_id, documents.c.state == "filed", documents.c.id.not_in(decided)
        )
        with self._database.writing() as connection:
            known = _mark(connection, drop_id)
            pages = connection.execute(select(drops.c.pages).where(drops.c.id == drop_id)).scalar_one()
            steps = pages + int(connection.execute(filed).scalar_one())
            if known is not None and steps > max(known.steps, pages):
                _write(connection, drop_id, Mark(steps, now, run_count, None), new=False)

    def stumbled(self, drop_id: str, code: str, *, run_count: int, counts: bool) -> None:
        """Note what ended a run.

        Args:
            drop_id: the drop.
            code: error code, also shown with the drop.
            run_count: as in `came_to`.
            counts: False where something was away (the store, Prefect) that will come back: such a run does not count.
        """
        with self._database.writing() as connection:
            known = _mark(connection, drop_id)
            if known is not None:
                values = {"error_code": code} if counts else {"error_code": code, "run_count": run_count}
                connection.execute(update(progress).where(progress.c.drop_id == drop_id).values(**values))
            connection.execute(update(drops).where(drops.c.id == drop_id).values(error_code=code))

    def begin_anew(self, drop_id: str, *, run_count: int, now: datetime) -> None:
        """A person starts it once more: earlier runs and errors do not count."""
        with self._database.writing() as connection:
            known = _mark(connection, drop_id)
            _write(connection, drop_id, Mark(known.steps if known else 0, now, run_count, None), new=known is None)


def look_for_standstill(database: Database, patience: timedelta, now: datetime) -> tuple[Standing, ...]:
    """Raise the alarm over whatever stands still, settle it for what moved on; returns what stands still."""
    alarms = Alarms(database)
    with database.reading() as connection:
        standing = (*_drops(connection, now - patience), *_decisions(connection, now - patience))
    for one in standing:
        alarms.raise_(one.kind, one.subject, f"{one.where}, since {one.since:%Y-%m-%dT%H:%MZ}")
    still = {(one.kind, one.subject) for one in standing}
    for kind in ("stuck", "queue_waits"):
        for alarm in alarms.open_ones(kind):
            if (kind, alarm.subject) not in still:
                alarms.settle(kind, alarm.subject, _BY)
    return standing


def _drops(connection: Connection, before: datetime) -> Iterator[Standing]:
    """Drops without progress since ``before``.

    Those that wait for their first run stand in a queue. While a drop that came before them moves, they have one alarm
    together: much work is no fault, but nobody waits unseen. Those behind which later ones moved alone stand still.
    """
    rows = connection.execute(
        select(drops.c.id, drops.c.state, drops.c.pages, drops.c.received_at, progress.c.steps, progress.c.at)
        .outerjoin(progress, progress.c.drop_id == drops.c.id)
        .where(drops.c.state.in_(("received", "running")), func.coalesce(progress.c.at, drops.c.received_at) < before)
        .order_by(drops.c.received_at)
    ).all()
    first_that_moved = _first_that_moved(connection, before) if rows else None
    waits_since: datetime | None = None
    for row in rows:
        if row.steps is None and first_that_moved is not None and first_that_moved < row.received_at:
            waits_since = waits_since or row.received_at
        else:
            yield Standing("stuck", row.id, _where(row), row.at or row.received_at)
    if waits_since is not None:
        yield Standing("queue_waits", "queue", "waiting for a first run", waits_since)


def _decisions(connection: Connection, before: datetime) -> Iterator[Standing]:
    """Decisions that were taken before ``before`` and are not carried out."""
    late = select(decisions.c.id, decisions.c.decided_at).where(
        decisions.c.state == "waiting", decisions.c.decided_at < before
    )
    for row in connection.execute(late.order_by(decisions.c.id)):
        yield Standing("stuck", f"decision-{row.id}", "waiting to be carried out", row.decided_at)


def _first_that_moved(connection: Connection, since: datetime) -> datetime | None:
    """When the earliest of those drops was received that came further or ended since then."""
    query = (
        select(func.min(drops.c.received_at))
        .outerjoin(progress, progress.c.drop_id == drops.c.id)
        .where(or_(progress.c.at >= since, drops.c.finished_at >= since))
    )
    found: datetime | None = connection.execute(query).scalar()
    return found


def _where(row: Row[tuple[object, ...]]) -> str:
    if row.steps is None:
        return "waiting for its first run"
    if row.steps < row.pages:
        return f"reading, page {row.steps + 1} of {row.pages}"
    return f"keeping, {row.steps - row.pages} documents kept"


def _mark(connection: Connection, drop_id: str) -> Mark | None:
    columns = (progress.c.steps, progress.c.at, progress.c.run_count, progress.c.error_code)
    found = connection.execute(select(*columns).where(progress.c.drop_id == drop_id)).one_or_none()
    return None if found is None else Mark(*found)


def _write(connection: Connection, drop_id: str, mark: Mark, *, new: bool) -> None:
    values = {"steps": mark.steps, "at": mark.at, "run_count": mark.run_count, "error_code": mark.error_code}
    if new:
        connection.execute(insert(progress).values(drop_id=drop_id, **values))
    else:
        connection.execute(update(progress).where(progress.c.drop_id == drop_id).values(**values))
