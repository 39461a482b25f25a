"""Answers to a breach question: what an actor touched in a period, and who touched a citizen's papers.

The notice is due within 72 hours (Luật 91/2025/QH15 Art. 23; requirement R27). A line about a paper on the shelf names its
drop and its number there; it counts for the record that the paper became. A look at a document that was parted later showed
every part, so it counts for each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from dossier.citizen_id import CitizenId
from dossier.values import CitizenToken
from storage.audit.trail import AuditLine, AuditTrail, line_of
from storage.database.tables import audit, decisions, documents, records

_ON_THE_SHELF: Final = re.compile(r"(decision|document) (\d{1,9})")
_ENDED: Final = "release_"  # act of a line that tells how a decision ended
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
        papers: dict[_Paper, dict[int, AuditLine]] = {}
        for line, _, paper in _with_papers(connection, query):
            if paper.record_id is not None or paper.citizen is not None:
                papers.setdefault(paper, {})[line.number] = line
        named = {paper.record_id for paper in papers if paper.record_id is not None}
        kinds = select(records.c.record_id, records.c.type, records.c.office)
        known = {row[0]: (row[1], row[2]) for row in _among(connection, kinds, records.c.record_id, named)}
    return tuple(
        _touched(paper, list(lines.values()), known.get(paper.record_id, (None, None))) for paper, lines in papers.items()
    )


def touching(trail: AuditTrail, citizen: CitizenToken, citizen_id: CitizenId) -> tuple[AuditLine, ...]:
    """Every line about a citizen or a paper of his, oldest first.

    Args:
        trail: the audit trail.
        citizen: his token, as lines and records name him.
        citizen_id: his ID, as papers on the shelf and papers that were sent back name him.
    """
    entered = select(audit.c.record_id).where(audit.c.citizen == citizen, audit.c.act == "store")  # also what was destroyed
    its = select(records.c.record_id).where(records.c.citizen == citizen).union(entered)
    unfiled = and_(documents.c.record_id.is_(None), documents.c.citizen_id == citizen_id)
    his = or_(documents.c.record_id.in_(its), unfiled)
    drops = select(documents.c.drop_id).where(his)
    about = or_(audit.c.citizen == citizen, audit.c.record_id.in_(its), audit.c.record_id.in_(drops))
    with trail.database.reading() as connection:
        own = set(connection.execute(its).scalars())
        papers = set(connection.execute(select(documents.c.id).where(his)).scalars())
        lines = {
            line.number: line
            for line, document, paper in _with_papers(connection, select(audit).where(about).order_by(audit.c.number))
            if document in papers or paper.citizen == citizen or paper.record_id in own
        }
    return tuple(lines.values())


def _with_papers(connection: Connection, query: Select[Any]) -> Iterator[tuple[AuditLine, int | None, _Paper]]:
    """Each line with the document and the paper that it is about; once for each part of what was parted after it."""
    lines = [line_of(row) for row in connection.execute(query).mappings()]
    document_of = _documents(connection, lines)
    shelf = _shelf(connection, set(document_of.values()) - {None})
    parts = _parts(connection, shelf)
    for line in lines:
        whole = shelf.get(document_of.get(line.number))
        # a ledger that was rebuilt counts anew: what an older line calls document 7 is not its document 7
        if whole is None or line.record_id not in {None, whole.drop_id, whole.record_id}:
            yield line, None, _Paper(line.record_id, line.citizen)
            continue
        for number in _became(whole.id, line.number, parts):
            part = shelf[number]
            yield line, number, _Paper(part.record_id or part.drop_id, line.citizen or part.citizen)


def _documents(connection: Connection, lines: Iterable[AuditLine]) -> dict[int, int | None]:
    """Number of a line about a paper on the shelf to the number of that paper."""
    on_shelf = {line.number: found.groups() for line in lines if (found := _shelf_number(line)) is not None}
    decided = {int(number) for kind, number in on_shelf.values() if kind == "decision"}
    paper_of = select(decisions.c.id, decisions.c.document_id)
    document_of = {row.id: row.document_id for row in _among(connection, paper_of, decisions.c.id, decided)}
    return {
        line: document_of.get(int(number)) if kind == "decision" else int(number)
        for line, (kind, number) in on_shelf.items()
    }


def _shelf_number(line: AuditLine) -> re.Match[str] | None:
    """Only where the program wrote it: what a person or a calling system says is no number of ours."""
    if line.act.startswith(_ENDED):
        return _ON_THE_SHELF.fullmatch(line.why)
    shelved = line.act == "view_held" or line.act.startswith("decide_")
    return _ON_THE_SHELF.fullmatch(line.outcome) if shelved else None


def _shelf(connection: Connection, numbers: Iterable[object]) -> dict[int | None, Row[Any]]:
    """These documents and all others of their drops, with the citizen of the record that each became."""
    named = documents.alias()
    query = (
        select(documents.c.id, documents.c.drop_id, documents.c.first_page, documents.c.record_id, records.c.citizen)
        .join(named, named.c.drop_id == documents.c.drop_id)
        .outerjoin(records, records.c.record_id == documents.c.record_id)
    )
    return {row.id: row for row in _among(connection, query, named.c.id, numbers)}


def _parts(connection: Connection, shelf: Mapping[int | None, Row[Any]]) -> dict[int, list[tuple[int, int]]]:
    """Document that was parted to the line that tells of it and a part; the first part keeps the document's number."""
    at = {(row.drop_id, row.first_page): row.id for row in shelf.values()}
    cut = select(decisions.c.id, decisions.c.document_id, decisions.c.action).where(
        decisions.c.kind == "split", decisions.c.state == "done"
    )
    cuts = {f"decision {row.id}": row for row in _among(connection, cut, decisions.c.document_id, shelf)}
    told = select(audit.c.number, audit.c.why, audit.c.record_id).where(audit.c.act == "release_split")
    parts: dict[int, list[tuple[int, int]]] = {}
    for line, why, drop_id in _among(connection, told, audit.c.why, cuts):
        whole = shelf[cuts[why].document_id]
        if drop_id == whole.drop_id:
            parts.setdefault(whole.id, []).extend((line, at[drop_id, page]) for page in cuts[why].action["pages"])
    return parts


def _became(document: int, line: int, parts: Mapping[int, list[tuple[int, int]]]) -> Iterator[int]:
    """What became of a document after a line: itself, and the parts of every later cut."""
    yield document
    for told, part in parts.get(document, ()):
        if line <= told:
            yield from _became(part, line, parts)


def _among(
    connection: Connection, query: Select[Any], column: ColumnElement[Any], values: Iterable[object]
) -> Iterator[Any]:
    """Rows whose column has one of the values, however many these are."""
    left = list(values)
    for start in range(0, len(left), _AT_ONCE):
        yield from connection.execute(query.where(column.in_(left[start : start + _AT_ONCE])))


def _touched(paper: _Paper, lines: list[AuditLine], known: tuple[str | None, str | None]) -> Touched:
    acts = Counter(line.act for line in lines)
    return Touched(paper.citizen, paper.record_id, known[0], known[1], dict(acts), lines[0].at, lines[-1].at)
