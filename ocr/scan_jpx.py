"""Whether a JPEG 2000 picture may stay as it is in a PDF/A-2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_FORBIDDEN_SPACE: Final = 19
"""CIEJab, which ISO 19005-2, 6.2.8.3 excludes."""


def jpx_may_stay(data: bytes) -> bool:
    """True for a JP2 with one gray or three RGB channels of 8 bits and one colour specification (ISO 19005-2, 6.2.8.3)."""
    boxes = dict(_boxes(data))
    inner = list(_boxes(boxes.get(b"jp2h", b"")))
    sizes = [body for name, body in inner if name == b"ihdr"]
    colours = [body for name, body in inner if name == b"colr"]
    extras = {name for name, _body in inner} & {b"pclr", b"cdef", b"bpcc"}  # palettes, alpha, uneven depths
    if len(sizes) != 1 or len(colours) != 1 or len(sizes[0]) < 11 or len(colours[0]) < 3 or extras:
        return False
    channels, depth = int.from_bytes(sizes[0][8:10], "big"), sizes[0][10] + 1
    method, space = colours[0][0], int.from_bytes(colours[0][3:7], "big")
    return channels in (1, 3) and depth == 8 and method in (1, 2) and not (method == 1 and space == _FORBIDDEN_SPACE)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        head = 8
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        end = at + length if length else len(data)
        if end < at + head:
            return
        yield name, data[at + head : end]
        at = end
