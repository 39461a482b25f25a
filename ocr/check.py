"""Look for reasons to doubt one paper: a secrecy stamp, an impossible ID, fields that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from dossier.citizen_id import parse_citizen_id
from dossier.codes import CodeProblem
from dossier.types import TypeRule
from dossier.values import Document, Fields, ReadPage, Verdict
from ocr.anchors import Reader
from ocr.cross_checks import contradictions
from ocr.identity import CARD_TYPE, card_of, mrz_citizen_ids
from ocr.layout import PageView, view
from ocr.secrecy import bears_stamp

_ID_LIKE: Final = re.compile(r"(?<!\d)\d(?:[ .]?\d){10,12}(?!\d)")
"""Eleven to thirteen digits behind a label for twelve."""
_CARD_NUMBER: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")


def check(document: Document, verdict: Verdict, fields: Fields, rules: Sequence[TypeRule]) -> tuple[str, ...]:
    """Reasons, as keys of `dossier.doubts.DOUBTS`, that the paper itself gives a person to look at it."""
    rule = next((rule for rule in rules if rule.type == verdict.type), None)
    pages = [view(page) for page in document.read_pages if not page.blank]
    reasons: list[str] = []
    if any(map(bears_stamp, document.read_pages)):
        reasons.append("secrecy_stamp")
    if rule is not None:
        reasons.extend(contradictions(fields, rule.checks))
        if "citizen_id" not in fields and any(_impossible_ids(pages, rule)):
            reasons.append("bad_citizen_id")
    if verdict.type == CARD_TYPE and _is_of_two_persons(document.read_pages):
        reasons.append("identity_conflict")
    if rule is not None and any(name not in fields for name in rule.required):
        reasons.append("missing_field")
    return tuple(dict.fromkeys(reasons))


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
