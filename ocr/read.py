"""Read one page: its picture, blank or not, its codes, which way is up, its words; the better reading is kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, cast

import cv2
import numpy as np

from dossier.errors import DossierError, Misconfigured, PageDied
from dossier.values import Box, Code, FailedPage, Line, Page, QuarterTurn, ReadPage, Word
from ocr.blank import judge
from ocr.cage import Cage
from ocr.clean import CleanPage, Way, clean
from ocr.codes import find_codes
from ocr.complaints import heard, speak_of_damage
from ocr.engine import Engine, TesseractEngine
from ocr.ink import Pixels, gray_for_reading, look
from ocr.orient import Orientation, orient
from ocr.scans import Scan, open_scan

READ_AGAIN_BELOW: Final = 0.80
"""A page read with less confidence is prepared the other way and read again; good print reaches 0.90."""

TURN_BELOW: Final = 0.45
"""A page read with less confidence is tried head down too; a page read head down was seen at 0.2 to 0.4."""

_WORTHLESS: Final = 0.40
"""Confidence of babble. Words below count against a reading, so that finding more of them is no gain."""

_CLEARLY_BETTER: Final = 1.5
"""Ratio of merits from which the reading decides which way is up."""

_SQUARE: Final = 1.05
"""Ratio of the two resolutions up to which pixels count as square; fax pages have 2."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read; the same for all pages of a run."""

    languages: str = "vie"
    """Tesseract's names, joined by plus."""
    psm: int = 3
    """Tesseract's page segmentation mode."""
    seconds: float = 60.0
    """Time of one reading by the engine."""

    def engine(self) -> Engine:
        """The engine that these options ask for."""
        return TesseractEngine(self.languages, psm=self.psm, seconds=self.seconds)


def read_page(path: Path, number: int, options: ReadOptions) -> ReadPage:
    """Read page ``number``, from 1, of a file; meant to run in a cage."""
    with heard() as complaints:  # some pictures are decoded when they are opened
        scan = open_scan(path, number)
    page = read_scan(scan, options.engine())
    return _damaged(page) if speak_of_damage(complaints) else page


def read_pages(path: Path, numbers: Sequence[int], options: ReadOptions, cage: Cage) -> tuple[Page, ...]:
    """Read several pages in a cage; one that fails becomes a `FailedPage`, the others go on.

    A page whose reader died is read once more: the death may have been meant for another, or for the machine.

    Raises:
        Misconfigured: the engine is missing: no page of any file can be read.
    """
    act = partial(_read_number, path, options)
    results = dict(zip(numbers, cage.map(act, numbers), strict=True))
    died = [number for number, result in results.items() if isinstance(result, PageDied)]
    results |= zip(died, cage.map(act, died), strict=True)
    return tuple(_page_or_failure(number, result) for number, result in results.items())


def _page_or_failure(number: int, result: ReadPage | DossierError) -> Page:
    if isinstance(result, Misconfigured):
        raise result
    return FailedPage(number, result.code) if isinstance(result, DossierError) else result


def _read_number(path: Path, options: ReadOptions, number: int) -> ReadPage:
    return read_page(path, number, options)


def read_scan(scan: Scan, engine: Engine) -> ReadPage:
    """Read the picture of a page with an engine."""
    start = time.monotonic()
    with heard() as complaints:
        sheet = _Sheet.of(scan)
    page = _read_sheet(scan, sheet, engine)
    page = replace(page, seconds=round(time.monotonic() - start, 3))
    return _damaged(page) if speak_of_damage(complaints) else page


def _damaged(page: ReadPage) -> ReadPage:
    """The page with its mark; what looks blank may be what the decoder filled in."""
    return replace(page, damaged=True, blank=False)


