"""Machine-readable codes of a page: QR codes, Code 128 and their relatives.

First it is asked, on a small copy, where the page is dark all over for some millimetres, as codes are and print is not;
only there is read, and only what has the shape of a code is read again in other ways when it was not understood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

import cv2
import numpy as np
import zxingcpp

from dossier.values import Box, Code
from ocr.ink import Pixels

_KINDS: Final[dict[str, Literal["qr", "code128"]]] = {"QRCode": "qr", "Code128": "code128"}

_FORMATS: Final = zxingcpp.barcode_formats_from_str(
    "QRCode,MicroQRCode,Code128,Code39,Code93,EAN13,EAN8,UPCA,UPCE,ITF,DataMatrix,Aztec,PDF417"
)
"""What stands on papers and parcels; the rare kinds without a check digit would be seen in ordinary print."""

_LOOK_DPI: Final = 75.0
"""Resolution of the small copy: a line of print is 3 pixels tall, and a page costs 5 to 9 ms."""

_AROUND_MM: Final = 13.0
"""Paper and ink are compared within so many millimetres: a code always has both, a shadow is wider."""

_AVERAGE_MM: Final = 5.0
"""A square of this side always holds the white between two lines of print."""

_DARK: Final = 0.31
"""Mean ink in such a square: 0.45 to 0.55 in a code, 0.3 in one that was scanned too light, 0.2 in print."""

_NEAR_MM: Final = 4.0
"""Dark spots nearer than this are parts of one."""

_LEAST_CONTRAST: Final = 40.0
"""Of a code and its paper, brightness 0 to 255."""

_LEAST_MM, _LEAST_LONG_MM, _LONGEST = 3.0, 8.0, 15.0
"""Short side, long side and ratio of what can be a code; a scanner's dark edge is longer."""

_MARGIN_MM: Final = 6.0
"""White that belongs to a code, and what a skewed one sticks out."""

_MOST_PLACES, _MOST_SHARE = 12, 0.33
"""With more places, or more of the page, it is a dark page: it is searched as a whole."""

_MOST_TRIED: Final = 4
"""Places that are read again in other ways."""

_LARGE, _HUGE = 600_000, 2_000_000
"""Pixels above which a picture is not enlarged, as what is small in it is no code; and of one that is a whole page."""

_BLURS: Final = (0.0, 4.0, 5.5)
"""Standard deviations that a blurred line of bars may have, quarters of a pixel."""

_WIDEST_BARS: Final = 121
"""Quarters of a pixel that surely hold bars and gaps."""

_VOTES: Final = 2
"""So many of the nine averages of bars must give the same text, and none another."""

_SQUARE: Final = 1.8
"""Ratio of sides up to which a place may hold a QR code, its neighbours included."""

_STRIPED: Final = 0.45
"""Share of the edges that run one way, 0 to 1, from which a place is bars: 0.6 to 0.95 there, below 0.3 elsewhere."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A part of the page that may hold a code."""

    left: int
    top: int
    pixels: Pixels

    @property
    def box(self) -> Box:
        height, width = self.pixels.shape
        return Box(self.left, self.top, self.left + width, self.top + height)

    @property
    def is_square(self) -> bool:
        height, width = self.pixels.shape
        return bool(max(height, width) <= _SQUARE * min(height, width))


def find_codes(gray: Pixels, dpi: float) -> tuple[Code, ...]:
    """Read every code of a page, standing or turned, with its box in pixels of the picture; the same code twice is one.

    Args:
        gray: the page, (height, width), red stamps faded where the scan has colour (`ocr.ink.gray_for_reading`).
        dpi: its resolution, dots per inch.
    """
    found: list[Code] = []
    tried = 0
    for place in _places(gray, dpi):
        codes = _read(place.pixels, place, 1.0)
        if not codes and tried < _MOST_TRIED:
            tried += 1
            codes = _read_otherwise(place)
        found += codes
    return tuple(dict.fromkeys(found))


