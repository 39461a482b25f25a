"""A text line cut out of a page, as the recogniser wants it; the same for training and for reading."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from ocr.ink import Pixels

HEIGHT: Final = 40
"""Pixels: the smallest at which two marks stacked on a capital stay apart."""

SQUEEZE: Final = 0.8
"""Width is scaled by so much more than height: letters stay apart, and a fifth of the work is saved."""

STRIDE: Final = 4
"""Columns of the line picture for one frame of the net."""

_NARROWEST: Final = 12
_LEAST_CONTRAST: Final = 20.0
_SHARES: Final = (0.01, 0.08, 0.5, 0.92, 0.99)


def line_picture(crop: Pixels) -> Pixels:
    """Scale a gray crop (height, width) to 40 pixels of height, dark on light, from black to white.

    White on dark is turned over: on a line of print most of the pixels are paper.
    """
    height, width = crop.shape
    wide = max(_NARROWEST, round(width * HEIGHT / height * SQUEEZE))
    way = cv2.INTER_AREA if height >= HEIGHT else cv2.INTER_CUBIC
    picture = np.asarray(cv2.resize(crop, (wide, HEIGHT), interpolation=way), np.uint8)
    darkest, dark, middle, light, lightest = _levels(picture)
    if lightest - middle > middle - darkest:
        picture, darkest, light = np.asarray(255 - picture, np.uint8), 255 - lightest, 255 - dark
    gain = 255 / max(light - darkest, _LEAST_CONTRAST)
    stretch = np.clip((np.arange(256) - darkest) * gain, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, stretch), np.uint8)


def _levels(picture: Pixels) -> tuple[float, ...]:
    """The grays that 1, 8, 50, 92 and 99 % of the pixels are not lighter than."""
    counts = np.bincount(picture[::2, ::2].ravel(), minlength=256).cumsum()
    return tuple(np.searchsorted(counts, np.multiply(_SHARES, counts[-1])).astype(float).tolist())
