"""Citizen IDs and old card numbers: what is taken, what is refused and in which words, what a paper says against one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dossier.citizen_id import (
    PROVINCE_PREFIXES,
    CitizenId,
    agreement,
    citizen_id_parts,
    find_citizen_ids,
    masked,
    parse_citizen_id,
    parse_old_card,
)
from dossier.codes import CodeProblem, is_run

TODAY = date(2026, 11, 24)
MADE_UP = CitizenId("026179015470")
"""A woman of Vĩnh Phúc, born 1979."""

good_ids = st.builds(
    lambda prefix, century, rest, last: f"{prefix}{century}{rest:02d}{last:06d}",
    st.sampled_from(sorted(PROVINCE_PREFIXES)),
    st.sampled_from("0123"),
    st.integers(0, 99),
    st.integers(1, 999_999),
)


@given(good_ids)
def test_valid_ids_of_every_province_are_taken_and_found(digits: str) -> None:
    assert parse_citizen_id(digits) == digits
    assert find_citizen_ids(f"số CCCD {digits}.") == (digits,)


@given(good_ids, st.integers(1, 11), st.sampled_from([" ", ".", "\u00a0"]))
def test_an_id_printed_in_groups_is_the_same_id(digits: str, place: int, gap: str) -> None:
    assert parse_citizen_id(digits[:place] + gap + digits[place:]) == digits


@given(good_ids, st.sampled_from(["", "9", "99"]))
def test_an_id_has_twelve_digits_and_no_more(digits: str, more: str) -> None:
    text = digits[:-1] if not more else digits + more

    assert isinstance(parse_citizen_id(text), CodeProblem)
    assert find_citizen_ids(text) == ()


@given(good_ids)
def test_the_parts_put_together_are_the_id(digits: str) -> None:
    parts = citizen_id_parts(CitizenId(digits))
    century = 2 * (parts.birth_year // 100 - 19) + (parts.gender == "Nữ")

    assert f"{parts.place}{century}{parts.birth_year % 100:02d}{parts.serial}" == digits


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("026579015470", "số thứ tư là 5, chỉ năm sinh 2100–2199", "12 digits, but digit 4 is 5, which says the 2100s"),
        ("026879015470", "số thứ tư là 8, chỉ năm sinh 2300–2399", "digit 4 is 8, which says the 2300s"),
        ("003179015470", "ba số đầu 003 không phải mã tỉnh", "003, are no province"),
        (
            "02617901547O",
            "ký tự thứ 12 là “O”, không phải chữ số (có thể là 0)",
            "character 12 is “O”, not a digit (perhaps 0)",
        ),
        ("H62.12-230712", "ký tự thứ 1 là “H”", "character 1 is “H”, not a digit"),
        ("02617901547", "có 11 chữ số, phải có 12", "11 digits instead of 12"),
        ("", "không có gì", "nothing is there"),
        ("026179000000", "sáu số cuối đều là 0", "the last six digits are all 0"),
        ("111111111111", "số điền cho có", "a placeholder"),
        ("123456789012", "số điền cho có", "a placeholder"),
        ("012345678901", "số điền cho có", "a placeholder"),
        ("000000000001", "số điền cho có", "a placeholder"),
        ("٠٢٦١٧٩٠١٥٤٧٠", "ký tự thứ 1", "character 1"),
    ],
)
def test_what_is_no_id_is_refused_in_words_that_name_the_place(text: str, vi: str, en: str) -> None:
    problem = parse_citizen_id(text)

    assert isinstance(problem, CodeProblem)
    assert vi in problem.vi
    assert en in problem.en


def test_a_country_stands_in_place_of_a_province() -> None:
    assert parse_citizen_id("301179015470") == "301179015470"


@given(st.integers(10_000_000, 999_999_999).map(lambda number: f"{number:09d}"))
def test_numbers_of_old_cards_are_taken_and_are_no_citizen_ids(digits: str) -> None:
    assume(not is_run(digits))

    assert parse_old_card(f"{digits[:3]} {digits[3:6]}.{digits[6:]}") == digits
    assert isinstance(parse_citizen_id(digits), CodeProblem)


def test_an_old_card_with_twelve_digits_is_built_as_a_citizen_id() -> None:
    assert parse_old_card("026179015470") == "026179015470"
    assert isinstance(parse_old_card("026579015470"), CodeProblem)


@pytest.mark.parametrize(
    "text", ["000000001", "000000000", "111111111", "123456789", "12345678", "1234567890", "13535462A"]
)
def test_placeholders_and_other_lengths_are_no_old_card(text: str) -> None:
    assert isinstance(parse_old_card(text), CodeProblem)


@given(good_ids)
def test_no_id_is_held_against_its_own_sex_and_year(digits: str) -> None:
    parts = citizen_id_parts(CitizenId(digits))
    said = agreement(
        CitizenId(digits), gender=parts.gender.upper(), birth=date(parts.birth_year, 5, 3), today=date(2099, 12, 31)
    )

    assert said.passed == ("fits_sex", "fits_birth")
    assert said.problems == ()


def test_each_contradiction_is_named() -> None:
    said = agreement(MADE_UP, gender="Nam", birth=date(1997, 5, 14), today=TODAY)

    assert said.passed == ()
    assert [problem.vi for problem in said.problems] == [
        "số thứ tư là 1, chỉ giới tính Nữ, giấy ghi Nam",
        "số thứ 4 đến 6 chỉ năm sinh 1979, giấy ghi 1997",
    ]


def test_what_the_paper_does_not_say_speaks_neither_for_nor_against() -> None:
    said = agreement(MADE_UP, gender="?", birth=None, today=TODAY)

    assert (said.passed, said.problems) == ((), ())


def test_a_birth_that_has_not_come_is_a_contradiction() -> None:
    said = agreement(CitizenId("026327015470"), gender="Nữ", birth=None, today=TODAY)

    assert said.passed == ("fits_sex",)
    assert "2027" in said.problems[0].en


def test_a_masked_id_shows_five_digits_only() -> None:
    assert masked("026179015470") == "026•••••••70"
