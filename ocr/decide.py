"""Put together what is known of a paper, and decide: file it, or hold it for a person and say why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dossier.citizen_id import CitizenId, parse_citizen_id
from dossier.codes import CodeProblem
from dossier.dossier_code import DossierCode, parse_dossier_code
from dossier.doubts import DOUBTS
from dossier.types import ReviewBars, TypeRule
from dossier.values import UNKNOWN_TYPE, Document, FailedPage, Field, Fields, Filed, Held, ReadPage, Understood
from ocr.check import check
from ocr.classify import classify
from ocr.extract import extract
from ocr.type_model import TypeModel

_LOWEST_DPI: Final = 200
"""NĐ 30/2020 Annex I Part II asks for this much of a copy with legal force."""
_TURN_PROVEN: Final = 0.75
"""A page whose words were read with this confidence stands upright, whatever its picture said."""
_NAMING: Final = frozenset({"name", "citizen_id", "number", "date", "dossier_code", "birth_date"})
_BORNE_OUT: Final = frozenset({"read_twice", "agrees_with_code"})
_IMPORTANCE: Final = {key: place for place, key in enumerate(DOUBTS)}


def understand(document: Document, rules: Sequence[TypeRule], model: TypeModel) -> Understood:
    """Type a document and read its fields; dossier and citizen are what the paper itself says, until `ocr.link.link`."""
    verdict = classify(document, rules, model)
    fields = extract(document, verdict, rules)
    rule = next((rule for rule in rules if rule.type == verdict.type), None)
    doubts = (*document.doubts, *check(document, verdict, fields, rules))
    marked = replace(document, doubts=tuple(dict.fromkeys(doubts)))
    citizen = _citizen_id(fields) if rule is not None and rule.applicant else None
    return Understood(marked, verdict, fields, _dossier_code(fields), citizen)


def decide(understood: Understood, bars: ReviewBars) -> Filed | Held:
    """File a linked paper whose dossier, citizen and type are certain; hold every other with its reasons."""
    reasons = {*understood.document.doubts, *_page_doubts(understood.document, bars.text)}
    if any(_is_weak(name, field, bars.field) for name, field in understood.fields.items()):
        reasons.add("low_field")
    if understood.verdict.type == UNKNOWN_TYPE:
        reasons.add("unknown_type")
    elif understood.verdict.score < bars.verdict:
        reasons.add("weak_verdict")
    code, citizen = understood.dossier_code, understood.citizen_id
    if code is None:
        reasons.add("no_dossier_code")
    if citizen is None:
        reasons.add("no_citizen")
    if reasons or code is None or citizen is None:
        return Held(understood, tuple(sorted(reasons, key=_IMPORTANCE.__getitem__)))
    return Filed(understood, code, citizen)


def _is_weak(name: str, field: Field, least: float) -> bool:
    """True for a value that names a person, a paper or a dossier and was read unsurely, once."""
    once = field.source == "print" and not _BORNE_OUT & set(field.checks)
    return name in _NAMING and once and field.confidence < least


def _page_doubts(document: Document, least: float) -> Iterator[str]:
    for page in document.pages:
        if isinstance(page, FailedPage):
            yield "page_failed"
            continue
        if page.damaged:
            yield "damaged_picture"
        if round(page.dpi) < _LOWEST_DPI:
            yield "low_resolution"
        if not page.blank:
            yield from _reading_doubts(page, least)


def _reading_doubts(page: ReadPage, least: float) -> Iterator[str]:
    if page.confidence < least:
        yield "low_confidence"
    if not page.turn_sure and page.confidence < _TURN_PROVEN:
        yield "turn_unsure"


def _dossier_code(fields: Fields) -> DossierCode | None:
    field = fields.get("dossier_code")
    parsed = parse_dossier_code(field.value) if field else None
    return None if parsed is None or isinstance(parsed, CodeProblem) else parsed


def _citizen_id(fields: Fields) -> CitizenId | None:
    field = fields.get("citizen_id")
    parsed = parse_citizen_id(field.value) if field else None
    return None if parsed is None or isinstance(parsed, CodeProblem) else parsed
