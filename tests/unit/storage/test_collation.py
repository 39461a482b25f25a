"""A PostgreSQL whose texts are sorted for people: the ledger finds there what it finds under byte order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dossier.errors import ManyRecords
from storage.ledger import Ledger
from storage.search.index import search_page
from storage.search.listing import Wanted, list_records
from storage.search.query import parse_query
from tests.postgres import PostgresServer
from tests.twins.many_records import START, enter

IDS = ("0" * 32, "abcdef" + "0" * 26, "abcdef9" + "f" * 25, "abcdeff" + "f" * 25, "abcdf0" + "0" * 26, "f" * 32)


@pytest.fixture(params=["vi", "en-US"])
def ledger(request: pytest.FixtureRequest, postgres: PostgresServer) -> Iterator[Ledger]:
    """A ledger in a database of an ICU collation."""
    postgres.do(f"CREATE DATABASE sorted TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE '{request.param}'")
    opened = Ledger.open(postgres.address("sorted"))
    for place, record_id in enumerate(IDS):
        enter(opened, place, f"đường{place} dđ~z", record_id=record_id, stored_at=START, number=f"{place}/QĐ-UBND")
    yield opened
    opened.close()
    postgres.drop(postgres.address("sorted"))


def test_a_record_is_found_by_its_first_letters(ledger: Ledger) -> None:
    assert [ledger.record_named(name[:7]).record_id for name in IDS] == list(IDS)
    assert ledger.record_named("abcdf0").record_id == IDS[4]
    with pytest.raises(ManyRecords):
        ledger.record_named("abcdef")


def test_pages_of_records_of_one_moment_follow_each_other(ledger: Ledger) -> None:
    found, after = [], None
    with ledger.database.reading() as connection:
        while True:
            page = list_records(connection, Wanted(), 1, after)
            found += [row.record_id for row in page.rows]
            if (after := page.after) is None:
                break

    assert found == sorted(IDS, reverse=True)


@pytest.mark.parametrize(("typed", "places"), [("đườ*", 6), ("duong*", 6), ("dư*", 0), ("number:3/q*", 1), ("so:3/*", 1)])
def test_beginnings_are_found(ledger: Ledger, typed: str, places: int) -> None:
    assert len(search_page(ledger.database, parse_query(typed), 9).rows) == places
