"""Pages of a paper -> one searchable PDF/A-2u around the untouched scan.

The picture's bytes go in as they came; turning and straightening happen in the matrix that places it, so nothing is
sampled again. Over it lies the text, invisible, each word over its ink.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pikepdf

from dossier.errors import BindingFailed
from dossier.values import BoundPdf, Box, ReadPage
from ocr.pdfa import declare, tag_pages
from ocr.picture import Scan, image_object
from ocr.scans import open_scans
from ocr.sheets import (
    Picture,
    add_sheet,
    hash_of,
    numbers,
    points_per_pixel,
    same_picture,
    saved_pdf,
    typeface_for,
)

_WORD_FROM: Final = 0.3  # confidence; specks at the edges of a scan are read with less

_PICTURE: Final = "Scan"


def bind(source: Path, pages: Sequence[ReadPage], *, into: Path, title: str) -> BoundPdf:
    """Bind the pages, in the order given, into the new file ``into``; the same input gives the same bytes.

    Args:
        source: the file that the pages were read from, unchanged since.
        pages: at least one page of ``source``, as read.
        into: the PDF to write; it appears whole or not at all.
        title: what the document is called; must hold no personal data.

    Raises:
        BindingFailed: no pages, a picture that is not the one that was read, or no room to write.
    """
    if not pages:
        raise BindingFailed("no pages")
    with saved_pdf(into) as pdf:
        _lay(pdf, source, pages, title)
        first_words = _words_in_points(pages[0], pdf.pages[0])
    return BoundPdf(into, len(pages), hash_of(into), first_words)


def placement(scan: Scan, page: ReadPage) -> pikepdf.Matrix:
    """The matrix that puts the picture's unit square upright and straight on its page, in points.

    Pixels count down, points count up; a row vector times the matrix gives the point (ISO 32000-1, 8.3.3).
    """
    width, height = scan.raw_width, scan.raw_height
    matrix = pikepdf.Matrix(width, 0, 0, -height, 0, height)
    if scan.mirrored:
        matrix = matrix @ pikepdf.Matrix(-1, 0, 0, 1, width, 0)
    matrix = matrix @ _turned_clockwise(scan.turned, width, height)
    matrix = matrix @ _turned_clockwise((360 - page.turn) % 360, scan.width, scan.height)
    across, down = points_per_pixel(scan, page.turn)
    straight = _rotated_about_centre(-page.skew_deg, page.width, page.height)
    return matrix @ straight @ pikepdf.Matrix(across, 0, 0, -down, 0, page.height * down)


def _lay(pdf: pikepdf.Pdf, source: Path, pages: Sequence[ReadPage], title: str) -> None:
    typeface = typeface_for(pdf, pages)
    tagged: list[pikepdf.Page] = []
    drawn: list[int] = []
    scans = open_scans(source, [page.number for page in pages])
    for place, (page, scan) in enumerate(zip(pages, scans, strict=True), start=1):
        same_picture(scan, page)
        scale = points_per_pixel(scan, page.turn)
        sheet, has_text = add_sheet(pdf, page, _picture(pdf, scan, page), typeface, scale)
        if has_text:
            tagged.append(sheet)
        if scan.kept == "rendered":
            drawn.append(place)
    tag_pages(pdf, tagged)
    declare(pdf, title=title, description=_about(drawn))


def _words_in_points(page: ReadPage, sheet: pikepdf.Page) -> tuple[Box, ...]:
    """Where words stand on a bound page, points from its top left corner; babble of the engine is no word."""
    _, _, width, height = (float(edge) for edge in sheet.mediabox)
    across, down = width / page.width, height / page.height
    boxes = (word.box for word in page.words if word.confidence >= _WORD_FROM)
    return tuple(Box(b.left * across, b.top * down, b.right * across, b.bottom * down) for b in boxes)


def _picture(pdf: pikepdf.Pdf, scan: Scan, page: ReadPage) -> Picture:
    """The scan itself, where it stands upright and straight."""
    operators = f"{numbers(placement(scan, page).shorthand)} cm /{_PICTURE} Do"
    return Picture(operators, {_PICTURE: image_object(pdf, scan)})


def _turned_clockwise(degrees: int, width: float, height: float) -> pikepdf.Matrix:
    """Quarter turns of a frame of this size, pixels, origin kept at the top left."""
    return {
        0: pikepdf.Matrix(),
        90: pikepdf.Matrix(0, 1, -1, 0, height, 0),
        180: pikepdf.Matrix(-1, 0, 0, -1, width, height),
        270: pikepdf.Matrix(0, -1, 1, 0, 0, width),
    }[degrees]


def _rotated_about_centre(degrees: float, width: float, height: float) -> pikepdf.Matrix:
    """A small turn clockwise (as seen, with y down) about the centre of the frame."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = width / 2, height / 2
    return pikepdf.Matrix(cosine, sine, -sine, cosine, x - cosine * x + sine * y, y - sine * x - cosine * y)


def _about(drawn: list[int]) -> str:
    if not drawn:
        return ""
    which = ", ".join(str(number) for number in drawn)
    return (
        f"Trang {which}: trang gốc không phải ảnh quét, được dựng thành ảnh 300 dpi. "
        f"Page {which}: the source page is no scan and was drawn at 300 dpi."
    )
