"""From the frames of the net to signs, with what else they may be and what may have been swallowed between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.intp]

BLANK: Final = 0
"""The class of CTC that says: no new sign here."""

_DOUBTFUL: Final = 0.98
"""A sign less probable than this is given its alternatives; about one in thirty of a good scan."""

_ALTERNATIVES: Final = 3
_LEAST_CHANCE: Final = 0.01
"""Of an alternative; nothing that the syllables say outweighs more."""


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """The signs of one line, in order; a sign is a run of frames in which its class is the most probable one."""

    classes: Numbers
    first: Numbers
    """First frame of each sign's run."""
    last: Numbers
    """Last frame of each sign's run, inclusive."""
    certainty: Floats
    """Highest probability of each sign in its run, 0.0 to 1.0; tells right from wrong far better than the mean does."""
    hidden: Floats
    """Before each sign, and behind the last one: the highest probability, 0.0 to 1.0, of a sign that was left out."""
    choices: dict[int, tuple[tuple[int, float], ...]]
    """Place of a doubtful sign -> its class and the likeliest others, with their probabilities."""


def decode(logits: Floats) -> Signs:
    """Find the signs in the net's output (frames, classes) by the best class of each frame."""
    frames = np.arange(len(logits))
    best = logits.argmax(axis=1)
    powers = logits - logits[frames, best][:, None]
    np.exp(powers, out=powers)
    scale = 1 / powers.sum(axis=1)  # also the probability of the best class: its power is 1
    changed = np.empty(len(best), bool)
    changed[:1] = True
    np.not_equal(best[1:], best[:-1], out=changed[1:])
    starts = np.flatnonzero(changed)
    ends = np.append(starts[1:], len(best)) - 1
    written = best[starts] != BLANK
    first, last = starts[written], ends[written]
    certainty = np.maximum.reduceat(scale, starts)[written]
    classes = best[first]
    choices = {
        int(place): _choices(powers[first[place] : last[place] + 1], scale[first[place] : last[place] + 1], classes[place])
        for place in np.flatnonzero(certainty < _DOUBTFUL)
    }
    return Signs(classes, first, last, certainty, _hidden(powers, scale, best, classes, first), choices)


def _choices(powers: Floats, scale: Floats, read: np.intp) -> tuple[tuple[int, float], ...]:
    chances = scale @ powers / len(scale)
    likeliest = np.argsort(-chances)[: _ALTERNATIVES + 1]
    others = sorted(
        (
            (float(chances[sign]), int(sign))
            for sign in likeliest
            if sign not in (BLANK, read) and chances[sign] > _LEAST_CHANCE
        ),
        reverse=True,
    )
    return ((int(read), float(chances[read])), *((sign, chance) for chance, sign in others[: _ALTERNATIVES - 1]))


def _hidden(powers: Floats, scale: Floats, best: Numbers, classes: Numbers, first: Numbers) -> Floats:
    """In frames that the blank won, what is neither blank nor the flank of the sign before or behind."""
    hidden = np.zeros(len(first) + 1, np.float32)
    empty = np.flatnonzero((best == BLANK) & (scale < _DOUBTFUL))
    gap = np.searchsorted(first, empty)
    around = np.concatenate(([BLANK], classes, [BLANK]))
    flanks = np.zeros(len(empty), np.float32)
    for beside in (around[gap], around[gap + 1]):
        flanks += np.where(beside == BLANK, 0, powers[empty, beside])
    np.maximum.at(hidden, gap, np.clip(1 - (1 + flanks) * scale[empty], 0, 1))
    return hidden
