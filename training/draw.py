"""A line of text as ink on nothing: set in a face, with leaders, wide gaps, boxes, rules, neighbours and pen strokes."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from ocr.alphabet import EMPTY_BOX, LEADER, SCRIBBLE, TICKED_BOX
from training.faces import Face, font
from training.marks import letter

Ink = npt.NDArray[np.float32]
"""(height, width), 0.0 nothing to 1.0 full ink."""

_MARGIN_EMS: Final = 1.3
"""Room above and below the line for its neighbours."""
_SHORTEST_LEADER: Final = 3
_PEN: Final = 60
"""Points of a pen stroke."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a line is set."""

    em: int
    """Size of the face, pixels."""
    letter_space: float = 0.0
    """Added after every letter, ems."""
    wide_gaps: float = 0.0
    """Chance that a blank is 1.5 to 7 times as wide."""
    leaders: float = 0.0
    """Chance of a leader at a blank, and a greater one at the end of the line."""
    leader_under: bool = False
    """A leader runs under the text, as where a value was written onto a dotted line."""
    by_letter: bool = False
    """Letters are struck one by one, uneven in height and ink, with their marks as strokes where `marks` says so."""
    marks: bool = False
    """Marks are strokes of our own instead of the font's."""
    beside: bool = False
    """With `marks`: tones stand beside hats."""
    unevenness: float = 0.0
    """Spread of the height of letters, ems."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A line of ink and what it says."""

    ink: Ink
    text: str
    """With LEADER and SCRIBBLE where they are drawn, no blanks around them."""
    em: int
    baseline: float
    """Pixels from the top."""
    left: float
    """Start of the text, pixels."""
    right: float
    """End of the text, pixels."""
    box: tuple[int, int, int, int]
    """Left, top, right, bottom of the line's own ink, pixels."""


