"""Secrecy stamps as pictures: frames of their size in the head of a sheet, each read alone, free of what lies under it.

A stamp over body text, or a worn one, is lost in the reading of the page. Degrees of secrecy stand in red rectangular
frames (NĐ 30/2020 Annex I); so do urgency stamps, and forms box their numbers: what stands inside decides. A frame whose
words stay unreadable is no stamp.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from ocr.attempts import Reading
from ocr.clean import straighten
from ocr.components import components
from ocr.engine import Engine
from ocr.ink import Ink, Pixels, flatten
from ocr.secrecy import names_degree
from ocr.sheet import Sheet

Layer = Literal["red", "dark"]
Mask = npt.NDArray[np.uint8]

_HEAD_SHARE: Final = 0.45
"""Upper share of the sheet that is looked at."""
_LOOK_DPI: Final = 100.0
"""Frames are found at this resolution: their strokes are 1 to 4 pixels wide."""
_READ_DPI: Final = 200.0
"""Their words are read at this one: letters 4 mm high are 30 pixels tall."""
_MM: Final = _LOOK_DPI / 25.4
_HIGH: Final = (5.5 * _MM, 17.0 * _MM)
_WIDE: Final = (11.0 * _MM, 65.0 * _MM)
"""Heights and widths of frames, pixels: from worn MẬT to TUYỆT MẬT cut by hand."""
_DARK, _COLOURED = 40, 30
"""How much darker than the paper, or more colourful, ink is at least, 0 to 255."""
_STROKE: Final = round(2.5 * _MM)
"""A side with its wear and a double line is not thicker."""
_FILLED: Final = 0.78
"""Share of a side that must be inked."""
_SLACK: Final = round(1.5 * _MM)
"""The ends of two sides of one frame differ by less: print that touches makes one longer."""
_SUNK: Final = round(3.0 * _MM)
"""Print that touches both sides makes them end so far outside the frame."""
_TILT: Final = 0.05
"""Stamps are set by hand: rise of a frame for its width."""
_BEYOND: Final = round(2.5 * _MM)
"""Upper and lower lines that both go on so far are those of a table."""
_GAP: Final = round(1.2 * _MM)
"""Worn strokes are broken by less."""
_LONG: Final = round(8.0 * _MM)
"""The upper and the lower side are whole for so long, as rows of large capitals are not."""
_MOST_SIDES: Final = 60
"""Barcodes and tables have hundreds."""
_FLAT: Final = 1.3
"""Least width for the height."""
_BLACK: Final = 110
"""Black print is darker, red ink in gray usually not; of the red channel and of gray, 0 to 255."""
_BAND: Final = (0.2, 0.85)
"""Share of a frame's height in which its letters stand; print under the stamp comes in from above and below."""
_DEEPER: Final = 25
"""How much darker than the frame's ink foreign ink is."""
_EDGE, _MARGIN = 7, 40
"""Pixels at 200 dpi that are cut off for the frame itself, and that are put around the words instead."""
_MOST: Final = 8
"""Frames read on one sheet."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The outline of a frame along the middle of its strokes, pixels of the straight head."""

    left: int
    top: int
    right: int
    bottom: int

    def scaled(self, scale: float) -> Frame:
        """The same frame in a picture so many times as large."""
        return Frame(*(round(scale * at) for at in (self.left, self.top, self.right, self.bottom)))


def shows_degree(sheet: Sheet, ink: Ink, reading: Reading, engine: Engine) -> bool:
    """Whether a frame in the head of the sheet, whose marks are ``ink``, holds MẬT, TỐI MẬT or TUYỆT MẬT.

    Where it stayed doubtful which way is up, each side of the sheet is looked at as its head.

    Raises:
        PageFailed: the engine failed on a frame.
    """
    turns = (0,) if reading.turn_sure else (0, 180, 90, 270)
    return any(_head_shows(sheet, ink, (reading.turn + more) % 360, reading.skew_deg, engine) for more in turns)


