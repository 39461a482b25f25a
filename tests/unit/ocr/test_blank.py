"""Blank pages are found by their look; the least writing keeps a page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.blank import judge
from ocr.ink import Pixels, look
from tests.twins.drawn_pages import blank, letter, noisy, red_seal, skewed


def with_dirt(page: Pixels) -> Pixels:
    """Punch holes, a dark scanner border and dust."""
    dirty = page.copy()
    dirty[:, :14] = 30
    dirty[-10:] = 20
    for top in (700, 1500):
        cv2.circle(dirty, (90, top), 24, 25, -1)
    for left, top in np.random.default_rng(5).integers(100, 1500, (25, 2)):
        dirty[top, left] = 0
    return dirty


@pytest.mark.parametrize("sigma", [0.0, 3.0, 5.0])
def test_an_empty_sheet_is_blank(sigma: float) -> None:
    assert judge(look(noisy(blank(200), 1, sigma), 200)) == "blank"


def test_holes_borders_and_dust_do_not_make_a_page() -> None:
    assert judge(look(noisy(with_dirt(blank(200)), 1, 3.0), 200)) == "blank"


def test_a_yellowed_shaded_sheet_is_blank() -> None:
    shade = np.linspace(200, 245, 1654)[None, :, None] * np.array([1.0, 0.96, 0.85])
    sheet = np.broadcast_to(shade, (2338, 1654, 3)).astype(np.uint8)

    assert judge(look(noisy(sheet, 2, 2.0), 200)) == "blank"


@pytest.mark.parametrize("words", ["- 2 -", "Đã nhận đủ hồ sơ"])
@pytest.mark.parametrize("angle", [0.0, 3.0])
def test_one_line_of_text_is_never_blank(words: str, angle: float) -> None:
    page = noisy(with_dirt(skewed(letter(200, lines=(words,)), angle)), 3)

    assert judge(look(page, 200)) == "written"


def test_a_faint_red_seal_is_never_blank() -> None:
    page = red_seal(blank(200), 900, 1500, 150, colour=(245, 205, 208))

    assert judge(look(noisy(page, 4, 2.0), 200)) == "written"


def test_a_faint_gray_seal_is_not_called_blank() -> None:
    page = blank(200)
    cv2.circle(page, (900, 1500), 150, 225, 8)

    assert judge(look(noisy(page, 4, 2.0), 200)) == "faint"


def test_print_that_shines_through_is_faint() -> None:
    other_side = cv2.GaussianBlur(letter(200)[:, ::-1], (0, 0), 2.0)
    page = np.clip(255 - (255 - other_side.astype(np.float32)) * 0.15, 0, 255).astype(np.uint8)

    assert judge(look(noisy(page, 6, 2.0), 200)) == "faint"


def test_faded_print_is_written() -> None:
    assert judge(look(noisy(letter(200, ink=150), 6, 3.0), 200)) == "written"
