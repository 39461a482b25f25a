"""Answers to a breach question: what an actor touched in a period, and who touched a citizen's papers.

The notice is due within 72 hours (Luật 91/2025/QH15 Art. 23; requirement R27). A line about a paper on the shelf names its
drop and its number there; it counts for the record that the paper became.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, Select, or_, select

from dossier.values import CitizenToken
from storage.audit.trail import AuditLine, AuditTrail, line_of
from storage.database.tables import audit, decisions, documents, records

_ON_THE_SHELF: Final = re.compile(r"(decision|document) (\d{1,9})")
_AT_ONCE: Final = 500  # values in one statement


@dataclass(frozen=True, slots=True)
class Touched:
    """One paper that an actor touched in a period."""

    citizen: CitizenToken | None
    """None where the paper became no record."""
    record_id: str | None
    """The record; the drop of a paper that became none; None where only the citizen was named."""
    type: str | None
    office: str | None
    acts: Mapping[str, int]
    """Act to how often."""
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class _Paper:
    """What a line is about."""

    record_id: str | None
    citizen: CitizenToken | None


def touched_by(trail: AuditTrail, actor: str, since: datetime, until: datetime) -> tuple[Touched, ...]:
    """Subjects and papers that an actor touched from ``since`` on and before ``until``, in the order of first touch."""
    query = select(audit).where(audit.c.actor == actor, audit.c.at >= since, audit.c.at < until).order_by(audit.c.number)
    with trail.database.reading() as connection:
        papers: dict[_Paper, list[AuditLine]] = {}
        for line, paper in _with_papers(connection, query):
            if paper.record_id is not None or paper.citizen is not None:
                papers.setdefault(paper, []).append(line)
        named = {paper.record_id for paper in papers if paper.record_id is not None}
        kinds = select(records.c.record_id, records.c.type, records.c.office)
        known = {row[0]: (row[1], row[2]) for row in _among(connection, kinds, records.c.record_id, named)}
    return tuple(_touched(paper, lines, known.get(paper.record_id, (None, None))) for paper, lines in papers.items())


def touching(trail: AuditTrail, citizen: CitizenToken) -> tuple[AuditLine, ...]:
    """Every line about a citizen or a paper of his, oldest first."""
    entered = select(audit.c.record_id).where(audit.c.citizen == citizen, audit.c.act == "store")  # also what was destroyed
    its = select(records.c.record_id).where(records.c.citizen == citizen).union(entered)
    drops = select(documents.c.drop_id).where(documents.c.record_id.in_(its))
    query = select(audit).where(or_(audit.c.citizen == citizen, audit.c.record_id.in_(its), audit.c.record_id.in_(drops)))
    with trail.database.reading() as connection:
        own = set(connection.execute(its).scalars())
        return tuple(
            line
            for line, paper in _with_papers(connection, query.order_by(audit.c.number))
            if paper.citizen == citizen or paper.record_id in own
        )


def _with_papers(connection: Connection, query: Select[Any]) -> Iterator[tuple[AuditLine, _Paper]]:
    """Each line with what it is about."""
    lines = [line_of(row) for row in connection.execute(query).mappings()]
    on_shelf = {line.number: found.groups() for line in lines if (found := _shelf_number(line)) is not None}
    decided = {int(number) for kind, number in on_shelf.values() if kind == "decision"}
    paper_of = select(decisions.c.id, decisions.c.document_id)
    document_of = {row[0]: row[1] for row in _among(connection, paper_of, decisions.c.id, decided)}
    document = {
        line: document_of.get(int(number)) if kind == "decision" else int(number)
        for line, (kind, number) in on_shelf.items()
    }
    became = select(documents.c.id, records.c.record_id, records.c.citizen).join(
        records, documents.c.record_id == records.c.record_id
    )
    record_of = {row[0]: row[1:] for row in _among(connection, became, documents.c.id, set(document.values()) - {None})}
    for line in lines:
        record_id, citizen = record_of.get(document.get(line.number), (line.record_id, None))
        yield line, _Paper(record_id, line.citizen or citizen or None)


def _shelf_number(line: AuditLine) -> re.Match[str] | None:
    return _ON_THE_SHELF.fullmatch(line.outcome) or _ON_THE_SHELF.fullmatch(line.why)


def _among(connection: Connection, query: Select[Any], column: Column[Any], values: Iterable[object]) -> Iterator[Any]:
    """Rows whose column has one of the values, however many these are."""
    left = list(values)
    for start in range(0, len(left), _AT_ONCE):
        yield from connection.execute(query.where(column.in_(left[start : start + _AT_ONCE])))


def _touched(paper: _Paper, lines: list[AuditLine], known: tuple[str | None, str | None]) -> Touched:
    acts = Counter(line.act for line in lines)
    return Touched(paper.citizen, paper.record_id, known[0], known[1], dict(acts), lines[0].at, lines[-1].at)
