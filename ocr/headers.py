"""How many pixels a coded picture will unfold to, told from its header; nothing is decoded."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

_PARTS_OF_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that start a frame and state its size (ITU-T T.81, table B.1)."""

_JPX_SIZE: Final = b"\xff\x4f\xff\x51"
"""Start of a JPEG 2000 codestream and of its size segment (ISO 15444-1, A.5.1)."""

_JBIG2_PAGE: Final = 48
"""Segment type of a page's size (ITU-T T.88, 7.3)."""

_JBIG2_UNKNOWN_HEIGHT: Final = 0xFFFFFFFF


def jpeg_pixels(data: bytes) -> int:
    """Pixels of a JPEG's frame, 0 where no header states them."""
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            at += 1
            continue
        marker = data[at + 1]
        if marker in _PARTS_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return int(height * width)
        if marker == 0xFF:
            at += 1
        elif marker == 0xD8 or 0xD0 <= marker <= 0xD7 or marker == 0x01:
            at += 2
        else:
            at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return 0


def jpx_pixels(data: bytes) -> int:
    """Pixels of a JPEG 2000 picture, 0 where no header states them."""
    at = data.find(_JPX_SIZE)
    if at < 0 or at + 16 > len(data):
        return 0
    width, height = struct.unpack_from(">LL", data, at + 8)
    return int(width * height)


def jbig2_pixels(data: bytes) -> int:
    """Pixels of the first page of an embedded JBIG2 stream, 0 where no header states them."""
    at = 0
    while at + 11 <= len(data):
        number, flags, referred = struct.unpack_from(">LBB", data, at)
        count, at = referred >> 5, at + 6
        if count == 7:  # the long form
            count = struct.unpack_from(">L", data, at - 1)[0] & 0x1FFFFFFF
            at += 3 + (count + 8) // 8
        at += count * (1 if number <= 256 else 2 if number <= 65536 else 4) + (4 if flags & 0x40 else 1)
        if at + 12 > len(data):
            return 0
        (length,) = struct.unpack_from(">L", data, at)
        if flags & 0x3F == _JBIG2_PAGE:
            width, height = struct.unpack_from(">LL", data, at + 4)
            return 0 if height == _JBIG2_UNKNOWN_HEIGHT else int(width * height)
        at += 4 + length
    return 0


_TIFF_NUMBERS: Final = {3: "H", 4: "L", 16: "Q"}
"""Field types of the sizes and places of a TIFF: SHORT, LONG, LONG8."""

_TIFF_SIZE: Final = (256, 257)
_TIFF_PLACES: Final = ((273, 279), (324, 325))
"""Tags of width and height, and of offsets and lengths of strips and of tiles."""


def tiff_frames(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Pixels of each frame, and the byte behind its last strip.

    Raises:
        EOFError: a directory lies behind the end of the file.
        ValueError: the directories go in a circle, or one has no size.
    """
    head = _take(file, 0, 16)
    order = "<" if head[:1] == b"I" else ">"
    big = struct.unpack_from(f"{order}H", head, 2)[0] == 43
    at = struct.unpack_from(f"{order}Q", head, 8)[0] if big else struct.unpack_from(f"{order}L", head, 4)[0]
    seen = set[int]()
    while at:
        if at in seen:
            raise ValueError("directories in a circle")
        seen.add(at)
        tags, at = _tiff_directory(file, at, order, big=big)
        sides = [tags[tag][0] for tag in _TIFF_SIZE if tags.get(tag)]
        if len(sides) != 2:
            raise ValueError("a frame without size")
        ends = [
            start + length
            for starts, lengths in _TIFF_PLACES
            for start, length in zip(tags.get(starts, ()), tags.get(lengths, ()), strict=False)
        ]
        yield sides[0] * sides[1], max(ends, default=0)


def _tiff_directory(file: BinaryIO, at: int, order: str, *, big: bool) -> tuple[dict[int, tuple[int, ...]], int]:
    """The numbers of a directory that we ask for, and where the next one stands (0 = none)."""
    word, head, entry = ("Q", 8, 20) if big else ("L", 2, 12)
    (count,) = struct.unpack(f"{order}{'Q' if big else 'H'}", _take(file, at, head))
    if count > 65535:
        raise ValueError("a directory of absurd length")
    table = _take(file, at + head, count * entry + struct.calcsize(f"={word}"))
    tags: dict[int, tuple[int, ...]] = {}
    for place in range(0, count * entry, entry):
        tag, kind = struct.unpack_from(f"{order}HH", table, place)
        if tag not in _TIFF_SIZE + sum(_TIFF_PLACES, ()) or kind not in _TIFF_NUMBERS:
            continue
        (amount,) = struct.unpack_from(f"{order}{word}", table, place + 4)
        form = f"{order}{amount}{_TIFF_NUMBERS[kind]}"
        inline = table[place + entry - struct.calcsize(f"={word}") : place + entry]
        fits = struct.calcsize(form) <= len(inline)
        packed = inline if fits else _take(file, struct.unpack(f"{order}{word}", inline)[0], struct.calcsize(form))
        tags[tag] = struct.unpack_from(form, packed)
    return tags, int(struct.unpack_from(f"{order}{word}", table, count * entry)[0])


def _take(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    data = file.read(size)
    if len(data) < size:
        raise EOFError
    return data
