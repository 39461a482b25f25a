"""Draw lines with the damage of scans: ``python -m training.draw_lines RUN --prose TEXTS`` fills the pool of a run.

With ``--sheet PNG`` it draws a contact sheet to look at instead.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.alphabet import LEADER
from ocr.line_picture import line_picture
from training import damage
from training.damage import Bytes, Picture
from training.draw import Ink, Setting, Sketch, as_dots, set_line, with_neighbours, with_rules, with_scribble
from training.faces import Face, choose, find_faces
from training.prose import read_prose
from training.shards import DrawnLine, Pool, save
from training.texts import Writer

LINES: Final = 2000
"""Lines in a shard."""

WIDEST: Final = 900
"""Columns of a line picture; the reader cuts wider ones."""

_MACHINE_FACE: Final = "OCRB"
_CHECK_SEED: Final = 900_000


class LineDrawer:
    """Draws lines by chance; the same seed draws the same lines."""

    def __init__(self, seed: int, faces: Sequence[Face], prose: Sequence[str]) -> None:
        """Draw with these faces; prose may be empty."""
        self._chance, self._noise = random.Random(seed), np.random.default_rng(seed)
        self._writer = Writer(self._chance, prose)
        self._faces = faces
        self._machine = [face for face in faces if _MACHINE_FACE in face.path.name]

    def lines(self, count: int) -> list[DrawnLine]:
        """So many lines that are neither too wide nor too narrow for their text."""
        drawn: list[DrawnLine] = []
        while len(drawn) < count:
            line = self.line()
            if 4.2 * len(line.text) <= line.picture.shape[1] <= WIDEST:
                drawn.append(line)
        return drawn

    def line(self) -> DrawnLine:
        """One line."""
        chance = self._chance
        text = self._writer.line()
        face = choose(self._faces, chance)
        if "<<" in text and self._machine and chance.random() < 0.7:
            face = chance.choice(self._machine)
        sketch = set_line(text, face, self._setting(text, face), chance)
        if sketch is None:
            return self.line()
        sketch = self._surrounded(sketch, face)
        ink, dark, paper = self._ink(sketch.ink), self._dark(), self._paper()
        page = self._soiled(damage.on_paper(ink, dark, paper), ink, sketch.em)
        scanned = self._scanned(self._cropped(*self._bent(page, sketch), sketch), sketch.em)
        gray = self._filed(np.asarray(np.clip(scanned * 255, 0, 255), np.uint8), dark, paper)
        return DrawnLine(line_picture(gray), sketch.text)

    def _hits(self, share: float) -> bool:
        return self._chance.random() < share

    def _setting(self, text: str, face: Face) -> Setting:
        chance, hits = self._chance, self._hits
        struck = hits(0.6 if face.kind == "typewriter" else 0.02)
        marks = hits(0.5) if struck else hits(0.015)
        return Setting(
            em=int(chance.triangular(14, 64, 30)),
            letter_space=chance.uniform(-0.03, 0.14) if hits(0.12) else 0.0,
            wide_gaps=0.3 if hits(0.1) else 0.0,
            leaders=0.25 if hits(0.07) or (":" in text and hits(0.3)) else 0.0,
            leader_under=hits(0.09),
            by_letter=struck or marks,
            marks=marks,
            beside=hits(0.5),
            unevenness=chance.uniform(0, 0.03) if struck else 0.0,
        )

    def _surrounded(self, sketch: Sketch, face: Face) -> Sketch:
        chance, hits = self._chance, self._hits
        if hits(0.025):
            sketch = with_scribble(sketch, chance, alone=hits(0.35))
        texts = tuple(self._neighbour() if hits(0.42) else None for _ in range(2))
        sketch = with_neighbours(sketch, (texts[0], texts[1]), face, chance.uniform(1.05, 1.7), chance)
        under, across, upright = hits(0.10), hits(0.07), hits(0.06)
        if under or across or upright:
            sketch = with_rules(sketch, chance, under=under, across=across, upright=upright)
        return as_dots(sketch, chance.randint(15, 24)) if hits(0.015) and sketch.em >= 24 else sketch

    def _neighbour(self) -> str:
        text = self._writer.prose()
        return text.upper() if self._hits(0.12) else text

    def _ink(self, ink: Ink) -> Ink:
        kind, high = self._chance.random(), ink.shape[0]
        if kind < 0.10 and high > 70:
            ink = damage.thicker(ink)
        elif kind < 0.17 and high > 80:
            ink = damage.thinner(ink)
        if self._hits(0.05):
            ink = damage.worn(ink, self._chance, self._noise)
        return np.asarray(ink * self._chance.uniform(0.75, 1), np.float32) if self._hits(0.25) else ink

    def _dark(self) -> float:
        """Gray of the ink: black, blue, or red as a stamp's text."""
        kind = self._chance.random()
        return (
            self._chance.uniform(0, 0.2)
            if kind < 0.65
            else self._chance.uniform(0, 0.45)
            if kind < 0.94
            else self._chance.uniform(0.35, 0.6)
        )

    def _paper(self) -> float:
        return self._chance.uniform(0.72, 1) if self._hits(0.5) else self._chance.uniform(0.93, 1)

    def _soiled(self, page: Picture, ink: Ink, em: float) -> Picture:
        if self._hits(0.10):
            page = damage.shining_through(page, ink, em, self._chance)
        if self._hits(0.11):
            page = damage.stamped(page, em, self._chance)
        return damage.penned(page, em, self._chance) if self._hits(0.06) else page

    def _bent(self, page: Picture, sketch: Sketch) -> tuple[Picture, float]:
        """The page askew and curled, and by how much the ends of the line moved up or down, pixels."""
        chance, length = self._chance, max(sketch.right - sketch.left, sketch.em)
        most = min(1.5, math.degrees(0.22 * sketch.em / length))
        degrees = chance.uniform(-most, most) if self._hits(0.6) else 0.0
        shear = chance.uniform(-0.12, 0.12) if self._hits(0.15) else 0.0
        if degrees or shear:
            middle = ((sketch.left + sketch.right) / 2, sketch.baseline - sketch.em * 0.3)
            page = damage.slanted(page, degrees, shear, middle)
        if self._hits(0.07):
            page = damage.curled(page, sketch.em, chance)
        return page, abs(math.tan(math.radians(degrees))) * length / 2

    def _cropped(self, page: Picture, moved: float, sketch: Sketch) -> Picture:
        """Cut out as a line finder would: by the ink or by the height of the face, with more or less around it."""
        chance, em, (left, top, right, bottom) = self._chance, sketch.em, sketch.box
        by_ink = self._hits(0.55)
        low, high = (-0.02, 0.22) if by_ink else (-0.06, 0.16)
        if self._hits(0.15):
            high = 0.45
        upper, lower = float(top), float(bottom)
        if not by_ink:
            upper, lower = sketch.baseline - 0.9 * em, sketch.baseline + 0.22 * em
            if self._hits(0.9):
                upper, lower = min(upper, top + 0.04 * em), max(lower, bottom - 0.04 * em)
        y0 = int(max(0, upper - moved * chance.uniform(0.2, 0.9) - em * chance.uniform(low, high)))
        y1 = int(min(page.shape[0], lower + moved * chance.uniform(0.2, 0.9) + em * chance.uniform(low, high)))
        x0 = int(max(0, left - em * chance.uniform(-0.03, 0.6)))
        x1 = int(min(page.shape[1], right + em * chance.uniform(-0.03, 0.6)))
        return self._stretched(page[y0 : max(y1, y0 + 6), x0 : max(x1, x0 + 6)])

    def _stretched(self, page: Picture) -> Picture:
        """Wide and narrow type, one line in five: office faces are all of one width, typewriters and tills are not."""
        if not self._hits(0.2):
            return page
        wide = max(6, round(page.shape[1] * self._chance.uniform(0.85, 1.5)))
        return np.asarray(cv2.resize(page, (wide, page.shape[0]), interpolation=cv2.INTER_AREA), np.float32)

    def _scanned(self, page: Picture, em: float) -> Picture:
        chance, hits = self._chance, self._hits
        if hits(0.36):
            share = min(1.0, chance.uniform(9, 20) / em)
            page = damage.sampled(
                page, share, min(1.0, share * chance.uniform(0.5, 0.7)) if hits(0.06) and share * em > 14 else None
            )
        if hits(0.6):
            page = cv2.GaussianBlur(page, (0, 0), 0.25 + abs(chance.gauss(0, 0.55))).astype(np.float32)
        if hits(0.1):
            page = damage.faded(page, chance)
        if hits(0.2):
            page = damage.lit(page, chance)
        if hits(0.15):
            page = damage.flat(page, chance)
        if hits(0.65):
            page = damage.noisy(page, abs(chance.gauss(0, 0.035)), self._noise)
        return damage.speckled(page, chance.uniform(0, 0.006), self._noise) if hits(0.10) else page

    def _filed(self, gray: Bytes, dark: float, paper: float) -> Bytes:
        made = self._bilevel(gray, dark, paper)
        before, after = (float(np.mean(one < 128 * (dark + paper))) for one in (gray, made))
        if 0.5 * before < after < 2 * before:  # else the letters are gone, and nothing can be learned but guessing
            gray = made
        if self._hits(0.5):
            gray = damage.packed(gray, self._chance.randint(22, 92))
        return np.asarray(255 - gray, np.uint8) if self._hits(0.025) else gray

    def _bilevel(self, gray: Bytes, dark: float, paper: float) -> Bytes:
        chance, kind = self._chance, self._chance.random()
        if kind < 0.14:
            gray = damage.thresholded(gray, dark + (paper - dark) * chance.uniform(0.35, 0.8))
        elif kind < 0.22:
            gray = damage.thresholded_by_itself(gray)
        elif kind < 0.28 and min(gray.shape) > 12:
            gray = damage.thresholded_locally(gray, chance)
        elif kind < 0.305 and gray.shape[0] > 28:
            gray = damage.dithered(gray, ordered=self._hits(0.5))
        return gray


