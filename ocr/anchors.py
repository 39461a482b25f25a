"""Find the labels of a form and the run of text that stands behind each, over columns, cells and wrapped lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final, NamedTuple

from dossier.types import FieldRule, TypeRule
from dossier.values import Word
from ocr.layout import PageView, Segment
from ocr.phrases import Hit, find_phrase

_HAS_VALUE: Final = re.compile(r"\w")
_FREE_LINES: Final = ("address", "text")
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


def find_anchors(pages: Sequence[PageView], rule: TypeRule) -> tuple[Anchor, ...]:
    """Every label on the pages; where labels overlap, only the longest (``tên người mẹ`` is not ``tên``)."""
    own = {label for field in rule.fields for label in (*field.labels, *field.within)}
    stops = frozenset(rule.stops) - own
    labels = sorted(own | stops, key=lambda label: (-len(label), label))
    return tuple(
        anchor for page in pages for segment in page.by_height for anchor in _anchors_in(page, segment, labels, stops)
    )


def _anchors_in(page: PageView, segment: Segment, labels: Sequence[str], stops: Set[str]) -> list[Anchor]:
    taken: list[Anchor] = []
    for label in labels:
        hit = find_phrase(segment.folded, label)
        if hit is None or not _stands_as_label(segment.folded, hit, inline=label not in stops):
            continue
        if not any(hit.start < other.end and other.start < hit.end for other in taken):
            taken.append(Anchor(label, page, segment, hit.start, hit.end))
    return sorted(taken, key=lambda anchor: anchor.start)


def _stands_as_label(folded: str, hit: Hit, *, inline: bool) -> bool:
    """True at the start of a line (its numbering aside) or in front of a colon; elsewhere it may be a word of a sentence.

    Labels of fields are taken inside sentences too (``của ông/bà …``) if they are ``inline`` and not very short.
    """
    if not re.search(r"[^\W\d]{2}", folded[: hit.start]):
        return True
    if re.match(r"\s?[:/]", folded[hit.end :]):
        return True
    return inline and hit.end - hit.start >= _SURE_LETTERS


class Reader:
    """Reads what stands behind labels on the pages of one paper."""

    def __init__(self, pages: Sequence[PageView], rule: TypeRule) -> None:
        self.anchors = find_anchors(pages, rule)

    def behind(self, label: str, field: FieldRule) -> Iterator[Run]:
        """The runs behind every place of one of the field's labels, from the top down."""
        for anchor in self._at(label, field.within):
            run = self._run(anchor, field)
            if run is not None:
                yield run

    def _at(self, label: str, within: Sequence[str]) -> Iterator[Anchor]:
        places = [anchor for anchor in self.anchors if anchor.label == label]
        if not within:
            yield from places
            return
        for heading in (anchor for anchor in self.anchors if anchor.label in within):
            yield from (place for place in places if _stands_under(place, heading))

    def _run(self, anchor: Anchor, field: FieldRule) -> Run | None:
        first = self._first(anchor, keep_label=field.keep_label)
        if first is None:
            return None
        slices = [first]
        while len(slices) < field.lines and slices[-1].end == len(slices[-1].segment.text):
            following = self._following(anchor.page, slices[-1].segment, only_full=field.kind not in _FREE_LINES)
            if following is None:
                break
            slices.append(following)
        return Run(tuple(slices))

    def _first(self, anchor: Anchor, *, keep_label: bool) -> Slice | None:
        start = anchor.start if keep_label else anchor.end
        same = Slice(anchor.segment, start, self._next_label(anchor.segment, anchor.end))
        if _HAS_VALUE.search(same.text):
            return same
        if same.end < len(anchor.segment.text):
            return None  # another label follows at once: the field was left empty
        beside = anchor.page.right_of(anchor.segment), anchor.page.below(anchor.segment)
        for other in beside:
            if other is not None and self._next_label(other, 0) > 0:
                return Slice(other, 0, self._next_label(other, 0))
        return None

    def _following(self, page: PageView, segment: Segment, *, only_full: bool) -> Slice | None:
        """The next line of the column. ``only_full``: if the first word there would not have fitted any more.

        Addresses on cards break by unit and subjects by sense, not by width.
        """
        under = page.below(segment, reach=1.5)
        if under is None or self._next_label(under, 0) == 0:
            return None
        room = page.column_right(segment) - segment.box.right - _WRAP_SLACK * page.line_height
        if only_full and under.words[0].box.width < room:
            return None
        return Slice(under, 0, self._next_label(under, 0))

    def _next_label(self, segment: Segment, start: int) -> int:
        """Where the next label begins in a segment, numbering in front of it (``5.``) included; else its end."""
        starts = [one.start for one in self.anchors if one.segment is segment and one.start >= start]
        if not starts:
            return len(segment.text)
        numbering = re.search(r"(?:^|\s)(?:\d{1,2}|[a-zA-Z]|[IVX]+)[.)]\s*$", segment.text[start : min(starts)])
        return start + numbering.start() if numbering else min(starts)


def _stands_under(place: Anchor, heading: Anchor) -> bool:
    """True when a label stands behind or below a heading, in its column."""
    if place.page is not heading.page:
        return place.segment.page > heading.segment.page
    if place.segment is heading.segment:
        return place.start >= heading.end
    upper, lower = heading.segment.box, place.segment.box
    return lower.top > upper.top and min(upper.right, lower.right) - max(upper.left, lower.left) > 0
