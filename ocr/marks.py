"""The marks of a page one by one, sorted into letters and what may belong to one: the ground of finding lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from ocr.components import components
from ocr.ink import Pixels

Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

WORK_DPI: Final = 150.0
"""Letters of 11 points are 10 to 16 pixels tall: enough to part them, and a page takes 20 ms."""

WORK_DPI_RANGE: Final = (110.0, 300.0)
LETTER_PIXELS: Final = 12.0
"""Usual letter height that the working copy is scaled to."""

_LEAST_INK, _MOST_INK = 35, 110
"""Contrast from which a pixel is ink, whatever the page says: print shining through stays below 35."""
_PAPER: Final = 25
_SHARE: Final = 0.38
"""Of the contrast of the darkest mark near by."""
_STEP: Final = 4
_ALIKE: Final = 0.15
"""Two ways to see ink that differ by less than this share are one."""
_RULE_INCHES: Final = 0.33
_CAPITAL_WIDE, _CAPITAL_TALL = (0.12, 0.8), 0.7
"""Inches: a capital of 48 points."""
_RULE_THICK: Final = 0.035
_ALONE: Final = 0.7
"""Share of the marks near a side of a frame that belong to it; the digits of a table stand among others."""
_FRAME_PIECES: Final = 25
"""One side of a frame has 40 to 60; so many rows with the same single sign in two columns are no table of an office."""
_APART: Final = 0.5
"""Sides of a frame are farther apart than this share of what the page holds."""
_GRID: Final = 5
_FRAME_STEP: Final = 1.4
_LEAST_SIDE: Final = 12
"""Pixels: no line of three letters fits in less."""
_MIN_LETTERS: Final = 3


@dataclass(frozen=True, slots=True)
class Marks:
    """Connected marks of the working copy; arrays of one entry a mark."""

    ink: Pixels
    """The working copy (height, width), ruled lines left out; ink is 1."""
    left: Ints
    top: Ints
    wide: Ints
    tall: Ints
    letters: Flags
    """Marks as large as a letter, or a few that touch."""
    small: Flags
    """Marks that may be an accent, a point or a dash; leaders and specks are not among them."""
    letter: float
    """Usual height of letters, pixels."""
    walls: Pixels | None
    """Where upright rules stand, or None where there are none."""
    scale: float
    """Pixels of the working copy for one of the page."""

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the working copy, pixels."""
        height, width = self.ink.shape
        return height, width


def middle(values: Ints) -> float:
    """The median; of a few numbers NumPy's own takes ten times as long."""
    return float(np.sort(values)[values.size // 2])


def find_marks(gray: Pixels, dpi: float) -> tuple[Marks, ...]:
    """The marks of a page, once or twice: where the page leaves open what is ink, darker marks only and then all.

    Empty where no three letters stand on the page.
    """
    if min(gray.shape) < _LEAST_SIDE:
        return ()
    copy = _scaled(gray, WORK_DPI / dpi)
    marks = _both(copy, WORK_DPI, WORK_DPI / dpi)
    if not marks:
        return ()
    scale = LETTER_PIXELS / marks[0].letter
    if 0.6 < scale < 1.35:
        return marks
    low, high = WORK_DPI_RANGE
    better = min(max(WORK_DPI * scale, low), high)
    return _both(_scaled(gray, better / dpi), better, better / dpi) or marks


def _both(copy: Pixels, dpi: float, scale: float) -> tuple[Marks, ...]:
    inks = [_dark(copy), _all(copy)]
    sums = [int(ink.sum()) for ink in inks]
    if abs(sums[0] - sums[1]) < _ALIKE * sums[0]:
        inks.pop()
    found = (_sorted(ink, dpi, scale) for ink in inks)
    return tuple(marks for marks in found if marks is not None)


def _scaled(gray: Pixels, scale: float) -> Pixels:
    if abs(scale - 1) < 0.02:
        return gray
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=way), np.uint8)


