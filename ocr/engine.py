"""The reading engines behind one interface: a clean picture in, lines of words with boxes and confidence out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol, cast

from dossier.errors import Misconfigured
from dossier.values import Line
from ocr.ink import Pixels

SECONDS: Final = 60.0
"""Time for one page, seconds; the slowest good page of an office took 12."""

PSM: Final = 3
"""Page segmentation mode of Tesseract that finds columns and tables by itself."""

READING_DPI: Final = 200.0
"""Resolution that Tesseract reads, for office print of 11 to 14 points; more costs time and gains nothing (measured)."""

OFFICE_LETTER_INCHES: Final = 0.12
"""Usual letter height of such print, as `ocr.orient` measures it (letters with marks, touching ones together)."""

READING_DPI_RANGE: Final = (130.0, 320.0)
"""Small print, as on cards, is read at more, headings at less: Tesseract knows letters of one size."""

_OWN_LANGUAGES: Final = frozenset({"vie", "eng"})
"""Languages whose letters our own recogniser knows."""


class Engine(Protocol):
    """Reads the text of one clean page; every implementation passes `tests/unit/ocr/test_engines_agree.py`."""

    @property
    def name(self) -> str:
        """Name and version for the record."""

    def wanted_dpi(self, letter_inches: float, dpi: float) -> float:
        """The resolution at which letters of this height (inches, 0.0 if unknown) of a scan of ``dpi`` are read best."""

    def read(self, image: Pixels, dpi: float) -> tuple[Line, ...]:
        """Read a gray or bilevel picture (height, width); boxes are in its pixels, lines in reading order.

        Raises:
            Misconfigured: the engine, its model or a language is missing.
            PageFailed: this page could not be read; another may.
        """


def open_engine(name: str, *, languages: str = "vie", psm: int = PSM, seconds: float = SECONDS) -> Engine:
    """Open one of `ENGINES`; the libraries of the others are not imported.

    Args:
        name: one of the names in `ENGINES`.
        languages: Tesseract's names joined by plus, for example ``vie+eng``.
        psm: Tesseract's page segmentation mode, 0 to 13; the own engine finds lines its own way.
        seconds: time for one page. Code that does not come back is ended by the cage, which knows no exception.

    Raises:
        Misconfigured: there is no such engine, or it is not installed.
    """
    if name not in ENGINES:
        raise Misconfigured(f"there is no reading engine of that name; there are {', '.join(ENGINES)}")
    return ENGINES[name](languages, psm, seconds)


def tesseract_dpi(letter_inches: float) -> float:
    """The resolution that brings letters of this height, inches, to the size that Tesseract knows; 0.0 is unknown."""
    if not letter_inches or abs(letter_inches / OFFICE_LETTER_INCHES - 1) < 0.2:
        return READING_DPI
    low, high = READING_DPI_RANGE
    return min(max(READING_DPI * OFFICE_LETTER_INCHES / letter_inches, low), high)


def missing_language(language: str) -> Misconfigured:
    """The error for a language whose data is not installed; it names Debian's package."""
    package = f"tesseract-ocr-{Path(language).name.replace('_', '-')}"
    return Misconfigured(f"tesseract lacks the language {language}: apt-get install {package}")


def _own(languages: str, _psm: int, _seconds: float) -> Engine:
    strange = set(languages.split("+")) - _OWN_LANGUAGES
    if strange:
        raise Misconfigured(f"the own engine does not read {', '.join(sorted(strange))}; choose tesseract")
    return cast("Engine", _imported("ocr.engine_own", "OwnEngine").open())


def _tesseract(languages: str, psm: int, seconds: float) -> Engine:
    return cast("Engine", _imported("ocr.engine_tesseract", "TesseractEngine")(languages, psm=psm, seconds=seconds))


def _tesserocr(languages: str, psm: int, seconds: float) -> Engine:
    return cast("Engine", _imported("ocr.engine_tesserocr", "TesserocrEngine")(languages, psm=psm, seconds=seconds))


def _imported(module: str, name: str) -> Any:  # noqa: ANN401 - the class of an engine, whose arguments are its own
    return getattr(import_module(module), name)


ENGINES: Final[Mapping[str, Callable[[str, int, float], Engine]]] = {
    "own": _own,
    "tesseract": _tesseract,
    "tesserocr": _tesserocr,
}
"""Name, as the settings give it, to what opens that engine with languages, page segmentation mode and seconds."""
