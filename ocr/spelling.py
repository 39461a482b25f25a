"""Settles doubtful letters by the syllables around them; names, numbers and codes stay as they were read."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ocr.syllables import Syllables, folded

Choices = Mapping[int, tuple[tuple[str, float], ...]]
"""Place in the word -> the signs that may stand there, with probabilities, the one read first; doubtful places only."""

WEIGHT: Final = 0.7
"""Of the bonds between syllables against the picture."""

_MOST_READINGS: Final = 24
"""Readings of one word, and of the words so far, that are followed up: the most probable."""

_CORE: Final = re.compile(r"([^\w]*)([^\W\d_]+)([^\w]*)")
"""A word without digits that is in one piece, between its punctuation; codes and addresses are not."""

_SENTENCE_ENDS: Final = (".", "?", "!", ";")

_Path = tuple[float, tuple[str, ...]]
"""Logarithm of a likelihood, and the words so far."""


@dataclass(frozen=True, slots=True)
class DoubtfulWord:
    """A word as read; an empty text stands for a break, such as leader dots."""

    text: str
    choices: Choices = field(default_factory=dict)


def settle(words: Sequence[DoubtfulWord], syllables: Syllables) -> list[str]:
    """The words of one line in their likeliest spelling."""
    if not any(word.choices for word in words):
        return [word.text for word in words]
    paths: list[_Path] = [(0.0, ())]
    for place, word in enumerate(words):
        readings = _readings(words, place, syllables) if word.choices else [(0.0, word.text)]
        if len(readings) == len(paths) == 1:
            paths = [(paths[0][0], (*paths[0][1], word.text))]
            continue
        longer = [
            (score + chance + WEIGHT * _bond(syllables, texts[-1:], text), (*texts, text))
            for score, texts in paths
            for chance, text in readings
        ]
        longer.sort(reverse=True)
        paths = longer[: _MOST_READINGS if len(readings) > 1 else 1]  # behind a settled word all go on alike
    return list(max(paths)[1])


def _bond(syllables: Syllables, last: tuple[str, ...], text: str) -> float:
    word, before = _CORE.fullmatch(text), _CORE.fullmatch(last[0]) if last else None
    if word is None or before is None or before[3] or word[1]:  # punctuation parts them
        return 0.0
    return syllables.bond(before[2], word[2])


def _readings(words: Sequence[DoubtfulWord], place: int, syllables: Syllables) -> list[tuple[float, str]]:
    """What a word may be, with logarithms of probabilities; only as it was read where nothing may be changed."""
    text, choices = words[place].text, words[place].choices
    core = _CORE.fullmatch(text)
    if core is None or not _may_change(words, place, core[2]):
        return [(0.0, text)]
    readings = [(0.0, "")]
    for spot, sign in enumerate(text):
        signs = [(other, chance) for other, chance in choices.get(spot, ()) if other == sign or _alike(other, sign)]
        readings = [
            (score + math.log(max(chance, 1e-9)), start + other)
            for score, start in readings
            for other, chance in signs or [(sign, 1.0)]
        ]
        readings = sorted(readings, reverse=True)[:_MOST_READINGS]
    kept = [(score, other) for score, other in readings if other == text or _is_better(other, core, syllables)]
    return kept or [(0.0, text)]


def _may_change(words: Sequence[DoubtfulWord], place: int, core: str) -> bool:
    if core.islower():
        return True
    if not core.istitle() or place + 1 == len(words):
        return False
    before = words[place - 1].text if place else "."
    return before.endswith(_SENTENCE_ENDS) and words[place + 1].text.islower()  # two capitals in a row are a name


def _alike(sign: str, other: str) -> bool:
    """Whether both are letters of the same case."""
    return sign.isalpha() and other.isalpha() and sign.isupper() == other.isupper()


def _is_better(text: str, core: re.Match[str], syllables: Syllables) -> bool:
    """Whether it is a syllable, and not the same one with the tone written over the other vowel."""
    word = text[core.start(2) : core.end(2)]
    return syllables.known(word) and folded(word) != folded(core[2])
