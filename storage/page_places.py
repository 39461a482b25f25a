"""Where the pages of a drop went: every page 1 to n has exactly one place, and keeps it once a person decided on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select, update

from dossier.errors import PagesLost
from dossier.values import Document, FailedPage, Grouping, Page
from storage.database.rows import Drop, PageRow, Place
from storage.database.tables import decisions, documents, pages


def places_of(drop_id: str, read: Sequence[Page], grouping: Grouping) -> tuple[PageRow, ...]:
    """The place of each page as it was grouped; a page that was left out has no line, and `place_pages` says so."""
    rows = [row for document in grouping.documents for row in _of_document(drop_id, document)]
    by_number = {page.number: page for page in read}
    rows += [_row(drop_id, by_number[number], "separator") for number in grouping.separators]
    rows += [_row(drop_id, by_number[number], "blank") for number in grouping.stray_blanks]
    return tuple(sorted(rows, key=lambda row: row.number))


def place_pages(connection: Connection, drop: Drop, rows: Sequence[PageRow]) -> None:
    """Write the places, in place of those that an interrupted run left.

    Pages that lie in a document of which a person decided stay where the decision put them. A document that an interrupted
    run held and that nobody decided on leaves the shelf when its first page now lies elsewhere.

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
    settled = _decided_on(connection, drop.id)
    touched = {row.first_page for row in rows if row.first_page is not None and row.number in settled}
    now = {row.number: row for row in rows}
    for number, before in known.items():
        if now[number].first_page in touched:
            now[number] = before
    if now == known:
        return
    connection.execute(delete(pages).where(pages.c.drop_id == drop.id))
    connection.execute(insert(pages), [_values(row) for row in now.values()])
    first_pages = {row.first_page for row in now.values() if row.first_page is not None}
    stale = (documents.c.drop_id == drop.id, documents.c.state == "held", documents.c.first_page.not_in(first_pages))
    nobody_decided = documents.c.id.not_in(select(decisions.c.document_id))
    connection.execute(delete(documents).where(*stale, nobody_decided))


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


def _decided_on(connection: Connection, drop_id: str) -> frozenset[int]:
    """First to last page of every document that a person decided on."""
    of_person = documents.c.id.in_(select(decisions.c.document_id))
    query = select(documents.c.first_page, documents.c.last_page).where(documents.c.drop_id == drop_id, of_person)
    return frozenset(number for first, last in connection.execute(query) for number in range(first, last + 1))
