"""The stored picture of a PDF page: the one picture that fills it, else the page drawn at 300 dpi.

Scanners put one picture on a page, sometimes with invisible text over it. Whatever shows more (vector text, several
pictures, stamps drawn as annotations, masks, a crop) is no plain scan, and only a drawing of it keeps what a reader sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np
import pikepdf
from pdf2image import convert_from_path
from pdf2image.exceptions import PDFPageCountError, PDFPopplerTimeoutError, PDFSyntaxError

from dossier.errors import PageUnreadable
from dossier.values import QuarterTurn, Sha256
from ocr.picture import Encoding, Scan
from ocr.scan_jpeg_png import jpeg_head, samples_scan, sound_icc
from ocr.scan_jpx import jpx_may_stay
from ocr.scan_size import resolution

RENDER_DPI: Final = 300
"""For pages that are no scan: what NĐ 30/2020 Annex I asks (200) with room for small print."""

_COVERS: Final = 0.90
"""Least part of the page that the picture fills, and of the picture that the page shows."""

_MOST_TILT: Final = 0.18
"""Sine of 10 degrees: a picture placed with less tilt (an earlier deskew) is taken straight; reading finds the skew."""

_TURN_BY_AXIS: Final[dict[tuple[int, int], QuarterTurn]] = {(1, 0): 0, (0, -1): 90, (-1, 0): 180, (0, 1): 270}
"""Direction of the picture's top edge in PDF space (y up) to degrees clockwise."""

_QUARTERS: Final[dict[int, QuarterTurn]] = {0: 0, 90: 90, 180: 180, 270: 270}

_INVISIBLE: Final = 3
"""Text render mode that paints nothing."""

