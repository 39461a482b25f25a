"""Words as search compares them: one spelling, marks kept, no numbers of identity cards."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.vietnamese import any_marks, fold, fold_word, has_personal_number, place_tone, words_of

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
words = st.text(alphabet=LETTERS, min_size=1, max_size=7)


@pytest.mark.parametrize(
    ("either", "other"),
    [("hoà", "hòa"), ("thuý", "thúy"), ("khoẻ", "khỏe"), ("uỷ", "ủy"), ("gía", "giá"), ("qúy", "quý"), ("cuả", "của")],
)
def test_a_tone_in_either_place_makes_one_word(either: str, other: str) -> None:
    assert place_tone(either) == place_tone(other) == other


def test_eth_is_taken_for_the_letter_that_looks_like_it() -> None:
    assert words_of("12/Q\u00d0-UBND, \u00f0ường") == ("12", "qđ", "ubnd", "đường")


@pytest.mark.parametrize(
    "word",
    "đường người giếng gìn giặt hoàng hoặc khuỷu rượu thuở ngoài quốc quả nghĩa mía cứu huỳnh truyện yếu".split(),  # noqa: SIM905
)
def test_a_syllable_that_is_written_by_the_rules_stays_as_it_is(word: str) -> None:
    assert place_tone(word) == word


@given(words)
def test_placing_a_tone_changes_no_letter_and_is_done_once(word: str) -> None:
    placed = place_tone(word)

    assert place_tone(placed) == placed
    assert fold(placed) == fold(word)


@given(st.text(alphabet=LETTERS + LETTERS.upper() + " ,.:/-", max_size=60))
def test_case_and_unicode_form_make_no_other_words(text: str) -> None:
    assert words_of(text) == words_of(text.upper()) == words_of(unicodedata.normalize("NFD", text))


@given(words)
def test_a_folded_word_with_any_marks_is_the_word(word: str) -> None:
    assert re.fullmatch(any_marks(fold_word(word)), word)


def test_signs_part_words_and_marks_stay() -> None:
    assert words_of("Số: 12/QĐ-UBND (V/v Đường\u00ad sắt)") == ("số", "12", "qđ", "ubnd", "v", "v", "đường", "sắt")


@pytest.mark.parametrize(
    "number",
    [
        "026190001234", "026 190 001234", "026.190.001.234", "0261 9000 1234", "026190 001234", "026.190 001-234",
        "0 2 6 1 9 0 0 0 1 2 3 4", "026190\u00a0001234", "026\u2013190\u2013001234",
        "131234567", "131 234 567", "131.234.567", "1 3 1 2 3 4 5 6 7",
    ],
)  # fmt: skip
def test_numbers_of_identity_cards_are_left_out_however_they_are_grouped(number: str) -> None:
    assert words_of(f"CCCD số {number}, cấp ngày") == ("cccd", "số", "cấp", "ngày")
    assert words_of(f"tr. 2 số{number} ngày") == ("tr", "2", "số", "ngày")
    assert has_personal_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "0261900012345", "2500123456", "2500123456-001", "12345678", "0912 345 678", "024 3825 1234", "1.234.567.890",
        "12/QĐ-UBND", "123/2024/QĐ-UBND", "05/12/2024", "05.12.2024", "ngày 05 tháng 12 năm 2024",
        "H62.33-240106-0001", "H62-240106-0001", "H62.33-240106-000123", "G09-240106-0001", "000.00.33.H62-240106-0001",
        "1.004222.000.00.00.H62", "12 2.000815.000.00.00.h62",
    ],
)  # fmt: skip
def test_other_numbers_stay(number: str) -> None:
    assert "".join(words_of(number)) == re.sub(r"[ /.-]", "", number.lower())
    assert not has_personal_number(number)


@pytest.mark.parametrize("number", ["001085012345", "001 085 012 345", "131.234.567"])
def test_a_number_of_an_identity_card_beside_the_code_of_a_procedure_is_left_out(number: str) -> None:
    told = f"1.004222.000.00.00.H62 {number} 1.004222.000.00.00.H62"

    assert words_of(told) == ("1", "004222", "000", "00", "00", "h62") * 2
    assert has_personal_number(told)
