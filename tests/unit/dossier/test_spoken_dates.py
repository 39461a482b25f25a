"""Dates in words, in the spellings of clerks."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.spoken_dates import find_spoken_dates

UNITS = ("", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def below_hundred(number: int, pick: st.DataObject) -> str:
    tens, unit = divmod(number, 10)
    if not tens:
        return UNITS[unit]
    after = {1: ("mốt", "một"), 4: ("tư", "bốn"), 5: ("lăm", "năm", "nhăm")}.get(unit, (UNITS[unit],))
    last = pick.draw(st.sampled_from(after)) if tens > 1 else {5: "lăm"}.get(unit, UNITS[unit])
    return f"{'mười' if tens == 1 else UNITS[tens] + ' mươi'} {last}".strip()


def in_words(day: date, pick: st.DataObject) -> str:
    thousand = pick.draw(st.sampled_from(["nghìn", "ngàn"]))
    hundreds, rest = divmod(day.year % 1000, 100)
    year = f"{UNITS[day.year // 1000]} {thousand}"
    if hundreds or (rest and pick.draw(st.booleans())):
        year += f" {UNITS[hundreds] or 'không'} trăm"
    if 0 < rest < 10:
        year += f" {pick.draw(st.sampled_from(['linh', 'lẻ']))} {UNITS[rest]}"
    elif rest:
        year += f" {below_hundred(rest, pick)}"
    early = pick.draw(st.sampled_from(["", "mồng ", "mùng "])) if day.day <= 10 else ""
    month = {1: ("một", "giêng"), 4: ("tư", "bốn"), 12: ("mười hai", "chạp")}.get(day.month)
    said = pick.draw(st.sampled_from(month)) if month else below_hundred(day.month, pick)
    return f"ngày {early}{below_hundred(day.day, pick)} tháng {said} năm {year}"


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)), st.data())
def test_every_date_of_two_centuries_reads_back_from_its_common_spellings(day: date, pick: st.DataObject) -> None:
    text = in_words(day, pick)

    assert [hit.day for hit in find_spoken_dates(text)] == [day], text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Ghi bằng chữ: Ngày mười bốn, tháng ba, năm một nghìn chín trăm chín mươi", date(1990, 3, 14)),
        ("ngày năm tháng năm năm hai nghìn không trăm linh năm", date(2005, 5, 5)),
        ("NGÀY BA MƯƠI MỐT THÁNG MƯỜI HAI NĂM HAI NGÀN", date(2000, 12, 31)),
        ("ngày một tháng tư năm một chín tám bảy", date(1987, 4, 1)),
        ("mười lăm tháng tám năm một nghìn chín trăm bốn mươi lăm", date(1945, 8, 15)),
    ],
)
def test_a_date_in_words_is_found_in_what_stands_about_it(text: str, day: date) -> None:
    assert [hit.day for hit in find_spoken_dates(text)] == [day]


@pytest.mark.parametrize(
    "text",
    [
        "ngày ba mươi tháng hai năm hai nghìn",
        "ngày mười bốn tháng ba năm một nghìn",
        "ngày mười bốn tháng ba",
        "tháng này năm nay",
        "ngày 14 tháng 3 năm 1990",
        "",
    ],
)
def test_what_spells_no_date_of_the_calendar_is_none(text: str) -> None:
    assert find_spoken_dates(text) == ()


@given(st.text(alphabet="aăâeêioôơuư dđ ngàythángnămmươimốtbahai", max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for hit in find_spoken_dates(unicodedata.normalize("NFC", text)):
        assert 0 <= hit.start < hit.end <= len(text)
