"""Shows a line to the net, a long one in parts: what the net sees around a cut is the same as without it."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, Protocol

import numpy as np

from ocr.decoding import Floats
from ocr.ink import Pixels
from ocr.line_ink import LineInk
from ocr.line_picture import STRIDE

_WIDEST: Final = 1_000
"""Columns that the net reads at once; hardly any line that it was trained on is wider."""

_CONTEXT: Final = 40 * STRIDE
"""Columns beyond a cut that are shown to the net too: as far as it looks to either side of a frame."""


class Net(Protocol):
    """What turns line pictures into chances of signs."""

    def logits(self, picture: Pixels) -> Floats:
        """One row of classes for each 4 columns of a line picture, also for a last one begun."""


def show(net: Net, picture: Pixels, ink: LineInk) -> Floats:
    """The net's answer (frames, classes) to a line picture of any width."""
    cuts = [0, *_cuts(ink, 0, ink.width), ink.width]
    if len(cuts) == 2:
        return net.logits(picture)
    parts = []
    for left, right in pairwise(cuts):
        seen = max(0, left - _CONTEXT)
        answer = net.logits(picture[:, seen : right + _CONTEXT])
        parts.append(answer[(left - seen) // STRIDE : -(-(right - seen) // STRIDE)])
    return np.concatenate(parts)


def _cuts(ink: LineInk, left: int, right: int) -> list[int]:
    """Multiples of the stride, in the widest gap of the middle third of what is too wide."""
    if right - left <= _WIDEST:
        return []
    third = (right - left) // 3
    start, end = ink.widest_gap(left + third, right - third)
    cut = min(max((start + end) // 2, left + third), right - third) // STRIDE * STRIDE
    return [*_cuts(ink, left, cut), cut, *_cuts(ink, cut, right)]