def _head_shows(sheet: Sheet, ink: Ink, turn: int, skew_deg: float, engine: Engine) -> bool:
    scale = _LOOK_DPI / (ink.scale * sheet.dpi)
    layers = [(layer, straighten(_head(marks, turn), skew_deg, scale) > least) for layer, marks, least in _layers(ink)]
    found = [(layer, frame) for layer, mask in layers for frame in find_frames(mask.astype(np.uint8))]
    if not found:
        return False
    inks = _Inks.of(sheet, turn, skew_deg)
    insides = (inks.insides(layer, frame.scaled(_READ_DPI / _LOOK_DPI)) for layer, frame in found[:_MOST])
    return any(_reads_degree(picture, engine) for pictures in insides for picture in pictures)


def _layers(ink: Ink) -> Iterator[tuple[Layer, Pixels, float]]:
    """Pictures in which frames are looked for: coloured ones, then dark ones; ink is more than the number."""
    if ink.colour is not None:
        yield "red", ink.colour, float(np.median(ink.colour[::4, ::4])) + _COLOURED
    yield "dark", ink.contrast, _DARK


def _head(pixels: Pixels, turn: int) -> Pixels:
    """The head of a picture whose upright content was turned so far clockwise, upright."""
    high = pixels.shape[0 if turn in (0, 180) else 1]
    share = round(_HEAD_SHARE * high)
    side = slice(0, share) if turn in (0, 270) else slice(high - share, high)
    head = pixels[side] if turn in (0, 180) else pixels[:, side]
    return np.ascontiguousarray(np.rot90(head, turn // 90))


@dataclass(frozen=True, slots=True)
class _Inks:
    """The head of a sheet at 200 dpi, upright and straight, its inks apart."""

    gray: Pixels
    """Paper 255; red, black and blue ink dark."""
    colour: tuple[Pixels, Pixels] | None
    """How red each pixel is, 0 to 255, and black and blue ink alone, dark on white; None for a gray sheet."""

    @classmethod
    def of(cls, sheet: Sheet, turn: int, skew_deg: float) -> _Inks:
        """Cut the head out of a sheet."""
        head, scale = _head(sheet.pixels, turn), _READ_DPI / sheet.dpi
        if head.ndim == 2:
            return cls(flatten(straighten(head, skew_deg, scale)), None)
        red = np.asarray(cv2.subtract(head[:, :, 0], cv2.max(head[:, :, 1], head[:, :, 2])), np.uint8)
        first, second = (straighten(np.ascontiguousarray(head[:, :, channel]), skew_deg, scale) for channel in (0, 1))
        return cls(flatten(second), (straighten(red, skew_deg, scale), flatten(first)))

    def insides(self, layer: Layer, frame: Frame) -> Iterator[Pixels]:
        """What stands in a frame, dark on white: as it is, without ink of another colour or depth, each also narrowed."""
        inside = np.s_[frame.top + _EDGE : frame.bottom - _EDGE, frame.left + _EDGE : frame.right - _EDGE]
        if layer == "red" and self.colour is not None:
            red, black = self.colour
            pictures = _apart(_darkened(red[inside]), black[inside] < _BLACK)
        else:
            gray = self.gray[inside]
            pictures = _apart(gray, gray < _level(self.gray, frame) - _DEEPER)
        yield from pictures
        for picture in pictures:
            high = picture.shape[0]
            yield picture[round(_BAND[0] * high) : round(_BAND[1] * high)]


def find_frames(mask: Mask) -> list[Frame]:
    """Frames of the size of a stamp in a mask (height, width) at 100 dpi whose ink is 1."""
    sides = sorted(_sides(mask))
    likely = [frame for one, other in combinations(sides, 2) if (frame := _between(one, other)) is not None]
    if not likely:
        return []
    rows = _runs(np.ascontiguousarray(mask.T), _LONG).T
    return [closed for frame in likely if (closed := _closed(rows, frame)) is not None]


def _sides(mask: Mask) -> list[tuple[int, int, int]]:
    """Upright strokes as high as a stamp: middle, top and bottom of each."""
    _, stats = components(_runs(mask, round(_HIGH[0])))
    return [
        (left + wide // 2, top, top + tall)
        for left, top, wide, tall, _ in stats[1:].tolist()
        if wide <= _STROKE and tall <= _HIGH[1] + 2 * _SLACK
    ][:_MOST_SIDES]


def _runs(mask: Mask, long: int) -> Mask:
    """What is inked down the picture for so many pixels on end, worn places and a slight slant forgiven."""
    thick = cv2.dilate(mask, np.ones((1, 3), np.uint8))
    joined = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((_GAP, 1), np.uint8))
    return np.asarray(cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8)), np.uint8)


