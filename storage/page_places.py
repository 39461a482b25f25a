"""Where the pages of a drop went: every page 1 to n has exactly one place, and keeps it once a person decided on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, and_, delete, insert, select, update

from dossier.errors import PagesLost
from dossier.values import Document, FailedPage, Grouping, Page
from storage.database.engine import Database
from storage.database.rows import Drop, PageRow, Place
from storage.database.tables import decisions, documents, pages


class Lies(NamedTuple):
    """Where a page of a drop lies."""

    first_page: int | None
    """Of its document; None outside documents."""
    known: bool
    """Whether that document waits, was decided on or is filed; False where nothing was made of its pages yet."""


def places_of(drop_id: str, read: Sequence[Page], grouping: Grouping) -> tuple[PageRow, ...]:
    """The place of each page as it was grouped; a page that was left out has no line, and `place_pages` says so."""
    rows = [row for document in grouping.documents for row in _of_document(drop_id, document)]
    by_number = {page.number: page for page in read}
    rows += [_row(drop_id, by_number[number], "separator") for number in grouping.separators]
    rows += [_row(drop_id, by_number[number], "blank") for number in grouping.stray_blanks]
    return tuple(sorted(rows, key=lambda row: row.number))


def place_pages(connection: Connection, drop: Drop, rows: Sequence[PageRow]) -> None:
    """Write the places, in place of those that an interrupted run left.

    Pages that lie in a document of which a person decided stay where the decision put them, and so do the others of a
    document that holds such a page now. What of it has no place yet, because a part that waited was lost with the database,
    lies by itself, one place a run of pages. A document that an interrupted run held and that nobody decided on leaves the
    shelf when its first page now lies elsewhere.

    Args:
        connection: inside a transaction.
        drop: whose pages.
        rows: one for each of its pages.

    Raises:
        PagesLost: a page has no place, or two; nothing was changed.
    """
    if sorted(row.number for row in rows) != list(range(1, drop.pages + 1)):
        raise PagesLost(f"{len(rows)} places for {drop.pages} pages of drop {drop.id}")
    known = _known(connection, drop.id)
    now = _beside_decisions(rows, known, _decided_on(connection, drop.id))
    if now == known:
        return
    connection.execute(delete(pages).where(pages.c.drop_id == drop.id))
    connection.execute(insert(pages), [_values(row) for row in now.values()])
    first_pages = {row.first_page for row in now.values() if row.first_page is not None}
    stale = (documents.c.drop_id == drop.id, documents.c.state == "held", documents.c.first_page.not_in(first_pages))
    nobody_decided = documents.c.id.not_in(select(decisions.c.document_id))
    connection.execute(delete(documents).where(*stale, nobody_decided))


def lies_of(database: Database, drop_id: str) -> Mapping[int, Lies]:
    """Number of each page of a drop that has a place, to where it lies."""
    here = and_(documents.c.drop_id == pages.c.drop_id, documents.c.first_page == pages.c.first_page)
    query = select(pages.c.number, pages.c.first_page, documents.c.id.is_not(None)).outerjoin(documents, here)
    with database.reading() as connection:
        found = connection.execute(query.where(pages.c.drop_id == drop_id)).all()
    return {number: Lies(first_page, bool(known)) for number, first_page, known in found}


def move_pages(connection: Connection, drop_id: str, parts: Iterable[Document]) -> None:
    """Say that the pages of a document that was split lie in its parts."""
    for part in parts:
        numbers = [page.number for page in part.pages]
        here = (pages.c.drop_id == drop_id, pages.c.place == "document", pages.c.number.in_(numbers))
        connection.execute(update(pages).where(*here).values(first_page=part.first_page))


def _of_document(drop_id: str, document: Document) -> Iterable[PageRow]:
    return (_row(drop_id, page, "document", document.first_page) for page in document.pages)


def _row(drop_id: str, page: Page, place: Place, first_page: int | None = None) -> PageRow:
    if isinstance(page, FailedPage):
        return PageRow(drop_id, page.number, None, place, first_page, page.code)
    return PageRow(drop_id, page.number, page.scan_sha256, place, first_page, None)


def _values(row: PageRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in PageRow.__slots__}


def _known(connection: Connection, drop_id: str) -> Mapping[int, PageRow]:
    found = connection.execute(select(pages).where(pages.c.drop_id == drop_id)).mappings()
    return {row["number"]: PageRow(**row) for row in found}


def _beside_decisions(
    rows: Sequence[PageRow], known: Mapping[int, PageRow], decided: frozenset[int]
) -> Mapping[int, PageRow]:
    """The places as the machine found them now, except where a person's decision reaches."""
    settled = {number for number, row in known.items() if row.first_page in decided}
    reached = {row.first_page for row in rows if row.number in settled} - {None}
    now = {row.number: row for row in rows}
    in_order = sorted(rows, key=lambda row: row.number)
    for (first_page, placed), run in groupby(in_order, key=lambda row: (row.first_page, row.number in known)):
        if first_page in reached and not placed:
            begin, *others = run
            now |= {row.number: replace(row, first_page=begin.number) for row in (begin, *others)}
    stay = {number for number in known.keys() & now.keys() if number in settled or now[number].first_page in reached}
    return now | {number: known[number] for number in stay}


def _decided_on(connection: Connection, drop_id: str) -> frozenset[int]:
    """First page of every document that a person decided on."""
    of_person = documents.c.id.in_(select(decisions.c.document_id))
    query = select(documents.c.first_page).where(documents.c.drop_id == drop_id, of_person)
    return frozenset(connection.execute(query).scalars())