def _places(gray: Pixels, dpi: float) -> list[_Place]:
    """Where codes may be, the largest first; the whole page where it is dark in many places."""
    height, width = gray.shape
    factor = max(1, round(dpi / _LOOK_DPI))
    if min(height, width) < 3 * factor:
        return []
    whole = gray[: height // factor * factor, : width // factor * factor]  # so that the cheap way of averaging is taken
    small = cv2.resize(whole, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
    mm = dpi / factor / 25.4
    around = np.ones((round(_AROUND_MM * mm) | 1,) * 2, np.uint8)
    paper, ink = cv2.dilate(small, around), cv2.erode(small, around)
    contrast = np.maximum(cv2.subtract(paper, ink), _grain(np.asarray(small, np.uint8)))
    dark = cv2.divide(cv2.subtract(paper, small), contrast, scale=255)
    mean = cv2.blur(dark, (max(3, round(_AVERAGE_MM * mm)),) * 2)
    near = np.ones((round(_NEAR_MM * mm) | 1,) * 2, np.uint8)
    spots = cv2.morphologyEx(np.asarray(mean > 255 * _DARK, np.uint8), cv2.MORPH_CLOSE, near)
    _, _, spots, _ = cv2.connectedComponentsWithStats(spots)
    likely = [spot[:4] for spot in spots[1:].tolist() if _may_be_code(spot[2] / mm, spot[3] / mm)]
    likely.sort(key=lambda spot: -spot[2] * spot[3])
    if len(likely) > _MOST_PLACES or sum(spot[2] * spot[3] for spot in likely) > _MOST_SHARE * small.size:
        return [_Place(0, 0, gray)]
    return [_cut(gray, [side * factor for side in spot], round(_MARGIN_MM * dpi / 25.4)) for spot in likely]


def _grain(small: Pixels) -> np.uint8:
    """Contrast that may be the grain of the scan only: its whole range, which is many times its usual size."""
    usual = float(np.median(cv2.absdiff(small, cv2.blur(small, (3, 3)))[::2, ::2]))
    return np.uint8(min(200.0, max(_LEAST_CONTRAST, 18 * usual)))


def _may_be_code(across: float, down: float) -> bool:
    """Whether a dark spot has the measures of a code, millimetres."""
    short, long = min(across, down), max(across, down)
    return short >= _LEAST_MM and long >= _LEAST_LONG_MM and long <= _LONGEST * short


def _cut(gray: Pixels, spot: list[int], margin: int) -> _Place:
    """The part of the page around a dark spot; bars are lighter in places, so a long spot gets more at its ends."""
    left, top, width, height = spot
    beside = margin + (width // 3 if width > _SQUARE * height else 0)
    above = margin + (height // 3 if height > _SQUARE * width else 0)
    first, upper = max(0, left - beside), max(0, top - above)
    return _Place(first, upper, gray[upper : top + height + above, first : left + width + beside])


def _read(picture: Pixels, place: _Place, scale: float) -> list[Code]:
    """What zxing reads in a picture that shows the place at a scale."""
    results = zxingcpp.read_barcodes(np.ascontiguousarray(picture), _FORMATS)
    codes = []
    for result in results:
        if result.valid and result.text:
            at = result.position
            corners = [(corner.x, corner.y) for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)]
            codes.append(Code(_KINDS.get(result.format.name, "other"), result.text, _box(corners, place, scale)))
    return codes


def _box(corners: Iterable[tuple[float, float]], place: _Place, scale: float) -> Box:
    across, down = zip(*corners, strict=True)
    return Box(
        place.left + min(across) / scale,
        place.top + min(down) / scale,
        place.left + max(across) / scale,
        place.top + max(down) / scale,
    )


def _read_otherwise(place: _Place) -> list[Code]:
    """Read a place that zxing did not understand: bars as one averaged line, a square in other lights and sizes."""
    angle, striped = _direction(place.pixels)
    if striped >= _STRIPED:
        return _read_bars(place, angle) if place.pixels.size <= _HUGE else []
    if not place.is_square:
        return []
    for picture, scale in _other_looks(place.pixels):
        codes = _read(picture, place, scale)
        if codes:
            return codes
    return _read_by_opencv(place) if place.pixels.size <= _HUGE else []


def _direction(pixels: Pixels) -> tuple[float, float]:
    """Which way the edges of a picture look, radians clockwise from across, and the share of them that do, 0 to 1."""
    smooth = cv2.GaussianBlur(pixels, (0, 0), 1.0)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    both = float((across * across).sum() + (down * down).sum())
    difference, mixed = float((across * across - down * down).sum()), float(2 * (across * down).sum())
    return 0.5 * float(np.arctan2(mixed, difference)), float(np.hypot(difference, mixed)) / max(both, 1.0)


def _read_bars(place: _Place, angle: float) -> list[Code]:
    """Straighten bars, average each along its length, sharpen, and read the one line that comes out."""
    height, width = place.pixels.shape
    side = round(float(np.hypot(height, width)))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(np.degrees(angle)), 1.0)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    paper = float(np.percentile(place.pixels, 90))
    upright = cv2.warpAffine(place.pixels, turn, (side, side), flags=cv2.INTER_LINEAR, borderValue=paper)
    contrast = np.abs(cv2.Sobel(cv2.GaussianBlur(upright, (0, 0), 1.0), cv2.CV_32F, 1, 0)).sum(axis=1)
    rows = np.flatnonzero(contrast >= 0.6 * np.percentile(contrast, 98))
    bars = np.asarray(upright[rows[0] : rows[-1] + 1], np.uint8)
    votes = Counter(code for picture in _lines_of_bars(bars) for code in _read(picture, place, 1.0))
    if len(votes) != 1 or votes.total() < _VOTES:  # chance meets the check digit of bars once in 10 or 100
        return []
    (code,) = votes
    return [replace(code, box=place.box)]


def _lines_of_bars(bars: Pixels) -> Iterator[Pixels]:
    """Bars as single lines in black and white: averaged in three ways, four times as long, three blurs taken back."""
    width = bars.shape[1] * 4
    for line in (np.median(bars, axis=0), np.percentile(bars, 75, axis=0), bars.mean(axis=0)):
        fine = cv2.resize(np.asarray(line, np.float32)[None], (width, 1), interpolation=cv2.INTER_CUBIC)
        for blur in _BLURS:
            sharp = fine
            for _ in range(5):  # Van Cittert's iteration: what the blur of the guess lacks is added to the guess
                sharp = np.clip(sharp + fine - cv2.GaussianBlur(sharp, (0, 0), blur), 0, 255) if blur else sharp
            window = np.ones((1, _WIDEST_BARS), np.uint8)
            light, dark = (
                cv2.blur(edge, (_WIDEST_BARS, 1)) for edge in (cv2.dilate(sharp, window), cv2.erode(sharp, window))
            )
            yield np.repeat(np.where(sharp > (light + dark) / 2, np.uint8(255), np.uint8(0)), 60, axis=0)


def _other_looks(pixels: Pixels) -> Iterator[tuple[Pixels, float]]:
    """The picture in other lights and sizes, with its scale, the likeliest first."""
    if pixels.size <= _HUGE:
        yield _blackest(pixels), 1.0
        yield np.asarray(cv2.medianBlur(pixels, 3), np.uint8), 1.0  # specks go
    if pixels.size <= _LARGE:
        large = cv2.resize(cv2.GaussianBlur(pixels, (0, 0), 0.7), None, fx=3.0, fy=3.0, interpolation=cv2.INTER_CUBIC)
        blurred = cv2.GaussianBlur(large, (0, 0), 5.0)
        yield np.asarray(cv2.addWeighted(large, 3.0, blurred, -2.0, 0), np.uint8), 3.0  # small and blurred modules part
    half = cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    yield np.asarray(cv2.medianBlur(half, 3), np.uint8), 0.5  # much dust, and print that shines through, go


def _blackest(pixels: Pixels) -> Pixels:
    """Black where the ink is darkest: of gray stamps over black modules only the modules stay."""
    split, _ = cv2.threshold(pixels, 0, 255, cv2.THRESH_OTSU)
    ink = pixels[pixels <= split]
    deep, _ = cv2.threshold(ink[:, None], 0, 255, cv2.THRESH_OTSU)
    return np.asarray(np.where(pixels <= deep, 0, 255), np.uint8)


def _read_by_opencv(place: _Place) -> list[Code]:
    """What OpenCV reads, which finds some QR codes that zxing does not; slower, so it comes last."""
    try:
        data, corners, _ = cv2.QRCodeDetector().detectAndDecodeBytes(place.pixels)
        text = bytes(data).decode()
    except (cv2.error, UnicodeDecodeError):  # of a code in an encoding that it does not know
        return []
    return [Code("qr", text, _box(corners[0].tolist(), place, 1.0))] if text else []
