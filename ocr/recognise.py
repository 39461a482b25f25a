"""Reads lines of print with our own net: a crop, or a page and boxes of lines -> words with boxes and confidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from dossier.values import Box
from ocr.alphabet import LEADER
from ocr.calibration import Calibration
from ocr.decoding import Floats, decode
from ocr.ink import Pixels
from ocr.line_ink import LineInk, find_ink
from ocr.line_model import load_line_model, load_syllables
from ocr.line_picture import HEIGHT, STRIDE, line_picture
from ocr.long_lines import show
from ocr.pieces import Piece, cut
from ocr.recognised import RecognisedLetter, RecognisedLine, RecognisedWord
from ocr.scoring import Scores, score_signs
from ocr.spelling import DoubtfulWord, settle
from ocr.syllables import Syllables

_LEAST_SIDE: Final = 4
"""Pixels: no letter fits in less."""

ELLIPSIS: Final = "..."
"""What a leader comes to that is no wider than three dots and hangs on a word."""


class Net(Protocol):
    """What turns line pictures into the signs of an alphabet; `LineModel` in the product."""

    @property
    def signs(self) -> str:
        """Class ``n`` is ``signs[n - 1]``; class 0 is the blank."""

    @property
    def calibration(self) -> Calibration:
        """How often it is right."""

    def logits(self, picture: Pixels) -> Floats:
        """One row of classes for each 4 columns of a line picture, also for a last one begun."""


class Recogniser:
    """Reads lines of any number of pages."""

    def __init__(self, net: Net, syllables: Syllables | None) -> None:
        """Choose what to read with; without syllables every letter stays as the net saw it."""
        self._net, self._syllables = net, syllables

    @classmethod
    def open(cls, *, language: bool = True) -> Recogniser:
        """The recogniser with the net of the product.

        Raises:
            Misconfigured: a file of it is missing or is not the right one.
        """
        return cls(load_line_model(), load_syllables() if language else None)

    def read_lines(self, page: Pixels, boxes: Sequence[Box]) -> tuple[RecognisedLine, ...]:
        """Read the lines of a gray page, one for each box and in their order; boxes are cut at the page's edge."""
        height, width = page.shape
        lines = []
        for box in boxes:
            left, top = max(0, math.floor(box.left)), max(0, math.floor(box.top))
            right, bottom = min(width, math.ceil(box.right)), min(height, math.ceil(box.bottom))
            crop = page[top : max(top, bottom), left : max(left, right)]
            lines.append(self._read(crop, left, top))
        return tuple(lines)

    def read(self, crop: Pixels) -> RecognisedLine:
        """Read a gray picture of one line; boxes are in its pixels."""
        return self._read(crop, 0, 0)

    def _read(self, crop: Pixels, left: int, top: int) -> RecognisedLine:
        height, width = crop.shape
        if min(height, width) < _LEAST_SIDE:
            return RecognisedLine()
        picture = line_picture(crop)
        ink = find_ink(picture)
        signs = decode(show(self._net, picture, ink))
        alphabet = self._net.signs
        read = _Read(
            "".join([alphabet[number - 1] for number in signs.classes.tolist()]),
            {
                place: tuple((alphabet[number - 1], chance) for number, chance in choices)
                for place, choices in signs.choices.items()
            },
            ((signs.first + signs.last + 1) * STRIDE // 2).tolist(),
            ink,
            _Place(left, top, width / ink.width, height / HEIGHT),
        )
        pieces = cut(read.text, read.columns, ink)
        spelled = self._spell(read, pieces)
        scores = score_signs(signs, _changes(read, spelled))
        return _line(read, pieces, spelled, scores, self._net.calibration)

    def _spell(self, read: _Read, pieces: list[Piece]) -> str:
        """The signs of the line with doubtful letters settled."""
        if self._syllables is None or not read.choices:
            return read.text
        words = [
            DoubtfulWord(
                read.text[piece.first : piece.end],
                {place - piece.first: read.choices[place] for place in read.choices if piece.first <= place < piece.end},
            )
            if piece.kind == "word"
            else DoubtfulWord("")
            for piece in pieces
        ]
        spelled = list(read.text)
        for piece, text in zip(pieces, settle(words, self._syllables), strict=True):
            if piece.kind == "word":
                spelled[piece.first : piece.end] = text
        return "".join(spelled)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line picture lies on the page."""

    left: float
    top: float
    across: float
    """Pixels of the page for one column."""
    down: float
    """Pixels of the page for one row."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A line as the net saw it."""

    text: str
    choices: dict[int, tuple[tuple[str, float], ...]]
    """Place of a doubtful sign -> it and the likeliest others, with their probabilities."""
    columns: list[int]
    """The middle of each sign in the line picture."""
    ink: LineInk
    place: _Place

    def boxes(self, pieces: Sequence[Piece]) -> list[Box]:
        """On the page, around the ink of each piece."""
        across, down, left, top = self.place.across, self.place.down, self.place.left, self.place.top
        rows = self.ink.rows([(piece.left, piece.right) for piece in pieces])
        return [
            Box(left + piece.left * across, top + above * down, left + piece.right * across, top + below * down)
            for piece, (above, below) in zip(pieces, rows, strict=True)
        ]


def _changes(read: _Read, spelled: str) -> dict[int, float]:
    """Place of each letter that was settled otherwise -> its probability by the net."""
    changed = [place for place in read.choices if spelled[place] != read.text[place]]
    return {place: dict(read.choices[place])[spelled[place]] for place in changed}


def _line(read: _Read, pieces: list[Piece], spelled: str, scores: Scores, calibration: Calibration) -> RecognisedLine:
    words = [piece for piece in pieces if piece.kind == "word"]
    word_scores = scores.of_parts([(piece.first, piece.end) for piece in words])
    boxes = read.boxes(words)
    letters = _letters(read, list(zip(words, boxes, strict=True)), spelled, scores, calibration)
    found = tuple(
        RecognisedWord(
            _dotted(spelled[piece.first : piece.end]), box, chance, score,
            _dotted(read.text[piece.first : piece.end]), _with_dots(letters[piece.first : piece.end]),
        )
        for piece, box, score, chance in zip(words, boxes, word_scores, calibration.word.at(word_scores), strict=True)
    )  # fmt: skip
    scribble = read.boxes([piece for piece in pieces if piece.kind == "scribble"])
    (chance,) = calibration.line.at([scores.whole])
    return RecognisedLine(found, chance, scores.whole, tuple(scribble), read.ink.width * read.place.across)


def _letters(
    read: _Read, words: list[tuple[Piece, Box]], spelled: str, scores: Scores, calibration: Calibration
) -> list[RecognisedLetter]:
    """Every sign of the line, each as far as half way to its neighbours in the word, or to the end of its ink."""
    columns = np.asarray(read.columns, float)
    middles = (read.place.left + (columns[1:] + columns[:-1]) / 2 * read.place.across).tolist()
    lefts, rights = [0.0, *middles], [*middles, 0.0]
    for piece, box in words:
        lefts[piece.first], rights[piece.end - 1] = box.left, box.right
    chances = calibration.letter.at(scores.letters)
    letters = list(map(RecognisedLetter, spelled, lefts, rights, chances, scores.letters.tolist()))
    for place, choices in read.choices.items():
        second = next((choice for choice in choices if choice[0] != spelled[place]), None)
        if second is not None:
            letters[place] = letters[place]._replace(second=second[0], second_chance=second[1])
    return letters


def _with_dots(letters: list[RecognisedLetter]) -> tuple[RecognisedLetter, ...]:
    """The letters of a word, with the ellipsis at its end as three dots."""
    last = letters[-1]
    if last.sign != LEADER:
        return tuple(letters)
    edges = np.linspace(last.left, last.right, len(ELLIPSIS) + 1).tolist()
    dots = (
        last._replace(sign=dot, left=edge, right=end) for dot, edge, end in zip(ELLIPSIS, edges, edges[1:], strict=False)
    )
    return (*letters[:-1], *dots)


def _dotted(text: str) -> str:
    return text.replace(LEADER, ELLIPSIS)
