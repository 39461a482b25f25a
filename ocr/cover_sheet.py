"""Draw separator sheets: one A4 page for each dossier, with the QR that `ocr.separators` understands and print for people.

Black on white, nothing near the edges. The QR is 90 mm across, its modules 1.6 mm and more, and its error correction the
strongest there is (H, ISO/IEC 18004): it outlives stamps, creases, poor copies and scans of 150 dpi.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pikepdf
import zxingcpp

from dossier.values import Separator
from ocr.pdfa import LANGUAGE
from ocr.sheets import numbers, saved_pdf
from ocr.typeface import Typeface, embed_typeface

_MM: Final = 72 / 25.4
_WIDTH, _HEIGHT = 210 * _MM, 297 * _MM
_MARGIN: Final = 20 * _MM
_QR_SIDE: Final = 90 * _MM
_QR_TOP: Final = 66 * _MM
"""From the upper edge of the sheet."""
_LARGEST_READ: Final = 30
"""Points: at 36 our line reader broke the code's end off, which a damaged QR would make us need."""
_TITLE: Final = "Phiếu ngăn cách hồ sơ"


@dataclass(frozen=True, slots=True)
class _Text:
    """One centred line."""

    text: str
    size: float
    """Points; smaller where the line would be too wide."""
    down: float
    """From the upper edge of the sheet to the baseline, millimetres."""
    bold: float = 0.0
    """Width of the stroke around the letters, share of the size."""


_HEAD: Final = (
    _Text("PHIẾU NGĂN CÁCH HỒ SƠ", _LARGEST_READ, 36, 0.03),
    _Text("Dossier separator sheet", 15, 45),
)
_FOOT: Final = (
    _Text("Đặt tờ này ngay trước trang đầu của hồ sơ rồi quét cùng hồ sơ.", 15, 269),
    _Text("Place in front of the first page and scan together.", 12, 276),
)
_RULES: Final = (52.0, 259.0)
"""Thin lines under the head and above the foot, millimetres from the upper edge."""


def qr_text(sheet: Separator) -> str:
    """What the QR says: ``code|``, ``code|ID``, ``code|ID|procedure`` or ``code||procedure``."""
    procedure = f"|{sheet.procedure}" if sheet.procedure else ""
    return f"{sheet.dossier_code}|{sheet.citizen_id or ''}{procedure}"


def draw_cover_sheets(sheets: Sequence[Separator], *, into: Path) -> None:
    """Write one page for each separator, in the order given; the same input gives the same bytes.

    Args:
        sheets: at least one.
        into: the PDF to write; it appears whole or not at all.

    Raises:
        BindingFailed: no room to write, or no such folder.
    """
    pages = [(sheet, (*_HEAD, *_said(sheet), *_FOOT)) for sheet in sheets]
    with saved_pdf(into) as pdf:
        typeface = embed_typeface(pdf, {line.text for _, lines in pages for line in lines})
        for sheet, lines in pages:
            content = "\n".join((*_rules(), *_qr(qr_text(sheet)), *(_line(line, typeface) for line in lines)))
            page = pdf.add_blank_page(page_size=(_WIDTH, _HEIGHT))
            page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(Text=typeface.font))
            page.obj.Contents = pdf.make_stream(content.encode("ascii"))
        pdf.docinfo[pikepdf.Name.Title] = pikepdf.String(_TITLE)
        pdf.Root.Lang = pikepdf.String(LANGUAGE)


def _said(sheet: Separator) -> Iterator[_Text]:
    """What the QR says, for people, so that a sheet can be told without a machine."""
    yield _Text("Mã hồ sơ  ·  Dossier code", 13, 176)
    yield _Text(sheet.dossier_code, _LARGEST_READ, 189, 0.03)
    if sheet.citizen_id:
        digits = sheet.citizen_id
        yield _Text("Số định danh  ·  Citizen ID", 13, 208)
        yield _Text(" ".join(digits[place : place + 3] for place in range(0, len(digits), 3)), _LARGEST_READ, 220, 0.025)
    if sheet.procedure:
        yield _Text("Mã thủ tục  ·  Procedure", 13, 237)
        yield _Text(sheet.procedure, 20, 246)


def _qr(text: str) -> Iterator[str]:
    """Rows of black modules as rectangles; the quiet zone of four modules is the white around."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="H")
    dark = np.asarray(code.to_image(scale=1, add_quiet_zones=False)) == 0
    module = _QR_SIDE / len(dark)
    left, top = (_WIDTH - _QR_SIDE) / 2, _HEIGHT - _QR_TOP
    for row, modules in enumerate(dark):
        edges = np.flatnonzero(np.diff(modules.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
        for start, end in edges.tolist():
            yield f"{numbers((left + start * module, top - (row + 1) * module, (end - start) * module, module))} re"
    yield "f"


def _rules() -> Iterator[str]:
    for down in _RULES:
        height = _HEIGHT - down * _MM
        yield f"0.8 w {numbers((_MARGIN, height))} m {numbers((_WIDTH - _MARGIN, height))} l S"


def _line(line: _Text, typeface: Typeface) -> str:
    glyphs = [typeface.glyphs[letter] for letter in line.text]
    ems = sum(glyph.advance for glyph in glyphs) / 1000
    size = min(line.size, (_WIDTH - 2 * _MARGIN) / ems)
    at = numbers(((_WIDTH - ems * size) / 2, _HEIGHT - line.down * _MM))
    paint = f"2 Tr {numbers((line.bold * size,))} w" if line.bold else "0 Tr"
    codes = "".join(f"{glyph.code:04X}" for glyph in glyphs)
    return f"BT /Text {numbers((size,))} Tf {paint} {at} Td <{codes}> Tj ET"
