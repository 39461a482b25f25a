"""From how sure the net looks to how often it is right, as measured on drawn lines that it was not trained on."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dossier.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Curve:
    """A rising line through points; the default leaves scores as they are."""

    scores: tuple[float, ...] = (0.0, 1.0)
    """How sure the net looks, 0.0 to 1.0, rising."""
    chances: tuple[float, ...] = (0.0, 1.0)
    """Share that is right at such a score, 0.0 to 1.0, never falling."""

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in zip(self.scores, self.scores[1:], strict=False))
        never_falling = list(self.chances) == sorted(self.chances)
        inside = all(0 <= number <= 1 for number in (*self.scores, *self.chances))
        if not (self.scores and len(self.scores) == len(self.chances) and rising and never_falling and inside):
            raise Misconfigured("a calibration curve of the line model does not rise from 0 to 1")

    def at(self, scores: npt.ArrayLike) -> list[float]:
        """The chances of being right, one for each score."""
        chances: list[float] = np.interp(np.asarray(scores, float), self.scores, self.chances).tolist()
        return chances


@dataclass(frozen=True, slots=True)
class Calibration:
    """One curve for each thing that has a confidence."""

    letter: Curve = Curve()
    word: Curve = Curve()
    line: Curve = Curve()

    @classmethod
    def parse(cls, text: str) -> Calibration:
        """Read JSON such as ``{"word": [[0, 1], [0.1, 0.9]]}``, scores and chances; what is not named keeps its scores.

        Raises:
            Misconfigured: it is something else.
        """
        try:
            curves = {
                unit: Curve(tuple(map(float, xs)), tuple(map(float, ys))) for unit, (xs, ys) in json.loads(text).items()
            }
            return cls(**curves)
        except (ValueError, TypeError, AttributeError):
            raise Misconfigured("the calibration of the line model cannot be read") from None
