"""Codes are found in any position, also on poor pages."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import zxingcpp

from dossier.values import Code
from ocr.codes import find_codes
from ocr.ink import Pixels
from tests.twins.drawn_pages import blank, letter, noisy, skewed, turned

TEXT = "H62.00-240101-0001|000000000000"


def with_code(page: Pixels, text: str, kind: zxingcpp.BarcodeFormat, module: int) -> Pixels:
    drawn = np.array(zxingcpp.create_barcode(text, kind).to_image(scale=module))
    out = page.copy()
    out[-drawn.shape[0] - 200 : -200, 200 : 200 + drawn.shape[1]] = drawn
    return out


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_qr_code_is_read_however_the_page_lies(degrees: int) -> None:
    page = noisy(turned(skewed(with_code(letter(200), TEXT, zxingcpp.BarcodeFormat.QRCode, 6), 5.0), degrees), 1)

    assert find_codes(page, 200) == (Code("qr", TEXT),)


def test_a_line_code_is_told_from_a_qr_code() -> None:
    page = with_code(letter(200), "H62.00-240101-0001", zxingcpp.BarcodeFormat.Code128, 3)

    assert find_codes(page, 200) == (Code("code128", "H62.00-240101-0001"),)


def test_the_same_code_twice_is_one() -> None:
    page = with_code(
        with_code(blank(200), TEXT, zxingcpp.BarcodeFormat.QRCode, 4)[:, ::-1][:, ::-1],
        TEXT,
        zxingcpp.BarcodeFormat.QRCode,
        4,
    )
    page[: page.shape[0] // 2] = page[page.shape[0] // 2 :][: page.shape[0] // 2]

    assert find_codes(page, 200) == (Code("qr", TEXT),)


def test_a_code_under_specks_is_read_at_the_second_try() -> None:
    page = with_code(blank(300), TEXT, zxingcpp.BarcodeFormat.QRCode, 12)
    specks = np.random.default_rng(3).random(page.shape)
    page[specks < 0.12], page[specks > 0.88] = 0, 255

    assert find_codes(page, 300) == (Code("qr", TEXT),)


def test_a_page_without_codes_has_none() -> None:
    assert find_codes(cv2.GaussianBlur(letter(200), (0, 0), 1), 200) == ()