_SHOWS_TEXT: Final = frozenset(("Tj", "TJ", "'", '"'))
_PAINTS: Final = frozenset(("S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "INLINE IMAGE"))
_FILTER_TO_ENCODING: Final[dict[str, Encoding]] = {
    "/DCTDecode": "dct",
    "/CCITTFaxDecode": "ccitt",
    "/JBIG2Decode": "jbig2",
    "/FlateDecode": "flate",
}
_OUTER_FILTERS: Final = frozenset(("/FlateDecode", "/ASCII85Decode", "/ASCIIHexDecode", "/RunLengthDecode", "/LZWDecode"))


@dataclass(frozen=True, slots=True)
class _Placed:
    """The only picture of a page, and how the page places it."""

    image: pikepdf.Stream
    matrix: pikepdf.Matrix
    """Unit square of the picture to the unturned page, points."""


class _NotAScan(Exception):
    """An answer, not a fault: the page shows something else than one plain picture."""


def pdf_scan(path: Path, pdf: pikepdf.Pdf, number: int) -> Scan:
    """The picture of page ``number``, from 1; ``pdf`` is the opened file.

    Raises:
        PageUnreadable: neither is there a picture nor can the page be drawn.
    """
    page = pdf.pages[number - 1]
    try:
        return _stored(page, _only_picture(page), number)
    except (_NotAScan, PageUnreadable, pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        # Foreign PDFs bend every rule; what we do not fully understand is drawn, and poppler decides what is readable.
        return _drawn(path, number)


def _only_picture(page: pikepdf.Page) -> _Placed:
    pictures = list(_pictures(page.obj, page.resources, pikepdf.Matrix(), depth=0))
    if len(pictures) != 1 or any(is_seen(note) for note in page.obj.get("/Annots", [])):
        raise _NotAScan
    placed = pictures[0]
    left, bottom, right, top = shown_box(page)
    corners = [placed.matrix.transform(corner) for corner in ((0, 0), (1, 0), (1, 1), (0, 1))]
    sheet = np.array([(left, bottom), (right, bottom), (right, top), (left, top)], np.float32)
    common = cv2.intersectConvexConvex(np.array(corners, np.float32), sheet)[0]
    area = abs(placed.matrix.a * placed.matrix.d - placed.matrix.b * placed.matrix.c)
    if common < _COVERS * (right - left) * (top - bottom) or common < _COVERS * area:
        raise _NotAScan
    return placed


def _pictures(holder: pikepdf.Object, resources: pikepdf.Object, matrix: pikepdf.Matrix, depth: int) -> Iterator[_Placed]:
    """Every picture that a page or form paints; raises `_NotAScan` for anything else that is painted."""
    objects = resources.get("/XObject", pikepdf.Dictionary())
    stack: list[tuple[pikepdf.Matrix, int]] = []
    render = 0
    for instruction in pikepdf.parse_content_stream(holder):
        operands, name = instruction.operands, str(instruction.operator)
        if name == "q":
            stack.append((matrix, render))
        elif name == "Q" and stack:
            matrix, render = stack.pop()
        elif name == "cm":
            matrix = pikepdf.Matrix(*(float(value) for value in operands)) @ matrix
        elif name == "Tr":
            render = int(operands[0])
        elif name == "Do":
            yield from _painted(objects[str(operands[0])], resources, matrix, depth)
        elif name in _PAINTS or (name in _SHOWS_TEXT and render != _INVISIBLE):
            raise _NotAScan


def _painted(target: pikepdf.Object, resources: pikepdf.Object, matrix: pikepdf.Matrix, depth: int) -> Iterator[_Placed]:
    if target.Subtype == "/Image" and isinstance(target, pikepdf.Stream):
        yield _Placed(target, matrix)
    elif target.Subtype == "/Form" and depth < 3:  # a form deeper than that is no scanner's work
        inner = pikepdf.Matrix(*(float(value) for value in target.get("/Matrix", [1, 0, 0, 1, 0, 0]))) @ matrix
        yield from _pictures(target, target.get("/Resources", resources), inner, depth + 1)
    else:
        raise _NotAScan


def is_seen(note: pikepdf.Object) -> bool:
    """Whether an annotation is painted when its page is."""
    hidden_or_no_view = 0b100010
    return "/AP" in note and not int(note.get("/F", 0)) & hidden_or_no_view


def shown_box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """What the page shows: left, bottom, right and top of its crop box within its media box, points.

    Raises:
        ValueError: it shows nothing.
    """
    media, crop = ([float(value) for value in box] for box in (page.mediabox, page.cropbox))
    left, right = max(min(media[0::2]), min(crop[0::2])), min(max(media[0::2]), max(crop[0::2]))
    bottom, top = max(min(media[1::2]), min(crop[1::2])), min(max(media[1::2]), max(crop[1::2]))
    if right - left < 1 or top - bottom < 1:
        raise ValueError("an empty page")
    return left, bottom, right, top


def _placement(page: pikepdf.Page, matrix: pikepdf.Matrix) -> tuple[QuarterTurn, bool]:
    """Degrees clockwise, and whether mirrored, by which the page shows its picture."""
    across, up = (matrix.a, matrix.b), (matrix.c, matrix.d)
    mirrored = matrix.a * matrix.d - matrix.b * matrix.c < 0
    along = (-across[0], -across[1]) if mirrored else across
    length = float(np.hypot(*along))
    axis = round(along[0] / length), round(along[1] / length)
    cosine = (across[0] * up[0] + across[1] * up[1]) / (length * float(np.hypot(*up)))
    tilt = min(abs(along[0]), abs(along[1])) / length
    if tilt > _MOST_TILT or abs(cosine) > 0.02:  # tilted too much, or slanted
        raise _NotAScan
    return _QUARTERS[(_TURN_BY_AXIS[axis] + page.rotation) % 360], mirrored


def _stored(page: pikepdf.Page, placed: _Placed, number: int) -> Scan:
    image = placed.image
    if any(name in image for name in ("/SMask", "/Mask", "/SMaskInData")) or image.get("/ImageMask", False):
        raise _NotAScan
    width, height, bits = int(image.Width), int(image.Height), int(image.get("/BitsPerComponent", 1))
    turned, mirrored = _placement(page, placed.matrix)
    unit = float(page.obj.get("/UserUnit", 1)) / 72
    stated = (
        width / (float(np.hypot(placed.matrix.a, placed.matrix.b)) * unit),
        height / (float(np.hypot(placed.matrix.c, placed.matrix.d)) * unit),
    )
    dpi = resolution(width, height, (round(stated[0], 2), round(stated[1], 2)))
    lies = turned in (90, 270)
    encoding, data, parms, shared = _packed(image)
    channels, icc = _colours(image, encoding, data, number)
    return Scan(
        number=number,
        width=height if lies else width,
        height=width if lies else height,
        dpi=dpi[1] if lies else dpi[0],
        dpi_down=dpi[0] if lies else dpi[1],
        sha256=Sha256(sha256(image.read_raw_bytes()).hexdigest()),
        encoding=encoding,
        data=data,
        raw_width=width,
        raw_height=height,
        channels=channels,
        bits=bits,
        kept="bytes" if encoding != "samples" else "pixels",
        parms=parms,
        jbig2_globals=shared,
        inverted=_is_inverted(image, channels),
        icc=icc,
        turned=turned,
        mirrored=mirrored,
    )


def _packed(image: pikepdf.Stream) -> tuple[Encoding, bytes, dict[str, int | bool], bytes]:
    """Encoding, bytes, decode parameters and JBIG2 globals; filters around the picture's own are taken off."""
    filters = [str(name) for name in _as_list(image.get("/Filter"))]
    parms = _as_list(image.get("/DecodeParms"))
    own = parms[-1] if filters and len(parms) == len(filters) else None
    own = own if isinstance(own, pikepdf.Dictionary) else pikepdf.Dictionary()
    encoding = _FILTER_TO_ENCODING.get(filters[-1]) if filters else None
    if filters and filters[-1] == "/JPXDecode" and jpx_may_stay(image.read_raw_bytes()):
        encoding = "jpx"
    if encoding is None:  # LZW, which PDF/A forbids, run lengths, or nothing at all
        return "samples", image.read_bytes(), {}, b""
    shared = own.get("/JBIG2Globals")
    kept = {name.lstrip("/"): value for name, value in _numbers(own) if isinstance(value, int)}
    if encoding == "ccitt" and kept.get("Columns", 1728) != int(image.Width):
        raise _NotAScan
    data = image.read_raw_bytes() if len(filters) == 1 else _unwrapped(image, filters[:-1], parms)
    return encoding, data, kept, shared.read_bytes() if isinstance(shared, pikepdf.Stream) else b""


def _unwrapped(image: pikepdf.Stream, outer: list[str], parms: list[object]) -> bytes:
    if not _OUTER_FILTERS.issuperset(outer):
        raise _NotAScan
    with pikepdf.new() as scratch:
        stream = pikepdf.Stream(scratch, b"")
        names = pikepdf.Array([pikepdf.Name(name) for name in outer])
        stream.write(image.read_raw_bytes(), filter=names, decode_parms=pikepdf.Array([pikepdf.Dictionary()] * len(outer)))
        if any(isinstance(entry, pikepdf.Dictionary) and len(entry) for entry in parms[: len(outer)]):
            raise _NotAScan  # a predictor around a picture: nobody writes that
        return stream.read_bytes()


def _colours(image: pikepdf.Stream, encoding: Encoding, data: bytes, number: int) -> tuple[Literal[1, 3], bytes]:
    """Channels and ICC profile; raises `_NotAScan` for colours that need an intent other than sRGB."""
    space = image.get("/ColorSpace")
    family, icc = (str(space[0]), b"") if isinstance(space, pikepdf.Array) else (str(space), b"")
    if family == "/ICCBased" and space is not None:
        channels = int(space[1].N)
        icc = sound_icc(space[1].read_bytes(), channels)
    else:
        channels = {"/DeviceGray": 1, "/CalGray": 1, "/DeviceRGB": 3, "/CalRGB": 3}.get(family, 0)
    if channels not in (1, 3) or (encoding == "dct" and jpeg_head(data, number).channels != channels):
        raise _NotAScan
    return (3 if channels == 3 else 1), icc


def _is_inverted(image: pikepdf.Stream, channels: int) -> bool:
    decode = [float(value) for value in image.get("/Decode", [0, 1] * channels)]
    if decode not in ([0, 1] * channels, [1, 0] * channels):
        raise _NotAScan
    return decode[0] == 1


def _drawn(path: Path, number: int) -> Scan:
    try:
        drawn = convert_from_path(path, dpi=RENDER_DPI, first_page=number, last_page=number, use_cropbox=True)
    except (PDFPageCountError, PDFSyntaxError, PDFPopplerTimeoutError, OSError, ValueError) as error:
        raise PageUnreadable(f"page {number}: poppler cannot draw it") from error
    if not drawn:
        raise PageUnreadable(f"page {number}: poppler cannot draw it")
    return samples_scan(np.asarray(drawn[0].convert("RGB")), number, (RENDER_DPI, RENDER_DPI), None)


def _numbers(entries: pikepdf.Dictionary) -> Iterator[tuple[str, object]]:
    """Names with their values; pikepdf hands numbers and booleans over as Python's own."""
    return iter(entries.items())


def _as_list(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]
