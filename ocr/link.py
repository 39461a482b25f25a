"""Bind the papers of one file to a dossier and its citizen, and say where the bond is too thin.

A separator's QR binds every paper behind it. Where there is none, a receipt binds the papers that follow it in the same
file, but only those that show its citizen's ID themselves: one reading by OCR is never enough, and a name never is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dossier.codes import CitizenId, CodeProblem, DossierCode, find_citizen_ids, parse_dossier_code
from dossier.values import Document, Separator, Understood
from ocr.identity import card_of, mrz_citizen_ids

RECEIPT_TYPE: Final = "phieu_tiep_nhan"


@dataclass(frozen=True, slots=True)
class _Receipt:
    """What a receipt says about the papers behind it."""

    understood: Understood
    dossier_code: DossierCode
    citizen_id: CitizenId | None
    code_is_sure: bool
    """The code was read by machine, or twice."""


def link(understoods: Sequence[Understood]) -> tuple[Understood, ...]:
    """Link the papers of one file, in scan order; doubts are added to their documents."""
    linked: list[Understood] = []
    receipt: _Receipt | None = None
    conflict: Separator | None = None
    for place, one in enumerate(understoods):
        separator = one.document.separator
        if separator is None and "separator_unreadable" not in one.document.doubts:
            receipt = _receipt_of(one) if one.verdict.type == RECEIPT_TYPE else receipt
            linked.append(_by_receipt(one, receipt, understoods[place + 1 :]) if receipt else one)
            continue
        receipt = None
        # A receipt of another dossier behind a separator: a separator sheet was lost, and the papers that
        # follow are the other dossier's.
        if separator is not None and _contradicts(one, separator):
            conflict = separator
        lost = separator is not None and conflict == separator
        linked.append(with_doubts(one, "code_conflict") if lost else one)
    return tuple(linked)


def with_doubts(understood: Understood, *doubts: str) -> Understood:
    """The same with more reasons to look, each once."""
    document = understood.document
    together = tuple(dict.fromkeys((*document.doubts, *doubts)))
    return replace(understood, document=replace(document, doubts=together))


def _contradicts(one: Understood, separator: Separator) -> bool:
    return one.verdict.type == RECEIPT_TYPE and _printed_code(one) not in {None, separator.dossier_code}


def _printed_code(one: Understood) -> DossierCode | None:
    field = one.fields.get("dossier_code")
    parsed = parse_dossier_code(field.value) if field else None
    return None if parsed is None or isinstance(parsed, CodeProblem) else parsed


def _receipt_of(one: Understood) -> _Receipt | None:
    """What this receipt says; None where its code was not read: it ends the reach of the receipt before it all the same."""
    code = _printed_code(one)
    if code is None:
        return None
    by_machine = any(parse_dossier_code(c.text) == code for page in one.document.read_pages for c in page.codes)
    twice = len(re.findall(rf"{re.escape(code)}(?!\d)", one.document.text.upper())) > 1
    return _Receipt(one, code, one.citizen_id, code_is_sure=by_machine or twice)


def _by_receipt(one: Understood, receipt: _Receipt, following: Sequence[Understood]) -> Understood:
    code = _printed_code(one)
    if code not in {None, receipt.dossier_code}:
        return with_doubts(one, "code_conflict", "one_sided_link")
    bound = replace(one, dossier_code=receipt.dossier_code, citizen_id=receipt.citizen_id)
    citizen = receipt.citizen_id
    if citizen is None or not receipt.code_is_sure:
        return with_doubts(bound, "one_sided_link")
    if one is receipt.understood:
        witnesses = [paper.document for paper in _until_next_receipt(following)]
    else:
        witnesses = [one.document]
    if any(citizen in _ids_on(document) for document in witnesses):
        return _without_doubt(bound, "one_sided_link")
    return with_doubts(bound, "one_sided_link")


def _until_next_receipt(understoods: Sequence[Understood]) -> list[Understood]:
    papers: list[Understood] = []
    for one in understoods:
        if one.verdict.type == RECEIPT_TYPE or one.document.separator is not None:
            break
        papers.append(one)
    return papers


def _ids_on(document: Document) -> set[CitizenId]:
    ids = set(find_citizen_ids(document.text))
    for page in document.read_pages:
        ids.update(mrz_citizen_ids(page))
        ids.update(card.citizen_id for card in map(card_of, page.codes) if card is not None)
    return ids


def _without_doubt(understood: Understood, doubt: str) -> Understood:
    doubts = tuple(one for one in understood.document.doubts if one != doubt)
    return replace(understood, document=replace(understood.document, doubts=doubts))
