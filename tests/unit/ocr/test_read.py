"""A page from file to words; a worse reading is never chosen."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from dossier.errors import Misconfigured
from dossier.values import FailedPage, ReadPage
from ocr.cage import Cage
from ocr.ink import Pixels
from ocr.read import ReadOptions, read_page, read_pages, read_scan
from ocr.scans import Scan, open_scan
from tests.twins.drawn_pages import DIGITS, blank, letter, noisy, skewed, turned
from tests.twins.engines import BabblingEngine, ScriptedEngine, SilentEngine, line

GOOD, FAIR, BAD = (line("Độc lập Tự do Hạnh phúc", confidence) for confidence in (0.95, 0.6, 0.3))


def stored(folder: Path, page: Pixels, dpi: int = 200) -> Path:
    path = folder / "page.png"
    Image.fromarray(page).save(path, dpi=(dpi, dpi))
    return path


def scan(folder: Path, page: Pixels) -> Scan:
    return open_scan(stored(folder, page), 1)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_skewed_page_is_read_with_boxes_in_the_upright_frame(tmp_path: Path, degrees: int) -> None:
    page = turned(noisy(skewed(letter(200), 2.0), 1), degrees)

    read = read_page(stored(tmp_path, page), 1, ReadOptions())

    assert (read.turn, read.turn_sure) == (degrees, True)
    assert read.skew_deg == pytest.approx(2.0, abs=0.15)
    assert (read.width, read.height) == (1654, 2338)
    assert "Căn cứ Luật Tổ chức chính quyền địa phương" in read.text
    first = next(read.words)
    assert first.text == "CỘNG"
    assert (first.box.left, first.box.top) == (pytest.approx(200, abs=12), pytest.approx(203, abs=12))


def test_a_blank_page_is_not_read(tmp_path: Path) -> None:
    engine = ScriptedEngine([(GOOD,)])

    read = read_scan(scan(tmp_path, noisy(blank(150), 1)), engine)

    assert (read.blank, read.lines, engine.shown) == (True, (), [])


def test_good_print_is_read_once(tmp_path: Path) -> None:
    engine = ScriptedEngine([(GOOD,)])
    read_scan(scan(tmp_path, letter(200)), engine)

    assert len(engine.shown) == 1


def test_weak_words_are_read_again_the_other_way_and_the_better_reading_is_kept(tmp_path: Path) -> None:
    read = read_scan(scan(tmp_path, letter(200)), ScriptedEngine([(FAIR,), (GOOD,)]))

    assert read.confidence == pytest.approx(0.95)


def test_a_worse_second_reading_is_not_chosen(tmp_path: Path) -> None:
    read = read_scan(scan(tmp_path, letter(200)), ScriptedEngine([(FAIR,), (BAD,)]))

    assert read.confidence == pytest.approx(0.6)


def test_a_surer_reading_of_fewer_words_is_not_chosen(tmp_path: Path) -> None:
    read = read_scan(scan(tmp_path, letter(200)), ScriptedEngine([(FAIR, FAIR, FAIR), (line("Độc", 0.99),)]))

    assert len(read.lines) == 3


def test_babble_makes_no_page_sure(tmp_path: Path) -> None:
    digits = letter(200, lines=DIGITS)

    read = read_scan(scan(tmp_path, digits), BabblingEngine())

    assert not read.turn_sure
    assert read.confidence < 0.3


def test_where_the_look_leaves_a_doubt_reading_decides_which_way_is_up(tmp_path: Path) -> None:
    digits = letter(200, lines=DIGITS)
    first = read_scan(scan(tmp_path, digits), ScriptedEngine([(GOOD,), (BAD,)]))
    second = read_scan(scan(tmp_path, digits), ScriptedEngine([(BAD,), (GOOD,)]))

    assert {first.turn, second.turn} == {0, 180}
    assert first.turn_sure
    assert second.turn_sure


def test_a_page_on_which_nothing_is_read_is_not_blank(tmp_path: Path) -> None:
    read = read_scan(scan(tmp_path, letter(200, lines=("...",))), SilentEngine())

    assert (read.blank, read.lines, read.confidence) == (False, (), 0.0)


def test_print_that_shines_through_makes_a_page_blank(tmp_path: Path) -> None:
    behind = cv2.GaussianBlur(letter(200)[:, ::-1], (0, 0), 1.5)
    page = np.clip(255 - (255 - behind.astype(np.float32)) * 0.14, 0, 255).astype(np.uint8)

    assert read_page(stored(tmp_path, noisy(page, 1, 2.0)), 1, ReadOptions()).blank


def test_the_same_faint_print_on_this_side_is_no_blank_page(tmp_path: Path) -> None:
    front = cv2.GaussianBlur(letter(200), (0, 0), 1.0)
    page = np.clip(255 - (255 - front.astype(np.float32)) * 0.14, 0, 255).astype(np.uint8)

    read = read_page(stored(tmp_path, noisy(page, 1, 2.0)), 1, ReadOptions())

    assert not read.blank
    assert "Độc lập" in read.text


def test_a_page_that_fails_is_a_result_and_the_others_go_on(tmp_path: Path) -> None:
    path = tmp_path / "pages.tif"
    first, second = (Image.fromarray(page) for page in (letter(100), blank(100)))
    first.save(path, save_all=True, append_images=[second], dpi=(100, 100))

    with Cage(cores=2, seconds=60) as cage:
        pages = read_pages(path, (1, 7, 2), ReadOptions(), cage)

    assert [type(page) for page in pages] == [ReadPage, FailedPage, ReadPage]
    assert pages[1] == FailedPage(7, "PAGE_UNREADABLE")


def test_a_missing_language_stops_the_run_and_blames_no_page(tmp_path: Path) -> None:
    with Cage(cores=1, seconds=60) as cage, pytest.raises(Misconfigured, match="tesseract-ocr-xyz"):
        read_pages(stored(tmp_path, letter(100)), (1,), ReadOptions("tesseract", languages="xyz"), cage)
