"""Phrases found in read text although some letters were misread; everything here is folded text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

_LETTERS_A_SLIP: Final = 7
"""One misread letter is forgiven for so many letters of the phrase."""
_FUZZY_FROM: Final = 8
"""Letters; shorter phrases must be exact, one wrong letter makes another word of them."""
_WORTH_TRYING: Final = 70.0
"""Partial likeness (0 to 100) below which a text cannot hold the phrase: a quick look before the careful one."""
_EXACT_WORD: Final = 2
"""Letters; so short a word must be exact: it often is the one that tells labels apart (``tên mẹ``, ``tên vợ``)."""


class Hit(NamedTuple):
    """Where a phrase stands, and how like it the text is."""

    start: int
    end: int
    likeness: float
    """0.0 to 1.0."""


def find_phrase(folded: str, phrase: str) -> Hit | None:
    """The place of ``phrase`` in a text, on word borders; punctuation between its words does not matter."""
    exact = _pattern(phrase).search(folded)
    if exact is not None:
        return Hit(exact.start(), exact.end(), 1.0)
    target = _words(phrase)
    if len("".join(target)) < _FUZZY_FROM or not fuzz.partial_ratio(phrase, folded, score_cutoff=_WORTH_TRYING):
        return None
    words = _words_with_places(folded)
    best: Hit | None = None
    for first in range(len(words)):
        for count in (len(target), len(target) - 1, len(target) + 1):
            window = words[first : first + count]
            likeness = _likeness(target, [word for _, _, word in window]) if count > 0 else 0.0
            if likeness > (best.likeness if best else 0.0):
                best = Hit(words[first][0], window[-1][1], likeness)
    return best


def begins_with(folded: str, phrase: str) -> float:
    """How well a text begins with ``phrase`` and ends it on a word border: 0.0 (not) to 1.0.

    Blanks are not trusted (``QUYẾTĐỊNH``), and one short scrap in front (a speck read as a letter) is passed over.
    """
    words = _words(folded)
    target = _words(phrase)
    scraps = 1 if len(words) > 1 and len(words[0]) == 1 else 0
    if not _may_begin(words, "".join(target), scraps):
        return 0.0
    starts = range(scraps + 1)
    counts = range(max(len(target) - 1, 1), len(target) + 2)
    return max(_likeness(target, words[first : first + count]) for first in starts for count in counts)


def _may_begin(words: Sequence[str], wanted: str, scraps: int) -> bool:
    """A quick look: a slip or a scrap in front shifts the letters behind it, and changes as many at the end."""
    least = 2 * (len(wanted) // _LETTERS_A_SLIP + scraps)
    start = "".join(words[: len(wanted)])[: len(wanted)]
    return Levenshtein.distance(wanted, start, score_cutoff=least) <= least


def _likeness(target: Sequence[str], words: Sequence[str]) -> float:
    """1.0 less the share of misread letters; 0.0 where there are too many, or one in a very short word."""
    wanted, given = "".join(target), "".join(words)
    if wanted == given:
        return 1.0
    allowed = len(wanted) // _LETTERS_A_SLIP if len(wanted) >= _FUZZY_FROM else 0
    if len(target) != len(words):
        allowed = min(allowed, 1)  # a blank was lost or made up: then the words cannot be compared one by one
    elif any(_is_other_word(*pair) for pair in zip(target, words, strict=True)):
        return 0.0
    slips = Levenshtein.distance(wanted, given, score_cutoff=allowed)
    return 1.0 - slips / len(wanted) if slips <= allowed else 0.0


def _is_other_word(wanted: str, given: str) -> bool:
    if len(wanted) <= _EXACT_WORD:
        return wanted != given
    slips = max(1, len(wanted) // 4)
    return Levenshtein.distance(wanted, given, score_cutoff=slips) > slips


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    words = re.findall(r"\w+", phrase)
    return re.compile(r"(?<!\w)" + r"\W+".join(map(re.escape, words)) + r"(?!\w)")


@lru_cache(maxsize=4096)
def _words_with_places(folded: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((match.start(), match.end(), match.group()) for match in re.finditer(r"\w+", folded))


@lru_cache(maxsize=4096)
def _words(folded: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", folded))