class _Hand:
    """Sets words from left to right and keeps account of what it wrote."""

    def __init__(self, face: Face, setting: Setting, chance: random.Random, draw: ImageDraw.ImageDraw, top: float) -> None:
        self.font = font(face.path, setting.em)
        self.setting, self.chance, self.draw, self.top = setting, chance, draw, top
        self.x = float(setting.em)
        self.said = ""

    def word(self, word: str) -> None:
        setting, y = self.setting, self.top
        boxed = EMPTY_BOX in word or TICKED_BOX in word
        if not (setting.by_letter or setting.letter_space or boxed):
            self.draw.text((self.x, y), word, font=self.font, fill=255)
            self.x += self.font.getlength(word)
        for sign in word if setting.by_letter or setting.letter_space or boxed else "":
            self.x += self._sign(sign) + setting.letter_space * setting.em
        self.said += word

    def _sign(self, sign: str) -> float:
        setting, spread = self.setting, self.setting.unevenness * self.setting.em
        at = (self.x + self.chance.gauss(0, spread / 3), self.top + self.chance.gauss(0, spread))
        fill = self.chance.randint(150, 255) if setting.by_letter else 255
        if setting.marks or sign in (EMPTY_BOX, TICKED_BOX):
            return letter(self.draw, at, sign, self.font, fill, beside=setting.beside)
        self.draw.text(at, sign, font=self.font, fill=fill)
        return float(self.font.getlength(sign))

    def blank(self) -> None:
        wide = self.font.getlength(" ") + self.setting.letter_space * self.setting.em
        if self.chance.random() < self.setting.wide_gaps:
            wide *= self.chance.uniform(1.5, 7)
        self.x += wide
        self.said += " "

    def leader(self, count: int) -> None:
        sign = self.chance.choice("......_…·-")
        step = self.font.getlength(sign) * (
            1.0 if sign == "_" or self.chance.random() < 0.5 else self.chance.uniform(1.0, 2.2)
        )
        for _ in range(count if sign != "…" else 1 + count // 3):
            self.draw.text(
                (self.x, self.top), sign, font=self.font, fill=self.chance.randint(140, 255) if sign == "." else 255
            )
            self.x += step
        self.said = self.said.rstrip(" ") + LEADER


def _ink_of(canvas: Image.Image) -> Ink:
    return np.asarray(np.asarray(canvas, np.float32) / 255, np.float32)


def set_line(text: str, face: Face, setting: Setting, chance: random.Random) -> Sketch | None:
    """Set a text; None where the face can draw nothing of it."""
    text = " ".join("".join(sign for sign in text if _can(face, sign)).split())
    if not text:
        return None
    setting = setting if face.vietnamese else replace(setting, by_letter=True, marks=True)
    shape = font(face.path, setting.em)
    ascent, descent = shape.getmetrics()
    pad = math.ceil(_MARGIN_EMS * setting.em)
    width = math.ceil(_room(text, shape, setting))
    canvas = Image.new("L", (width, ascent + descent + 2 * pad), 0)
    hand = _Hand(face, setting, chance, ImageDraw.Draw(canvas), pad)
    _write(hand, text.split(" "), chance)
    box = canvas.getbbox()
    if box is None:
        return None
    baseline = float(pad + ascent)
    said = hand.said
    if setting.leader_under:
        said = _leader_under(hand, baseline, said, width)
        box = canvas.getbbox() or box
    return Sketch(_ink_of(canvas), said.strip(), setting.em, baseline, float(setting.em), hand.x, box)


def _can(face: Face, sign: str) -> bool:
    """Whether the face has the sign, or it can be put together from a bare letter and strokes."""
    return (
        sign in " đĐ" + EMPTY_BOX + TICKED_BOX
        or ord(sign) in face.signs
        or not (face.vietnamese or sign.isascii() or not sign.isalpha())
    )


def _room(text: str, shape: ImageFont.FreeTypeFont, setting: Setting) -> float:
    em, words = setting.em, text.count(" ") + 1
    room = (
        max(shape.getlength(text), 0.62 * em * len(text) if setting.by_letter else 0)
        + len(text) * abs(setting.letter_space) * em
    )
    room += (setting.wide_gaps > 0) * words * 1.2 * em + (setting.leaders > 0) * words * 6 * em + 5 * em
    return room + (setting.leader_under or setting.leaders > 0) * 12 * em


def _write(hand: _Hand, words: list[str], chance: random.Random) -> None:
    leaders = hand.setting.leaders
    if chance.random() < leaders * 0.3:
        hand.leader(chance.randint(4, 14))
        hand.x += hand.font.getlength(" ") * chance.uniform(0, 1)
    for number, word in enumerate(words):
        if number and hand.said and hand.said[-1] != LEADER:
            hand.blank()
        hand.word(word)
        if number < len(words) - 1 and chance.random() < leaders:
            hand.x += hand.font.getlength(" ") * chance.uniform(0, 1)
            hand.leader(chance.randint(_SHORTEST_LEADER, 20))
            hand.x += hand.font.getlength(" ") * chance.uniform(0, 1.5)
    if leaders and chance.random() < 0.65:
        hand.x += hand.font.getlength(" ") * chance.uniform(0, 1.2)
        hand.leader(chance.randint(_SHORTEST_LEADER, 28))


def _leader_under(hand: _Hand, baseline: float, said: str, width: int) -> str:
    """Dots from somewhere before or in the text to somewhere behind it; what stands free is said as a leader."""
    em, chance = hand.setting.em, hand.chance
    start = hand.x - (hand.x - em) * chance.uniform(0.3, 1)
    end = min(hand.x + chance.choice((0.0, 0.0, 1.0, 4.0, 8.0)) * em, width - em)
    step = hand.font.getlength(".") * chance.uniform(1.0, 2.0)
    drop = chance.uniform(-0.02, 0.12) * em
    dots = max(0, int((end - start) / step))
    radius = max(0.6, 0.045 * em)
    for number in range(dots):
        x, y = start + number * step, baseline + drop - radius
        hand.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return said + LEADER if end - hand.x > 4 * step and dots else said


def with_neighbours(
    sketch: Sketch, texts: tuple[str | None, str | None], face: Face, pitch: float, chance: random.Random
) -> Sketch:
    """The line with others above and below it, ``pitch`` ems away, as a crop cuts them off."""
    canvas = Image.fromarray((sketch.ink * 255).astype(np.uint8))
    draw, shape = ImageDraw.Draw(canvas), font(face.path, sketch.em)
    ascent, _ = shape.getmetrics()
    for text, way in zip(texts, (-1, 1), strict=True):
        if text:
            drawn = "".join(sign for sign in text if ord(sign) in face.signs)
            x = sketch.left + chance.uniform(-2, 1) * sketch.em
            draw.text((x, sketch.baseline - ascent + way * pitch * sketch.em), drawn, font=shape, fill=255)
    return replace(sketch, ink=_ink_of(canvas))


def with_rules(sketch: Sketch, chance: random.Random, *, under: bool, across: bool, upright: bool) -> Sketch:
    """The line with ruled lines: under the text, along its upper or lower edge, or beside it as in tables."""
    canvas = Image.fromarray((sketch.ink * 255).astype(np.uint8))
    draw, em, uniform = ImageDraw.Draw(canvas), sketch.em, chance.uniform
    high, wide = sketch.ink.shape
    fill, width = chance.randint(100, 255), max(1, round(em * uniform(0.02, 0.08)))
    if under:
        y = sketch.baseline + uniform(0.06, 0.28) * em
        start = 0.0 if chance.random() < 0.5 else uniform(sketch.left, sketch.right)
        end = float(wide) if chance.random() < 0.5 else uniform(start, wide)
        draw.line((start, y, end, y + uniform(-1, 1)), fill=fill, width=width)
    if across:
        y = chance.choice((sketch.box[1] - uniform(0.02, 0.3) * em, sketch.box[3] + uniform(0.02, 0.3) * em))
        draw.line((0, y, wide, y + uniform(-2, 2)), fill=fill, width=width)
    if upright:
        sides = (sketch.box[0] - em * uniform(0.1, 0.6), sketch.box[2] + em * uniform(0.1, 0.6))
        for x in chance.sample(sides, chance.randint(1, 2)):
            draw.line((x, 0, x + uniform(-2, 2), high), fill=fill, width=width)
    return replace(sketch, ink=_ink_of(canvas))


def scribble(length: float, em: float, chance: random.Random) -> npt.NDArray[np.float64]:
    """Points (n, 2) of a pen that runs ``length`` pixels to the right in loops, y around 0."""
    at = np.linspace(0, 1, max(_PEN, int(3 * length / em) * 8))
    turns = max(1.0, length / em * chance.uniform(0.7, 2.2))
    x, y = length * at, np.zeros_like(at)
    for share in (1.0, 0.6, 0.35):
        speed, phase = turns * chance.uniform(0.4, 1.6) / share, chance.uniform(0, 2 * math.pi)
        x = x + share * chance.uniform(0.05, 0.45) * em * np.sin(2 * math.pi * speed * at + phase)
        y = y + share * chance.uniform(0.1, 0.55) * em * np.cos(2 * math.pi * speed * at + chance.uniform(0, 6))
    return np.stack([x, y + chance.uniform(-0.6, 0.6) * em * (at - 0.5)], axis=1)


def with_scribble(sketch: Sketch, chance: random.Random, *, alone: bool) -> Sketch:
    """The line with pen strokes behind it, or pen strokes alone; said as SCRIBBLE."""
    em, length = sketch.em, chance.uniform(1.5, 7) * sketch.em
    start = em if alone else sketch.right + chance.uniform(0.2, 1.5) * em
    wide = math.ceil(start + length + 2 * em)
    ink = np.zeros((sketch.ink.shape[0], wide if alone else max(wide, sketch.ink.shape[1])), np.float32)
    if not alone:
        ink[:, : sketch.ink.shape[1]] = sketch.ink
    points = scribble(length, em, chance) + np.array((start, sketch.baseline - 0.3 * em))
    pen = np.zeros(ink.shape, np.uint8)
    thick = max(1, round(em * chance.uniform(0.04, 0.11)))
    cv2.polylines(
        pen, [np.round(points).astype(np.int32)], isClosed=False, color=255, thickness=thick, lineType=cv2.LINE_AA
    )
    ys, xs = np.nonzero(pen)
    own = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    box = own if alone else (sketch.box[0], min(sketch.box[1], own[1]), own[2], max(sketch.box[3], own[3]))
    both = np.maximum(ink, pen.astype(np.float32) / 255 * chance.uniform(0.7, 1.0))
    said = SCRIBBLE if alone else sketch.text + SCRIBBLE
    return replace(sketch, ink=both, text=said, box=box, right=start + length)


def as_dots(sketch: Sketch, rows: int) -> Sketch:
    """The line as a dot-matrix printer would strike it, ``rows`` dots an em."""
    scale = rows / sketch.em
    small = cv2.resize(sketch.ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    struck = np.asarray(small > 0.38, np.float32)
    size = max(3, math.ceil(1 / scale))
    high, wide = struck.shape[0] * size, struck.shape[1] * size
    yy, xx = np.mgrid[0:size, 0:size] - (size - 1) / 2
    dot = np.clip(0.62 * size - np.hypot(xx, yy), 0, 1).astype(np.float32)
    dots = cv2.GaussianBlur(np.kron(struck, dot), (0, 0), 0.18 * size)
    back = cv2.resize(dots[:high, :wide], sketch.ink.shape[::-1], interpolation=cv2.INTER_AREA)
    return replace(sketch, ink=np.clip(back * 1.1, 0, 1).astype(np.float32))
