"""What each preparation is good for: a damaged page is read with it and without it, and the words found are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image

from dossier.values import Line, ReadPage
from ocr.clean import Way, clean
from ocr.engine_own import OwnEngine
from ocr.ink import Pixels
from ocr.read import read_scan
from ocr.scans import open_scan
from ocr.sheet import Sheet
from tests.twins.drawn_pages import TEXT, blank, letter, noisy, red_seal, skewed, turned

WORDS = " ".join(TEXT).split()
PAGE = letter(200)


def read_in_full(folder: Path, page: Pixels, dpi: int = 200) -> ReadPage:
    """Read the picture as the pipeline does: codes, turn, preparation, engine, second way."""
    path = folder / "page.png"
    Image.fromarray(page).save(path, dpi=(dpi, dpi))
    return read_scan(open_scan(path, 1), OwnEngine.open())


def read_prepared(page: Pixels, way: Way = "soft", dpi: int = 200) -> tuple[Line, ...]:
    """Prepare a page that stands upright and read it once."""
    cleaned = clean(page, dpi=dpi, turn=0, skew_deg=0.0, way=way)
    return OwnEngine.open().read(cleaned.image, cleaned.dpi)


def words_of(lines: tuple[Line, ...]) -> list[str]:
    return [word.text for line in lines for word in line.words]


def found(lines: tuple[Line, ...], words: list[str] = WORDS) -> float:
    """Share of the words of the page that were read, 0 to 1."""
    return (Counter(words) & Counter(words_of(lines))).total() / len(words)


def right(lines: tuple[Line, ...], words: list[str] = WORDS) -> float:
    """Share of what was read that stands on the page, 0 to 1."""
    return (Counter(words) & Counter(words_of(lines))).total() / max(1, len(words_of(lines)))


@pytest.fixture
def switch_off(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make a step, named by its import path, give back its first argument."""
    return lambda step: monkeypatch.setattr(step, lambda picture, *_, **__: picture)


def with_bleed(strength: float, shift: int = 1000) -> Pixels:
    """The page with print of its other side below its text."""
    behind = np.roll(cv2.GaussianBlur(PAGE[:, ::-1], (0, 0), 1.5), shift, axis=0)
    return noisy(np.minimum(PAGE, 255 - ((255 - behind) * strength).astype(np.uint8)), 1, 2)


def in_red(page: Pixels, rows: slice) -> Pixels:
    """The page in colour, some rows in red ink."""
    sheet = cv2.cvtColor(page, cv2.COLOR_GRAY2RGB)
    sheet[rows, :, 0] = np.maximum(sheet[rows, :, 0], 240)
    return np.asarray(sheet, np.uint8)


def dithered(page: Pixels) -> Pixels:
    """Gray ink on grayish paper as error diffusion stores it in black and white."""
    gray = np.clip(page, 90, 200)
    return np.asarray(Image.fromarray(gray).convert("1"), np.uint8) * np.uint8(255)


def test_a_good_page_is_read_whole_by_every_way() -> None:
    ways: tuple[Way, ...] = ("soft", "sharp", "faint")

    assert [found(read_prepared(PAGE, way)) for way in ways] == pytest.approx([1, 1, 1], abs=0.02)


def test_words_under_a_red_seal_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = red_seal(PAGE, 600, 700, 260)
    assert found(read_prepared(sealed)) > 0.99

    monkeypatch.setattr("ocr.clean.gray_without_seals", lambda pixels, _: cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))

    assert found(read_prepared(sealed)) < 0.92


def test_a_red_title_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    titled = in_red(PAGE, slice(190, 330))
    assert found(read_prepared(titled)) > 0.97

    monkeypatch.setattr("ocr.clean.gray_without_seals", lambda pixels, _: pixels[:, :, 0].copy())

    assert found(read_prepared(titled)) < 0.93


def test_a_skewed_page_is_straightened(tmp_path: Path, switch_off: Callable[[str], None]) -> None:
    page = skewed(PAGE, 4.0)
    assert found(read_in_full(tmp_path, page).lines) > 0.97

    switch_off("ocr.clean.straighten")

    assert found(read_in_full(tmp_path, page).lines) < 0.7


