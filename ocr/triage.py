"""Is a dropped file structurally whole, and safe to decode? Sizes are read from headers before anything is decoded.

Runs in a cage. A PDF that opens with the empty password is taken: it has an owner password only, anybody may read it. One
that qpdf would have to rebuild is refused: pages may be missing, and a person can scan the paper again.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import pikepdf
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from dossier.errors import (
    DamagedFile,
    EmptyFile,
    EncryptedFile,
    NotAPlainFile,
    NotWhatItSays,
    TooManyPages,
    TooManyPixels,
    TruncatedFile,
    UnsupportedKind,
)
from dossier.values import Soundness
from ocr.headers import jbig2_pixels, jpeg_pixels, jpx_pixels, tiff_frames
from ocr.scan_pdf import RENDER_DPI

Kind = Literal["pdf", "tiff", "jpeg", "png"]

_LEAST_BYTES: Final = 64
"""A whole file of any kind is larger (the smallest PNG has 67): less is only a header."""

_KIND_BY_NAME: Final[dict[str, Kind]] = {
    ".pdf": "pdf",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".jpe": "jpeg",
    ".png": "png",
}
_PDF_HEADER_WITHIN: Final = 1024
"""Bytes of junk that readers tolerate before %PDF- and after %%EOF (ISO 32000-1, Annex H.3)."""

_PIXELS_BY_FILTER: Final = {"/DCTDecode": jpeg_pixels, "/JPXDecode": jpx_pixels, "/JBIG2Decode": jbig2_pixels}

_DECODER_ERRORS: Final = (OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError, struct.error, zlib.error)
"""What Pillow raises on broken pictures."""


def check(path: Path, *, max_pixels: int, max_pages: int) -> Soundness:
    """Look whether a file is whole and within the limits.

    Args:
        path: the dropped file.
        max_pixels: of one picture, or of one page when drawn.
        max_pages: of the file.

    Raises:
        InputRefused: one of its children says why the file cannot be taken.
    """
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise NotAPlainFile
    if status.st_size < _LEAST_BYTES:
        raise EmptyFile(f"{status.st_size} bytes")
    kind = _kind(path)
    if kind == "pdf":
        return Soundness(kind, _check_pdf(path, max_pixels, max_pages))
    if kind == "tiff":
        return Soundness(kind, _check_tiff(path, status.st_size, max_pixels, max_pages))
    if kind == "jpeg":
        _check_jpeg(path, max_pixels)
    else:
        _check_png(path, max_pixels)
    return Soundness(kind, 1)


def _kind(path: Path) -> Kind:
    """Kind by content; a name that says another one is refused, a name that says nothing is no matter."""
    with path.open("rb") as file:
        head = file.read(_PDF_HEADER_WITHIN)
    kind: Kind | None = None
    if head.startswith(b"\xff\xd8\xff"):
        kind = "jpeg"
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        kind = "png"
    elif head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        kind = "tiff"
    elif b"%PDF-" in head:
        kind = "pdf"
    named = _KIND_BY_NAME.get(path.suffix.lower())
    if named and kind != named:
        raise NotWhatItSays(f"named {named}, is {kind or 'none of the known kinds'}")
    if kind is None:
        raise UnsupportedKind(f"starts with {head[:4].hex()}")
    return kind


def _within(pixels: float, max_pixels: int, page: int) -> None:
    if pixels > max_pixels:
        raise TooManyPixels(f"page {page}: {pixels / 1e6:.0f} million of {max_pixels / 1e6:.0f}")


def _check_pdf(path: Path, max_pixels: int, max_pages: int) -> int:
    try:
        with pikepdf.open(path, attempt_recovery=False) as pdf:
            pages = len(pdf.pages)
            if pages > max_pages:
                raise TooManyPages(f"{pages} of {max_pages}")
            if not pages:
                raise EmptyFile("no pages")
            for number, page in enumerate(pdf.pages, 1):
                _check_pdf_page(page, number, max_pixels)
            return pages
    except pikepdf.PasswordError:
        raise EncryptedFile from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError) as error:
        if b"%%EOF" not in _tail(path):
            raise TruncatedFile("no %%EOF at the end") from None
        raise DamagedFile(f"PDF structure, {type(error).__name__}") from None


def _check_pdf_page(page: pikepdf.Page, number: int, max_pixels: int) -> None:
    box = [float(side) for side in page.cropbox]
    wide, tall = abs(box[2] - box[0]), abs(box[3] - box[1])
    images = _images(page.resources)
    for image in images:
        _within(_stated_pixels(image), max_pixels, number)
    shapes = [int(image.Width) / max(1, int(image.Height)) for image in images]
    fills = len(shapes) == 1 and 0.9 < shapes[0] * tall / max(1e-9, wide) < 1.1
    if not fills:  # such a page is never drawn: its picture is taken as it is, whatever size the page claims
        unit = float(page.obj.get("/UserUnit", 1)) * RENDER_DPI / 72
        _within(wide * tall * unit**2, max_pixels, number)


def _images(resources: pikepdf.Object | None, depth: int = 0) -> list[pikepdf.Object]:
    """Pictures of a page, also those inside form XObjects; nesting beyond 8 is nobody's scan."""
    found: list[pikepdf.Object] = []
    if resources is None or depth > 8 or "/XObject" not in resources:
        return found
    for _, item in resources.XObject.items():
        if item.get("/Subtype") == "/Image":
            found.append(item)
        elif item.get("/Subtype") == "/Form":
            found.extend(_images(item.get("/Resources", None), depth + 1))
    return found


