"""What is dark on a page, at 100 dpi: the common ground of finding blank pages and of straightening."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""(height, width) gray or (height, width, 3) RGB, 0 black to 255."""

DPI: Final = 100.0
"""Resolution of the small picture: letters of 8 points are still 5 pixels tall, and a page takes a millisecond."""

_THICK_INCHES: Final = 0.10
"""Strokes of text are thinner; what is thicker and touches the edge is the shadow of the scanner's lid."""


@dataclass(frozen=True, slots=True)
class Ink:
    """The marks of a page without lighting and without dark scanner borders."""

    contrast: Pixels
    """How much darker than the paper around it each pixel is, 0 to 255."""
    colour: Pixels | None
    """How colourful each pixel is (largest minus smallest channel), or None for a gray page."""
    scale: float
    """Pixels of the small picture for one pixel of the stored one, at most 1."""


def gray_for_reading(pixels: Pixels) -> Pixels:
    """Gray picture in which red stamps are nearly gone and black and blue ink stays: the red channel."""
    return pixels[:, :, 0].copy() if pixels.ndim == 3 else pixels


def is_bilevel(gray: Pixels) -> bool:
    """Whether the picture is black and white only (also after JPEG, which adds a little noise to both)."""
    counts = np.bincount(gray[::3, ::3].ravel(), minlength=256)
    both = counts[:24].any() and counts[232:].any()  # a nearly empty gray page has no black, a dark one no white
    return bool(both and counts[24:232].sum() < 0.005 * counts.sum())


def look(pixels: Pixels, dpi: float) -> Ink:
    """Find the marks of a page."""
    scale = min(1.0, DPI / dpi)
    small = pixels
    if scale < 1:
        small = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    gray = without_borders(gray_for_reading(small), dpi * scale)
    contrast = np.asarray(255 - flatten(gray), np.uint8)
    colour = None
    if small.ndim == 3:
        blurred = cv2.GaussianBlur(small, (3, 3), 0)  # a JPEG stores colour coarsely: single pixels say little
        colour = np.asarray(blurred.max(axis=2) - blurred.min(axis=2), np.uint8)
    return Ink(contrast, colour, scale)


def flatten(gray: Pixels) -> Pixels:
    """Divide by the brightness of the paper, so that shadows and folds go and paper is 255."""
    height, width = gray.shape
    factor = 4 if min(height, width) >= 400 else 1
    tiny = cv2.resize(gray, (max(1, width // factor), max(1, height // factor)), interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(tiny, np.ones((5, 5), np.uint8)), 21)
    paper = np.maximum(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), 1)
    return np.asarray(cv2.divide(gray, paper, scale=255), np.uint8)


def without_borders(gray: Pixels, dpi: float) -> Pixels:
    """Paint the dark frame that a scanner leaves around skewed paper in the colour of the paper."""
    step = max(1, round(dpi / 50))
    tiny = gray[::step, ::step]
    dark = np.asarray(tiny < np.median(tiny) * 0.55, np.uint8)
    side = max(3, round(_THICK_INCHES * dpi / step))
    framed = cv2.copyMakeBorder(dark, side, side, side, side, cv2.BORDER_CONSTANT, value=1)  # so that thin ones open too
    thick = cv2.morphologyEx(framed, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    _, labels = cv2.connectedComponents(thick)
    border = np.asarray((labels == labels[0, 0])[side:-side, side:-side], np.uint8) & dark
    border = np.asarray(cv2.dilate(border, np.ones((5, 5), np.uint8)), np.uint8)
    if not border.any() or border.mean() > 0.5:  # none, or a dark page
        return gray
    mask = cv2.resize(border, gray.shape[::-1], interpolation=cv2.INTER_NEAREST).astype(bool)
    painted = gray.copy()
    painted[mask] = np.uint8(np.median(tiny))
    return painted
