"""Our own engine: finds the lines of a page, reads each with the line model, drops what is no print, orders the rest."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np

from dossier.values import Box, Line, Word
from ocr.engine import tesseract_dpi
from ocr.ink import Pixels
from ocr.line_model import load_line_model
from ocr.lines import FoundLine, find_lines
from ocr.reading_order import in_reading_order
from ocr.recognise import Recogniser

_SCRAP: Final = 0.45
"""Signs and single letters read with less confidence are pieces of frames, pen strokes and dust."""
_SURE: Final = 0.8
_ASKED: Final = 80
"""Lines of a page with more, those with most letters, that are asked first whether it is a page of print."""
_NOISE: Final = 0.35
"""Confidence of noise is 0.2 to 0.3, of the worst page of print 0.5."""
_BABBLE: Final = 0.40
"""Lines read with less confidence are looked at once more: they may be print of the other side."""
_FAINT: Final = 0.75
"""Share of the page's usual contrast below which a badly read line may shine through."""


class OwnEngine:
    """The line finder and the line model of the product, in this process."""

    def __init__(self, recogniser: Recogniser, model: str) -> None:
        """Choose the recogniser to read with, and say the name of its model."""
        self._recogniser, self._model = recogniser, model

    @classmethod
    @cache
    def open(cls) -> OwnEngine:
        """The engine with the model of the product; the same one for a whole process.

        Raises:
            Misconfigured: a file of the model is missing or is not the right one.
        """
        return cls(Recogniser.open(), load_line_model().name)

    @property
    def name(self) -> str:
        """For example ``own sohoa-lines 1``."""
        return f"own {self._model}"

    def wanted_dpi(self, letter_inches: float, dpi: float) -> float:
        """Lines come to be 40 pixels high, so the letters of office print need no more than 200 dpi; never enlarged."""
        return min(dpi, tesseract_dpi(letter_inches) if letter_inches else dpi)

    def read(self, image: Pixels, dpi: float) -> tuple[Line, ...]:
        """Read a gray or bilevel page (height, width) that stands upright; boxes are in its pixels."""
        found = self._worth_reading(image, find_lines(image, dpi))
        read = [line.as_line() for line in self._recogniser.read_lines(image, [one.box for one in found])]
        kept = [_without_scraps(line) for line in self._without_back(image, found, read)]
        return in_reading_order([line for line in kept if line.words])

    def _worth_reading(self, image: Pixels, found: Sequence[FoundLine]) -> Sequence[FoundLine]:
        """All lines, or of a page that is noise only the few that were asked: its hundreds of rows say nothing."""
        if len(found) <= _ASKED:
            return found
        asked = sorted(found, key=lambda line: -line.letters)[:_ASKED]
        read = [line.as_line() for line in self._recogniser.read_lines(image, [line.box for line in asked])]
        words = tuple(word for line in read for word in line.words)
        return asked if _confidence(Line(words)) < _NOISE else found

    def _without_back(self, image: Pixels, found: Sequence[FoundLine], read: Sequence[Line]) -> list[Line]:
        """Leave out lines that shine through from the other side: paler than the rest, and better read mirrored."""
        doubtful = [number for number, line in enumerate(read) if line.words and _confidence(line) < _BABBLE]
        if not doubtful:
            return list(read)
        depths = [_depth(image, one.box) for one in found]
        sure = [depth for depth, line in zip(depths, read, strict=True) if line.words and _confidence(line) >= _BABBLE]
        usual = float(np.median(sure)) if sure else 255.0
        pale = [number for number in doubtful if depths[number] < _FAINT * usual]
        gone = {number for number in pale if self._mirrored(image, found[number].box) > _confidence(read[number])}
        return [line for number, line in enumerate(read) if number not in gone]

    def _mirrored(self, image: Pixels, box: Box) -> float:
        crop = image[max(0, int(box.top)) : int(box.bottom) + 1, max(0, int(box.left)) : int(box.right) + 1]
        return _confidence(self._recogniser.read(np.ascontiguousarray(crop[:, ::-1])).as_line())


def _confidence(line: Line) -> float:
    letters = sum(len(word.text) for word in line.words)
    return sum(len(word.text) * word.confidence for word in line.words) / letters if letters else 0.0


def _depth(image: Pixels, box: Box) -> float:
    """How dark the ink of a line is, 0 to 255."""
    crop = image[max(0, int(box.top)) : int(box.bottom) + 1, max(0, int(box.left)) : int(box.right) + 1]
    return 255.0 - float(np.percentile(crop[::2, ::2], 8)) if crop.size > 16 else 0.0


def _without_scraps(line: Line) -> Line:
    """The line without signs that no pen or press meant."""
    words = tuple(word for word in line.words if word.confidence >= _SCRAP or _has_letter(word))
    if not any(_has_letter(word) for word in words):  # a dash alone says "none" in the cell of a table
        words = tuple(word for word in words if word.text == "-" and word.confidence >= _SURE)
    if len(words) == 1 and len(words[0].text) <= 2 and words[0].confidence < _SCRAP:
        return Line(())
    return Line(words)


def _has_letter(word: Word) -> bool:
    return any(letter.isalnum() for letter in word.text)
