"""Find the labels of a form and the run of text that stands behind each, over columns, cells and wrapped lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final, NamedTuple

from dossier.types import FieldKind, FieldRule, TypeRule
from dossier.values import Word
from ocr.layout import PageView, Segment
from ocr.parts import HOLDER, Parts
from ocr.phrases import Hit, find_phrase

_HAS_VALUE: Final = re.compile(r"\w")
_FREE_LINES: Final = ("address", "text", "phrase")
_ONE_PIECE: Final = ("text", "phrase", "address", "person", "date", "citizen_id", "date_words", "old_id")
"""Kinds whose value may be torn by the wide blanks of handwriting on dotted leaders."""
_NOTE: Final = re.compile(r"\s?\([^()]{0,60}\)(?=\s?[:\w])")
"""What a form says of how to fill a field: ``Họ và tên (chữ in hoa): ...``."""
_PLAIN_WIDTH: Final = 0.6
"""Of the widest line: a heading in the middle of the page is narrower, a paragraph is not."""
_WIDER: Final = 1.4
_TORN: Final = 5.0
"""In line heights: a wider gap parts columns."""
_WHOLE_ROW: Final = 40.0
"""In line heights: the day of an event may stand far behind its hour; what is no date there is not taken."""
_SURE_LETTERS: Final = 5
_WRAP_SLACK: Final = 0.8
"""In line heights: room that a line may leave although the next word would have fitted, by hand or by justification."""


class Slice(NamedTuple):
    """A piece of one segment."""

    segment: Segment
    start: int
    end: int

    @property
    def text(self) -> str:
        """The letters of the piece."""
        return self.segment.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Run:
    """Text behind a label, over one or more lines."""

    slices: tuple[Slice, ...]

    @property
    def text(self) -> str:
        """The lines joined by single blanks."""
        return " ".join(piece.text for piece in self.slices)

    def words_between(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that the letters ``start`` to ``end`` (exclusive) of `text` touch."""
        found: list[Word] = []
        at = 0
        for piece in self.slices:
            low, high = max(start - at, 0), min(end - at, len(piece.text))
            if low < high:
                found.extend(piece.segment.words_between(piece.start + low, piece.start + high))
            at += len(piece.text) + 1
        return tuple(found)

    @property
    def page(self) -> int:
        """Number of the page it begins on."""
        return self.slices[0].segment.page


class Anchor(NamedTuple):
    """A label that was found."""

    label: str
    page: PageView
    segment: Segment
    start: int
    end: int
    firm: bool
    """True where it ends the text in front of it; a label's words inside a sentence do not."""


def find_anchors(pages: Sequence[PageView], rule: TypeRule) -> tuple[Anchor, ...]:
    """Every label on the pages; where labels overlap, only the longest (``tên người mẹ`` is not ``tên``)."""
    own = {label for field in rule.fields for label in field.labels}
    stops = frozenset(rule.stops) - own
    labels = sorted(own | stops, key=lambda label: (-len(label), label))
    return tuple(
        anchor for page in pages for segment in page.by_height for anchor in _anchors_in(page, segment, labels, stops)
    )


def _anchors_in(page: PageView, segment: Segment, labels: Sequence[str], stops: Set[str]) -> list[Anchor]:
    taken: list[Anchor] = []
    for label in labels:
        hit = find_phrase(segment.folded, label)
        if (
            hit is None
            or ":" in segment.folded[hit.start : hit.end]
            or not _stands_as_label(segment.folded, hit, inline=label not in stops)
        ):
            continue
        if not any(hit.start < other.end and other.start < hit.end for other in taken):
            taken.append(Anchor(label, page, segment, hit.start, hit.end, _is_firm(segment.folded, hit)))
    return sorted(taken, key=lambda anchor: anchor.start)


def _stands_as_label(folded: str, hit: Hit, *, inline: bool) -> bool:
    """True at the start of a line (its numbering aside) or in front of a colon; elsewhere it may be a word of a sentence.

    Labels of fields are taken inside sentences too (``của ông/bà …``) if they are ``inline`` and not very short.
    """
    return _is_firm(folded, hit) or (inline and hit.end - hit.start >= _SURE_LETTERS)


def _is_firm(folded: str, hit: Hit) -> bool:
    before = folded[: hit.start]
    return not re.search(r"[^\W\d]{2}", before) or re.match(r"\s?[:/]", folded[hit.end :]) is not None