def _stated_pixels(image: pikepdf.Object) -> int:
    """The larger of what the dictionary states and what the coded stream itself states."""
    stated = int(image.Width) * int(image.Height)
    if stated < 1:
        raise DamagedFile("a picture without pixels")
    filters = image.get("/Filter", None)
    last = str(filters[-1]) if isinstance(filters, pikepdf.Array) and len(filters) else str(filters)
    count = _PIXELS_BY_FILTER.get(last)
    plain = not isinstance(filters, pikepdf.Array) or len(filters) == 1
    return max(stated, count(image.read_raw_bytes()) if count and plain else 0)


def _check_tiff(path: Path, size: int, max_pixels: int, max_pages: int) -> int:
    number = 0
    with path.open("rb") as file:
        try:
            for number, (pixels, end) in enumerate(tiff_frames(file), 1):
                if number > max_pages:
                    raise TooManyPages(f"over {max_pages}")
                _within(pixels, max_pixels, number)
                if not pixels:
                    raise DamagedFile(f"page {number} has no pixels")
                if end > size:
                    raise TruncatedFile(f"page {number} ends at byte {end} of {size}")
        except EOFError:
            raise TruncatedFile(f"page {number + 1} is behind the end") from None
        except (ValueError, struct.error) as error:
            raise DamagedFile(f"page {number + 1}, {type(error).__name__}") from None
    if not number:
        raise EmptyFile("no pages")
    _decode(lambda: TiffImageFile(path), frame=number - 1)
    return number


def _check_jpeg(path: Path, max_pixels: int) -> None:
    data = path.read_bytes()
    pixels = jpeg_pixels(data)
    _within(pixels, max_pixels, 1)
    start = data.rfind(b"\xff\xda")  # the last scan; what stands before it may hold a thumbnail with an end of its own
    if start < 0 or data.find(b"\xff\xd9", start) < 0:
        raise TruncatedFile("no end of image")
    if not pixels:
        raise DamagedFile("no size in the header")
    _decode(lambda: JpegImageFile(path))


def _check_png(path: Path, max_pixels: int) -> None:
    data = path.read_bytes()
    width, height = struct.unpack_from(">LL", data, 16)
    _within(width * height, max_pixels, 1)
    at, name = 8, b""
    while name != b"IEND":
        if at + 12 > len(data):
            raise TruncatedFile("no IEND")
        name = data[at + 4 : at + 8]
        at += 12 + int(struct.unpack_from(">L", data, at)[0])
    _decode(lambda: PngImageFile(path))


def _decode(opened: Callable[[], ImageFile], frame: int = 0) -> None:
    try:
        with opened() as image:
            image.seek(frame)
            image.load()
    except _DECODER_ERRORS as error:
        raise DamagedFile(f"page {frame + 1} does not decode, {type(error).__name__}") from None


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _PDF_HEADER_WITHIN))
        return file.read()
