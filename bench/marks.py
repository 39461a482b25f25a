"""How well a page was read: words found in any order, and letters wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from rapidfuzz.distance import Levenshtein

from training.measures import folded, plain


@dataclass(frozen=True, slots=True)
class Marks:
    """Counts of one page; all texts are folded as `training.measures` and the project's score do it."""

    letters: int
    """Of the truth."""
    wrong: int
    """Letters to insert, drop or change."""
    plain_letters: int
    """Of the truth without case and diacritics."""
    plain_wrong: int
    """The same edits without case and diacritics."""
    words: int
    """Of the truth."""
    read_words: int
    """Of the reading."""
    found: int
    """Words that truth and reading share, in any order."""

    @property
    def cer(self) -> float:
        """Share of letters wrong; beyond 1 where more was read than stands there."""
        return self.wrong / max(1, self.letters)


def mark(truths: Sequence[str], readings: Sequence[str]) -> Marks:
    """Judge the best of several readings against the nearest of several truths: the pair with the fewest letters wrong.

    Args:
        truths: right readings of one page, at least one.
        readings: of one page by one system, as several ways of taking them from its file; none is an empty page.
    """
    pairs = product(map(folded, truths), map(folded, readings or ("",)))
    wrong, truth, read = min((int(Levenshtein.distance(truth, read)), truth, read) for truth, read in pairs)
    there, seen = Counter(truth.split()), Counter(read.split())
    bare = plain(truth)
    return Marks(
        letters=len(truth),
        wrong=wrong,
        plain_letters=len(bare),
        plain_wrong=int(Levenshtein.distance(bare, plain(read))),
        words=there.total(),
        read_words=seen.total(),
        found=(there & seen).total(),
    )
