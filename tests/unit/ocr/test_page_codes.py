"""Codes are found in any position, also on poor pages; a page without codes costs next to nothing."""

from __future__ import annotations

import random
import time

import cv2
import numpy as np
import pytest
import zxingcpp
from zxingcpp import BarcodeFormat

from dossier.values import Box, Code
from ocr.codes import find_codes
from ocr.ink import Pixels
from tests.twins.drawn_pages import blank, letter, noisy, skewed, turned

TEXT = "H62.00-240101-0001|000000000000"
CARD = "026179015470|135356175|Lê Thị Mẫu|14051979|Nữ|Thôn Quảng Cư, Xã Mẫu, Vĩnh Phúc|19122022"
PAYMENT = (
    "00020101021126580010A0000007270128000697043601140261790154705204000053037045802VN62240120H62.00-240101-000163041A2B"
)
"""As TCVN 7322 lays it out: tag, length, value."""
SERIAL = "H62.00-240101-0001"


def drawn(text: str, kind: BarcodeFormat, wide: int, tall: int) -> Pixels:
    """A code of that size, pixels, edges gray as a scanner gives them."""
    code = np.array(zxingcpp.create_barcode(text, kind).to_image(scale=1, add_quiet_zones=False))
    code = code if kind == BarcodeFormat.QRCode else code[:1]
    big = cv2.resize(code, (code.shape[1] * 16, code.shape[0] * 16), interpolation=cv2.INTER_NEAREST)
    return np.maximum(cv2.resize(big, (wide, tall), interpolation=cv2.INTER_AREA), np.uint8(20))


def with_code(dpi: int, text: str, kind: BarcodeFormat = BarcodeFormat.QRCode, mm: float = 25.0) -> tuple[Pixels, Box]:
    """A letter with a code so many millimetres wide on its lower half, and where the code stands."""
    page, wide = letter(dpi).copy(), round(mm * dpi / 25.4)
    tall = wide if kind == BarcodeFormat.QRCode else round(12 * dpi / 25.4)
    code, left, top, quiet = drawn(text, kind, wide, tall), round(1.5 * dpi), round(8.0 * dpi), round(0.08 * dpi)
    page[top - quiet : top + tall + quiet, left - quiet : left + wide + quiet] = 255
    page[top : top + tall, left : left + wide] = code
    return page, Box(left, top, left + wide, top + tall)


