"""Prepare a page for reading only; the archival picture is never touched.

Gray pages: seals go, red print stays (`ocr.red`), dark borders are painted over, lighting is flattened, the page is turned
upright and straightened. A second way binarises by Sauvola; which one reads better is seen from the confidence, page by
page. Bilevel pages were binarised by the scanner: they are only smoothed, dithered ones more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np

from dossier.values import Box, QuarterTurn
from ocr.ink import Pixels, flatten, is_bilevel, without_borders
from ocr.red import gray_without_seals

Way = Literal["soft", "sharp", "faint"]
"""``soft`` keeps a page gray (best for thin, worn and small letters); ``sharp`` binarises it and drops specks (best where
print shines through and where forms have dotted lines); ``faint`` stretches the weak marks of a nearly empty page."""

MOST_DPI: Final = 330.0
"""A finer scan is halved and halved again before anything else: letters gain nothing, and an A3 page at 600 dpi has 70
million pixels."""

ENLARGE_BELOW_DPI: Final = 170.0
"""Below it strokes are under 2 pixels wide and binarising eats them, so the page is enlarged first."""

_QUARTERS: Final = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
"""How each turn is undone."""

_LEAST_PALE, _MOST_PALE, _USUAL = 30, 120, 230
"""Contrast of the darkest print, 0 to 255: of no print at all, of worn print, of a common office print."""

_STAIR_RADIUS, _DITHER_RADIUS = 0.6, 1.1
"""Pixels at 200 dpi."""
_SCATTERED: Final = 0.9
"""Changes of colour along the rows for one black pixel: print has 0.3 to 0.6, a dithered page 1 to 2."""

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
    pixels: Pixels, *, dpi: float, turn: QuarterTurn, skew_deg: float, wanted_dpi: float | None = None, way: Way = "soft"
) -> CleanPage:
    """Turn a stored picture upright, straighten it and make its writing plain.

    Args:
        pixels: the stored picture, gray or RGB.
        dpi: its resolution.
        turn: degrees clockwise that the upright page was turned in it.
        skew_deg: degrees that the content stands turned clockwise before the quarter turn.
        wanted_dpi: the resolution to bring it to; None leaves it as it is.
        way: how a gray page is made plain.
    """
    halved = _halved(pixels, dpi)
    dpi *= halved.shape[0] / pixels.shape[0]
    gray = gray_without_seals(halved, dpi)
    if turn:
        gray = np.asarray(cv2.rotate(gray, _QUARTERS[turn]), np.uint8)
    gray = without_borders(gray, dpi)
    scale = (wanted_dpi or dpi) / dpi
    plain = _plain(gray, dpi, skew_deg, way, scale)
    return CleanPage(plain, scale * dpi, scale * halved.shape[0] / pixels.shape[0])


def _plain(gray: Pixels, dpi: float, skew_deg: float, way: Way, scale: float) -> Pixels:
    """The page straight, of the size wanted, with plain writing."""
    if is_bilevel(gray):
        return straighten(_despeckled(gray) if way == "sharp" else _smooth(gray, dpi), skew_deg, scale)
    if way == "sharp" and dpi >= ENLARGE_BELOW_DPI:
        return _scaled(_sauvola(straighten(flatten(gray), skew_deg), dpi), scale)
    plain = flatten(straighten(gray, skew_deg, scale))
    if way == "faint":
        return _stretched(plain)
    return _sauvola(plain, scale * dpi) if way == "sharp" else _darkened(plain)


def _halved(pixels: Pixels, dpi: float) -> Pixels:
    while dpi > MOST_DPI:
        pixels = np.asarray(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
        dpi /= 2
    return pixels


def straighten(gray: Pixels, skew_deg: float, scale: float = 1.0) -> Pixels:
    """Undo a skew about the centre of the picture and scale it; uncovered corners show the edge of the paper."""
    if not skew_deg:
        return _scaled(gray, scale)
    height, width = gray.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew_deg, 1.0) * scale
    size = (round(width * scale), round(height * scale))
    way = cv2.INTER_LINEAR if scale <= 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.warpAffine(gray, turn, size, flags=way, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _smooth(bilevel: Pixels, dpi: float) -> Pixels:
    """Take the stairs off black and white edges, or turn a dither back to gray; the radius follows the resolution."""
    radius = _DITHER_RADIUS if _is_dithered(bilevel) else _STAIR_RADIUS
    return np.asarray(cv2.GaussianBlur(bilevel, (0, 0), radius * dpi / 200), np.uint8)


def _is_dithered(bilevel: Pixels) -> bool:
    """Whether grays were scattered as single black pixels: most of the black then has white on both sides."""
    black = bilevel < 128
    edges = int(np.count_nonzero(black[:, 1:] != black[:, :-1]))
    return edges > _SCATTERED * max(1, int(np.count_nonzero(black)))


def _darkened(gray: Pixels) -> Pixels:
    """Give a page whose darkest print is pale the usual contrast."""
    darkest = 255 - float(np.percentile(gray[::4, ::4], 0.1))
    if not _LEAST_PALE < darkest < _MOST_PALE:
        return gray
    gain = _USUAL / darkest
    return np.asarray(cv2.convertScaleAbs(255 - gray, alpha=-gain, beta=255), np.uint8)


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
