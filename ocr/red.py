"""Red ink: seals must go before a page is read, red print must stay."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from ocr.ink import Pixels, gray_for_reading

_LOOK_DPI: Final = 75.0
_REDNESS: Final = 40
"""How much more red than green and blue ink is, 0 to 255; aged paper stays below 25."""
_SEAL_INCHES: Final = 0.6
"""Both sides of a seal are larger: the smallest of NĐ 99/2016 has 20 mm; lines of red print are lower."""
_JOINS_INCHES: Final = 0.06
_MOST: Final = 0.30
"""Share of red from which the paper itself is red."""


def gray_without_seals(pixels: Pixels, dpi: float) -> Pixels:
    """Gray picture for reading: red seals nearly gone, red print dark, black and blue ink as they are.

    The red channel shows red ink as paper. Red marks that are no seal (titles of certificates and cards, numbers stamped by
    a machine) are taken from the green channel, where they are dark.
    """
    gray = gray_for_reading(pixels)
    if pixels.ndim != 3:
        return gray
    scale = min(1.0, _LOOK_DPI / dpi)
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    red = np.asarray(cv2.subtract(small[:, :, 0], cv2.max(small[:, :, 1], small[:, :, 2])) > _REDNESS, np.uint8)
    if not red.any() or red.mean() > _MOST:
        return gray
    side = max(3, round(_JOINS_INCHES * _LOOK_DPI)) | 1
    whole = cv2.morphologyEx(red, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(whole, connectivity=8)
    large = _SEAL_INCHES * dpi * scale
    height, width = gray.shape
    marks = stats[1:].tolist()
    seals = [mark for mark in marks if min(mark[2], mark[3]) > large]
    for mark in marks:
        left, top, wide, tall, area = mark
        if area < 4 or any(_holds(seal, mark) for seal in seals):
            continue
        x0, y0 = max(0, int((left - 1) / scale)), max(0, int((top - 1) / scale))
        x1, y1 = min(width, int((left + wide + 1) / scale) + 1), min(height, int((top + tall + 1) / scale) + 1)
        gray[y0:y1, x0:x1] = np.minimum(gray[y0:y1, x0:x1], pixels[y0:y1, x0:x1, 1])
    return gray


def _holds(seal: list[int], mark: list[int]) -> bool:
    """Whether the middle of a mark lies in a seal; a seal holds itself."""
    x, y = mark[0] + mark[2] / 2, mark[1] + mark[3] / 2
    return seal[0] <= x <= seal[0] + seal[2] and seal[1] <= y <= seal[1] + seal[3]
