"""Folding, dates and names in Vietnamese."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.vietnamese import date_text, find_dates, fold, fold_in_place, parse_date, title_case

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
vietnamese = st.text(alphabet=LETTERS + LETTERS.upper() + " ,.:/-0123456789", max_size=60)


@pytest.mark.parametrize("spelling", ["Hòa", "Hoà", "HÒA", "hoa", unicodedata.normalize("NFD", "Hoà")])
def test_both_tone_places_and_both_unicode_forms_fold_to_one_key(spelling: str) -> None:
    assert fold(spelling) == "hoa"


def test_the_letter_d_with_stroke_is_folded_although_unicode_does_not_decompose_it() -> None:
    assert fold("ĐƯỜNG  Đức") == "duong duc"


@given(vietnamese)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(vietnamese)
def test_folding_in_place_keeps_every_position(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)

    assert len(fold_in_place(composed)) == len(composed)
    assert " ".join(fold_in_place(composed).split()) == fold(composed)


@pytest.mark.parametrize(
    "text",
    [
        "ngày 05 tháng 12 năm 2024",
        "ngày 5 tháng 12 năm 2024",
        "Ngày ...05... tháng ...12... năm 2024",
        "05/12/2024",
        "5-12-2024",
        "05.12.2024",
        "05122024",
    ],
)
def test_every_printed_form_of_a_date_is_read(text: str) -> None:
    assert parse_date(text) == date(2024, 12, 5)


@given(st.dates(min_value=date(1880, 1, 1), max_value=date(2100, 12, 31)))
def test_a_printed_date_reads_back_as_itself(day: date) -> None:
    assert parse_date(date_text(day)) == day


@pytest.mark.parametrize("text", ["31/02/2024", "00/12/2024", "05/13/2024", "05/12/0024", "05/12/24", "", "hôm nay"])
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert parse_date(text) is None


def test_a_code_or_a_telephone_number_holds_no_date() -> None:
    assert find_dates("H62.33-240106-0001, 0211.3714.323, số 12/2024") == ()


def test_dates_of_both_forms_are_found_in_order_with_their_places() -> None:
    text = "Căn cứ đơn ngày 01/02/2023; Vĩnh Yên, ngày 21 tháng 4 năm 2024"

    found = find_dates(text)

    assert [(hit.day, hit.in_words) for hit in found] == [(date(2023, 2, 1), False), (date(2024, 4, 21), True)]
    assert [text[hit.start : hit.end] for hit in found] == ["01/02/2023", "ngày 21 tháng 4 năm 2024"]


def test_a_name_in_capitals_gets_one_capital_a_word() -> None:
    assert title_case("TRỊNH THỊ  XUÂN") == "Trịnh Thị Xuân"
