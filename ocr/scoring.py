"""How sure the net looks of each letter, word and line: raw scores, which the calibration turns into chances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ocr.decoding import Floats, Signs

_LEAST: Final = 1e-6
"""Probability below which all are alike; logarithms need one."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Of one line; all are 0.0 to 1.0."""

    letters: Floats
    """Of each sign: its probability, and that nothing was swallowed on either side."""
    sums: Floats
    """Logarithms of the probabilities of the signs and of the gaps between them, summed up from the line's start."""

    @property
    def whole(self) -> float:
        """Of the line: that every sign is right and none was swallowed."""
        return float(np.exp(self.sums[-1]))

    def of_parts(self, parts: Sequence[tuple[int, int]]) -> list[float]:
        """Of words, each from its first sign to behind its last: the same for their signs and the blanks around them."""
        if not parts:
            return []
        first, end = np.asarray(parts).T
        start = np.maximum(2 * first - 1, 0)
        stop = np.minimum(2 * end + 2, len(self.sums) - 1)
        scores: list[float] = np.exp(self.sums[stop] - self.sums[start]).tolist()
        return scores


def score_signs(signs: Signs, changed: Mapping[int, float]) -> Scores:
    """Score a line.

    Args:
        signs: as decoded.
        changed: place of each sign that was settled otherwise -> its probability by the net.
    """
    certainty = signs.certainty
    if changed:
        certainty = certainty.copy()
        certainty[list(changed)] = list(changed.values())
    whole = 1 - signs.hidden
    parts = np.empty(2 * len(certainty) + 1, np.float64)
    parts[::2], parts[1::2] = whole, certainty
    sums = np.concatenate(([0.0], np.cumsum(np.log(np.maximum(parts, _LEAST)))))
    return Scores(certainty * np.minimum(whole[:-1], whole[1:]), sums)
