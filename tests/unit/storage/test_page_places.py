"""Where pages went: one place each, the same when said again, and a person's cut outlives the machine's."""

from __future__ import annotations

from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from dossier.decisions import Reject, SplitAt
from dossier.errors import LedgerConflict, PagesLost
from dossier.values import Document, Grouping, Page
from storage.database.rows import PageRow
from storage.database.tables import pages
from storage.desk import Desk
from storage.ledger import Drop, Ledger
from storage.page_places import Lies, lies_of, places_of
from tests.twins.at_once import together
from tests.twins.made_day import read_pages, scan
from tests.twins.papers import held, page


@pytest.fixture
def drop(ledger: Ledger) -> Drop:
    return scan(ledger, b"scan", 10, 4)


def in_ledger(ledger: Ledger, drop: Drop) -> tuple[PageRow, ...]:
    query = select(pages).where(pages.c.drop_id == drop.id).order_by(pages.c.number)
    with ledger.database.reading() as connection:
        return tuple(PageRow(**row) for row in connection.execute(query).mappings())


def cut(drop: Drop, *first_pages: int) -> tuple[PageRow, ...]:
    """Four pages as documents that begin at these."""
    ends = (*first_pages[1:], 5)
    documents = tuple(
        Document(tuple(page(number) for number in range(first, end))) for first, end in zip(first_pages, ends, strict=True)
    )
    return places_of(drop.id, tuple(page(number) for number in range(1, 5)), Grouping(documents, (), ()))


def first_pages(ledger: Ledger, drop: Drop) -> list[int | None]:
    return [row.first_page for row in in_ledger(ledger, drop)]


def test_each_page_has_its_place_its_picture_and_its_reason(ledger: Ledger) -> None:
    drop = scan(ledger, b"nine", 10, 9)
    read, grouping = read_pages()

    ledger.placed(drop.id, places_of(drop.id, read, grouping))
    ledger.placed(drop.id, places_of(drop.id, read, grouping))

    rows = in_ledger(ledger, drop)
    assert [(row.number, row.place, row.first_page) for row in rows] == [
        (1, "separator", None), (2, "document", 2), (3, "document", 2), (4, "blank", None), (5, "document", 5),
        (6, "document", 5), (7, "document", 5), (8, "document", 8), (9, "document", 8),
    ]  # fmt: skip
    assert [(row.number, row.code) for row in rows if row.scan_sha256 is None] == [(6, "OCR_TIMEOUT")]
    assert rows[0].scan_sha256 == page(1).scan_sha256


@pytest.mark.parametrize("numbers", [(), (1, 2, 3), (1, 2, 3, 4, 5), (1, 2, 2, 4), (0, 1, 2, 3)])
def test_pages_without_a_place_or_with_two_are_refused(ledger: Ledger, drop: Drop, numbers: tuple[int, ...]) -> None:
    ledger.placed(drop.id, cut(drop, 1))
    before = in_ledger(ledger, drop)

    with pytest.raises(PagesLost):
        ledger.placed(drop.id, [PageRow(drop.id, number, None, "blank", None, None) for number in numbers])
    assert in_ledger(ledger, drop) == before


def test_pages_of_an_unknown_drop_are_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerConflict):
        ledger.placed("no such drop", ())


def test_a_later_run_that_cuts_otherwise_takes_the_place_of_the_first(ledger: Ledger, drop: Drop) -> None:
    ledger.placed(drop.id, cut(drop, 1, 3))
    for numbers in ((1, 2), (3, 4)):
        ledger.held(drop.id, held(*(page(number) for number in numbers)))

    ledger.placed(drop.id, cut(drop, 1))

    assert first_pages(ledger, drop) == [1, 1, 1, 1]
    assert [entry.first_page for entry in ledger.shelf_of_drop(drop.id)] == [1]


def test_a_persons_cut_moves_the_pages(ledger: Ledger, drop: Drop) -> None:
    split(ledger, drop)

    assert first_pages(ledger, drop) == [1, 1, 3, 3]
    assert [(one.first_page, one.last_page) for one in ledger.shelf_of_drop(drop.id)] == [(1, 2), (3, 3)]


def split(ledger: Ledger, drop: Drop) -> None:
    """A document of pages 1-3 with a blank back becomes two."""
    read: tuple[Page, ...] = (page(1), page(2), page(3), page(4, blank=True))
    ledger.placed(drop.id, places_of(drop.id, read, Grouping((Document(read),), (), ())))
    ledger.held(drop.id, held(*read))
    desk = Desk(ledger)
    decision = desk.decide(ledger.shelf_of_drop(drop.id)[0].hold_id, SplitAt((3,)), who="lan")
    desk.split_up(decision.id, (held(*read[:2]), held(*read[2:])))


