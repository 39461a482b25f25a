"""`sohoa pdf`: one file to a searchable PDF/A-2u, without any server."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from config.settings import Settings
from dossier.errors import Misconfigured, PageFailed
from dossier.values import BoundPdf, ReadPage
from ocr.bind import bind
from ocr.cage import Cage
from ocr.opening import Limits, examine
from ocr.read import ReadOptions, read_pages

_TITLE = "Tài liệu số hóa"


def make_searchable(source: Path, target: Path, settings: Settings) -> BoundPdf:
    """Read every page of ``source`` and write ``target``.

    Raises:
        InputRefused: the file cannot be opened.
        PageFailed: a page could not be read; nothing is written, because a PDF without a page would mislead.
        Misconfigured: the target is the scan itself, which would be gone.
    """
    if target.exists() and target.samefile(source):
        raise Misconfigured("the target is the source")
    with Cage(cores=settings.cores, seconds=settings.page_seconds, memory_mb=settings.page_memory_mb) as cage:
        sound = examine(source, Limits(max_pages=settings.max_pages, max_pixels=settings.max_pixels), cage)
        pages = read_pages(source, range(1, sound.pages + 1), ReadOptions(languages=settings.ocr_languages), cage)
        read = [page for page in pages if isinstance(page, ReadPage)]
        if len(read) != len(pages):
            lost = next(page for page in pages if not isinstance(page, ReadPage))
            raise PageFailed(f"page {lost.number}: {lost.code}")
        return cage.run(partial(bind, into=target, title=_TITLE), source, tuple(read))
