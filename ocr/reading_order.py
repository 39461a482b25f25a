"""Puts the lines of a page in the order in which a person reads them: blocks first, then rows.

Columns are read one after the other: the two heads of a letter, the halves of a certificate, the signatures below it. Rows
of a table, and a label with its value, stay together.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dossier.values import Box, Line
from ocr.layout import union

_GUTTER: Final = 1.2
"""Least width of the white between two columns, in line heights."""
_PITCH: Final = 1.6
"""A line that stands alone goes on a column when it follows within this, in line heights."""
_ROOM_TO_SIGN: Final = 14.0
"""Two columns go on together over an empty space of so many line heights."""
_PAIRED: Final = 0.4
"""Share of the rows of two columns that have something in both."""
_ALIGNED: Final = 1.0
"""Lines of a column begin, or are centred, within so many line heights."""


@dataclass(frozen=True, slots=True)
class _Item:
    line: Line
    box: Box

    @property
    def middle(self) -> float:
        return (self.box.left + self.box.right) / 2


_Row = list[_Item]


@dataclass(frozen=True, slots=True)
class _Columns:
    """The first rows of a list, parted by one white strip."""

    end: int
    """Number of rows."""
    strip: float
    """Middle of the strip."""


def in_reading_order(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Order the lines of an upright page; every line has at least one word and comes out once."""
    items = [_Item(line, union(word.box for word in line.words)) for line in lines]
    if not items:
        return ()
    height = statistics.median(item.box.height for item in items)
    return tuple(item.line for item in _ordered(items, height))


def _ordered(items: Sequence[_Item], height: float) -> list[_Item]:
    rows = _rows(sorted(items, key=lambda item: item.box.top))
    ordered: list[_Item] = []
    while rows:
        columns = _columns(rows, height)
        if columns is None:
            ordered += rows.pop(0)
            continue
        block = [item for row in rows[: columns.end] for item in row]
        for side in (True, False):
            ordered += _ordered([item for item in block if (item.box.left < columns.strip) is side], height)
        del rows[: columns.end]
    return ordered


def _rows(items: Sequence[_Item]) -> list[_Row]:
    """Items that stand level, left to right; the items come from the top down."""
    rows: list[_Row] = []
    for item in items:
        home = next((row for row in reversed(rows[-4:]) if all(_level(item.box, other.box) for other in row)), None)
        if home is None:
            rows.append([item])
        else:
            home.append(item)
    for row in rows:
        row.sort(key=lambda item: item.box.left)
    return rows


def _level(one: Box, other: Box) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    apart = one.left >= other.right or other.left >= one.right
    return apart and shared > 0.5 * min(one.height, other.height)


def _columns(rows: list[_Row], height: float) -> _Columns | None:
    """The longest columns that begin with the first row, if any do."""
    seed = next((row for row in rows[:3] if len(row) > 1), [])
    found = [_down(rows, before.box.right, after.box.left, height) for before, after in pairwise(seed)]
    return max((columns for columns in found if columns), key=lambda columns: columns.end, default=None)


def _down(rows: list[_Row], left: float, right: float, height: float) -> _Columns | None:
    """Go down the strip between ``left`` and ``right`` while it stays white."""
    pairs: list[_Row] = []
    end = last_pair = 0
    for row in rows:
        strip = (left + right) / 2
        before, after = [item for item in row if item.box.right <= strip], [item for item in row if item.box.left >= strip]
        paired = bool(before and after)
        room = _ROOM_TO_SIGN if paired else 2 * _PITCH
        if len(before) + len(after) < len(row) or (end and _gap(rows[end - 1], row) > room * height):
            break
        new_left = max([left, *(item.box.right for item in before)])
        new_right = min([right, *(item.box.left for item in after)])
        if new_right - new_left < _GUTTER * height:
            break
        left, right, end = new_left, new_right, end + 1
        if paired:
            pairs, last_pair = [*pairs, row], end
    strip = (left + right) / 2
    if len(pairs) < max(2, _PAIRED * last_pair) or _has_labels(pairs, strip) or _is_table(pairs, height):
        return None
    return _Columns(_with_tail(rows, last_pair, strip, height), strip)


def _has_labels(pairs: Sequence[_Row], strip: float) -> bool:
    """Whether what stands left of the strip mostly announces what stands right of it."""
    last = [[item for item in row if item.box.right <= strip][-1] for row in pairs]
    return sum(item.line.words[-1].text.endswith(":") for item in last) * 2 > len(pairs)


def _is_table(pairs: Sequence[_Row], height: float) -> bool:
    """Whether rows of three and more cells are aligned as a table: signatures side by side are centred instead."""
    wide = [row for row in pairs if len(row) > 2]
    if len(wide) * 2 < len(pairs):
        return False
    columns = [column for column in zip(*(row for row in wide if len(row) == len(wide[0])), strict=True) if len(column) > 1]
    centred = sum(
        _spread([item.middle for item in column]) < _ALIGNED * height <= _spread([item.box.left for item in column])
        for column in columns
    )
    return not columns or centred * 2 < len(columns)


def _spread(places: Sequence[float]) -> float:
    return max(places) - min(places)


def _with_tail(rows: list[_Row], end: int, strip: float, height: float) -> int:
    """Lines that go on in one column after the other has ended."""
    start = min(item.box.left for row in rows[:end] for item in row)
    while end < len(rows) and len(rows[end]) == 1 and _gap(rows[end - 1], rows[end]) < _PITCH * height:
        box = rows[end][0].box
        if not (box.right <= strip or box.left >= strip or abs(box.left - start) < _ALIGNED * height):
            break
        end += 1
    return end


def _gap(row: _Row, below: _Row) -> float:
    return min(item.box.top for item in below) - max(item.box.bottom for item in row)
