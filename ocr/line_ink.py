"""Where the ink of a line picture begins and ends: the net says what stands there, the ink says exactly where."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ocr.ink import Pixels
from ocr.line_picture import HEIGHT

_MARGIN: Final = 3
"""Rows at the top and at the bottom that are not looked at: what is left there of the neighbouring lines."""

_SPECK: Final = 1.0
"""Ink of a column, in black pixels above that of the emptiest tenth, that is noise: a hyphen is 2 pixels thick."""

_FAINT: Final = 96
"""Paper is 255; a row with a pixel darker than this has ink."""

LETTER_GAP: Final = 2
"""Columns without ink that part two letters, or the last letter and the first dot of a leader."""

WORD_GAP: Final = 7
"""Columns: gaps inside a word are narrower, apart from spaced ones."""

_WIDEST_LETTER: Final = 36
"""Columns: a capital W of the bold face."""


@dataclass(frozen=True, slots=True)
class LineInk:
    """The gaps of a line picture, left to right, the empty columns at both ends included."""

    picture: Pixels
    starts: list[int]
    """First empty column of each gap."""
    ends: list[int]
    """Column behind each gap."""

    @property
    def width(self) -> int:
        """Columns of the picture."""
        return int(self.picture.shape[1])

    def widest_gap(self, left: int, right: int) -> tuple[int, int]:
        """The gap that reaches farthest into the columns between two letters; the middle when there is none."""
        found = [
            (min(end, right) - max(start, left), start, end)
            for start, end in self._between(left, right)
        ]  # fmt: skip
        if not found:
            return (left + right) // 2, (left + right) // 2
        _, start, end = max(found)
        return start, end

    def start(self, column: int, following: int, *, least: int = LETTER_GAP) -> int:
        """Where the ink of a letter begins whose neighbour to the right is known; the net may point at it too early.

        Args:
            column: where the net saw the letter.
            following: where it saw the next one.
            least: columns of a gap that ends the search.
        """
        limit = max(0, column - _WIDEST_LETTER)
        return max(
            (
                end
                for start, end in self._between(limit, following)
                if start <= column and end <= following and (end - start >= least or start == 0)
            ),
            default=limit,
        )

    def end(self, column: int, limit: int, *, least: int = LETTER_GAP) -> int:
        """Where the ink of a letter ends, before a limit; the net may point at it too early, not too late."""
        limit = min(limit, column + _WIDEST_LETTER)
        return min(
            (
                start
                for start, end in self._between(column, limit)
                if start >= column and (end - start >= least or end == self.width)
            ),
            default=limit,
        )

    def trim(self, left: int, right: int) -> tuple[int, int]:
        """Columns without the empty ones at their ends."""
        gaps = self._between(left, right)
        if gaps and gaps[0][0] <= left:
            left = min(gaps[0][1], right)
        if gaps and gaps[-1][1] >= right:
            right = max(gaps[-1][0], left)
        return left, right

    def rows(self, parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """For each pair of columns, the first row with ink between them and the row behind the last one.

        Ink that only touches the upper or lower edge belongs to the neighbouring line. Without ink it is the whole height.
        """
        if not parts:
            return []
        columns = np.minimum(np.asarray(parts).ravel(), self.width - 1)
        inked = np.minimum.reduceat(self.picture, columns, axis=1)[:, ::2] < _FAINT
        for edge in (inked, inked[::-1]):
            for row in range(_MARGIN, 0, -1):
                edge[:row] &= edge[row]
        first, last = inked.argmax(axis=0), HEIGHT - inked[::-1].argmax(axis=0)
        return list(zip(first.tolist(), last.tolist(), strict=True))

    def _between(self, left: int, right: int) -> list[tuple[int, int]]:
        """The gaps that have a column between two columns."""
        some = slice(bisect_right(self.ends, left), bisect_left(self.starts, right))
        return list(zip(self.starts[some], self.ends[some], strict=True))


def find_ink(picture: Pixels) -> LineInk:
    """Find the gaps of a line picture (dark on light); a rule under the whole line does not close them."""
    rows = picture[_MARGIN:-_MARGIN]
    ink = len(rows) - rows.sum(axis=0, dtype=np.float32) / 255
    empty = np.concatenate(([False], ink <= np.partition(ink, len(ink) // 10)[len(ink) // 10] + _SPECK, [False]))
    changes = np.flatnonzero(empty[1:] != empty[:-1])
    return LineInk(picture, changes[::2].tolist(), changes[1::2].tolist())
