"""The picture that reading starts from: square pixels, and nothing where a code stood."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dossier.values import Box
from ocr.ink import Pixels
from ocr.scans import Scan, open_scan
from ocr.sheet import Sheet
from tests.twins.drawn_pages import letter


def scanned(folder: Path, page: Pixels, dpi: tuple[int, int]) -> Scan:
    path = folder / "page.tif"
    Image.fromarray(page).save(path, dpi=dpi, compression="tiff_deflate")
    return open_scan(path, 1)


def test_a_page_of_square_pixels_stays_as_it_was_stored(tmp_path: Path) -> None:
    page = letter(100)

    sheet = Sheet.of(scanned(tmp_path, page, (100, 100)))

    assert (sheet.dpi, sheet.across, sheet.down, sheet.is_square) == (100, 1.0, 1.0, True)
    assert (sheet.pixels == page).all()


def test_a_fax_page_gets_square_pixels(tmp_path: Path) -> None:
    fax = np.ascontiguousarray(letter(196)[::2])

    sheet = Sheet.of(scanned(tmp_path, fax, (196, 98)))

    assert (sheet.dpi, sheet.is_square) == (196, False)
    assert (sheet.across, sheet.down) == (1.0, 2.0)
    assert sheet.pixels.shape == (fax.shape[0] * 2, fax.shape[1])


def test_nearly_equal_resolutions_count_as_square(tmp_path: Path) -> None:
    assert Sheet.of(scanned(tmp_path, letter(100), (100, 103))).is_square


@pytest.mark.parametrize("colour", [False, True])
def test_a_place_is_painted_as_paper_and_nothing_else_changes(*, colour: bool) -> None:
    page = np.full((60, 80, 3) if colour else (60, 80), 90, np.uint8)
    sheet = Sheet(page, 200, 1.0, 1.0)

    painted = sheet.without([Box(10.4, 20, 30, 40.5)]).pixels

    assert (painted[20:41, 10:31] == 255).all()
    assert (painted != 255).sum() == painted.size - painted[20:41, 10:31].size
    assert (page == 90).all()


def test_a_place_that_sticks_out_of_the_page_is_painted_as_far_as_it_lies_on_it() -> None:
    sheet = Sheet(np.zeros((40, 40), np.uint8), 200, 1.0, 1.0)

    painted = sheet.without([Box(-8, -3, 5, 4), Box(36, 36, 99, 99)]).pixels

    assert (painted[:5, :6] == 255).all()
    assert (painted[36:, 36:] == 255).all()
    assert (painted[10:30, 10:30] == 0).all()


def test_a_sheet_without_codes_is_not_copied() -> None:
    sheet = Sheet(np.zeros((4, 4), np.uint8), 200, 1.0, 1.0)

    assert sheet.without([]) is sheet
