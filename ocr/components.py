"""Connected marks of a black and white picture, three times as fast where their number allows it."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from ocr.ink import Pixels

Labels = npt.NDArray[np.integer[Any] | np.floating[Any]]  # OpenCV's own type; 16 or 32 bits, whole numbers

_MOST_SHORT: Final = 65_000
"""Labels of 16 bits end at 65,535, and OpenCV does not say when it needs more."""
_BEFORE: Final = np.array([[1, 1, 1], [1, 0, 0], [0, 0, 0]], np.uint8)


def components(mask: Pixels) -> tuple[Labels, npt.NDArray[np.int32]]:
    """Label every mark of a mask whose ink is 1; touching corners count.

    Returns:
        The labels, of the shape of the mask, 0 for paper; and for each label, paper first, left, top, width, height, area.
    """
    after_ink = np.asarray(cv2.dilate(mask, _BEFORE), np.uint8)
    starts = cv2.countNonZero(mask & ~after_ink)  # no more labels than pixels with no ink before them
    kind = cv2.CV_16U if starts < _MOST_SHORT else cv2.CV_32S
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=kind)
    return np.asarray(labels), np.asarray(stats, np.int32)
