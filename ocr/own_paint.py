"""What a PDF page paints: text that is seen and text that is not, and where its pictures lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import cv2
import numpy as np
import pikepdf

from dossier.values import QuarterTurn
from ocr.scan_pdf import RENDER_DPI, is_seen, shown_box

_SHOWS_TEXT: Final = ("Tj", "TJ", "'", '"')
_OPERATORS: Final = " ".join(("q", "Q", "cm", "Tr", "gs", "Do", "BI", "ID", "EI", "INLINE IMAGE", "BT", "Tm", *_SHOWS_TEXT))

_PAINT_NOTHING: Final = (3, 7)
"""Text render modes: invisible, and only clipping."""

_DEEPEST: Final = 8
_MOST_STEPS: Final = 300_000
"""Instructions that are looked at; a page of 3,000 words has 10,000."""

_MOST_FORMS: Final = 1_000
"""Forms that are walked through, the same one counted each time; more of them would cost seconds."""

_CELLS: Final = 100
"""Across and down, of the chart on which the pictures' share of the page is measured."""

Quad = tuple[tuple[float, float], ...]
"""Corners in pixels of the drawn page."""


class TooMuchPaint(Exception):
    """An answer, not a fault: more instructions than a page of paper needs."""


@dataclass(slots=True)
class Paint:
    """What was painted so far."""

    seen: int = 0
    """Bytes of strings shown by fonts."""
    unseen: int = 0
    """Bytes of strings shown without paint."""
    turns: Counter[QuarterTurn] = field(default_factory=Counter)
    """Degrees clockwise that text stands turned on the drawn page -> bytes of strings that are seen."""
    pictures: list[Quad] = field(default_factory=list)
    on_text: list[Quad] = field(default_factory=list)
    """The opaque ones among the pictures that were painted when there was text already."""


@dataclass(frozen=True, slots=True)
class _State:
    """The part of the graphics state that matters."""

    matrix: pikepdf.Matrix
    render: int = 0
    opacity: float = 1.0
    text: pikepdf.Matrix = field(default_factory=pikepdf.Matrix)
    """Of the text line, as far as its direction goes."""


def has_fonts(page: pikepdf.Page) -> bool:
    """Whether anything on the page can show text: false for the scan as scanners make it, and quickly so."""
    asked: set[tuple[int, int]] = set()
    if _fonts_in(page.resources, asked, 0):
        return True
    looks = (look for note in page.obj.get("/Annots", []) for look in _looks(note))
    return any(_fonts_in(look.get("/Resources"), asked, 0) for look in looks)


def survey(page: pikepdf.Page) -> Paint:
    """Walk through what the page and its seen annotations paint.

    Raises:
        TooMuchPaint: there are too many instructions.
        pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError: the PDF bends the rules.
    """
    walk = _Walk(Paint(), _MOST_STEPS, _MOST_FORMS)
    walk.through(page.obj, page.resources, _State(_to_pixels(page)), 0)
    for note in page.obj.get("/Annots", []):
        for look in _looks(note) if is_seen(note) else ():
            walk.through(
                look, look.get("/Resources", pikepdf.Dictionary()), _State(_onto(note, look) @ _to_pixels(page)), 1
            )
    return walk.paint


def share_of_page(pictures: list[Quad], width: int, height: int) -> float:
    """Share of the drawn page, ``width`` by ``height`` pixels, that lies under pictures, 0.0 to 1.0."""
    chart = np.zeros((_CELLS, _CELLS), np.uint8)
    cell = np.array((_CELLS / width, _CELLS / height))
    for quad in pictures:
        corners = np.clip(np.array(quad) * cell, -1e4, 1e4)
        cv2.fillConvexPoly(chart, np.round(corners).astype(np.int32), 1)
    return float(chart.mean())


def _fonts_in(resources: pikepdf.Object | None, asked: set[tuple[int, int]], depth: int) -> bool:
    if not isinstance(resources, pikepdf.Dictionary) or depth > _DEEPEST:
        return False
    if len(resources.get("/Font", ())) > 0:
        return True
    for _, form in resources.get("/XObject", pikepdf.Dictionary()).items():
        if form.get("/Subtype") != "/Form" or form.objgen in asked:
            continue
        asked.add(form.objgen)  # forms that hold each other a thousandfold are asked once
        if _fonts_in(form.get("/Resources"), asked, depth + 1):
            return True
    return False


