"""Read the fields of a typed paper: behind its labels, in its head, at its foot, and from the card's QR."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dossier.codes import CodeProblem, parse_dossier_code
from dossier.types import FieldRule, TypeRule
from dossier.values import Document, Field, Fields, ReadPage, Verdict, Word
from dossier.vietnamese import FoundDate, date_text, find_dates
from ocr.agency import head_office
from ocr.anchors import Reader, Run
from ocr.identity import CARD_TYPE, card_of, mrz_citizen_ids
from ocr.layout import PageView, Segment, union, view
from ocr.phrases import find_phrase
from ocr.values_of import Found, find_citizen, find_number, find_value

_HEAD_SHARE: Final = 0.45
_FOOT_SHARE: Final = 0.4
_MOTTO: Final = "cong hoa xa hoi chu nghia viet nam"
_PLACE_WORDS: Final = 7
"""A date of signing has a place name in front of it, no more words than this; a sentence of the body has more."""
_CITATION: Final = re.compile(r"\b(?:can cu|luat|nghi dinh|nghi quyet|thong tu|quyet dinh|to trinh|don|so)\b")
"""Words before the date of another paper that is cited."""
_HEAD_NUMBER: Final = re.compile(r"(?<!\w)\d{1,6}\s?/\s?(?:\d{4}\s?/\s?)?[A-ZĐ]{2,}[\w&]*(?:\s?[-/]\s?[\w&]+)*")
_MACHINE_READ: Final = 1.0


def extract(document: Document, verdict: Verdict, rules: Sequence[TypeRule]) -> Fields:
    """Read every field that the table names for the type; a field that is not found is left out."""
    rule = next((rule for rule in rules if rule.type == verdict.type), None)
    pages = [view(page) for page in document.read_pages if not page.blank]
    found: dict[str, Field] = {}
    if rule is not None:
        reader = Reader(pages, rule)
        for field in rule.fields:
            if field.name not in found:
                value = next(_values(field, pages, reader), None)
                if value is not None:
                    found[field.name] = value
    if verdict.type == CARD_TYPE:
        found = _with_machine_data(found, document.read_pages)
    return _with_dossier_code(found, document.read_pages, rule)


def _values(field: FieldRule, pages: Sequence[PageView], reader: Reader) -> Iterator[Field]:
    if field.place == "label":
        yield from _behind_labels(field, pages, reader)
    elif field.kind == "date":
        yield from _signing_dates(pages, at_foot=field.place == "foot")
    elif field.kind == "number":
        yield from _head_numbers(field, pages[:1], reader)
    elif field.kind == "agency":
        yield from _head_offices(pages[:1])
    elif field.kind == "citizen_id":
        yield from _only_citizen(pages)


def _behind_labels(field: FieldRule, pages: Sequence[PageView], reader: Reader) -> Iterator[Field]:
    for label in field.labels:
        if field.kind == "fixed":
            yield from _fixed(field, label, pages)
            continue
        for run in reader.behind(label, field):
            shortened = _without_headings(run) if field.kind != "person" else run
            found = find_value(field.kind, tuple(piece.text for piece in shortened.slices))
            if found is not None:
                yield _field(shortened, found)


def _without_headings(run: Run) -> Run:
    """A line of capitals under a value is the next heading, not a part of it."""
    for place, piece in enumerate(run.slices[1:], start=1):
        if piece.segment.in_capitals:
            return Run(run.slices[:place])
    return run


def _field(run: Run, found: Found) -> Field:
    return _of_words(found.value, run.page, run.words_between(found.start, found.end))


def _of_words(value: str, page: int, words: Sequence[Word]) -> Field:
    letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0
    return Field(value, page, union(word.box for word in words) if words else None, confidence)


def _fixed(field: FieldRule, label: str, pages: Iterable[PageView]) -> Iterator[Field]:
    for segment in (segment for page in pages for segment in page.by_height):
        hit = find_phrase(segment.folded, label)
        if hit is not None:
            yield _of_words(field.value, segment.page, segment.words_between(hit.start, hit.end))


def _signing_dates(pages: Sequence[PageView], *, at_foot: bool) -> Iterator[Field]:
    """Dates of the form ``Vĩnh Yên, ngày … tháng … năm …`` alone on a line: top down in the head, bottom up at the foot."""
    if at_foot:
        for page in reversed(pages):
            for segment in reversed(page.by_height):
                if not page.is_upper(segment, _FOOT_SHARE):
                    yield from _signing_date(segment)
    elif pages:
        for segment in pages[0].by_height:
            if pages[0].is_upper(segment, _HEAD_SHARE):
                yield from _signing_date(segment)


def _signing_date(segment: Segment) -> Iterator[Field]:
    dates = [hit for hit in find_dates(segment.text) if hit.in_words]
    if len(dates) == 1 and _stands_alone(segment, dates[0]):
        hit = dates[0]
        yield _of_words(date_text(hit.day), segment.page, segment.words_between(hit.start, hit.end))


def _stands_alone(segment: Segment, hit: FoundDate) -> bool:
    before = segment.folded[: hit.start]
    few = len(re.findall(r"\w+", before)) <= _PLACE_WORDS
    return few and not _CITATION.search(before) and not re.search(r"\w", segment.text[hit.end :])


def _head_numbers(field: FieldRule, first: Sequence[PageView], reader: Reader) -> Iterator[Field]:
    for label in field.labels:
        for anchor in reader.anchors:
            in_head = first and anchor.page is first[0] and first[0].is_upper(anchor.segment, _HEAD_SHARE)
            if anchor.label == label and anchor.start == 0 and in_head:
                rest = anchor.segment.text[anchor.end :]
                found = find_number(rest)
                if found is not None:
                    words = anchor.segment.words_between(anchor.end + found.start, anchor.end + found.end)
                    yield _of_words(found.value, anchor.segment.page, words)
    for page in first:
        for segment in page.by_height:
            match = _HEAD_NUMBER.search(segment.text)
            if match and page.is_upper(segment, _HEAD_SHARE) and len(segment.words) <= _PLACE_WORDS:
                words = segment.words_between(match.start(), match.end())
                yield _of_words(re.sub(r"\s", "", match.group()), segment.page, words)


def _head_offices(first: Sequence[PageView]) -> Iterator[Field]:
    for page in first:
        motto = next((one for one in page.by_height if find_phrase(one.folded, _MOTTO)), None)
        if motto is None:
            return
        block = _left_block(page, motto)
        name = head_office([segment.text for segment in block])
        if name:
            yield _of_words(name, page.page.number, [word for segment in block for word in segment.words])


def _left_block(page: PageView, motto: Segment) -> list[Segment]:
    """Lines of capitals left of the motto, down to the first line that is not (the number)."""
    block: list[Segment] = []
    for segment in page.by_height:
        box, reach = segment.box, 5 * page.line_height
        if (box.left + box.right) / 2 >= motto.box.left or not -reach / 2 < box.top - motto.box.top < reach:
            continue
        if not segment.in_capitals or find_phrase(segment.folded, "so"):
            break
        block.append(segment)
    return block


def _only_citizen(pages: Sequence[PageView]) -> Iterator[Field]:
    """The citizen ID of a paper that shows only one."""
    found: dict[str, Field] = {}
    for segment in (segment for page in pages for segment in page.by_height):
        hit = find_citizen(segment.text)
        if hit is not None:
            found.setdefault(hit.value, _of_words(hit.value, segment.page, segment.words_between(hit.start, hit.end)))
    if len(found) == 1:
        yield from found.values()


def _with_machine_data(found: dict[str, Field], pages: Sequence[ReadPage]) -> dict[str, Field]:
    """What the card's QR and MRZ say stands above what was read from its print (they carry their own checks)."""
    better = dict(found)
    for page in pages:
        for citizen in mrz_citizen_ids(page):
            better["citizen_id"] = Field(citizen, page.number, None, _MACHINE_READ)
    for page in pages:
        for card in filter(None, map(card_of, page.codes)):
            said = {
                "citizen_id": card.citizen_id,
                "name": card.name,
                "birth_date": date_text(card.birth_date) if card.birth_date else "",
                "gender": card.gender,
                "date": date_text(card.issued) if card.issued else "",
            }
            better |= {name: Field(value, page.number, None, _MACHINE_READ) for name, value in said.items() if value}
            if card.address:
                better.setdefault("address", Field(card.address, page.number, None, _MACHINE_READ))
    return better


def _with_dossier_code(found: dict[str, Field], pages: Sequence[ReadPage], rule: TypeRule | None) -> dict[str, Field]:
    """A dossier code in a QR or barcode of a paper that carries one stands above the printed one."""
    if rule is None or "dossier_code" not in {field.name for field in rule.fields}:
        return found
    for page in pages:
        for code in page.codes:
            parsed = parse_dossier_code(code.text)
            if not isinstance(parsed, CodeProblem):
                return found | {"dossier_code": Field(parsed, page.number, None, _MACHINE_READ)}
    return found
