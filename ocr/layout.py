"""A read page cut into segments: runs of words that no wide gap parts, so that columns and table cells stay apart."""

from __future__ import annotations

import re
import statistics
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from dossier.types import Cue
from dossier.values import Box, Line, ReadPage, Word
from dossier.vietnamese import fold_in_place

_WIDE_GAP: Final = 1.5
"""In word heights. Blanks of justified text stay below 1.0; the gap between two columns of a form's head is about 2."""
_COLUMN_REACH: Final = 6.0
"""In line heights: lines so far below still tell how wide the column is."""
_INDENT: Final = 3.0
"""In line heights: the first line of a paragraph may stand in by so much."""
_SPECK: Final = 0.35
_ORNAMENT: Final = 4.0
"""Of the usual height of a line: dust is smaller, the frame of a certificate read as a column of zeros is larger."""
_LEADER: Final = re.compile(r"[.…_·•|]+|[-–—]{2,}")
"""Dotted lines and table rules that were read as words."""


@dataclass(frozen=True)
class Segment:
    """Words that belong together on one line of one page."""

    page: int
    """Number of the page, from 1."""
    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        """The words joined by single blanks."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def folded(self) -> str:
        """`text` folded letter by letter: positions in both are the same."""
        return fold_in_place(self.text)

    @cached_property
    def box(self) -> Box:
        """Smallest rectangle around the words."""
        return union(word.box for word in self.words)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        starts, at = [], 0
        for word in self.words:
            starts.append(at)
            at += len(word.text) + 1
        return tuple(starts)

    def words_between(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that the letters ``start`` to ``end`` (exclusive) of `text` touch."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = bisect_right(self._starts, max(end - 1, start))
        return self.words[first:last]

    @property
    def in_capitals(self) -> bool:
        """True when most letters are capitals: how a title is set."""
        letters = [letter for letter in self.text if letter.isalpha()]
        return len(letters) >= 3 and sum(letter.isupper() for letter in letters) >= 0.7 * len(letters)


@dataclass(frozen=True)
class PageView:
    """A page and its segments."""

    page: ReadPage
    segments: tuple[Segment, ...]
    """In reading order."""

    @cached_property
    def shown(self) -> dict[Cue, bool]:
        """What was found out of the cues that were looked for: several types look for the same ones."""
        return {}

    @cached_property
    def by_height(self) -> tuple[Segment, ...]:
        """The segments from the top of the page down, left before right."""
        return tuple(sorted(self.segments, key=lambda segment: (segment.box.top, segment.box.left)))

    @cached_property
    def line_height(self) -> float:
        """Median height of the segments, pixels."""
        return statistics.median(segment.box.height for segment in self.segments) if self.segments else 0.0

    def is_upper(self, segment: Segment, share: float) -> bool:
        """True when the segment stands in the upper ``share`` (0.0 to 1.0) of what is printed on the page.

        Measured on the print, not the sheet: a card copied into the middle of a sheet has its title far down.
        """
        top = min(one.box.top for one in self.segments)
        bottom = max(one.box.bottom for one in self.segments)
        return segment.box.top <= top + share * (bottom - top)

    def below(self, segment: Segment, *, reach: float = 3.0) -> Segment | None:
        """The nearest segment under ``segment`` in its column, at most ``reach`` line heights from its bottom."""
        box = segment.box
        limit = box.bottom + reach * self.line_height
        under = [
            other
            for other in self.segments
            if box.top + 0.6 * box.height < other.box.top < limit and _same_column(box, other.box)
        ]
        return min(under, key=lambda other: other.box.top, default=None)

    def right_of(self, segment: Segment) -> Segment | None:
        """The next segment on the same row."""
        box = segment.box
        middle = (box.top + box.bottom) / 2
        after = [other for other in self.segments if other.box.left >= box.right]
        row = [other for other in after if other.box.top < middle < other.box.bottom]
        return min(row, key=lambda other: other.box.left, default=None)

    def row_of(self, segment: Segment) -> tuple[Segment, ...]:
        """The segments on the same row, itself included, left before right."""
        box = segment.box
        row = [one for one in self.segments if one.box.top < (box.top + box.bottom) / 2 < one.box.bottom]
        return tuple(sorted(row, key=lambda one: one.box.left))

    def column_right(self, segment: Segment) -> float:
        """Right edge of the column that the segment stands in, pixels: the farthest of the lines next to and under it."""
        high = self.line_height
        near = (
            other.box.right
            for other in self.segments
            if -high <= other.box.top - segment.box.top <= _COLUMN_REACH * high
            and abs(other.box.left - segment.box.left) <= _INDENT * high
        )
        return max(near, default=segment.box.right)


def view(page: ReadPage) -> PageView:
    """Cut a page into segments; specks and ornaments that were read as letters are left out."""
    segments = [segment for line in page.lines for segment in _cut(page.number, line)]
    usual = statistics.median(word.box.height for word in page.words) if segments else 0.0
    return PageView(page, tuple(one for one in segments if not _is_scrap(one.box, usual)))


def union(boxes: Iterable[Box]) -> Box:
    """Smallest rectangle around at least one box."""
    lefts, tops, rights, bottoms = zip(*((box.left, box.top, box.right, box.bottom) for box in boxes), strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def _cut(page: int, line: Line) -> list[Segment]:
    words = sorted((word for word in line.words if not _LEADER.fullmatch(word.text)), key=lambda word: word.box.left)
    if not words:
        return []
    wide = _WIDE_GAP * statistics.median(word.box.height for word in words)
    runs = [[words[0]]]
    for before, word in pairwise(words):
        if word.box.left - before.box.right > wide:
            runs.append([])
        runs[-1].append(word)
    return [Segment(page, tuple(run)) for run in runs]


def _is_scrap(box: Box, usual: float) -> bool:
    return box.height < _SPECK * usual or box.height > max(_ORNAMENT * usual, box.width)


def _same_column(upper: Box, lower: Box) -> bool:
    shared = min(upper.right, lower.right) - max(upper.left, lower.left)
    return shared > 0.3 * min(upper.width, lower.width)
