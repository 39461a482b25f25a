"""What tells text of a Vietnamese paper from the leavings of wrong encodings and wrong readers."""

from __future__ import annotations

import json
import random
import re
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from ocr.plausible import LEAST_WORDS, has_wrong_stretch, looks_right, weigh
from ocr.word_kinds import kind_of

TRUTH = json.loads((Path(__file__).resolve().parents[3] / "samples" / "truth.json").read_text(encoding="utf-8"))
PAGES = [text for file in TRUTH["files"] for page in file["pages"] if (text := page.get("text", "").strip())]

_SMALL = "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ"
_TCVN3 = "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊËÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ®"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MIXED = "".join(random.Random(3).sample(_LETTERS, 26))
_LIKE = dict(zip("hnumiloaectdy", ("b", "ri", "ii", "rn", "l", "1", "6", "ä", "é", "e", "f", "cl", "v"), strict=True))


def unmarked(text: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return bare.replace("đ", "d").replace("Đ", "D")


def tcvn3(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower().translate(str.maketrans(_SMALL, _TCVN3))


def read_as_english(text: str) -> str:
    chance = random.Random(1)
    return "".join(_LIKE.get(sign, sign) if chance.random() < 0.12 else sign for sign in unmarked(text))


def misread(text: str, share: float) -> str:
    chance = random.Random(2)
    return "".join(chance.choice("aeiounhtđấ") if s.isalpha() and chance.random() < share else s for s in text)


def shuffled(text: str) -> str:
    chance = random.Random(4)
    return re.sub(r"\w+", lambda word: "".join(chance.sample(word[0], len(word[0]))), text)


DAMAGE: dict[str, Callable[[str], str]] = {
    "without marks": unmarked,
    "read as English": read_as_english,
    "TCVN3": tcvn3,
    "UTF-8 taken for Latin-1": lambda text: text.encode().decode("latin-1"),
    "UTF-8 taken for Windows": lambda text: text.encode().decode("cp1252", "replace"),
    "question marks": lambda text: text.encode("ascii", "replace").decode(),
    "shuffled letters": shuffled,
    "exchanged letters": lambda text: text.translate(str.maketrans(_LETTERS, _MIXED)),
    "shifted letters": lambda text: "".join(chr(ord(sign) + 29) if ord(sign) > 32 else sign for sign in text),
    "private letters": lambda text: "".join(chr(0xF000 + ord(s) % 256) if s.isalpha() else s for s in text),
}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_text_of_papers_is_right_in_any_form_of_unicode(form: str) -> None:
    verdicts = {weigh(unicodedata.normalize(form, page)).verdict for page in PAGES}

    assert verdicts == {"right"}
    assert not any(map(has_wrong_stretch, PAGES))


@pytest.mark.parametrize("what", DAMAGE)
def test_damaged_text_is_wrong(what: str) -> None:
    damaged = [DAMAGE[what](page) for page in PAGES]

    assert {weigh(text).verdict for text in damaged} == {"wrong"}


def test_a_few_misread_letters_leave_text_right_and_many_do_not() -> None:
    assert all(looks_right(misread(page, 0.02)) for page in PAGES)
    assert not any(looks_right(misread(page, 0.25)) for page in PAGES)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("H62.12-240122-0014 026179015470 1.250.000 12/05/2024", "too_little"),
        ("BIÊN LAI 2025", "too_little"),
        ("TRAN VAN AN", "too_little"),
        ("• \uf0b7 \uf0b7 Hồ sơ gồm", "too_little"),
        ('"7+%-', "wrong"),
        ("C\ufffdng h\ufffda x\ufffd h\ufffdi", "wrong"),
        ("TIIANH PHO DA NANG SO TU PHAP CONG HOA XA HOI CHU NGHIA VIET NAM Doc lap - Tu do - Hanh phuc", "wrong"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam Ñoäc laäp Töï do Haïnh phuùc", "wrong"),
        ("This agreement is made between the parties under the law of the state in two copies", "foreign"),
        ("Alle Menschen sind frei und gleich an Würde und Rechten geboren und mit Vernunft begabt", "foreign"),
        ("Họ và tên / Full name: NGUYỄN VĂN AN Ngày sinh / Date of birth Quốc tịch / Nationality: Việt Nam", "right"),
        ("Máy chủ PostgreSQL và bộ điều phối Prefect chạy trên cụm Kubernetes của trung tâm dữ liệu", "right"),
    ],
)
def test_short_foreign_and_mixed_text_is_told_apart(text: str, verdict: str) -> None:
    assert weigh(text).verdict == verdict


def test_a_letterhead_in_another_encoding_is_found_in_sound_text() -> None:
    for page in PAGES:
        lines = page.splitlines()
        head = 0
        while weigh("\n".join(lines[:head])).words < 24 and head < len(lines):
            head += 1

        assert has_wrong_stretch("\n".join((*map(tcvn3, lines[:head]), *lines[head:]))) or head == len(lines)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Trịnh", "marked"),
        ("hoà", "marked"),
        ("NGHIÊNG", "marked"),
        ("theo", "bare"),
        ("hoc", "robbed"),
        ("dieu", "robbed"),
        ("certificate", "english"),
        ("archive", "plain"),
        ("xkcdqw", "unknown"),
        ("héi", "unknown"),
        ("TNHS", "neutral"),
        ("QĐ15", "neutral"),
        ("k", "neutral"),
    ],
)
def test_a_word_is_evidence_of_one_thing(word: str, kind: str) -> None:
    assert kind_of(word) == kind


def test_no_words_are_too_little_to_say() -> None:
    assert weigh("").verdict == weigh(" . . .").verdict == "too_little"
    assert weigh(" ".join(["hồ"] * (LEAST_WORDS - 1))).verdict == "too_little"


def test_a_flood_of_text_takes_no_longer_than_its_length() -> None:
    flood = "\n".join(f"{number} {'x' * 50}{number}" for number in range(20_000))
    begun = time.process_time()

    has_wrong_stretch(flood)
    weigh(flood)

    assert time.process_time() - begun < 5
