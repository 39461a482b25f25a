"""Dossier and agency codes: every style in use round-trips, every refusal says which part is wrong."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.agency_code import AgencyCode, level_1, parse_agency_code
from dossier.codes import CodeProblem
from dossier.dossier_code import (
    DossierCode,
    agreement,
    dossier_code_parts,
    find_dossier_codes,
    parse_dossier_code,
)

TODAY = date(2026, 11, 24)
CODE = DossierCode("H62.12-230712-0002")

new_agencies = st.from_regex(r"[A-Y][0-9]{2}(\.[0-9A-Z]{1,5}){0,5}", fullmatch=True)
old_agencies = st.from_regex(r"[0-9]{3}\.[0-9A-Z]{2}\.[0-9A-Z]{2}\.[A-Y][0-9]{2}", fullmatch=True)
good_codes = st.builds(
    lambda agency, day, serial: f"{agency}-{day:%y%m%d}-{serial}",
    st.one_of(new_agencies, old_agencies),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.from_regex(r"[0-9]{4,6}", fullmatch=True).filter(int),
)


@given(good_codes)
def test_codes_of_either_agency_style_are_read_taken_apart_and_found_in_a_sentence(code: str) -> None:
    parsed = parse_dossier_code(code)
    assert not isinstance(parsed, CodeProblem)
    parts = dossier_code_parts(parsed)

    assert parsed == code
    assert f"{parts.agency}-{parts.received:%y%m%d}-{parts.serial}" == code
    assert find_dossier_codes(f"Mã hồ sơ: {code}, ngày nhận") == (code,)


@given(good_codes, st.integers(0, 60), st.sampled_from("-–—"))
def test_blanks_small_letters_and_other_dashes_of_a_misread_code_are_forgiven(code: str, place: int, dash: str) -> None:
    place = min(place, len(code))

    assert parse_dossier_code(f"{code[:place]} {code[place:]}".lower().replace("-", dash)) == code


@pytest.mark.parametrize(
    "code", ["000.00.12.H62-241205-0001", "H62.12-241205-00001", "H47.07-261005-0182", "H62.5-220509-001234"]
)
def test_the_codes_that_were_seen_on_papers_are_taken(code: str) -> None:
    assert parse_dossier_code(code) == code


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("H62.12-230231-0002", "ngày 31/02/2023 trong mã không có thật", "31/02/2023 in the code is not a date"),
        ("H62.12-231301-0002", "ngày 01/13/2023", "01/13/2023"),
        ("Z62.12-230712-0002", "nhóm cấp 1 “Z62” phải là một chữ A–Y và hai số", "level 1, “Z62”"),
        ("H6.12-230712-0002", "nhóm cấp 1 “H6”", "level 1, “H6”"),
        ("00.00.12.H62-230712-0002", "mã cơ quan kiểu cũ phải có dạng 000.00.12.H62", "an old agency code"),
        ("000.00.12.Z62-230712-0002", "nhóm cấp 1 “Z62”", "level 1, “Z62”"),
        ("H62..12-230712-0002", "nhóm trống", "an empty group"),
        ("H62,12-230712-0002", "ký tự thứ 4 là “,”", "character 4 is “,”"),
        (f"H62.{'1' * 32}-230712-0002", "dài 36 ký tự", "36 characters"),
        ("-230712-0002", "thiếu mã cơ quan", "no agency code"),
        ("H62.12-23O712-0002", "ngày tiếp nhận: ký tự thứ 3 là “O”", "reception: character 3 is “O”, not a digit"),
        ("H62.12-23712-0002", "ngày tiếp nhận: có 5 chữ số, phải có 6", "day of reception: 5 digits instead of 6"),
        ("H62.12-230712-002", "số thứ tự: có 3 chữ số, phải có 4 hoặc 5 hoặc 6", "serial: 3 digits instead of 4 or 5 or 6"),
        ("H62.12-230712-0000002", "số thứ tự: có 7 chữ số", "serial: 7 digits"),
        ("H62.12-230712-0000", "số thứ tự toàn số 0", "the serial is all zeros"),
        ("H62.12230712-0002", "có 1 dấu gạch ngang", "dashes: 1"),
        ("026179015470", "có 0 dấu gạch ngang", "dashes: 0"),
        ("", "có 0 dấu gạch ngang", "dashes: 0"),
    ],
)  # fmt: skip
def test_what_is_no_dossier_code_is_refused_in_words_that_name_the_part(text: str, vi: str, en: str) -> None:
    problem = parse_dossier_code(text)

    assert isinstance(problem, CodeProblem)
    assert vi in problem.vi
    assert en in problem.en


@given(st.text(st.sampled_from("H62.-0123456789OAZ ,–"), max_size=40))
def test_whatever_is_taken_is_taken_again_unchanged(text: str) -> None:
    parsed = parse_dossier_code(text)

    assert isinstance(parsed, CodeProblem) or parse_dossier_code(parsed) == parsed


@given(new_agencies)
def test_level_1_stands_leftmost_in_a_new_agency_code(code: str) -> None:
    assert parse_agency_code(code) == code
    assert level_1(AgencyCode(code)) == code[:3]


@given(old_agencies)
def test_level_1_stands_rightmost_in_an_old_agency_code(code: str) -> None:
    assert parse_agency_code(code) == code
    assert level_1(AgencyCode(code)) == code[-3:]


def test_an_agency_code_has_35_characters_and_no_more() -> None:
    assert not isinstance(parse_agency_code("H62." + "1" * 31), CodeProblem)
    assert isinstance(parse_agency_code("H62." + "1" * 32), CodeProblem)


@given(good_codes)
def test_no_code_is_held_against_its_own_day_and_province(code: str) -> None:
    parts = dossier_code_parts(DossierCode(code))
    said = agreement(DossierCode(code), received=parts.received, today=parts.received, provinces={level_1(parts.agency)})

    assert said.passed == ("fits_received", "known_area")
    assert said.problems == ()


def test_each_contradiction_of_a_dossier_code_is_named() -> None:
    said = agreement(CODE, received=date(2023, 7, 13), today=date(2023, 7, 11), provinces={"H44"})

    assert said.passed == ()
    assert [problem.en for problem in said.problems] == [
        "the code says received on 12/07/2023, which has not come",
        "the code says received on 12/07/2023, the paper says 13/07/2023",
        "H62 is no province's code",
    ]


def test_a_ministry_is_not_looked_for_among_the_provinces() -> None:
    said = agreement(DossierCode("G15.02-230712-0002"), received=None, today=TODAY, provinces={"H44"})

    assert (said.passed, said.problems) == ((), ())
