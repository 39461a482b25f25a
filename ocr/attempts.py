"""Reads a page once or several times, turned and prepared otherwise where there is a doubt, and keeps the best reading."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, cast

import numpy as np

from dossier.values import Box, Line, QuarterTurn, Word
from ocr.clean import CleanPage, Way, clean
from ocr.engine import Engine
from ocr.orient import Orientation
from ocr.sheet import Sheet

READ_AGAIN_BELOW: Final = 0.80
"""A page read with less confidence is prepared the other way and read again; good print reaches 0.90."""

TURN_BELOW: Final = 0.55
"""A page read with less confidence is tried head down too; a page read head down was seen at 0.2 to 0.4."""

SURE_FROM, SURE_LETTERS = 0.85, 12
"""A page on which so many letters were read with this confidence stands as it was read: head down or lying, letters are
read with 0.2 to 0.4 (digits are not: 6 and 9 read well both ways)."""

_WORTHLESS: Final = 0.40
"""Confidence of babble. Words below count against a reading, so that finding more of them is no gain."""

_CLEARLY_BETTER: Final = 1.5
"""Ratio of merits from which the reading decides which way is up."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One attempt to read a page."""

    turn: QuarterTurn
    turn_sure: bool
    skew_deg: float
    lines: tuple[Line, ...]
    clean: CleanPage

    @property
    def merit(self) -> float:
        """How much was surely read: letters, weighted by how far their confidence is above babble."""
        return sum(len(word.text) * (word.confidence - _WORTHLESS) for line in self.lines for word in line.words)

    @property
    def confidence(self) -> float:
        """Mean over the letters, 0.0 to 1.0."""
        letters = sum(len(word.text) for line in self.lines for word in line.words)
        return self.merit / letters + _WORTHLESS if letters else 0.0

    @property
    def stands(self) -> bool:
        """Whether the words themselves show that the page was read the right way up."""
        words = [word for line in self.lines for word in line.words if word.confidence >= SURE_FROM]
        return self.confidence >= SURE_FROM and sum(map(str.isalpha, "".join(word.text for word in words))) >= SURE_LETTERS


def best_reading(sheet: Sheet, stands: Orientation, engine: Engine, first_way: Way) -> Reading:
    """Read; where the look of the page left a doubt, or the words are weak, read otherwise and keep the best."""

    def attempt(turn: int, way: Way) -> Reading:
        skew = stands.skew_deg if sheet.is_square else 0.0  # in a stretched frame a turn is no turn
        turn = cast("QuarterTurn", turn % 360)
        letters = 0.0 if way == "faint" else stands.letter_inches  # of a faint page it is the size of the noise
        page = clean(
            sheet.pixels, dpi=sheet.dpi, turn=turn, skew_deg=skew, wanted_dpi=engine.wanted_dpi(letters, sheet.dpi), way=way
        )
        return Reading(turn, stands.sure, skew, engine.read(page.image, page.dpi), page)

    best = attempt(stands.turn, first_way)
    others = [] if best.stands or (stands.up_sure and best.confidence >= TURN_BELOW) else [180]
    others += [] if best.stands or stands.across_sure else [90, 270]
    if best.stands:
        best = replace(best, turn_sure=True)
    if others:
        first, *rest = sorted([best, *(attempt(stands.turn + more, first_way) for more in others)], key=_by_merit)
        clear = first.merit > 0 and first.merit > _CLEARLY_BETTER * max(reading.merit for reading in rest)
        sure = clear or (stands.sure and first.turn == stands.turn)
        best = replace(first, turn_sure=sure)
    if first_way == "soft" and best.confidence < READ_AGAIN_BELOW:
        again = attempt(best.turn, "sharp")
        if again.merit > best.merit:
            best = replace(again, turn_sure=best.turn_sure)
    return best


def shines_through(sheet: Sheet, reading: Reading, engine: Engine) -> bool:
    """Whether faint marks are print of the other side: they then read better mirrored than as they stand."""
    if reading.confidence >= READ_AGAIN_BELOW or sheet.pixels.ndim == 3:
        return False
    image, dpi = reading.clean.image, reading.clean.dpi
    mirrored = (image[:, ::-1], image[::-1])  # which way is up was asked of mirrored letters, and may be wrong
    merit = max(replace(reading, lines=engine.read(np.ascontiguousarray(other), dpi)).merit for other in mirrored)
    return merit > max(0.0, _CLEARLY_BETTER * reading.merit)


def placed(sheet: Sheet, reading: Reading) -> tuple[Line, ...]:
    """The lines with their boxes in the upright frame of the stored picture."""
    across, down = (sheet.down, sheet.across) if reading.turn in (90, 270) else (sheet.across, sheet.down)

    def place(word: Word) -> Word:
        box = reading.clean.in_upright_frame(word.box)
        return replace(word, box=Box(box.left / across, box.top / down, box.right / across, box.bottom / down))

    return tuple(Line(tuple(place(word) for word in line.words)) for line in reading.lines)


def _by_merit(reading: Reading) -> float:
    return -reading.merit
