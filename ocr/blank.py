"""Tell a blank page without reading it; a page that may bear a faint stamp or one line of text is never called blank."""

from __future__ import annotations

from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from ocr.components import components
from ocr.ink import DPI, Ink

Look = Literal["blank", "faint", "written"]
"""``faint``: marks so weak that they may shine through from the other side; only reading can tell."""

STRONG: Final = 40
"""Contrast of ink, 0 to 255. Print shining through 80 g paper was seen at 20 to 35, faded photocopies at 60 and more."""

FAINT: Final = 14
"""Contrast above paper grain and JPEG noise after a light blur, 0 to 255."""

COLOURED: Final = 24
"""Chroma of stamp ink that is nearly gone; a yellowed page stays below after its own tint is taken off."""

_MM: Final = DPI / 25.4
_SPECK_PIXELS: Final = 5
"""Dust and salt noise, pixels at 100 dpi."""
_MARK_PIXELS: Final = 40
"""One mark of this size is a stroke or a seal: 2.5 square millimetres."""
_DUST_MM: Final = 2.5
"""Sides of a grain of dust or a hole of the paper, as the copier shows it, mm."""
_MARKS: Final = 3
"""So many small marks are a page number or a word."""


def judge(ink: Ink) -> Look:
    """Say whether a page bears writing."""
    contrast = cv2.GaussianBlur(ink.contrast, (3, 3), 0)
    if _has_marks(np.asarray(contrast > STRONG, np.uint8)) or _has_stamp(ink):
        return "written"
    return "faint" if _has_marks(np.asarray(contrast > FAINT, np.uint8)) else "blank"


def is_dusty(ink: Ink) -> bool:
    """Whether all marks of a page are as small as dust, and none has the colour of a stamp; small print is as small.

    Only together with a reading that found no word does it say that a page is blank.
    """
    contrast = cv2.GaussianBlur(ink.contrast, (3, 3), 0)
    sizes = components(np.asarray(contrast > FAINT, np.uint8))[1][1:, 2:4]
    return not _has_stamp(ink) and bool((sizes <= _DUST_MM * _MM).all())


def _has_stamp(ink: Ink) -> bool:
    if ink.colour is None:
        return False
    tint = float(np.median(ink.colour))
    # a seal has thousands of pixels; a coffee stain has them too and is kept, which only costs a reading
    return _has_marks(np.asarray(ink.colour > tint + COLOURED, np.uint8))


def _has_marks(mask: npt.NDArray[np.uint8]) -> bool:
    height, width = mask.shape
    stats = components(mask)[1][1:]
    left, top, wide, tall, area = stats.T
    edge = 4 * _MM
    at_edge = (left + wide < edge) | (top + tall < edge) | (left > width - edge) | (top > height - edge)
    kept = (area >= _SPECK_PIXELS) & ~at_edge & ~_is_punch_hole(stats, width, height)
    return bool((area[kept] >= _MARK_PIXELS).any() or kept.sum() >= _MARKS)


def _is_punch_hole(stats: npt.NDArray[np.int32], width: int, height: int) -> npt.NDArray[np.bool_]:
    """Filled discs of 4 to 9 mm within 25 mm of an edge."""
    left, top, wide, tall, area = stats.T
    margin = 25 * _MM
    near_edge = (left < margin) | (top < margin) | (left + wide > width - margin) | (top + tall > height - margin)
    round_ = (np.maximum(wide, tall) <= 9 * _MM) & (np.minimum(wide, tall) >= 4 * _MM) & (area > 0.6 * wide * tall)
    return np.asarray(near_edge & round_ & (np.abs(wide - tall) <= 0.25 * np.maximum(wide, tall)))
