"""A page in layers keeps print sharp, coloured ink coloured, and no ghost of a letter on the paper."""

from __future__ import annotations

import io

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFilter

from dossier.values import Box, QuarterTurn
from ocr.mrc import Layers, separate
from tests.twins.worded_pages import DPI, draw_page, ink_box, laid_askew

RED, BLUE, PAPER = (200, 25, 35), (35, 50, 150), (246, 244, 238)
SIDE = 900
"""Side of the drawn square pages, pixels at 300 dpi."""


def _scanned(image: Image.Image) -> npt.NDArray[np.uint8]:
    """As a scanner stores it: a little soft, then JPEG."""
    target = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.7)).save(target, "JPEG", quality=75)
    return np.asarray(Image.open(target))


def _sheet(mode: str = "RGB") -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new(mode, (SIDE, SIDE), PAPER if mode == "RGB" else 244)
    return image, ImageDraw.Draw(image)


def _layers(image: Image.Image) -> Layers:
    return separate(_scanned(image), dpi=(300.0, 300.0), turn=0, skew_deg=0.0)


def _soft(layers: Layers, x: int, y: int) -> npt.NDArray[np.float64]:
    """Mean colour of the background around a point, which is given in pixels of the mask."""
    assert layers.background is not None
    part = layers.background[y // 2 - 2 : y // 2 + 3, x // 2 - 2 : x // 2 + 3]
    return np.asarray(part.reshape(-1, *part.shape[2:]).mean(axis=0))


def test_black_print_goes_into_the_mask_and_leaves_the_paper_clean() -> None:
    image, pen = _sheet()
    pen.rectangle((300, 300, 311, 600), fill=(20, 20, 20))
    layers = _layers(image)

    assert ink_box(255 - layers.mask, Box(280, 280, 330, 620), 0) == Box(300, 300, 312, 601)
    assert layers.background is not None
    assert layers.background[150:300, 100:200].min() > 225
    assert max(layers.ink) < 60


def test_a_hairline_of_a_letter_is_not_broken() -> None:
    image, pen = _sheet("L")
    pen.rectangle((300, 300, 309, 360), fill=30)
    pen.rectangle((334, 300, 343, 360), fill=30)
    pen.line((309, 330, 334, 322), fill=90, width=2)
    mask = _layers(image).mask

    assert (mask[315:340, 310:334] > 0).any(axis=0).all()


@pytest.mark.parametrize(("ink", "channel"), [(RED, 0), (BLUE, 2)])
def test_coloured_ink_stays_in_the_background(ink: tuple[int, int, int], channel: int) -> None:
    image, pen = _sheet()
    pen.ellipse((300, 300, 600, 600), outline=ink, width=9)
    pen.line((200, 700, 700, 640), fill=ink, width=4)
    layers = _layers(image)

    assert not layers.mask.any()
    assert int(np.argmax(_soft(layers, 304, 450))) == channel


def test_print_under_a_seal_is_in_the_mask_and_the_seal_in_the_background() -> None:
    image, pen = _sheet()
    pen.rectangle((300, 400, 600, 500), fill=RED)
    pen.rectangle((440, 380, 449, 520), fill=(25, 10, 12))
    layers = _layers(image)

    assert (layers.mask[390:510, 441:448] > 0).mean() > 0.95
    assert not layers.mask[395:505, 310:430].any()
    red, green, _blue = _soft(layers, 380, 450)
    assert red - green > 80


def test_a_dark_picture_is_no_writing() -> None:
    image, pen = _sheet()
    pen.rectangle((200, 200, 700, 700), fill=(30, 34, 31))
    layers = _layers(image)

    assert layers.mask.mean() < 1
    assert _soft(layers, 450, 450).max() < 60


def test_a_gray_crease_far_from_any_print_is_no_writing() -> None:
    image, pen = _sheet("L")
    pen.line((450, 0, 450, SIDE), fill=150, width=3)

    assert not _layers(image).mask.any()


def test_a_black_and_white_page_has_no_background_and_keeps_its_pixels() -> None:
    pixels = np.asarray(draw_page("1").image.convert("L"))
    layers = separate(pixels, dpi=(DPI, DPI), turn=0, skew_deg=0.0)

    assert layers.background is None
    assert np.array_equal(layers.mask == 0, pixels > 0)


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
@pytest.mark.parametrize(("turn", "skew_deg"), [(0, 0.0), (90, 0.0), (180, 0.0), (270, 0.0), (90, 1.5), (0, -2.0)])
def test_the_layers_stand_upright_and_straight(mode: str, turn: QuarterTurn, skew_deg: float) -> None:
    drawn = draw_page(mode)
    stored = laid_askew(drawn.image, turn, skew_deg)
    pixels = np.asarray(stored.convert("L") if mode == "1" else stored)
    mask = separate(pixels, dpi=(DPI, DPI), turn=turn, skew_deg=skew_deg).mask
    small = np.asarray(cv2.resize(mask, drawn.image.size, interpolation=cv2.INTER_AREA))

    upright = np.asarray(drawn.image.convert("L"))
    for line in drawn.lines:
        for word in line.words:
            want, found = ink_box(upright, word.box, 3), ink_box(255 - small, word.box, 3)
            assert want is not None
            assert found is not None, word.text
            assert max(abs(found.left - want.left), abs(found.right - want.right)) <= 1, word.text
            assert max(abs(found.top - want.top), abs(found.bottom - want.bottom)) <= 1, word.text


def test_the_same_picture_gives_the_same_layers() -> None:
    pixels = np.asarray(draw_page("RGB").image)
    one, two = (separate(pixels, dpi=(DPI, DPI), turn=0, skew_deg=0.7) for _ in range(2))

    assert one.mask.tobytes() == two.mask.tobytes()
    assert one.background is not None
    assert two.background is not None
    assert one.background.tobytes() == two.background.tobytes()