def fill(pool: Pool, seed: int, prose: Sequence[str], shards: Iterator[int]) -> None:
    """Draw shards whenever the pool has room; each has a seed of its own."""
    faces = find_faces()
    for number in shards:
        while pool.is_full:
            time.sleep(1)
        start = time.monotonic()
        lines = LineDrawer(seed * 1_000_003 + number, faces, prose).lines(LINES)
        save(pool.folder / f"{seed:03d}_{number:05d}.npz", lines)
        width = np.mean([line.picture.shape[1] for line in lines])
        print(f"shard {number}: {LINES / (time.monotonic() - start):.0f} lines/s, mean width {width:.0f}", flush=True)


def draw_check_sets(run: Path, prose: Sequence[str], lines: int) -> None:
    """Write the lines on which the curve of a run is measured, in faces of the training and in faces left out of it."""
    for name, unseen in (("seen", False), ("unseen", True)):
        save(run / f"check_{name}.npz", LineDrawer(_CHECK_SEED, find_faces(unseen=unseen), prose).lines(lines))


def sheet(lines: Sequence[DrawnLine], label: Path) -> Image.Image:
    """A contact sheet: every line picture with what it says below it, two columns."""
    face = ImageFont.truetype(str(label), 14)
    rows = math.ceil(len(lines) / 2)
    page = Image.new("L", (2 * (WIDEST // 2 + 320), rows * 66 + 10), 255)
    draw = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        x, y = (number % 2) * (WIDEST // 2 + 320) + 10, (number // 2) * 66 + 6
        page.paste(Image.fromarray(line.picture[:, : WIDEST // 2 + 300]), (x, y))
        draw.text((x, y + 42), line.text.replace(LEADER, " ⋯ ")[:95], font=face, fill=0)
    return page


def main() -> None:
    """Parse the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument("--prose", type=Path, help="file or folder of texts; without it syllables take their place")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shards", type=int, default=1_000_000, help="stop after so many")
    parser.add_argument("--sheet", type=Path, help="draw a contact sheet of 60 lines there, and end")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    prose = read_prose(asked.prose) if asked.prose else []
    if asked.sheet:
        faces = find_faces()
        label = next(face.path for face in faces if face.path.name == "DejaVuSans.ttf")
        sheet(LineDrawer(asked.seed, faces, prose).lines(60), label).save(asked.sheet)
    else:
        (asked.run / "shards").mkdir(parents=True, exist_ok=True)
        fill(Pool(asked.run / "shards"), asked.seed, prose, iter(range(asked.shards)))


if __name__ == "__main__":
    main()
