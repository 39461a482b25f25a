"""What drawn lines say."""

from __future__ import annotations

import lzma
import random
import re
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ocr.alphabet import CLASS_OF, LEADER, LETTERS, SCRIBBLE, SIGNS
from training import figures
from training.prose import known, read_prose
from training.texts import LONGEST, Writer, other_tone_style


def test_the_alphabet_holds_every_vietnamese_letter_once() -> None:
    assert len(LETTERS) == 134
    assert len(set(SIGNS)) == len(SIGNS)
    assert all(unicodedata.is_normalized("NFC", sign) for sign in SIGNS)


@given(st.integers(0, 10_000))
def test_every_line_can_be_written_with_the_alphabet(seed: int) -> None:
    line = Writer(random.Random(seed)).line()

    assert 1 <= len(line) <= LONGEST
    assert all(sign in CLASS_OF for sign in line)
    assert LEADER not in line
    assert SCRIBBLE not in line
    assert line == " ".join(line.split())


def test_the_same_seed_says_the_same() -> None:
    first, second = Writer(random.Random(4), ["một hai ba bốn"]), Writer(random.Random(4), ["một hai ba bốn"])

    assert [first.line() for _ in range(50)] == [second.line() for _ in range(50)]


def test_every_letter_comes_up_within_some_thousand_lines() -> None:
    writer = Writer(random.Random(1))
    seen = {sign for _ in range(6000) for sign in writer.line()}

    assert set(LETTERS) <= seen
    assert set("0123456789№§²³×€₫□☒<") <= seen


def test_tone_marks_change_their_style_and_back() -> None:
    pairs = {"hòa": "hoà", "THỦY": "THUỶ", "khỏe": "khoẻ", "Hóa học": "Hoá học"}

    for old, new in pairs.items():
        assert other_tone_style(old) == new
        assert other_tone_style(new) == old


def test_syllables_with_a_coda_or_qu_keep_their_tone_mark() -> None:
    for text in ("quý", "quỳ", "hoàng", "toán", "thuyền", "mùa", "của"):
        assert other_tone_style(text) == text


def test_codes_have_the_forms_of_the_law() -> None:
    chance = random.Random(7)

    for _ in range(300):
        assert re.fullmatch(r"[HGKT]\d{2}(\.\d{1,2}){0,2}-\d{6}-\d{4,6}", figures.dossier_code(chance))
        assert re.fullmatch(r"\d+/(\d{4}/)?[\w-]+", figures.document_number(chance))
        assert len(figures.machine_readable(chance, "NGUYEN VAN AN")) == 30


def test_prose_comes_from_plain_packed_and_markdown_files_without_their_marks(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Trường hợp người có hành vi vi phạm có mặt\nngắn\n", encoding="utf-8")
    (tmp_path / "b.md").write_text(
        "## **Điều 1.** Phạm vi điều chỉnh [xem](https://x.y/z) của luật này…\n", encoding="utf-8"
    )
    with lzma.open(tmp_path / "c.txt.xz", "wt", encoding="utf-8") as file:
        file.write("Cơ quan, tổ chức, cá nhân có liên quan thực hiện\n")

    assert read_prose(tmp_path) == [
        "Trường hợp người có hành vi vi phạm có mặt",
        "Điều 1. Phạm vi điều chỉnh xem của luật này",
        "Cơ quan, tổ chức, cá nhân có liên quan thực hiện",
    ]


def test_what_the_alphabet_lacks_becomes_a_blank() -> None:
    assert known("a漢b  c…d......e") == "a b c d e"
