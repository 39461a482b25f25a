"""A sheet of paper for the fresh pages: places glyphs, rules, seals and strokes by MuPDF, keeps each line's true box."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import fitz

from training.fresh_fonts import Face, Glyph

Align = Literal["left", "middle", "right"]
Kind = Literal["print", "hand", "mixed"]

A4: Final = (595.0, 842.0)
"""Points across and down."""

INKS: Final = {
    "black": (0.06, 0.06, 0.07),
    "gray": (0.32, 0.32, 0.34),
    "blue": (0.1, 0.16, 0.55),
    "red": (0.76, 0.1, 0.12),
}
"""Red, green, blue from 0 to 1; ink on paper is never quite black."""

_HAND_TURN: Final = 3.5
_HAND_LIFT: Final = 0.035
_MARK_WIDTH: Final = 0.055


@dataclass(frozen=True, slots=True)
class Pen:
    """How a run of text is drawn."""

    face: Face
    size: float
    """Points of the em."""
    ink: str = "black"
    """A key of `INKS`."""
    spread: float = 0.0
    """Extra space after every glyph, in em."""
    shake: float = 0.0
    """0 for print; 1 for a hand: every glyph is turned and lifted a little; a typewriter lies between."""
    hand: bool = False


@dataclass(frozen=True, slots=True)
class Leader:
    """A dotted or ruled stretch of a form; ink that is no text."""

    width: float
    """Points."""
    sign: str = "."


@dataclass(frozen=True, slots=True)
class Gap:
    """A blank stretch within a line."""

    width: float
    """Points."""


Part = tuple[str, Pen] | Leader | Gap


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """The truth about one line."""

    text: str
    kind: Kind
    ink: str
    face: str
    seen: bool
    """Whether the training may have drawn all of its faces."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom of its ink in points, leaders outside the text not counted."""


@dataclass
class Sheet:
    """One page under the pen."""

    rng: random.Random
    width: float = A4[0]
    height: float = A4[1]
    lines: list[DrawnLine] = field(default_factory=list)
    seals: int = 0
    signatures: int = 0

    def __post_init__(self) -> None:
        self.document = fitz.open()
        self.page = self.document.new_page(width=self.width, height=self.height)

    def write(self, x: float, y: float, *parts: Part, align: Align = "left", blank: float = 0.0) -> float:
        """Draw one line with its baseline at ``y`` and keep its truth.

        Args:
            x: left end, middle or right end in points, as ``align`` says.
            y: baseline in points from the top.
            parts: runs of text, leaders and gaps, left to right.
            align: what ``x`` means.
            blank: points added to every blank, to justify.

        Returns:
            Where the line ends, in points.
        """
        x -= {"left": 0.0, "middle": 0.5, "right": 1.0}[align] * sum(map(width_of, parts))
        boxes: list[tuple[float, float, float, float]] = []
        last: Pen | None = None
        for part in parts:
            if isinstance(part, Gap):
                x += part.width
            elif isinstance(part, Leader):
                x = self._lead(x, y, part, last)
            else:
                text, last = part
                x = self._run(x, y, text, last, blank, boxes)
        if boxes:
            self.lines.append(_truth(parts, boxes))
        return x

    def rule(self, x0: float, y0: float, x1: float, y1: float, *, width: float = 0.6, ink: str = "black") -> None:
        """Draw a straight line."""
        self.page.draw_line((x0, y0), (x1, y1), color=INKS[ink], width=width)

    def frame(self, x0: float, y0: float, x1: float, y1: float, *, width: float = 0.6, radius: float | None = None) -> None:
        """Draw a rectangle, round at its corners when a radius (share of the shorter side) is given."""
        self.page.draw_rect(fitz.Rect(x0, y0, x1, y1), color=INKS["black"], width=width, radius=radius)

    def seal(self, x: float, y: float, words: str, face: Face, *, radius: float = 48.0, strength: float = 0.7) -> None:
        """Press a red ring with words along it; the words are no part of the truth."""
        red = INKS["red"]
        for ring, width in ((radius, 2.2), (radius * 0.93, 0.8), (radius * 0.6, 0.8)):
            self.page.draw_circle((x, y), ring, color=red, width=width, stroke_opacity=strength)
        size, start = radius * 0.21, self.rng.uniform(150, 200)
        for place, sign in enumerate(words):
            angle = math.radians(start + place * 320 / max(24, len(words)))
            at = fitz.Point(x + radius * 0.72 * math.cos(angle), y + radius * 0.72 * math.sin(angle))
            self._turned(at, sign, face, size, math.degrees(angle) + 90, red, strength)
        star = [
            (x + r * math.sin(k * math.pi / 5), y - r * math.cos(k * math.pi / 5))
            for k, r in enumerate((radius * 0.34, radius * 0.14) * 5)
        ]
        self.page.draw_polyline([*star, star[0]], color=red, fill=red, fill_opacity=strength, stroke_opacity=strength)
        self.seals += 1

    def sign(self, x: float, y: float, *, wide: float = 110.0, ink: str = "blue") -> None:
        """Scribble a signature around the point: one to three long strokes, over whatever stands there."""
        for _ in range(self.rng.randint(1, 3)):
            points = [(x + wide * (k / 7 - 0.5), y + self.rng.gauss(0, 13)) for k in range(8)]
            for a, b, c, d in zip(points, points[1:], points[2:], points[3:], strict=False):
                self.page.draw_bezier(a, _shifted(b, self.rng), _shifted(c, self.rng), d, color=INKS[ink], width=1.1)
        self.signatures += 1

    def _run(
        self, x: float, y: float, text: str, pen: Pen, blank: float, boxes: list[tuple[float, float, float, float]]
    ) -> float:
        writer = fitz.TextWriter(self.page.rect, color=INKS[pen.ink])
        marks = self.page.new_shape()
        drift = self.rng.gauss(0, 0.4) * pen.shake
        for sign in text:
            glyph = pen.face.glyph(sign)
            at = fitz.Point(x, y + self.rng.gauss(0, _HAND_LIFT) * pen.size * pen.shake)
            turn = fitz.Matrix(drift + self.rng.gauss(0, _HAND_TURN) * pen.shake) if pen.shake else fitz.Matrix(1, 1)
            if glyph.ink:
                if pen.shake:
                    self._turned(
                        at, glyph.letter, pen.face, pen.size, -math.degrees(math.atan2(turn.b, turn.a)), INKS[pen.ink]
                    )
                else:
                    writer.append(at, glyph.letter, pen.face.font, pen.size)
                _strokes(marks, glyph, at, pen, turn)
                boxes.append(_box(glyph, at, pen.size, turn))
            x += (glyph.advance + pen.spread) * pen.size + (blank if sign == " " else 0.0)
        if writer.text_rect.width > 0:
            writer.write_text(self.page)
        marks.commit()
        return x

    def _lead(self, x: float, y: float, leader: Leader, pen: Pen | None) -> float:
        if pen is None or leader.sign == "_":
            self.rule(x, y + 1.5, x + leader.width, y + 1.5, width=0.5)
            return x + leader.width
        step = (pen.face.glyph(leader.sign).advance + pen.spread) * pen.size
        writer = fitz.TextWriter(self.page.rect, color=INKS["black"])
        writer.append(fitz.Point(x, y), leader.sign * max(1, int(leader.width / step)), pen.face.font, pen.size)
        writer.write_text(self.page)
        return x + leader.width

    def _turned(
        self,
        at: fitz.Point,
        letter: str,
        face: Face,
        size: float,
        degrees: float,
        colour: tuple[float, ...],
        strength: float = 1,
    ) -> None:
        writer = fitz.TextWriter(self.page.rect, color=colour, opacity=strength)
        writer.append(at, letter, face.font, size)
        writer.write_text(self.page, morph=(at, fitz.Matrix(-degrees)))


