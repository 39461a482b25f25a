"""The machine-readable zone of identity cards and passports, from lines that OCR read; its check digits are the judges.

Written from ICAO Doc 9303 parts 3 (check digits), 4 (TD3), 5 (TD1) and 6 (TD2). A slip of the OCR is repaired only where
the alphabet of its place leaves one reading (no letter stands in a date), and nothing is accepted unless every check
digit of its form holds. What a check digit cannot see stays as it was read: names, sex, and in foreign document numbers,
which mix letters and digits, L for 1 and G for 6. Numbers longer than nine signs are not supported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from dossier.citizen_id import CitizenId, parse_citizen_id
from dossier.values import Code

_WEIGHTS: Final = (7, 3, 1)
_SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TO_DIGIT: Final = dict(zip("OQDILZSGB", "000112568", strict=True))
_TO_LETTER: Final = dict(zip("012568", "OIZSGB", strict=True))
_TO_FILLER: Final = dict.fromkeys("KCELX", "<")
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SLIPS: Final[dict[str, dict[str, str]]] = {"9": _TO_DIGIT, "d": _TO_DIGIT, "A": _TO_LETTER, "<": _TO_FILLER}
_ALPHABETS: Final = {"9": "0123456789", "d": "0123456789<", "A": _LETTERS + "<", "<": "<"} | {
    "X": _SIGNS + "<",
    "S": _LETTERS + "<",
    "L": _LETTERS,
}
_LOOKS_LIKE_FILLER: Final = str.maketrans(dict.fromkeys("‹〈≤([{£", "<") | {"«": "<<", "Đ": "D", "đ": "d"})
_SLACK: Final = 4
"""Fillers that OCR may see too many of."""
_SHORTEST: Final = 8
"""Signs of a line whose fillers at the end were not seen."""
_DIGITS: Final = 9
"""So many digits make a line whose fillers were read as letters look like one of a zone."""

_Span = tuple[int, int, int]
"""Line, first place, place behind the last."""


@dataclass(frozen=True, slots=True)
class _Form:
    """One of the three layouts of ICAO Doc 9303."""

    name: Literal["TD1", "TD2", "TD3"]
    width: int
    """Signs of a line."""
    begins: str
    """First letters of the first line."""
    lines: tuple[str, ...]
    """What may stand at each place: 9 a digit, d a digit or filler, A a letter or filler, L a letter, S sex, X anything,
    < a filler. L is not repaired: letters ten apart count the same, so a digit there may stand for either."""
    vietnamese: tuple[str, ...]
    """The same where Vietnam issued it."""
    number: _Span
    birth: _Span
    sex: _Span
    expiry: _Span
    names: _Span
    checked: tuple[tuple[str, tuple[_Span, ...]], ...]
    """What has a check digit, which follows the last span, or stands at the end of the line (``all``)."""


_DATES: Final = "dddddddSddddddd"
"""Birth, its check digit, sex, expiry, its check digit."""
_FORMS: Final = (
    _Form(
        "TD1", 30, "IAC",
        ("AAAAA" + "X" * 9 + "9" + "X" * 15, _DATES + "AAA" + "X" * 11 + "9", "A" * 30),
        ("AAAAA" + "9" * 22 + "<<9", _DATES + "AAA" + "<" * 11 + "9", "A" * 30),
        (0, 5, 14), (1, 0, 6), (1, 7, 8), (1, 8, 14), (2, 0, 30),
        (
            ("number", ((0, 5, 14),)),
            ("birth", ((1, 0, 6),)),
            ("expiry", ((1, 8, 14),)),
            ("all", ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29))),
        ),
    ),
    _Form(
        "TD3", 44, "P",
        ("A" * 44, "X" * 9 + "9AAA" + _DATES + "X" * 14 + "99"),
        ("A" * 44, "L" + "9" * 7 + "d9AAA" + _DATES + "d" * 15 + "9"),
        (1, 0, 9), (1, 13, 19), (1, 20, 21), (1, 21, 27), (0, 5, 44),
        (
            ("number", ((1, 0, 9),)),
            ("birth", ((1, 13, 19),)),
            ("expiry", ((1, 21, 27),)),
            ("optional", ((1, 28, 42),)),
            ("all", ((1, 0, 10), (1, 13, 20), (1, 21, 43))),
        ),
    ),
    _Form(
        "TD2", 36, "IACP",
        ("A" * 36, "X" * 9 + "9AAA" + _DATES + "X" * 7 + "9"),
        ("A" * 36, "X" * 9 + "9AAA" + _DATES + "X" * 7 + "9"),
        (1, 0, 9), (1, 13, 19), (1, 20, 21), (1, 21, 27), (0, 5, 36),
        (
            ("number", ((1, 0, 9),)),
            ("birth", ((1, 13, 19),)),
            ("expiry", ((1, 21, 27),)),
            ("all", ((1, 0, 10), (1, 13, 20), (1, 21, 35))),
        ),
    ),
)  # fmt: skip
_BIRTH, _EXPIRY = r"\d{6}|\d{4}<<|\d\d<{4}|<{6}", r"\d{6}|<{6}"
"""A day, or month and day, or all of a birth may be unknown; a document may be without an end."""

_PERSONAL_NUMBER: Final = r"\d{9}<{5}|\d{12}<<|<{14}"
"""What a Vietnamese passport holds behind its dates: an identity number of the old or of the new kind, or nothing."""

_VIETNAMESE_CARD: Final = ("optional", ((0, 15, 29),))
"""On the chip card the citizen ID has a check digit of its own at the end of the first line."""


@dataclass(frozen=True, slots=True)
class Mrz:
    """What a machine-readable zone says; only made where every check digit holds."""

    lines: tuple[str, ...]
    """As printed, slips repaired, fillers included."""
    document_number: str
    citizen_id: CitizenId | None
    """The 12 digits in the first line of a Vietnamese card; None on other documents."""
    birth_date: date | None
    """None where it is not wholly known."""
    sex: Literal["M", "F", ""]
    """As read: no check digit covers it; empty where it is not said."""
    expiry_date: date | None
    """None where the document does not expire or does not say."""
    surname: str
    """As read: no check digit covers it; capital letters without accents, words parted by blanks."""
    given_names: str
    """As the surname."""
    checks: tuple[str, ...]
    """What was proved by a check digit of its own: number, birth, expiry, optional, all."""


def find_mrz(lines: Sequence[str]) -> Mrz | None:
    """Find the machine-readable zone among the lines of a page, in reading order; None where no check digits hold."""
    cleaned = [_cleaned(line) for line in lines]
    for form in _FORMS:
        likely = [line for line in cleaned if _SHORTEST <= len(line) <= form.width + _SLACK and _looks_like_zone(line)]
        for first in range(len(likely) - len(form.lines) + 1):
            found = _read(form, likely[first : first + len(form.lines)])
            if found:
                return found
    return None


def mrz_code(lines: Sequence[str]) -> Code | None:
    """The zone as a code of the page: its lines parted by line feeds, slips repaired; None where check digits fail."""
    found = find_mrz(lines)
    return Code("mrz", "\n".join(found.lines)) if found else None


def check_digit(text: str) -> int:
    """The check digit of ICAO Doc 9303 part 3, 0 to 9; fillers count 0, letters 10 to 35."""
    return sum((_SIGNS.find(sign) if sign != "<" else 0) * _WEIGHTS[place % 3] for place, sign in enumerate(text)) % 10


def _cleaned(line: str) -> str:
    """The line in the alphabet of the zone, as far as that is certain."""
    plain = unicodedata.normalize("NFD", line.translate(_LOOKS_LIKE_FILLER))
    plain = "".join(sign for sign in plain if not sign.isspace() and not unicodedata.combining(sign))
    plain = re.sub(r"(?<=<)[cke]+|[cke]+(?=<)", lambda run: "<" * len(run[0]), plain)  # the zone has no small letters
    return re.sub(r"<[<KC]{2,}$", lambda run: "<" * len(run[0]), plain.upper())


def _looks_like_zone(line: str) -> bool:
    alphabet = re.fullmatch(r"[A-Z0-9<]+", line) is not None
    return alphabet and ("<" in line or sum(sign.isdecimal() for sign in line) >= _DIGITS)


def _read(form: _Form, lines: list[str]) -> Mrz | None:
    first = "".join(_TO_LETTER.get(sign, sign) for sign in lines[0][:5])
    if first[0] not in form.begins:
        return None
    vietnamese = first[2:] == "VNM"
    alphabets = form.vietnamese if vietnamese else form.lines
    zone = tuple(_place_by_place(form, number, line, alphabets[number]) for number, line in enumerate(lines))
    if not all(zone):
        return None
    card = vietnamese and form.name == "TD1"
    checked = (*form.checked, _VIETNAMESE_CARD) if card else form.checked
    if not all(_holds(zone, spans, at_end=name == "all") for name, spans in checked):
        return None
    if vietnamese and form.name == "TD3" and not re.fullmatch(_PERSONAL_NUMBER, zone[1][28:42]):
        return None
    citizen = parse_citizen_id(zone[0][15:27]) if card else None
    if card and not (isinstance(citizen, str) and citizen.endswith(zone[0][5:14])):
        return None
    return _said(form, zone, citizen if isinstance(citizen, str) else None, tuple(name for name, _ in checked))


def _place_by_place(form: _Form, number: int, line: str, alphabet: str) -> str:
    """Line ``number`` of a form with every sign in its place and its alphabet; empty where that cannot be."""
    fitted = _fitted(line, form.width, names=number == form.names[0])
    return _repaired(fitted, alphabet) or "" if fitted else ""


def _fitted(line: str, width: int, *, names: bool) -> str | None:
    """The line at its width: fillers are added or taken away at the end of names, else in the longest run of them."""
    runs = sorted(re.finditer("<{2,}", line), key=lambda run: run.end() - run.start())
    if names:
        line = line.rstrip("<")
    elif len(line) != width and runs:
        start, end = runs[-1].span()
        line = line[:start] + "<" * max(1, end - start + width - len(line)) + line[end:]
    return line.ljust(width, "<") if len(line) <= width else None


def _repaired(line: str, alphabet: str) -> str | None:
    """The line with the one reading that the alphabet of each place leaves; None where it leaves none."""
    signs = [_SLIPS.get(kind, {}).get(sign, sign) for sign, kind in zip(line, alphabet, strict=True)]
    fits = all(sign in _ALPHABETS[kind] for sign, kind in zip(signs, alphabet, strict=True))
    return "".join(signs) if fits else None


def _holds(zone: tuple[str, ...], spans: tuple[_Span, ...], *, at_end: bool) -> bool:
    text = "".join(zone[line][start:end] for line, start, end in spans)
    line, _, end = spans[-1]
    digit = zone[line][-1 if at_end else end]
    if digit == "<":  # allowed where nothing is said
        return not at_end and not text.strip("<")
    return digit == str(check_digit(text))


def _said(form: _Form, zone: tuple[str, ...], citizen: CitizenId | None, checks: tuple[str, ...]) -> Mrz | None:
    """The fields of a zone whose check digits hold; None where a date is none."""

    def part(span: _Span) -> str:
        return zone[span[0]][span[1] : span[2]]

    birth, expiry, sex = part(form.birth), part(form.expiry), part(form.sex)
    if not re.fullmatch(_BIRTH, birth) or not re.fullmatch(_EXPIRY, expiry):  # a filler counts as much as a 0
        return None
    try:
        expires = _date("20" + expiry) if expiry.isdecimal() else None
        born = _date(_century(birth, citizen, expires) + birth) if birth.isdecimal() else None
    except ValueError:
        return None
    surname, _, given = part(form.names).partition("<<")
    return Mrz(
        lines=zone,
        document_number=part(form.number).rstrip("<"),
        citizen_id=citizen,
        birth_date=born,
        sex="M" if sex == "M" else "F" if sex == "F" else "",
        expiry_date=expires,
        surname=" ".join(_words(surname)),
        given_names=" ".join(_words(given)),
        checks=checks,
    )


def _century(birth: str, citizen: CitizenId | None, expires: date | None) -> str:
    """Of the birth: a citizen ID says it; else the latest in which the holder was born before the document expires."""
    if citizen:
        return str(19 + int(citizen[3]) // 2)
    return "20" if expires and 2000 + int(birth[:2]) < expires.year else "19"


def _date(digits: str) -> date:
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _words(names: str) -> Iterator[str]:
    return (word for word in names.split("<") if word)
