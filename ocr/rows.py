"""Rows of letters, and the joining of their pieces: what stands level, near and of one size, or is joined by ink."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ocr.marks import Marks

_NEAR: Final = 2.3
"""Pieces of a row that stand nearer are joined, in letter heights; columns stand farther apart."""
_BRIDGE: Final = 16.0
"""Pieces of a row that stand nearer, in letter heights, are joined when the gap is full of ink."""
_FILLED: Final = 0.4
"""Share of the columns of a gap that have ink: a few letters have 0.6 to 0.8, a leader 0.3."""
_LIKE: Final = 1.9
"""Letter heights of pieces of one row differ by less; capitals are 1.5 times as tall as small letters."""
_FRAGMENT: Final = 2
"""Letters: so few say little of the size of their row, and may be a part of one that broke off."""
_REACH_UP, _REACH_DOWN = 1.25, 0.75
"""How far a capital with two accents reaches over the usual top of letters, and a tail with a point under the foot."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line in the pixels of the marks."""

    left: float
    top: float
    right: float
    bottom: float
    letter: float
    upper: float
    """Where its letters usually begin."""
    lower: float
    """Where its letters usually end."""
    letters: int
    """Letters of its size in it; none where a few marks are no line."""

    def scaled(self, factor: float) -> Row:
        """The row in other pixels."""
        return Row(
            self.left * factor, self.top * factor, self.right * factor, self.bottom * factor, self.letter * factor,
            self.upper * factor, self.lower * factor, self.letters,
        )  # fmt: skip

    @property
    def highest(self) -> float:
        """No accent of the line stands higher."""
        return self.upper - _REACH_UP * self.letter

    @property
    def lowest(self) -> float:
        """No tail of the line, nor a point under it, ends lower."""
        return self.lower + _REACH_DOWN * self.letter

    def with_piece(self, piece: Row) -> Row:
        """Both as one; the larger part says where the letters usually stand."""
        main = self if self.letters >= piece.letters else piece
        return Row(
            min(self.left, piece.left), min(self.top, piece.top), max(self.right, piece.right),
            max(self.bottom, piece.bottom), main.letter, main.upper, main.lower, self.letters + piece.letters,
        )  # fmt: skip

    def holds(self, other: Row) -> bool:
        """Whether another lies within it: where its letters usually stand, or a fragment where tails and accents reach."""
        if other.letters <= _FRAGMENT:
            level = self.highest <= other.upper and other.lower <= self.lowest
        else:
            level = self.upper < (other.upper + other.lower) / 2 < self.lower
        return level and self.left <= other.left and other.right <= self.right

    def near(self, other: Row) -> bool:
        """Whether marks between both could belong to either."""
        reach = 2 * max(self.letter, other.letter)
        return self.top - reach < other.bottom and other.top - reach < self.bottom

    def covers(self, other: Row) -> bool:
        """Whether both are the same ink, or one a part of the other."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0 and down > 0.4 * min(self.bottom - self.top, other.bottom - other.top)


def joined(marks: Marks, pieces: Sequence[Row]) -> list[Row]:
    """Pieces of one row that stand near each other, or are joined by ink, and have no wall between them, as one."""
    rows: list[Row] = []
    homes = defaultdict[int, list[int]](list)  # rows by their height on the page, so that few must be compared
    for piece in sorted(pieces, key=lambda piece: piece.left):
        place = int((piece.top + piece.bottom) / 2 / (4 * marks.letter))
        near = [number for home in (place - 1, place, place + 1) for number in homes[home]]
        level = [number for number in near if _is_level(rows[number], piece)]
        before = max(level, key=lambda number: rows[number].right, default=None)  # never past a piece in between
        if before is not None and _continues(marks, rows[before], piece):
            rows[before] = rows[before].with_piece(piece)
        else:
            homes[place].append(len(rows))
            rows.append(piece)
    return _without_inner(rows)


def _without_inner(rows: Sequence[Row]) -> list[Row]:
    """Rows that lie within a longer one, which was joined past them, belong to it."""
    outer: list[Row] = []
    for row in sorted(rows, key=lambda row: row.left - row.right):
        home = next((number for number, other in enumerate(outer) if other.holds(row)), None)
        if home is None:
            outer.append(row)
        else:
            outer[home] = outer[home].with_piece(row)
    return outer


def _is_level(row: Row, piece: Row) -> bool:
    shared = min(row.lower, piece.lower) - max(row.upper, piece.upper)
    return shared > 0.5 * min(row.lower - row.upper, piece.lower - piece.upper)


def _continues(marks: Marks, row: Row, piece: Row) -> bool:
    """Whether a piece goes on where a level row ends: of its size, and near or joined by ink."""
    letter, larger = sorted((row.letter, piece.letter))
    gap = max(row.left, piece.left) - min(row.right, piece.right)
    like = _LIKE if min(row.letters, piece.letters) > _FRAGMENT else 1.5 * _LIKE
    if larger > like * letter or _is_walled(marks, row, piece):
        return False
    return gap < _NEAR * letter or (gap < _BRIDGE * letter and _is_inked(marks, row, piece))


def _is_inked(marks: Marks, row: Row, piece: Row) -> bool:
    """Whether ink fills the gap: letters that a pen, a seal or dirt has grown together with, or broken ones."""
    top, bottom = int(max(row.upper, piece.upper)), int(min(row.lower, piece.lower))
    between = marks.ink[top:bottom, int(row.right) : int(piece.left) + 1]
    return bool(between.size and between.any(axis=0).mean() > _FILLED)


def _is_walled(marks: Marks, row: Row, piece: Row) -> bool:
    if marks.walls is None or piece.left <= row.right:
        return False
    top, bottom = int(max(row.top, piece.top)), int(min(row.bottom, piece.bottom))
    between = marks.walls[top:bottom, int(row.right) : int(piece.left) + 1]
    return bool(between.size and between.any(axis=1).mean() > 0.7)
