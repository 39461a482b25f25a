"""Lines of print are found where they stand, whole, and nothing else is taken for one."""

from __future__ import annotations

import time
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from dossier.values import Box
from ocr.ink import Pixels
from ocr.layout import union
from ocr.lines import MOST_LINES, FoundLine, find_lines
from tests.twins.drawn_pages import blank, font, letter
from tests.twins.worded_pages import DPI, draw_page, ink_box

STACKED = (
    "ẤN HÀNH THEO LUẬT ĐẤT ĐAI",
    "Ổ Ẫ Ể Ữ Ỗ ĐỀ NGHỊ CẤP SỔ",
    "Ngõ nhỏ, ngỡ ngàng, quyển sổ ghi",
    "QUYỂN SỔ Ở ĐẦU NGÕ",
)


def written(page: Pixels, left: int, top: int, text: str, *, points: float = 12, dpi: int = 150) -> Box:
    """Write a text on the page and say where its ink is."""
    image = Image.new("L", (page.shape[1], page.shape[0]), 255)
    ImageDraw.Draw(image).text((left, top), text, font=font(round(points * dpi / 72)), fill=20)
    seen = np.asarray(image)
    np.minimum(page, seen, out=page)
    rows, columns = np.flatnonzero((seen < 150).any(axis=1)), np.flatnonzero((seen < 150).any(axis=0))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def holds(found: FoundLine, ink: Box) -> bool:
    box = found.box
    return box.left <= ink.left and box.top <= ink.top and box.right >= ink.right and box.bottom >= ink.bottom


def meets(found: FoundLine, ink: Box) -> bool:
    across = min(found.box.right, ink.right) - max(found.box.left, ink.left)
    down = min(found.box.bottom, ink.bottom) - max(found.box.top, ink.top)
    return across > 0 and down > 0.3 * ink.height


def assert_each_alone(found: Sequence[FoundLine], inks: Sequence[Box]) -> None:
    """Every piece of ink lies whole in one line, which holds no other piece."""
    assert len(found) == len(inks)
    for ink in inks:
        assert sum(holds(line, ink) for line in found) == 1
        assert sum(meets(line, ink) for line in found) == 1


@pytest.mark.parametrize("text", [None, STACKED], ids=["office print", "stacked accents"])
@pytest.mark.parametrize("mode", ["L", "1"])
def test_every_line_is_found_whole_with_its_accents(text: tuple[str, ...] | None, mode: str) -> None:
    page = draw_page(mode, text) if text else draw_page(mode)
    gray = np.asarray(page.image.convert("L"))
    inks = [ink_box(gray, union(word.box for word in line.words), 6) for line in page.lines]

    assert_each_alone(find_lines(gray, DPI), [ink for ink in inks if ink])


@pytest.mark.parametrize("end", [".", ":", " -", ";", ",", "!"])
def test_the_sign_at_the_end_of_a_line_lies_in_its_box(end: str) -> None:
    page = blank(150)
    ink = [written(page, 150, 200 + 60 * row, f"Kính gửi cơ quan{end}") for row in range(4)]

    assert_each_alone(find_lines(page, 150), ink)


def test_a_dash_at_the_beginning_of_a_line_lies_in_its_box() -> None:
    page = blank(150)
    inks = [
        written(page, 150, 200 + 60 * row, text) for row, text in enumerate(("- Như trên;", "- Lưu: VT.", "– Ban Tiếp"))
    ]

    assert_each_alone(find_lines(page, 150), inks)


def test_two_columns_are_not_joined() -> None:
    page = blank(150)
    inks = [
        written(page, left, 200 + 45 * row, text)
        for row in range(6)
        for left, text in ((120, "bên bán đã nhận đủ tiền"), (640, "bên mua đã nhận đủ đất"))
    ]

    assert_each_alone(find_lines(page, 150), inks)


def test_cells_between_rules_stay_apart_however_narrow() -> None:
    page, inks = blank(150), []
    edges = (150, 182, 520, 600, 900)
    for row in range(5):
        top = 300 + 46 * row
        cells = (str(row + 1), "Giấy chứng nhận kết hôn", "01", "Bản chính")
        inks += [written(page, left + 7, top + 10, text) for left, text in zip(edges, cells, strict=False)]
    for edge in edges:
        cv2.line(page, (edge, 300), (edge, 530), 0, 2)
    for row in range(6):
        cv2.line(page, (150, 300 + 46 * row), (900, 300 + 46 * row), 0, 2)

    assert_each_alone(find_lines(page, 150), inks)


@pytest.mark.parametrize("points", [18, 24, 28])
def test_a_heading_much_larger_than_the_rest_is_one_line(points: int) -> None:
    page = blank(150)
    inks = [written(page, 200, 150, "GIẤY KHAI SINH", points=points)]
    inks += [written(page, 150, 420 + 45 * row, "Căn cứ Luật Tổ chức chính quyền địa phương") for row in range(8)]

    assert_each_alone(find_lines(page, 150), inks)


