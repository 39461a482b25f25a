"""Split a page into a sharp black-and-white mask of its dark writing and a small soft picture of all the rest.

The mask holds what is dark and without colour, at 300 dpi; the background holds paper, seals, signatures in coloured ink
and whatever is too faint for the mask, at half of that. What the mask misses is therefore blurred, never lost. Under the
writing the background is filled from around it, so that no ghost of a letter shines out beside the letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from dossier.values import QuarterTurn
from ocr.ink import Pixels, is_bilevel

MASK_DPI: Final = 300.0
"""Resolution of the mask. Coarser scans are enlarged to it: their gray edges say where, between pixels, a letter ends."""

_SOFTER: Final = 2
"""Pixels of the mask for one of the background: 150 dpi, where the ring of letters in a seal can still be read."""

_DARK: Final = 0.62
"""Part of the paper's brightness below which a sharpened pixel is writing."""
_DARK_STROKE: Final = 0.42
"""Part of the paper's brightness below which a pixel is dark without sharpening."""
_REACH: Final = 13
"""Side of the square around a dark stroke, pixels at 150 dpi, in which hairlines belong to it: about a letter."""
_DARK_IN_RED: Final = 0.38
"""The limit under red ink, which darkens no red: what is dark there is print under a seal."""
_DARK_IN_COLOUR: Final = 0.28
"""The limit under other inks; a blue pen is seldom darker."""
_COLOURFUL: Final = 0.10
"""Distance of the largest from the smallest channel, as a part of the paper's brightness, that makes an ink coloured."""

_SHARPER: Final = 0.8
"""Weight of the difference to the surroundings: a hairline that the lens made gray becomes dark again."""

_SHADOW: Final = 0.65
"""Part of the page's brightness that paper in a shadow still has."""

_RIM: Final = np.ones((7, 7), np.uint8)
"""How far the gray edge of a letter reaches, pixels at 300 dpi."""
_STROKE: Final = np.ones((3, 3), np.uint8)
"""The thinnest stroke of print under a seal, pixels at 300 dpi."""

_HALF: Final = 140
"""Brightness, 0 to 255, below which a straightened black-and-white pixel is black; over the middle: no hairline breaks."""

_ENOUGH: Final = 24
"""Part of 255 of a cell of the background that must be seen for its mean to be trusted."""

_LIGHTEST_INK: Final = 70
"""Brightness, 0 to 255: the mask of a faded page is drawn darker than its ink, so that it can be read."""

_WIDE: Final = 3
"""Side of a square, pixels at 37.5 dpi, that no stroke of writing fills: what is dark over it is no writing."""


@dataclass(frozen=True, slots=True)
class Layers:
    """An upright, straight page in layers; each covers the whole page."""

    mask: Pixels
    """(height, width), 255 where there is writing, else 0; 300 dpi, or less for a coarser black-and-white scan."""
    background: Pixels | None
    """Gray or RGB, half as fine as the mask; None for white paper."""
    ink: tuple[int, int, int]
    """Colour of the writing, RGB."""


def separate(pixels: Pixels, *, dpi: tuple[float, float], turn: QuarterTurn, skew_deg: float) -> Layers:
    """Split a stored picture into layers of the upright, straight page.

    Args:
        pixels: the stored picture, gray or RGB.
        dpi: its resolution across and down, as stored.
        turn: degrees clockwise that the upright page was turned in it.
        skew_deg: degrees that the content stands turned clockwise before the quarter turn.
    """
    across, down = dpi[::-1] if turn in (90, 270) else dpi
    bilevel = pixels.ndim == 2 and is_bilevel(pixels)
    finer = [MASK_DPI / across, MASK_DPI / down]
    if bilevel and not skew_deg:
        finer = [min(1.0, by) for by in finer]
    height, width = pixels.shape[:2][::-1] if turn in (90, 270) else pixels.shape[:2]
    half = max(1, round(width * finer[0] / _SOFTER)), max(1, round(height * finer[1] / _SOFTER))
    whole = half[0] * _SOFTER, half[1] * _SOFTER
    if bilevel:
        gray = _laid(pixels, whole, turn, skew_deg)
        return Layers(_where(gray < _HALF), None, (0, 0, 0))
    soft = _laid(pixels, half, turn, skew_deg)
    value = _laid(_brightest(pixels), whole, turn, skew_deg)
    mask, near = _writing(value, soft)
    return Layers(mask, _filled(soft, near), _ink_of(soft, mask))


