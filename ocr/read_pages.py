"""Read pages of a file, each in the cage; the libraries that read are imported only there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dossier.errors import DossierError, Misconfigured, PageDied
from dossier.values import FailedPage, Page, ReadPage
from ocr import errands
from ocr.cage import Cage

if TYPE_CHECKING:
    from ocr.engine import Engine


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read; the same for all pages of a run."""

    engine: str = "own"
    """A name of `ocr.engine.ENGINES`."""
    languages: str = "vie"
    """Tesseract's names, joined by plus."""
    psm: int | None = None
    """Tesseract's page segmentation mode; None is `ocr.engine.PSM`."""
    seconds: float | None = None
    """Time of one reading by the engine; None is `ocr.engine.SECONDS`."""

    def open(self) -> Engine:
        """The engine that these options ask for.

        Raises:
            Misconfigured: there is none of that name, or it is not installed.
        """
        from ocr.engine import PSM, SECONDS, open_engine  # noqa: PLC0415 - whoever only asks for a reading needs no engine

        psm = PSM if self.psm is None else self.psm
        seconds = SECONDS if self.seconds is None else self.seconds
        return open_engine(self.engine, languages=self.languages, psm=psm, seconds=seconds)


def read_pages(path: Path, numbers: Sequence[int], options: ReadOptions, cage: Cage) -> tuple[Page, ...]:
    """Read several pages in a cage; one that fails becomes a `FailedPage`, the others go on.

    A page whose reader died is read once more: the death may have been meant for another, or for the machine.

    Raises:
        Misconfigured: the engine is missing: no page of any file can be read.
    """
    act = partial(errands.read_page, path, options)
    results = dict(zip(numbers, cage.map(act, numbers), strict=True))
    died = [number for number, result in results.items() if isinstance(result, PageDied)]
    results |= zip(died, cage.map(act, died), strict=True)
    return tuple(_page_or_failure(number, result) for number, result in results.items())


def _page_or_failure(number: int, result: ReadPage | DossierError) -> Page:
    if isinstance(result, Misconfigured):
        raise result
    return FailedPage(number, result.code) if isinstance(result, DossierError) else result