def _read_sheet(scan: Scan, sheet: _Sheet, engine: Engine) -> ReadPage:
    ink = look(sheet.pixels, sheet.dpi)
    writing = judge(ink)
    if writing == "blank":
        return _page(scan, sheet, None, ())
    codes = find_codes(gray_for_reading(sheet.pixels), sheet.dpi)
    stands = orient(ink)
    reading = _best_reading(sheet, stands, engine, "faint" if writing == "faint" else "soft")
    if writing == "faint" and not codes and _shines_through(sheet, reading, engine):
        return _page(scan, sheet, None, ())
    return _page(scan, sheet, reading, codes)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The decoded picture with square pixels."""

    pixels: Pixels
    dpi: float
    across: float
    """Pixels for one stored pixel across."""
    down: float
    """Pixels for one stored pixel down."""

    @classmethod
    def of(cls, scan: Scan) -> _Sheet:
        pixels = scan.pixels()
        dpi = max(scan.dpi, scan.dpi_down)
        if dpi < _SQUARE * min(scan.dpi, scan.dpi_down):
            return cls(pixels, scan.dpi, 1.0, 1.0)
        across, down = dpi / scan.dpi, dpi / scan.dpi_down
        square = cv2.resize(pixels, None, fx=across, fy=down, interpolation=cv2.INTER_LINEAR)
        return cls(np.asarray(square, np.uint8), dpi, across, down)

    @property
    def is_square(self) -> bool:
        return self.across == self.down


@dataclass(frozen=True, slots=True)
class _Reading:
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
        letters = sum(len(word.text) for line in self.lines for word in line.words)
        return self.merit / letters + _WORTHLESS if letters else 0.0


def _best_reading(sheet: _Sheet, stands: Orientation, engine: Engine, first_way: Way) -> _Reading:
    """Read; where the look of the page left a doubt, or the words are weak, read otherwise and keep the best."""

    def attempt(turn: int, way: Way) -> _Reading:
        skew = stands.skew_deg if sheet.is_square else 0.0  # in a stretched frame a turn is no turn
        turn = cast("QuarterTurn", turn % 360)
        letters = 0.0 if way == "faint" else stands.letter_inches  # of a faint page it is the size of the noise
        page = clean(sheet.pixels, dpi=sheet.dpi, turn=turn, skew_deg=skew, letter_inches=letters, way=way)
        return _Reading(turn, stands.sure, skew, engine.read(page.image, page.dpi), page)

    best = attempt(stands.turn, first_way)
    others = [] if stands.up_sure and best.confidence >= TURN_BELOW else [180]
    others += [] if stands.across_sure else [90, 270]
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


def _by_merit(reading: _Reading) -> float:
    return -reading.merit


def _shines_through(sheet: _Sheet, reading: _Reading, engine: Engine) -> bool:
    """Whether faint marks are print of the other side: they then read better mirrored than as they stand."""
    if reading.confidence >= READ_AGAIN_BELOW or sheet.pixels.ndim == 3:
        return False
    image, dpi = reading.clean.image, reading.clean.dpi
    mirrored = (image[:, ::-1], image[::-1])  # which way is up was asked of mirrored letters, and may be wrong
    merit = max(replace(reading, lines=engine.read(np.ascontiguousarray(other), dpi)).merit for other in mirrored)
    return merit > max(0.0, _CLEARLY_BETTER * reading.merit)


def _page(scan: Scan, sheet: _Sheet, reading: _Reading | None, codes: tuple[Code, ...]) -> ReadPage:
    """The page as read; no reading means that it is blank."""
    lying = reading is not None and reading.turn in (90, 270)
    return ReadPage(
        number=scan.number,
        scan_sha256=scan.sha256,
        width=scan.height if lying else scan.width,
        height=scan.width if lying else scan.height,
        dpi=scan.dpi,
        turn=reading.turn if reading else 0,
        turn_sure=reading.turn_sure if reading else True,
        skew_deg=reading.skew_deg if reading else 0.0,
        blank=reading is None,
        lines=_placed(sheet, reading) if reading else (),
        codes=codes,
    )


def _placed(sheet: _Sheet, reading: _Reading) -> tuple[Line, ...]:
    """The lines with their boxes in the upright frame of the stored picture."""
    across, down = (sheet.down, sheet.across) if reading.turn in (90, 270) else (sheet.across, sheet.down)

    def place(word: Word) -> Word:
        box = reading.clean.in_upright_frame(word.box)
        return replace(word, box=Box(box.left / across, box.top / down, box.right / across, box.bottom / down))

    return tuple(Line(tuple(place(word) for word in line.words)) for line in reading.lines)