def _laid(plane: Pixels, size: tuple[int, int], turn: QuarterTurn, skew_deg: float) -> Pixels:
    """Turn, straighten about the centre and scale; uncovered corners get the colour of the paper."""
    height, width = plane.shape[:2][::-1] if turn in (90, 270) else plane.shape[:2]
    if size[0] < width:
        stored = size[::-1] if turn in (90, 270) else size
        plane = np.asarray(cv2.resize(plane, stored, interpolation=cv2.INTER_AREA), np.uint8)
        width, height = size
    upright = np.ascontiguousarray(np.rot90(plane, turn // 90))
    if not skew_deg:
        return upright if size == (width, height) else np.asarray(cv2.resize(upright, size, interpolation=cv2.INTER_CUBIC))
    by = np.diag([size[0] / width, size[1] / height, 1.0])
    centres = np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    straight = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), skew_deg, 1.0), [0.0, 0, 1]])
    matrix = np.linalg.inv(centres) @ by @ straight @ centres
    paper = np.median(upright[::16, ::16].reshape(-1, *upright.shape[2:]), axis=0)
    way = cv2.INTER_CUBIC if plane.ndim == 2 else cv2.INTER_LINEAR
    border = [float(level) for level in np.atleast_1d(paper)]
    return np.asarray(cv2.warpAffine(upright, matrix[:2], size, flags=way, borderValue=border), np.uint8)


def _brightest(pixels: Pixels) -> Pixels:
    """The brightest channel: dark only where no coloured ink explains the darkness."""
    if pixels.ndim == 2:
        return pixels
    red, green, blue = cv2.split(pixels)
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def _writing(value: Pixels, soft: Pixels) -> tuple[Pixels, Pixels]:
    """Where the writing is, and where its gray rim reaches."""
    paper, blots = _paper(_brightest(soft))
    limits, coloured = _limits(soft, paper)
    cv2.copyTo(np.zeros_like(limits), blots, limits)
    size = value.shape[::-1]
    limit = cv2.resize(limits, size, interpolation=cv2.INTER_LINEAR)
    sharp = cv2.addWeighted(value, 1 + _SHARPER, cv2.blur(value, (5, 5)), -_SHARPER, 0)
    sharp = cv2.min(sharp, value)  # beside a thick stroke sharpening would bleach the hairline that joins it
    sharp = cv2.bitwise_or(sharp, cv2.bitwise_not(_beside_strokes(value, paper)))
    if coloured is None:
        mask = cv2.compare(sharp, limit, cv2.CMP_LT)
        return np.asarray(mask, np.uint8), np.asarray(cv2.dilate(mask, _RIM), np.uint8)
    inks = cv2.resize(coloured, size, interpolation=cv2.INTER_NEAREST)
    cv2.copyTo(value, inks, sharp)  # a sharpened seal would have black edges
    mask = cv2.compare(sharp, limit, cv2.CMP_LT)
    near = cv2.dilate(mask, _RIM)
    cv2.copyTo(cv2.morphologyEx(mask, cv2.MORPH_OPEN, _STROKE), inks, mask)  # where two inks cross it is dark, but narrow
    cv2.copyTo(mask, inks, near)
    return np.asarray(mask, np.uint8), np.asarray(near, np.uint8)


