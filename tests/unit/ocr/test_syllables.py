"""Counts of syllables, and the doubtful letters that they settle or must leave alone."""

from __future__ import annotations

import lzma
import sys
from pathlib import Path

import pytest

from dossier.errors import Misconfigured
from ocr.line_model import load_syllables
from ocr.spelling import Choices, DoubtfulWord, settle
from ocr.syllables import Syllables, folded
from training.count_syllables import count, main
from training.prose import lines_of

PROSE = (
    "Ủy ban nhân dân phường xem xét, giải quyết.",
    "nhân dân, cơ quan có thẩm quyền",
    "hồ sơ của nhân dân 12 phường",
    "hòa giải ở cơ sở; hoà bình",
)
SYLLABLES = Syllables.parse(count(PROSE * 20))


def doubt(*signs: tuple[str, float]) -> tuple[tuple[str, float], ...]:
    """What may stand at one place."""
    return signs


def read(text: str, **choices: tuple[tuple[str, float], ...]) -> DoubtfulWord:
    """A word with doubts, named by their places: ``_1``."""
    by_place: Choices = {int(name[1:]): signs for name, signs in choices.items()}
    return DoubtfulWord(text, by_place)


HAT = doubt(("ầ", 0.6), ("â", 0.4))


def test_the_place_of_the_tone_does_not_matter() -> None:
    assert folded("Hòa") == folded("hoà") == "hoa2"
    assert folded("ĐƯỜNG") == "đương2"
    assert len({folded(word) for word in ("hoa", "hỏa", "hoá", "hoã", "hoạ", "hóa", "hoả")}) == 5


def test_the_prose_decides_between_two_letters() -> None:
    assert settle([read("nhần", _2=HAT), read("dân")], SYLLABLES) == ["nhân", "dân"]


def test_the_word_before_decides_between_two_syllables() -> None:
    syllables = Syllables.parse(count(["nhân dân", "phép dần"] * 20))

    assert settle([read("nhân"), read("dần", _1=HAT)], syllables) == ["nhân", "dân"]
    assert settle([read("phép"), read("dân", _1=doubt(("â", 0.6), ("ầ", 0.4)))], syllables) == ["phép", "dần"]


def test_the_word_behind_decides_too() -> None:
    syllables = Syllables.parse(count(["nhân dân", "nhần phép"] * 20))

    assert settle([read("nhần", _2=HAT), read("dân,")], syllables) == ["nhân", "dân,"]
    assert settle([read("nhân", _2=doubt(("â", 0.6), ("ầ", 0.4))), read("phép")], syllables) == ["nhần", "phép"]


def test_a_common_syllable_alone_is_no_reason_to_change_a_rare_one() -> None:
    syllables = Syllables.parse(count(["nhân dân"] * 500 + ["nhần"] * 3))

    assert settle([read("ông"), read("nhần", _2=HAT), read("cười")], syllables) == ["ông", "nhần", "cười"]


def test_a_sure_letter_outweighs_the_prose() -> None:
    assert settle([read("nhần", _2=doubt(("ầ", 0.9999), ("â", 1e-9))), read("dân")], SYLLABLES) == ["nhần", "dân"]


def test_a_word_without_doubt_stays() -> None:
    assert settle([read("nhần"), read("dân")], SYLLABLES) == ["nhần", "dân"]


@pytest.mark.parametrize("word", ["nhần1", "nhần-dân", "nhần@dân", "nhần/dân"])
def test_codes_numbers_and_addresses_stay(word: str) -> None:
    assert settle([read("ban"), read(word, _2=HAT), read("dân")], SYLLABLES) == ["ban", word, "dân"]


@pytest.mark.parametrize("line", [["ông", "Nhần", "dân"], ["Nhần", "Dân"], ["Nhần"], ["Nhần", "12"]])
def test_names_stay(line: list[str]) -> None:
    words = [read(word, _2=HAT) if word == "Nhần" else read(word) for word in line]

    assert settle(words, SYLLABLES) == line


def test_the_first_word_of_a_sentence_is_no_name() -> None:
    assert settle([read("Nhần", _2=HAT), read("dân")], SYLLABLES) == ["Nhân", "dân"]
    assert settle([read("xét."), read("Nhần", _2=HAT), read("dân")], SYLLABLES) == ["xét.", "Nhân", "dân"]


