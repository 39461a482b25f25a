"""Finds the lines of print on an upright, straight, gray page, without reading them.

Letters are the ground: marks of letter size, each drawn as a narrow band about its middle, so that the tails of one line
and the accents of the next never touch. Bands that stand near each other in a row are a line; its accents, dots and dashes
are gathered afterwards, because a line cut a hair too tight loses them. Ruled lines, leaders, frames and pictures are no
letters. Headings far larger than the rest are looked for first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from dossier.values import Box
from ocr.ink import Pixels
from ocr.marks import Marks, find_marks, middle
from ocr.rows import Row, joined

Flags = npt.NDArray[np.bool_]

_BAND: Final = (0.30, 0.35, 0.80)
"""Half the height of a letter's band: share of its own height, and least and most, in usual letter heights."""
_GAP: Final = 1.6
"""Letters of one line stand nearer, in usual letter heights; the blanks of justified text reach 1.2."""
_HEADING: Final = 3.3
"""Marks so much taller than the usual letter are looked at first: in a row a heading, alone two lines grown together."""
_MOST_SHORT: Final = 30_000
"""Letters whose bands surely need no more labels than 16 bits can tell apart."""
_STRAY: Final = 2.6
"""A mark so much taller than the usual one of its line is a piece of a frame or a pen stroke."""
_FEW: Final = 4
_MORE: Final = 1.25
"""A second sight must show so many times the letters."""
MOST_LINES: Final = 400
"""Lines of one page, those with most letters; a page of an official gazette has 150."""
_TALLEST: Final = 8.0
_ABOVE, _BELOW = 0.95, 0.55
"""How far the marks of a line may stand over its letters and under them, in its letter heights."""
_ACCENT: Final = 0.45
_BESIDE: Final = 1.1
"""How far a dash, a full stop or a colon may stand from the first or last letter, in letter heights."""
_MARGIN: Final = 0.16
"""White left around a line, in letter heights: the recogniser reads best with a little and badly with none (measured)."""


@dataclass(frozen=True, slots=True)
class FoundLine:
    """Where a line of print stands."""

    box: Box
    """Around all its ink with a little white, pixels of the page."""
    letter: float
    """Its usual letter height, pixels of the page."""
    letters: int
    """Marks of the size of its letters; what touches counts once."""


def find_lines(gray: Pixels, dpi: float) -> tuple[FoundLine, ...]:
    """Find the lines of a page whose paper is white, from the top down; cells and columns are lines of their own."""
    rows = _without_doubles([_found(marks) for marks in find_marks(gray, dpi)])
    rows = sorted(sorted(rows, key=lambda row: -row.letters)[:MOST_LINES], key=lambda row: row.top)
    return tuple(FoundLine(Box(row.left, row.top, row.right, row.bottom), row.letter, row.letters) for row in rows)


def _found(marks: Marks) -> list[Row]:
    """The lines that one way to see the ink shows, in pixels of the page; headings far larger than the rest first."""
    usual = marks.letter
    large = np.flatnonzero(marks.letters & (marks.tall > _HEADING * usual) & (marks.tall <= _TALLEST * usual))
    rows: list[Row] = []
    if large.size >= _FEW - 1:
        size = middle(marks.tall[large])
        chains = [chain for chain in _chained(marks, large, size) if _in_step(marks, chain) >= _FEW - 1]
        rows = _rows(marks, chains, size)
    rest = marks.letters & (marks.tall <= _TALLEST * usual) & ~_inside(marks, rows)
    rows += _rows(marks, _chained(marks, np.flatnonzero(rest), usual), usual)
    return [row.scaled(1 / marks.scale) for row in rows]


def _without_doubles(ways: list[list[Row]]) -> list[Row]:
    """Lines seen both ways once: the second sight replaces the first where it shows clearly more letters."""
    if not ways:
        return []
    kept = ways[0]
    for row in (row for way in ways[1:] for row in way):
        same = [other for other in kept if other.covers(row)]
        if row.letters > _MORE * sum(other.letters for other in same):
            kept = [other for other in kept if other not in same] + [row]
    return kept


def _in_step(marks: Marks, chain: npt.NDArray[np.intp]) -> int:
    """How many letters of a chain are of its size; none where it is no line."""
    tall = marks.tall[chain]
    usual = middle(tall)
    return int(((tall > 0.55 * usual) & (tall < 1.9 * usual)).sum())


def _rows(marks: Marks, chains: Sequence[npt.NDArray[np.intp]], usual: float) -> list[Row]:
    """Lines made of chained letters."""
    bodies = joined(marks, [_body(marks, chain) for chain in chains])
    bodies = [body for body in bodies if body.right - body.left > 0.2 * usual]
    bodies = sorted(bodies, key=lambda body: -body.letters)[:MOST_LINES]
    return [
        _with_small_marks(marks, body, [other for other in bodies if other is not body and other.near(body)])
        for body in bodies
    ]


