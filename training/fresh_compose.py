"""The pages of a fresh paper under the pen: heads, fields with leaders, paragraphs, tables, signers, one method each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from training.fresh_letters import MOTTO, STATE, sized
from training.fresh_marks import Printed
from training.fresh_sheet import Leader, Part, Pen, Sheet, width_of, wrap

Word = list[tuple[str, Pen]]

SIZES: Final = {
    "a4": (595.0, 842.0),
    "a5": (420.0, 595.0),
    "land": (842.0, 595.0),
    "card": (253.0, 330.0),
    "book": (365.0, 510.0),
}
_LEAST_LEADER: Final = 14.0


@dataclass(frozen=True, slots=True)
class Hand:
    """The pens of a paper and how it is set."""

    text: Pen
    strong: Pen
    value: Pen
    leader: str
    """A dot, an ellipsis, a rule, or nothing."""
    lead: float
    """Line distance in em."""
    calm: bool
    """Seals and strokes keep off the text."""


@dataclass
class Composer:
    """The pages of one paper under way."""

    hand: Hand
    sheets: list[Sheet]
    codes: list[list[Printed]] = field(default_factory=lambda: [[]])
    y: float = 0.0
    corner: tuple[float, float] = (0.0, 0.0)
    """Left top of the card under way."""
    edge: float = 0.0
    """Right edge of that card; 0 without one."""
    numbered: str = ""
    rows: list[list[str]] = field(default_factory=list)
    """Of the table under way."""

    @property
    def sheet(self) -> Sheet:
        """The page under the pen."""
        return self.sheets[-1]

    @property
    def left(self) -> float:
        """Left margin."""
        return self.sheet.width * 0.118

    @property
    def right(self) -> float:
        """Right margin."""
        return self.sheet.width * 0.92

    def room(self, points: float) -> None:
        """Turn to a new page if so much does not fit any more."""
        if self.y + points > self.sheet.height * 0.94:
            self.turn("")

    def turn(self, _: str) -> None:
        """A new page, numbered if the paper is."""
        sheet = self.sheet
        self.sheets.append(Sheet(sheet.rng, sheet.width, sheet.height))
        self.codes.append([])
        self.y = sheet.height * 0.085
        if self.numbered:
            words = self.numbered.replace("#", str(len(self.sheets)))
            self.sheet.write(sheet.width / 2, sheet.height * 0.045, (words, self.hand.text), align="middle")

    def heads(self, line: str) -> None:
        """Agency at the left, state and motto at the right, number and place with date below."""
        agency, number, placed, *other = (part.strip() for part in line.split("||"))
        strong, text, step = sized(self.hand.strong, 0.9), sized(self.hand.text, 0.96), self.hand.text.size * 1.35
        wide = self.sheet.width
        left, right = wide * 0.28, wide * 0.71
        units = agency.split(" / ")
        rows: list[tuple[str, Pen]] = []
        for place, unit in enumerate(units):
            pen = strong if place == len(units) - 1 else sized(self.hand.text, 0.9)
            rows += [(row, pen) for row in wrap(unit.strip().upper(), pen, wide * 0.37)]
        top = self.y
        for at, (words, pen) in enumerate(rows):
            self.sheet.write(left, top + at * step, (words, pen), align="middle")
        last = top + (len(rows) - 1) * step + 5
        self.sheet.rule(left - 35, last, left + 35, last)
        below = last + step
        if number:
            self.sheet.write(left, below, *self._parts(number, text), align="middle")
        state, motto = (STATE, MOTTO) if not other else (other[0].upper(), "")
        fitted = sized(strong, min(1.0, wide * 0.44 / width_of((state, strong))))
        self.sheet.write(right, top, (state, fitted), align="middle")
        if motto:
            self.sheet.write(right, top + step, (motto, sized(self.hand.strong, 1.0)), align="middle")
            self.sheet.rule(right - 75, top + step + 5, right + 75, top + step + 5)
        if placed:
            self.sheet.write(right, max(below, top + 2.3 * step), *self._parts(placed, text), align="middle")
        self.y = max(below, top + 2.3 * step) + 2.2 * step

    def state(self, _: str) -> None:
        """State and motto over the middle."""
        for words in (STATE, MOTTO):
            self.centred(words, self.hand.strong, 1.35)
        half = 70
        self.sheet.rule(self.sheet.width / 2 - half, self.y - 10, self.sheet.width / 2 + half, self.y - 10)
        self.y += self.hand.text.size

    def centred(self, words: str, pen: Pen, lead: float) -> None:
        """Rows over the middle."""
        self.room(pen.size * 2)
        for row in wrap(words, pen, self.right - self.left):
            self.sheet.write(self.sheet.width / 2, self.y, *self._parts(row, pen), align="middle")
            self.y += pen.size * lead

    def paragraph(self, line: str, indent: float = 22.0) -> None:
        """Running text, values in their own pen."""
        if not line:
            return
        for at, row in enumerate(_rows(self._parts(line, self.hand.text), self.right - self.left - indent)):
            self.room(self.hand.text.size)
            self.sheet.write(self.left + (indent if at == 0 else 0.0), self.y, *row)
            self.y += self.hand.text.size * self.hand.lead
        self.y += self.hand.text.size * 0.12

    def fields(self, line: str) -> None:
        """Labels and values with leaders, one or several to a row."""
        cells = [cell.strip() for cell in line.split("||")]
        wide = (self.right - self.left) / len(cells)
        self.room(self.hand.text.size)
        if len(cells) == 1 and _wide(self._parts(line, self.hand.text)) > wide:
            return self.paragraph(line, 0.0)
        for place, cell in enumerate(cells):
            parts, x = self._parts(cell, self.hand.text), self.left + place * wide
            taken = _wide(parts)
            by = min(1.0, (wide - 4) / taken)
            fitted: list[Part] = [(words, sized(pen, by)) for words, pen in parts]
            spare = wide - 8 - taken * by
            if self.hand.leader and spare > _LEAST_LEADER and "[" in cell:
                fitted.append(Leader(spare, self.hand.leader))
            self.sheet.write(x, self.y, *fitted)
        self.y += self.hand.text.size * (self.hand.lead + 0.15)
        return None

    def row(self, line: str) -> None:
        """Keep a row of a table."""
        self.rows.append([cell.strip() for cell in line.removesuffix("|").split("|")])

    def table(self) -> None:
        """Draw the rows kept so far: columns as wide as they need, cells wrapped."""
        pen, rows = sized(self.hand.text, 0.88), self.rows
        self.rows = []
        widest = [max(min(150.0, width_of((row[at].strip("[]"), pen)) + 8) for row in rows) for at in range(len(rows[0]))]
        scale = (self.right - self.left) / sum(widest)
        edges = [self.left + scale * sum(widest[:at]) for at in range(len(widest) + 1)]
        for number, row in enumerate(rows):
            drawn = replace(pen, face=self.hand.strong.face) if number == 0 else pen
            cells = [
                _rows(self._parts(cell, drawn), edges[at + 1] - edges[at] - 6) if cell else []
                for at, cell in enumerate(row)
            ]
            high = pen.size * (1.25 * max(1, *map(len, cells)) + 0.6)
            self.room(high)
            top = self.y - pen.size
            for at, cell in enumerate(cells):
                for down, parts in enumerate(cell):
                    self.sheet.write(edges[at] + 3, top + pen.size * (1.25 * down + 1.15), *parts)
            for y in (top, top + high):
                self.sheet.rule(edges[0], y, edges[-1], y)
            for x in edges:
                self.sheet.rule(x, top, x, top + high)
            self.y += high
        self.y += pen.size * 0.8

    def sign(self, line: str) -> None:
        """Columns of signers: ``office / title @ name``; & signs, * seals, ~ is a small list at the left."""
        columns = [column.strip() for column in line.split("||")]
        size = self.hand.text.size
        self.y += size * 0.6
        self.room(size * 8.5)
        top, wide = self.y, self.sheet.width / len(columns)
        for place, column in enumerate(columns):
            middle = self.sheet.width * 0.7 if len(columns) == 1 else wide * (place + 0.5)
            self._signer(column, middle, top, wide * 0.96)
        self.y = top + size * 9

    def _signer(self, column: str, middle: float, top: float, wide: float) -> None:
        text, strong, rng = self.hand.text, self.hand.strong, self.sheet.rng
        if column.startswith("~"):
            for at, words in enumerate(column[1:].split(" / ")):
                pen = sized(text if at else strong, 0.82)
                self.sheet.write(self.left, top + at * pen.size * 1.3, (words.strip(), pen))
            return
        rows, _, name = column.partition("@")
        y = top
        for words in rows.replace("&", "").replace("*", "").split(" / "):
            note = words.strip().startswith("(")
            pen = sized(text, 0.9) if note else sized(strong, 0.95)
            by = min(1.0, wide / max(1.0, width_of((words.strip(), pen))))
            self.sheet.write(middle, y, (words.strip(), sized(pen, by)), align="middle")
            y += text.size * 1.3
        foot = top + text.size * 7
        if "*" in rows:
            words = f"{rows.split(' / ')[0].strip(' *&')} * VIỆT NAM *"
            self.sheet.seal(
                middle - rng.uniform(28, 60), (y + foot) / 2, words, text.face, radius=40, strength=rng.uniform(0.5, 0.8)
            )
        if "&" in rows:
            self.sheet.sign(middle, (y + foot) / 2 - (6 if self.hand.calm else rng.uniform(-8, 8)), wide=85)
        if name.strip():
            self.sheet.write(middle, foot, *self._parts(name.strip(), strong), align="middle")

    def note(self, line: str) -> None:
        """Small words in the right top corner."""
        pen = sized(self.hand.text, 0.8)
        for words in line.split(" / "):
            self.sheet.write(self.right, self.y, (words.strip(), pen), align="right")
            self.y += pen.size * 1.25
        self.y += pen.size

    def at(self, line: str) -> None:
        """Small words at a place of the card: ``x y size words``; a size after b is bold."""
        x, y, size, words = line.split(" ", 3)
        base = self.hand.strong if size[0] in "br" else self.hand.text
        pen = replace(base, size=float(size.lstrip("br")), ink="red" if size[0] == "r" else base.ink)
        place = self.corner[0] + float(x.lstrip("m")), self.corner[1] + float(y)
        room = (self.edge or self.sheet.width) - place[0] - 6
        parts = [
            (text, sized(run, run.size and min(1.0, room / max(1.0, width_of((words, pen))))))
            for text, run in self._parts(words, pen, plain=True)
        ]
        self.sheet.write(*place, *parts, align="middle" if x[0] == "m" else "left")

    def _parts(self, line: str, pen: Pen, *, plain: bool = False) -> list[tuple[str, Pen]]:
        value = self.hand.value
        filled = pen if plain else replace(value, size=pen.size * value.size / self.hand.text.size)
        pieces = re.split(r"\[(.*?)\]", line)
        return [(piece, filled if at % 2 else pen) for at, piece in enumerate(pieces) if piece]


def _rows(parts: list[tuple[str, Pen]], room: float) -> list[list[tuple[str, Pen]]]:
    """Break runs into rows no wider than ``room``; a blank belongs to the run before it."""
    rows: list[list[tuple[str, Pen]]] = [[]]
    used = 0.0
    tokens = [(token, pen) for text, pen in parts for token in re.findall(r"\S+|\s+", text)]
    words: list[Word] = [[]]
    for token, pen in tokens:
        if token.isspace():
            words.append([])
        else:
            words[-1].append((token, pen))
    for word in filter(None, words):
        wide, blank = _wide(word), width_of((" ", word[0][1]))
        if rows[-1] and used + blank + wide > room:
            rows.append([])
            used = 0.0
        if rows[-1]:
            rows[-1].append((" ", rows[-1][-1][1]))
            used += blank
        rows[-1] += word
        used += wide
    return rows


def _wide(parts: list[tuple[str, Pen]]) -> float:
    return sum(width_of(part) for part in parts)
