"""Dates in words, as civil papers repeat them behind the digits: ``ngày mười bốn tháng ba năm một nghìn chín trăm …``.

Spellings differ by region and by clerk: mốt or một, tư or bốn, lăm or năm or nhăm, linh or lẻ, nghìn or ngàn, mồng or
mùng before the first ten days, tháng giêng and tháng chạp, and a year read digit by digit.
"""

from __future__ import annotations

import re
from typing import Final

from dossier.vietnamese import FoundDate, fold_in_place, real_date

_UNITS: Final = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9}
_AFTER_TENS: Final = _UNITS | {"lam": 5, "nham": 5}
_MONTHS: Final[dict[tuple[str, ...], int]] = {("gieng",): 1, ("chap",): 12}
_OF_A_HUNDRED: Final = ("linh", "le")
_THOUSAND: Final = ("nghin", "ngan")
_LONGEST_DAY: Final = 4
_LONGEST_YEAR: Final = 8

_Words = tuple[str, ...]


def find_spoken_dates(text: str) -> tuple[FoundDate, ...]:
    """Every real date that a text (NFC) spells out, in order, with the place of its letters."""
    matches = list(re.finditer(r"[^\W\d_]+", fold_in_place(text)))
    words = tuple(match.group() for match in matches)
    found: list[FoundDate] = []
    for place, word in enumerate(words):
        if word != "thang":
            continue
        first, day = _day_before(words, place)
        last, day_month_year = _month_and_year(words, place + 1)
        real = real_date(day, *day_month_year) if day and day_month_year else None
        if real is not None:
            found.append(FoundDate(real, matches[first].start(), matches[last].end(), True))
    return tuple(found)


def _day_before(words: _Words, end: int) -> tuple[int, int]:
    """Where the day in front of ``tháng`` begins, and its number; 0 where there is none."""
    for first in range(max(end - _LONGEST_DAY, 0), end):
        part = words[first:end]
        number = _below_hundred(part[1:] if part[0] in ("mong", "mung") else part)
        if number and not (first and part[0] == "nam" and len(part) > 1):
            return first, number
    return end, 0


def _month_and_year(words: _Words, start: int) -> tuple[int, tuple[int, int] | None]:
    """The last word of ``month năm year`` from ``start`` on, and both numbers; the month itself may be năm."""
    for middle in range(start + 1, min(start + 3, len(words))):
        month = _MONTHS.get(words[start:middle]) or _below_hundred(words[start:middle])
        if not month or words[middle] != "nam":
            continue
        for end in range(min(middle + 1 + _LONGEST_YEAR, len(words)), middle + 1, -1):
            year = _year(words[middle + 1 : end])
            if year:
                return end - 1, (month, year)
    return start, None


def _below_hundred(words: _Words) -> int:
    """The number that all the words say, 1 to 99; else 0."""
    match words:
        case (unit,):
            return 10 if unit == "muoi" else _UNITS.get(unit, 0)
        case ("muoi", unit):
            return _ten_and(1, unit)
        case (tens, "muoi"):
            return 10 * _UNITS.get(tens, 0)
        case (tens, "muoi", unit):
            return _ten_and(_UNITS.get(tens, 0), unit)
        case _:
            return 0


def _ten_and(tens: int, unit: str) -> int:
    return 10 * tens + _AFTER_TENS[unit] if tens and unit in _AFTER_TENS else 0


def _year(words: _Words) -> int:
    """A year of the second or third millennium, in full or digit by digit; else 0."""
    digits = [0 if word == "khong" else _UNITS.get(word, -1) for word in words]
    if len(digits) == 4 and min(digits) >= 0 and digits[0]:
        return int("".join(map(str, digits)))
    if len(words) < 2 or words[1] not in _THOUSAND or words[0] not in ("mot", "hai"):
        return 0
    thousands, rest = 1000 * _UNITS[words[0]], words[2:]
    if not rest:
        return thousands
    if len(rest) > 1 and rest[1] == "tram":
        hundreds = 0 if rest[0] == "khong" else _UNITS.get(rest[0], -1)
        if hundreds < 0:
            return 0
        thousands, rest = thousands + 100 * hundreds, rest[2:]
    if not rest:
        return thousands
    below = _UNITS.get(rest[1], 0) if len(rest) == 2 and rest[0] in _OF_A_HUNDRED else _below_hundred(rest)
    return thousands + below if below else 0
