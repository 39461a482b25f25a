"""Lists of records: pages by key, newest first; counts that end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dossier.dossier_code import DossierCode
from dossier.errors import ManyRecords, NoSuchRecord
from dossier.values import CitizenToken
from storage.ledger import Ledger
from storage.search.listing import Count, RecordPage, Wanted, count_records, list_records
from tests.twins.many_records import START, enter

CITIZEN = CitizenToken("a" * 32)
DOSSIER = DossierCode("H62.33-240106-0009")


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    for number in range(1, 13):
        own = {"citizen": CITIZEN, "dossier_code": DOSSIER, "office": "mot-cua-02", "type": "quyet_dinh"}
        at = START + timedelta(seconds=number // 3)  # several at the same moment
        enter(ledger, number, stored_at=at, **(own if number % 2 else {}))
    enter(ledger, 13, citizen=CITIZEN, state="withdrawn")
    return ledger


def numbers(page: RecordPage) -> list[int]:
    return [int(row.record_id, 16) for row in page.rows]


def test_pages_follow_each_other_newest_first_without_gap_or_repetition(filled: Ledger) -> None:
    found, after = [], None
    with filled.database.reading() as connection:
        while True:
            page = list_records(connection, Wanted(), 5, after)
            found += numbers(page)
            if (after := page.after) is None:
                break

    assert found == list(range(12, 0, -1))


def test_a_record_that_is_filed_meanwhile_moves_no_older_one(filled: Ledger) -> None:
    with filled.database.reading() as connection:
        first = list_records(connection, Wanted(), 5)
    enter(filled, 14)
    with filled.database.reading() as connection:
        assert numbers(list_records(connection, Wanted(), 5, first.after)) == [7, 6, 5, 4, 3]


@pytest.mark.parametrize(
    "wanted",
    [Wanted(citizen=CITIZEN), Wanted(dossier_code=DOSSIER), Wanted(office="mot-cua-02"), Wanted(type="quyet_dinh")],
)
def test_each_filter_gives_its_records_only(filled: Ledger, wanted: Wanted) -> None:
    with filled.database.reading() as connection:
        assert numbers(list_records(connection, wanted, 20)) == [11, 9, 7, 5, 3, 1]
        assert count_records(connection, wanted) == Count(6, exact=True)


def test_a_period_holds_its_beginning_and_not_its_end(filled: Ledger) -> None:
    period = Wanted(since=START + timedelta(seconds=1), before=START + timedelta(seconds=2))
    with filled.database.reading() as connection:
        assert numbers(list_records(connection, period, 20)) == [5, 4, 3]


def test_withdrawn_records_are_listed_where_they_are_asked_for(filled: Ledger) -> None:
    with filled.database.reading() as connection:
        assert numbers(list_records(connection, Wanted(state="withdrawn"), 20)) == [13]


def test_counting_ends_at_its_bound(filled: Ledger) -> None:
    with filled.database.reading() as connection:
        assert count_records(connection, Wanted(), 12) == Count(12, exact=True)
        assert count_records(connection, Wanted(), 11) == Count(11, exact=False)


def test_the_first_letters_of_an_id_name_one_record_or_none(ledger: Ledger) -> None:
    names = ("ab12cd" + "0" * 26, "ab12cd" + "f" * 26, "ab12ce" + "1" * 26)
    for place, name in enumerate(names, 1):
        enter(ledger, place, record_id=name)

    assert ledger.record_named("ab12ce").record_id == names[2]
    assert ledger.record_named("ab12cdf").record_id == names[1]
    assert [ledger.record_named(name).record_id for name in names] == list(names)
    with pytest.raises(ManyRecords):
        ledger.record_named("ab12cd")


@pytest.mark.parametrize(
    "letters", ["", "ab12c", "ab12cf", "AB12CD", "ab12c%", "%%%%%%", "a" * 33, "ab12ce" + "1" * 26 + " "]
)
def test_letters_that_are_no_ids_name_none(ledger: Ledger, letters: str) -> None:
    enter(ledger, 1, record_id="ab12ce" + "1" * 26)

    with pytest.raises(NoSuchRecord):
        ledger.record_named(letters)
