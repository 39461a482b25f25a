"""Tesseract as a child program, by pytesseract: the reference, and for scripts that our own recogniser does not know."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import groupby
from typing import Final

import pytesseract
from PIL import Image

from dossier.errors import Misconfigured, PageDied, PageTimeout, PageUnreadable
from dossier.values import Box, Line, Word
from ocr.engine import PSM, SECONDS, missing_language, tesseract_dpi
from ocr.ink import Pixels

_WORD_LEVEL: Final = "5"
"""Rows of words in Tesseract's table; lower levels are pages, blocks, paragraphs and lines."""


class TesseractEngine:
    """Tesseract as a child program, by pytesseract."""

    def __init__(
        self, languages: str = "vie", *, psm: int = PSM, seconds: float = SECONDS, program: str = "tesseract"
    ) -> None:
        """Choose how to read.

        Args:
            languages: Tesseract's names joined by plus, for example ``vie+eng``.
            psm: page segmentation mode; 3 finds columns and tables by itself.
            seconds: time for one page; the program is killed after it.
            program: name or path of the executable.
        """
        self._languages, self._psm, self._seconds, self._program = languages, psm, seconds, program

    @property
    def name(self) -> str:
        """For example ``tesseract 5.3.0 vie``."""
        pytesseract.pytesseract.tesseract_cmd = self._program
        try:
            return f"tesseract {pytesseract.get_tesseract_version()} {self._languages}"
        except pytesseract.TesseractNotFoundError as error:
            raise Misconfigured("tesseract is missing: apt-get install tesseract-ocr") from error

    def wanted_dpi(self, letter_inches: float, dpi: float) -> float:
        """See `tesseract_dpi`."""
        return tesseract_dpi(letter_inches)

    def read(self, image: Pixels, dpi: float) -> tuple[Line, ...]:
        """Read a page.

        Raises:
            Misconfigured: the program or a language is missing.
            PageTimeout: it took too long.
            PageDied: the program crashed.
            PageUnreadable: it gave up on the picture.
        """
        self._refuse_missing_language()
        picture = Image.fromarray(image)
        picture.format = "PPM"  # what pytesseract hands over; its default PNG costs 0.7 s a page to pack
        pytesseract.pytesseract.tesseract_cmd = self._program
        try:
            table = pytesseract.image_to_data(
                picture,
                lang=self._languages,
                config=f"--oem 1 --psm {self._psm} --dpi {round(dpi)}",
                timeout=self._seconds,
            )
        except pytesseract.TesseractError as error:
            ended = f"tesseract ended with {error.status}"
            raise (PageDied if error.status < 0 else PageUnreadable)(ended) from None
        except RuntimeError:  # pytesseract's word for its time limit
            raise PageTimeout(f"tesseract, {self._seconds:g} s") from None
        except UnicodeDecodeError:
            raise PageUnreadable("tesseract wrote broken UTF-8") from None
        return _lines(table)

    def _refuse_missing_language(self) -> None:
        there = _languages_of(self._program)
        for language in self._languages.split("+"):
            if language not in there:  # Tesseract itself goes on with those that it has
                raise missing_language(language)


@cache
def _languages_of(program: str) -> frozenset[str]:
    pytesseract.pytesseract.tesseract_cmd = program
    try:
        return frozenset(pytesseract.get_languages())
    except pytesseract.TesseractNotFoundError as error:
        raise Misconfigured("tesseract is missing: apt-get install tesseract-ocr") from error


def _lines(table: str) -> tuple[Line, ...]:
    """Lines of Tesseract's table; the table stands in reading order."""
    rows = [row.split("\t") for row in table.splitlines()[1:]]
    words = [row for row in rows if len(row) == 12 and row[0] == _WORD_LEVEL and row[11].strip()]
    # columns: level, page, block, paragraph, line, word, left, top, width, height, confidence, text
    return tuple(Line(tuple(_word(row) for row in line)) for _, line in groupby(words, key=lambda row: row[2:5]))


def _word(row: list[str]) -> Word:
    left, top, width, height = (float(number) for number in row[6:10])
    confidence = min(max(float(row[10]) / 100, 0.0), 1.0)
    text = unicodedata.normalize("NFC", "".join(row[11].split()))
    return Word(text, Box(left, top, left + width, top + height), confidence)
