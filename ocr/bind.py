"""Pages of a paper -> one searchable PDF/A-2u around the untouched scan.

The picture's bytes go in as they came; turning and straightening happen in the matrix that places it, so nothing is
sampled again. Over it lies the text, invisible, each word over its ink.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Final

import pikepdf

from dossier.errors import BindingFailed, DossierError
from dossier.values import BoundPdf, Box, QuarterTurn, ReadPage, Sha256
from ocr.pdfa import declare, tag_pages
from ocr.picture import Scan, image_object
from ocr.scans import open_scans
from ocr.textlayer import text_operators
from ocr.typeface import Typeface, embed_typeface, readable

POINTS_PER_INCH: Final = 72

_SHORTEST_SIDE, _LONGEST_SIDE = 3.0, 14400.0
"""Points; ISO 19005-2, 6.1.13."""

_WORD_FROM = 0.3  # confidence; specks at the edges of a scan are read with less

_PICTURE, _FONT = "Scan", "Text"


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
    try:
        with pikepdf.new() as pdf, _appearing(into) as unfinished:
            _lay(pdf, source, pages, title)
            first_words = _words_in_points(pages[0], pdf.pages[0])
            pdf.save(
                unfinished,
                deterministic_id=True,
                force_version="1.7",
                fix_metadata_version=False,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
            )
        with into.open("rb") as written:
            digest = Sha256(file_digest(written, "sha256").hexdigest())
        return BoundPdf(into, len(pages), digest, first_words)
    except BindingFailed:
        raise
    except DossierError as error:
        raise BindingFailed(error.code) from error
    except (pikepdf.PdfError, OSError, ValueError) as error:
        raise BindingFailed(type(error).__name__) from error


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
    across, down = _points_per_pixel(scan, page.turn)
    straight = _rotated_about_centre(-page.skew_deg, page.width, page.height)
    return matrix @ straight @ pikepdf.Matrix(across, 0, 0, -down, 0, page.height * down)


def _lay(pdf: pikepdf.Pdf, source: Path, pages: Sequence[ReadPage], title: str) -> None:
    texts = {readable(word.text) for page in pages for word in page.words} - {""}
    typeface = embed_typeface(pdf, texts) if texts else None
    tagged: list[pikepdf.Page] = []
    drawn: list[int] = []
    scans = open_scans(source, [page.number for page in pages])
    for place, (page, scan) in enumerate(zip(pages, scans, strict=True), start=1):
        _same_picture(scan, page)
        sheet, has_text = _sheet(pdf, scan, page, typeface)
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


def _sheet(pdf: pikepdf.Pdf, scan: Scan, page: ReadPage, typeface: Typeface | None) -> tuple[pikepdf.Page, bool]:
    """Add one page; also says whether it has text."""
    scale = _points_per_pixel(scan, page.turn)
    size = page.width * scale[0], page.height * scale[1]
    if not all(_SHORTEST_SIDE <= side <= _LONGEST_SIDE for side in size):
        raise BindingFailed(f"page {page.number}: {size[0]:.0f} x {size[1]:.0f} points")
    text = text_operators(page, typeface, _FONT, scale) if typeface else b""
    numbers = " ".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in placement(scan, page).shorthand)
    content = f"/Artifact BMC q {numbers} cm /{_PICTURE} Do Q EMC\n".encode("ascii")
    if text:
        content += b"/P <</MCID 0>> BDC\n" + text + b"\nEMC\n"
    sheet = pdf.add_blank_page(page_size=(round(size[0], 3), round(size[1], 3)))
    resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({f"/{_PICTURE}": image_object(pdf, scan)}))
    if text and typeface:
        resources.Font = pikepdf.Dictionary({f"/{_FONT}": typeface.font})
    sheet.obj.Resources = resources
    sheet.obj.Contents = pdf.make_stream(content)
    return sheet, bool(text)


def _same_picture(scan: Scan, page: ReadPage) -> None:
    """A drawn page may differ by a hair between two versions of poppler; a stored picture may not."""
    lies = page.turn in (90, 270)
    upright = (scan.height, scan.width) if lies else (scan.width, scan.height)
    changed = scan.kept != "rendered" and scan.sha256 != page.scan_sha256
    if changed or upright != (page.width, page.height):
        raise BindingFailed(f"page {page.number}: not the picture that was read")


def _points_per_pixel(scan: Scan, turn: QuarterTurn) -> tuple[float, float]:
    """Across and down in the upright frame."""
    across, down = POINTS_PER_INCH / scan.dpi, POINTS_PER_INCH / scan.dpi_down
    return (down, across) if turn in (90, 270) else (across, down)


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
    numbers = ", ".join(str(number) for number in drawn)
    return (
        f"Trang {numbers}: trang gốc không phải ảnh quét, được dựng thành ảnh 300 dpi. "
        f"Page {numbers}: the source page is no scan and was drawn at 300 dpi."
    )


@contextmanager
def _appearing(into: Path) -> Iterator[Path]:
    """A file beside ``into`` that takes its place when the block succeeds and is gone when it fails."""
    handle, name = tempfile.mkstemp(prefix=".bind-", suffix=".part", dir=into.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        unfinished.replace(into)
    finally:
        unfinished.unlink(missing_ok=True)
