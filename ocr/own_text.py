"""Text that a PDF page brings along: kept where it is what the page shows, else only judged, and the page is read anew.

A born-digital page says itself what its letters are, and no reader knows better, unless its fonts lie. The layer that a
scanner's reader left under a scan is never kept: ours reads better. Every page is asked by itself, for files are mixed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np
import pikepdf

from dossier.values import Box, Line, QuarterTurn, Word
from ocr.own_ink import DrawnPage, share_in_words, tightened
from ocr.own_paint import Paint, Quad, TooMuchPaint, has_fonts, share_of_page, survey
from ocr.own_words import TooMuchText, own_words
from ocr.picture import Scan
from ocr.plausible import has_wrong_stretch, looks_right

Why = Literal["sound", "wrong_text", "hidden_text", "not_all"]
"""``wrong_text``: not what a paper says; ``hidden_text``: none of it is seen, or too much is not; ``not_all``: the page
shows more letters than its text has. A layer is ``sound`` or ``wrong_text``."""

MOST_PICTURE: Final = 0.5
"""Share of the page under pictures from which it is a scan, whatever is typed over it."""

LEAST_IN_WORDS: Final = 0.9
"""Share of letter-like ink in the boxes of words; sound pages had 0.977 and more, a text with a pasted scan 0.86."""

_MOST_UNSEEN: Final = 0.1
"""Share of the text that may be shown without paint: which of the words that is, poppler does not tell."""

_PICTURE_STARTS: Final = (b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_PDF_HEADER_WITHIN: Final = 1024


@dataclass(frozen=True, slots=True)
class OwnText:
    """What a page says of itself, and whether to believe it."""

    kind: Literal["born_digital", "layer"]
    """``born_digital``: painted by fonts; ``layer``: on, or beneath, the picture of a scan."""
    why: Why
    lines: tuple[Line, ...] = ()
    """Of a sound born-digital page, block by block, of a turned one row by row; NFC, confidence 1.0, boxes tight in the
    upright frame. Empty otherwise."""
    turn: QuarterTurn = 0
    """Degrees clockwise that the text stands turned on the drawn page; 90 and 270 swap the sides of the upright frame."""

    @property
    def sound(self) -> bool:
        """Whether the text is what the page shows. That of a layer says so of its words only, not of their reading."""
        return self.why == "sound"

    @property
    def keep(self) -> bool:
        """Whether the lines are the reading of the page, and recognition has nothing to add."""
        return self.sound and self.kind == "born_digital"

    @property
    def note(self) -> Literal["own_text", "text_replaced"] | None:
        """The key of `dossier.notes.NOTES` that the page deserves; None where nobody needs to know."""
        if self.keep:
            return "own_text"
        return "text_replaced" if self.why == "wrong_text" else None


def own_text(path: Path, number: int, scan: Scan, *, seconds: float = 10.0, program: str = "pdftotext") -> OwnText | None:
    """What page ``number``, from 1, of a file brings along; None without text, and where nothing can be said of it.

    CPU time, pdftotext included: below 1 ms for a scan without fonts, 10 ms with a layer, 70 ms for 820 typed words.

    Args:
        path: the file; of another kind than PDF the answer is None.
        number: place of the page, from 1.
        scan: the stored picture of that page, as `ocr.scans.open_scan` gives it.
        seconds: time for pdftotext, which is ended after it; the answer then is None.
        program: name or path of pdftotext.

    Raises:
        Misconfigured: pdftotext is missing.
    """
    if not _is_pdf(path):
        return None
    paint = _paint(path, number, drawn=scan.kept == "rendered")
    if paint is None:
        return None
    try:
        lines = own_words(path, number, seconds=seconds, program=program)
    except TooMuchText:
        return None
    if not lines:
        return None
    if not paint.seen or share_of_page(paint.pictures, scan.width, scan.height) >= MOST_PICTURE:
        return OwnText("layer", "sound" if looks_right(_text(lines)) else "wrong_text")
    return _born_digital(lines, paint, scan)


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_PDF_HEADER_WITHIN)
    return b"%PDF-" in head and not head.startswith(_PICTURE_STARTS)


def _paint(path: Path, number: int, *, drawn: bool) -> Paint | None:
    """What the page paints; None without text or where it cannot be told. Of a scan only that text may be there."""
    try:
        with pikepdf.open(path) as pdf:
            page = pdf.pages[number - 1]
            if not has_fonts(page):
                return None
            return survey(page) if drawn else Paint()
    except (TooMuchPaint, pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):
        return None  # foreign PDFs bend every rule; what is not understood is recognised


def _born_digital(lines: tuple[Line, ...], paint: Paint, scan: Scan) -> OwnText:
    page = DrawnPage.of(scan.pixels())
    distrusted = paint.pictures if paint.unseen else paint.on_text
    seen = list(tightened(_outside(lines, distrusted), page))
    tight = tuple(line for line, _ in seen)
    if not tight or paint.unseen > _MOST_UNSEEN * (paint.seen + paint.unseen):
        return OwnText("born_digital", "hidden_text")
    text = _text(tight)
    if not looks_right(text) or has_wrong_stretch(text):
        return OwnText("born_digital", "wrong_text")
    if share_in_words((line for _, line in seen), page) < LEAST_IN_WORDS:
        return OwnText("born_digital", "not_all")
    turn = max(paint.turns, key=lambda turn: paint.turns[turn])
    if turn:
        tight = _row_by_row(Line(tuple(_turned_back(word, turn, scan) for word in line.words)) for line in tight)
    return OwnText("born_digital", "sound", tight, turn)


def _text(lines: tuple[Line, ...]) -> str:
    return "\n".join(line.text for line in lines)


def _outside(lines: tuple[Line, ...], pictures: list[Quad]) -> tuple[Line, ...]:
    """Without the words whose middle lies on one of the pictures."""
    quads = [np.array(quad, np.float32) for quad in pictures]

    def is_free(word: Word) -> bool:
        middle = ((word.box.left + word.box.right) / 2, (word.box.top + word.box.bottom) / 2)
        return all(cv2.pointPolygonTest(quad, middle, measureDist=False) < 0 for quad in quads)

    return tuple(Line(tuple(filter(is_free, line.words))) for line in lines) if quads else lines


def _turned_back(word: Word, turn: QuarterTurn, scan: Scan) -> Word:
    """The word with its box in the upright frame."""
    box, width, height = word.box, scan.width, scan.height
    if turn == 90:
        box = Box(box.top, width - box.right, box.bottom, width - box.left)
    elif turn == 180:
        box = Box(width - box.right, height - box.bottom, width - box.left, height - box.top)
    elif turn == 270:
        box = Box(height - box.bottom, box.left, height - box.top, box.right)
    return replace(word, box=box)


def _row_by_row(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines from top to bottom, those side by side from left to right: poppler gives turned ones last to first."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.words[0].box.bottom):
        box = line.words[0].box
        if rows and (box.top + box.bottom) / 2 < rows[-1][0].words[0].box.bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    return tuple(line for row in rows for line in sorted(row, key=lambda line: line.words[0].box.left))
