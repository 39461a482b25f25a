"""The audit trail: who did what, when and why, in lines that are only ever added and that hold each other.

Each line's SHA-256 covers the line before it, so that an edited, moved or missing line shows. Cutting off the newest lines,
or writing the whole end anew, does not show in the chain itself; that shows against the anchors (`storage.audit.anchors`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import Connection, RowMapping, func, insert, select

from dossier.decisions import check_words
from dossier.errors import PurposeRequired
from dossier.records import Record, Stored
from dossier.values import CitizenToken, Seal, Sha256
from storage.database.tables import audit

if TYPE_CHECKING:
    from storage.database.engine import Database
    from storage.ledger import Ledger

BEFORE_THE_FIRST: Final = Sha256("0" * 64)
"""What the first line has in the place of the hash of the line before."""

_VIETNAM: Final = timezone(timedelta(hours=7))
_AT_ONCE: Final = 1000  # lines fetched at once
_TURN: Final = 0x50484F41  # any number that nobody else locks on PostgreSQL

Reason = Literal["changed", "missing", "out_of_place", "cut_off", "not_as_anchored", "anchor_broken"]
"""Why a line does not hold; the last three only show against the anchors."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act."""

    number: int
    """From 1, without gaps."""
    at: datetime
    actor: str
    """Name of a caller or a program, never of a citizen."""
    act: str
    citizen: CitizenToken | None
    record_id: str | None
    """The record; for what is on the shelf the id of its drop."""
    why: str = field(repr=False)
    outcome: str
    previous: Sha256
    """Hash of the line before."""
    sha256: Sha256
    """Hash of this line."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first line at which the trail does not hold."""

    number: int
    why: Reason


class AuditTrail:
    """The audit trail in the ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self.database: Database = ledger.database

    def write(
        self, *, actor: str, act: str, citizen: CitizenToken | None, record_id: str | None, why: str, outcome: str
    ) -> AuditLine:
        """Add a line; of several writers at once each gets its own number."""
        with self.database.writing() as connection:
            return add_line(
                connection, actor=actor, act=act, citizen=citizen, record_id=record_id, why=why, outcome=outcome
            )

    def verify(self) -> Break | None:
        """The first line that is changed, missing or out of place; None when the chain holds.

        A line that was changed together with its own hash is told by the line after it.
        """
        before: AuditLine | None = None
        with self.database.reading() as connection:
            for line in lines_after(connection, 0):
                expected = 1 if before is None else before.number + 1
                if line.number != expected:
                    return Break(expected, "missing") if line.number > expected else Break(line.number, "out_of_place")
                if line.sha256 != hash_of_line(line):
                    return Break(line.number, _why_wrong(connection, line))
                if line.previous != (BEFORE_THE_FIRST if before is None else before.sha256):
                    return Break(line.number, "out_of_place") if before is None else Break(before.number, "changed")
                before = line
        return None

    def lines(self, limit: int) -> tuple[AuditLine, ...]:
        """The newest lines, newest first."""
        with self.database.reading() as connection:
            rows = connection.execute(select(audit).order_by(audit.c.number.desc()).limit(limit)).mappings()
            return tuple(AuditLine(**row) for row in rows)


def add_line(
    connection: Connection,
    *,
    actor: str,
    act: str,
    citizen: CitizenToken | None,
    record_id: str | None,
    why: str,
    outcome: str,
) -> AuditLine:
    """Add a line inside the transaction of the act that it tells of: both are written, or neither is.

    On PostgreSQL the writers of lines wait for each other until they commit: let it be the last statement of the act.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
    last = connection.execute(select(audit).order_by(audit.c.number.desc()).limit(1)).mappings().one_or_none()
    line = AuditLine(
        number=1 if last is None else last["number"] + 1,
        at=datetime.now(UTC),
        actor=actor,
        act=act,
        citizen=citizen,
        record_id=record_id,
        why=why,
        outcome=outcome,
        previous=BEFORE_THE_FIRST if last is None else last["sha256"],
        sha256=Sha256(""),
    )
    line = replace(line, sha256=hash_of_line(line))
    connection.execute(insert(audit).values(**asdict(line)))
    return line


def add_filing(connection: Connection, record: Record, stored: Stored, seal: Seal, actor: str) -> None:
    """Tell of a record that was sealed and stored, inside the transaction that enters it.

    Args:
        connection: inside a transaction.
        record: what was stored.
        stored: proof that it is durable.
        seal: its signature.
        actor: the program that did it.
    """
    outcomes = {
        "sign": f"{seal.level} certificate {seal.certificate_sha256[:16]}",
        "store": f"{stored.sha256[:16]} in {stored.bucket}",
    }
    key = record.key
    for act, outcome in outcomes.items():
        add_line(
            connection, actor=actor, act=act, citizen=key.citizen, record_id=key.record_id, why=record.dossier_code,
            outcome=outcome,
        )  # fmt: skip


def check_who_and_why(who: str, why: str) -> None:
    """Refuse an act without a name or a reason, or with an ID number in one of them.

    Raises:
        DecisionMalformed: a name that says nothing; an ID number, or more than one line.
        PurposeRequired: no reason.
    """
    check_words(who, why)
    if not why.strip():
        raise PurposeRequired


def lines_after(connection: Connection, number: int, limit: int | None = None) -> Iterator[AuditLine]:
    """Lines with higher numbers, in order, a thousand in memory at a time."""
    query = select(audit).order_by(audit.c.number).limit(limit).execution_options(yield_per=_AT_ONCE)
    if number:
        query = query.where(audit.c.number > number)
    return (AuditLine(**row) for row in connection.execute(query).mappings())


def line_of(row: RowMapping) -> AuditLine:
    """A line of the table as a value."""
    return AuditLine(**{name: row[name] for name in audit.c.keys()})  # noqa: SIM118 - a collection of columns, no dict


def told(line: AuditLine) -> dict[str, object]:
    """A line as JSON: what its hash covers, and the time also as the clocks of Vietnam showed it."""
    return asdict(line) | {"at": line.at.astimezone(UTC).isoformat(), "at_local": line.at.astimezone(_VIETNAM).isoformat()}


def from_told(kept: Mapping[str, object]) -> AuditLine:
    """The line that `told` wrote.

    Raises:
        KeyError, TypeError, ValueError: it wrote no such thing.
    """
    values = {name: value for name, value in kept.items() if name != "at_local"}
    return AuditLine(**values | {"at": datetime.fromisoformat(str(kept["at"]))})  # type: ignore[arg-type]  # from JSON


def hash_of_line(line: AuditLine) -> Sha256:
    """The hash that a line must carry."""
    covered = [line.number, line.at.isoformat(), line.actor, line.act, line.citizen, line.record_id, line.why, line.outcome]
    return Sha256(sha256(json.dumps([*covered, line.previous], ensure_ascii=False).encode()).hexdigest())


def _why_wrong(connection: Connection, line: AuditLine) -> Reason:
    """A line whose hash holds under another number was moved there; one that holds under none was changed."""
    last = connection.execute(select(func.max(audit.c.number))).scalar_one()
    numbers = range(1, last + _AT_ONCE)
    moved = any(line.sha256 == hash_of_line(replace(line, number=number)) for number in numbers)
    return "out_of_place" if moved else "changed"