def _between(one: tuple[int, int, int], other: tuple[int, int, int]) -> Frame | None:
    """The frame that two upright strokes may be the sides of."""
    frame = Frame(one[0], max(one[1], other[1]), other[0], min(one[2], other[2]))
    slack = _SLACK + _TILT * (frame.right - frame.left)
    level = abs(one[1] - other[1]) <= slack and abs(one[2] - other[2]) <= slack
    wide, high = frame.right - frame.left, frame.bottom - frame.top
    fits = _WIDE[0] <= wide <= _WIDE[1] and _HIGH[0] <= high <= _HIGH[1] and wide > _FLAT * high
    return frame if level and fits else None


def _closed(rows: Mask, frame: Frame) -> Frame | None:
    """The frame with its upper and lower side where they are; None without them, or where both go on as in a table."""
    beyond, found = [], []
    for at, above, below in ((frame.top, _SLACK, _SUNK), (frame.bottom, _SUNK, _SLACK)):
        best = _side(rows[:, frame.left : frame.right], max(0, at - above), at + below + 1, upper=at == frame.top)
        side = np.asarray(rows[max(0, best - _SLACK) : best + _SLACK + 1, frame.left : frame.right].any(axis=0))
        if side.mean() < _FILLED:
            return None
        rule = np.asarray(rows[max(0, best - 1) : best + 2].any(axis=0))
        before, behind = rule[max(0, frame.left - 4 - _BEYOND) : max(0, frame.left - 4)], rule[frame.right + 5 :][:_BEYOND]
        beyond.append((before.size > 0 and bool(before.all()), behind.size > 0 and bool(behind.all())))
        found.append(best)
    goes_on = any(upper and lower for upper, lower in zip(*beyond, strict=True))
    return None if goes_on or found[1] - found[0] < _HIGH[0] else replace(frame, top=found[0], bottom=found[1])


def _side(rows: Mask, first: int, end: int, *, upper: bool) -> int:
    """The middle of the outermost stroke among the fullest of some rows."""
    filled = rows[first:end].sum(axis=1, dtype=np.int32)
    fullest = np.flatnonzero(filled == filled.max())
    stroke = fullest[fullest <= fullest[0] + 4] if upper else fullest[fullest >= fullest[-1] - 4]
    return first + round(float(stroke.mean()))


def _darkened(red: Pixels) -> Pixels:
    """Redness as gray, the reddest black."""
    most = max(float(np.percentile(red, 97)), 1.0)
    return np.asarray(cv2.convertScaleAbs(255 - np.minimum(red, most) * (255 / most)), np.uint8)


def _level(gray: Pixels, frame: Frame) -> float:
    """The gray of the strokes of a frame, where their middle was hit."""
    sides = (
        gray[(frame.top, frame.bottom), frame.left : frame.right],
        gray[frame.top : frame.bottom, (frame.left, frame.right)],
    )
    ink = np.concatenate([side.ravel() for side in sides])
    ink = ink[ink < 255 - _DARK]
    return float(np.percentile(ink, 30)) if ink.size else 0.0


def _apart(picture: Pixels, foreign: npt.NDArray[np.bool_]) -> tuple[Pixels, ...]:
    """The picture; and with what stands around foreign ink in its place, so that strokes that it crossed go on."""
    if not foreign.any():
        return (picture,)
    mask = cv2.dilate(foreign.astype(np.uint8), np.ones((5, 5), np.uint8))
    return picture, np.asarray(cv2.inpaint(picture, mask, 3, cv2.INPAINT_TELEA), np.uint8)


def _reads_degree(picture: Pixels, engine: Engine) -> bool:
    """Whether a degree of secrecy is all that is read in the picture."""
    page = cv2.copyMakeBorder(picture, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_CONSTANT, value=255)
    lines = engine.read(np.asarray(page, np.uint8), _READ_DPI)
    texts = [" ".join(word.text for word in line.words) for line in lines]
    return any(map(names_degree, (" ".join(texts), *texts)))
