"""A picture whose decoder had to fill something in is told from a whole one."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from ocr.complaints import heard, speak_of_damage
from ocr.read import ReadOptions, read_page
from tests.twins.drawn_pages import blank, letter


def _jpeg(pixels: object) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "JPEG", quality=80, dpi=(200, 200))  # type: ignore[arg-type]
    return target.getvalue()


def _with_hole(whole: bytes) -> bytes:
    """Without some bytes in the middle: nothing but the decoder can tell."""
    middle = len(whole) // 2
    return whole[:middle] + whole[middle + 2000 :]


def _g4(pixels: object) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).convert("1").save(target, "TIFF", compression="group4", dpi=(200, 200))  # type: ignore[arg-type]
    return target.getvalue()


def _scratched(whole: bytes) -> bytes:
    middle = len(whole) // 2
    return whole[:middle] + b"\x55" * 40 + whole[middle + 40 :]


@pytest.mark.parametrize(
    ("content", "damaged"),
    [
        (_jpeg(letter()), False),
        (_with_hole(_jpeg(letter())), True),
        (_g4(letter()), False),
        (_scratched(_g4(letter())), True),
    ],
    ids=["jpeg", "jpeg with a hole", "g4", "g4 with a scratch"],
)
def test_a_page_knows_that_its_picture_is_damaged(tmp_path: Path, content: bytes, *, damaged: bool) -> None:
    source = tmp_path / "scan"
    source.write_bytes(content)

    assert read_page(source, 1, ReadOptions()).damaged is damaged


def test_a_damaged_page_is_never_called_blank(tmp_path: Path) -> None:
    source = tmp_path / "scan"
    source.write_bytes(_with_hole(_jpeg(blank())))

    page = read_page(source, 1, ReadOptions())

    assert page.damaged
    assert not page.blank


def test_habits_of_scanners_are_no_damage() -> None:
    assert not speak_of_damage(
        ["TIFFReadDirectory: Warning, Unknown field with tag 37680", "libpng warning: iCCP: known incorrect sRGB profile"]
    )


def test_words_of_c_libraries_are_heard_and_standard_error_comes_back(capfd: pytest.CaptureFixture[str]) -> None:
    with heard() as lines:
        os.write(2, b"Corrupt JPEG data: premature end of data segment\n")
    os.write(2, b"after\n")

    assert lines == ["Corrupt JPEG data: premature end of data segment"]
    assert capfd.readouterr().err == "after\n"
