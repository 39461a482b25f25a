"""Red seals go before a page is read; red titles and stamped numbers stay, and so does what lies under a seal."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.ink import Pixels
from ocr.red import gray_without_seals
from tests.twins.drawn_pages import blank, letter, red_seal

RED = (200, 30, 40)


def in_colour(page: Pixels, ink: tuple[int, int, int], rows: slice) -> Pixels:
    """The page with the print of some rows in another ink."""
    sheet = cv2.cvtColor(page, cv2.COLOR_GRAY2RGB).astype(np.float32)
    share = (255 - sheet[rows]) / 235
    sheet[rows] = 255 - share * (255 - np.array(ink, np.float32))
    return sheet.clip(0, 255).astype(np.uint8)


def ink(gray: Pixels) -> float:
    """Sum of darkness."""
    return float((255 - gray.astype(np.float32)).sum())


@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_a_seal_is_nearly_gone_and_the_print_under_it_is_as_dark_as_before(dpi: int) -> None:
    page = letter(dpi)
    sealed = red_seal(page, 3 * dpi, 3 * dpi, round(0.7 * dpi))

    gray = gray_without_seals(sealed, dpi)

    assert ink(np.where(page > 250, gray, 255)) < 0.3 * ink(np.where(page > 250, sealed[:, :, 1], 255))
    assert (gray[page < 60] < 60).all()


@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_a_red_title_is_dark(dpi: int) -> None:
    page = letter(dpi, points=14)
    rows = slice(dpi, round(1.3 * dpi))
    titled = in_colour(page, RED, rows)

    gray = gray_without_seals(titled, dpi)

    assert np.percentile(gray[rows][page[rows] < 60], 95) < 90
    assert np.percentile(titled[rows][page[rows] < 60][:, 0], 5) > 150  # which the red channel alone would lose


def test_a_red_number_beside_a_seal_stays_dark() -> None:
    page = letter(200, lines=("Số: 001234",))
    page_with_seal = np.minimum(in_colour(page, RED, slice(150, 300)), red_seal(blank(200), 900, 1000, 150))

    gray = gray_without_seals(page_with_seal, 200)

    assert np.percentile(gray[page < 60], 95) < 90
    assert gray[850:1150, 750:1050].min() > 180


def test_letters_in_the_ring_of_a_seal_go_with_it() -> None:
    sealed = red_seal(blank(200), 800, 800, 200)

    assert gray_without_seals(sealed, 200).min() > 180


def test_black_and_blue_ink_stay() -> None:
    blue = in_colour(letter(200), (30, 40, 140), slice(None))

    gray = gray_without_seals(blue, 200)

    assert (gray == blue[:, :, 0]).all()
    assert ink(gray) > 0.8 * ink(letter(200))


def test_a_page_on_red_paper_keeps_its_red_channel() -> None:
    page = in_colour(letter(200), (20, 20, 20), slice(None))
    on_red = np.minimum(page, np.array((230, 120, 120), np.uint8))

    assert (gray_without_seals(on_red, 200) == on_red[:, :, 0]).all()


def test_a_gray_page_stays_as_it_is() -> None:
    page = letter(150)

    assert (gray_without_seals(page, 150) == page).all()


def test_the_picture_that_is_kept_is_not_changed() -> None:
    titled = in_colour(letter(200), RED, slice(150, 300))
    before = titled.copy()

    gray_without_seals(titled, 200)

    assert (titled == before).all()
