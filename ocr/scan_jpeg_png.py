"""The stored picture of a JPEG or PNG file: its bytes as they are, as far as PDF/A-2 lets them in."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np
from PIL import Image, UnidentifiedImageError

from dossier.errors import PageUnreadable
from dossier.values import Sha256
from ocr.picture import Pixels, Scan
from ocr.scan_size import resolution

_FRAMES: Final = frozenset((0xC0, 0xC1, 0xC2))
"""Start-of-frame markers that DCTDecode knows: baseline, extended, progressive (ISO 32000-1, 7.4.8)."""

_ICC_CLASSES: Final = (b"scnr", b"mntr", b"spac")
"""Profile classes for pictures that ISO 32000-1, 8.6.5.5 admits, without printers' ones."""


@dataclass(frozen=True, slots=True)
class JpegHead:
    """What the markers before the first scan of a JPEG say."""

    width: int
    height: int
    channels: int
    bits: int
    icc: bytes
    """Profile of the APP2 segments, empty if there is none that a PDF/A may carry."""


def jpeg_scan(data: bytes, number: int) -> Scan:
    """The whole JPEG file as a DCT stream; CMYK, which has no place beside an sRGB intent, is turned into RGB pixels.

    Raises:
        PageUnreadable: the markers are broken.
    """
    head = jpeg_head(data, number)
    picture = _opened(data, number)
    dpi, dpi_down = resolution(head.width, head.height, stated_dpi(picture))
    hashed = Sha256(sha256(data).hexdigest())
    if head.channels not in (1, 3) or head.bits != 8:
        return samples_scan(_decoded(picture, number), number, (dpi, dpi_down), hashed)
    return Scan(
        number=number,
        width=head.width,
        height=head.height,
        dpi=dpi,
        dpi_down=dpi_down,
        sha256=hashed,
        encoding="dct",
        data=data,
        raw_width=head.width,
        raw_height=head.height,
        channels=3 if head.channels == 3 else 1,
        icc=head.icc,
    )


def png_scan(data: bytes, number: int) -> Scan:
    """The deflated rows of a plain PNG as they are; palettes, transparency and interlacing become plain pixels.

    Raises:
        PageUnreadable: the chunks are broken.
    """
    picture = _opened(data, number)
    width, height = picture.size
    size = resolution(width, height, stated_dpi(picture))
    hashed = Sha256(sha256(data).hexdigest())
    chunks = list(_png_chunks(data))
    bits, colour, interlaced = struct.unpack(">BB2xB", chunks[0][1][8:13])
    plain = colour in (0, 2) and not interlaced and not any(name == b"tRNS" for name, _body in chunks)
    if not plain:
        return samples_scan(_decoded(picture, number), number, size, hashed)
    channels = 3 if colour == 2 else 1
    return Scan(
        number=number,
        width=width,
        height=height,
        dpi=size[0],
        dpi_down=size[1],
        sha256=hashed,
        encoding="flate",
        data=b"".join(body for name, body in chunks if name == b"IDAT"),
        raw_width=width,
        raw_height=height,
        channels=3 if channels == 3 else 1,
        bits=bits,
        parms={"Predictor": 15, "Colors": channels, "BitsPerComponent": bits, "Columns": width},
    )


def samples_scan(pixels: Pixels, number: int, dpi: tuple[float, float], hashed: Sha256 | None) -> Scan:
    """A picture that has no stream of its own for a PDF: its pixels, kept without loss.

    Args:
        pixels: gray or RGB.
        number: place in the file, from 1.
        dpi: across and down.
        hashed: hash of the source's bytes; None for a page that was rendered.
    """
    height, width = pixels.shape[:2]
    data = np.ascontiguousarray(pixels).tobytes()
    return Scan(
        number=number,
        width=width,
        height=height,
        dpi=dpi[0],
        dpi_down=dpi[1],
        sha256=hashed or Sha256(sha256(repr(pixels.shape).encode() + data).hexdigest()),
        encoding="samples",
        data=data,
        raw_width=width,
        raw_height=height,
        channels=3 if pixels.ndim == 3 else 1,
        kept="pixels" if hashed else "rendered",
    )


def jpeg_head(data: bytes, number: int) -> JpegHead:
    """Read the markers of a JPEG up to its first scan.

    Raises:
        PageUnreadable: there is no frame that DCTDecode knows.
    """
    icc: list[bytes] = []
    frame: tuple[int, int, int, int] | None = None
    for marker, body in _jpeg_segments(data):
        if marker in _FRAMES and len(body) >= 6:
            bits, height, width, channels = struct.unpack(">BHHB", body[:6])
            frame = width, height, channels, bits
        elif marker == 0xE2 and body.startswith(b"ICC_PROFILE\0"):
            icc.append(body[14:])
    if frame is None or 0 in frame:
        raise PageUnreadable(f"page {number}: no JPEG frame")
    return JpegHead(*frame, icc=sound_icc(b"".join(icc), frame[2]))


def sound_icc(profile: bytes, channels: int) -> bytes:
    """The profile if ISO 19005-2, 6.2.4.2 lets it stand beside a picture of so many channels, else nothing."""
    space = {1: b"GRAY", 3: b"RGB "}.get(channels)
    whole = len(profile) > 128 and int.from_bytes(profile[:4], "big") == len(profile) and profile[36:40] == b"acsp"
    fits = whole and profile[8] in (2, 4) and profile[12:16] in _ICC_CLASSES and profile[16:20] == space
    return profile if fits else b""


def stated_dpi(picture: Image.Image) -> tuple[float, float] | None:
    """The resolution that the file states, dots per inch across and down."""
    dpi = picture.info.get("dpi")
    try:
        return (float(dpi[0]), float(dpi[1])) if dpi else None
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None


def _opened(data: bytes, number: int) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=["JPEG", "PNG"])
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PageUnreadable(f"page {number}: broken head") from error


def _decoded(picture: Image.Image, number: int) -> Pixels:
    try:
        if picture.has_transparency_data:
            solid = picture.convert("RGBA")
            return np.asarray(Image.alpha_composite(Image.new("RGBA", picture.size, "white"), solid).convert("RGB"))
        return np.asarray(picture.convert("L" if picture.mode in ("1", "L") else "RGB"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PageUnreadable(f"page {number}: picture does not decode") from error


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0xDA:  # the first scan: pictures follow
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + length


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
