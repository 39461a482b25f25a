"""The stored picture of one page: the bytes as they came, and the pixels that they show.

Reading looks at `Scan.pixels`; binding embeds `Scan.data`. Both therefore speak of the same picture.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt
import pikepdf
from pdf2image import convert_from_bytes
from PIL import Image, UnidentifiedImageError

from dossier.errors import PageUnreadable
from dossier.values import QuarterTurn, Sha256

Pixels = npt.NDArray[np.uint8]
"""(height, width) gray or (height, width, 3) RGB, 0 black to 255."""

Encoding = Literal["dct", "ccitt", "jbig2", "jpx", "flate", "samples"]
"""How `Scan.data` is packed; the first five are PDF filters, ``samples`` are plain rows that binding deflates."""

Kept = Literal["bytes", "pixels", "rendered"]
"""``bytes``: the source's own stream; ``pixels``: packed again without loss; ``rendered``: drawn, the page is no scan."""

FILTERS: Final[Mapping[Encoding, str]] = {
    "dct": "/DCTDecode",
    "ccitt": "/CCITTFaxDecode",
    "jbig2": "/JBIG2Decode",
    "jpx": "/JPXDecode",
    "flate": "/FlateDecode",
    "samples": "/FlateDecode",
}
"""The PDF filter under which each encoding is embedded; all are allowed by ISO 19005-2, 6.1.7.2."""

_PNG_PREDICTOR: Final = 10
"""Predictors from 10 up are PNG's, so such a stream is the IDAT of a PNG (ISO 32000-1, 7.4.4.4)."""

