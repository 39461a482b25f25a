"""The decoded picture of a page with square pixels, and what else is known of it before it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from dossier.values import Box
from ocr.ink import Pixels
from ocr.picture import Scan

_SQUARE: Final = 1.05
"""Ratio of the two resolutions up to which pixels count as square; fax pages have 2."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The decoded picture with square pixels."""

    pixels: Pixels
    dpi: float
    across: float
    """Pixels for one stored pixel across."""
    down: float
    """Pixels for one stored pixel down."""

    @classmethod
    def of(cls, scan: Scan) -> Sheet:
        """Decode a stored picture."""
        pixels = scan.pixels()
        dpi = max(scan.dpi, scan.dpi_down)
        if dpi < _SQUARE * min(scan.dpi, scan.dpi_down):
            return cls(pixels, scan.dpi, 1.0, 1.0)
        across, down = dpi / scan.dpi, dpi / scan.dpi_down
        square = cv2.resize(pixels, None, fx=across, fy=down, interpolation=cv2.INTER_LINEAR)
        return cls(np.asarray(square, np.uint8), dpi, across, down)

    @property
    def is_square(self) -> bool:
        """Whether the stored pixels were square already."""
        return self.across == self.down

    def without(self, places: Iterable[Box]) -> Sheet:
        """The sheet with places painted as paper, so that nobody reads the squares of a code as letters."""
        boxes = list(places)
        if not boxes:
            return self
        pixels = self.pixels.copy()
        for box in boxes:
            pixels[max(0, int(box.top)) : int(box.bottom) + 1, max(0, int(box.left)) : int(box.right) + 1] = 255
        return Sheet(pixels, self.dpi, self.across, self.down)
