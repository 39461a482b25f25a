"""Look for reasons to doubt one paper: a secrecy stamp, an impossible ID, fields that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from dossier.codes import CitizenId, CodeProblem, parse_citizen_id
from dossier.types import TypeRule
from dossier.values import Document, Fields, ReadPage, Verdict
from dossier.vietnamese import parse_date
from ocr.anchors import Reader
from ocr.identity import CARD_TYPE, card_of, mrz_citizen_ids
from ocr.layout import PageView, view
from ocr.phrases import begins_with

_STAMPS: Final = ("tuyet mat", "toi mat", "mat")
_STAMP_SHARE: Final = 0.4
_ID_LIKE: Final = re.compile(r"(?<!\d)\d(?:[ .]?\d){10,12}(?!\d)")
"""Eleven to thirteen digits behind a label for twelve."""
_CARD_NUMBER: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
_MEN: Final = "02"
"""Digit 4 of a citizen ID is even for men, odd for women; 0 and 1 are born before 2000 (NĐ 137/2015 Art. 13)."""


def check(document: Document, verdict: Verdict, fields: Fields, rules: Sequence[TypeRule]) -> tuple[str, ...]:
    """Reasons, as keys of `dossier.doubts.DOUBTS`, that the paper itself gives a person to look at it."""
    rule = next((rule for rule in rules if rule.type == verdict.type), None)
    pages = [view(page) for page in document.read_pages if not page.blank]
    reasons: list[str] = []
    if any(map(_is_stamped_secret, pages)):
        reasons.append("secrecy_stamp")
    if rule is not None and _has_bad_id(pages, fields, rule):
        reasons.append("bad_citizen_id")
    if verdict.type == CARD_TYPE and _is_of_two_persons(document.read_pages):
        reasons.append("identity_conflict")
    if rule is not None and any(name not in fields for name in rule.required):
        reasons.append("missing_field")
    return tuple(reasons)


def fits(citizen_id: CitizenId, fields: Fields) -> bool:
    """True unless the sex or the birth date on the same paper contradicts the ID."""
    gender, birth = fields.get("gender"), fields.get("birth_date")
    if gender is not None and (citizen_id[3] in _MEN) != (gender.value == "Nam"):
        return False
    day = parse_date(birth.value) if birth is not None else None
    return day is None or day.year == _birth_year(citizen_id)


def _birth_year(citizen_id: CitizenId) -> int:
    return 1900 + 100 * (int(citizen_id[3]) // 2) + int(citizen_id[4:6])


def _is_stamped_secret(page: PageView) -> bool:
    """MẬT, TỐI MẬT or TUYỆT MẬT in capitals alone on a line near the top (NĐ 30/2020 Annex I)."""
    for segment in page.segments:
        if not (segment.in_capitals and page.is_upper(segment, _STAMP_SHARE)):
            continue
        letters = "".join(re.findall(r"[a-z]", segment.folded))
        for stamp in _STAMPS:
            squeezed = stamp.replace(" ", "")
            if letters == squeezed or (abs(len(letters) - len(squeezed)) <= 1 and begins_with(segment.folded, stamp) > 0):
                return True
    return False


def _has_bad_id(pages: Sequence[PageView], fields: Fields, rule: TypeRule) -> bool:
    citizen = fields.get("citizen_id")
    if citizen is not None:
        return not fits(CitizenId(citizen.value), fields)
    return any(_impossible_ids(pages, rule))


def _impossible_ids(pages: Sequence[PageView], rule: TypeRule) -> Iterator[str]:
    """Numbers behind a label for citizen IDs that are none."""
    reader = Reader(pages, rule)
    for field in rule.fields:
        if field.name != "citizen_id" or field.kind != "citizen_id":
            continue
        for run in (run for label in field.labels for run in reader.behind(label, field)):
            for match in _ID_LIKE.finditer(run.text):
                if isinstance(parse_citizen_id(match.group()), CodeProblem):
                    yield match.group()


def _is_of_two_persons(pages: Sequence[ReadPage]) -> bool:
    """True when the QR, the MRZ and the printed number of one card are not one number: two cards became one paper."""
    machine = {card.citizen_id for page in pages for code in page.codes if (card := card_of(code)) is not None}
    machine |= {citizen for page in pages for citizen in mrz_citizen_ids(page)}
    printed = {
        parsed
        for page in pages
        for match in _CARD_NUMBER.finditer(page.text)
        if not isinstance(parsed := parse_citizen_id(match.group()), CodeProblem)
    }
    return len(machine) > 1 or bool(machine and printed and not machine & printed)
