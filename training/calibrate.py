"""How sure the net looks against how often it is right, measured on drawn lines and written as rising curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ocr.alphabet import LEADER, SCRIBBLE
from ocr.calibration import Curve
from ocr.recognise import Recogniser
from training.measures import rights
from training.shards import DrawnLine

_POINTS: Final = 24
"""Points of a curve at the most."""
_LEAST: Final = 40
"""Readings behind a point at the least."""

Judged = list[tuple[float, bool]]
"""Score of a reading and whether it was right."""


def calibration(recogniser: Recogniser, lines: Sequence[DrawnLine]) -> dict[str, list[list[float]]]:
    """The curves of letters, words and lines, as `ocr.calibration.Calibration.parse` reads them."""
    judged: dict[str, Judged] = {"letter": [], "word": [], "line": []}
    for line in lines:
        read = recogniser.read(line.picture)
        truth = line.text.replace(LEADER, " ").replace(SCRIBBLE, " ").split()
        words = [word.text for word in read.words]
        judged["line"].append((read.score, words == truth))
        judged["word"] += zip((word.score for word in read.words), rights(truth, words), strict=True)
        letters = [letter for word in read.words for letter in word.letters]
        signs = rights("".join(truth), "".join(letter.sign for letter in letters))
        judged["letter"] += zip((letter.score for letter in letters), signs, strict=True)
    return {unit: [list(curve.scores), list(curve.chances)] for unit, ones in judged.items() for curve in [rising(ones)]}


def rising(judged: Judged) -> Curve:
    """The rising curve nearest to the share that is right at each score (pool adjacent violators over equal groups)."""
    if not judged:
        return Curve()
    ranked = sorted(judged)
    size = max(_LEAST, -(-len(ranked) // _POINTS))
    groups = [ranked[start : start + size] for start in range(0, len(ranked), size)]
    pools: list[tuple[float, float, int]] = []  # mean score, share right, readings
    for group in groups:
        pool = (float(np.mean([s for s, _ in group])), float(np.mean([right for _, right in group])), len(group))
        while pools and (pools[-1][1] >= pool[1] or pools[-1][0] >= pool[0] - 1e-6):
            score, share, count = pools.pop()
            whole = count + pool[2]
            pool = ((score * count + pool[0] * pool[2]) / whole, (share * count + pool[1] * pool[2]) / whole, whole)
        pools.append(pool)
    return Curve(tuple(round(score, 6) for score, _, _ in pools), tuple(round(share, 6) for _, share, _ in pools))
