"""Procedures, kinds of result, tax codes, and readings of one code that must be alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.business_code import parse_business_code
from dossier.codes import CodeProblem, confirm
from dossier.procedure_code import national_code, parse_procedure_code, parse_result_code

short_procedures = st.from_regex(r"[1-3]\.[0-9]{6}", fullmatch=True).filter(lambda code: int(code[2:]))
long_tails = st.from_regex(r"(\.[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2})?", fullmatch=True)
results = st.from_regex(r"KQ\.[A-Y][0-9]{2}\.[0-9]{6}", fullmatch=True).filter(lambda code: int(code[-6:]))
COMPANIES = ("0300588569", "0101248141", "0100109106")
"""Public tax codes of three large companies: the check digit is true of what is printed."""


@given(short_procedures, long_tails)
def test_procedures_are_taken_short_and_long_and_have_one_national_code(short: str, tail: str) -> None:
    parsed = parse_procedure_code(f" {short}{tail}".lower())

    assert not isinstance(parsed, CodeProblem)
    assert parsed == short + tail
    assert national_code(parsed) == short


@pytest.mark.parametrize(
    ("text", "vi"),
    [
        ("4.001193", "nhóm đầu “4”"),
        ("1.00193", "nhóm thứ 2 “00193” phải là 6 chữ số"),
        ("1.001193.000.00.0.H35", "nhóm thứ 5 “0” phải là 2 chữ số"),
        ("1.001193.000.00.00.Z35", "nhóm cơ quan “Z35”"),
        ("1.001193.000", "có 3 nhóm"),
        ("1.000000", "toàn số 0"),
        ("", "có 1 nhóm"),
    ],
)
def test_what_is_no_procedure_is_refused_in_words_that_name_the_group(text: str, vi: str) -> None:
    problem = parse_procedure_code(text)

    assert isinstance(problem, CodeProblem)
    assert vi in problem.vi


@given(results)
def test_kinds_of_result_are_taken(code: str) -> None:
    assert parse_result_code(f"{code.lower()} ") == code


@pytest.mark.parametrize(
    ("text", "vi"),
    [
        ("KQ.Z15.000031", "nhóm cơ quan “Z15”"),
        ("KQ.G15.00031", "nhóm cuối “00031” phải là 6 chữ số"),
        ("KQ.G15.000000", "toàn số 0"),
        ("KO.G15.000031", "phải có dạng KQ.G15.000031"),
        ("KQ.G15", "phải có dạng KQ.G15.000031"),
    ],
)
def test_what_is_no_kind_of_result_is_refused_in_words(text: str, vi: str) -> None:
    problem = parse_result_code(text)

    assert isinstance(problem, CodeProblem)
    assert vi in problem.vi


@pytest.mark.parametrize("code", COMPANIES)
def test_tax_codes_of_companies_and_their_branches_are_taken(code: str) -> None:
    assert parse_business_code(code) == code
    assert parse_business_code(f"{code}-001") == f"{code}-001"
    assert parse_business_code(f"{code}001") == f"{code}-001"


@given(st.sampled_from(COMPANIES), st.integers(0, 9), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_a_tax_code_is_always_found(code: str, place: int, digit: str) -> None:
    read = code[:place] + digit + code[place + 1 :]

    assert (parse_business_code(read) == code) == (read == code)


@given(st.sampled_from(COMPANIES), st.integers(0, 7))
def test_neighbours_swapped_in_a_tax_code_are_always_found(code: str, place: int) -> None:
    read = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert (parse_business_code(read) == code) == (read == code)


@pytest.mark.parametrize("text", ["0000000000", "0123456789", "0300588569-000", "030058856", "026179015470", "03005885G9"])
def test_placeholders_and_other_lengths_are_no_tax_code(text: str) -> None:
    assert isinstance(parse_business_code(text), CodeProblem)


@given(st.text(st.sampled_from("H62.-0123456789"), min_size=1), st.integers(2, 4))
def test_readings_that_are_alike_confirm_each_other(code: str, count: int) -> None:
    said = confirm([code] * count)

    assert (said.passed, said.problems) == (("read_twice",), ())


@given(st.text(st.sampled_from("0123456789"), min_size=4, max_size=20), st.integers(0, 19), st.sampled_from("0123456789"))
def test_one_digit_that_differs_is_named_by_its_place(code: str, place: int, digit: str) -> None:
    place %= len(code)
    other = code[:place] + digit + code[place + 1 :]

    said = confirm([code, other])

    if other == code:
        assert said.passed == ("read_twice",)
    else:
        assert said.passed == ()
        assert f"ký tự thứ {place + 1} là {code[place]} và {digit}" in said.problems[0].vi


def test_readings_of_different_length_say_so() -> None:
    assert "11 và 12" in confirm(["02617901547", "026179015470"]).problems[0].vi


def test_blanks_case_and_kind_of_dash_are_no_difference() -> None:
    assert confirm(["H62.12-230712-0002", "h62.12 – 230712 – 0002"]).passed == ("read_twice",)


@pytest.mark.parametrize("readings", [(), ("026179015470",)])
def test_one_reading_alone_confirms_nothing_and_contradicts_nothing(readings: tuple[str, ...]) -> None:
    said = confirm(readings)

    assert (said.passed, said.problems) == ((), ())
