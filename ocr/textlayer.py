"""The invisible text of a page: every word over its ink, in reading order, blanks between."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Final

from dossier.values import Box, Line, ReadPage
from ocr.typeface import Glyph, Typeface, readable

_LEAST_INK: Final = 0.45
"""Height of a lower-case x, as a part of the size: a line of dots or dashes alone says too little about its size."""

_SEEN_GAP: Final = 0.17
"""Of the size: readers of PDF that look at places only (`pdftotext -raw`) take words that stand nearer for
one word. A blank of print is wider, so a word that reaches nearer was measured too long, and is marked shorter."""


def text_operators(page: ReadPage, typeface: Typeface, font_name: str, scale: tuple[float, float]) -> bytes:
    """The text object of one page, empty for a page without words.

    Args:
        page: the words, in the upright frame.
        typeface: has every character of the words.
        font_name: resource name of the typeface, without slash.
        scale: points per pixel across and down.
    """
    operators = [
        operator for line in page.lines for operator in _line(line, typeface, font_name, scale, page.height * scale[1])
    ]
    return ("BT\n3 Tr\n" + "\n".join(operators) + "\nET").encode("ascii") if operators else b""


def _line(line: Line, typeface: Typeface, font_name: str, scale: tuple[float, float], page_height: float) -> Iterator[str]:
    words = [(word, text) for word in line.words if (text := readable(word.text))]
    if not words:
        return
    size, baseline = _size_and_baseline([(word.box, [typeface.glyphs[char] for char in text]) for word, text in words])
    size, baseline = max(size * scale[1], 1.0), page_height - baseline * scale[1]
    yield f"/{font_name} {size:.2f} Tf"
    for place, (word, text) in enumerate(words, start=1):
        natural = sum(typeface.glyphs[char].advance for char in text) * size / 1000
        wide = max(word.box.width, 1.0) * scale[0]
        if place < len(words):
            gap = (words[place][0].box.left - word.box.right) * scale[0]
            wide = max(wide - max(_SEEN_GAP * size - gap, 0.0), 0.5 * wide)
        stretch = 100 * wide / natural if natural else 100.0
        spoken = text + " " if place < len(words) else text
        codes = "".join(f"{typeface.glyphs[char].code:04X}" for char in spoken)
        yield f"{max(stretch, 1.0):.2f} Tz 1 0 0 1 {word.box.left * scale[0]:.2f} {baseline:.2f} Tm <{codes}> Tj"


def _size_and_baseline(words: list[tuple[Box, list[Glyph]]]) -> tuple[float, float]:
    """Size and baseline, both in pixels from the top, that put the ink of these glyphs into the boxes of the words.

    Boxes that are tight around each word's ink speak each for itself, and the median decides: one blot in a box must not
    lift the line. Boxes that all have the height of the line speak together.
    """
    if len({(box.top, box.bottom) for box, _glyphs in words}) == 1:
        words = [(words[0][0], [glyph for _box, glyphs in words for glyph in glyphs])]
    sizes, baselines = [], []
    for box, glyphs in words:
        bottom, top = min(glyph.bottom for glyph in glyphs) / 1000, max(glyph.top for glyph in glyphs) / 1000
        size = max(box.height, 1.0) / max(top - bottom, _LEAST_INK)
        sizes.append(size)
        baselines.append(box.bottom + bottom * size)
    return median(sizes), median(baselines)
