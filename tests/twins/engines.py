"""Engines that misbehave: each is a real `ocr.engine.Engine` with one fault or one fixed habit."""

from __future__ import annotations

from dataclasses import dataclass, field

from dossier.values import Box, Line, Word
from ocr.ink import Pixels


def line(text: str, confidence: float, left: float = 100, top: float = 100) -> Line:
    """One line, its words 100 pixels wide and 30 tall."""
    return Line(
        tuple(
            Word(word, Box(left + 120 * place, top, left + 120 * place + 100, top + 30), confidence)
            for place, word in enumerate(text.split())
        )
    )


@dataclass
class ScriptedEngine:
    """Gives prepared answers one after the other, and remembers what it was shown."""

    answers: list[tuple[Line, ...]]
    shown: list[Pixels] = field(default_factory=list)
    name: str = "scripted"

    def wanted_dpi(self, letter_inches: float, dpi: float) -> float:
        """As it is."""
        return dpi

    def read(self, image: Pixels, dpi: float) -> tuple[Line, ...]:
        """Give the next answer; the last one again when there are no more."""
        self.shown.append(image)
        return self.answers[min(len(self.shown), len(self.answers)) - 1]


@dataclass
class BabblingEngine:
    """Reads much and is sure of nothing."""

    name: str = "babbling"

    def wanted_dpi(self, letter_inches: float, dpi: float) -> float:
        """As it is."""
        return dpi

    def read(self, image: Pixels, dpi: float) -> tuple[Line, ...]:
        """Babble."""
        return tuple(line("ạ§ ~~ iỉl", 0.2, top=40.0 * row) for row in range(30))


@dataclass
class SilentEngine:
    """Reads nothing."""

    name: str = "silent"

    def wanted_dpi(self, letter_inches: float, dpi: float) -> float:
        """As it is."""
        return dpi

    def read(self, image: Pixels, dpi: float) -> tuple[Line, ...]:
        """Say nothing."""
        return ()