def _chained(marks: Marks, letters: npt.NDArray[np.intp], usual: float) -> list[npt.NDArray[np.intp]]:
    """Letters that stand in a row, as lists of their numbers."""
    share, least, most = _BAND
    half = np.clip(share * marks.tall[letters], least * usual, most * usual)
    bodies = np.minimum(marks.tall[letters], 2 * usual)  # of a tall one, with accents or grown together, the foot counts
    centre = marks.top[letters] + marks.tall[letters] - bodies / 2
    bands = np.zeros(marks.shape, np.uint8)
    top, bottom = np.rint(centre - half).astype(int), np.rint(centre + half).astype(int)
    left, right = marks.left[letters], marks.left[letters] + marks.wide[letters]
    for x0, y0, x1, y1 in zip(left.tolist(), top.tolist(), right.tolist(), bottom.tolist(), strict=True):
        bands[max(0, y0) : y1, x0:x1] = 1
    bands = np.asarray(cv2.morphologyEx(bands, cv2.MORPH_CLOSE, np.ones((1, int(_GAP * usual) | 1), np.uint8)), np.uint8)
    if marks.walls is not None:
        bands[marks.walls > 0] = 0
    kind = cv2.CV_16U if letters.size < _MOST_SHORT else cv2.CV_32S
    _, labels = cv2.connectedComponents(bands, connectivity=8, ltype=kind)
    height, width = marks.shape
    own = labels[np.clip(centre.astype(int), 0, height - 1), np.clip((left + right) // 2, 0, width - 1)].astype(np.int64)
    walled = own == 0  # a stroke so tall that it was taken for a wall stands alone
    own[walled] = -1 - np.arange(np.count_nonzero(walled))
    order = np.argsort(own, kind="stable")
    cuts = np.flatnonzero(np.diff(own[order])) + 1
    return [group for group in np.split(letters[order], cuts) if group.size]


def _body(marks: Marks, member: npt.NDArray[np.intp]) -> Row:
    """The line as far as its letters reach."""
    tall = marks.tall[member]
    fitting = member[tall <= _STRAY * middle(tall)] if member.size >= _FEW else member
    top, tall = marks.top[fitting], marks.tall[fitting]
    left, right = int(marks.left[fitting].min()), int((marks.left[fitting] + marks.wide[fitting]).max())
    row = Row(left, 0.0, right, 0.0, middle(tall), middle(top), middle(top + tall), _in_step(marks, member))
    return replace(row, top=max(row.highest, float(top.min())), bottom=min(row.lowest, float((top + tall).max())))


def _with_small_marks(marks: Marks, body: Row, others: list[Row]) -> Row:
    """The line with the accents over and under it and the points and dashes beside it, and a little white."""
    letter = body.letter
    right = marks.left + marks.wide
    bottom = marks.top + marks.tall
    centre = (marks.top + bottom) / 2
    over = (marks.left < body.right) & (right > body.left)
    near = (centre > body.top - _ABOVE * letter) & (centre < body.bottom + _BELOW * letter)
    level = (centre > body.top) & (centre < body.bottom + 0.2 * letter)
    beside = level & (marks.left < body.right + _BESIDE * letter) & (right > body.left - _BESIDE * letter)
    mine = marks.small & ((over & near) | beside)
    accent = (marks.tall < 0.5 * letter) & (marks.wide < 1.1 * letter)  # of a heading: as large as letters of the rest
    mine |= marks.letters & accent & over & (centre > body.top - _ACCENT * letter) & (centre < body.bottom + 0.2 * letter)
    for other in others:
        if other.left > body.right + _BESIDE * letter or other.right < body.left - _BESIDE * letter:
            continue
        nearer = _distance(centre, other) < _distance(centre, body)
        mine &= ~(nearer & (marks.left < other.right) & (right > other.left))
    if not mine.any():
        return _padded(body, body.left, body.top, body.right, body.bottom)
    return _padded(
        body,
        min(body.left, int(marks.left[mine].min())),
        max(min(body.top, float(marks.top[mine].min())), body.highest),
        max(body.right, int(right[mine].max())),
        min(max(body.bottom, float(bottom[mine].max())), body.lowest),
    )


def _padded(body: Row, left: float, top: float, right: float, bottom: float) -> Row:
    white = max(1.0, _MARGIN * body.letter)
    return replace(body, left=left - 2 * white, top=top - white, right=right + 2 * white, bottom=bottom + white)


def _distance(centre: npt.NDArray[np.float64], row: Row) -> npt.NDArray[np.float64]:
    return np.maximum(np.maximum(row.top - centre, centre - row.bottom), 0.0)


def _inside(marks: Marks, rows: list[Row]) -> Flags:
    """Marks whose middle lies in a line that was found: two letters grown together, or a capital with its accent."""
    x, y = marks.left + marks.wide / 2, marks.top + marks.tall / 2
    inside = np.zeros(x.shape, bool)
    for row in rows:
        inside |= (
            (x > row.left) & (x < row.right) & (y + 0.35 * marks.tall > row.top) & (y - 0.35 * marks.tall < row.bottom)
        )
    return inside
