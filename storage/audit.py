"""The audit trail: who did what, when and why, in lines that are only ever added and that hold each other.

Each line's SHA-256 covers the line before it, so that an edited, moved or missing line shows. Cutting off the newest lines
does not show in the chain itself; that takes an anchor outside this database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, insert, select

from dossier.values import CitizenToken, Sha256
from storage.tables import audit

if TYPE_CHECKING:
    from storage.ledger import Ledger

_BEFORE_THE_FIRST: Final = Sha256("0" * 64)


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
    why: str = field(repr=False)
    outcome: str
    previous: Sha256
    """Hash of the line before."""
    sha256: Sha256
    """Hash of this line."""


class AuditTrail:
    """The audit trail in the ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._database = ledger.database

    def write(
        self, *, actor: str, act: str, citizen: CitizenToken | None, record_id: str | None, why: str, outcome: str
    ) -> AuditLine:
        """Add a line; of several writers at once each gets its own number."""
        with self._database.writing() as connection:
            return add_line(
                connection, actor=actor, act=act, citizen=citizen, record_id=record_id, why=why, outcome=outcome
            )

    def verify(self) -> int | None:
        """Number of the first line that is changed, missing or out of place; None when the chain holds."""
        number, previous = 0, _BEFORE_THE_FIRST
        with self._database.reading() as connection:
            for row in connection.execute(select(audit).order_by(audit.c.number)).mappings():
                number += 1
                if (row["number"], row["previous"], row["sha256"]) != (number, previous, _hash(dict(row))):
                    return number
                previous = row["sha256"]
        return None

    def lines(self, limit: int) -> tuple[AuditLine, ...]:
        """The newest lines, newest first."""
        with self._database.reading() as connection:
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
    """Add a line inside the transaction of the act that it tells of: both are written, or neither is."""
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
        previous=_BEFORE_THE_FIRST if last is None else last["sha256"],
        sha256=Sha256(""),
    )
    line = replace(line, sha256=_hash(asdict(line)))
    connection.execute(insert(audit).values(**asdict(line)))
    return line


def _hash(line: Mapping[str, object]) -> Sha256:
    at = line["at"]
    told = [
        line["number"],
        at.isoformat() if isinstance(at, datetime) else at,
        *(line[name] for name in ("actor", "act", "citizen", "record_id", "why", "outcome", "previous")),
    ]
    return Sha256(sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest())
