"""The machine-readable parts of an identity card: its QR (seven fields) and its three lines of MRZ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from dossier.citizen_id import CitizenId, OldCardNumber, parse_citizen_id, parse_old_card
from dossier.codes import CodeProblem
from dossier.values import Code, ReadPage
from dossier.vietnamese import parse_date
from ocr.mrz import check_digit, find_mrz

CARD_TYPE: Final = "can_cuoc_cong_dan"
_FEWEST_FIELDS: Final = 6
"""``ID|old ID or empty|name|ddMMyyyy|sex|address[|ddMMyyyy of issue]``; newer cards may carry more at the end."""
_MRZ_FIRST: Final = re.compile(r"(?<![A-Z0-9])IDVNM(\d{9})(\d)(\d{12})<<(\d)(?![A-Z0-9])")
_MRZ_SECOND: Final = re.compile(r"[0-9OQDILZSGB]{7}[MF<][0-9OQDILZSGB<]{7}VNM")
"""Birth, sex and expiry of a Vietnamese card, letters for digits as OCR misreads them."""


@dataclass(frozen=True, slots=True)
class CardData:
    """What the QR of an identity card says."""

    citizen_id: CitizenId
    old_number: OldCardNumber | None
    """Of the card before it; None where there was none or the field holds no such number."""
    name: str
    birth_date: date | None
    gender: str
    address: str
    issued: date | None


def card_of(code: Code) -> CardData | None:
    """The card that a QR describes; None where it is no card's. Six fields are enough, more than seven are passed over."""
    fields = [part.strip() for part in code.text.split("|")]
    if code.kind != "qr" or len(fields) < _FEWEST_FIELDS:
        return None
    citizen = parse_citizen_id(fields[0])
    if isinstance(citizen, CodeProblem) or not fields[2]:
        return None
    old = parse_old_card(fields[1])
    issued = parse_date(fields[6]) if len(fields) > _FEWEST_FIELDS else None
    return CardData(
        citizen_id=citizen,
        old_number=None if isinstance(old, CodeProblem) else old,
        name=fields[2],
        birth_date=parse_date(fields[3]),
        gender=fields[4],
        address=fields[5],
        issued=issued,
    )


def mrz_citizen_ids(page: ReadPage) -> Iterator[CitizenId]:
    """Citizen IDs that the MRZ of a card proves, from the codes of the page and from its lines.

    Where the zone is whole all check digits must hold (number, birth, expiry, the ID's own, and the one over all). A
    first line whose second was not read at all proves the ID by two of them and by its two copies of the last nine
    digits; once a second line is there, it must hold too.
    """
    zones = [code.text.splitlines() for code in page.codes if code.kind == "mrz"]
    for lines in (*zones, [line.text for line in page.lines]):
        whole = find_mrz(lines)
        if whole is not None and whole.citizen_id is not None:
            yield whole.citizen_id
        elif whole is None:
            yield from _from_first_line(["".join(line.upper().split()) for line in lines])


def _from_first_line(lines: list[str]) -> Iterator[CitizenId]:
    if any(_MRZ_SECOND.search(line) for line in lines):
        return
    for line in lines:
        for number, number_check, citizen, citizen_check in _MRZ_FIRST.findall(line):
            parsed = parse_citizen_id(citizen)
            checks = (check_digit(number), check_digit(f"{citizen}<<")) == (int(number_check), int(citizen_check))
            if not isinstance(parsed, CodeProblem) and citizen.endswith(number) and checks:
                yield parsed
