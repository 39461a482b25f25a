"""The faces of the fresh pages: found by file name, measured by glyph, marks drawn where a face lacks them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, NamedTuple

import fitz
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from training.faces import FOLDERS, UNSEEN

Role = Literal["serif", "sans", "book", "mono", "hand", "typewriter"]

FACES: Final[Mapping[Role, tuple[str, ...]]] = {
    "serif": (
        "LiberationSerif-Regular", "Tinos-Regular", "FreeSerif", "DejaVuSerif", "texgyretermes-regular",
        "NotoSerif-Regular", "GentiumPlus-Regular",
        "CharisSIL-Regular", "NotoSerifDisplay-Regular",
    ),
    "sans": (
        "LiberationSans-Regular", "Arimo-Regular", "DejaVuSans", "NotoSans-Regular", "texgyreheros-regular",
        "OpenSans-Regular", "Roboto-Regular",
        "Lato-Regular", "Carlito-Regular", "NotoSansDisplay-Regular", "InterDisplay-Regular", "Quicksand-Medium",
        "Cantarell-Regular", "Play-Regular", "Andika-Regular",
    ),
    "book": ("Vollkorn-Regular", "texgyrepagella-regular", "EBGaramond12-Regular"),
    "mono": ("LiberationMono-Regular", "Cousine-Regular", "FreeMono"),
    "typewriter": ("Courier Prime", "FreeMonoBold", "GNUTypewriter", "texgyrecursor-regular"),
    "hand": (
        "DancingScript-Regular", "ComicNeue-Italic", "texgyrechorus-mediumitalic", "cmunci", "ComicNeue-LightItalic",
        "DancingScript-Bold",
    ),
}  # fmt: skip
"""File names without ending. The hand faces stand for pens; no real hand is among them.

