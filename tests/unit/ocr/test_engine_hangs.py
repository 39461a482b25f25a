"""A page whose engine never comes back: killed with all it started, said so, and the other pages are read."""

from __future__ import annotations

import os
import shutil
import stat
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image

from dossier.errors import PageTimeout
from dossier.values import Document, FailedPage, ReadPage
from ocr.cage import Cage
from ocr.engine_tesserocr import TesserocrEngine
from ocr.read import ReadOptions, read_pages
from tests.twins.drawn_pages import letter

PATH = os.environ["PATH"]  # noqa: TID251 - the program that hangs stands before the real one


@pytest.fixture
def note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tesseract that hangs at the first page with a sleeping child, whose number it notes, and then works."""
    real, program, note = shutil.which("tesseract"), tmp_path / "bin" / "tesseract", tmp_path / "note"
    program.parent.mkdir()
    hang = f'if [ "$1" != --list-langs ] && [ ! -e {note} ]; then sleep 300 & echo $! > {note}; wait; fi'
    program.write_text(f'#!/bin/sh\n{hang}\nexec {real} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:{PATH}")
    return note


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "two.tif"
    first, second = Image.fromarray(letter(150)), Image.fromarray(letter(150, lines=("Trang thứ hai", "đọc được") * 5))
    first.save(path, save_all=True, append_images=[second], dpi=(150, 150))
    return path


def is_gone(pid: int) -> bool:
    end = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE and time.monotonic() < end:
        time.sleep(0.02)
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize(("cage_seconds", "engine_seconds"), [(6.0, 60.0), (60.0, 3.0)], ids=["by the cage", "by itself"])
def test_a_page_that_hangs_is_ended_with_its_children_and_the_next_is_read(
    note: Path, file: Path, cage_seconds: float, engine_seconds: float
) -> None:
    with Cage(cores=1, seconds=cage_seconds) as cage:
        first, second = read_pages(file, (1, 2), ReadOptions("tesseract", seconds=engine_seconds), cage)

        assert is_gone(int(note.read_text()))
    assert first == FailedPage(1, "OCR_TIMEOUT")
    assert isinstance(second, ReadPage)
    assert "Trang thứ hai" in second.text
    assert Document((first, second)).text == second.text  # no word in the text stands for the page that is missing


def test_the_library_gives_up_in_time_and_reads_the_next_page_whole() -> None:
    page, engine = letter(200), TesserocrEngine()
    whole = engine.read(page, 200)

    with pytest.raises(PageTimeout, match="OCR_TIMEOUT"):
        TesserocrEngine(seconds=0.001).read(page, 200)
    assert engine.read(page, 200) == whole
