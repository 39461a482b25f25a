"""Which way is up, and how far the page stands askew: from its text lines, without reading them.

Two questions, in this order: do the lines run across or along the picture (their profile is comb-like), and is the page
head up or head down (letters end sharply on the base line; Vietnamese marks stand above letters).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np
import numpy.typing as npt

from dossier.values import QuarterTurn
from ocr.components import components
from ocr.ink import DPI, Ink

Mask = npt.NDArray[np.uint8]
Sizes = npt.NDArray[np.int32]

SKEW_LIMIT: Final = 10.5
"""Largest angle that is found, degrees; feeders and hands stay below 10."""

ACROSS_SURE: Final = 1.35
"""Ratio of the two profile energies from which the direction of the lines is certain."""

UP_SURE: Final = 0.35
"""Balance of evidence, about -1 (head down) to 1 (head up), from which the head is certain."""

STILL: Final = 0.05
"""Angles below are measuring noise and left alone, degrees: a straight page is not turned."""

_REACH: Final = SKEW_LIMIT - 0.5
"""Angles to a whole degree are looked at first."""
_COARSE_STRIP: Final = 16
_FINE_STRIP: Final = 6
"""Width of the strips that are shifted against each other, pixels at 100 dpi."""
_SOFTENED: Final = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)
"""Over a profile: else the unsheared one wins, only for being sharp."""
_FEW_MARKS: Final = 10
"""So many marks weigh as much as having none says nothing."""
_LETTER_INCHES: Final = (0.03, 0.35)
"""Heights of what counts as part of a letter: a dot of 0.8 mm to a heading of 9 mm."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """How the page stands in the stored picture."""

    turn: QuarterTurn
    across_sure: bool
    """Whether the lines surely run as `turn` says; head up or down is another matter."""
    up_sure: bool
    skew_deg: float
    """Degrees, positive = content turned clockwise, before the quarter turn."""
    letter_inches: float
    """Usual height of letters and short words on the paper, inches; 0.0 where there are none."""

    @property
    def sure(self) -> bool:
        """Whether no second opinion is needed."""
        return self.across_sure and self.up_sure


def orient(ink: Ink) -> Orientation:
    """Find quarter turn and skew of a page from its marks."""
    letters, wide, tall = _letters(ink.contrast)
    across, across_angle = _comb(letters)
    down, down_angle = _comb(np.ascontiguousarray(np.rot90(letters)))
    lying = down > across
    if lying:
        letters = np.ascontiguousarray(np.rot90(letters))
    angle = _fine(letters, down_angle if lying else across_angle)
    upright = _straight(np.rot90(ink.contrast) if lying else ink.contrast, angle)
    balance = _head_up(upright)
    turn = (90 if lying else 0) + (0 if balance >= 0 else 180)
    skew = angle if abs(angle) >= STILL else 0.0
    return Orientation(
        turn=cast("QuarterTurn", turn),
        across_sure=max(across, down) > ACROSS_SURE * min(across, down),
        up_sure=abs(balance) > UP_SURE,
        skew_deg=round(skew, 2),
        letter_inches=_usual_height(wide if lying else tall) / DPI,
    )


def _letters(contrast: npt.NDArray[np.uint8]) -> tuple[Mask, Sizes, Sizes]:
    """Marks of the size of letters, and how wide and tall each is.

    Lines of tables, pictures, QR codes and specks are left out.
    """
    level, _ = cv2.threshold(contrast, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    mask = np.asarray(contrast > min(max(level * 0.7, 18.0), 90.0), np.uint8)
    labels, stats = components(mask)
    low, high = (inches * DPI for inches in _LETTER_INCHES)
    wide, tall, area = stats[:, 2], stats[:, 3], stats[:, 4]
    size, other = np.maximum(wide, tall), np.minimum(wide, tall)
    word = (size < 12 * other) & (other <= high) & (size <= 8 * high)  # at 100 dpi the letters of a word often touch
    fits = word & (size >= low) & (area >= 4)
    fits[0] = False
    return np.asarray(fits.astype(np.uint8)[labels], np.uint8), wide[fits], tall[fits]


def _usual_height(tall: Sizes) -> float:
    heights = tall[tall >= 0.04 * DPI]
    return float(np.median(heights)) if heights.size >= _FEW_MARKS else 0.0


def _comb(letters: Mask) -> tuple[float, float]:
    """Energy and angle at which the rows are most comb-like, to half a degree."""
    strips = _strips(letters, _COARSE_STRIP, rows=2)
    energies = {angle: _energy(strips, _COARSE_STRIP / 2, angle) for angle in np.arange(-_REACH, _REACH + 1.0)}
    near = max(energies, key=energies.__getitem__)
    energies |= {angle: _energy(strips, _COARSE_STRIP / 2, angle) for angle in (near - 0.5, near + 0.5)}
    best = max(energies, key=energies.__getitem__)
    return energies[best], float(best)


def _fine(letters: Mask, near: float) -> float:
    """The angle to a hundredth of a degree, from one that is right to half a degree."""
    strips = _strips(letters, _FINE_STRIP)
    angles = near + np.arange(-0.6, 0.61, 0.15)
    energies = [_energy(strips, _FINE_STRIP, angle) for angle in angles]
    best = int(np.argmax(energies))
    if not 0 < best < len(angles) - 1:
        return float(angles[best])
    before, top, after = energies[best - 1 : best + 2]  # the top of the parabola through the best three
    bend = before - 2 * top + after
    return float(angles[best] + (0.15 * 0.5 * (before - after) / bend if bend else 0.0))


def _strips(letters: Mask, wide: int, rows: int = 1) -> npt.NDArray[np.float32]:
    """Row profiles of vertical strips side by side, some rows taken as one: shearing a page is shifting them."""
    height, width = letters.shape
    count, height = max(1, width // wide), max(2, height // rows)
    return np.asarray(cv2.resize(letters.astype(np.float32), (count, height), interpolation=cv2.INTER_AREA), np.float32)


def _energy(strips: npt.NDArray[np.float32], wide: float, angle: float) -> float:
    """Sum of squared steps of the profile after shearing (Postl), free of size and amount of ink."""
    height, count = strips.shape
    slope = wide * float(np.tan(np.radians(angle)))
    margin = int(abs(slope) * count / 2) + 2
    shear = np.array([[1, 0, 0], [slope, 1, -slope * (count - 1) / 2 - margin]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(strips, shear, (count, height + 2 * margin), flags=flags)
    profile = np.convolve(cv2.reduce(moved, 1, cv2.REDUCE_SUM)[:, 0], _SOFTENED)
    total = float(profile.sum())
    return float((np.diff(profile) ** 2).sum()) / total**2 * height if total else 0.0


def _straight(contrast: npt.NDArray[np.uint8], angle: float) -> npt.NDArray[np.uint8]:
    height, width = contrast.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return np.asarray(cv2.warpAffine(contrast, turn, (width, height), flags=cv2.INTER_LINEAR), np.uint8)


def _head_up(contrast: npt.NDArray[np.uint8]) -> float:
    """Evidence that a straight page stands head up, about -1 to 1."""
    letters, _, _ = _letters(contrast)
    return _marks_above(letters) + _sharp_below(np.asarray(letters * contrast.astype(np.float32), np.float32))


def _marks_above(letters: Mask) -> float:
    """Whether small marks stand over letters (tones, circumflexes, dots of i) rather than under them."""
    labels, stats = components(letters)
    left, top, wide, tall, _ = stats.T
    is_letter = (tall >= 0.06 * DPI) & (tall <= 0.35 * DPI)
    is_letter[0] = False
    if not is_letter.any():
        return 0.0
    usual = float(np.median(tall[is_letter]))
    is_mark = (tall <= 0.55 * usual) & (wide <= 0.9 * usual) & ~is_letter
    is_mark[0] = False
    reach = max(2, round(0.45 * usual))
    filled = np.pad(cv2.integral(is_letter.astype(np.uint8)[labels]), ((reach, reach), (0, 0)), mode="edge")
    x0, x1 = left[is_mark], (left + wide)[is_mark]
    y0, y1 = top[is_mark] + reach, (top + tall)[is_mark] + reach

    def has_letter(start: npt.NDArray[np.int32], end: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        return np.asarray(filled[end, x1] - filled[start, x1] - filled[end, x0] + filled[start, x0] > 0)

    over, under = has_letter(y1, y1 + reach), has_letter(y0 - reach, y0)
    up, down = int((over & ~under).sum()), int((under & ~over).sum())
    return (up - down) / (up + down + _FEW_MARKS)


def _sharp_below(ink: npt.NDArray[np.float32]) -> float:
    """Whether lines end more sharply than they begin.

    Letters end together on the base line but rise to different heights (ascenders, capitals, marks). Taken in strips,
    because pages curl.
    """
    steps = [np.diff(strip.sum(axis=1)) for strip in np.array_split(ink, max(1, round(ink.shape[1] / DPI)), axis=1)]
    cubes = np.concatenate(steps) ** 3
    weight = float(np.abs(cubes).sum())
    return -float(cubes.sum()) / weight if weight else 0.0
