"""The parts of a form that speak of one person each: the mother's block, the wife's column, party B."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dossier.types import Party
from ocr.layout import PageView, Segment
from ocr.phrases import Hit, find_phrase

HOLDER: Final = "holder"
"""The party that the paper is about; what stands in no party's part is the holder's too."""
_END: Final = "end"
_ROW: Final = 0.6
"""In heights: headings whose tops differ by less stand side by side."""


class Heading(NamedTuple):
    """A heading that was found."""

    party: str
    page: PageView
    segment: Segment
    start: int
    end: int

    @property
    def left(self) -> float:
        """Left edge, pixels; of its own words where it closes a line of capitals, else of the label that it is part of."""
        words = self.segment.words_between(self.start, self.end) if self.segment.text.isupper() else self.segment.words
        return words[0].box.left


class Parts:
    """Tells in whose part of a paper a place stands."""

    def __init__(self, pages: Sequence[PageView], parties: Sequence[Party]) -> None:
        self.headings = tuple(_find(pages, parties))

    def party_at(self, page: PageView, segment: Segment, start: int, end: int) -> str:
        """The party whose heading stands nearest above or in front of some letters; empty where there is none."""
        before = [one for one in self.headings if self._opens_before(one, page, segment, start, end)]
        if not before:
            return ""
        nearest = max(before, key=lambda one: (one.segment.page, one.segment.box.top, one.start))
        return "" if nearest.party == _END else nearest.party

    def columns(self, party: str) -> Iterator[Heading]:
        """The party's headings that stand beside another party's, as over the columns of a table."""
        for one in self.headings:
            if one.party == party and any(other.party != party for other in self._beside(one)):
                yield one

    def span(self, heading: Heading) -> tuple[float, float]:
        """Left and right edge of the column under a heading, pixels; endless where nothing stands beside it."""
        slack = heading.segment.box.height  # the page may stand a little askew
        own = heading.left - slack
        others = [one.left - slack for one in self._beside(heading)]
        left = own if any(edge < own for edge in others) else 0.0
        return left, min((edge for edge in others if edge > own), default=float("inf"))

    def _beside(self, heading: Heading) -> list[Heading]:
        return [one for one in self.headings if one.segment is not heading.segment and _on_one_row(one, heading)]

    def _opens_before(self, heading: Heading, page: PageView, segment: Segment, start: int, end: int) -> bool:
        if heading.page is not page:
            return segment.page > heading.segment.page
        if heading.segment is segment:
            return heading.start <= end + 1
        if segment.box.top <= heading.segment.box.top + _ROW * heading.segment.box.height:
            return False
        left, right = self.span(heading)
        return left <= segment.box.left < right


def _find(pages: Sequence[PageView], parties: Sequence[Party]) -> Iterator[Heading]:
    phrases = sorted(
        ((phrase, party.name) for party in parties for phrase in party.headings), key=lambda pair: -len(pair[0])
    )
    for page in pages:
        for segment in page.by_height:
            taken: list[Heading] = []
            for phrase, party in phrases:
                hit = find_phrase(segment.folded, phrase)
                if hit is None or not _heads(segment, hit) or not _is_sure(phrase, segment.folded, hit):
                    continue
                if not any(hit.start < other.end and other.start < hit.end for other in taken):
                    taken.append(Heading(party, page, segment, hit.start, hit.end))
            yield from taken


def _is_sure(phrase: str, folded: str, hit: Hit) -> bool:
    """The last word tells the parties apart (``tên chồng``, ``tên: Khổng``): it must be read exactly, before a colon."""
    said = folded[hit.start : hit.end]
    return ":" not in said and re.search(rf"\b{phrase.rsplit(maxsplit=1)[-1]}\W*$", said) is not None


def _heads(segment: Segment, hit: Hit) -> bool:
    """True at the start of a line, its numbering aside, in front of a colon or bracket, or closing a line of capitals."""
    at_start = not re.search(r"[^\W\d]{4}", segment.folded[: hit.start])
    at_end = segment.text.isupper() and not re.search(r"\w", segment.folded[hit.end :])
    return at_start or at_end or re.match(r"\s?\)?\s?[:(]", segment.folded[hit.end :]) is not None


def _on_one_row(one: Heading, other: Heading) -> bool:
    upper, lower = sorted((one.segment.box, other.segment.box), key=lambda box: box.top)
    return one.page is other.page and lower.top - upper.top < _ROW * upper.height
