"""The visible text of the seal: form of copy, agency and time at the top right of page 1 (NĐ 30/2020 Annex I Part II)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Final

from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStamp, BaseStampStyle

from dossier.errors import Misconfigured, StampDoesNotFit
from dossier.values import Box
from signing.font import FontProgram, cut_font, embed

FONT_SIZE: Final = 10
"""Points; the decree's value."""
LEADING: Final = 12
"""Points from one baseline to the next."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to set the three parts of the text."""

    rows: tuple[tuple[int, ...], ...]
    """Which parts share a row."""
    width: int
    """Points, widest; less on a page that is narrower."""
    margin: int
    """Points between the box and the top and right edges of the page."""


SHAPES: Final = (
    Shape(((0,), (1,), (2,)), 190, 14),
    Shape(((0,), (1,), (2,)), 280, 8),
    Shape(((0, 1), (2,)), 320, 6),
    Shape(((0, 1, 2),), 560, 4),
)
"""Tried in order: the first that keeps clear of the words of the page is taken, flatter and flatter."""
_PADDING = 2  # points above the first and below the last line
_BETWEEN = " – "  # between parts that share a row
_CLOCK = "0123456789T:+-"  # letters of every time, so that one cut of the font serves all documents of an agency


@dataclass(frozen=True, slots=True)
class StampText:
    """What the seal says; its time is also the time in the signature."""

    form: str
    """SAO Y, SAO LỤC or TRÍCH SAO."""
    agency: str
    """Name of the agency that makes the copy."""
    when: datetime
    """Time of signing, +07:00, whole seconds."""

    def __post_init__(self) -> None:
        if self.when.utcoffset() != timedelta(hours=7) or self.when.microsecond:
            raise Misconfigured("the time of a seal must be in whole seconds at +07:00")

    @property
    def paragraphs(self) -> tuple[str, str, str]:
        """The three parts in NFC, blanks made single, time in ISO 8601."""
        form, agency = (" ".join(unicodedata.normalize("NFC", part).split()) for part in (self.form, self.agency))
        return form, agency, self.when.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class PageBox:
    """The visible area of a page, points, origin bottom left."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Stamp:
    """A text broken into lines for one page."""

    lines: tuple[str, ...]
    program: FontProgram
    box: tuple[int, int, int, int]
    """Left, bottom, right, top on the page, points."""


def lay_out(text: StampText, page: PageBox, *, font: Path, written: Sequence[Box] = ()) -> Stamp:
    """Break the text into lines by the font's advances and place it at the top right of ``page``.

    Args:
        text: what the seal says.
        page: the visible area.
        font: a TrueType file.
        written: where words stand, points from the top left corner of the page; where no shape keeps clear of them
            all, the one that covers least is taken.

    Raises:
        StampDoesNotFit: a word is wider than the page, the page is too low, or the font lacks a letter.
    """
    program = cut_font(font, frozenset("".join(text.paragraphs) + _CLOCK + _BETWEEN + " "))
    stamps = [stamp for shape in SHAPES if (stamp := _set(text, page, shape, program)) is not None]
    if not stamps:
        raise StampDoesNotFit("a word is wider than page 1, or the text would cover more than half of it")
    return min(stamps, key=lambda stamp: _covered(stamp.box, page, written))


def _set(text: StampText, page: PageBox, shape: Shape, program: FontProgram) -> Stamp | None:
    """Set the text in one shape, if it has room; the box is as wide as its longest line, and covers no more."""
    right, top = int(page.right - shape.margin), int(page.top - shape.margin)
    room = right - max(right - shape.width, int(page.left + shape.margin))
    rows = (_BETWEEN.join(text.paragraphs[part] for part in row) for row in shape.rows)
    lines = tuple(line for row in rows for line in _wrapped(row, program, points=room))
    width = ceil(max(program.width(line) for line in lines) * FONT_SIZE / 1000)
    bottom = top - LEADING * len(lines) - 2 * _PADDING
    if width > room or bottom < (page.bottom + page.top) / 2:
        return None
    return Stamp(lines, program, (right - width, bottom, right, top))


def _covered(box: tuple[int, int, int, int], page: PageBox, written: Sequence[Box]) -> float:
    """Area of the words that the box would cover, square points."""
    left, right = box[0] - page.left, box[2] - page.left
    top, bottom = page.top - box[3], page.top - box[1]
    return sum(
        max(0.0, min(right, word.right) - max(left, word.left)) * max(0.0, min(bottom, word.bottom) - max(top, word.top))
        for word in written
    )


@dataclass(frozen=True)
class StampStyle(BaseStampStyle):
    """Hands a laid-out stamp to pyHanko; no border, no background, no picture."""

    border_width: int = 0
    stamp: Stamp = field(kw_only=True)

    def create_stamp(self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, str]) -> StampAppearance:
        """Make the appearance of the signature's widget; no text goes through pyHanko's `%` templates."""
        del text_params
        return StampAppearance(self, writer, box)


class StampAppearance(BaseStamp):
    """The lines in black on nothing."""

    def __init__(self, style: StampStyle, writer: BasePdfFileWriter, box: BoxConstraints) -> None:
        super().__init__(writer, style, box)
        self._stamp = style.stamp
        self.set_resource(ResourceType.FONT, pdf_name("/F1"), embed(style.stamp.program, writer))

    def render(self) -> bytes:
        """Write the drawing operators: one line of glyph numbers under the other."""
        glyphs = self._stamp.program.glyphs
        shown = ["<" + "".join(f"{glyphs[letter]:04x}" for letter in line) + "> Tj" for line in self._stamp.lines]
        first_baseline = LEADING * len(shown) + _PADDING - FONT_SIZE
        start = f"q BT 0 0 0 rg /F1 {FONT_SIZE} Tf {LEADING} TL 0 {first_baseline} Td"
        return f"{start} {' T* '.join(shown)} ET Q".encode("ascii")


def _wrapped(paragraph: str, program: FontProgram, *, points: float) -> list[str]:
    limit = points * 1000 / FONT_SIZE
    lines: list[str] = []
    for word in paragraph.split(" "):
        if lines and program.width(f"{lines[-1]} {word}") <= limit:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