def test_a_later_run_leaves_what_a_person_cut(ledger: Ledger, drop: Drop) -> None:
    split(ledger, drop)
    shelf = ledger.shelf_of_drop(drop.id)

    ledger.placed(drop.id, cut(drop, 1))

    assert first_pages(ledger, drop) == [1, 1, 3, 3]
    assert ledger.shelf_of_drop(drop.id) == shelf


def test_a_later_run_leaves_the_place_of_a_document_that_was_decided_on(ledger: Ledger, drop: Drop) -> None:
    ledger.placed(drop.id, cut(drop, 1, 3))
    ledger.held(drop.id, held(page(3), page(4)))
    Desk(ledger).decide(ledger.shelf_of_drop(drop.id)[0].hold_id, Reject("rescan"), who="lan")

    ledger.placed(drop.id, cut(drop, 1))

    assert first_pages(ledger, drop) == [1, 1, 3, 3]


def test_pages_that_lost_their_place_lie_by_themselves_beside_what_was_decided_on(ledger: Ledger, drop: Drop) -> None:
    ledger.placed(drop.id, cut(drop, 1, 2, 3))
    ledger.held(drop.id, held(page(2)))
    Desk(ledger).decide(ledger.shelf_of_drop(drop.id)[0].hold_id, Reject("rescan"), who="lan")
    with ledger.database.writing() as connection:
        connection.execute(delete(pages).where(pages.c.number != 2))

    ledger.placed(drop.id, cut(drop, 1))

    assert first_pages(ledger, drop) == [1, 2, 3, 3]
    assert lies_of(ledger.database, drop.id) == {
        1: Lies(1, known=False), 2: Lies(2, known=True), 3: Lies(3, known=False), 4: Lies(3, known=False),
    }  # fmt: skip


def test_a_page_that_was_decided_on_is_no_stray_blank_to_a_later_run(ledger: Ledger, drop: Drop) -> None:
    ledger.placed(drop.id, cut(drop, 1, 3))
    ledger.held(drop.id, held(page(3), page(4)))
    Desk(ledger).decide(ledger.shelf_of_drop(drop.id)[0].hold_id, Reject("rescan"), who="lan")
    read = (*(page(number) for number in range(1, 4)), page(4, blank=True))

    ledger.placed(drop.id, places_of(drop.id, read, Grouping((Document(read[:2]), Document(read[2:3])), (), (4,))))

    assert first_pages(ledger, drop) == [1, 1, 3, 3]


def test_a_part_where_another_document_begins_is_refused_and_changes_nothing(ledger: Ledger, drop: Drop) -> None:
    ledger.placed(drop.id, cut(drop, 1, 3))
    ledger.held(drop.id, held(page(1), page(2)))
    desk = Desk(ledger)
    decision = desk.decide(ledger.shelf_of_drop(drop.id)[0].hold_id, SplitAt((2,)), who="lan")
    ledger.held(drop.id, held(page(2)))

    with pytest.raises(LedgerConflict):
        desk.split_up(decision.id, (held(page(1)), held(page(2))))
    assert first_pages(ledger, drop) == [1, 1, 3, 3]
    assert desk.decision(decision.id).state == "waiting"


def place(address: str, drop: Drop, start: Event, number: int) -> None:
    ledger = Ledger.open(address)
    start.wait()
    for turn in range(5):
        ledger.placed(drop.id, cut(drop, 1) if (number + turn) % 2 else cut(drop, 1, 3))
        ledger.failed(drop.id, "SIGNER_REJECTED")
        ledger.started(drop.id, f"run {number}-{turn}")
    ledger.close()


def test_eight_processes_that_work_on_one_drop_end_in_one_of_its_forms(ledger: Ledger, drop: Drop, address: str) -> None:
    ledger.close()
    together(8, place, address, drop)

    again = Ledger.open(address)
    assert first_pages(again, drop) in ([1, 1, 1, 1], [1, 1, 3, 3])
    assert again.drop(drop.id).attempts == 40
    again.close()


def test_a_document_of_another_drop_is_left_alone(ledger: Ledger, drop: Drop, tmp_path: Path) -> None:
    del tmp_path
    other = scan(ledger, b"other", 10, 4)
    ledger.held(other.id, held(page(3), page(4)))

    ledger.placed(drop.id, cut(drop, 1))

    assert [entry.first_page for entry in ledger.shelf_of_drop(other.id)] == [3]
