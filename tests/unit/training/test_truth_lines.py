import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr.ink import Pixels
from training.truth_lines import cut, truth_lines

Folder = Callable[..., Path]

LINE: dict[str, Any] = {"text": "Lê Lợi", "quad": [40, 30, 140, 30, 140, 50, 40, 50], "kind": "print"}
PAGE = {"index": 1, "type": "letter", "mode": "gray", "dpi": 100, "level": "clean", "rotation": 0}


@pytest.fixture
def sheet() -> Pixels:
    """Black where the line is, with a white notch at its left top, gray elsewhere."""
    gray = np.full((90, 200), 200, np.uint8)
    gray[30:50, 40:140] = 0
    gray[30:36, 40:46] = 255
    return gray


@pytest.fixture
def folder(tmp_path: Path, sheet: Pixels) -> Folder:
    """A truth folder of one page; its truth can be changed by the test."""
    Image.fromarray(sheet).save(tmp_path / "Đơn.png")

    def write(*files: dict[str, Any]) -> Path:
        named = [{"file": "Đơn.png", "duplicate_of": None, **file} for file in files]
        (tmp_path / "truth.json").write_text(json.dumps({"files": named}), encoding="utf-8")
        return tmp_path

    return write


def test_a_level_line_is_cut_out_with_its_margins_and_not_resampled(sheet: Pixels) -> None:
    crop = cut(sheet, LINE["quad"])

    assert np.array_equal(crop, sheet[29:51, 38:142])


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_gives_the_same_crop(sheet: Pixels, turn: int) -> None:
    height, width = sheet.shape
    corners = np.array(LINE["quad"], float).reshape(4, 2)
    for _ in range(turn // 90):
        corners = np.stack([height - corners[:, 1], corners[:, 0]], axis=1)
        height, width = width, height
    turned = np.ascontiguousarray(np.rot90(sheet, -turn // 90))

    assert np.array_equal(cut(turned, corners.ravel().tolist(), turn=turn), cut(sheet, LINE["quad"]))


def test_a_skewed_line_is_warped_upright(sheet: Pixels) -> None:
    spin = cv2.getRotationMatrix2D((90, 40), -4, 1)
    skewed = cv2.warpAffine(sheet, spin, (200, 90), borderMode=cv2.BORDER_REPLICATE)
    quad = cv2.transform(np.array(LINE["quad"], np.float64).reshape(1, 4, 2), spin).ravel().tolist()

    crop = cut(skewed, quad)

    assert crop.shape == (22, 105)
    assert crop[3:5, 4:7].min() > 180
    assert crop[10:18, 10:95].max() < 60


def test_a_line_at_the_edge_of_the_page_is_cut_at_the_edge(sheet: Pixels) -> None:
    assert cut(sheet, [0, 0, 100, 0, 100, 20, 0, 20]).shape == (21, 102)


def test_a_line_says_where_it_stands_and_what_it_is(folder: Folder) -> None:
    (line,) = truth_lines(folder({"pages": [{**PAGE, "lines": [LINE]}]}))

    assert (line.text, line.kind, line.level, line.mode, line.dpi) == ("Lê Lợi", "print", "clean", "gray", "100")
    assert (line.page_kind, line.file, line.page) == ("letter", 0, 1)
    assert line.crop.shape == (22, 104)


def test_what_the_truth_does_not_say_stays_unknown(folder: Folder) -> None:
    (line,) = truth_lines(folder({"pages": [{**PAGE, "lines": [LINE]}]}))

    assert (line.ink, line.seen) == ("?", None)


def test_duplicates_and_empty_pages_give_no_lines(folder: Folder) -> None:
    copy = {"duplicate_of": "other.png", "pages": [{**PAGE, "lines": [LINE]}]}

    assert list(truth_lines(folder(copy, {"pages": [{**PAGE, "lines": []}]}))) == []


def test_a_fax_line_is_stretched_to_square_pixels(folder: Folder) -> None:
    (line,) = truth_lines(folder({"pages": [{**PAGE, "dpi": 100, "dpi_down": 50, "lines": [LINE]}]}))

    assert line.dpi == "100x50"
    assert line.crop.shape == (44, 110)


def test_the_truth_may_spell_a_file_name_in_parts(folder: Folder) -> None:
    assert len(list(truth_lines(folder({"file": "Đơn.png", "pages": [{**PAGE, "lines": [LINE]}]})))) == 1
