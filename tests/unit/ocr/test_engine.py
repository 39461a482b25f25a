"""Tesseract behind the engine interface, and what happens when the program misbehaves."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from dossier.errors import Misconfigured, PageDied, PageTimeout, PageUnreadable
from ocr.engine_tesseract import TesseractEngine
from tests.twins.drawn_pages import letter

HABITS = """case "$1" in
--version) echo tesseract 5.3.0; exit 0 ;;
--list-langs) echo vie; exit 0 ;;
esac
"""


def program(folder: Path, body: str) -> str:
    """A program that stands in for tesseract: it knows its version, then does as told ($2 is its output's base)."""
    path = folder / "tesseract-twin"
    path.write_text(f"#!/bin/sh\n{HABITS}{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_vietnamese_is_read_with_boxes_and_confidence() -> None:
    lines = TesseractEngine("vie").read(letter(200, lines=("Độc lập - Tự do - Hạnh phúc", "Ủy ban nhân dân phường")), 200)

    assert [line.text for line in lines] == ["Độc lập - Tự do - Hạnh phúc", "Ủy ban nhân dân phường"]
    words = [word for line in lines for word in line.words]
    assert all(0.5 < word.confidence <= 1.0 for word in words)
    first = words[0].box
    assert 190 < first.left < 215
    assert 190 < first.top < 240
    assert first.right > first.left + 30


def test_a_missing_program_names_the_package_to_install() -> None:
    with pytest.raises(Misconfigured, match="apt-get install tesseract-ocr"):
        TesseractEngine(program="/nonexistent/tesseract").read(letter(100), 100)


def test_a_missing_language_names_the_package_to_install() -> None:
    with pytest.raises(Misconfigured, match="apt-get install tesseract-ocr-xyz"):
        TesseractEngine("vie+xyz").read(letter(100), 100)


def test_a_hanging_program_is_ended_in_time(tmp_path: Path) -> None:
    start = time.monotonic()

    with pytest.raises(PageTimeout):
        TesseractEngine(seconds=0.5, program=program(tmp_path, "exec sleep 60")).read(letter(100), 100)
    assert time.monotonic() - start < 5


def test_a_crashing_program_is_a_result_of_the_page(tmp_path: Path) -> None:
    with pytest.raises(PageDied):
        TesseractEngine(program=program(tmp_path, "kill -SEGV $$")).read(letter(100), 100)


def test_a_program_that_gives_up_is_a_result_of_the_page(tmp_path: Path) -> None:
    with pytest.raises(PageUnreadable, match="3"):
        TesseractEngine(program=program(tmp_path, "exit 3")).read(letter(100), 100)


def test_broken_letters_are_a_result_of_the_page(tmp_path: Path) -> None:
    with pytest.raises(PageUnreadable):
        TesseractEngine(program=program(tmp_path, r'''printf '\377\376' > "$2.tsv"''')).read(letter(100), 100)


def test_broken_rows_are_left_out_and_text_is_composed(tmp_path: Path) -> None:
    row = r"5\t1\t1\t1\t1\t1\t10\t20\t30\t40\t96.5\tVie\314\243\314\202t"
    body = rf"""printf 'head\n5\t1\tbroken\n{row}\n5\t1\t1\t1\t1\t2\t10\t20\t30\t40\t95\t \n' > "$2.tsv" """

    (line,) = TesseractEngine(program=program(tmp_path, body)).read(letter(100), 100)

    (word,) = line.words
    assert word.text == "Việt"
    assert word.confidence == pytest.approx(0.965)
    assert (word.box.left, word.box.bottom) == (10, 60)
