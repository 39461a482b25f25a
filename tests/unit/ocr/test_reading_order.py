"""Lines come in the order in which a person reads them, each exactly once."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.values import Box, Line, Word
from ocr.reading_order import in_reading_order

HIGH, STEP, LETTER = 30, 45, 15


def at(left: int, top: int, text: str) -> Line:
    """A line of that text, its words as wide as their letters."""
    words = []
    for word in text.split():
        words.append(Word(word, Box(left, top, left + LETTER * len(word), top + HIGH), 0.9))
        left += LETTER * (len(word) + 1)
    return Line(tuple(words))


def centred(middle: int, top: int, text: str) -> Line:
    return at(middle - LETTER * len(text) // 2, top, text)


def ordered(*lines: Line) -> list[str]:
    """The texts in reading order, whatever order they are found in."""
    orders = [[line.text for line in in_reading_order(given)] for given in (lines, lines[::-1])]
    assert orders[0] == orders[1]
    return orders[0]


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [at(100, 100 + STEP * row, f"dòng trái thứ {row} của cột") for row in range(6)]
    right = [at(800, 108 + STEP * row, f"dòng phải thứ {row} của cột") for row in range(6)]

    assert ordered(*left, *right) == [line.text for line in (*left, *right)]


def test_a_heading_over_columns_and_a_line_under_them_frame_them() -> None:
    head, foot = (
        centred(650, 40, "THÔNG BÁO CHUNG CHO MỌI NGƯỜI Ở ĐÂY"),
        at(100, 600, "Dòng cuối chạy hết cả trang giấy này"),
    )
    left = [at(100, 150 + STEP * row, f"trái {row} có chữ") for row in range(5)]
    right = [at(800, 150 + STEP * row, f"phải {row} có chữ") for row in range(5)]

    assert ordered(head, foot, *left, *right) == [line.text for line in (head, *left, *right, foot)]


def test_the_two_heads_of_a_letter_are_read_one_after_the_other() -> None:
    left = [centred(350, 100, "ỦY BAN NHÂN DÂN"), centred(350, 100 + STEP, "XÃ MẪU"), centred(350, 200, "Số: 12/QĐ")]
    right = [
        centred(1200, 100, "CỘNG HÒA XÃ HỘI"),
        centred(1200, 100 + STEP, "Độc lập - Tự do"),
        centred(1200, 200, "Mẫu, ngày 06"),
    ]

    assert ordered(*left, *right) == [line.text for line in (*left, *right)]


def test_lines_that_go_on_in_one_column_after_the_other_has_ended_belong_to_it() -> None:
    left = [at(100, 100 + STEP * row, f"trái {row} có chữ") for row in range(6)]
    right = [at(800, 100 + STEP * row, f"phải {row} có chữ") for row in range(3)]
    below = at(100, 600, "Dòng cuối chạy hết cả trang giấy này")

    assert ordered(*left, *right, below) == [line.text for line in (*left, *right, below)]


def test_a_label_and_its_value_stay_on_one_row() -> None:
    labels = ("Họ và tên:", "Ngày sinh:", "Quê quán:", "Giới tính:")
    values = ("Lê Thị Mẫu", "14/05/1979", "Xã Mẫu", "Nữ")
    rows = [
        (at(100, 100 + STEP * row, label), at(700, 100 + STEP * row, value))
        for row, (label, value) in enumerate(zip(labels, values, strict=True))
    ]

    assert ordered(*(line for row in rows for line in row)) == [line.text for row in rows for line in row]


def test_the_rows_of_a_table_are_kept() -> None:
    rows = [
        (
            at(100, 100 + STEP * row, str(row)),
            at(250, 100 + STEP * row, f"Thửa đất {row}"),
            at(900, 100 + STEP * row, "125,5"),
        )
        for row in range(1, 7)
    ]

    assert ordered(*(line for row in rows for line in row)) == [line.text for row in rows for line in row]


def test_three_signatures_side_by_side_are_read_one_after_the_other() -> None:
    signers = ("NGƯỜI LẬP BIỂU", "KẾ TOÁN", "THỦ TRƯỞNG ĐƠN VỊ")
    columns = [
        (centred(x, 100, title), centred(x, 100 + STEP, "(Ký, họ tên)"), centred(x, 400, f"Người Mẫu Thứ {name}"))
        for x, title, name in zip((300, 850, 1400), signers, ("A", "B", "C"), strict=True)
    ]

    assert ordered(*(line for column in columns for line in column)) == [line.text for column in columns for line in column]


def test_prose_goes_from_the_top_down() -> None:
    lines = [
        at(100, 100 + STEP * row, f"Điều {row}. Quyết định này có hiệu lực kể từ ngày ký ban hành") for row in range(9)
    ]

    assert ordered(*lines) == [line.text for line in lines]


def test_no_lines_are_no_lines() -> None:
    assert in_reading_order([]) == ()


_PLACES = st.tuples(st.integers(0, 1500), st.integers(0, 2200), st.integers(1, 900), st.integers(1, 120))


@settings(max_examples=60, deadline=None)
@given(st.lists(_PLACES, max_size=40))
def test_every_line_comes_out_exactly_once_wherever_it_stands(places: list[tuple[int, int, int, int]]) -> None:
    lines = [
        Line((Word(f"w{number}", Box(left, top, left + wide, top + tall), 0.9),))
        for number, (left, top, wide, tall) in enumerate(places)
    ]

    found = in_reading_order(lines)

    assert sorted(line.text for line in found) == sorted(line.text for line in lines)
