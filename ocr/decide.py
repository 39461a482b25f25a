"""Put together what is known of a paper, and decide: file it, or hold it for a person and say why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dossier.codes import CitizenId, CodeProblem, DossierCode, parse_citizen_id, parse_dossier_code
from dossier.doubts import DOUBTS
from dossier.types import TypeRule
from dossier.values import UNKNOWN_TYPE, Document, FailedPage, Fields, Filed, Held, ReadPage, Understood
from ocr.check import check
from ocr.classify import classify
from ocr.extract import extract

_LOWEST_DPI: Final = 200
"""NĐ 30/2020 Annex I Part II asks for this much of a copy with legal force."""
_TURN_PROVEN: Final = 0.75
"""A page whose words were read with this confidence stands upright, whatever its picture said."""
_SLIPS: Final = 2
_IMPORTANCE: Final = {key: place for place, key in enumerate(DOUBTS)}


def understand(document: Document, rules: Sequence[TypeRule]) -> Understood:
    """Type a document, read its fields and name its dossier and citizen, as far as they are known.

    A separator's word stands above the paper's. What only the paper says is a proposal for the person at the desk and
    is marked so (``one_sided_link``), until `ocr.link.link` finds it confirmed.
    """
    verdict = classify(document, rules)
    fields = extract(document, verdict, rules)
    rule = next((rule for rule in rules if rule.type == verdict.type), None)
    doubts = (*document.doubts, *check(document, verdict, fields, rules))
    separator, printed = document.separator, _dossier_code(fields)
    if separator is None:
        code, citizen = printed, _citizen_id(fields) if rule is not None and rule.applicant else None
        doubts = (*doubts, "one_sided_link") if code or citizen else doubts
    else:
        code, citizen = separator.dossier_code, separator.citizen_id
        doubts = (*doubts, "code_conflict") if printed not in {None, code} else doubts
        doubts = (*doubts, "near_citizen_id") if _is_near(citizen, _citizen_id(fields)) else doubts
    marked = replace(document, doubts=tuple(dict.fromkeys(doubts)))
    return Understood(marked, verdict, fields, code, citizen)


def decide(understood: Understood, *, review_type_below: float, review_text_below: float) -> Filed | Held:
    """File a paper whose dossier, citizen and type are certain; hold every other with its reasons.

    Args:
        understood: a paper, linked over its file.
        review_type_below: a verdict that scores lower waits for a person, 0.0 to 1.0.
        review_text_below: a page read with lower mean confidence makes its paper wait, 0.0 to 1.0.
    """
    reasons = {*understood.document.doubts, *_page_doubts(understood.document, review_text_below)}
    if understood.verdict.type == UNKNOWN_TYPE:
        reasons.add("unknown_type")
    elif understood.verdict.score < review_type_below:
        reasons.add("weak_verdict")
    code, citizen = understood.dossier_code, understood.citizen_id
    if code is None:
        reasons.add("no_dossier_code")
    if citizen is None:
        reasons.add("no_citizen")
    if reasons or code is None or citizen is None:
        return Held(understood, tuple(sorted(reasons, key=_IMPORTANCE.__getitem__)))
    return Filed(understood, code, citizen)


def _page_doubts(document: Document, review_text_below: float) -> Iterator[str]:
    for page in document.pages:
        if isinstance(page, FailedPage):
            yield "page_failed"
            continue
        if page.damaged:
            yield "damaged_picture"
        if round(page.dpi) < _LOWEST_DPI:
            yield "low_resolution"
        if not page.blank:
            yield from _reading_doubts(page, review_text_below)


def _reading_doubts(page: ReadPage, review_text_below: float) -> Iterator[str]:
    if page.confidence < review_text_below:
        yield "low_confidence"
    if not page.turn_sure and page.confidence < _TURN_PROVEN:
        yield "turn_unsure"


def _is_near(known: CitizenId | None, read: CitizenId | None) -> bool:
    """True when two different IDs are so alike that one is likelier a misreading of the other than another person's."""
    if known is None or read is None or known == read:
        return False
    return sum(one != other for one, other in zip(known, read, strict=True)) <= _SLIPS


def _dossier_code(fields: Fields) -> DossierCode | None:
    field = fields.get("dossier_code")
    parsed = parse_dossier_code(field.value) if field else None
    return None if parsed is None or isinstance(parsed, CodeProblem) else parsed


def _citizen_id(fields: Fields) -> CitizenId | None:
    field = fields.get("citizen_id")
    parsed = parse_citizen_id(field.value) if field else None
    return None if parsed is None or isinstance(parsed, CodeProblem) else parsed
