"""Tesseract inside this process, by the tesserocr package where it is installed: no program to start, no file to write."""

from __future__ import annotations

import re
import threading
import time
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from dossier.errors import Misconfigured, PageTimeout, PageUnreadable
from dossier.values import Box, Line, Word
from ocr.engine import PSM, SECONDS, missing_language, tesseract_dpi
from ocr.ink import Pixels

_SYSTEM: Final = Path("/usr/share")
"""Where a distribution puts Tesseract's language data."""

_DATA_FOLDERS: Final = ("tesseract-ocr/*/tessdata", "tessdata", "tesseract/tessdata")
"""Of Debian (one folder a version), Arch and Fedora, below `_SYSTEM`."""

_ONE_AT_A_TIME: Final = threading.Lock()
"""The library has no lock of its own, and a process has one of it."""


class TesserocrEngine:
    """Tesseract as a library: the same words as the program gives, without 0.1 to 0.3 s a page to load the language."""

    def __init__(
        self, languages: str = "vie", *, psm: int = PSM, seconds: float = SECONDS, tessdata: Path | None = None
    ) -> None:
        """Choose how to read.

        Args:
            languages: Tesseract's names joined by plus, for example ``vie+eng``.
            psm: page segmentation mode; 3 finds columns and tables by itself.
            seconds: time for one page. The library looks at the clock between words; only a cage ends what never comes to
                the next word.
            tessdata: folder of the language data; None finds the one that the distribution installed.
        """
        self._languages, self._psm, self._seconds, self._tessdata = languages, psm, seconds, tessdata

    @property
    def name(self) -> str:
        """For example ``tesserocr 5.5.4 vie``."""
        version = str(_package().tesseract_version()).split()[1]
        return f"tesserocr {version} {self._languages}"

    def wanted_dpi(self, letter_inches: float, dpi: float) -> float:
        """See `tesseract_dpi`."""
        return tesseract_dpi(letter_inches)

    def read(self, image: Pixels, dpi: float) -> tuple[Line, ...]:
        """Read a page.

        Raises:
            Misconfigured: the package or a language is missing.
            PageTimeout: it took too long.
            PageUnreadable: it gave up on the picture.
        """
        with _ONE_AT_A_TIME:
            api = _open_api(self._tessdata or _find_tessdata(), self._languages)
            try:
                self._recognise(api, image, dpi)
                return tuple(_lines(api))
            finally:
                api.Clear()  # the next page must not see this one

    def _recognise(self, api: Any, image: Pixels, dpi: float) -> None:  # noqa: ANN401 - a class without types
        height, width = image.shape
        pixels = image.tobytes()
        end = time.monotonic() + self._seconds
        api.ClearAdaptiveClassifier()  # what it learned on other pages would make a page's words depend on their order
        api.SetPageSegMode(self._psm)
        api.SetVariable("user_defined_dpi", str(round(dpi)))
        api.SetImageBytes(pixels, width, height, 1, width)
        if not api.Recognize(max(1, round(self._seconds * 1000))):
            if time.monotonic() >= end:
                raise PageTimeout(f"tesserocr, {self._seconds:g} s")
            raise PageUnreadable("tesserocr gave up")


def _package() -> Any:  # noqa: ANN401 - a module without types, which need not be installed
    try:
        return import_module("tesserocr")
    except ImportError as error:
        raise Misconfigured("tesserocr is missing: pip install tesserocr, or choose the engine tesseract") from error


@cache
def _open_api(tessdata: Path, languages: str) -> Any:  # noqa: ANN401 - a class without types
    """The library with its languages loaded, kept for all pages of this process."""
    package = _package()
    there = {path.relative_to(tessdata).with_suffix("").as_posix() for path in tessdata.rglob("*.traineddata")}
    for language in languages.split("+"):
        if language not in there:  # the library itself goes on with those that it has
            raise missing_language(language)
    try:
        return package.PyTessBaseAPI(
            path=f"{tessdata}/",
            lang=languages,
            oem=package.OEM.LSTM_ONLY,
            variables={"debug_file": "/dev/null"},  # its complaints would go to our standard error
        )
    except RuntimeError as error:
        raise Misconfigured("the language data of tesseract cannot be loaded; install it again") from error


def _find_tessdata() -> Path:
    """The folder with the newest language data that the distribution installed."""
    for pattern in _DATA_FOLDERS:
        found = [folder for folder in _SYSTEM.glob(pattern) if any(folder.glob("*.traineddata"))]
        if found:
            return max(found, key=lambda folder: [int(part) for part in re.findall(r"\d+", folder.parent.name)])
    raise Misconfigured("the language data of tesseract is missing: apt-get install tesseract-ocr-vie")


def _lines(api: Any) -> Iterator[Line]:  # noqa: ANN401 - a class without types
    """Lines in reading order."""
    package, place = _package(), api.GetIterator()
    words: list[Word] = []
    for word in package.iterate_level(place, package.RIL.WORD) if place else ():
        if words and word.IsAtBeginningOf(package.RIL.TEXTLINE):
            yield Line(tuple(words))
            words = []
        if not word.Empty(package.RIL.WORD):
            words += _word(word, package.RIL.WORD)
    if words:
        yield Line(tuple(words))


def _word(word: Any, level: int) -> Iterator[Word]:  # noqa: ANN401 - a class without types
    """The word on which the iterator stands, or none where it is of blanks only."""
    text = unicodedata.normalize("NFC", "".join(word.GetUTF8Text(level).split()))
    if text:
        left, top, right, bottom = word.BoundingBox(level)
        confidence = min(max(word.Confidence(level) / 100, 0.0), 1.0)
        yield Word(text, Box(float(left), float(top), float(right), float(bottom)), confidence)
