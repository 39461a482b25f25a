"""What hOCR and ALTO share: text that XML can hold, boxes in whole pixels of the upright frame, this program's name."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from importlib.metadata import version
from typing import Final

from dossier.values import Box, Line, ReadPage, Word

PROGRAM: Final = "sohoa"

LANGUAGE: Final = "vi"

_LOST: Final = "\ufffd"
"""Replacement character: stands, visibly, for what XML has no way to write."""

WholeBox = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the upright frame; right and bottom are exclusive."""


def program_version() -> str:
    """Version of this program."""
    return version(PROGRAM)


def xml_text(text: str) -> str:
    """The text as it is, but for controls, lone surrogates and noncharacters, each of which becomes U+FFFD."""
    return "".join(_LOST if unicodedata.category(char) in ("Cc", "Cs") or char in "\ufffe\uffff" else char for char in text)


def whole_box(box: Box, page: ReadPage) -> WholeBox:
    """The box in whole pixels, grown outwards, kept inside the page and never empty."""
    left, right = _whole(box.left, box.right, page.width)
    top, bottom = _whole(box.top, box.bottom, page.height)
    return left, top, right, bottom


def box_around(boxes: Iterable[WholeBox]) -> WholeBox:
    """The smallest box around several; there must be one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def lines_with_words(page: ReadPage) -> list[tuple[Line, list[tuple[Word, WholeBox]]]]:
    """The lines that hold text, in reading order, with the box of each word."""
    lines = [(line, [(word, whole_box(word.box, page)) for word in line.words if word.text]) for line in page.lines]
    return [(line, words) for line, words in lines if words]


def _whole(low: float, high: float, limit: int) -> tuple[int, int]:
    start = min(max(math.floor(low), 0), limit - 1)
    return start, max(min(math.ceil(high), limit), start + 1)