def test_leader_dots_make_no_line_and_the_label_before_them_does() -> None:
    page = blank(150)
    labels = [written(page, 150, 200 + 60 * row, f"Họ tên người khai số {row}:") for row in range(3)]
    for row in range(5):
        for x in range(480, 1000, 9):
            cv2.circle(page, (x, 222 + 60 * row), 1, 0, -1)

    found = find_lines(page, 150)

    assert len(found) == 3
    assert all(any(holds(line, ink) for line in found) for ink in labels)


def test_the_pieces_of_a_frame_are_no_lines() -> None:
    page = letter(150)
    alone = find_lines(page, 150)
    framed = page.copy()
    for place in range(60, 1180, 36):
        for top in (60, 1690):
            cv2.circle(framed, (place, top), 7, 0, 3)

    assert find_lines(framed, 150) == alone


def test_underlines_do_not_swallow_the_line_above_them() -> None:
    page = blank(150)
    inks = [written(page, 150, 200 + 60 * row, "Độc lập - Tự do - Hạnh phúc") for row in range(3)]
    for ink in inks:
        cv2.line(page, (int(ink.left), int(ink.bottom) + 4), (int(ink.right), int(ink.bottom) + 4), 0, 2)

    found = find_lines(page, 150)

    assert len(found) == 3
    assert all(sum(meets(line, ink) for line in found) == 1 for ink in inks)


def test_faint_print_beside_dark_print_is_found_too() -> None:
    page, faint = blank(150), blank(150)
    inks = [written(page, 150, 200 + 45 * row, "Dòng chữ đậm của tờ khai") for row in range(6)]
    inks += [written(faint, 150, 700 + 45 * row, "Dòng chữ mờ của tờ khai") for row in range(6)]
    page = np.minimum(page, 255 - (255 - faint) // 4)

    assert_each_alone(find_lines(page, 150), inks)


def test_the_400_lines_with_most_letters_are_kept() -> None:
    page, (height, width) = blank(150), blank(150).shape
    long = [written(page, 20, 20 + 27 * row, "chữ dài hơn", points=7) for row in range(60)]
    for row in range(60):
        for column in range(10):
            if 20 + 27 * row < height - 30 and 180 + 105 * column < width - 60:
                written(page, 180 + 105 * column, 20 + 27 * row, "abc", points=7)

    found = find_lines(page, 150)

    assert len(found) == MOST_LINES == 400
    assert all(any(meets(line, ink) for line in found) for ink in long)


def checkered() -> Pixels:
    rows, columns = np.indices(blank(300).shape)
    return np.where((rows // 12 + columns // 12) % 2 == 0, np.uint8(0), np.uint8(255))


def fine_checkered() -> Pixels:
    rows, columns = np.indices(blank(300).shape)
    return np.where((rows + columns) % 2 == 0, np.uint8(0), np.uint8(255))


@pytest.mark.parametrize(
    "page",
    [checkered, fine_checkered, lambda: np.zeros_like(blank(300)), lambda: blank(300)],
    ids=["squares", "fine squares", "black", "white"],
)
def test_a_hostile_page_is_done_in_a_few_seconds(page: object) -> None:
    assert callable(page)
    picture = page()
    start = time.process_time()

    found = find_lines(picture, 300)

    assert time.process_time() - start < 5
    assert len(found) <= MOST_LINES


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (11, 4000), (4000, 11), (40, 40)])
@pytest.mark.parametrize("gray", [0, 128, 255])
def test_a_picture_without_letters_has_no_lines(shape: tuple[int, int], gray: int) -> None:
    assert find_lines(np.full(shape, gray, np.uint8), 200) == ()


def test_a_column_of_one_repeated_digit_is_no_frame() -> None:
    page = blank(150)
    inks = []
    for row in range(14):
        inks.append(written(page, 150, 150 + 45 * row, "Giấy tờ kèm theo hồ sơ"))
        inks.append(written(page, 800, 150 + 45 * row, "1"))

    assert_each_alone(find_lines(page, 150), inks)


@pytest.mark.parametrize("points", [32, 40])
def test_a_heading_of_a_diploma_is_one_line(points: int) -> None:
    page = letter(150).copy()
    heading = written(page, 150, 1350, "BẰNG KHEN", points=points)

    assert sum(holds(line, heading) for line in find_lines(page, 150)) == 1


def test_a_page_of_noise_takes_seconds_not_minutes() -> None:
    noise = np.random.default_rng(1).random(blank(300).shape) < 0.2
    page = np.where(noise, np.uint8(0), letter(300))
    start = time.process_time()

    find_lines(page, 300)

    assert time.process_time() - start < 25
