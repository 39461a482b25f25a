"""Our own engine on the layouts of office paper: what belongs together stays together, and what is no print is not read."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from dossier.values import Box
from ocr.engine_own import OwnEngine
from ocr.ink import Pixels
from ocr.recognise import Recogniser
from ocr.recognised import RecognisedLine, RecognisedWord
from tests.twins.drawn_pages import blank, font, letter, noisy

DPI = 200
ENGINE = OwnEngine.open()

Place = tuple[int, int, str]
"""Left and top, pixels, and what stands there."""


def drawn(*places: Place, points: float = 12) -> Pixels:
    """A sheet with texts at given places."""
    sheet = Image.fromarray(blank(DPI))
    for left, top, text in places:
        ImageDraw.Draw(sheet).text((left, top), text, font=font(round(points * DPI / 72)), fill=20)
    return np.array(sheet)


def lines_of(page: Pixels) -> list[str]:
    return [line.text for line in ENGINE.read(page, DPI)]


class Prepared(Recogniser):
    """Gives prepared words for the lines of a page, in their order."""

    def __init__(self, *answers: Sequence[tuple[str, float]]) -> None:
        self._answers = answers

    def read_lines(self, page: Pixels, boxes: Sequence[Box]) -> tuple[RecognisedLine, ...]:
        """Give the next answer for each box."""
        return tuple(
            RecognisedLine(tuple(RecognisedWord(text, box, sure, sure, text, ()) for text, sure in answer))
            for answer, box in zip(self._answers, boxes, strict=True)
        )


def kept(*words: tuple[str, float]) -> list[str]:
    """What is kept of a line that was read so; good print stands above it."""
    good = [("Độc", 0.98), ("lập", 0.98)]
    page = drawn((200, 300, "Độc lập"), (200, 400, "Độc lập"))
    return [line.text for line in OwnEngine(Prepared(good, words), "prepared").read(page, DPI)][1:]


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"Bên bán đã nhận đủ số tiền {row}" for row in range(11, 16)]
    right = [f"Bên mua đã nhận đủ thửa đất {row}" for row in range(21, 26)]
    places = [
        (edge, 300 + 60 * row, text) for edge, column in ((150, left), (900, right)) for row, text in enumerate(column)
    ]

    assert lines_of(drawn(*places)) == [*left, *right]


def test_a_label_and_its_value_are_read_one_after_the_other() -> None:
    rows = (("Họ và tên:", "Lê Thị Mẫu"), ("Ngày sinh:", "14/05/1979"), ("Quê quán:", "xã Mẫu"), ("Giới tính:", "Nữ"))
    places = [
        (left, 300 + 60 * row, text) for row, texts in enumerate(rows) for left, text in zip((150, 700), texts, strict=True)
    ]

    assert " ".join(lines_of(drawn(*places))) == " ".join(text for row in rows for text in row)


def test_a_ruled_table_is_read_row_by_row_cell_by_cell() -> None:
    edges = (150, 195, 700, 800, 1250)
    rows = [(str(row), f"Bản sao giấy tờ thứ {row + 10}", f"{row + 1:02}", "Bản chính") for row in range(1, 6)]
    page = drawn(
        *(
            (left + 12, 312 + 60 * place, text)
            for place, row in enumerate(rows)
            for left, text in zip(edges, row, strict=False)
        )
    )
    for edge in edges:
        cv2.line(page, (edge, 300), (edge, 600), 0, 3)
    for row in range(6):
        cv2.line(page, (150, 300 + 60 * row), (1250, 300 + 60 * row), 0, 3)

    assert lines_of(page) == [cell for row in rows for cell in row]


def test_three_signatures_are_read_one_after_the_other() -> None:
    columns = (
        ("NGƯỜI LẬP BIỂU", "(Ký, họ tên)", "Lê Thị Mẫu"),
        ("KẾ TOÁN", "(Ký, họ tên)", "Trần Văn Mẫu"),
        ("GIÁM ĐỐC", "(Ký, họ tên)", "Đỗ Thị Mẫu"),
    )
    places = []
    for middle, column in zip((330, 830, 1330), columns, strict=True):
        for top, text in zip((300, 350, 650), column, strict=True):
            places.append((round(middle - font(round(12 * DPI / 72)).getlength(text) / 2), top, text))

    assert lines_of(drawn(*places)) == [text for column in columns for text in column]


def test_the_dots_of_a_form_are_not_read() -> None:
    page = drawn((150, 300, "Họ và tên:"), (150, 400, "Địa chỉ thường trú:"), (150, 500, "Tôi cam đoan đúng sự thật."))
    for row, start in enumerate((340, 460)):
        for x in range(start, 1400, 12):
            cv2.circle(page, (x, 327 + 100 * row), 2, 0, -1)

    assert lines_of(page) == ["Họ và tên:", "Địa chỉ thường trú:", "Tôi cam đoan đúng sự thật."]


def test_the_frame_of_a_certificate_is_not_read() -> None:
    page = letter(DPI).copy()
    plain = lines_of(page)
    for place in range(80, 1600, 48):
        for top in (80, 2250):
            cv2.circle(page, (place, top), 10, 0, 4)

    assert lines_of(page) == plain


@pytest.mark.parametrize(
    "text", ["QUYỂN SỔ, GIỮ ẤN: ĐỀ NGHỊ CẤP SỔ HỖ TRỢ", "Kính gửi: Ủy ban xã;", "Số: 12/QĐ-UBND.", "- Lưu: VT."]
)
def test_accents_and_the_signs_at_both_ends_are_read(text: str) -> None:
    assert lines_of(drawn((200, 300, text), points=13)) == [text]


def test_pale_print_that_reads_better_mirrored_is_of_the_other_side(monkeypatch: pytest.MonkeyPatch) -> None:
    front = letter(DPI)
    behind = np.roll(cv2.GaussianBlur(front[:, ::-1], (0, 0), 1.5), 1000, axis=0)
    page = noisy(np.minimum(front, 255 - ((255 - behind) * 0.4).astype(np.uint8)), 1, 2)
    careful = len(lines_of(page))

    monkeypatch.setattr(OwnEngine, "_mirrored", lambda *_: 0.0)

    assert careful < len(lines_of(page))


def test_dark_print_is_never_taken_for_the_other_side() -> None:
    mirrored = np.ascontiguousarray(letter(DPI)[:, ::-1])

    assert lines_of(mirrored)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ([("Hạnh", 0.97), ("~", 0.2), ("phúc", 0.97)], ["Hạnh phúc"]),
        ([("§", 0.9)], []),
        ([("ll", 0.3)], []),
        ([("ll", 0.6)], ["ll"]),
        ([("-", 0.95)], ["-"]),
        ([("-", 0.5)], []),
        ([("Hạnh", 0.42), ("phúc", 0.42)], ["Hạnh phúc"]),
    ],
    ids=["weak sign", "lone sign", "weak letters", "letters", "dash for none", "weak dash", "weak words stay"],
)
def test_scraps_are_dropped_and_words_stay(words: list[tuple[str, float]], left: list[str]) -> None:
    assert kept(*words) == left


def test_a_page_is_never_enlarged_for_reading() -> None:
    assert ENGINE.wanted_dpi(0.05, 150) == 150
    assert ENGINE.wanted_dpi(0.0, 300) == 300
    assert ENGINE.wanted_dpi(0.12, 300) == 200


def test_one_engine_serves_a_whole_process() -> None:
    assert OwnEngine.open() is ENGINE
