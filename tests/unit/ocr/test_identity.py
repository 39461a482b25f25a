"""The QR and the MRZ of an identity card: what they say, and when they are not believed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.citizen_id import PROVINCE_PREFIXES
from dossier.values import Code
from ocr.identity import card_of, mrz_citizen_ids
from ocr.mrz import check_digit
from tests.unit.ocr.made_pages import card_back, page

FIELDS = ("026179015470", "135354628", "Lê Thị Mẫu", "14051979", "Nữ", "Thôn Đông, Xã Kim Xá, Vĩnh Phúc", "01022021")


def qr(*fields: str) -> Code:
    return Code("qr", "|".join(fields))


def zone(citizen: str, birth: str = "790514", sex: str = "F", expiry: str = "390514") -> tuple[str, str, str]:
    """A whole zone with its five right check digits (ICAO Doc 9303 part 5)."""
    first = f"IDVNM{citizen[3:]}{check_digit(citizen[3:])}{citizen}<<{check_digit(citizen + '<<')}"
    born, ends = birth + str(check_digit(birth)), expiry + str(check_digit(expiry))
    return (
        first,
        f"{born}{sex}{ends}VNM{'<' * 11}{check_digit(first[5:] + born + ends + '<' * 11)}",
        "LE<<THI<MAU".ljust(30, "<"),
    )


def wrong(line: str, place: int) -> str:
    return line[:place] + str((int(line[place]) + 1) % 10) + line[place + 1 :]


GOOD = zone("026179015470")
citizens = st.builds(
    lambda place, century, year, serial: f"{place}{century}{year:02d}{serial:06d}",
    st.sampled_from(sorted(PROVINCE_PREFIXES)),
    st.sampled_from("0123"),
    st.integers(0, 99),
    st.integers(1, 999_999),
)


def test_the_seven_fields_of_a_card_are_read() -> None:
    card = card_of(qr(*FIELDS))

    assert card is not None
    assert (card.citizen_id, card.old_number, card.name) == FIELDS[:3]
    assert (card.birth_date, card.gender, card.issued) == (date(1979, 5, 14), "Nữ", date(2021, 2, 1))
    assert card.address == FIELDS[5]


@pytest.mark.parametrize("old", ["", "khong", "000000001"])
def test_the_old_number_may_be_missing_and_is_never_a_placeholder(old: str) -> None:
    card = card_of(qr(FIELDS[0], old, *FIELDS[2:]))

    assert card is not None
    assert card.old_number is None
    assert card.citizen_id == FIELDS[0]


@pytest.mark.parametrize("fields", [FIELDS[:6], (*FIELDS, "Lê Văn Cha", "Trần Thị Mẹ", ""), (*FIELDS[:6], "")])
def test_a_missing_day_of_issue_and_further_fields_are_tolerated(fields: tuple[str, ...]) -> None:
    card = card_of(qr(*fields))

    assert card is not None
    assert card.citizen_id == FIELDS[0]
    assert card.address == FIELDS[5]
    assert card.issued == (date(2021, 2, 1) if fields[6:] and fields[6] else None)


@pytest.mark.parametrize(
    "code",
    [
        qr(*FIELDS[:5]),
        qr("026579015470", *FIELDS[1:]),
        qr(*FIELDS[:2], "", *FIELDS[3:]),
        Code("code128", "|".join(FIELDS)),
        qr("H62.12-230712-0002", FIELDS[0]),
        qr(""),
    ],
)
def test_other_codes_are_no_card(code: Code) -> None:
    assert card_of(code) is None


@given(citizens)
def test_a_whole_zone_proves_its_id_as_lines_and_as_a_code(citizen: str) -> None:
    lines = zone(citizen)

    assert set(mrz_citizen_ids(page(1, *lines))) == {citizen}
    assert set(mrz_citizen_ids(page(1, "Ngón trỏ trái", codes=(Code("mrz", "\n".join(lines)),)))) == {citizen}


@pytest.mark.parametrize(
    ("line", "place"),
    [(0, 14), (0, 29), (1, 6), (1, 14), (1, 29), (0, 7), (0, 20), (1, 2), (1, 10)],
    ids=["number check", "ID check", "birth check", "expiry check", "check over all", "number", "ID", "birth", "expiry"],
)
def test_one_wrong_sign_in_a_whole_zone_and_nothing_is_believed(line: int, place: int) -> None:
    lines = list(GOOD)
    lines[line] = wrong(lines[line], place)

    assert list(mrz_citizen_ids(page(1, *lines))) == []


@given(citizens)
def test_a_first_line_alone_proves_its_id_by_two_check_digits(citizen: str) -> None:
    assert list(mrz_citizen_ids(card_back(1, zone(citizen)[0]))) == [citizen]


@pytest.mark.parametrize("place", [5, 13, 14, 15, 17, 18, 26, 29])
def test_a_wrong_sign_in_a_first_line_alone_is_not_believed(place: int) -> None:
    assert list(mrz_citizen_ids(card_back(1, wrong(GOOD[0], place)))) == []


def test_a_page_without_a_zone_proves_nothing() -> None:
    assert list(mrz_citizen_ids(page(1, "Số: 026179015470", "IDVNM"))) == []