def _looks(note: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The normal appearance of an annotation: one, or the one of its state."""
    normal = note.get("/AP", pikepdf.Dictionary()).get("/N")
    if isinstance(normal, pikepdf.Stream):
        yield normal
    elif isinstance(normal, pikepdf.Dictionary):
        chosen = normal.get(str(note.get("/AS", "/Off")))
        if isinstance(chosen, pikepdf.Stream):
            yield chosen


def _onto(note: pikepdf.Object, look: pikepdf.Object) -> pikepdf.Matrix:
    """What lays the box of the appearance onto the rectangle of its annotation (ISO 32000-1, 12.5.5)."""
    left, bottom, right, top = (float(edge) for edge in look.BBox)
    corners = [
        _matrix_of(look).transform(corner) for corner in ((left, bottom), (right, bottom), (right, top), (left, top))
    ]
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    rect = np.array([float(edge) for edge in note.Rect]).reshape(2, 2)
    scale = (rect.max(axis=0) - rect.min(axis=0)) / np.maximum(high - low, 1e-6)
    shift = rect.min(axis=0) - low * scale
    return _matrix_of(look) @ pikepdf.Matrix(scale[0], 0, 0, scale[1], shift[0], shift[1])


def _matrix_of(form: pikepdf.Object) -> pikepdf.Matrix:
    stated = form.get("/Matrix")
    return pikepdf.Matrix() if stated is None else _matrix(stated)


def _to_pixels(page: pikepdf.Page) -> pikepdf.Matrix:
    """Points of the page to pixels of its drawing."""
    left, bottom, right, top = shown_box(page)
    wide, high, scale = right - left, top - bottom, RENDER_DPI / 72
    turned = {
        0: (1, 0, 0, -1, 0, high),
        90: (0, 1, 1, 0, 0, 0),
        180: (-1, 0, 0, 1, wide, 0),
        270: (0, -1, -1, 0, high, wide),
    }[page.rotation % 360]
    return pikepdf.Matrix(1, 0, 0, 1, -left, -bottom) @ pikepdf.Matrix(*turned) @ pikepdf.Matrix(scale, 0, 0, scale, 0, 0)


@dataclass(slots=True)
class _Walk:
    """A walk through content streams."""

    paint: Paint
    steps_left: int
    forms_left: int

    def through(self, holder: pikepdf.Object, resources: pikepdf.Object, state: _State, depth: int) -> None:
        self.forms_left -= 1
        if self.forms_left < 0:
            raise TooMuchPaint
        stack: list[_State] = []
        for instruction in pikepdf.parse_content_stream(holder, _OPERATORS):
            self.steps_left -= 1
            if self.steps_left < 0:
                raise TooMuchPaint
            name = str(instruction.operator)
            if name == "q":
                stack.append(state)
            elif name == "Q":
                state = stack.pop() if stack else state
            elif name in _SHOWS_TEXT:
                self._text(instruction.operands[-1], state)
            elif name == "Do":
                self._object(resources.XObject[str(instruction.operands[0])], resources, state, depth)
            elif name == "INLINE IMAGE":
                self._picture(state, opaque=True)
            else:
                state = _changed(state, name, list(instruction.operands), resources)

    def _text(self, shown: object, state: _State) -> None:
        strings = shown if isinstance(shown, pikepdf.Array) else [shown]
        length = sum(len(bytes(string)) for string in strings if isinstance(string, pikepdf.String))
        if state.render in _PAINT_NOTHING or state.opacity == 0:
            self.paint.unseen += length
        else:
            self.paint.seen += length
            self.paint.turns[_turn(state.text @ state.matrix)] += length

    def _object(self, target: pikepdf.Object, resources: pikepdf.Object, state: _State, depth: int) -> None:
        if target.Subtype == "/Image":
            self._picture(state, opaque=not any(name in target for name in ("/SMask", "/Mask", "/ImageMask")))
        elif target.Subtype == "/Form" and depth < _DEEPEST:
            inner = replace(state, matrix=_matrix_of(target) @ state.matrix)
            self.through(target, target.get("/Resources", resources), inner, depth + 1)

    def _picture(self, state: _State, *, opaque: bool) -> None:
        quad = tuple(state.matrix.transform(corner) for corner in ((0, 0), (1, 0), (1, 1), (0, 1)))
        self.paint.pictures.append(quad)
        if opaque and self.paint.seen + self.paint.unseen:
            self.paint.on_text.append(quad)


def _changed(state: _State, name: str, operands: list[pikepdf.Object], resources: pikepdf.Object) -> _State:
    if name == "cm":
        return replace(state, matrix=_matrix(operands) @ state.matrix)
    if name == "Tr":
        return replace(state, render=int(operands[0]))
    if name == "gs":
        return replace(state, opacity=float(resources.ExtGState[str(operands[0])].get("/ca", state.opacity)))
    if name in ("BT", "Tm"):
        return replace(state, text=_matrix(operands) if operands else pikepdf.Matrix())
    return state


def _matrix(values: Iterable[pikepdf.Object]) -> pikepdf.Matrix:
    return pikepdf.Matrix(*(float(value) for value in values))


def _turn(matrix: pikepdf.Matrix) -> QuarterTurn:
    """Where the line runs on the drawn page, whose pixels count down."""
    if abs(matrix.a) >= abs(matrix.b):
        return 0 if matrix.a >= 0 else 180
    return 90 if matrix.b > 0 else 270
