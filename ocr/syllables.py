"""How often Vietnamese syllables stand alone and behind each other in prose."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from dossier.errors import Misconfigured

_TONES: Final = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
"""Combining mark -> the digit by which Vietnamese keyboards name it (VNI)."""

_TRUST: Final = 8.0
"""Occurrences of the first syllable below which a pair says little."""

_DISCOUNT: Final = 0.5
"""Taken off each pair: one that was seen three times was seen by luck."""


@lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """A word in lower case with its tone at the end as a digit, so that hòa and hoà are one: both are `hoa2`."""
    marks = unicodedata.normalize("NFD", word.lower())
    tone = "".join(_TONES[mark] for mark in marks if mark in _TONES)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)) + tone


@dataclass(frozen=True, slots=True)
class Syllables:
    """Counts of folded syllables and of pairs of them."""

    counts: Mapping[str, int]
    followers: Mapping[str, str]
    """Syllable -> those behind it as they stand in the file, ` syllable:count` one after the other."""
    total: int
    """Sum of the counts."""

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Syllables:
        """Read the lines of a counts file: syllable, tab, count, then ` syllable:count` for each of its followers.

        Raises:
            Misconfigured: a line is not of that form.
        """
        counts: dict[str, int] = {}
        followers: dict[str, str] = {}
        try:
            for line in lines:
                syllable, numbers = line.rstrip("\n").split("\t")
                count, _, behind = numbers.partition(" ")
                counts[syllable], followers[syllable] = int(count), f" {behind} "
        except ValueError:
            raise Misconfigured(f"the syllable counts are broken in line {len(counts) + 1}") from None
        return cls(counts, followers, sum(counts.values()))

    def known(self, word: str) -> bool:
        """Whether prose uses the syllable; capitals and the place of the tone do not matter."""
        return folded(word) in self.counts

    def bond(self, before: str, word: str) -> float:
        """How strongly prose binds two syllables: the natural logarithm of how many times oftener than by chance.

        0.0 where the pair was not seen: how often a syllable stands alone says more of the prose that was counted than of
        the paper that is read (it made 47 lines of another kind of prose worse, and 36 better; bonds 1 and 23).
        """
        first, second = folded(before), folded(word)
        seen = self.counts.get(first, 0)
        pair = max(0.0, self._pair(first, second) - _DISCOUNT) if seen else 0.0
        if not pair:
            return 0.0
        alone = self.counts[second] / self.total
        return max(0.0, math.log((pair + _TRUST * alone) / (seen + _TRUST) / alone))

    def _pair(self, first: str, second: str) -> int:
        """Found in the text of the file: taking all the pairs apart would cost 60 ms before the first line is read."""
        behind = self.followers[first]
        start = behind.find(f" {second}:")
        return int(behind[start + len(second) + 2 : behind.index(" ", start + 1)]) if start >= 0 else 0
