"""The hOCR holds every word where it was read, and nothing that could break or betray it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from made_pages import blank, page

from dossier.values import Box, Line, ReadPage, Word
from ocr.hocr import write_hocr

HTML = "{http://www.w3.org/1999/xhtml}"


def _written(pages: list[ReadPage], folder: Path) -> ElementTree.Element:
    write_hocr(pages, folder / "text.hocr")
    return ElementTree.parse(folder / "text.hocr").getroot()  # noqa: S314 - our own file


def _of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [node for node in root.iter() if node.get("class") == name]


def _box(node: ElementTree.Element) -> list[int]:
    found = re.search(r"bbox (\d+) (\d+) (\d+) (\d+)", node.get("title", ""))
    assert found, node.get("title")
    return [int(edge) for edge in found.groups()]


def _of_words(*words: Word) -> ReadPage:
    return replace(page(1, "x"), lines=(Line(words),))


def test_the_words_come_back_in_reading_order(tmp_path: Path) -> None:
    pages = [page(1, "Cộng hòa", [(200, "Mẫu số 1"), (1300, "hoà bình")]), page(2, "Kính gửi: Ủy ban")]
    root = _written(pages, tmp_path)

    assert [word.text for word in _of_class(root, "ocrx_word")] == [word.text for one in pages for word in one.words]
    lines = [" ".join("".join(line.itertext()).split()) for line in _of_class(root, "ocr_line")]
    assert lines == [line.text for one in pages for line in one.lines]


def test_every_box_lies_inside_its_page_and_its_line(tmp_path: Path) -> None:
    outside = Word("mép", Box(-4.5, 3400.2, 40.7, 3600.0), 0.5)
    root = _written([_of_words(outside, Word("giấy", Box(2470.5, 3400.0, 2600.0, 3450.0), 0.5))], tmp_path)

    assert [_box(word) for word in _of_class(root, "ocrx_word")] == [[0, 3400, 41, 3508], [2470, 3400, 2480, 3450]]
    assert [_box(line) for line in _of_class(root, "ocr_line")] == [[0, 3400, 2480, 3508]]


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    hostile = "<b>&\"']]>-->&#65;"
    root = _written([_of_words(Word(hostile, Box(1, 1, 9, 9), 0.5, raw=hostile))], tmp_path)
    (word,) = _of_class(root, "ocrx_word")

    assert word.text == hostile
    assert word.get("data-raw") == hostile


@pytest.mark.parametrize("char", ["\0", "\x07", "\x1b", "\r", "\x85", "\ud800", "\ufffe"])
def test_what_xml_cannot_hold_is_replaced_visibly(tmp_path: Path, char: str) -> None:
    root = _written([_of_words(Word(f"số{char}5", Box(1, 1, 9, 9), 0.5))], tmp_path)

    assert [word.text for word in _of_class(root, "ocrx_word")] == ["số\ufffd5"]


def test_what_the_engine_saw_is_kept_beside_the_correction(tmp_path: Path) -> None:
    words = Word("hoà", Box(1, 1, 9, 9), 0.934, raw="hoa"), Word("bình", Box(20, 1, 30, 9), 1.0)
    corrected, untouched = _of_class(_written([_of_words(*words)], tmp_path), "ocrx_word")

    assert (corrected.text, corrected.get("data-raw")) == ("hoà", "hoa")
    assert untouched.get("data-raw") is None
    assert "x_wconf 93" in corrected.get("title", "")


def test_a_blank_page_is_an_empty_page(tmp_path: Path) -> None:
    pages = _of_class(_written([page(1, "một"), blank(2)], tmp_path), "ocr_page")

    assert [_box(one) for one in pages] == [[0, 0, 2480, 3508]] * 2
    assert [len(_of_class(one, "ocr_line")) for one in pages] == [1, 0]
    assert ["ppageno 0" in pages[0].get("title", ""), "ppageno 1" in pages[1].get("title", "")] == [True, True]


def test_the_file_says_what_it_can_hold_and_in_which_language(tmp_path: Path) -> None:
    root = _written([page(1, "một")], tmp_path)
    meta = {node.get("name"): node.get("content", "") for node in root.iter(f"{HTML}meta")}

    assert root.get("lang") == "vi"
    assert meta["ocr-system"].startswith("sohoa ")
    assert meta["ocr-capabilities"].split() == ["ocr_page", "ocr_line", "ocrx_word", "ocrp_wconf", "ocrp_lang"]
    classes = {node.get("class") for node in root.iter() if node.get("class")}
    assert classes <= set(meta["ocr-capabilities"].split())
    identifiers = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(identifiers) == len(set(identifiers))


def test_a_failed_export_leaves_the_file_of_before_alone(tmp_path: Path) -> None:
    (tmp_path / "text.hocr").write_text("before", encoding="utf-8")
    nothing = Word("x", None, 0.5)  # type: ignore[arg-type]

    with pytest.raises(AttributeError):
        write_hocr([_of_words(nothing)], tmp_path / "text.hocr")

    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("text.hocr", "before")]
