"""Text behind a label to a value: names, numbers, dates, codes, addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from dossier.citizen_id import parse_citizen_id
from dossier.codes import CodeProblem
from dossier.dossier_code import find_dossier_codes
from dossier.spoken_dates import find_spoken_dates
from dossier.types import FieldKind
from dossier.vietnamese import date_text, find_dates, fold, fold_in_place, title_case
from ocr.agency import is_office, office_name, past_committee, with_full_name

_SCRAPS: Final = re.compile(r"[\s:.;,/…_*\-–()\d]*")
_HONORIFIC: Final = re.compile(
    r"(?:ong\s*/\s*ba|ong\s*\(\s*ba\s*\)|ong\s*,\s*ba|ong|ba|anh|chi|chau|em)(?=[\s:(\d).]+\S)[\s:(\d).]*"
)
_AFTER_NAME: Final = re.compile(
    r"\b(?:sinh (?:ngay|nam)|ngay sinh|nam sinh|gioi tinh|dan toc|quoc tich|chuc (?:vu|danh)|dien thoai|dia chi|ngay cap"
    r"|so (?:cccd|cmnd|dinh danh|can cuoc|ho chieu)|cccd|cmnd|can cuoc cong dan|thuong tru|tru tai|cu tru"
    r"|quan he|nghe nghiep)\b"
)
"""Labels that follow a name on its line without a comma."""
_NAME_WORDS: Final = range(2, 7)
_ID: Final = re.compile(r"(?<!\d)\d(?:[ .]?\d){11}(?!\d)")
_NUMBER: Final = re.compile(r"[\dOoIl]*\d\w*(?:\s?[/.\-–]\s?[\w&]+)*(?:,[A-ZĐ]{2,})*")
_MISREAD: Final = str.maketrans("OoIl", "0011")
_SYMBOLS: Final = {"QD": "QĐ", "HDND": "HĐND", "UBNĐ": "UBND"}
"""Symbols of papers and offices in which the bar of Đ was lost or made up; no other symbol is spelt so."""
_OLD_ID: Final = re.compile(r"(?<!\d)\d{3}[ .]?\d{3}[ .]?\d{3}(?![ .]?\d)")
_YEAR: Final = re.compile(r"(?<![\d/.-])(?:19|20)\d\d(?!\d)")
_FIGURE: Final = re.compile(r"\d+(?:[.,\-–+]\d+)*(?:[a-z](?!\w))?(?!\d)")
_SERIAL: Final = re.compile(r"(?:[A-ZĐ]{1,4}[\s.\-]{0,2})?\d[\dA-ZĐ]*(?:\s?[/.\-–]\s?[\w&]+)*(?:\s\d{2,})*")
_CLASS: Final = re.compile(r"(?<!\w)(?:A[1-4]?|B(?:11|1|2|E)?|C1?E?|D[12]?E?|E|F[A-E]\d?)(?!\w)")
_GENDERS: Final = {"nam": "Nam", "nu": "Nữ"}
_CODE: Final = re.compile(r"[A-Y0-9][0-9A-Z.\s]{1,40}[-–—]\s*\d{6}\s*[-–—]\s*\d{4,6}(?!\d)")
_AREA_FIRST: Final = re.compile(r"(?:xa|phuong|thi tran|huyen|quan|thi xa|thanh pho|tinh)\b")


class Found(NamedTuple):
    """A value and the letters of the text that it came from."""

    value: str
    start: int
    end: int


def find_value(kind: FieldKind, lines: tuple[str, ...]) -> Found | None:
    """Read a value of the kind out of the text behind a label; positions count in the lines joined by blanks."""
    if kind == "address":
        return _find_address(lines)
    find = _FINDERS.get(kind)
    return find(" ".join(lines)) if find else None


def find_person(text: str) -> Found | None:
    """The run of capitalised words at the start, two to six, in title case; courtesy words are left out."""
    start = _end_of(_SCRAPS.match(text))
    courtesy = _HONORIFIC.match(fold_in_place(text), start)
    start = courtesy.end() if courtesy else start
    after = _AFTER_NAME.search(fold_in_place(text), start)
    words: list[str] = []
    end = start
    for match in re.finditer(r"\S+", text[start : after.start() if after else None]):
        word = match.group().rstrip(",.;:()…_-|*'\"")
        if not _continues_name(words, word):
            break
        words.append(word)
        end = start + match.start() + len(word)
        if word != match.group():
            break
    return Found(title_case(" ".join(words)), start, end) if len(words) in _NAME_WORDS else None


def find_citizen(text: str) -> Found | None:
    """The first valid citizen ID; blanks and dots between its digits are passed over."""
    for match in _ID.finditer(text):
        parsed = parse_citizen_id(match.group())
        if not isinstance(parsed, CodeProblem):
            return Found(parsed, match.start(), match.end())
    return None


def find_number(text: str) -> Found | None:
    """A document number such as ``1290/QĐ-UBND``, without blanks."""
    match = _NUMBER.match(text, _end_of(re.match(r"[\s:.;/…_]*", text)))
    if match is None:
        return None
    first, *rest = re.split(r"([/.\-])", re.sub(r"\s", "", match.group()).replace("–", "-"))
    first = first.translate(_MISREAD) if re.fullmatch(r"[\dOoIl]+", first) else first
    return Found(first + "".join(_SYMBOLS.get(part, part) for part in rest), match.start(), match.end())


def find_code(text: str) -> Found | None:
    """The first valid dossier code; blanks inside are passed over."""
    for match in _CODE.finditer(text.upper()):
        squeezed = re.sub(r"\s", "", match.group()).replace("–", "-").replace("—", "-")
        codes = find_dossier_codes(squeezed)
        if codes:
            return Found(codes[0], match.start(), match.end())
    return None


def find_office(text: str) -> Found | None:
    """The office named up to the first comma, in full and in sentence case."""
    start = _end_of(_SCRAPS.match(text))
    past = past_committee(text, start)
    stop = re.search(r"[,;(]|\.(?=\s|$)", text[past:])
    end = past + stop.start() if stop else len(text)
    name = with_full_name(office_name(text[start:end]))
    return Found(name, start, end) if is_office(name) else None


def find_day(text: str) -> Found | None:
    """The first date, as dd/mm/yyyy."""
    return next((Found(date_text(hit.day), hit.start, hit.end) for hit in find_dates(text)), None)


def find_line(text: str) -> Found | None:
    """The text itself without the punctuation about it."""
    start = _end_of(_SCRAPS.match(text))
    value = text[start:].rstrip(" .,;:")
    return Found(value, start, start + len(value)) if value else None


def find_phrase_of(text: str) -> Found | None:
    """The text up to the end of its sentence or the next semicolon."""
    found = find_line(text)
    stop = re.search(r";|\.\s", found.value) if found else None
    if found is None or stop is None:
        return found
    return Found(found.value[: stop.start()], found.start, found.start + stop.start())


def find_serial(text: str) -> Found | None:
    """A number that letters may stand in front of: ``CS 31166``, ``BX 123456``; blanks inside are left out."""
    match = _SERIAL.match(text, _end_of(re.match(r"[\s:.;/…_]*", text)))
    return Found(re.sub(r"\s", "", match.group()), match.start(), match.end()) if match else None


def find_old_id(text: str) -> Found | None:
    """The nine digits of an old identity card."""
    found = _first_of(_OLD_ID, text)
    return Found(found.value.replace(".", ""), found.start, found.end) if found else None


def find_spoken_day(text: str) -> Found | None:
    """The first date in words, as dd/mm/yyyy."""
    return next((Found(date_text(hit.day), hit.start, hit.end) for hit in find_spoken_dates(text)), None)


def _first_of(pattern: re.Pattern[str], text: str) -> Found | None:
    """What the pattern finds first, without blanks."""
    match = pattern.search(text)
    return Found(re.sub(r"\s", "", match.group()), match.start(), match.end()) if match else None


def find_gender(text: str) -> Found | None:
    """``Nam`` or ``Nữ``."""
    for match in re.finditer(r"\w+", text):
        value = _GENDERS.get(fold(match.group()))
        if value:
            return Found(value, match.start(), match.end())
    return None


_FINDERS: Final[dict[FieldKind, Callable[[str], Found | None]]] = {
    "person": find_person,
    "citizen_id": find_citizen,
    "date": find_day,
    "date_words": find_spoken_day,
    "old_id": find_old_id,
    "year": partial(_first_of, _YEAR),
    "figure": partial(_first_of, _FIGURE),
    "license_class": partial(_first_of, _CLASS),
    "serial": find_serial,
    "number": find_number,
    "dossier_code": find_code,
    "agency": find_office,
    "gender": find_gender,
    "text": find_line,
    "phrase": find_phrase_of,
}


def _continues_name(words: list[str], word: str) -> bool:
    if not word.replace("'", "").replace("-", "").isalpha() or not word[0].isupper():
        return False
    if not words:
        return True
    return word.isupper() == words[0].isupper() or len(word) == 1


def _find_address(lines: tuple[str, ...]) -> Found | None:
    joined = ""
    for line in lines:
        part = line.strip()
        comma = joined and not joined.endswith(",") and _AREA_FIRST.match(fold(part))
        joined += (", " if comma else " ") + part if joined else part
    start = _end_of(re.match(r"[\s:.;,/…_*\-–]*", joined))
    value = joined[start:].rstrip(" .,;")
    return Found(value, 0, len(" ".join(lines))) if value else None


def _end_of(match: re.Match[str] | None) -> int:
    return match.end() if match else 0