def width_of(part: Part) -> float:
    """Points that a part takes."""
    if isinstance(part, Gap | Leader):
        return part.width
    text, pen = part
    return sum(pen.face.glyph(sign).advance + pen.spread for sign in text) * pen.size


def wrap(text: str, pen: Pen, width: float) -> list[str]:
    """Break a text into lines no wider than ``width`` points."""
    rows: list[str] = []
    for word in text.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and width_of((longer, pen)) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


def _truth(parts: Sequence[Part], boxes: Iterable[tuple[float, float, float, float]]) -> DrawnLine:
    runs = [part for part in parts if isinstance(part, tuple)]
    text = " ".join("".join(part[0] if isinstance(part, tuple) else " " for part in parts).split())
    hands = {pen.hand for _, pen in runs}
    kind: Kind = "mixed" if len(hands) == 2 else "hand" if hands == {True} else "print"
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    pen = runs[0][1]
    inks = {pen.ink for _, pen in runs}
    return DrawnLine(
        text,
        kind,
        pen.ink if len(inks) == 1 else "several",
        pen.face.name,
        all(pen.face.seen for _, pen in runs),
        (min(lefts), min(tops), max(rights), max(bottoms)),
    )


def _box(glyph: Glyph, at: fitz.Point, size: float, turn: fitz.Matrix) -> tuple[float, float, float, float]:
    left, low, right, high = glyph.ink or (0.0, 0.0, 0.0, 0.0)
    corners = [fitz.Point(x * size, -y * size) * turn + at for x in (left, right) for y in (low, high)]
    xs, ys = [corner.x for corner in corners], [corner.y for corner in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _strokes(shape: fitz.Shape, glyph: Glyph, at: fitz.Point, pen: Pen, turn: fitz.Matrix) -> None:
    for stroke in glyph.strokes:
        shape.draw_polyline([fitz.Point(x * pen.size, -y * pen.size) * turn + at for x, y in stroke])
        shape.finish(color=INKS[pen.ink], width=_MARK_WIDTH * pen.size, lineCap=1, lineJoin=1, closePath=False)


def _shifted(point: tuple[float, float], rng: random.Random) -> tuple[float, float]:
    return point[0] + rng.gauss(0, 9), point[1] + rng.gauss(0, 14)
