"""Which picture page N of a file is; reading and binding both ask here, so they speak of the same pixels.

The rule: of a PDF page that shows exactly one picture over at least 90 % of the page and no visible text, that stored
picture; of any other PDF page, the page drawn at 300 dpi in colour. Of a TIFF, frame N. Of a JPEG or PNG, the picture.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pikepdf
from PIL.TiffImagePlugin import TiffImageFile

from dossier.errors import DamagedFile, EncryptedFile, PageUnreadable, UnsupportedKind
from ocr.picture import Scan
from ocr.scan_jpeg_png import jpeg_scan, png_scan
from ocr.scan_pdf import pdf_scan
from ocr.scan_tiff import tiff_scan

__all__ = ["Scan", "count", "open_scan", "open_scans"]

_PDF_HEADER_WITHIN: Final = 1024
"""Bytes of junk that readers tolerate before %PDF- (ISO 32000-1, Annex H.3.4.1, note 13)."""


def open_scan(path: Path, number: int) -> Scan:
    """The stored picture of page ``number``, from 1.

    Raises:
        PageUnreadable: there is no such page, or its picture is broken.
        InputRefused: the file as a whole cannot be opened.
    """
    return next(open_scans(path, (number,)))


def open_scans(path: Path, numbers: Iterable[int]) -> Iterator[Scan]:
    """The stored pictures of several pages, in the order asked, the file opened once.

    Raises:
        PageUnreadable: there is no such page, or its picture is broken.
        InputRefused: the file as a whole cannot be opened.
    """
    kind = _kind(path)
    if kind == "pdf":
        with _open_pdf(path) as pdf:
            for number in numbers:
                _within(number, len(pdf.pages))
                yield pdf_scan(path, pdf, number)
    elif kind == "tiff":
        with _open_tiff(path) as tiff:
            for number in numbers:
                _within(number, tiff.n_frames)
                yield tiff_scan(path, tiff, number)
    else:
        for number in numbers:
            _within(number, 1)
            yield jpeg_scan(path.read_bytes(), number) if kind == "jpeg" else png_scan(path.read_bytes(), number)


def count(path: Path) -> int:
    """Number of pages of a file.

    Raises:
        InputRefused: the file as a whole cannot be opened.
    """
    kind = _kind(path)
    if kind == "pdf":
        with _open_pdf(path) as pdf:
            return len(pdf.pages)
    if kind == "tiff":
        with _open_tiff(path) as tiff:
            return tiff.n_frames
    return 1


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(_PDF_HEADER_WITHIN)
    if head.startswith(b"\xff\xd8"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "tiff"
    if b"%PDF-" in head:
        return "pdf"
    raise UnsupportedKind(f"starts with {head[:4].hex()}")


def _open_pdf(path: Path) -> pikepdf.Pdf:
    try:
        return pikepdf.open(path)
    except pikepdf.PasswordError as error:
        raise EncryptedFile from error
    except pikepdf.PdfError as error:
        raise DamagedFile("PDF structure") from error


def _open_tiff(path: Path) -> TiffImageFile:
    try:
        with warnings.catch_warnings(action="ignore"):  # Pillow warns of odd tags; what cannot be read raises
            return TiffImageFile(path)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError) as error:
        raise DamagedFile("TIFF structure") from error


def _within(number: int, pages: int) -> None:
    if not 1 <= number <= pages:
        raise PageUnreadable(f"page {number} of {pages}")
