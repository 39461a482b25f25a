"""The reading copy: a small PDF/A-2u to look at and to send, made beside the archival one and never instead of it.

Each page is a sharp mask of its writing over a soft picture of the rest (`ocr.mrc`), upright and straight, under the same
invisible text. Pages are made light one by one, in cages, and bound when all are there: bytes are kept, pixels never.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pikepdf
from PIL import Image

from dossier.errors import BindingFailed
from dossier.values import BoundPdf, ReadPage
from ocr.ink import Pixels
from ocr.mrc import separate
from ocr.pdfa import declare, tag_pages
from ocr.scans import open_scan
from ocr.sheets import (
    Picture,
    Scale,
    add_sheet,
    hash_of,
    numbers,
    points_per_pixel,
    same_picture,
    saved_pdf,
    sheet_size,
    typeface_for,
)

TITLE: Final = "Bản đọc, không phải bản gốc / Reading copy, not the original"
"""Shown in the title bar of a viewer; the description says more."""

_ABOUT: Final = (
    "Bản đọc gọn nhẹ, không phải bản gốc và không thay bản lưu trữ: ảnh đã được lấy mẫu lại và nén có mất chi tiết. "
    "Reading copy, neither the original nor the archival copy: its pictures were sampled again and compressed with loss."
)

_QUALITY: Final = 45
"""JPEG quality of the background: ink of a pen keeps its shape; a page of print costs some 10 to 30 kB."""

_PAPER, _WRITING = "Paper", "Writing"
_STRIP_OFFSETS, _ROWS_PER_STRIP, _STRIP_BYTE_COUNTS = 273, 278, 279


@dataclass(frozen=True, slots=True)
class LightPage:
    """One page of a reading copy, packed."""

    page: ReadPage
    scale: Scale
    """Points per pixel of the upright frame."""
    ink: tuple[int, int, int]
    """Colour of the writing, RGB."""
    mask: bytes
    """The writing, CCITT Group 4, black where there is writing; empty where there is none."""
    mask_size: tuple[int, int]
    """Width and height, pixels."""
    background: bytes
    """Paper and coloured ink, JPEG; empty for white paper."""
    background_size: tuple[int, int]
    """Width and height, pixels."""
    coloured: bool
    """Whether the background has three channels."""


def lighten(source: Path, page: ReadPage) -> LightPage:
    """Make one page light; meant to run in a cage.

    Args:
        source: the file that the page was read from, unchanged since.
        page: the page as read.

    Raises:
        BindingFailed: a picture that is not the one that was read.
        PageUnreadable: the picture does not decode.
    """
    scan = open_scan(source, page.number)
    same_picture(scan, page)
    layers = separate(scan.pixels(), dpi=(scan.dpi, scan.dpi_down), turn=page.turn, skew_deg=page.skew_deg)
    mask, background = layers.mask, layers.background
    return LightPage(
        page,
        points_per_pixel(scan, page.turn),
        layers.ink,
        _group4(mask) if mask.any() else b"",
        (mask.shape[1], mask.shape[0]),
        b"" if background is None else _jpeg(background),
        (0, 0) if background is None else (background.shape[1], background.shape[0]),
        background is not None and background.ndim == 3,
    )


def bind_access(pages: Sequence[LightPage], *, into: Path) -> BoundPdf:
    """Bind light pages, in the order given, into the new file ``into``; the same pages give the same bytes.

    Raises:
        BindingFailed: no pages, or no room to write.
    """
    if not pages:
        raise BindingFailed("no pages")
    with saved_pdf(into) as pdf:
        typeface = typeface_for(pdf, [light.page for light in pages])
        sheets = [add_sheet(pdf, light.page, _picture(pdf, light), typeface, light.scale) for light in pages]
        tag_pages(pdf, [sheet for sheet, has_text in sheets if has_text])
        declare(pdf, title=TITLE, description=_ABOUT)
    return BoundPdf(into, len(pages), hash_of(into))


def _picture(pdf: pikepdf.Pdf, light: LightPage) -> Picture:
    """The layers, one over the other, each over the whole sheet."""
    width, height = sheet_size(light.page, light.scale)
    operators = [f"{numbers((width, 0, 0, height, 0, 0))} cm"]
    objects: dict[str, pikepdf.Object] = {}
    if light.background:
        objects[_PAPER] = _image(pdf, light.background, "/DCTDecode", light.background_size)
        objects[_PAPER].BitsPerComponent = 8
        objects[_PAPER].ColorSpace = pikepdf.Name.DeviceRGB if light.coloured else pikepdf.Name.DeviceGray
        operators.append(f"/{_PAPER} Do")
    if light.mask:
        parms = pikepdf.Dictionary(K=-1, Columns=light.mask_size[0], Rows=light.mask_size[1])
        objects[_WRITING] = _image(pdf, light.mask, "/CCITTFaxDecode", light.mask_size, parms)
        objects[_WRITING].ImageMask = True
        objects[_WRITING].BitsPerComponent = 1
        operators.append(f"{numbers(level / 255 for level in light.ink)} rg /{_WRITING} Do")
    return Picture(" ".join(operators), objects)


def _image(
    pdf: pikepdf.Pdf, data: bytes, packed: str, size: tuple[int, int], parms: pikepdf.Dictionary | None = None
) -> pikepdf.Object:
    stream = pdf.make_stream(b"")
    stream.write(data, filter=pikepdf.Name(packed), decode_parms=parms)
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height = size
    return stream


def _group4(mask: Pixels) -> bytes:
    """The mask as libtiff packs it, without the TIFF around it; it takes set bits for black runs."""
    height, width = mask.shape
    rows = np.packbits(mask, axis=1).tobytes()
    target = io.BytesIO()
    Image.frombytes("1", (width, height), rows).save(
        target, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: height}
    )
    with Image.open(target) as tiff:
        (start,), (length,) = tiff.tag_v2[_STRIP_OFFSETS], tiff.tag_v2[_STRIP_BYTE_COUNTS]  # type: ignore[attr-defined]
    return target.getvalue()[start : start + length]


def _jpeg(background: Pixels) -> bytes:
    target = io.BytesIO()
    Image.fromarray(background).save(target, "JPEG", quality=_QUALITY, optimize=True)
    return target.getvalue()
