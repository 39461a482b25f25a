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
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_SYLLABLE: Final = re.compile(
    "(?:qu(?=[aeiouyăâêôơ])|gi(?=[aeouyăâêôơư])|ngh|[bcghknpt]h|ng|gh|tr|[bcdđghklmnpqrstvx])?"
    "(?P<vowels>[aeiouyăâêôơư]{1,3})(?P<end>ch|nh|ng|[cmnpt])?"
)
"""A Vietnamese syllable without its tone."""
_WORD_LETTERS: Final = 100
"""What is longer is no word but a misreading, and an index has room for so much."""
_WORD: Final = re.compile(r"[^\W_]+")
_LOOSE_MARK: Final = re.compile("[\u0300-\u036f]")  # what NFC could not join to a letter
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_ETH: Final = str.maketrans("\u00d0\u00f0", "Đđ")  # typed and printed for Đ, which it looks like
_PERSONAL_NUMBER: Final = re.compile(
    r"(?<!\d)(?:\d{12}|\d{9}"
    r"|(?<!\d[.-])(?!(?<=\w)\d\d[.-])"  # not inside H62.33-240106-0001, the code of a dossier
    r"(?:(?:\d[ \u00a0.\u2010-\u2015-]?){11}|(?:\d[ \u00a0.\u2010-\u2015-]?){8})\d)(?!\d)"
)
"""12 or 9 digits, also in groups with one blank, dot or dash between them."""
PROCEDURE_CODE: Final = r"[123]\.\d{6}\.\d{3}\.\d\d\.\d\d\.[A-Ya-y]\d\d"
"""The code of a procedure, as one province publishes it: no person's number, though its digits look like one."""

_PROCEDURE: Final = re.compile(rf"(?<!\d)({PROCEDURE_CODE})(?!\d)")


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


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in the one spelling that search compares, in order; letters and digits, signs part them.

    Lower case, NFC, the tone where the older rule puts it (``hoà`` becomes ``hòa``); marks stay. Left out are runs of 12
    and of 9 digits, also in groups: numbers of identity cards never go into an index. Codes of procedures stay.
    """
    return tuple(map(place_tone, typed_words(text)))


def typed_words(text: str) -> tuple[str, ...]:
    """Like `words_of`, with the tones where they were typed."""
    return tuple(word[:_WORD_LETTERS] for word in _WORD.findall(_LOOSE_MARK.sub("", without_personal_numbers(text))))


def without_personal_numbers(text: str) -> str:
    """The text in lower case and NFC, a blank in the place of every number that `words_of` leaves out."""
    parts = _PROCEDURE.split(_spelt(text))  # every other one is a code
    parts[::2] = (_PERSONAL_NUMBER.sub(" ", part) for part in parts[::2])
    return "".join(parts)


def has_personal_number(text: str) -> bool:
    """True where `words_of` leaves a number out."""
    return without_personal_numbers(text) != _spelt(text)


@lru_cache(maxsize=65_536)
def place_tone(word: str) -> str:
    """A lower-case NFC word with its tone on the vowel that the older rule names; what is no syllable stays as it is.

    ``hoà`` → ``hòa``, ``thuý`` → ``thúy``, ``gía`` → ``giá``, ``qúy`` → ``quý``.
    """
    apart = [unicodedata.normalize("NFD", letter) for letter in word]
    tones = [mark for letter in apart for mark in letter if mark in _TONES]
    if len(tones) != 1:
        return word
    level = [unicodedata.normalize("NFC", "".join(mark for mark in letter if mark not in _TONES)) for letter in apart]
    match = _SYLLABLE.fullmatch("".join(level))
    if match is None:
        return word
    place = match.start("vowels") + _toned_vowel(match["vowels"], closed=bool(match["end"]))
    level[place] = unicodedata.normalize("NFC", level[place] + tones[0])
    return "".join(level)


@lru_cache(maxsize=65_536)
def fold_word(word: str) -> str:
    """`fold`, remembered: texts repeat their words."""
    return fold(word)


def any_marks(folded: str) -> str:
    """A regular expression for a folded word with whatever marks: ``duong`` → ``[dđ][uúùủ…]…``."""
    return "".join(_MARKED.get(letter, re.escape(letter)) for letter in folded)


def _spelt(text: str) -> str:
    return unicodedata.normalize("NFC", text.translate(_INVISIBLE | _ETH).casefold())


def _toned_vowel(vowels: str, *, closed: bool) -> int:
    own = [place for place, letter in enumerate(vowels) if letter in "ăâêôơư"]
    if own:
        return own[-1]
    return len(vowels) - 1 if closed else max(0, len(vowels) - 2)


def _marked_letters() -> dict[str, str]:
    """Folded letter -> class of all lower-case letters that fold to it."""
    found: dict[str, str] = {}
    for point in (*range(0x61, 0x250), *range(0x1E00, 0x1F00)):
        letter = chr(point)
        if letter == letter.casefold() and len(base := _fold_letter(letter)) == 1 and base.isascii() and base.isalpha():
            found[base] = found.get(base, "") + letter
    return {base: f"[{letters}]" for base, letters in found.items()}


_MARKED: Final = _marked_letters()
