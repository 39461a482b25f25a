"""Vietnamese text: folding for comparison, dates as papers print them, names as records keep them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

_GAP = r"[\s.,…_:·]*"  # dotted leaders and blanks between the parts of a handwritten date
_ENGLISH = r"(?:\s?[/(]\s?(?:date|day|month|year)\)?)?"  # bilingual papers: ngày/date 05 tháng/month 12 năm/year 2024
_YEAR = r"\d\s?\d\s?\d\s?\d"  # on dotted leaders the printed 20 stands apart from what was written behind it
_IN_WORDS: Final = re.compile(
    rf"(?:ngay{_ENGLISH}{_GAP})?(?<!\d)(\d\s?\d?){_GAP}thang{_ENGLISH}{_GAP}(\d\s?\d?){_GAP}nam{_ENGLISH}{_GAP}({_YEAR})(?!\d)"
)
_IN_DIGITS: Final = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4})(?!\d)")
_COMPACT: Final = re.compile(r"(\d{2})(\d{2})(\d{4})")
_YEARS: Final = range(1880, 2101)
"""Years a paper of a living archive can state; anything else is a misreading."""


class FoundDate(NamedTuple):
    """A date and where it stands in the text it was found in."""

    day: date
    start: int
    end: int
    in_words: bool
    """True for ``ngày … tháng … năm …``, the form in which a paper says when it was made."""


def fold(text: str) -> str:
    """The text without case, accents and surplus blanks, ``đ`` as ``d``: ``Hoà``, ``HÒA`` and ``hoa`` become equal."""
    bare = (mark for mark in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(mark))
    return " ".join("".join(bare).replace("đ", "d").split())


def fold_in_place(text: str) -> str:
    """Like `fold`, but one letter for each letter of ``text`` (which must be NFC), so that positions stay true."""
    return "".join(map(_fold_letter, text))


def find_dates(text: str) -> tuple[FoundDate, ...]:
    """Every real date in a text, in order: ``ngày 05 tháng 12 năm 2024``, ``05/12/2024``, with dashes or dots too.

    The word ``ngày`` may be missing: behind a label it often belongs to the label.
    """
    folded = fold_in_place(text)
    hits = [(match, match.group(1, 2, 3), True) for match in _IN_WORDS.finditer(folded)]
    hits += [(match, match.group(1, 3, 4), False) for match in _IN_DIGITS.finditer(folded)]
    found = []
    for match, (day, month, year), in_words in hits:
        real = real_date(*(int(re.sub(r"\s", "", part)) for part in (day, month, year)))
        if real is not None:
            found.append(FoundDate(real, match.start(), match.end(), in_words))
    return tuple(sorted(found, key=lambda hit: hit.start))


def parse_date(text: str) -> date | None:
    """The date that ``text`` is, in any form of `find_dates` or ``ddmmyyyy`` as the card's QR has it; else None."""
    stripped = unicodedata.normalize("NFC", text).strip(" .,;")
    compact = _COMPACT.fullmatch(stripped)
    if compact is not None:
        day, month, year = map(int, compact.groups())
        return real_date(day, month, year)
    found = find_dates(stripped)
    if len(found) == 1 and (found[0].start, found[0].end) == (0, len(stripped)):
        return found[0].day
    return None


def real_date(day: int, month: int, year: int) -> date | None:
    """The date, if the calendar has it and a paper of a living archive can state its year; else None."""
    if year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def date_text(day: date) -> str:
    """The date as dd/mm/yyyy."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def title_case(name: str) -> str:
    """A person's name with one capital a word: ``TRỊNH THỊ XUÂN`` becomes ``Trịnh Thị Xuân``."""
    return " ".join(word[:1].upper() + word[1:].lower() for word in name.split())


@lru_cache(maxsize=4096)
def _fold_letter(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter.casefold())[:1]
    return "d" if base == "đ" else base
