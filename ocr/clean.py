"""Prepare a page for reading only; the archival picture is never touched.

Gray pages: red channel (stamps go), dark borders painted over, lighting flattened, straightened, scaled so that letters
have the size that the engine knows. A second way binarises by Sauvola; which one reads better is seen from the confidence,
page by page. Bilevel pages were binarised by the scanner: they are only smoothed and scaled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np

from dossier.values import Box, QuarterTurn
from ocr.ink import Pixels, flatten, gray_for_reading, is_bilevel, without_borders

Way = Literal["soft", "sharp", "faint"]
"""``soft`` keeps a page gray (best for thin, worn and small letters); ``sharp`` binarises it and drops specks (best where
print shines through and where forms have dotted lines); ``faint`` stretches the weak marks of a nearly empty page."""

READING_DPI: Final = 200.0
"""Resolution that engines read, for office print of 11 to 14 points; more costs time and gains nothing (measured)."""

OFFICE_LETTER_INCHES: Final = 0.12
"""Usual letter height of such print, as `ocr.orient` measures it (letters with marks, touching ones together)."""

READING_DPI_RANGE: Final = (130.0, 320.0)
"""Small print, as on cards, is read at more, headings at less: an engine knows letters of one size."""

ENLARGE_BELOW_DPI: Final = 170.0
"""Below it strokes are under 2 pixels wide and binarising eats them, so the page is enlarged first."""

_WINDOW: Final = 41
"""Sauvola window, pixels at 300 dpi: a little over a line of text."""
_K: Final = 0.25
"""Sauvola's weight of contrast. Print that shines through survives lower ones, thin strokes break with higher ones."""


@dataclass(frozen=True, slots=True)
class CleanPage:
    """An upright, straight page ready to be read."""

    image: Pixels
    """Gray, (height, width)."""
    dpi: float
    scale: float
    """Pixels of `image` for one pixel of the upright frame."""

    def in_upright_frame(self, box: Box) -> Box:
        """Take a box of `image` back to the upright frame of the stored picture."""
        return Box(box.left / self.scale, box.top / self.scale, box.right / self.scale, box.bottom / self.scale)


def clean(
    pixels: Pixels, *, dpi: float, turn: QuarterTurn, skew_deg: float, letter_inches: float = 0.0, way: Way = "soft"
) -> CleanPage:
    """Turn a stored picture upright, straighten it and make its writing plain.

    Args:
        pixels: the stored picture, gray or RGB.
        dpi: its resolution.
        turn: degrees clockwise that the upright page was turned in it.
        skew_deg: degrees that the content stands turned clockwise before the quarter turn.
        letter_inches: usual height of its letters, 0.0 if unknown.
        way: how a gray page is made plain.
    """
    gray = np.ascontiguousarray(np.rot90(gray_for_reading(pixels), turn // 90))
    gray = without_borders(gray, dpi)
    reading_dpi = _reading_dpi(letter_inches)
    scale = reading_dpi / dpi
    if is_bilevel(gray):
        plain = straighten(_despeckled(gray) if way == "sharp" else _smooth(gray, dpi), skew_deg)
        return CleanPage(_scaled(plain, scale), reading_dpi, scale)
    plain = straighten(flatten(gray), skew_deg)
    if way == "faint":
        plain = _stretched(plain)
    if way != "sharp":
        return CleanPage(_scaled(plain, scale), reading_dpi, scale)
    if dpi >= ENLARGE_BELOW_DPI:
        return CleanPage(_scaled(_sauvola(plain, dpi), scale), reading_dpi, scale)
    return CleanPage(_sauvola(_scaled(plain, scale), reading_dpi), reading_dpi, scale)


def _reading_dpi(letter_inches: float) -> float:
    if not letter_inches or abs(letter_inches / OFFICE_LETTER_INCHES - 1) < 0.2:
        return READING_DPI
    low, high = READING_DPI_RANGE
    return min(max(READING_DPI * OFFICE_LETTER_INCHES / letter_inches, low), high)


def straighten(gray: Pixels, skew_deg: float) -> Pixels:
    """Undo a skew about the centre of the picture; the canvas keeps its size, uncovered corners are white."""
    if not skew_deg:
        return gray
    height, width = gray.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew_deg, 1.0)
    return np.asarray(cv2.warpAffine(gray, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=255), np.uint8)


def _smooth(bilevel: Pixels, dpi: float) -> Pixels:
    """Take the stairs off black and white edges; the radius follows the resolution."""
    return np.asarray(cv2.GaussianBlur(bilevel, (0, 0), 0.6 * dpi / READING_DPI), np.uint8)


def _stretched(gray: Pixels) -> Pixels:
    """Give the darkest marks full contrast."""
    blurred = cv2.GaussianBlur(gray, (0, 0), 1.0)
    darkest = float(np.percentile(blurred[::2, ::2], 0.5))
    gain = 255 / max(1.0, 255 - darkest)
    return np.asarray(cv2.convertScaleAbs(255 - blurred, alpha=-gain, beta=255), np.uint8)


def _despeckled(bilevel: Pixels) -> Pixels:
    return np.asarray(cv2.medianBlur(bilevel, 3), np.uint8)


def _sauvola(gray: Pixels, dpi: float) -> Pixels:
    """Black and white by local mean and deviation (Sauvola and Pietikäinen 2000)."""
    size = round(_WINDOW * dpi / 300) | 1
    mean = cv2.boxFilter(gray, cv2.CV_32F, (size, size), borderType=cv2.BORDER_REPLICATE)
    square = cv2.sqrBoxFilter(gray, cv2.CV_32F, (size, size), borderType=cv2.BORDER_REPLICATE)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0.0))
    threshold = mean * (1 + _K * (deviation / 128 - 1))
    return np.asarray((gray > threshold).astype(np.uint8) * 255, np.uint8)


def _scaled(gray: Pixels, scale: float) -> Pixels:
    if abs(scale - 1) < 0.01:
        return gray
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=way), np.uint8)