def _beside_strokes(value: Pixels, paper: Pixels) -> Pixels:
    """Where (255) a stroke is near that is dark without sharpening; gray far from any is a crease, a speck, a shadow."""
    least = cv2.erode(value, np.ones((_SOFTER, _SOFTER), np.uint8), anchor=(0, 0))[::_SOFTER, ::_SOFTER]
    dark = cv2.compare(least, cv2.convertScaleAbs(paper, alpha=_DARK_STROKE), cv2.CMP_LT)
    near = cv2.dilate(dark, np.ones((_REACH, _REACH), np.uint8))
    return np.asarray(cv2.resize(near, value.shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)


def _paper(value: Pixels) -> tuple[Pixels, Pixels]:
    """How bright the paper around each pixel is, and where (255) it is dark over a wide area: borders, pictures, blots."""
    height, width = value.shape
    tiny = cv2.resize(value, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(tiny, np.ones((5, 5), np.uint8)), 21)
    within = np.maximum(paper, np.uint8(_SHADOW * float(np.percentile(tiny, 75))))  # a picture has no paper around
    dark = cv2.compare(tiny, cv2.convertScaleAbs(within, alpha=_DARK), cv2.CMP_LT)
    square = np.ones((_WIDE, _WIDE), np.uint8)
    blots = cv2.dilate(cv2.morphologyEx(dark, cv2.MORPH_OPEN, square), square)
    return (
        np.asarray(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8),
        np.asarray(cv2.resize(blots, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8),
    )


def _limits(soft: Pixels, paper: Pixels) -> tuple[Pixels, Pixels | None]:
    """How bright a pixel may be to count as writing, and where (255) there is coloured ink; None for a gray page."""
    limits = np.asarray(cv2.convertScaleAbs(paper, alpha=_DARK), np.uint8)
    if soft.ndim == 2:
        return limits, None
    red, green, blue = cv2.split(cv2.blur(soft, (3, 3)))
    colour = cv2.subtract(cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue))
    coloured = cv2.compare(colour, cv2.convertScaleAbs(paper, alpha=_COLOURFUL), cv2.CMP_GT)
    coloured = cv2.dilate(coloured, np.ones((7, 7), np.uint8))
    reddest = cv2.compare(red, cv2.max(green, blue), cv2.CMP_GT)
    in_colour = cv2.convertScaleAbs(paper, alpha=_DARK_IN_COLOUR)
    cv2.copyTo(cv2.convertScaleAbs(paper, alpha=_DARK_IN_RED), reddest, in_colour)
    cv2.copyTo(in_colour, coloured, limits)
    return np.asarray(limits, np.uint8), np.asarray(coloured, np.uint8)


def _filled(soft: Pixels, near: Pixels) -> Pixels:
    """The background with the writing and its rim painted over from around them."""
    hidden = cv2.resize(near, soft.shape[1::-1], interpolation=cv2.INTER_AREA)
    hidden = _where(np.asarray(hidden) > 0)
    filled = soft.copy()
    cv2.copyTo(_around(soft, _where(hidden == 0)), hidden, filled)
    return filled


def _around(soft: Pixels, seen: Pixels, levels: int = 3) -> Pixels:
    """The local mean of what is seen, for every pixel."""
    height, width = seen.shape
    size = max(1, width // 4), max(1, height // 4)
    total = cv2.resize(cv2.bitwise_and(soft, soft, mask=seen), size, interpolation=cv2.INTER_AREA).astype(np.float32)
    weight = np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), np.uint8)
    share = np.maximum(weight, 1).astype(np.float32) / 255
    mean = np.clip(total / (share[..., None] if soft.ndim == 3 else share), 0, 255).astype(np.uint8)
    known = _where(weight > _ENOUGH)
    if levels and not known.all():
        wider = _around(mean, known, levels - 1)
        mean[known == 0] = wider[known == 0]
    return np.asarray(cv2.resize(mean, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _where(holds: npt.NDArray[np.bool_]) -> Pixels:
    """255 where it holds, else 0."""
    return np.asarray(holds.view(np.uint8) * np.uint8(255), np.uint8)


def _ink_of(soft: Pixels, mask: Pixels) -> tuple[int, int, int]:
    """The usual colour of the darker strokes; black where all strokes are thin."""
    within = cv2.erode(mask, np.ones((5, 5), np.uint8))[::_SOFTER, ::_SOFTER] > 0
    strokes = soft[within]
    if not len(strokes):
        return 0, 0, 0
    levels = [min(int(level), _LIGHTEST_INK) for level in np.atleast_1d(np.percentile(strokes, 25, axis=0))]
    red, green, blue = levels if len(levels) == 3 else levels * 3
    return red, green, blue
