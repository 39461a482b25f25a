"""What the recogniser found on one line: words with their places, and how sure each letter, word and line is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from dossier.values import Box, Line, Word


class RecognisedLetter(NamedTuple):
    """One sign of a word; a tuple, because a page has thousands and a frozen dataclass costs three times as much."""

    sign: str
    left: float
    """Pixels of the page; half way to the letter before, or where the word's ink begins."""
    right: float
    """Pixels of the page, exclusive."""
    confidence: float
    """Chance that the sign is right, 0.0 to 1.0."""
    score: float
    """How sure the net looked, 0.0 to 1.0, before calibration."""
    second: str | None = None
    """What it is otherwise; None where there is no doubt."""
    second_chance: float = 0.0
    """Probability of `second` by the net, 0.0 to 1.0."""


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """One word, NFC, without blanks and leader dots."""

    text: str
    box: Box
    """Around its ink, pixels of the page."""
    confidence: float
    """Chance that every letter is right, 0.0 to 1.0."""
    score: float
    """How sure the net looked, 0.0 to 1.0, before calibration."""
    raw: str
    """As it was read before the syllables were asked."""
    letters: tuple[RecognisedLetter, ...]
    """One for each sign of the text."""

    def as_word(self) -> Word:
        """As the other engines say it."""
        return Word(self.text, self.box, self.confidence, self.raw if self.raw != self.text else None)


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """The words of one line, left to right, and the ink on it that is no print."""

    words: tuple[RecognisedWord, ...] = ()
    confidence: float = 0.0
    """Chance that every word is right, 0.0 to 1.0."""
    score: float = 0.0
    """How sure the net looked, 0.0 to 1.0, before calibration."""
    scribble: tuple[Box, ...] = ()
    """Where a pen wrote, pixels of the page."""
    width: float = 0.0
    """Of the whole line, pixels."""

    @property
    def text(self) -> str:
        """The words joined by single blanks."""
        return " ".join(word.text for word in self.words)

    @property
    def scribbled(self) -> float:
        """Share of the width that a pen wrote on, 0.0 to 1.0."""
        return sum(box.width for box in self.scribble) / self.width if self.width else 0.0

    def as_line(self) -> Line:
        """As the other engines say it."""
        return Line(tuple(word.as_word() for word in self.words))