class Reader:
    """Reads what stands behind labels on the pages of one paper."""

    def __init__(self, pages: Sequence[PageView], rule: TypeRule) -> None:
        self.anchors = find_anchors(pages, rule)
        self._parts = Parts(pages, rule.parties)

    def behind(self, label: str, field: FieldRule) -> Iterator[Run]:
        """The runs behind every place of one of the field's labels, from the top down; of a torn line both readings."""
        for anchor in (anchor for anchor in self.anchors if anchor.label == label):
            if self._is_of(anchor, field.of):
                yield from self._runs(anchor, field)
        if field.of not in ("", HOLDER):
            yield from self._cells(label, field)

    def _is_of(self, anchor: Anchor, party: str) -> bool:
        if not party:
            return True
        there = self._parts.party_at(anchor.page, anchor.segment, anchor.start, anchor.end)
        return there == party or (party == HOLDER and not there)

    def _runs(self, anchor: Anchor, field: FieldRule) -> Iterator[Run]:
        first = self._first(anchor, keep_label=field.keep_label)
        if first is None:
            return
        rows: list[tuple[Slice, ...]] = [(first,)]
        reach = _WHOLE_ROW if field.kind == "date" else _TORN
        torn = tuple(self._torn_off(anchor.page, first, reach)) if field.kind in _ONE_PIECE else ()
        if torn:
            rows.insert(0 if field.kind in _FREE_LINES else 1, (first, *torn))
        for row in rows:
            yield Run((*row, *self._more_lines(anchor.page, row, field)))

    def _more_lines(self, page: PageView, row: Sequence[Slice], field: FieldRule) -> Iterator[Slice]:
        first, last = row[0].segment, row[-1]
        for _ in range(field.lines - 1):
            if last.end < len(last.segment.text):
                return
            following = self._following(page, first, last.segment, field.kind)
            if following is None:
                return
            yield following
            first, last = following.segment, following

    def _torn_off(self, page: PageView, first: Slice, reach: float) -> Iterator[Slice]:
        """Pieces of the same row behind the first one, up to the next label or column."""
        last = first
        while last.end == len(last.segment.text):
            other = page.right_of(last.segment)
            if other is None or other.box.left - last.segment.box.right > reach * page.line_height:
                return
            last = Slice(other, 0, self._next_label(other, 0))
            if not last.end:
                return
            yield last

    def _cells(self, label: str, field: FieldRule) -> Iterator[Run]:
        """What stands under the party's heading on the row of a label at the left of a table."""
        for heading in self._parts.columns(field.of):
            left, right = self._parts.span(heading)
            for anchor in (one for one in self.anchors if one.label == label and one.page is heading.page):
                for cell in anchor.page.row_of(anchor.segment):
                    middle = (cell.box.left + cell.box.right) / 2
                    if cell is not anchor.segment and left <= cell.box.left and middle < right:
                        yield Run((Slice(cell, 0, self._next_label(cell, 0)),))

    def _first(self, anchor: Anchor, *, keep_label: bool) -> Slice | None:
        note = _NOTE.match(anchor.segment.text, anchor.end)
        start = anchor.start if keep_label else note.end() if note else anchor.end
        same = Slice(anchor.segment, start, self._next_label(anchor.segment, start if start > anchor.end else anchor.end))
        if _HAS_VALUE.search(same.text):
            return None if _is_heading(anchor) else same
        if same.end < len(anchor.segment.text):
            return None  # another label follows at once: the field was left empty
        right = None if _is_heading(anchor) else anchor.page.right_of(anchor.segment)
        beside = right, anchor.page.below(anchor.segment)
        for other in beside:
            if other is not None and self._next_label(other, 0) > 0:
                return Slice(other, 0, self._next_label(other, 0))
        return None

    def _following(self, page: PageView, first: Segment, last: Segment, kind: FieldKind) -> Slice | None:
        """The next line of the column, if the first word there would not have fitted any more.

        Addresses on cards break by unit and subjects by sense, not by width.
        """
        under = page.below(first, reach=1.5)
        if under is None or self._next_label(under, 0) == 0:
            return None
        if kind == "address" and re.search(r"\bngay\b", under.folded):
            return None  # the line of place and day at the foot
        if kind == "text" and begins_paragraph(page, first, under):
            return None
        room = page.column_right(first) - last.box.right - _WRAP_SLACK * page.line_height
        if kind not in _FREE_LINES and under.words[0].box.width < room:
            return None
        return Slice(under, 0, self._next_label(under, 0))

    def _next_label(self, segment: Segment, start: int) -> int:
        """Where the next label begins in a segment, numbering in front of it (``5.``) included; else its end."""
        starts = [one.start for one in self.anchors if one.firm and one.segment is segment and one.start >= start]
        if not starts:
            return len(segment.text)
        numbering = re.search(r"(?:^|\s)(?:\d{1,2}|[a-zA-Z]|[IVX]+)[.)]\s*$", segment.text[start : min(starts)])
        return start + numbering.start() if numbering else min(starts)


def _is_heading(anchor: Anchor) -> bool:
    """``CHỦ HỘ KINH DOANH`` in capitals without a colon is a heading that begins like a label."""
    text = anchor.segment.text
    return anchor.start == 0 and text.isupper() and not re.search(r"[:\d]", text)


def begins_paragraph(page: PageView, line: Segment, under: Segment) -> bool:
    """True where a wide line follows a narrow one: the text of the paper begins, the heading is over."""
    widest = max(segment.box.width for segment in page.segments)
    return under.box.width > _PLAIN_WIDTH * widest and under.box.width > _WIDER * line.box.width
