"""PDF pages as word processors write them, and what is done to their text: hidden, covered, stamped, encoded wrongly."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import pikepdf
import pymupdf

from tests.twins.drawn_pages import FONT, TEXT
from tests.twins.worded_pages import draw_page as draw_scan
from tests.twins.worded_pages import jpeg_bytes

ACROSS, DOWN = 595.2, 841.92
"""A4 in points, whole pixels at 300 dpi."""

CELL_ACROSS, CELL_DOWN = 100.0, 60.0
"""Points from word to word of `grid`."""

GRID = ("TIẾNG", "quyển", "Ổng", "(12.5%)", "trường", "ỷ", "ĐƯỜNG", "Đặng", "x", "phẩy")
"""Words with marks above capitals, with tails, and small."""

ENGLISH = (
    "This agreement is made between the parties under the law of the state,",
    "and each of them has received one copy of the document on the date",
    "that is given above. The certificate is valid until the end of the year.",
)

Draw = Callable[[pymupdf.Page], None]


def typed_pdf(path: Path, *pages: Iterable[Draw], rotate: int = 0, crop: tuple[float, ...] | None = None) -> Path:
    """A PDF with a page for each list of what is drawn on it, one after the other."""
    with pymupdf.open() as document:
        for draws in pages:
            page = document.new_page(width=ACROSS, height=DOWN)
            page.insert_font("F0", FONT)
            for draw in draws:
                draw(page)
            page.set_rotation(rotate)
            if crop:
                page.set_cropbox(pymupdf.Rect(*crop))
        document.save(path)
    return path


def text(*lines: str, left: float = 60, top: float = 80, size: float = 11, step: float = 1.6, **look: object) -> Draw:
    """Lines one under the other, ``step`` times the size apart; ``look`` goes to pymupdf: render_mode, color and so on."""

    def draw(page: pymupdf.Page) -> None:
        for row, line in enumerate(lines):
            page.insert_text((left, top + row * size * step), line, fontname="F0", fontsize=size, **look)

    return draw


def office_text() -> Draw:
    """A page of Vietnamese office prose."""
    return text(*TEXT)


def grid(words: tuple[str, ...] = GRID) -> Draw:
    """Words far apart, so that all ink of a cell is that of its word."""

    def draw(page: pymupdf.Page) -> None:
        for place, word in enumerate(words):
            column, row = place % 5, place // 5
            at = (60 + CELL_ACROSS * column, 100 + CELL_DOWN * row)
            page.insert_text(at, unicodedata.normalize("NFC", word), fontname="F0", fontsize=12)

    return draw


def picture(left: float, top: float, right: float, bottom: float, lines: tuple[str, ...] = TEXT[:5]) -> Draw:
    """A scanned page as a picture in that rectangle, points."""
    scan = draw_scan(text=lines).image
    stream = jpeg_bytes(scan.crop((0, 0, scan.width, min(scan.height, 200 + 120 * len(lines)))))
    return lambda page: page.insert_image(pymupdf.Rect(left, top, right, bottom), stream=stream, keep_proportion=False)


def full_scan() -> Draw:
    """A scanned page that fills the page."""
    return picture(0, 0, ACROSS, DOWN)


def white_patch(left: float, top: float, right: float, bottom: float) -> Draw:
    """An opaque picture with dark speckles."""
    image = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 60, 60))
    image.clear_with(255)
    for spot in range(2, 58, 4):
        image.set_rect(pymupdf.IRect(spot, 2, spot + 2, 58), (0, 0, 0))
    return lambda page: page.insert_image(pymupdf.Rect(left, top, right, bottom), pixmap=image, keep_proportion=False)


def table_and_seal() -> Draw:
    """Rules of a table and a red seal, as office papers have them."""

    def draw(page: pymupdf.Page) -> None:
        for row in range(12):
            page.draw_line((50, 65 + 40 * row), (540, 65 + 40 * row), width=1)
        for column in (50, 540):
            page.draw_line((column, 65), (column, 505), width=1)
        page.draw_circle((420, 600), 45, color=(0.85, 0.1, 0.1), width=3)
        page.insert_text((385, 605), "XÃ MẪU", fontname="F0", fontsize=14, color=(0.85, 0.1, 0.1))

    return draw


def without_unicode(path: Path) -> Path:
    """The same file with fonts that no longer say which letters they draw."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for entry in pdf.objects:
            if isinstance(entry, pikepdf.Dictionary) and "/ToUnicode" in entry:
                del entry["/ToUnicode"]
        pdf.save(path)
    return path
