"""Whether text is what a Vietnamese paper says, or the leavings of a wrong encoding or of a reader of another language.

Asked of the text that PDFs bring along: letters in the encodings of the nineties (TCVN3, VNI), mojibake, fonts that do
not say which letters they draw, and layers of scanners set to English, which turn THÀNH PHỐ into TIIANH PHO.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from ocr.word_kinds import LONGEST, Kind, kind_of

Verdict = Literal["right", "wrong", "too_little", "foreign"]
"""``too_little``: too few words to say; ``foreign``: English, or another language that uses our letters."""

LEAST_WORDS: Final = 8
"""Words below which only odd characters speak: a number, a code or a name alone proves nothing."""

LEAST_EXPLAINED: Final = 0.80
"""Share of explained words of right text: truth has 0.97 and more, two letters of a hundred misread leave 0.83."""

LEAST_MARKED: Final = 0.35
"""Share of words with marks among Vietnamese words: prose has 0.7, a form of names and codes 0.5, stripped text none."""

_MOST_ODD: Final = 0.02
"""Share of characters that no right text has: private use, unassigned, control characters, the replacement character."""

_SYMBOLS: Final = "\"#$&'+=>@\\^`{|}~¢£¤§¶"
_MOST_SYMBOLS: Final = 0.2
"""Share of `_SYMBOLS` in a text too short to be judged by its words: shifted fonts make symbols of letters."""

_LEAST_ENGLISH: Final = 0.15
"""Share of words in the list of English from which a text is English, unless Vietnamese without marks explains more."""

_COMPANY: Final = 3
"""Plain words that one word of that list vouches for; English prose has 0.6 to 2, lists and technical prose up to 4."""

_MOST_ALIKE, _MOST_MARKED, _MOST_UNKNOWN = 0.35, 0.10, 0.25
"""Shares of text of another language that uses our letters: words like Vietnamese ones without marks, words with marks, and
words that cannot be pronounced or have letters that Vietnamese lacks."""

_LEAST_TECHNICAL, _MOST_BABBLE = 0.50, 0.15
"""Shares of Vietnamese full of terms and names of another language: words with marks, and words that no language has."""

_STRETCH: Final = 20
"""Words of a stretch at least: so few are enough for a letterhead in an old encoding to show within a sound page."""

_MOST_UNKNOWN_OF_STRETCH: Final = 0.4
"""Of TCVN3, VNI and mojibake 0.6 to 0.9 is unknown, of a list of foreign names 0.2."""

_AROUND: Final = ".,;:!?()[]{}<>\"'“”‘’«»…-–—_*/\\|+=%&#•"
_WORD: Final = re.compile(r"[^\s/\-–—.,;:()_…]+")
_LOST: Final = re.compile(r"(?<=[^\W\d_])\?(?=[^\W\d_])")
"""Question marks amid letters: what became of marks in an encoding without them."""


@dataclass(frozen=True, slots=True)
class Plausibility:
    """How the words of a text divide; shares are 0.0 to 1.0 of `words`."""

    words: int
    """Words that say something: neither numbers and codes nor abbreviations."""
    marked: float
    """Vietnamese syllables that bear marks."""
    bare: float
    """Vietnamese syllables that need none."""
    robbed: float
    """Would be Vietnamese syllables if they had their marks."""
    english: float
    """Stand in a short list of English words."""
    plain: float
    """Other words of the letters a to z: English that is not in the list, or babble."""
    unknown: float
    """All other words: symbols or strange letters in them, or not to be pronounced."""
    odd: float
    """Share of the characters that no right text has."""
    symbols: float
    """Share of the characters that papers use seldom."""

    @property
    def explained(self) -> float:
        """Share of words that Vietnamese or, where there is English at all, English explains."""
        return self.marked + self.bare + self.english + min(self.plain, _COMPANY * self.english)

    @property
    def verdict(self) -> Verdict:
        """What the shares say; see `looks_right`."""
        if self.odd > _MOST_ODD:
            return "wrong"
        if self.words < LEAST_WORDS:
            return "wrong" if self.symbols > _MOST_SYMBOLS else "too_little"
        like_vietnamese = self.bare + self.robbed
        technical = self.marked >= _LEAST_TECHNICAL and self.unknown + self.robbed <= _MOST_BABBLE
        marks = self.marked >= LEAST_MARKED * (self.marked + like_vietnamese)
        if marks and (technical or self.explained >= LEAST_EXPLAINED):
            return "right"
        english = self.explained >= LEAST_EXPLAINED and self.english >= max(_LEAST_ENGLISH, like_vietnamese)
        other = like_vietnamese <= _MOST_ALIKE and self.marked <= _MOST_MARKED and self.unknown <= _MOST_UNKNOWN
        return "foreign" if english or other else "wrong"


def looks_right(text: str) -> bool:
    """Whether nothing speaks against a text; True too where it is too short, or of another language (`weigh` tells which).

    Chosen on the texts of 58 drawn pages of the development corpus; the 19 of `samples/` gave the same. All 77 are right.
    Of each kind of damage 231 texts were made. Of those that lost their marks, were read by a reader of English, written
    in TCVN3 or VNI, taken for Latin-1, had ``?`` for marks, or had letters shuffled, exchanged, shifted or private, none
    escaped; of those that lost all but ASCII 6 %, being too short then. With 2 letters of a hundred misread all stay right,
    with 5 it is 98 %, with 8 it is 81 %, with 20 none. Of 171 pieces of English none is wrong. Of pages that are half in
    TCVN3, line by line, 8 of 77 escape even `has_wrong_stretch`; none with a letterhead in it does. Where most of a page
    is English, Vietnamese without marks beside it is not found.
    """
    return weigh(text).verdict != "wrong"


def has_wrong_stretch(text: str) -> bool:
    """Whether some lines in a row are of another encoding than the rest: asked of text that was typed, never read."""
    stretch: Counter[Kind] = Counter()
    for line in text.splitlines():
        stretch.update(_kinds(line))
        words = stretch.total() - stretch["neutral"]
        if words >= _STRETCH:
            if stretch["unknown"] > _MOST_UNKNOWN_OF_STRETCH * words:
                return True
            stretch.clear()
    return False


def weigh(text: str) -> Plausibility:
    """Count what speaks for and against a text in any form of Unicode; 1 ms for a page."""
    kinds = _kinds(text)
    words = kinds.total() - kinds["neutral"]
    whole = max(words, 1)
    return Plausibility(
        words=words,
        marked=kinds["marked"] / whole,
        bare=kinds["bare"] / whole,
        robbed=kinds["robbed"] / whole,
        english=kinds["english"] / whole,
        plain=kinds["plain"] / whole,
        unknown=kinds["unknown"] / whole,
        odd=_odd_share(text),
        symbols=sum(map(text.count, _SYMBOLS)) / max(sum(map(len, text.split())), 1),
    )


def _kinds(text: str) -> Counter[Kind]:
    pieces = (piece.strip(_AROUND) for piece in _WORD.findall(unicodedata.normalize("NFC", text)))
    return Counter(kind_of(piece[:LONGEST]) for piece in pieces if piece)


def _odd_share(text: str) -> float:
    """Bullets of Word are single characters of private use and do not count; question marks amid letters do."""
    pieces = text.split()
    odd = sum(map(_odd, (piece for piece in pieces if len(piece) > 1)))
    return odd / max(sum(map(len, pieces)), 1)


@lru_cache(maxsize=16_384)
def _odd(piece: str) -> int:
    odd = sum(sign == "\ufffd" or unicodedata.category(sign)[0] == "C" for sign in piece)
    return odd + len(_LOST.findall(piece))
