"""The shipped net on drawn lines: what it reads, where, what it takes out of the text, and how sure it is."""

from __future__ import annotations

import random
import unicodedata

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dossier.values import Box
from ocr.ink import Pixels
from ocr.recognise import Recogniser
from tests.twins.drawn_pages import FONT
from training.draw import scribble


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.open()


def drawn(words: list[str], size: int) -> tuple[Pixels, list[tuple[int, int]]]:
    """A line in a known face, and the first column of each word's ink and the one behind its last."""
    face = ImageFont.truetype(FONT, size)
    places, along = [], size * 0.3
    for word in words:
        places.append(round(along))
        along += face.getlength(f"{word} ")
    sheet = Image.new("L", (round(along), round(size * 1.5)), 255)
    spans = []
    for word, place in zip(words, places, strict=True):
        alone = Image.new("L", sheet.size, 255)
        for canvas in (alone, sheet):
            ImageDraw.Draw(canvas).text((place, size * 0.15), word, font=face, fill=0)
        inked = np.flatnonzero((np.asarray(alone) < 160).any(axis=0))
        spans.append((int(inked[0]), int(inked[-1]) + 1))
    return np.asarray(sheet), spans


@pytest.mark.parametrize("size", [20, 34, 60])
def test_the_net_reads_print_and_words_stand_on_their_ink(recogniser: Recogniser, size: int) -> None:
    words = ["Kính", "gửi:", "Ủy", "ban", "nhân", "dân", "phường", "Đồng", "Tâm,", "số", "12/QĐ-UBND"]
    crop, spans = drawn(words, size)

    line = recogniser.read(crop)

    assert [word.text for word in line.words] == words
    for word, (left, right) in zip(line.words, spans, strict=True):
        tolerance = 4 * crop.shape[0] / 40
        assert word.box.left == pytest.approx(left, abs=tolerance)
        assert word.box.right == pytest.approx(right, abs=tolerance)
    assert line.confidence > 0.5
    assert unicodedata.is_normalized("NFC", line.text)


def test_the_net_reads_a_line_of_any_length(recogniser: Recogniser) -> None:
    text = "Những lời khai trên là đúng sự thật, nếu sai xin chịu trách nhiệm trước pháp luật. " * 4
    crop, _ = drawn(text.split(), 34)

    assert recogniser.read(crop).text == text.strip()


def test_noise_is_read_with_little_confidence(recogniser: Recogniser) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (40, 400), dtype=np.uint8)

    line = recogniser.read(noise)

    assert not line.words or line.confidence < 0.5


def text_of(recogniser: Recogniser, text: str, size: int = 34) -> str:
    return recogniser.read(drawn(text.split(), size)[0]).text


@pytest.mark.parametrize(
    "text",
    [
        "ẤP TÂN THẠNH, HUYỆN MỎ CÀY, ĐƯỜNG LÊ HỒNG PHONG",
        "Hòa bình, hoà giải, thủy lợi, thuỷ sản, khỏe mạnh",
        "H62.12-240122-0014 G22.99.01-240305-00123 026090001234",
        "Diện tích: 1.250,5 m² (tỷ lệ 1/500), giá 3.480.000 đồng",
        "Chương XIV, Mục III, § 12, № 7, 25°C, 100%",
        "IDVNM0900012345026090001234<<8",
        "Có giá trị đến / Date of expiry: 05/12/2034",
    ],
)
def test_the_net_reads_what_papers_print(recogniser: Recogniser, text: str) -> None:
    assert text_of(recogniser, text) == text


def test_leaders_are_no_text_and_full_stops_are(recogniser: Recogniser) -> None:
    assert text_of(recogniser, "Họ và tên:............................ Giới tính:..............") == "Họ và tên: Giới tính:"
    assert text_of(recogniser, "Tôi cam đoan lời khai là đúng. Nếu sai tôi chịu trách nhiệm.").count(".") == 2


def test_white_on_dark_is_read(recogniser: Recogniser) -> None:
    crop, _ = drawn(["GIẤY", "TIẾP", "NHẬN", "HỒ", "SƠ"], 34)

    assert recogniser.read(255 - crop).text == "GIẤY TIẾP NHẬN HỒ SƠ"


def test_a_signature_is_no_text_and_its_place_is_known(recogniser: Recogniser) -> None:
    crop, spans = drawn(["Người", "khai"], 34)
    wide = np.full((crop.shape[0], crop.shape[1] + 260), 255, np.uint8)
    wide[:, : crop.shape[1]] = crop
    canvas = Image.fromarray(wide)
    points = scribble(180, 34, random.Random(4)) + np.array((crop.shape[1] + 40, crop.shape[0] * 0.5))
    ImageDraw.Draw(canvas).line([tuple(point) for point in points.tolist()], fill=0, width=2)

    line = recogniser.read(np.asarray(canvas))

    assert [word.text for word in line.words if word.confidence > 0.5] == ["Người", "khai"]
    assert line.scribbled > 0.1
    assert all(box.left > spans[-1][1] for box in line.scribble)


def test_lines_of_a_page_come_in_the_order_of_their_boxes_and_in_its_pixels(recogniser: Recogniser) -> None:
    crop, spans = drawn(["Độc", "lập", "-", "Tự", "do"], 34)
    page = np.full((400, 600), 240, np.uint8)
    page[100 : 100 + crop.shape[0], 50 : 50 + crop.shape[1]] = crop
    page[300 : 300 + crop.shape[0], 20 : 20 + crop.shape[1]] = crop
    boxes = [Box(x, y, x + crop.shape[1], y + crop.shape[0]) for x, y in ((20, 300), (50, 100))]

    lower, upper = recogniser.read_lines(page, [*boxes, Box(590, 390, 700, 500)])[:2]

    assert lower.text == upper.text == "Độc lập - Tự do"
    assert lower.words[0].box.left == pytest.approx(20 + spans[0][0], abs=5)
    assert upper.words[0].box.left == pytest.approx(50 + spans[0][0], abs=5)
    assert 100 < upper.words[0].box.top < upper.words[0].box.bottom < 100 + crop.shape[0]


def test_a_doubtful_letter_names_what_else_it_may_be(recogniser: Recogniser) -> None:
    crop, _ = drawn(["Nguyễn", "Thị", "Hồng", "Ánh"], 12)  # marks of one pixel
    small = np.asarray(Image.fromarray(crop).resize((crop.shape[1] * 2 // 3, crop.shape[0] * 2 // 3), Image.Resampling.BOX))

    letters = [letter for word in recogniser.read(small).words for letter in word.letters]

    doubtful = [letter for letter in letters if letter.second]
    assert doubtful
    assert all(letter.second != letter.sign and 0 < letter.second_chance < 1 for letter in doubtful)
    assert min(letter.confidence for letter in doubtful) < 0.95