def _dark(copy: Pixels) -> Pixels:
    """Ink as far as one level for the whole page can tell (Otsu 1979): patterns of cards and worn print stay out."""
    counts = _contrasts(copy)
    levels = np.arange(256)
    below, mass = counts.cumsum(), (counts * levels).cumsum()
    above = below[-1] - below
    both = np.maximum(below * above, 1e-9)
    between = (mass * above - (mass[-1] - mass) * below) ** 2 / both
    best = int(between.argmax())
    return np.asarray(copy < 255 - min(max(best, _LEAST_INK), _MOST_INK), np.uint8)


def _contrasts(copy: Pixels) -> npt.NDArray[np.float64]:
    """How many pixels have each contrast to the paper, paper itself left out."""
    counts = np.bincount(255 - copy[::2, ::2].ravel(), minlength=256).astype(float)
    counts[:_PAPER] = 0
    return counts


def _all(copy: Pixels) -> Pixels:
    """Ink by the darkest mark near by: faint print counts where nothing darker stands."""
    contrast = np.asarray(255 - copy, np.uint8)
    height, width = copy.shape
    total = _contrasts(copy).cumsum()
    strength = float(np.searchsorted(total, 0.9 * total[-1])) if total[-1] else 255.0
    strongest = cv2.dilate(cv2.dilate(contrast, np.ones((3, 3), np.uint8))[::_STEP, ::_STEP], np.ones((7, 7), np.uint8))
    level = np.clip(_SHARE * strongest, max(_LEAST_INK, 0.22 * strength), _MOST_INK).astype(np.uint8)
    return np.asarray(contrast > cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _sorted(ink: Pixels, dpi: float, scale: float) -> Marks | None:
    ink, walls = _without_rules(ink, dpi)
    _, stats = components(ink)
    left, top, wide, tall, area = (np.ascontiguousarray(column) for column in stats[1:].T)
    likely = (
        (tall >= 0.04 * dpi) & (tall < 0.4 * dpi) & (wide >= 0.015 * dpi) & (wide < 6 * tall) & (area > 0.12 * wide * tall)
    )
    pieces = _ornament(left, top, wide, tall, likely)
    likely &= ~pieces
    if likely.sum() < _MIN_LETTERS:
        return None
    letter = middle(tall[likely])
    sound = ~pieces & (area > 0.08 * wide * tall) & (wide < 20 * letter) & (tall < 8 * letter)
    letters = sound & (tall >= 0.6 * letter) & (wide >= 0.12 * letter) & (wide < np.maximum(14 * letter, 3 * tall))
    if letters.sum() < _MIN_LETTERS:
        return None
    speck = (area <= 2) | (np.maximum(wide, tall) < 0.09 * letter)
    small = sound & ~letters & ~speck & (tall < 1.2 * letter) & (wide < 2.5 * letter)
    small &= ~_leaders(ink.shape, left, top, wide, tall, small, letter)
    return Marks(ink, left, top, wide, tall, letters, small, letter, walls, scale)


def _without_rules(ink: Pixels, dpi: float) -> tuple[Pixels, Pixels | None]:
    """The ink without ruled lines, and where the upright ones stand."""
    long, thick = round(_RULE_INCHES * dpi), max(2, round(_RULE_THICK * dpi))
    rules = np.zeros_like(ink)
    walls: Pixels | None = None
    for size in ((1, long), (long, 1)):
        run = np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(size, np.uint8)), np.uint8)
        if not run.any():
            continue
        block = cv2.morphologyEx(run, cv2.MORPH_OPEN, np.ones((thick + 1, thick + 1), np.uint8))  # a picture, not a line
        run &= ~np.asarray(cv2.dilate(block, np.ones((3, 3), np.uint8)), np.uint8)
        if size[1] == 1:
            run = _walls(run, ink, dpi)
            walls = run if run.any() else None
        rules |= run
    if not rules.any():
        return ink, walls
    return np.asarray(ink & ~np.asarray(cv2.dilate(rules, np.ones((3, 3), np.uint8)), np.uint8), np.uint8), walls


