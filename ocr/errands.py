"""What a cage is sent to do, named without the libraries that do it: those are imported where the errand runs, not here.

Whoever fills a cage imports this module and stays small and quick to start; the keeper of the cage has the libraries ready.
"""

# ruff: noqa: PLC0415 - that is what this module is for

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dossier.values import BoundPdf, Box, ReadPage, Soundness

if TYPE_CHECKING:
    from ocr.access import LightPage
    from ocr.read_pages import ReadOptions
    from ocr.shown import Mark


def check(path: Path, *, max_pixels: int, max_pages: int) -> Soundness:
    """Do as `ocr.triage.check`."""
    from ocr import triage

    return triage.check(path, max_pixels=max_pixels, max_pages=max_pages)


def read_page(path: Path, options: ReadOptions, number: int) -> ReadPage:
    """Do as `ocr.read.read_page`; the number comes last, because all else is the same for all pages of a file."""
    from ocr import read

    return read.read_page(path, number, options)


def bind(source: Path, pages: Sequence[ReadPage], *, into: Path, title: str) -> BoundPdf:
    """Do as `ocr.bind.bind`."""
    from ocr import bind

    return bind.bind(source, pages, into=into, title=title)


def lighten(source: Path, page: ReadPage) -> LightPage:
    """Do as `ocr.access.lighten`."""
    from ocr import access

    return access.lighten(source, page)


def bind_access(pages: Sequence[LightPage], *, into: Path) -> BoundPdf:
    """Do as `ocr.access.bind_access`."""
    from ocr import access

    return access.bind_access(pages, into=into)


def draw(source: Path, page: ReadPage, marks: Sequence[Mark]) -> bytes:
    """Do as `ocr.shown.draw`."""
    from ocr import shown

    return shown.draw(source, page, marks)


def cut(source: Path, page: ReadPage, box: Box) -> bytes:
    """Do as `ocr.shown.cut`."""
    from ocr import shown

    return shown.cut(source, page, box)
