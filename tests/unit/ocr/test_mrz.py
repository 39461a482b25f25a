"""The machine-readable zone: slips of the OCR are repaired where only one reading is possible, guesses are refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.citizen_id import PROVINCE_PREFIXES
from dossier.values import Code
from ocr.mrz import check_digit, find_mrz, mrz_code

PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
CARD = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
SMALL = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
"""The specimens of ICAO Doc 9303 parts 4, 5 and 6."""

Zone = tuple[str, ...]

dates = st.dates(date(1930, 1, 1), date(2012, 12, 31))
ends = st.dates(date(2022, 1, 1), date(2049, 12, 31))
names = st.sampled_from(["NGUYEN<<VAN<MAU", "LE<<THI<MAU", "HO<<Y<KHAC<KY", "DAO<<DUY<TU", "VU<<BAC"])
sexes = st.sampled_from("MF")


def checked(text: str) -> str:
    return f"{text}{check_digit(text)}"


def vietnamese_card(prefix: str, tail: int, born: date, sex: str, ends: date, name: str) -> Zone:
    century = 2 * (born.year // 100 - 19) + (sex == "F")
    citizen = f"{prefix}{century}{born:%y}{tail:06d}"
    first = f"IDVNM{checked(citizen[3:])}{checked(citizen + '<<')}"
    birth, expiry = checked(f"{born:%y%m%d}"), checked(f"{ends:%y%m%d}")
    whole = check_digit(first[5:] + birth + expiry + "<" * 11)
    return first, f"{birth}{sex}{expiry}VNM{'<' * 11}{whole}", name.ljust(30, "<")


def vietnamese_passport(letter: str, number: int, born: date, sex: str, ends: date, name: str) -> Zone:
    first = f"P<VNM{name}".ljust(44, "<")
    holder, birth, expiry = checked(f"{letter}{number:08d}"), checked(f"{born:%y%m%d}"), checked(f"{ends:%y%m%d}")
    optional = checked(f"{number:09d}<<<<<")
    return first, f"{holder}VNM{birth}{sex}{expiry}{optional}{check_digit(holder + birth + expiry + optional)}"


cards = st.builds(
    vietnamese_card, st.sampled_from(sorted(PROVINCE_PREFIXES)), st.integers(1, 999_999), dates, sexes, ends, names
)
passports = st.builds(vietnamese_passport, st.sampled_from("BCPN"), st.integers(0, 10**8 - 1), dates, sexes, ends, names)

CHECKED = {30: ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 29, 30)), 44: ((1, 0, 10), (1, 13, 20), (1, 21, 44))}
"""Width of a zone to the line and places that a check digit covers, the check digits themselves included."""

SLIPS = {"0": "ODQ", "1": "IL", "2": "Z", "5": "S", "6": "G", "8": "B"}


def covered(zone: Zone) -> list[tuple[int, int]]:
    return [(line, place) for line, start, end in CHECKED[len(zone[0])] for place in range(start, end)]


def changed(zone: Zone, line: int, place: int, sign: str) -> Zone:
    lines = list(zone)
    lines[line] = lines[line][:place] + sign + lines[line][place + 1 :]
    return tuple(lines)


@settings(max_examples=1000, deadline=None)
@given(st.one_of(cards, passports), st.data())
def test_no_zone_is_accepted_with_a_wrong_sign_in_a_checked_field(zone: Zone, data: st.DataObject) -> None:
    line, place = data.draw(st.sampled_from(covered(zone)))
    signs = "0123456789OILZSGBQDKC<AET"
    if len(zone) == 2 and line == 1 and place in (0, 8):  # letter and end of a passport number: others count the same
        signs = "0123456789"
    sign = data.draw(st.sampled_from(signs))

    found = find_mrz(changed(zone, line, place, sign))

    if found:
        assert [found.lines[line][place] for line, place in covered(zone)] == [
            zone[line][place] for line, place in covered(zone)
        ]


@settings(max_examples=1000, deadline=None)
@given(st.one_of(cards, passports), st.data())
def test_no_good_zone_is_refused_whatever_slips_have_one_reading(zone: Zone, data: st.DataObject) -> None:
    digits = [(line, place) for line, place in covered(zone) if zone[line][place] in SLIPS]
    read = zone
    for line, place in data.draw(st.lists(st.sampled_from(digits), max_size=4)) if digits else []:
        read = changed(read, line, place, data.draw(st.sampled_from(SLIPS[zone[line][place]])))
    before, behind = data.draw(
        st.sampled_from([((), ()), (("Ngón trỏ trái", "12 << 3"), ()), (("VIỆT NAM",), ("Trang 2",))])
    )
    spaced = [f"{line[:9]} {line[9:]}" for line in read] if data.draw(st.booleans()) else list(read)

    found = find_mrz([*before, *spaced, *behind])

    assert found is not None
    assert found.lines == zone


@given(cards)
def test_a_vietnamese_card_says_whose_it_is(zone: Zone) -> None:
    found = find_mrz(zone)

    assert found is not None
    assert found.citizen_id == zone[0][15:27]
    assert found.document_number == found.citizen_id[3:]
    assert found.birth_date is not None
    assert f"{found.birth_date:%y%m%d}" == zone[1][:6]
    assert found.birth_date.year // 100 == 19 + int(found.citizen_id[3]) // 2
    assert found.sex == zone[1][7]
    assert set(found.checks) == {"number", "birth", "expiry", "optional", "all"}


@pytest.mark.parametrize("zone", [PASSPORT, CARD, SMALL], ids=["TD3", "TD1", "TD2"])
def test_the_specimens_of_the_standard_are_read(zone: Zone) -> None:
    found = find_mrz(zone)

    assert found is not None
    assert (found.surname, found.given_names) == ("ERIKSSON", "ANNA MARIA")
    assert found.document_number == ("L898902C3" if zone is PASSPORT else "D23145890")
    assert (found.birth_date, found.expiry_date) == (date(1974, 8, 12), date(2012, 4, 15))
    assert (found.sex, found.citizen_id) == ("F", None)


GOOD = vietnamese_card("026", 15470, date(1979, 5, 14), "F", date(2039, 5, 14), "LE<<THI<MAU")


@pytest.mark.parametrize(
    "read",
    [
        (GOOD[0], GOOD[1].replace("<" * 11, "<" * 9), GOOD[2].rstrip("<")),
        (GOOD[0], GOOD[1].replace("<" * 11, "<" * 13), GOOD[2] + "<<"),
        (GOOD[0], GOOD[1].replace("<" * 11, "<<<KK<<C<<<"), GOOD[2][:-6] + "KK<CC<"),
        (GOOD[0].replace("<<", "«"), GOOD[1].replace("<" * 11, "<<<cc<<‹<<<"), GOOD[2].replace("<<<<", "<«<")),
        (GOOD[0].replace("<<", "KK"), GOOD[1].replace("<" * 11, "«««««<"), GOOD[2].replace("LE", "LÊ")),
        (GOOD[0].replace("IDVNM", "1DVNM"), GOOD[1], GOOD[2]),
    ],
    ids=["too few fillers", "too many", "letters for fillers", "quotation marks", "accents", "a one for the I"],
)
def test_misread_fillers_and_letters_are_repaired(read: Zone) -> None:
    found = find_mrz(read)

    assert found is not None
    assert found.lines == GOOD
    assert (found.surname, found.given_names) == ("LE", "THI MAU")


def test_a_stamp_between_its_lines_does_not_hide_a_zone() -> None:
    assert find_mrz([GOOD[0], "CỤC TRƯỞNG", GOOD[1], "=~", GOOD[2]]) is not None


def test_two_copies_of_the_number_that_differ_are_not_believed() -> None:
    """Each copy has its own check digit, and both hold: the zone was put together from two cards."""
    other = vietnamese_card("026", 15471, date(1979, 5, 14), "F", date(2039, 5, 14), "LE<<THI<MAU")
    mixed = GOOD[0][:15] + other[0][15:]
    whole = check_digit(mixed[5:] + GOOD[1][:7] + GOOD[1][8:15] + GOOD[1][18:29])

    assert find_mrz((mixed, f"{GOOD[1][:29]}{whole}", GOOD[2])) is None


def test_a_day_that_is_none_is_not_believed() -> None:
    birth = checked("790231")
    whole = check_digit(GOOD[0][5:] + birth + GOOD[1][8:15] + GOOD[1][18:29])

    assert find_mrz((GOOD[0], f"{birth}{GOOD[1][7:29]}{whole}", GOOD[2])) is None


def test_a_birth_date_that_is_not_known_and_a_card_without_end_are_said_so() -> None:
    birth, expiry = checked("7405<<"), checked("<<<<<<")
    whole = check_digit(CARD[0][5:] + birth + expiry + "<" * 11)

    found = find_mrz((CARD[0], f"{birth}<{expiry}UTO{'<' * 11}{whole}", CARD[2]))

    assert found is not None
    assert (found.birth_date, found.expiry_date, found.sex) == (None, None, "")


@given(st.lists(st.text(st.sampled_from("AIP<019VNM KC«"), max_size=50), max_size=6))
def test_lines_of_no_zone_give_none(lines: list[str]) -> None:
    assert find_mrz(lines) is None


def test_the_code_of_a_page_holds_the_repaired_lines() -> None:
    read = (GOOD[0].replace("0", "O"), GOOD[1], GOOD[2].rstrip("<"))

    assert mrz_code(("CĂN CƯỚC", *read)) == Code("mrz", "\n".join(GOOD))


def test_a_zone_whose_check_digits_fail_is_no_code() -> None:
    wrong = str((int(GOOD[1][6]) + 1) % 10)

    assert mrz_code((GOOD[0], GOOD[1][:6] + wrong + GOOD[1][7:], GOOD[2])) is None
