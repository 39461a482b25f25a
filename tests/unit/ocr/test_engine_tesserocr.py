"""Tesseract as a library: what is missing is named, and what it says stays inside."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import tesserocr

from dossier.errors import Misconfigured
from ocr import engine_tesserocr
from ocr.engine_tesserocr import TesserocrEngine
from tests.twins.drawn_pages import letter


def test_a_missing_package_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tesserocr", None)

    with pytest.raises(Misconfigured, match="pip install tesserocr"):
        _ = TesserocrEngine().name


def test_a_missing_language_names_the_package_to_install() -> None:
    with pytest.raises(Misconfigured, match="apt-get install tesseract-ocr-chi-sim"):
        TesserocrEngine("vie+chi_sim").read(letter(100), 100)


def test_missing_language_data_names_the_package_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_tesserocr, "_SYSTEM", tmp_path)

    with pytest.raises(Misconfigured, match="apt-get install tesseract-ocr-vie"):
        TesserocrEngine().read(letter(100), 100)


def test_the_newest_language_data_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("4.00", "10", "9"):
        folder = tmp_path / "tesseract-ocr" / version / "tessdata"
        folder.mkdir(parents=True)
        (folder / "xyz.traineddata").write_bytes(b"broken")
    (tmp_path / "tesseract-ocr" / "11" / "tessdata").mkdir(parents=True)  # nothing in it
    monkeypatch.setattr(engine_tesserocr, "_SYSTEM", tmp_path)
    opened: list[str] = []

    def api(*, path: str, **_: object) -> None:
        opened.append(path)
        raise RuntimeError

    monkeypatch.setattr(tesserocr, "PyTessBaseAPI", api)
    with pytest.raises(Misconfigured, match="cannot be loaded"):
        TesserocrEngine("xyz").read(letter(100), 100)
    assert [Path(path).parent.name for path in opened] == ["10"]


def test_the_languages_are_loaded_once_for_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    page = letter(100)
    first = TesserocrEngine().read(page, 100)
    monkeypatch.setattr(tesserocr, "PyTessBaseAPI", None)  # nobody opens it again

    assert TesserocrEngine(psm=3).read(page, 100) == first


def test_one_line_is_read_as_one_line_where_that_is_asked() -> None:
    strip = letter(200, lines=("Độc lập - Tự do - Hạnh phúc",))[180:260]

    (line,) = TesserocrEngine(psm=7).read(strip, 200)

    assert line.text == "Độc lập - Tự do - Hạnh phúc"


def test_its_complaints_do_not_reach_our_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    TesserocrEngine().read(np.zeros((3, 3), np.uint8), 7)

    assert capfd.readouterr().err == ""
