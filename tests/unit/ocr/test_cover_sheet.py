"""Separator sheets that we print come back from the scanner: in any position, blurred, stamped, as a poor copy."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from pdf2image import convert_from_path

from dossier.errors import BindingFailed
from dossier.values import Separator
from ocr.codes import find_codes
from ocr.cover_sheet import draw_cover_sheets, qr_text
from ocr.ink import Pixels, gray_for_reading
from ocr.page_codes import SeparatorSaid, said_by
from tests.twins.drawn_pages import noisy, skewed, turned

FULL = Separator("H62.12-230712-0002", "026179015470", "1.001193.000.00.00.H35")
LONGEST = Separator("H62.ABCD.EFGH.IJKL.MNOP.QRST.UVWX.Y-201105-000412", "026179015470", "1.001193.000.00.00.H35")
SHEETS = (FULL, Separator("000.00.12.H62-201105-0004", None), LONGEST)
MM = 200 / 25.4
"""Pixels, at the resolution of these tests."""


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cover") / "sheets.pdf"
    draw_cover_sheets(SHEETS, into=made)
    return made


@pytest.fixture(scope="module")
def scans(pdf: Path) -> list[Pixels]:
    """The sheets at 200 dpi, in colour."""
    return [np.asarray(page.convert("RGB"), np.uint8) for page in convert_from_path(pdf, dpi=200)]


def stamped(page: Pixels) -> Pixels:
    """The page with a round red stamp over 15 % of the QR, all of it ink."""
    ink = cv2.circle(np.zeros(page.shape[:2], np.uint8), (round(118 * MM), round(118 * MM)), round(20 * MM), 255, -1)
    assert (ink[round(66 * MM) : round(156 * MM), round(60 * MM) : round(150 * MM)] > 0).mean() >= 0.15
    out = page.copy()
    out[ink > 0] = np.minimum(out[ink > 0], np.array((205, 40, 50), np.uint8))
    return out


def compressed(page: Pixels) -> Pixels:
    _, jpeg = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 30])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


def specked(page: Pixels) -> Pixels:
    chance = np.random.default_rng(1).random(page.shape[:2])
    out = page.copy()
    out[chance < 0.05], out[chance > 0.95] = 0, 255
    return out


def blurred(page: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), 2.0), np.uint8)


def worst(page: Pixels) -> Pixels:
    return turned(compressed(noisy(blurred(skewed(stamped(page), 5.0)), 1, 12.0)), 180)


@pytest.mark.parametrize(
    "harm",
    [
        lambda page: page,
        lambda page: skewed(page, 5.0),
        lambda page: skewed(page, -5.0),
        lambda page: turned(page, 90),
        lambda page: turned(page, 180),
        blurred,
        compressed,
        stamped,
        specked,
        worst,
    ],
    ids=["clean", "skew 5", "skew -5", "lying", "upside down", "blurred", "JPEG 30", "stamped", "specks", "all of it"],
)
def test_a_printed_sheet_is_read_back_from_a_scan(scans: list[Pixels], harm: Callable[[Pixels], Pixels]) -> None:
    said = [[said_by(code) for code in find_codes(gray_for_reading(harm(scan)), 200)] for scan in scans]

    assert said == [[SeparatorSaid(sheet)] for sheet in SHEETS]


def test_a_sheet_is_one_a4_page_with_wide_margins(pdf: Path, scans: list[Pixels]) -> None:
    with pikepdf.open(pdf) as made:
        sizes = [[round(float(edge) / 72 * 25.4) for edge in page.mediabox] for page in made.pages]
    dark = [np.argwhere(scan.min(axis=2) < 128) for scan in scans]

    assert sizes == [[0, 0, 210, 297]] * 3
    assert all(ink.min() >= 19 * MM for ink in dark)
    assert all((ink.max(axis=0) <= (278 * MM, 191 * MM)).all() for ink in dark)


def test_no_module_of_the_longest_code_is_smaller_than_0_8_mm(pdf: Path) -> None:
    with pikepdf.open(pdf) as made:
        content = made.pages[2].Contents.read_bytes().decode()
    heights = {float(height) / 72 * 25.4 for height in re.findall(r"([\d.]+) re$", content, re.MULTILINE)}

    assert min(heights) == max(heights) > 1.6


def test_people_can_read_what_the_qr_says(pdf: Path) -> None:
    text = subprocess.run(["pdftotext", "-f", "1", "-l", "1", pdf, "-"], capture_output=True, text=True, check=True).stdout

    for words in ("PHIẾU NGĂN CÁCH HỒ SƠ", "H62.12-230712-0002", "026 179 015 470", "1.001193.000.00.00.H35", "Đặt tờ này"):
        assert words in text


def test_what_is_not_known_is_not_printed(pdf: Path) -> None:
    text = subprocess.run(["pdftotext", "-f", "2", "-l", "2", pdf, "-"], capture_output=True, text=True, check=True).stdout

    assert "Số định danh" not in text
    assert "Mã thủ tục" not in text


@pytest.mark.parametrize("sheet", [*SHEETS, Separator("H62-201105-0004", None, "1.012766")])
def test_the_text_of_the_qr_comes_back_as_the_same_separator(sheet: Separator, tmp_path: Path) -> None:
    draw_cover_sheets([sheet], into=tmp_path / "one.pdf")
    (page,) = convert_from_path(tmp_path / "one.pdf", dpi=150, grayscale=True)

    (code,) = find_codes(np.asarray(page, np.uint8), 150)

    assert code.text == qr_text(sheet)
    assert said_by(code) == SeparatorSaid(sheet)


def test_the_same_sheets_give_the_same_bytes(pdf: Path, tmp_path: Path) -> None:
    draw_cover_sheets(SHEETS, into=tmp_path / "again.pdf")

    assert (tmp_path / "again.pdf").read_bytes() == pdf.read_bytes()


def test_sheets_that_cannot_be_written_leave_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()

    with pytest.raises(BindingFailed):
        draw_cover_sheets(SHEETS, into=tmp_path / "taken")

    assert list(tmp_path.rglob("*")) == [tmp_path / "taken"]
