"""The stored picture of a TIFF frame: a single G4 strip as it came, anything else packed again without loss."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from dossier.errors import PageUnreadable
from dossier.values import QuarterTurn, Sha256
from ocr.picture import Scan
from ocr.scan_jpeg_png import samples_scan, stated_dpi
from ocr.scan_size import resolution

_COMPRESSION, _PHOTOMETRIC, _FILL_ORDER, _OFFSETS, _ORIENTATION, _BYTE_COUNTS = 259, 262, 266, 273, 274, 279
_ROWS_PER_STRIP, _TILE_OFFSETS, _TILE_BYTE_COUNTS = 278, 324, 325
_GROUP4: Final = 4

_ORIENTATIONS: Final[dict[int, tuple[bool, QuarterTurn]]] = {
    1: (False, 0),
    2: (True, 0),
    3: (False, 180),
    4: (True, 180),
    5: (True, 270),
    6: (False, 90),
    7: (True, 90),
    8: (False, 270),
}
"""TIFF 6.0, tag 274, as (mirrored, degrees clockwise) that show the raster as meant."""


def tiff_scan(path: Path, tiff: TiffImageFile, number: int) -> Scan:
    """The picture of frame ``number``, from 1; ``tiff`` is the opened file, left standing at that frame.

    A frame in several strips cannot be one CCITT stream, because each strip is coded for itself: it is decoded and coded
    as one strip, pixel for pixel the same. The hash is that of the strips as they came.

    Raises:
        PageUnreadable: the frame does not decode.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # Pillow warns of odd tags; what cannot be read raises
            tiff.seek(number - 1)
        strips = _strips(path, tiff)
        if tiff.mode == "1":
            return _bilevel(tiff, strips, number)
        size = resolution(*tiff.size, _dpi(tiff))
        hashed = Sha256(sha256(b"".join(strips)).hexdigest())
        gray = tiff.mode in ("L", "LA", "I;16", "I;16B")
        return samples_scan(np.asarray(_flat(tiff, gray=gray)), number, size, hashed)
    except (OSError, EOFError, SyntaxError, ValueError, KeyError, TypeError, Image.DecompressionBombError) as error:
        raise PageUnreadable(f"page {number}: TIFF frame does not decode") from error


def _bilevel(tiff: TiffImageFile, strips: list[bytes], number: int) -> Scan:
    tags = _tags(tiff)
    hashed = Sha256(sha256(b"".join(strips)).hexdigest())
    whole = tags.get(_COMPRESSION) == _GROUP4 and len(strips) == 1 and tags.get(_FILL_ORDER, 1) == 1
    mirrored, turned = _ORIENTATIONS.get(int(tags.get(_ORIENTATION, 1)), (False, 0)) if whole else (False, 0)
    size = resolution(*tiff.size, _dpi(tiff))
    if whole:
        data, white_is_zero = strips[0], tags.get(_PHOTOMETRIC) == 0
    else:
        data, white_is_zero = _as_one_strip(tiff)
    shown = tiff.size
    raw = shown[::-1] if turned in (90, 270) else shown
    return Scan(
        number=number,
        width=shown[0],
        height=shown[1],
        dpi=size[0],
        dpi_down=size[1],
        sha256=hashed,
        encoding="ccitt",
        data=data,
        raw_width=raw[0],
        raw_height=raw[1],
        channels=1,
        bits=1,
        kept="bytes" if whole else "pixels",
        parms={"K": -1, "Columns": raw[0], "Rows": raw[1], "BlackIs1": not white_is_zero},
        turned=turned,
        mirrored=mirrored,
    )


def _as_one_strip(tiff: TiffImageFile) -> tuple[bytes, bool]:
    """Code the frame as one G4 strip; also says whether black runs mean black (white is zero)."""
    target = io.BytesIO()
    tiff.convert("1").save(target, format="TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: tiff.size[1]})
    target.seek(0)
    with TiffImageFile(target) as coded:
        tags = _tags(coded)
        (offset,), (length,) = tags[_OFFSETS], tags[_BYTE_COUNTS]
        return target.getvalue()[offset : offset + length], tags.get(_PHOTOMETRIC) == 0


def _flat(tiff: TiffImageFile, *, gray: bool) -> Image.Image:
    if tiff.mode.startswith("I;16"):  # 16-bit gray: Pillow's own conversion clips instead of scaling
        return Image.fromarray((np.asarray(tiff) >> 8).astype(np.uint8))
    return tiff.convert("L" if gray else "RGB")


def _strips(path: Path, tiff: TiffImageFile) -> list[bytes]:
    """The strips or tiles of the frame as they came."""
    tags = _tags(tiff)
    offsets, lengths = tags.get(_OFFSETS) or tags[_TILE_OFFSETS], tags.get(_BYTE_COUNTS) or tags[_TILE_BYTE_COUNTS]
    with path.open("rb") as file:
        return [_read(file, offset, length) for offset, length in zip(offsets, lengths, strict=True)]


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    data = file.read(length)
    if len(data) != length:
        raise ValueError("strip ends behind the end of the file")
    return data


def _tags(tiff: TiffImageFile) -> Mapping[int, Any]:
    return tiff.tag_v2


def _dpi(tiff: TiffImageFile) -> tuple[float, float] | None:
    """Across and down as shown: an orientation of 5 to 8 swaps the two that the tags state."""
    stated = stated_dpi(tiff)
    swapped = int(_tags(tiff).get(_ORIENTATION, 1)) >= 5
    return (stated[1], stated[0]) if stated and swapped else stated
