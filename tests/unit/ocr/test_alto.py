"""The ALTO keeps to the structure of ALTO 4, and holds every word where it was read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest
from made_pages import blank, page

from dossier.values import Box, Line, ReadPage, Word
from ocr.alto import write_alto

NS: Final = "{http://www.loc.gov/standards/alto/ns-v4#}"
_PLACE: Final = frozenset({"HPOS", "VPOS", "WIDTH", "HEIGHT"})


@dataclass(frozen=True)
class Rule:
    """What ALTO 4 asks of one element, as far as this house writes it: children in order as a pattern, attributes."""

    children: str = ""
    needed: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()


RULES: Final[Mapping[str, Rule]] = {
    "alto": Rule("(Description )?Layout ", frozenset(), frozenset({"SCHEMAVERSION"})),
    "Description": Rule("MeasurementUnit (sourceImageInformation )?(Processing )*"),
    "MeasurementUnit": Rule(),
    "sourceImageInformation": Rule("(fileName )?(fileIdentifier )*"),
    "fileIdentifier": Rule("", frozenset(), frozenset({"fileIdentifierLocation"})),
    "Processing": Rule(
        "(processingCategory )?(processingStepDescription )*(processingStepSettings )?(processingSoftware )?",
        frozenset({"ID"}),
    ),
    "processingCategory": Rule(),
    "processingStepSettings": Rule(),
    "processingSoftware": Rule("(softwareName )?(softwareVersion )?"),
    "softwareName": Rule(),
    "softwareVersion": Rule(),
    "Layout": Rule("(Page )+"),
    "Page": Rule(
        "(PrintSpace )?",
        frozenset({"ID", "PHYSICAL_IMG_NR"}),
        frozenset({"WIDTH", "HEIGHT", "LANG", "PC", "PROCESSINGREFS"}),
    ),
    "PrintSpace": Rule("(TextBlock )*", frozenset(), _PLACE),
    "TextBlock": Rule("(TextLine )+", frozenset({"ID"}), _PLACE),
    "TextLine": Rule("(String (SP )?)+", frozenset(), _PLACE | {"ID"}),
    "String": Rule("(ALTERNATIVE )*", frozenset({"CONTENT"}), _PLACE | {"ID", "WC"}),
    "ALTERNATIVE": Rule("", frozenset(), frozenset({"PURPOSE"})),
    "SP": Rule("", frozenset(), _PLACE),
}


def faults(root: ElementTree.Element) -> list[str]:
    """Where the file leaves the structure of ALTO 4, or names an identifier twice or one that is not there."""
    found = [] if root.tag == f"{NS}alto" else [root.tag]
    for node in root.iter():
        name, rule = node.tag.removeprefix(NS), RULES.get(node.tag.removeprefix(NS))
        children = "".join(child.tag.removeprefix(NS) + " " for child in node)
        if rule is None or not re.fullmatch(rule.children, children):
            found.append(f"{name}: {children}")
        elif not rule.needed <= set(node.keys()) <= rule.needed | rule.allowed:
            found.append(f"{name}: {sorted(node.keys())}")
        found += [f"{name} {key}={node.get(key)}" for key in ("WC", "PC") if not 0 <= float(node.get(key, "0")) <= 1]
    names = [node.get("ID") for node in root.iter() if node.get("ID")]
    named = {name for node in root.iter() for name in node.get("PROCESSINGREFS", "").split()}
    return found + [name for name in names if names.count(name) > 1 and name] + sorted(named - set(names))


def _written(pages: list[ReadPage], folder: Path) -> ElementTree.Element:
    write_alto(pages, folder / "text.xml")
    return ElementTree.parse(folder / "text.xml").getroot()  # noqa: S314 - our own file


def _place(node: ElementTree.Element) -> tuple[int, ...]:
    return tuple(int(node.attrib[key]) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))


def _of_words(*words: Word) -> ReadPage:
    return replace(page(1, "x"), lines=(Line(words),))


def test_the_file_keeps_to_the_structure_of_alto(tmp_path: Path) -> None:
    mixed = replace(page(2, "Mẫu số 1"), engine="tesseract")
    root = _written([page(1, "Cộng hòa", "Độc lập"), mixed, blank(3)], tmp_path)

    assert faults(root) == []
    assert [node.text for node in root.iter(f"{NS}MeasurementUnit")] == ["pixel"]
    assert {node.text for node in root.iter(f"{NS}softwareName")} == {"sohoa"}
    assert all(node.text for node in root.iter(f"{NS}softwareVersion"))
    assert [node.get("PROCESSINGREFS") for node in root.iter(f"{NS}Page")] == [
        "processing_1",
        "processing_2",
        "processing_1",
    ]


def test_the_validator_sees_a_word_outside_a_line_and_a_confidence_over_one(tmp_path: Path) -> None:
    root = _written([page(1, "một")], tmp_path)
    ElementTree.SubElement(next(root.iter(f"{NS}PrintSpace")), f"{NS}String", {"CONTENT": "x", "WC": "1.2"})

    assert faults(root) == ["PrintSpace: TextBlock String ", "String WC=1.2"]


def test_the_words_come_back_in_reading_order(tmp_path: Path) -> None:
    pages = [page(1, "Cộng hòa", [(200, "Mẫu số 1"), (1300, "hoà bình")]), page(2, "Kính gửi: Ủy ban")]
    root = _written(pages, tmp_path)

    lines = [[word.get("CONTENT") for word in line.iter(f"{NS}String")] for line in root.iter(f"{NS}TextLine")]
    assert lines == [[word.text for word in line.words] for one in pages for line in one.lines]


def test_blanks_fill_the_room_between_words(tmp_path: Path) -> None:
    root = _written([_of_words(Word("a", Box(10, 5, 30, 25), 0.9), Word("b", Box(41.2, 5, 60, 25), 0.9))], tmp_path)

    assert [(node.get("HPOS"), node.get("WIDTH")) for node in root.iter(f"{NS}SP")] == [("30", "11")]


def test_every_box_lies_inside_its_page(tmp_path: Path) -> None:
    words = Word("mép", Box(-4.5, 3400.2, 40.7, 3600.0), 0.5), Word("giấy", Box(2500, 3400, 2600, 3450), 0.5)
    root = _written([_of_words(*words)], tmp_path)

    assert [_place(word) for word in root.iter(f"{NS}String")] == [(0, 3400, 41, 108), (2479, 3400, 1, 50)]
    assert [_place(line) for line in root.iter(f"{NS}TextLine")] == [(0, 3400, 2480, 108)]
    assert [_place(space) for space in root.iter(f"{NS}PrintSpace")] == [(0, 0, 2480, 3508)]


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    hostile = "<b>&\"']]>-->&#65;"
    (word,) = _written([_of_words(Word(hostile, Box(1, 1, 9, 9), 0.5, raw=hostile))], tmp_path).iter(f"{NS}String")

    assert word.get("CONTENT") == hostile
    assert [other.text for other in word] == [hostile]


@pytest.mark.parametrize("char", ["\0", "\x07", "\t", "\r", "\x85", "\ud800", "\uffff"])
def test_what_xml_cannot_hold_is_replaced_visibly(tmp_path: Path, char: str) -> None:
    root = _written([_of_words(Word(f"số{char}5", Box(1, 1, 9, 9), 0.5))], tmp_path)

    assert [word.get("CONTENT") for word in root.iter(f"{NS}String")] == ["số\ufffd5"]


def test_what_the_engine_saw_is_an_alternative_of_the_corrected_word(tmp_path: Path) -> None:
    words = Word("hoà", Box(1, 1, 9, 9), 0.934, raw="hoa"), Word("bình", Box(20, 1, 30, 9), 1.0)
    root = _written([_of_words(*words)], tmp_path)
    corrected, untouched = root.iter(f"{NS}String")

    assert (corrected.get("CONTENT"), corrected.get("WC")) == ("hoà", "0.934")
    assert [node.text for node in corrected] == ["hoa"]
    assert list(untouched) == []
    assert faults(root) == []


def test_a_blank_page_is_an_empty_page(tmp_path: Path) -> None:
    root = _written([blank(1)], tmp_path)
    (space,) = root.iter(f"{NS}PrintSpace")

    assert list(space) == []
    assert faults(root) == []