def stamped(page: Pixels, box: Box, share: float, ink: int, seed: int = 1) -> Pixels:
    """The page with strokes of a stamp over so much of a code; where the code is black, it stays black."""
    chance, strokes = random.Random(seed), np.zeros_like(page)
    left, top, right, bottom = (int(edge) for edge in (box.left, box.top, box.right, box.bottom))
    wide = min(right - left, 160)
    cv2.circle(strokes, (left + wide // 4, top), int(0.7 * wide), 255, max(2, wide // 30))
    while (strokes[top:bottom, left:right] > 0).mean() < share:
        at = (chance.randrange(left - 10, right - 10), chance.randrange(top + 10, bottom))
        cv2.putText(strokes, chance.choice("UBNDX"), at, cv2.FONT_HERSHEY_SIMPLEX, wide / 150, 255, max(2, wide // 60))
    return np.where(strokes > 0, np.minimum(page, np.uint8(ink)), page)


def bilevel(page: Pixels, seed: int = 1) -> Pixels:
    """The page as a fax scanner gives it."""
    return np.where(noisy(cv2.GaussianBlur(page, (0, 0), 0.5), seed, 12.0) < 150, np.uint8(0), np.uint8(255))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_qr_code_is_read_however_the_page_lies(degrees: int) -> None:
    page, _ = with_code(200, TEXT)

    assert find_codes(noisy(turned(skewed(page, 5.0), degrees), 1), 200) == (Code("qr", TEXT),)


@pytest.mark.parametrize("text", [TEXT, CARD, PAYMENT], ids=["separator", "identity card", "payment"])
@pytest.mark.parametrize(
    ("dpi", "degrees", "faded"), [(200, 5.0, False), (300, -5.0, False), (200, 5.0, True)], ids=["200", "300", "bilevel"]
)
def test_a_small_dense_code_on_a_skewed_page_is_read(text: str, dpi: int, degrees: float, *, faded: bool) -> None:
    page = skewed(with_code(dpi, text, mm=19.0)[0], degrees)

    assert find_codes(bilevel(page) if faded else noisy(page, 1), dpi) == (Code("qr", text),)


@pytest.mark.parametrize("ink", [205, 140, 110], ids=["red, of a colour scan", "light gray", "gray"])
@pytest.mark.parametrize("text", [TEXT, CARD, PAYMENT], ids=["separator", "identity card", "payment"])
def test_a_code_under_a_stamp_is_read(text: str, ink: int) -> None:
    page, box = with_code(200, text, mm=20.0)

    assert find_codes(noisy(skewed(stamped(page, box, 0.15, ink), 5.0), 1), 200) == (Code("qr", text),)


@pytest.mark.parametrize("kind", [BarcodeFormat.QRCode, BarcodeFormat.Code128], ids=["QR", "bars"])
def test_a_blurred_code_is_read(kind: BarcodeFormat) -> None:
    page, _ = with_code(
        200, CARD if kind == BarcodeFormat.QRCode else SERIAL, kind, 18.0 if kind == BarcodeFormat.QRCode else 55
    )

    (code,) = find_codes(noisy(cv2.GaussianBlur(page, (0, 0), 1.4), 1), 200)

    assert code.text in {CARD, SERIAL}


def test_bars_under_noise_and_a_stamp_are_read_from_all_their_length() -> None:
    page, box = with_code(200, SERIAL, BarcodeFormat.Code128, 55.0)

    assert find_codes(noisy(skewed(stamped(page, box, 0.15, 110), 3.0), 1, 25.0), 200) == (Code("code128", SERIAL),)


@pytest.mark.parametrize("share", [0.05, 0.12])
def test_a_code_under_specks_is_read(share: float) -> None:
    page, _ = with_code(300, TEXT, mm=30.0)
    specks = np.random.default_rng(3).random(page.shape)
    page[specks < share], page[specks > 1 - share] = 0, 255

    assert find_codes(page, 300) == (Code("qr", TEXT),)


def test_a_line_code_is_told_from_a_qr_code() -> None:
    page, box = with_code(200, SERIAL, BarcodeFormat.Code128, 55.0)

    (code,) = find_codes(page, 200)

    assert code == Code("code128", SERIAL)
    assert code.box is not None
    assert (code.box.left, code.box.right) == (pytest.approx(box.left, abs=5), pytest.approx(box.right, abs=5))


def test_a_code_says_where_it_stands() -> None:
    page, box = with_code(300, TEXT)

    (code,) = find_codes(noisy(page, 1), 300)

    assert code.box is not None
    assert (code.box.left, code.box.top) == (pytest.approx(box.left, abs=6), pytest.approx(box.top, abs=6))
    assert (code.box.right, code.box.bottom) == (pytest.approx(box.right, abs=6), pytest.approx(box.bottom, abs=6))


def test_a_code_that_needed_another_look_says_where_it_stands_too() -> None:
    page, box = with_code(200, CARD, mm=20.0)

    (code,) = find_codes(stamped(page, box, 0.15, 110), 200)

    assert code.box is not None
    assert (code.box.left, code.box.bottom) == (pytest.approx(box.left, abs=6), pytest.approx(box.bottom, abs=6))


def test_the_same_code_twice_is_one() -> None:
    page, box = with_code(200, TEXT)
    part = page[int(box.top) - 20 : int(box.bottom) + 20, int(box.left) - 20 : int(box.right) + 20]
    page[int(box.top) - 20 : int(box.bottom) + 20, 900 : 900 + part.shape[1]] = part

    (code,) = find_codes(page, 200)

    assert code == Code("qr", TEXT)
    assert code.box is not None


def test_a_strange_barcode_stands_beside_ours_and_blocks_nothing() -> None:
    page, _ = with_code(200, TEXT)
    page[200:295, 400:691] = 255
    page[200:295, 400:691] = drawn("893456789012", BarcodeFormat.EAN13, 291, 95)

    assert set(find_codes(page, 200)) == {Code("qr", TEXT), Code("other", "8934567890120")}


@pytest.mark.parametrize("page", [letter(300), blank(300)], ids=["letter", "blank"])
def test_a_page_without_codes_is_not_even_searched(page: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[object] = []
    monkeypatch.setattr(zxingcpp, "read_barcodes", lambda *_: searched.append(1) or [])
    start = time.process_time()

    assert find_codes(noisy(page, 1), 300) == ()
    assert searched == []
    assert time.process_time() - start < 3.0  # the grain is drawn in this time too; the look itself takes 0.01 s


@pytest.mark.parametrize("sigma", [0.0, 1.0, 3.0, 30.0, 60.0])
def test_print_and_grain_are_no_codes(sigma: float) -> None:
    assert find_codes(noisy(cv2.GaussianBlur(letter(200), (0, 0), 1), 1, sigma), 200) == ()


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (2, 4000), (40, 40)])
@pytest.mark.parametrize("gray", [0, 128, 255])
def test_a_picture_too_small_for_a_code_has_none(shape: tuple[int, int], gray: int) -> None:
    assert find_codes(np.full(shape, gray, np.uint8), 300) == ()


@pytest.mark.parametrize("seed", range(3))
def test_a_dark_page_is_searched_as_a_whole(seed: int) -> None:
    page, _ = with_code(200, TEXT, mm=30.0)
    shade = np.random.default_rng(seed).integers(0, 120, (24, 17)).astype(np.uint8)
    shaded = np.minimum(page, 255 - cv2.resize(shade, page.shape[::-1], interpolation=cv2.INTER_NEAREST))

    assert Code("qr", TEXT) in find_codes(shaded, 200)
