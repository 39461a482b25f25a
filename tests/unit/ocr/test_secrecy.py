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
from ocr.read_pages import ReadOptions
from ocr.secrecy import NOTE, bears_stamp, guarded, withheld
from tests.twins.drawn_pages import font, letter

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
