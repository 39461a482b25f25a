"""A secrecy stamp is seen however it was read, nothing else is taken for one, and nothing of such a page is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_pages import MOTTO, Cell, blank, card_front, decision, form, marriage, page, receipt
from PIL import Image, ImageDraw

from dossier.notes import NOTES
from dossier.values import Code, ReadPage
from ocr.errands import read_page
from ocr.ink import Pixels
from ocr.read_pages import ReadOptions
from ocr.secrecy import NOTE, bears_stamp, guarded, names_degree, withheld
from ocr.secrecy_frames import find_frames
from tests.twins.drawn_pages import font, letter, skewed, turned

MOTTO_ROW = [(200, "ỦY BAN NHÂN DÂN"), MOTTO]
LETTER = (
    "Kính gửi: Ủy ban nhân dân tỉnh",
    "Thực hiện chỉ đạo của cấp trên, đơn vị báo cáo như sau.",
    *([""] * 8),
    "Nơi nhận:",
)


def stamped(*rows: str | Cell | list[Cell]) -> ReadPage:
    return page(1, MOTTO_ROW, *rows, (1000, "BÁO CÁO"), *LETTER)


@pytest.mark.parametrize(
    "stamp",
    ["MẬT", "[MẬT]", "MẬT.", "|MẬT|", "IMẬTI", "MÂT", "MẠT", "MẶT", "MAT", "TỐI MẬT", "TÔI MẶT", "TỐIMẬT", "TUYỆT MẬT",
     "TUYẾT MÂT", "TUYET MAT", "TUVỆT MẬT", "(TUYỆT MẬT)"],
)  # fmt: skip
def test_a_stamp_is_seen_however_it_was_read(stamp: str) -> None:
    assert bears_stamp(stamped((300, stamp)))


def test_a_stamp_in_two_lines_or_beside_a_line_is_seen() -> None:
    assert bears_stamp(stamped((300, "TUYỆT"), (300, "MẬT")))
    assert bears_stamp(stamped([(200, "MẬT"), (1100, "Tam Dương, ngày 21 tháng 01 năm 2023")]))
    assert bears_stamp(stamped("Số: 05/BC-UBND MẬT"))
    assert bears_stamp(stamped("MẬT Tam Dương, ngày 21 tháng 01 năm 2023"))
    assert bears_stamp(stamped("TỐI MẬT Tam Dương, ngày 21 tháng 01 năm 2023"))


@pytest.mark.parametrize(
    "text",
    ["HỎA TỐC", "KHẨN", "THƯỢNG KHẨN", "MẶT TRƯỚC", "MẶT SAU", "MẤT TÍN HIỆU", "BÍ MẬT NHÀ NƯỚC", "LUẬT BẢO VỆ BÍ MẬT",
     "MẶT HÀNG MỚI", "Họ tên: Mật", "Mật", "ong mật", "Theo Luật Bảo vệ bí mật nhà nước", "TỐI", "TỐI ĐA", "MẬT ONG RỪNG",
     "NGUYỄN THỊ MẬT", "MÁT LẠNH", "Họ và tên: NGUYỄN THỊ MẬT", "TÒA NHÀ MAT"],
)  # fmt: skip
def test_other_words_in_the_head_are_no_stamp(text: str) -> None:
    assert not bears_stamp(stamped((300, text)))


def test_the_sides_of_a_copied_card_are_no_stamp() -> None:
    assert not bears_stamp(stamped([(300, "MẶT"), (420, "TRƯỚC")]))
    assert not bears_stamp(stamped((300, "MẶT"), (300, "TRƯỚC")))


def test_a_stamp_word_far_down_the_page_is_no_stamp() -> None:
    assert not bears_stamp(page(1, MOTTO_ROW, (1000, "BÁO CÁO"), *LETTER[:-1], (300, "MẬT"), "Nơi nhận:"))


@pytest.mark.parametrize("make", [form, card_front, decision, marriage, blank])
def test_ordinary_papers_bear_no_stamp(make: object) -> None:
    assert callable(make)
    read = make(1)

    assert guarded(read) is read


def test_of_a_stamped_page_nothing_is_kept_but_that_it_was_there() -> None:
    read = replace(stamped((300, "MẬT")), codes=(Code("qr", "H62.12-230712-0002"),), notes=("not_colour",))

    kept = guarded(read)

    assert (kept.text, kept.codes, kept.notes) == ("", (), ("not_colour", NOTE))
    assert (kept.number, kept.scan_sha256, kept.blank) == (read.number, read.scan_sha256, False)
    assert NOTE in NOTES


def test_a_withheld_page_still_says_that_it_bears_a_stamp() -> None:
    assert bears_stamp(withheld(receipt(1, "H62.12-230712-0002", "026179015470")))


def test_the_text_of_a_stamped_page_does_not_leave_the_reader(tmp_path: Path) -> None:
    sheet = Image.fromarray(np.stack([letter(200)] * 3, axis=-1))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((180, 60, 400, 150), outline=(200, 30, 40), width=4)
    draw.text((215, 70), "MẬT", font=font(60), fill=(200, 30, 40))
    sheet.save(tmp_path / "page.png", dpi=(200, 200))

    read = read_page(tmp_path / "page.png", ReadOptions(), 1)

    assert (read.text, NOTE in read.notes) == ("", True)


def rubber(words: str, dpi: int, *, colour: bool, top: float = 3.0) -> Pixels:
    """A letter with a frame of 8 mm set over its text, ``top`` inches down."""
    ink = (205, 40, 50) if colour else (90, 90, 90)
    stamp = Image.new("RGB", (round(8.27 * dpi), round(11.69 * dpi)), "white")
    draw, face = ImageDraw.Draw(stamp), font(round(0.2 * dpi))
    wide, left = draw.textlength(words, font=face), 1.1 * dpi
    draw.rectangle(
        (left, top * dpi, left + wide + 0.25 * dpi, (top + 0.36) * dpi), outline=ink, width=max(2, round(0.025 * dpi))
    )
    draw.text(
        (left + 0.12 * dpi, (top + 0.19) * dpi), words, font=face, fill=ink, anchor="lm", stroke_width=1, stroke_fill=ink
    )
    page = np.minimum(np.asarray(stamp), letter(dpi)[..., None])
    return page if colour else np.ascontiguousarray(page[:, :, 0])


def read_stamped(folder: Path, picture: Pixels, dpi: int) -> ReadPage:
    Image.fromarray(picture).save(folder / "page.png", dpi=(dpi, dpi))
    return read_page(folder / "page.png", ReadOptions(), 1)


@pytest.mark.parametrize(
    ("words", "dpi", "degrees", "skew", "colour"),
    [
        ("MẬT", 200, 0, 0.0, True),
        ("MẬT", 200, 0, 0.0, False),
        ("TỐI MẬT", 150, 90, 1.0, True),
        ("TỐI MẬT", 150, 90, 1.0, False),
        ("TUYỆT MẬT", 300, 180, -1.0, True),
        ("TUYỆT MẬT", 300, 180, -1.0, False),
    ],
)
def test_a_stamp_over_text_is_seen_by_its_frame(
    tmp_path: Path, words: str, dpi: int, degrees: int, skew: float, *, colour: bool
) -> None:
    picture = turned(skewed(rubber(words, dpi, colour=colour), skew), degrees)

    read = read_stamped(tmp_path, picture, dpi)

    assert (read.text, NOTE in read.notes) == ("", True)


@pytest.mark.parametrize("words", ["KHẨN", "HỎA TỐC", "ĐẾN", "SAO Y", "Mẫu CT01", "MẶT TRƯỚC"])
@pytest.mark.parametrize("colour", [True, False])
def test_other_words_in_a_frame_are_no_stamp(tmp_path: Path, words: str, *, colour: bool) -> None:
    read = read_stamped(tmp_path, rubber(words, 150, colour=colour, top=0.4), 150)

    assert NOTE not in read.notes
    assert "Độc lập" in read.text


@pytest.mark.parametrize(
    ("text", "is_degree"),
    [
        ("MẬT", True),
        ("TỐI MẬT", True),
        ("TUYET MAT", True),
        ("Mật", False),
        ("KHẨN", False),
        ("GIẢI MẬT", False),
        ("", False),
    ],
)
def test_the_words_of_a_frame_are_a_degree_or_not(text: str, *, is_degree: bool) -> None:
    assert names_degree(text) is is_degree


def test_only_frames_of_the_size_of_a_stamp_are_found() -> None:
    mask = np.zeros((500, 800), np.uint8)
    outlines = {"stamp": (100, 100, 180, 132), "photo": (400, 50, 520, 210), "box": (600, 100, 618, 118)}
    for left, top, right, bottom in outlines.values():
        mask[top : bottom + 1, left : right + 1] = 1
        mask[top + 3 : bottom - 2, left + 3 : right - 2] = 0

    (frame,) = find_frames(mask)

    assert (frame.left, frame.right) == (pytest.approx(101, abs=2), pytest.approx(179, abs=2))
    assert (frame.top, frame.bottom) == (pytest.approx(100, abs=2), pytest.approx(133, abs=2))


def test_the_cells_of_a_table_are_no_frames() -> None:
    mask = np.zeros((500, 800), np.uint8)
    mask[100:103, 50:700] = mask[132:135, 50:700] = 1
    mask[100:135, 50:700:100] = mask[100:135, 51:700:100] = 1

    assert find_frames(mask) == []
