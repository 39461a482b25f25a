"""Read one page: its picture, blank or not, its codes, which way is up, its words; the better reading is kept."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from dossier.values import Code, ReadPage
from ocr.attempts import Reading, best_reading, placed, shines_through
from ocr.blank import is_dusty, judge
from ocr.codes import find_codes
from ocr.complaints import heard, speak_of_damage
from ocr.engine import Engine
from ocr.ink import gray_for_reading, look
from ocr.mrz import mrz_code
from ocr.orient import orient
from ocr.own_text import OwnText, own_text
from ocr.read_pages import ReadOptions, read_pages
from ocr.scans import Scan, open_scan
from ocr.secrecy import guarded, withheld
from ocr.secrecy_frames import shows_degree
from ocr.sheet import Sheet

__all__ = ["ReadOptions", "read_page", "read_pages", "read_scan"]

LEAST_DPI: Final = 200
"""What NĐ 30/2020 Annex I asks of a scan."""


def read_page(path: Path, number: int, options: ReadOptions) -> ReadPage:
    """Read page ``number``, from 1, of a file; meant to run in a cage, which nothing of a secret page leaves."""
    return guarded(_read_page(path, number, options))


def _read_page(path: Path, number: int, options: ReadOptions) -> ReadPage:
    with heard() as complaints:  # some pictures are decoded when they are opened
        scan = open_scan(path, number)
    own = own_text(path, number, scan)
    if own and own.keep:
        return _born_digital(scan, own)
    page = read_scan(scan, options.open())
    if own and own.note:
        page = replace(page, notes=(*page.notes, own.note))
    return _damaged(page) if speak_of_damage(complaints) else page


def read_scan(scan: Scan, engine: Engine) -> ReadPage:
    """Read the picture of a page with an engine."""
    start = time.monotonic()
    with heard() as complaints:
        sheet = Sheet.of(scan)
    page = _read_sheet(scan, sheet, engine)
    page = replace(page, seconds=round(time.monotonic() - start, 3))
    return _damaged(page) if speak_of_damage(complaints) else page


def _damaged(page: ReadPage) -> ReadPage:
    """The page with its mark; what looks blank may be what the decoder filled in."""
    return replace(page, damaged=True, blank=False)


def _read_sheet(scan: Scan, sheet: Sheet, engine: Engine) -> ReadPage:
    ink = look(sheet.pixels, sheet.dpi)
    writing = judge(ink)
    if writing == "blank":
        return _page(scan, sheet, None, ())
    codes = find_codes(gray_for_reading(sheet.pixels), sheet.dpi)
    plain = sheet.without(code.box for code in codes if code.box)
    reading = best_reading(plain, orient(ink), engine, "faint" if writing == "faint" else "soft")
    if writing == "faint" and not codes and shines_through(sheet, reading, engine):
        return _page(scan, sheet, None, ())
    if not codes and _says_nothing(reading) and is_dusty(ink):
        return _page(scan, sheet, None, ())
    page = replace(_page(scan, sheet, reading, codes), engine=engine.name)
    return withheld(page) if shows_degree(sheet, ink, reading, engine) else page


def _says_nothing(reading: Reading) -> bool:
    """Whether only lone signs were read, none beside another: grains of dust look like noughts and eights.

    Where nothing at all was read, the engine may have failed: that says nothing of the page.
    """
    lone = [len(line.words) == 1 and len(line.words[0].text) == 1 for line in reading.lines]
    return bool(lone) and all(lone)


def _page(scan: Scan, sheet: Sheet, reading: Reading | None, codes: tuple[Code, ...]) -> ReadPage:
    """The page as read; no reading means that it is blank."""
    lying = reading is not None and reading.turn in (90, 270)
    lines = placed(sheet, reading) if reading else ()
    zone = mrz_code([line.text for line in lines])
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
        lines=lines,
        codes=(*codes, zone) if zone else codes,
        notes=_notes(scan, sheet),
    )


def _notes(scan: Scan, sheet: Sheet) -> tuple[str, ...]:
    """What NĐ 30/2020 Annex I asks of a scan and this one has not."""
    low = round(min(scan.dpi, scan.dpi_down)) < LEAST_DPI
    return (*(("low_resolution",) if low else ()), *(("not_colour",) if sheet.pixels.ndim == 2 else ()))


def _born_digital(scan: Scan, own: OwnText) -> ReadPage:
    """The page with the text that it brought along."""
    lying = own.turn in (90, 270)
    return ReadPage(
        number=scan.number,
        scan_sha256=scan.sha256,
        width=scan.height if lying else scan.width,
        height=scan.width if lying else scan.height,
        dpi=scan.dpi,
        turn=own.turn,
        turn_sure=True,
        skew_deg=0.0,
        blank=False,
        lines=own.lines,
        engine="pdf",
        notes=("own_text",),
    )
