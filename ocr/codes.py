"""Machine-readable codes of a page: QR codes, Code 128 and their relatives."""

from __future__ import annotations

from typing import Final, Literal

import cv2
import numpy as np
import zxingcpp

from dossier.values import Code
from ocr.ink import Pixels

_KINDS: Final[dict[str, Literal["qr", "code128"]]] = {"QRCode": "qr", "Code128": "code128"}

_SMALL_DPI: Final = 170.0
"""Below it a module of a small QR code is under 3 pixels and worth enlarging."""


def find_codes(gray: Pixels, dpi: float) -> tuple[Code, ...]:
    """Read every code of a page, standing or turned; the same code twice is one."""
    found = _read(gray)
    if not any(code.kind == "qr" for code in found):
        factor = 2.0 if dpi < _SMALL_DPI else 0.5
        way = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
        other = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=way)
        found += _read(np.asarray(cv2.medianBlur(other, 3), np.uint8))  # dust and print that shines through go
    return tuple(dict.fromkeys(found))


def _read(gray: Pixels) -> list[Code]:
    results = zxingcpp.read_barcodes(np.ascontiguousarray(gray))
    return [
        Code(_KINDS.get(result.format.name, "other"), result.text) for result in results if result.valid and result.text
    ]