Only books get figures of several heights, in which 1 and 0 look like I and o: no office prints codes with them.
"""

_BOLD: Final = re.compile(r"-(Regular|Medium|regular)$")
_ABOVE: Final = {"\u0300": "grave", "\u0301": "acute", "\u0309": "hook", "\u0303": "tilde"}
_Strokes = tuple[tuple[tuple[float, float], ...], ...]
_MARKS: Final[Mapping[str, _Strokes]] = {
    "\u0300": (((-0.12, 0.15), (0.05, 0.02)),),
    "\u0301": (((-0.05, 0.02), (0.12, 0.15)),),
    "\u0309": (((-0.05, 0.17), (0.03, 0.2), (0.07, 0.14), (0.0, 0.08), (0.0, 0.03)),),
    "\u0303": (((-0.14, 0.04), (-0.08, 0.11), (0.05, 0.04), (0.13, 0.11)),),
    "\u0302": (((-0.13, 0.02), (0.0, 0.13), (0.13, 0.02)),),
    "\u0306": (((-0.13, 0.13), (-0.07, 0.04), (0.07, 0.04), (0.13, 0.13)),),
    "\u0323": (((-0.02, -0.1), (0.02, -0.1), (0.02, -0.13), (-0.02, -0.13), (-0.02, -0.1)),),
    "\u031b": (((0.0, 0.0), (0.1, 0.04), (0.12, 0.14)),),
}
"""Strokes of the marks in em, from their foot: the middle of the top of the letter, of its foot for the dot below."""

_STACK: Final = 0.16
"""How much higher, in em, a tone stands that sits on a circumflex or breve."""


class Bounds(NamedTuple):
    """Ink of a glyph in em, y upwards from the baseline."""

    left: float
    low: float
    right: float
    high: float


@dataclass(frozen=True, slots=True)
class Glyph:
    """One sign of a line: a letter of the face and the strokes of marks that the face lacks."""

    letter: str
    advance: float
    """In em."""
    ink: Bounds | None
    """In em, marks included; None for a blank."""
    strokes: _Strokes = ()
    """Points in em, y upwards from the baseline."""


@dataclass(frozen=True)
class Face:
    """A font file, opened for drawing (MuPDF) and for measuring (fontTools)."""

    name: str
    font: fitz.Font
    ttf: TTFont

    @property
    def seen(self) -> bool:
        """Whether the training may have drawn this face."""
        return UNSEEN.search(self.name) is None

    def glyph(self, sign: str) -> Glyph:
        """The sign as this face can draw it."""
        return _glyph(self, sign)

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Face) and other.name == self.name


@cache
def face(name: str) -> Face:
    """Open the face of that file name.

    Raises:
        LookupError: its Debian package is not installed.
    """
    for folder in FOLDERS:
        for path in sorted(folder.rglob(f"{name}.[ot]tf")):
            return Face(name, fitz.Font(fontfile=str(path)), TTFont(path, lazy=True))
    raise LookupError(f"no font file {name}")


@cache
def bold(regular: Face) -> Face:
    """The bold face of a family, or the face itself where there is none."""
    stem = _BOLD.sub("", regular.name)
    for name in (f"{stem}-Bold", f"{stem}-bold", f"{regular.name}-Bold", f"{regular.name}Bold"):
        try:
            return face(name)
        except LookupError:
            continue
    return regular


@cache
def _glyph(drawn: Face, sign: str) -> Glyph:
    letters: dict[int, str] = drawn.ttf.getBestCmap()
    if ord(sign) in letters:
        return Glyph(sign, *_measure(drawn, letters[ord(sign)]))
    parted = unicodedata.normalize("NFD", {"đ": "d", "Đ": "D"}.get(sign, sign))
    base, marks = parted[0], list(parted[1:])
    if ord(base) not in letters or not (marks or sign in "đĐ"):
        raise LookupError(f"{drawn.name} cannot draw U+{ord(sign):04X}")
    if base == "i" and marks != ["\u0323"] and 0x131 in letters:
        base = "\u0131"  # the dot gives way to the tone
    advance, ink = _measure(drawn, letters[ord(base)])
    if ink is None:
        raise LookupError(f"{drawn.name} has an empty U+{ord(base):04X}")
    strokes = _marks(ink, marks) if marks else _bar(sign, ink)
    points = [point for stroke in strokes for point in stroke]
    grown = Bounds(
        min(ink.left, *(x for x, _ in points)) - 0.02,
        min(ink.low, *(y for _, y in points)) - 0.02,
        max(ink.right, *(x for x, _ in points)) + 0.02,
        max(ink.high, *(y for _, y in points)) + 0.02,
    )
    return Glyph(base, advance, grown, strokes)


def _measure(drawn: Face, glyph_name: str) -> tuple[float, Bounds | None]:
    glyphs, em = drawn.ttf.getGlyphSet(), drawn.ttf["head"].unitsPerEm
    pen = BoundsPen(glyphs)
    glyphs[glyph_name].draw(pen)
    return glyphs[glyph_name].width / em, Bounds(*(edge / em for edge in pen.bounds)) if pen.bounds else None


def _marks(ink: Bounds, marks: list[str]) -> _Strokes:
    """Place the strokes of each mark over, under or beside the letter."""
    middle = (ink.left + ink.right) / 2
    stacked = any(mark in "\u0302\u0306" for mark in marks)
    placed: list[tuple[tuple[float, float], ...]] = []
    for mark in marks:
        x, y = middle, ink.high + 0.03
        if mark == "\u0323":
            y = min(ink.low, 0.0)
        elif mark == "\u031b":
            x, y = ink.right - 0.04, ink.high - 0.06
        elif mark in _ABOVE and stacked:
            x, y = middle + 0.06, y + _STACK * 0.7
        placed += (tuple((x + dx, y + dy) for dx, dy in stroke) for stroke in _MARKS[mark])
    return tuple(placed)


def _bar(sign: str, ink: Bounds) -> _Strokes:
    """The bar of đ through the top of its stem, of Đ through its middle."""
    if sign == "đ":
        y = ink.high - 0.14
        return (((ink.right - 0.24, y), (ink.right + 0.05, y)),)
    y = (ink.low + ink.high) / 2
    return (((ink.left - 0.06, y), (ink.left + 0.24, y)),)
