"""The search on both databases: the examples of docs/search.md, pages, corrections, and what never enters the index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text, update

from config.document_types import load_document_types
from dossier.values import CitizenToken
from storage.database.tables import records
from storage.ledger import Ledger
from storage.search.index import SearchIndex, _windows, forget_record, index_record, order_records, search_page
from storage.search.keys import BLOCKS, NAMES, Searched
from storage.search.query import parse_query
from tests.twins.many_records import enter

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "search.md").read_text(encoding="utf-8")
ID_NUMBER = "026190001234"


def table(first_column: str) -> Iterator[list[str]]:
    """Rows of the table of docs/search.md whose head begins so."""
    lines = PAGE[PAGE.index(f"| {first_column} |") :].split("\n\n")[0].splitlines()[2:]
    return ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)


def numbers(ledger: Ledger, query: str, limit: int = 20, after: int | None = None) -> list[int]:
    page = search_page(ledger.database, parse_query(query), limit, after)
    return [int(row.record_id, 16) for row in page.rows]


@pytest.fixture
def examples(ledger: Ledger) -> Ledger:
    for number, type_, told, agency, day, dossier, office, name, words in table("paper"):
        enter(
            ledger, int(number), words, type=type_, number=told, agency=agency, dated=date.fromisoformat(day),
            dossier_code=dossier, office=office, fields={"name": name, "number": told, "agency": agency},
        )  # fmt: skip
    return ledger


def test_every_example_of_the_page_finds_what_the_page_says(examples: Ledger) -> None:
    said = {query.strip("`"): [int(number) for number in found.split()] for query, found in table("search")}

    assert len(said) > 30
    assert {query: numbers(examples, query) for query in said} == said


def test_pages_follow_each_other_without_gap_or_repetition(ledger: Ledger) -> None:
    for number in range(1, 24):
        enter(ledger, number, "sổ đỏ" if number % 2 else "sổ hồng")
    found: list[int] = []
    after = None
    while True:
        page = search_page(ledger.database, parse_query("sổ do"), 5, after)
        found += [int(row.record_id, 16) for row in page.rows]
        if (after := page.after) is None:
            break

    assert found == list(range(23, 0, -2))


def test_a_walk_without_patience_still_reaches_every_hit_in_pages(ledger: Ledger) -> None:
    for number in range(1, 8):
        enter(ledger, number, "một hai ba" if number in (2, 5) else "ba hai một")
    index, found, pages, after = SearchIndex(ledger_dialect(ledger), patience=0.0), [], 0, None
    while True:
        with ledger.database.reading() as connection:
            page = index.find(connection, parse_query('"một hai"'), 1, after)
        found += [int(row.record_id, 16) for row in page.rows]
        pages += 1
        if (after := page.after) is None:
            break

    assert found == [5, 2]
    assert pages < 10


def ledger_dialect(ledger: Ledger) -> str:
    with ledger.database.reading() as connection:
        return connection.dialect.name


def test_a_correction_replaces_the_words_and_keeps_the_place(ledger: Ledger) -> None:
    row = enter(ledger, 1, "giấy khai sinh")
    enter(ledger, 2, "giấy khai tử")
    with ledger.database.writing() as connection:
        index_record(connection, row, ["giấy kết hôn"])
        index_record(connection, row, ["giấy kết hôn"])

    assert numbers(ledger, "sinh") == []
    assert numbers(ledger, "kết") == [1]
    assert numbers(ledger, "giấy") == [2, 1]


def test_records_that_a_rebuild_enters_in_another_order_are_put_in_theirs(ledger: Ledger) -> None:
    for place in (3, 1, 4, 2):
        enter(ledger, place, f"giấy tờ {place}")
    before = numbers(ledger, "giấy")
    with ledger.database.writing() as connection:
        order_records(connection)

    assert before == [2, 4, 1, 3]
    assert numbers(ledger, "giấy") == numbers(ledger, '"giay to"') == [4, 3, 2, 1]


def test_withdrawn_records_are_no_hits_until_they_are_valid_again(ledger: Ledger) -> None:
    row = enter(ledger, 1, "giấy khai sinh")
    for state, found in (("withdrawn", []), ("disposed", []), ("valid", [1])):
        with ledger.database.writing() as connection:
            connection.execute(update(records).where(records.c.record_id == row["record_id"]).values(state=state))

        assert numbers(ledger, "sinh") == numbers(ledger, '"khai sinh"') == found


def test_a_record_whose_words_are_forgotten_is_not_in_the_index(ledger: Ledger) -> None:
    row = enter(ledger, 1, "giấy khai sinh", fields={"name": "Nguyễn Văn Quyết"})
    with ledger.database.writing() as connection:
        forget_record(connection, str(row["record_id"]))
        forget_record(connection, str(row["record_id"]))

    assert numbers(ledger, "sinh") == numbers(ledger, "quyết") == []
    with ledger.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM searched")).scalar_one() == 0


def test_what_a_transaction_enters_and_takes_back_is_not_found(ledger: Ledger) -> None:
    enter(ledger, 1, "giấy khai sinh")
    with pytest.raises(RuntimeError), ledger.database.writing() as connection:  # noqa: PT012 - the transaction is the act
        forget_record(connection, f"{1:032x}")
        raise RuntimeError

    assert numbers(ledger, "sinh") == [1]


def test_a_page_names_the_citizen_by_the_token_only(ledger: Ledger) -> None:
    enter(ledger, 1, "một", citizen="a" * 32)
    enter(ledger, 2, "hai", citizen="b" * 32)
    query = parse_query(f"côngdân:{ID_NUMBER}", {ID_NUMBER: CitizenToken("a" * 32)}.__getitem__)

    assert [int(row.record_id, 16) for row in search_page(ledger.database, query, 5).rows] == [1]
    assert ID_NUMBER not in repr(query)


@pytest.mark.parametrize("token", ["123456789abc" + "d" * 20, "ef" * 10 + "026190001234"])
def test_a_citizen_whose_token_looks_like_an_id_number_is_found(ledger: Ledger, token: str) -> None:
    enter(ledger, 1, "một", citizen=token)
    query = parse_query(f"citizen:{ID_NUMBER}", lambda _citizen: CitizenToken(token))

    assert [int(row.record_id, 16) for row in search_page(ledger.database, query, 5).rows] == [1]


@pytest.mark.parametrize(
    "typed", ["loại:giay_khai_sinh", "số:12/GKS", 'cơquan:"hòa sơn" 12', "tên:dương", "đơnvị:mot-cua-01"]
)
def test_the_name_of_a_field_may_be_typed_in_either_unicode_form(examples: Ledger, typed: str) -> None:
    composed, apart = (numbers(examples, unicodedata.normalize(form, typed)) for form in ("NFC", "NFD"))

    assert 1 in composed
    assert apart == composed


@pytest.mark.parametrize("written", [ID_NUMBER, "026 190 001234", "026.190.001.234", "026190 001234", "026 190-001 234"])
def test_an_id_number_is_in_no_column_and_no_key_of_the_index(written: str) -> None:
    row = {"record_id": "r", "type": "t", "office": "o", "dossier_code": "H62", "citizen": "c", "number": written}
    found = Searched.of({**row, "fields": {"citizen_id": written, "name": f"An {written}"}}, [f"Số {written} cấp"])

    kept = re.sub(
        r"\D", "", " ".join([found.text, found.agency, found.names, found.facets, *found.keys]).replace("h62", "")
    )
    assert kept == ""


def test_long_papers_are_found_by_their_last_words(ledger: Ledger) -> None:
    body = " ".join(f"từ{number}" for number in range(40_000))
    enter(ledger, 1, f"{body} giám đốc sở")

    assert numbers(ledger, '"giam đốc so"') == numbers(ledger, "từ39999") == [1]


def test_a_paper_with_more_words_than_an_index_holds_is_filed_and_found_by_its_fields(ledger: Ledger) -> None:
    enter(ledger, 1, " ".join(f"số{number}" for number in range(90_000)), number="12/QĐ-UBND")

    assert numbers(ledger, "so5 number:12/*") == [1]


def test_a_line_that_was_read_as_one_endless_word_is_filed_and_found_by_its_beginning(ledger: Ledger) -> None:
    enter(ledger, 1, "giấy " + "ơ" * 5000)

    assert numbers(ledger, f"giấy {'ơ' * 90}*") == numbers(ledger, "ơ" * 500) == [1]


def test_phrases_do_not_reach_from_one_name_into_the_next(ledger: Ledger) -> None:
    enter(ledger, 1, "", fields={"father": "Nguyễn Văn Long", "mother": "Hà Thị Mai"})

    assert numbers(ledger, 'name:"thị mai"') == [1]
    assert numbers(ledger, 'name:"long hà"') == numbers(ledger, '"long hà"') == []


def test_the_fields_that_name_a_person_are_those_of_the_table_of_types() -> None:
    rules = load_document_types()

    assert {field.name for rule in rules for field in rule.fields if field.kind == "person"} <= NAMES


@given(st.integers(1, 3_000_000))
def test_windows_cover_every_place_once_and_stay_in_one_block(top: int) -> None:
    below = top
    for low, high in _windows(top):
        assert high == below
        assert any(low >> size == (high - 1) >> size for size in BLOCKS)
        below = low

    assert below <= 1
