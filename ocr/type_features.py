"""What the text model sees of a paper: hashed runs of letters and pairs of words of its capitals and of its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from dossier.vietnamese import fold

BUCKETS: Final = 1 << 15
"""Features; two n-grams that fall into one share a weight."""

_HEAD_LETTERS: Final = 400
"""Letters of capitals that count: titles and section heads; later ones are signatures."""
_BODY_LETTERS: Final = 1500
"""Letters of the text that count, from its beginning: what a paper is, it says early."""
_HEAD_SHARE: Final = 0.3
"""Weight of the capitals in the unit vector of a paper (squared); the rest is the text's. Of 0.3, 0.4, 0.5 and 0.6 the
first named most pages of the frozen set rightly."""
_LENGTHS: Final = (3, 4, 5)
"""Letters of an n-gram; it stays inside one word with a blank at each side."""

_DIGIT: Final = re.compile(r"\d")
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_CAPITALS: Final = 0.65
"""Share of capitals among the letters of a line that is set in capitals."""

Ids = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]


class Sheet(NamedTuple):
    """The folded text of a paper's first page, cut to what counts."""

    head: str
    """Lines in capitals."""
    body: str
    """All lines; digits are ``0``: whose number it is teaches nothing."""


@dataclass(frozen=True, slots=True)
class Bag:
    """Buckets that a paper fills, each once, and how full; before weighting."""

    ids: Ids
    counts: Weights


def sheet_of(text: str) -> Sheet:
    """Cut and fold the text of a page; lines end with a line feed."""
    lines = text.split("\n")
    head = [line for line in lines if _in_capitals(line)]
    return Sheet(_plain(" ".join(head), _HEAD_LETTERS), _plain(" ".join(lines), _BODY_LETTERS))


def bags_of(sheet: Sheet) -> tuple[Bag, Bag]:
    """Head and body of a sheet as filled buckets; the two speak of other buckets for the same letters."""
    return _bag(sheet.head, 0x9E3779B1), _bag(sheet.body, 0x85EBCA6B)


def vector(bags: tuple[Bag, Bag], idf: Weights) -> tuple[Ids, Weights]:
    """Buckets of a sheet and their weights: 1 + log(count), times idf, each part scaled to its share.

    Returns:
        Ids, possibly one twice (once a part), and weights; the squares of a part sum up to its share, or to 0.
    """
    ids, weights = [], []
    for bag, share in zip(bags, (_HEAD_SHARE, 1 - _HEAD_SHARE), strict=True):
        weight = (1 + np.log(bag.counts)) * idf[bag.ids]
        length = float(np.sqrt(weight @ weight))
        ids.append(bag.ids)
        weights.append(weight * (np.sqrt(share) / length if length else 0.0))
    return np.concatenate(ids), np.concatenate(weights)


def _in_capitals(line: str) -> bool:
    letters = [letter for letter in line if letter.isalpha()]
    return len(letters) > 3 and sum(letter.isupper() for letter in letters) >= _CAPITALS * len(letters)


def _plain(text: str, letters: int) -> str:
    folded = _NO_WORD.sub(" ", fold(text[: 2 * letters]))
    return _DIGIT.sub("0", folded).strip()[:letters]


def _bag(text: str, salt: int) -> Bag:
    """Every n-gram inside a word and every pair of neighbouring words, hashed; numpy only, under 1 ms for a page."""
    codes = np.frombuffer(f" {text} ".encode("ascii"), np.uint8).astype(np.uint32)
    hashes = [*_within_words(codes, salt), _pairs(codes, salt)]
    ids, counts = np.unique(np.concatenate(hashes), return_counts=True)
    return Bag(ids.astype(np.int64), counts.astype(np.float64))


def _within_words(codes: npt.NDArray[np.uint32], salt: int) -> list[npt.NDArray[np.uint32]]:
    blank = codes == ord(" ")
    hashes = []
    for length in _LENGTHS:
        count = len(codes) - length + 1
        if count < 1:
            continue
        value = np.full(count, salt + length, np.uint32)
        broken = np.zeros(count, bool)
        for place in range(length):
            value = (value ^ codes[place : place + count]) * np.uint32(0x01000193)  # FNV-1a, a letter at a time
            if 0 < place < length - 1:
                broken |= blank[place : place + count]
        hashes.append(_bucket(value[~broken]))
    return hashes


def _pairs(codes: npt.NDArray[np.uint32], salt: int) -> npt.NDArray[np.uint32]:
    """A word is the sum of its letters times powers of an odd number; a pair mixes two of them in their order."""
    blanks = np.flatnonzero(codes == ord(" "))
    if len(blanks) < 3:
        return np.zeros(0, np.uint32)
    place = np.arange(len(codes), dtype=np.uint32)
    starts = np.zeros(len(codes), np.uint32)
    starts[blanks] = blanks
    inside = place - np.maximum.accumulate(starts)
    powers = np.cumprod(np.full(int(inside.max()) + 1, 0x2C1B3C6D, np.uint32), dtype=np.uint32)
    sums = np.cumsum(np.where(codes == ord(" "), np.uint32(0), codes * powers[inside]), dtype=np.uint32)
    words = sums[blanks[1:]] - sums[blanks[:-1]]
    return _bucket((words[:-1] * np.uint32(0x297A2D39) + words[1:]) ^ np.uint32(salt))


def _bucket(value: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Mix the bits (the finish of MurmurHash3) and keep as many as there are buckets."""
    value = (value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    value = (value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return (value ^ (value >> np.uint32(16))) % np.uint32(BUCKETS)
