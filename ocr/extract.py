"""Read the fields of a typed paper: behind its labels, in its head, under its title, at its foot, and from its codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from dossier.types import FieldRule, TypeRule
from dossier.values import Document, Field, Fields, Verdict, Word
from ocr.anchors import Reader, Run
from ocr.cross_checks import with_checks
from ocr.heads import Piece, head_numbers, head_offices, lone_serials, signing_dates, subjects
from ocr.layout import PageView, union, view
from ocr.machine_data import with_machine_data
from ocr.phrases import find_phrase
from ocr.signers import name_of, post_of, signatures, signing_offices
from ocr.values_of import Found, find_citizen, find_value

_BESIDE: Final = 3.0
"""In line heights: words that repeat a date stand no farther below it."""


def extract(document: Document, verdict: Verdict, rules: Sequence[TypeRule]) -> Fields:
    """Read every field that the table names for the type; a field that is not found is left out."""
    rule = next((rule for rule in rules if rule.type == verdict.type), None)
    if rule is None:
        return {}
    pages = [view(page) for page in document.read_pages if not page.blank]
    reader = Reader(pages, rule)
    found: dict[str, Field] = {}
    for field in rule.fields:
        if field.name not in found:
            value = next(_values(field, pages, reader, rule, found), None)
            if value is not None:
                found[field.name] = value
    return with_checks(with_machine_data(found, document.read_pages, rule), rule.checks)


def _values(
    field: FieldRule, pages: Sequence[PageView], reader: Reader, rule: TypeRule, found: Mapping[str, Field]
) -> Iterator[Field]:
    if field.place == "label":
        values = _behind_labels(field, pages, reader)
        yield from _beside(values, found.get(field.beside), pages) if field.beside else values
    elif field.kind == "date":
        yield from map(_of_piece, signing_dates(pages, at_foot=field.place == "foot"))
    elif field.kind == "serial":
        yield from map(_of_piece, lone_serials(pages))
    elif field.kind == "number":
        yield from map(_of_piece, head_numbers(pages[:1]))
    elif field.place == "title":
        yield from map(_of_piece, subjects(pages[:1], rule))
    elif field.place == "signature":
        yield from map(_of_piece, _signed(field, pages))
    elif field.kind == "agency":
        yield from map(_of_piece, head_offices(pages[:1]))
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
        if piece.segment.in_capitals and not run.slices[0].segment.in_capitals:
            return Run(run.slices[:place])
    return run


def _beside(values: Iterable[Field], neighbour: Field | None, pages: Sequence[PageView]) -> Iterator[Field]:
    """The values on the row of a neighbouring field or right below it."""
    for value in values:
        if neighbour is None or value.page != neighbour.page or value.box is None or neighbour.box is None:
            continue
        high = next(page.line_height for page in pages if page.page.number == value.page)
        if -high < value.box.top - neighbour.box.top < _BESIDE * high:
            yield value


def _signed(field: FieldRule, pages: Sequence[PageView]) -> Iterator[Piece]:
    if field.kind == "agency":
        yield from (Piece(name, line.page, line.words) for name, line in signing_offices(pages))
        return
    for signature in signatures(pages):
        if field.kind == "person":
            name, start = name_of(signature)
            segment = signature.name
            yield Piece(name, segment.page, segment.words_between(start, len(segment.text)))
        else:
            yield Piece(post_of(signature), signature.post.page, signature.post.words)


def _field(run: Run, found: Found) -> Field:
    return _of_words(found.value, run.page, run.words_between(found.start, found.end))


def _of_piece(piece: Piece) -> Field:
    return _of_words(piece.value, piece.page, piece.words)


def _of_words(value: str, page: int, words: Sequence[Word]) -> Field:
    letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0
    return Field(value, page, union(word.box for word in words) if words else None, confidence)


def _fixed(field: FieldRule, label: str, pages: Iterable[PageView]) -> Iterator[Field]:
    for segment in (segment for page in pages for segment in page.by_height):
        hit = find_phrase(segment.folded, label)
        if hit is not None:
            yield _of_words(field.value, segment.page, segment.words_between(hit.start, hit.end))


def _only_citizen(pages: Sequence[PageView]) -> Iterator[Field]:
    """The citizen ID of a paper that shows only one."""
    found: dict[str, Field] = {}
    for segment in (segment for page in pages for segment in page.by_height):
        hit = find_citizen(segment.text)
        if hit is not None:
            found.setdefault(hit.value, _of_words(hit.value, segment.page, segment.words_between(hit.start, hit.end)))
    if len(found) == 1:
        yield from found.values()
