"""A drop that is worked again: what a person decided stands, and every other page of it waits or is filed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dossier.decisions import FileIt, Reject, SplitAt
from dossier.values import Document, Filed, Grouping, Held, Page, ReadPage, Soundness
from flows.digitize import undecided
from flows.tools import Tools
from storage.account import Account, account_of
from storage.ledger import Ledger
from storage.page_places import places_of
from storage.records.rebuild import Rebuild
from tests.twins.decided_house import DecidedHouse, decided_house
from tests.twins.papers import CITIZEN, DOSSIER, filed, held

FILE = FileIt("giay_khai_sinh", DOSSIER, CITIZEN)
Papers = tuple[Filed | Held, ...]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[DecidedHouse]:
    with decided_house(tmp_path) as opened:
        yield opened


def place(house: DecidedHouse, tools: Tools, *documents: tuple[Page, ...]) -> None:
    """Say what the machine found."""
    grouping = Grouping(tuple(Document(pages) for pages in documents), (), ())
    tools.ledger.placed(house.drop_id, places_of(house.drop_id, house.pages, grouping))


def work(house: DecidedHouse, tools: Tools, *papers: Filed | Held) -> Papers:
    """What a run does with the papers that it found; those that are left to it."""
    drop = tools.ledger.started(house.drop_id, "run")
    place(house, tools, *(paper.understood.document.pages for paper in papers))
    left = undecided(papers, drop, tools)
    for paper in left:
        assert isinstance(paper, Held)
        tools.ledger.held(drop.id, paper)
    tools.ledger.finished(drop.id)
    return left


def split_at_page_three(house: DecidedHouse) -> None:
    work(house, house.tools, held(*house.pages))
    house.carry_out(house.decide(house.shelf[0], SplitAt((3,))))


def rebuilt(house: DecidedHouse, folder: Path) -> Tools:
    """The database is lost and made again from the manifests."""
    made = Ledger.open(f"sqlite:///{folder / 'rebuilt.sqlite'}")
    Rebuild(house.warehouse, made.database, check=lambda _path: Soundness("pdf", 3), restore_trail=lambda: 0).run()
    return replace(house.tools, ledger=made)


def account(tools: Tools) -> Account:
    now = datetime.now(UTC)
    return account_of(tools.ledger.database, now - timedelta(hours=1), now + timedelta(hours=1), now)


def shelf(house: DecidedHouse, tools: Tools) -> list[tuple[int, int]]:
    return [(one.first_page, one.last_page) for one in tools.ledger.shelf_of_drop(house.drop_id)]


@pytest.mark.parametrize("certain", [False, True])
@pytest.mark.parametrize(("part", "others"), [(0, (3, 3)), (1, (1, 2))])
def test_the_part_that_waited_when_the_database_was_lost_waits_again(
    house: DecidedHouse, tmp_path: Path, part: int, others: tuple[int, int], *, certain: bool
) -> None:
    split_at_page_three(house)
    house.carry_out(house.decide(house.shelf[part], FILE))
    tools = rebuilt(house, tmp_path)
    whole = filed(*house.pages) if certain else held(*house.pages)

    work(house, tools, whole)
    work_again = undecided((whole,), tools.ledger.drop(house.drop_id), tools)

    (entry,) = tools.ledger.shelf_of_drop(house.drop_id)
    assert (entry.first_page, entry.last_page) == others
    assert "cut_by_person" in entry.reasons
    assert (entry.dossier_code, entry.citizen_id) == (DOSSIER, CITIZEN)
    assert work_again == ()
    found = account(tools)
    assert (found.faults, found.pages.filed + found.pages.held) == ((), 3)
    assert found.pages.held == others[1] - others[0] + 1
    tools.ledger.close()


def test_pages_on_both_sides_of_what_was_filed_wait_each_by_themselves(house: DecidedHouse, tmp_path: Path) -> None:
    work(house, house.tools, held(*house.pages))
    house.carry_out(house.decide(house.shelf[0], SplitAt((2, 3))))
    house.carry_out(house.decide(house.shelf[1], FILE))
    tools = rebuilt(house, tmp_path)

    work(house, tools, held(*house.pages))

    assert shelf(house, tools) == [(1, 1), (3, 3)]
    assert account(tools).faults == ()
    tools.ledger.close()


def test_the_blank_back_of_a_paper_that_was_decided_on_stays_with_it(house: DecidedHouse) -> None:
    first, second, third = (page for page in house.pages if isinstance(page, ReadPage))
    blank = replace(second, blank=True, lines=())
    place(house, house.tools, (first, blank), (third,))
    house.decide(house.hold(first, blank), Reject("rescan"))

    (left,) = work(house, house.tools, held(first, blank, third))

    assert left.understood.document.pages == (third,)
    assert account(house.tools).faults == ()


def test_parts_that_wait_are_left_as_they_were_shown(house: DecidedHouse) -> None:
    split_at_page_three(house)
    house.carry_out(house.decide(house.shelf[0], FILE))
    (before,) = house.shelf
    drop = house.tools.ledger.drop(house.drop_id)

    place(house, house.tools, house.pages)

    assert undecided((held(*house.pages),), drop, house.tools) == ()
    assert house.shelf == (before,)


def test_a_later_run_of_the_drop_leaves_alone_what_a_person_decided_on(house: DecidedHouse) -> None:
    place(house, house.tools, house.pages[:2], house.pages[2:])
    house.decide(house.hold(*house.pages[:2]), Reject("rescan"))
    papers = tuple(held(*pages) for pages in (house.pages[:1], house.pages[1:2], house.pages[2:]))

    place(house, house.tools, *(paper.understood.document.pages for paper in papers))

    assert undecided(papers, house.tools.ledger.drop(house.drop_id), house.tools) == papers[2:]
