"""Words of a drawn page against its ink: boxes are drawn tight, words without ink go, and ink without words is measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from dossier.values import Box, Line, Word
from ocr.ink import Pixels

_INK: Final = 40
"""Levels between the ground and what is seen on it: light gray print has 60, a watermark less."""

_REACH: Final = 0.25
"""Part of its height by which a box may grow: the marks of Ế stand above what fonts call their height."""

_GROUND: Final = 7
"""Pixels at 25 dpi around a place whose median is its ground: rows of print are less than half ink."""

_SHRINK: Final = 3
"""From the drawn page to the one on which ink is counted, which then has 100 dpi."""

_FLAT, _TALL = 4, 40
"""Pixels at 100 dpi between which letters, or rows of touching letters, are high: print of 4 to 40 points."""

_LONG: Final = 300
"""Pixels at 100 dpi: touching letters are no longer than a word."""

_RULE: Final = 0.9
"""Share of its box that a thick rule fills."""


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A drawn page in the two forms that are asked."""

    gray: Pixels
    """At 300 dpi, as drawn."""
    ink: Pixels
    """At 100 dpi, 255 where there is ink that is not red: stamps are no letters."""

    @classmethod
    def of(cls, pixels: Pixels) -> DrawnPage:
        """Take the pixels (height, width, 3), RGB."""
        gray = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        height, width = gray.shape
        size = max(width // _SHRINK, 1), max(height // _SHRINK, 1)
        red = cv2.resize(cv2.extractChannel(pixels, 0), size, interpolation=cv2.INTER_AREA)
        tiny = cv2.resize(red, (-(-size[0] // 4), -(-size[1] // 4)), interpolation=cv2.INTER_AREA)
        ground = cv2.resize(cv2.medianBlur(tiny, _GROUND), size, interpolation=cv2.INTER_LINEAR)
        return cls(gray, np.asarray(cv2.threshold(cv2.absdiff(red, ground), _INK, 255, cv2.THRESH_BINARY)[1], np.uint8))


def tightened(lines: Iterable[Line], page: DrawnPage) -> Iterator[tuple[Line, Line]]:
    """Each line with tight boxes and with those of its font; words without ink are left out, and lines without words."""
    for line in lines:
        kept = [(word, box) for word in line.words if (box := _tight(word.box, page.gray)) is not None]
        if kept:
            yield (
                Line(tuple(Word(word.text, box, word.confidence) for word, box in kept)),
                Line(tuple(word for word, _ in kept)),
            )


def share_in_words(lines: Iterable[Line], page: DrawnPage) -> float:
    """Share of what looks like letters that lies in the boxes of words, 0.0 to 1.0; 1.0 where nothing does."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(page.ink)
    wide, high, area = (
        stats[:, column].astype(np.int64) for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA)
    )
    letters = (high >= _FLAT) & (high <= _TALL) & (wide <= _LONG) & ((area < _RULE * wide * high) | (wide < 2 * high))
    letters[0] = False  # the paper
    inside = np.zeros(page.ink.shape, bool)
    for line in lines:
        for word in line.words:
            box = word.box
            left, top = max(round(box.left / _SHRINK) - 1, 0), max(round((box.top - _REACH * box.height) / _SHRINK), 0)
            inside[top : round(box.bottom / _SHRINK) + 1, left : round(box.right / _SHRINK) + 1] = True
    within = np.bincount(labels[inside], minlength=count)
    covered = letters & (2 * within >= area)
    total = int(area[letters].sum())
    return float(area[covered].sum() / total) if total else 1.0


def _tight(box: Box, gray: Pixels) -> Box | None:
    """The ink in a box, with what of it stands out by a little; None where there is none."""
    height, width = gray.shape
    reach = int(_REACH * min(box.width, box.height)) + 1
    left, top = max(int(box.left) - reach, 0), max(int(box.top) - reach, 0)
    part = gray[top : min(int(box.bottom) + reach + 1, height), left : min(int(box.right) + reach + 1, width)]
    if not part.size:
        return None
    first, last = round(box.top) - top, round(box.bottom) - top
    start, end = round(box.left) - left, round(box.right) - left
    within = part[max(first, 0) : last, max(start, 0) : end]
    if not within.size:
        return None
    ground = int(np.bincount(within[::2, ::2].ravel(), minlength=256).argmax())
    ink = (part < ground - _INK) | (part > ground + _INK)  # light on dark is ink as well
    rows = _span(ink[:, max(start, 0) : end], 1, first, last)
    if rows is None:
        return None
    columns = _span(ink[rows[0] : rows[1]], 0, start, end)
    if columns is None:
        return None
    return Box(left + columns[0], top + rows[0], left + columns[1], top + rows[1])


def _span(ink: npt.NDArray[np.bool_], axis: int, first: int, last: int) -> tuple[int, int] | None:
    """Where rows (axis 1) or columns (0) have ink from ``first`` to ``last``, and on from there if it comes to an end."""
    has_ink = np.asarray(ink.any(axis=axis))
    first, last = max(first, 0), min(last, has_ink.size)
    found = np.flatnonzero(has_ink[first:last])
    if not found.size:
        return None
    start, end = first + int(found[0]), first + int(found[-1]) + 1
    before = np.flatnonzero(~has_ink[:start]) if start == first else np.empty(0, np.intp)
    behind = np.flatnonzero(~has_ink[end:]) if end == last else np.empty(0, np.intp)
    return (int(before[-1]) + 1 if before.size else start), (end + int(behind[0]) if behind.size else end)