def _walls(run: Pixels, ink: Pixels, dpi: float) -> Pixels:
    """Upright runs that are rules; the stem of a large capital is a part of a mark of a capital's size."""
    if not run.any():
        return run
    labels, stats = components(ink)
    wide, tall = stats[:, 2], stats[:, 3]
    (thin, broad), high = (inches * dpi for inches in _CAPITAL_WIDE), _CAPITAL_TALL * dpi
    capital = (tall < high) & (wide > thin) & (wide < broad)
    capital[0] = False
    return np.asarray(run & ~capital.astype(np.uint8)[labels] & 1, np.uint8)


def _leaders(shape: tuple[int, ...], left: Ints, top: Ints, wide: Ints, tall: Ints, small: Flags, letter: float) -> Flags:
    """Dots that stand in a row of at least five at even distances: they lead the eye or wait for a pen."""
    dot = small & (tall < 0.42 * letter) & (wide < 0.6 * letter)
    numbers = np.flatnonzero(dot)
    if numbers.size < 5:
        return np.zeros(left.shape, bool)
    x, y = left[numbers] + wide[numbers] // 2, top[numbers] + tall[numbers] // 2
    canvas = np.zeros(shape, np.uint8)
    canvas[y, x] = 1
    canvas = np.asarray(cv2.dilate(canvas, np.ones((max(1, round(0.12 * letter)) * 2 + 1, 1), np.uint8)), np.uint8)
    reach = max(3, int(1.0 * letter)) | 1
    runs = cv2.morphologyEx(canvas, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    runs = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((1, max(3, int(2.6 * letter))), np.uint8))
    leaders = np.zeros(left.shape, bool)
    leaders[numbers[runs[y, x] > 0]] = True
    return leaders


def _ornament(left: Ints, top: Ints, wide: Ints, tall: Ints, likely: Flags) -> Flags:
    """Pieces of a frame: marks of one size at even distances, left and right, or above and below."""
    pieces = np.zeros(left.shape, bool)
    numbers = np.flatnonzero(likely)
    if numbers.size < 2 * _FRAME_PIECES:
        return pieces
    across, down = left[numbers] + wide[numbers] // 2, top[numbers] + tall[numbers] // 2
    sizes = wide[numbers], tall[numbers]
    for place, along, size in ((down, across, sizes[0]), (across, down, sizes[1])):
        sides = _even_runs(place, along, size, sizes)
        places = [middle(place[side]) for side in sides]
        if sides and max(places) - min(places) > _APART * (place.max() - place.min()):
            pieces[numbers[np.concatenate(sides)]] = True
    return pieces


def _even_runs(place: Ints, along: Ints, size: Ints, sizes: tuple[Ints, Ints]) -> list[npt.NDArray[np.intp]]:
    """Many marks of one size, at one place and at even distances along it, with few others among them."""
    runs = []
    for shift in (0, _GRID // 2):  # what one grid parts, the other joins
        key = np.stack([(value + shift) // _GRID for value in (place, *sizes)], axis=1)
        _, group, count = np.unique(key, axis=0, return_inverse=True, return_counts=True)
        for crowd in np.flatnonzero(count >= _FRAME_PIECES):
            members = np.flatnonzero(group.ravel() == crowd)
            near = np.abs(place - middle(place[members])) < 2 * middle(size[members])
            alone = members.size > _ALONE * np.count_nonzero(near & (along >= along[members].min()))
            if alone and _is_even(np.sort(along[members]), middle(size[members])):
                runs.append(members)
    return runs


def _is_even(places: Ints, size: float) -> bool:
    """Whether marks stand at even distances, and not as close as digits do."""
    steps = np.diff(places)
    step = middle(steps)
    missing = np.abs(steps / max(step, 1) - np.rint(steps / max(step, 1))) * step  # a piece may have been lost
    return step > _FRAME_STEP * size and float(np.mean(missing <= 2)) > 0.8
