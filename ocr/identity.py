"""The machine-readable parts of an identity card: its QR (seven fields) and its three lines of MRZ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from dossier.codes import CitizenId, CodeProblem, parse_citizen_id
from dossier.values import Code, ReadPage
from dossier.vietnamese import parse_date

CARD_TYPE: Final = "can_cuoc_cong_dan"
_FEWEST_FIELDS: Final = 6
"""``ID|old ID or empty|name|ddMMyyyy|sex|address[|ddMMyyyy of issue]``; newer cards may carry more at the end."""
_MRZ_FIRST: Final = re.compile(r"IDVNM(\d{9})(\d)(\d{12})<<(\d)")
_WEIGHTS: Final = (7, 3, 1)
"""ICAO Doc 9303 part 3: weights of the check digit."""


@dataclass(frozen=True, slots=True)
class CardData:
    """What the QR of an identity card says."""

    citizen_id: CitizenId
    name: str
    birth_date: date | None
    gender: str
    address: str
    issued: date | None


def card_of(code: Code) -> CardData | None:
    """The card that a QR describes; None where it is no card's."""
    fields = [part.strip() for part in code.text.split("|")]
    if code.kind != "qr" or len(fields) < _FEWEST_FIELDS:
        return None
    citizen = parse_citizen_id(fields[0])
    if isinstance(citizen, CodeProblem) or not fields[2]:
        return None
    issued = parse_date(fields[6]) if len(fields) > _FEWEST_FIELDS else None
    return CardData(citizen, fields[2], parse_date(fields[3]), fields[4], fields[5], issued)


def mrz_citizen_ids(page: ReadPage) -> Iterator[CitizenId]:
    """Citizen IDs from the first MRZ line of a card where its check digits and its two copies of the number agree."""
    texts = [code.text for code in page.codes if code.kind == "mrz"] + [line.text for line in page.lines]
    for text in texts:
        for number, check, citizen, _ in _MRZ_FIRST.findall(re.sub(r"\s", "", text).upper()):
            parsed = parse_citizen_id(citizen)
            if isinstance(parsed, str) and citizen.endswith(number) and _check_digit(number) == int(check):
                yield parsed


def _check_digit(digits: str) -> int:
    return sum(int(digit) * _WEIGHTS[place % 3] for place, digit in enumerate(digits)) % 10
