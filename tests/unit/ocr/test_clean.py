"""What reading gets to see: upright, straight, evenly lit, without seals and scanner borders."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dossier.values import Box
from ocr.clean import clean, straighten
from ocr.ink import without_borders
from tests.twins.drawn_pages import blank, letter, noisy, red_seal, skewed, turned


def darkness(image: np.ndarray) -> float:
    return float((255 - image.astype(np.float32)).mean())


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    small = [
        cv2.GaussianBlur(cv2.resize(image, (827, 1169), interpolation=cv2.INTER_AREA), (0, 0), 1.5)
        for image in (one, other)
    ]
    return float(np.corrcoef(small[0].ravel(), small[1].ravel())[0, 1])


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_turn_and_skew_are_undone(degrees: int) -> None:
    page = letter(200)
    stored = turned(skewed(page, 3.0), degrees)

    cleaned = clean(stored, dpi=200, turn=degrees, skew_deg=3.0)  # type: ignore[arg-type]

    assert likeness(cleaned.image, page) > 0.95
    assert likeness(clean(stored, dpi=200, turn=degrees, skew_deg=-3.0).image, page) < 0.7  # type: ignore[arg-type]


def test_the_canvas_keeps_its_size_when_straightened() -> None:
    assert straighten(blank(100), 5.0).shape == blank(100).shape


def test_a_box_comes_back_to_pixels_of_the_stored_picture() -> None:
    cleaned = clean(letter(300), dpi=300, turn=0, skew_deg=0.0, wanted_dpi=200)

    assert cleaned.image.shape == pytest.approx((2338, 1654), abs=2)
    assert cleaned.in_upright_frame(Box(200, 100, 400, 300)).right == pytest.approx(600)


def test_a_red_seal_over_text_vanishes() -> None:
    page = letter(200)
    sealed = red_seal(page, 800, 700, 200)

    cleaned = clean(sealed, dpi=200, turn=0, skew_deg=0.0, way="sharp").image
    bare = clean(page, dpi=200, turn=0, skew_deg=0.0, way="sharp").image

    assert likeness(cleaned, bare) > 0.97


def test_shadows_are_flattened() -> None:
    shade = np.linspace(0.45, 1.0, 1654, dtype=np.float32)
    shaded = (letter(200) * shade).astype(np.uint8)

    cleaned = clean(shaded, dpi=200, turn=0, skew_deg=0.0).image

    assert np.percentile(cleaned[:, 20:200], 20) > 235


def test_the_dark_frame_around_the_paper_is_painted_over_and_text_near_it_stays() -> None:
    page = letter(200)
    page = np.roll(page, -170, axis=1)  # text starts 30 pixels from the edge
    framed = page.copy()
    framed[:, :12], framed[-20:] = 20, 20

    painted = without_borders(framed, 200)

    assert painted[1000, 5] > 200
    assert painted[-10, 800] > 200
    assert likeness(painted, page) > 0.97


def test_a_page_that_is_dark_all_over_is_left_as_it_is() -> None:
    dark = np.full((800, 600), 30, np.uint8)

    assert (without_borders(dark, 100) == dark).all()


def test_print_that_shines_through_is_taken_out_by_the_sharp_way() -> None:
    behind = cv2.GaussianBlur(letter(200)[::-1, ::-1], (0, 0), 1.5)
    page = np.minimum(letter(200), 255 - ((255 - behind) * 0.15).astype(np.uint8))

    soft, sharp = (clean(noisy(page, 1, 2), dpi=200, turn=0, skew_deg=0.0, way=way).image for way in ("soft", "sharp"))
    lower_half = slice(1500, 2100)  # only the other side has text there

    assert darkness(sharp[lower_half]) < 0.3 * darkness(soft[lower_half])


def test_bilevel_pages_are_not_binarised_again() -> None:
    bilevel = np.where(letter(300) < 128, 0, 255).astype(np.uint8)

    cleaned = clean(bilevel, dpi=300, turn=0, skew_deg=0.0).image

    assert len(np.unique(cleaned)) > 10


def test_a_scan_of_600_dpi_is_halved_and_its_boxes_come_back() -> None:
    cleaned = clean(letter(600), dpi=600, turn=0, skew_deg=0.0)

    assert cleaned.dpi == pytest.approx(300, abs=0.1)
    assert cleaned.in_upright_frame(Box(200, 100, 400, 300)).right == pytest.approx(800, abs=1)


def test_a_dithered_page_becomes_gray_again() -> None:
    shade = np.clip(letter(200).astype(np.int16), 90, 200)
    noise = np.random.default_rng(4).integers(0, 255, shade.shape)
    dithered = np.where(shade > noise, 255, 0).astype(np.uint8)

    cleaned = clean(dithered, dpi=200, turn=0, skew_deg=0.0).image

    assert likeness(cleaned, letter(200)) > likeness(cv2.GaussianBlur(dithered, (0, 0), 0.6), letter(200)) - 0.01
    assert np.std(cleaned[2200:2300, 200:1400]) < 45