_DEFLATE_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class Scan:
    """The picture of one page as its file stores it.

    The frame of `width`, `height`, `pixels` is the page as the file shows it: a PDF's /Rotate and the placement of its
    image, and a TIFF's orientation tag, are applied (`turned`, `mirrored`); the EXIF orientation of a JPEG is not.
    """

    number: int
    """Place in its file, from 1."""
    width: int
    """Pixels across, as shown."""
    height: int
    """Pixels down, as shown."""
    dpi: float
    """Resolution across, as shown; a missing or absurd one is replaced by that of an A4 page."""
    dpi_down: float
    """Resolution down, as shown; differs from `dpi` only for fax pages and stretched pictures."""
    sha256: Sha256
    """Hash of the stored stream as it came; of size and pixels where there is none (a rendered page)."""
    encoding: Encoding
    data: bytes
    raw_width: int
    """Columns of the stored raster, before `mirrored` and `turned`."""
    raw_height: int
    """Rows of the stored raster."""
    channels: Literal[1, 3]
    """1 gray or bilevel, 3 RGB."""
    bits: int = 8
    """Bits per channel: 1, 2, 4, 8 or 16."""
    kept: Kept = "bytes"
    parms: Mapping[str, int | bool] = field(default_factory=dict)
    """Decode parameters under their PDF names without the slash (K, Columns, BlackIs1, Predictor ...)."""
    jbig2_globals: bytes = b""
    inverted: bool = False
    """True when the stored values mean the opposite (PDF: /Decode [1 0])."""
    icc: bytes = b""
    """ICC profile of the picture, empty for device colours."""
    turned: QuarterTurn = 0
    """Degrees clockwise by which the file turns the raster to show it."""
    mirrored: bool = False
    """True when the file shows the raster left to right, before `turned`."""

    def pixels(self) -> Pixels:
        """Decode the picture as the file shows it.

        Raises:
            PageUnreadable: the bytes do not decode.
        """
        try:
            raw = self._raw()
        except (ValueError, OSError, zlib.error, cv2.error, UnidentifiedImageError, Image.DecompressionBombError) as error:
            raise PageUnreadable(f"page {self.number}: {self.encoding} stream does not decode") from error
        if raw.shape[:2] != (self.raw_height, self.raw_width):
            raise PageUnreadable(f"page {self.number}: {self.encoding} stream has another size than stated")
        if self.mirrored:
            raw = raw[:, ::-1]
        return np.ascontiguousarray(np.rot90(raw, -self.turned // 90)) if self.turned or self.mirrored else raw

    def embedded(self) -> bytes:
        """The stream to put into a PDF under the filter `FILTERS` names."""
        return zlib.compress(self.data, _DEFLATE_LEVEL) if self.encoding == "samples" else self.data

    def _raw(self) -> Pixels:
        if self.encoding == "dct" and not self.inverted and "ColorTransform" not in self.parms:
            return self._by_opencv(self.data)
        if self.encoding == "flate" and not self.inverted and int(self.parms.get("Predictor", 1)) >= _PNG_PREDICTOR:
            return self._by_opencv(self._as_png())
        if self.encoding == "ccitt" and not self.inverted and self._is_plain_g4():
            return np.asarray(Image.open(io.BytesIO(self._as_tiff())).convert("L"))
        if self.encoding in ("flate", "samples") and not self.inverted and self.bits in (1, 8) and not self.parms:
            return self._from_rows(zlib.decompress(self.data) if self.encoding == "flate" else self.data)
        return self._by_poppler()

    def _by_opencv(self, data: bytes) -> Pixels:
        colour = cv2.IMREAD_COLOR_RGB if self.channels == 3 else cv2.IMREAD_GRAYSCALE
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), colour | cv2.IMREAD_IGNORE_ORIENTATION)
        if decoded is None:
            raise PageUnreadable(f"page {self.number}: {self.encoding} stream does not decode")
        return np.asarray(decoded, np.uint8)

    def _from_rows(self, rows: bytes) -> Pixels:
        if self.bits == 1:
            packed = np.frombuffer(rows, np.uint8).reshape(self.raw_height, -1)
            return np.unpackbits(packed, axis=1)[:, : self.raw_width * self.channels] * np.uint8(255)
        shape = (self.raw_height, self.raw_width) + ((3,) if self.channels == 3 else ())
        return np.frombuffer(rows, np.uint8)[: np.prod(shape)].reshape(shape)

    def _is_plain_g4(self) -> bool:
        return self.parms.get("K") == -1 and not self.parms.get("EncodedByteAlign") and not self.parms.get("EndOfLine")

    def _as_tiff(self) -> bytes:
        """The G4 stream inside the smallest TIFF that libtiff accepts."""
        photometric = 1 if self.parms.get("BlackIs1") else 0  # black runs are 1 bits; BlackIs1 shows 1 bits as white
        tags = [(256, 4, self.raw_width), (257, 4, self.raw_height), (258, 3, 1), (259, 3, 4), (262, 3, photometric)]
        tags += [(273, 4, 122), (277, 3, 1), (278, 4, self.raw_height), (279, 4, len(self.data))]
        head = struct.pack("<2sHLH", b"II", 42, 8, len(tags))
        entries = b"".join(struct.pack("<HHLL", tag, kind, 1, value) for tag, kind, value in tags)
        return head + entries + struct.pack("<L", 0) + self.data

    def _as_png(self) -> bytes:
        """The deflated rows inside a PNG; PDF's PNG predictors were made for that."""
        colour = 2 if self.channels == 3 else 0
        header = struct.pack(">LLBBBBB", self.raw_width, self.raw_height, self.bits, colour, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", self.data), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body)) for name, body in chunks
        )

    def _by_poppler(self) -> Pixels:
        """Decode the rare kinds (JBIG2, JPEG 2000, G3, inverted ones) by drawing the picture one pixel to the point."""
        with pikepdf.new() as pdf:
            page = pdf.add_blank_page(page_size=(self.raw_width, self.raw_height))
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(S=image_object(pdf, self)))
            page.Contents = pdf.make_stream(b"%d 0 0 %d 0 0 cm /S Do" % (self.raw_width, self.raw_height))
            target = io.BytesIO()
            pdf.save(target)
        pictures = convert_from_bytes(target.getvalue(), dpi=72, size=(self.raw_width, self.raw_height))
        if not pictures:
            raise PageUnreadable(f"page {self.number}: {self.encoding} stream does not decode")
        return np.asarray(pictures[0].convert("L" if self.channels == 1 else "RGB"))


def image_object(pdf: pikepdf.Pdf, scan: Scan) -> pikepdf.Object:
    """Put the picture into ``pdf`` as an image XObject, its bytes as they are."""
    stream = pdf.make_stream(b"")
    stream.write(scan.embedded(), filter=pikepdf.Name(FILTERS[scan.encoding]), decode_parms=_decode_parms(pdf, scan))
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height = scan.raw_width, scan.raw_height
    stream.ColorSpace = _colour_space(pdf, scan)
    stream.BitsPerComponent = scan.bits
    if scan.inverted:
        stream.Decode = pikepdf.Array([1, 0] * scan.channels)
    return stream


def _decode_parms(pdf: pikepdf.Pdf, scan: Scan) -> pikepdf.Dictionary | None:
    if scan.jbig2_globals:
        return pikepdf.Dictionary(JBIG2Globals=pdf.make_stream(scan.jbig2_globals))
    return pikepdf.Dictionary({f"/{name}": value for name, value in scan.parms.items()}) if scan.parms else None


def _colour_space(pdf: pikepdf.Pdf, scan: Scan) -> pikepdf.Object:
    device = pikepdf.Name.DeviceRGB if scan.channels == 3 else pikepdf.Name.DeviceGray
    if not scan.icc:
        return device
    profile = pdf.make_stream(scan.icc, N=scan.channels, Alternate=device)
    return pikepdf.Array([pikepdf.Name.ICCBased, profile])