def test_capitals_stay_as_they_were_read_for_they_may_be_a_name() -> None:
    hat = doubt(("Ầ", 0.6), ("Â", 0.4))

    assert settle([read("NHẦN", _2=hat), read("DÂN")], SYLLABLES) == ["NHẦN", "DÂN"]


def test_nothing_becomes_a_word_that_prose_does_not_have() -> None:
    rare = doubt(("ầ", 0.02), ("ẫ", 0.98))

    assert settle([read("nhần", _2=rare)], SYLLABLES) == ["nhần"]


def test_letters_keep_their_case_and_signs_their_kind() -> None:
    assert settle([read("DẦN", _1=doubt(("Ầ", 0.3), ("â", 0.7)))], SYLLABLES) == ["DẦN"]
    assert settle([read("d-n", _1=doubt(("-", 0.5), ("â", 0.5)))], SYLLABLES) == ["d-n"]


def test_the_printed_place_of_the_tone_stays() -> None:
    oa = {"_1": doubt(("o", 0.4), ("ò", 0.6)), "_2": doubt(("à", 0.4), ("a", 0.6))}

    assert settle([read("hoà", **oa), read("giải")], SYLLABLES) == ["hoà", "giải"]


def test_a_break_parts_what_stands_around_it() -> None:
    syllables = Syllables.parse(count(["nhân dân"] * 20 + ["dần"] * 30))
    word = read("dần", _1=HAT)

    assert settle([read("nhân"), word], syllables) == ["nhân", "dân"]
    assert settle([read("nhân"), read(""), word], syllables) == ["nhân", "", "dần"]


def test_punctuation_parts_words_too() -> None:
    syllables = Syllables.parse(count(["nhân dân"] * 20 + ["dần"] * 30))

    assert settle([read("nhân,"), read("dần", _1=HAT)], syllables) == ["nhân,", "dần"]
    assert settle([read("nhân"), read("(dần", _2=HAT)], syllables) == ["nhân", "(dần"]


def test_punctuation_around_a_word_stays() -> None:
    assert settle([read("(nhần", _3=HAT), read("dân),")], SYLLABLES) == ["(nhân", "dân),"]


def test_rare_syllables_and_pairs_are_not_counted() -> None:
    lines = list(count(["nhân dân", "nhân dân", "nhân dân", "nhân ái"]))

    assert lines == ["nhân\t4 dân:3", "dân\t3"]


def test_punctuation_and_numbers_part_pairs() -> None:
    lines = list(count(["nhân, dân 12 dân"] * 3))

    assert lines == ["dân\t6", "nhân\t3"]


def test_a_folder_is_counted_into_a_packed_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "prose"
    (folder / "deep").mkdir(parents=True)
    (folder / "one.txt").write_text("nhân dân\n" * 2, encoding="utf-8")
    (folder / "deep" / "two.md").write_text("Nhân dân\n", encoding="utf-8")
    (folder / "three.txt.xz").write_bytes(lzma.compress("nhân dân\n".encode()))
    (folder / "four.html").write_text("nhân dân\n", encoding="utf-8")
    out = tmp_path / "counts.txt.xz"
    monkeypatch.setattr(sys, "argv", ["count_syllables", str(folder), str(out)])

    main()

    assert lzma.decompress(out.read_bytes()).decode() == "dân\t4\nnhân\t4 dân:4\n"
    assert list(lines_of(folder / "one.txt")) == ["nhân dân\n"] * 2


def test_broken_counts_name_the_line() -> None:
    with pytest.raises(Misconfigured, match="line 2"):
        Syllables.parse(["dân\t4\n", "nhân dân\n"])


def test_the_counts_of_the_product_know_their_language() -> None:
    syllables = load_syllables()

    assert syllables.known("quyền")
    assert syllables.known("ĐIỀU")
    assert not syllables.known("quyềt")
    assert syllables.bond("nhân", "dân") > 3
    assert syllables.bond("nhân", "dần") == 0
    assert syllables.bond("cộng", "hòa") == syllables.bond("Cộng", "HOÀ") > 3
