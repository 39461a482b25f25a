"""The words that a PDF page brings along, as poppler's pdftotext finds them, with boxes on the page drawn at 300 dpi."""

from __future__ import annotations

import re
import subprocess
import threading
import unicodedata
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Final

from dossier.errors import Misconfigured
from dossier.values import Box, Line, Word
from ocr.scan_pdf import RENDER_DPI

MOST_BYTES: Final = 4_000_000
"""Of pdftotext's answer. A page of the smallest print has 3,000 words of 110 bytes each."""

MOST_WORDS: Final = 20_000

_PER_POINT: Final = RENDER_DPI / 72
_WORD: Final = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">([^<]*)</word>')

_AS_SEEN: Final = str.maketrans(
    {
        "\u00ad": "-",  # painted by the font, so it is seen: Word and Chrome map the hyphen to it
        "\u2010": "-",
        "\u2011": "-",
        "\u00d0": "\u0110",  # fonts of the nineties have one picture for Eth and Đ
        "\uf0b7": "•",  # bullets and boxes of Symbol and Wingdings, which Word leaves in the private area
        "\uf0a7": "▪",
        "\uf0d8": "➢",
        "\uf0fc": "✓",
        "\uf02d": "-",
        "\uf06f": "☐",
        "\uf071": "☐",
        "\uf0a8": "☐",
        "\uf0fe": "☑",
        **{chr(ligature): unicodedata.normalize("NFKC", chr(ligature)) for ligature in range(0xFB00, 0xFB07)},
        **dict.fromkeys(map(chr, (*range(0x200B, 0x2010), 0x2060, 0xFEFF)), None),  # zero width
    }
)
"""Letters for what fonts call otherwise; all else stays as it is."""


class TooMuchText(Exception):
    """An answer, not a fault: no page of paper says so much, or it took too long to say."""


def own_words(path: Path, number: int, *, seconds: float, program: str = "pdftotext") -> tuple[Line, ...]:
    """The lines of page ``number``, from 1, block by block; boxes in pixels of the page drawn at `RENDER_DPI`.

    The boxes are those of the font: as high as its tallest letter, whatever the word is. Diagonal text is left out.

    Raises:
        Misconfigured: pdftotext is missing.
        TooMuchText: too many words, or ``seconds`` were not enough; the program was ended.
    """
    page = str(number)
    told = _told(
        [program, "-f", page, "-l", page, "-cropbox", "-nodiag", "-bbox-layout", "-q", str(path.absolute()), "-"], seconds
    )
    _, _, body = told.decode("utf-8", "replace").rpartition(
        "<doc>"
    )  # the head before it repeats what the file says of itself
    if body.count("<word ") > MOST_WORDS:
        raise TooMuchText
    return tuple(line for part in body.split("<line ")[1:] if (line := Line(tuple(_words(part)))).words)


def as_seen(text: str) -> str:
    """One word as a reader sees it: NFC, ligatures apart, hyphens plain, nothing of zero width."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_AS_SEEN))


def _told(command: list[str], seconds: float) -> bytes:
    try:
        program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        raise Misconfigured("pdftotext is missing: apt-get install poppler-utils") from None
    late = threading.Event()

    def end() -> None:
        late.set()
        program.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        with program:
            told = program.stdout.read(MOST_BYTES + 1) if program.stdout else b""
            if len(told) > MOST_BYTES:
                program.kill()
    finally:
        timer.cancel()
    if late.is_set() or len(told) > MOST_BYTES:
        raise TooMuchText
    return told


def _words(part: str) -> Iterator[Word]:
    for match in _WORD.finditer(part):
        pieces = as_seen(unescape(match[5])).split()
        left, top, right, bottom = (float(edge) * _PER_POINT for edge in match.group(1, 2, 3, 4))
        if pieces and right > left and bottom > top:
            yield from _side_by_side(pieces, Box(left, top, right, bottom))


def _side_by_side(pieces: list[str], box: Box) -> Iterator[Word]:
    """Words that a no-break blank joined share the box by their lengths."""
    letter = box.width / (sum(map(len, pieces)) + len(pieces) - 1)
    at = box.left
    for piece in pieces:
        yield Word(piece, Box(at, box.top, at + letter * len(piece), box.bottom), 1.0)
        at += letter * (len(piece) + 1)
