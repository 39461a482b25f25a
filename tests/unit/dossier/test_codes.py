"""Dossier codes and citizen IDs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.codes import (
    PROVINCE_PREFIXES,
    CodeProblem,
    find_citizen_ids,
    find_dossier_codes,
    masked,
    parse_citizen_id,
    parse_dossier_code,
)

good_ids = st.builds(
    lambda prefix, century, rest, last: f"{prefix}{century}{rest:02d}{last:06d}",
    st.sampled_from(sorted(PROVINCE_PREFIXES)),
    st.sampled_from("0123"),
    st.integers(0, 99),
    st.integers(1, 999_999),
)
good_codes = st.builds(
    lambda agency, day, serial: f"{agency}-{day:%y%m%d}-{serial}",
    st.sampled_from(["H62.12", "H62", "000.00.12.H62", "H47.07", "G15.02.A1"]),
    st.dates().filter(lambda day: 2000 <= day.year < 2100),
    st.from_regex(r"[0-9]{4,6}", fullmatch=True),
)


@given(good_codes)
def test_codes_of_either_agency_style_are_read_and_found_in_a_sentence(code: str) -> None:
    assert parse_dossier_code(code) == code
    assert find_dossier_codes(f"Mã hồ sơ: {code}, ngày nhận") == (code,)


@given(good_codes, st.integers(0, 60))
def test_blanks_and_small_letters_of_a_misread_code_are_forgiven(code: str, place: int) -> None:
    place = min(place, len(code))

    assert parse_dossier_code(f"{code[:place]} {code[place:]}".lower()) == code


@pytest.mark.parametrize(
    "text",
    [
        "H62.12-230231-0002",  # the 31st of February
        "Z62.12-230712-0002",  # groups of level 1 begin with A to Y
        "H62.12-230712-002",
        "H62.12-230712-0000002",
        "H6.12-230712-0002",
        "H62.12230712-0002",
        "026179015470",
        "",
    ],
)
def test_what_is_no_dossier_code_is_refused_with_a_reason(text: str) -> None:
    problem = parse_dossier_code(text)

    assert isinstance(problem, CodeProblem)
    assert problem.vi
    assert problem.en


@given(good_ids)
def test_valid_citizen_ids_of_every_province_are_taken(digits: str) -> None:
    assert parse_citizen_id(digits) == digits
    assert find_citizen_ids(f"số CCCD {digits}.") == (digits,)


@given(good_ids, st.sampled_from(["", "9", "99"]))
def test_a_citizen_id_has_twelve_digits_and_no_more(digits: str, more: str) -> None:
    text = digits[:-1] if not more else digits + more

    assert isinstance(parse_citizen_id(text), CodeProblem)
    assert find_citizen_ids(text) == ()


@pytest.mark.parametrize("text", ["003179015470", "026479015470", "026179000000", "000000000001", "02617901547O"])
def test_an_unissued_prefix_century_or_placeholder_is_refused(text: str) -> None:
    assert isinstance(parse_citizen_id(text), CodeProblem)


def test_a_country_code_stands_in_place_of_a_province() -> None:
    assert parse_citizen_id("098179015470") == "098179015470"


def test_a_masked_id_shows_five_digits_only() -> None:
    assert masked("026179015470") == "026•••••••70"
