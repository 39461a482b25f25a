"""Hear what a decoder complains of: libjpeg and libtiff fill what they cannot decode, and say so on standard error only."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final


@contextmanager
def heard() -> Iterator[list[str]]:
    """Collect the lines that C libraries write to standard error; the list is filled when the block ends.

    The whole process is deaf meanwhile, so this belongs into a worker of the cage, which does one thing at a time.
    """
    lines: list[str] = []
    sys.stderr.flush()
    with tempfile.TemporaryFile() as ear:
        before = os.dup(2)
        os.dup2(ear.fileno(), 2)
        try:
            yield lines
        finally:
            os.dup2(before, 2)
            os.close(before)
            ear.seek(0)
            lines += ear.read().decode(errors="replace").splitlines()


_DAMAGE: Final = (
    "corrupt jpeg data: premature end",
    "corrupt jpeg data: bad huffman code",
    "premature end of jpeg file",
    "invalid jpeg file structure",
    "bad code word",
    "uncompressed data (not supported)",
    "premature eof",
    "not enough data",
    "read error",
    "crc error",
)
"""Of libjpeg-turbo, libtiff and libpng. Others are habits of scanners: unknown tags, odd colour profiles, padding."""


def speak_of_damage(lines: Iterable[str]) -> bool:
    """Whether a decoder said that it filled in a part of the picture."""
    return any(words in line.lower() for line in lines for words in _DAMAGE)
