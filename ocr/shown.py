"""A page as a person sees it: upright, with boxes around what was read, or cut down to one value."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import numpy as np

from dossier.errors import PageUnreadable
from dossier.values import Box, ReadPage
from ocr.ink import Pixels
from ocr.scans import open_scan
from ocr.sheets import same_picture

_LONGEST: Final = 1800
"""Pixels of the longer side of the picture that is shown: enough to read, small enough for any screen."""
_MARGIN: Final = 0.4
"""Of its height: paper left around a value that is cut out."""
_LINE: Final = 2
_LETTERS: Final = 0.5
"""Scale of the labels, for `cv2.putText`."""


class Mark(NamedTuple):
    """A box to be drawn."""

    box: Box
    """In the upright frame."""
    label: str
    """ASCII, drawn above the box."""
    colour: tuple[int, int, int]
    """RGB."""


def draw(source: Path, page: ReadPage, marks: Sequence[Mark]) -> bytes:
    """The upright page with its marks, as PNG; meant to run in a cage.

    Raises:
        BindingFailed: the picture is not the one that was read.
        PageUnreadable: it does not decode.
    """
    upright = _upright(source, page)
    scale = min(1.0, _LONGEST / max(upright.shape[:2]))
    shown = np.asarray(cv2.resize(upright, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    for mark in marks:
        left, top, right, bottom = (round(side * scale) for side in _sides(mark.box))
        cv2.rectangle(shown, (left, top), (right, bottom), mark.colour, _LINE)
        at = left, max(12, top - 4)
        for colour, width in (((255, 255, 255), 4), (mark.colour, 1)):  # white around it: it lies over print
            cv2.putText(shown, mark.label, at, cv2.FONT_HERSHEY_SIMPLEX, _LETTERS, colour, width, cv2.LINE_AA)
    return _png(shown)


def cut(source: Path, page: ReadPage, box: Box) -> bytes:
    """One value cut out of the upright page, as PNG; arguments and errors as in `draw`."""
    upright = _upright(source, page)
    room = _MARGIN * box.height
    left, top, right, bottom = (round(side) for side in _sides(box))
    height, width = upright.shape[:2]
    rows = slice(max(0, round(top - room)), min(height, round(bottom + room)))
    columns = slice(max(0, round(left - room)), min(width, round(right + room)))
    return _png(np.ascontiguousarray(upright[rows, columns]))


def _upright(source: Path, page: ReadPage) -> Pixels:
    scan = open_scan(source, page.number)
    same_picture(scan, page)
    pixels = scan.pixels()
    colour = pixels if pixels.ndim == 3 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), np.uint8)
    upright = np.ascontiguousarray(np.rot90(colour, page.turn // 90))
    height, width = upright.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), page.skew_deg, 1.0)
    straight = cv2.warpAffine(upright, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(straight, np.uint8)


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _png(pixels: Pixels) -> bytes:
    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    if not done:
        raise PageUnreadable("the picture cannot be written as PNG")
    return data.tobytes()
