"""The language of the search: what is refused, and that refusals repeat nothing of what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.errors import QueryMalformed
from dossier.values import CitizenToken
from storage.search.query import FIELDS, parse_query

ID_NUMBER = "026190001234"


@pytest.mark.parametrize(
    "typed",
    [
        "", "   ", '""', "- / .", '"giấy khai', "màu:đỏ", "type:", "name:", 'agency:"."', "from:hôm qua", "to:31/02/2024",
        "from:2024-13-01", "from:1700", "from:2024 to:2023", "a*", "đ*", ID_NUMBER, f"name:{ID_NUMBER}",
        "số 026 190 001234", '"026190 001234"', "number:131234567",
        '"131 234 567"', 'number:"Số 026 190 001234"', "citizen:123", f"citizen:{ID_NUMBER}", "x" * 1001,
    ],
)  # fmt: skip
def test_what_says_nothing_or_cannot_be_understood_is_refused(typed: str) -> None:
    with pytest.raises(QueryMalformed) as refused:
        parse_query(typed)

    assert ID_NUMBER not in str(refused.value)
    assert "1234567" not in str(refused.value)


def test_times_and_addresses_with_a_colon_are_words() -> None:
    assert parse_query("10:30").kinds == ("phrase",)


def test_days_beside_a_number_are_no_id_number() -> None:
    assert parse_query("từ:2024 12345 đến:05-12-2024 1").kinds == ("from", "to", "word")


def test_two_citizens_cannot_be_meant() -> None:
    with pytest.raises(QueryMalformed):
        parse_query(f"citizen:{ID_NUMBER} citizen:026190001235", lambda citizen: CitizenToken(citizen[::-1]))


def test_kinds_tell_what_was_asked_for_and_no_word_of_it() -> None:
    query = parse_query('đường "hai bà" ngh* type:giay_khai_sinh name:Quyết from:2024')

    assert query.kinds == ("from", "name", "phrase", "prefix", "type", "word")
    assert "đường" not in repr(query)
    assert "quyết" not in repr(query)


@given(st.text(max_size=80))
def test_whatever_is_typed_becomes_plain_keys_or_is_refused(typed: str) -> None:
    try:
        query = parse_query(typed)
    except QueryMalformed:
        return

    for clause in query.clauses:
        for key in clause:
            assert key.text
            assert not set(key.text) & set("\"'\\ ():*&|!<>")


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_takes_a_value(name: str) -> None:
    value = {"citizen": ID_NUMBER, "since": "2024", "until": "2024"}.get(FIELDS[name], "abc")

    assert parse_query(f"{name}:{value}", lambda _citizen: CitizenToken("c" * 32)).clauses