def test_a_turned_page_is_turned_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = turned(PAGE, 90)
    assert found(read_in_full(tmp_path, page).lines) > 0.97

    monkeypatch.setattr("ocr.clean.cv2.rotate", lambda picture, _: picture)

    assert found(read_in_full(tmp_path, page).lines) < 0.1


def test_an_unevenly_lit_page_is_flattened(switch_off: Callable[[str], None]) -> None:
    shade = np.linspace(0.45, 1, PAGE.shape[1], dtype=np.float32)
    shaded = (PAGE * shade).astype(np.uint8)
    assert found(read_prepared(shaded)) > 0.97

    switch_off("ocr.clean.flatten")

    assert found(read_prepared(shaded)) < 0.7


def test_print_of_the_other_side_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    page = with_bleed(0.4)
    with_care = read_prepared(page)

    monkeypatch.setattr(OwnEngine, "_without_back", lambda self, image, lines, read: list(read))

    assert found(with_care) > 0.97
    assert right(with_care) > right(read_prepared(page)) + 0.15


def test_the_sharp_way_takes_print_of_the_other_side_out() -> None:
    page = with_bleed(0.35)

    assert right(read_prepared(page, "sharp")) > 0.97
    assert right(read_prepared(page, "sharp")) > right(read_prepared(page, "soft"))


def test_a_dithered_page_is_smoothed(switch_off: Callable[[str], None]) -> None:
    page = dithered(PAGE)
    smoothed = found(read_prepared(page))

    switch_off("ocr.clean._smooth")

    assert smoothed > 0.99
    assert smoothed > found(read_prepared(page))


def test_smoothing_does_a_black_and_white_page_no_harm() -> None:
    assert found(read_prepared(np.where(PAGE < 128, np.uint8(0), np.uint8(255)))) > 0.99


def test_a_faint_page_is_stretched() -> None:
    page = noisy(letter(200, ink=230), 1, 2)

    assert found(read_prepared(page, "faint")) > 0.97
    assert found(read_prepared(page, "soft")) < 0.1


def test_a_dark_border_beside_the_text_is_not_read_and_does_no_harm() -> None:
    page = np.roll(PAGE, -165, axis=1)
    page[:, :16], page[:20], page[-30:] = 20, 25, 15
    page[:, -70:] = noisy(np.full((page.shape[0], 70), 60, np.uint8), 2, 30.0)

    assert found(read_prepared(page)) > 0.97
    assert right(read_prepared(page)) > 0.97


def test_an_empty_sheet_in_a_dark_border_is_blank(tmp_path: Path, switch_off: Callable[[str], None]) -> None:
    page = blank(200)
    page[:, -70:], page[-60:] = 30, 30
    assert read_in_full(tmp_path, page).blank

    switch_off("ocr.ink.without_borders")

    assert not read_in_full(tmp_path, page).blank


def test_a_qr_code_is_painted_over_and_not_read_as_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = PAGE.copy()
    code = np.asarray(
        zxingcpp.create_barcode("H62.00-240101-0001|000000000000", zxingcpp.BarcodeFormat.QRCode).to_image(scale=7)
    )
    page[1600 : 1600 + code.shape[0], 300 : 300 + code.shape[1]] = code
    read = read_in_full(tmp_path, page)

    monkeypatch.setattr(Sheet, "without", lambda self, _: self)

    assert [found_code.kind for found_code in read.codes] == ["qr"]
    assert right(read.lines) > 0.99
    assert right(read_in_full(tmp_path, page).lines) < right(read.lines)


def test_a_scan_of_100_dpi_is_read_and_marked(tmp_path: Path) -> None:
    read = read_in_full(tmp_path, letter(100), 100)

    assert found(read.lines) > 0.95
    assert "low_resolution" in read.notes


def test_white_paper_has_no_words_and_is_blank(tmp_path: Path) -> None:
    assert read_prepared(blank(200)) == ()
    assert read_in_full(tmp_path, blank(200)).blank
