"""`sohoa pdf`: one file to a searchable PDF/A-2u, without any server; on wish its text and a reading copy beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from config.settings import Settings
from dossier.doubts import DOUBTS, Doubt
from dossier.errors import DossierError, Misconfigured, PageFailed
from dossier.notes import NOTES
from dossier.values import BoundPdf, ReadPage
from ocr import errands
from ocr.cage import PRELOAD, Cage
from ocr.opening import Limits, examine
from ocr.read_pages import ReadOptions, read_pages

if TYPE_CHECKING:
    from ocr.access import LightPage

_TITLE = "Tài liệu số hóa"


@dataclass(frozen=True, slots=True)
class Beside:
    """What else to write; None is left out."""

    hocr: Path | None = None
    """The text as hOCR."""
    alto: Path | None = None
    """The text as ALTO."""
    access: Path | None = None
    """The reading copy, a small PDF/A-2u."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files asked for."""
        return tuple(path for path in (self.hocr, self.alto, self.access) if path)


@dataclass(frozen=True, slots=True)
class Searchable:
    """What was made, and what a person should know of it."""

    pdf: BoundPdf
    notes: tuple[tuple[int, str], ...]
    """Page and key of `dossier.notes.NOTES`, or of `dossier.doubts.DOUBTS` where it is a doubt."""


def make_searchable(source: Path, target: Path, settings: Settings, beside: Beside | None = None) -> Searchable:
    """Read every page of ``source`` and write ``target``, and what is asked for beside it.

    Raises:
        InputRefused: the file cannot be opened.
        PageFailed: a page could not be read; nothing is written, because a PDF without a page would mislead.
        Misconfigured: a target is the scan itself, which would be gone, or another target, or cannot be written.
    """
    beside = beside or Beside()
    _all_different(source, (target, *beside.paths))
    with _open_cage(settings) as cage:
        sound = examine(source, Limits(max_pages=settings.max_pages, max_pixels=settings.max_pixels), cage)
        options = ReadOptions(settings.ocr_engine, settings.ocr_languages)
        pages = read_pages(source, range(1, sound.pages + 1), options, cage)
        read = [page for page in pages if isinstance(page, ReadPage)]
        if len(read) != len(pages):
            lost = next(page for page in pages if not isinstance(page, ReadPage))
            raise PageFailed(f"page {lost.number}: {lost.code}")
        bound = cage.run(partial(errands.bind, into=target, title=_TITLE), source, tuple(read))
        if beside.access:
            cage.run(partial(errands.bind_access, into=beside.access), tuple(_light_pages(source, read, cage)))
    if beside.hocr or beside.alto:
        _write_text(read, beside)
    return Searchable(bound, tuple((page.number, note) for page in read for note in _notes_of(page)))


def noted(notes: Sequence[tuple[int, str]]) -> list[tuple[str, Doubt]]:
    """For each kind of note the pages, for example ``1, 3``, and its words."""
    pages: dict[str, list[str]] = {}
    for page, key in notes:
        pages.setdefault(key, []).append(str(page))
    return [(", ".join(numbers), (NOTES | DOUBTS)[key]) for key, numbers in pages.items()]


def _notes_of(page: ReadPage) -> tuple[str, ...]:
    return (*page.notes, *(() if page.turn_sure else ("turn_unsure",)), *(("damaged_picture",) if page.damaged else ()))


def _open_cage(settings: Settings) -> Cage:
    libraries = (*PRELOAD, "ocr.bind")  # read in the keeper it costs a third less than in a worker: no collector looks on
    return Cage(cores=settings.cores, seconds=settings.page_seconds, memory_mb=settings.page_memory_mb, preload=libraries)


def _all_different(source: Path, targets: Sequence[Path]) -> None:
    if any(target.exists() and target.samefile(source) for target in targets):
        raise Misconfigured("the target is the source")
    if len({target.resolve() for target in targets}) != len(targets):
        raise Misconfigured("two targets are one file")


def _light_pages(source: Path, pages: Sequence[ReadPage], cage: Cage) -> list[LightPage]:
    """Each page in its own call: a long file must not run into the time limit of one page."""
    light = []
    for result in cage.map(partial(errands.lighten, source), pages):
        if isinstance(result, DossierError):
            raise result
        light.append(result)
    return light


def _write_text(pages: Sequence[ReadPage], beside: Beside) -> None:
    from ocr.alto import write_alto  # noqa: PLC0415 - few ask for it, and all would wait for its libraries
    from ocr.hocr import write_hocr  # noqa: PLC0415

    try:
        if beside.hocr:
            write_hocr(pages, beside.hocr)
        if beside.alto:
            write_alto(pages, beside.alto)
    except OSError as error:
        raise Misconfigured(f"--hocr, --alto: {type(error).__name__}") from error
