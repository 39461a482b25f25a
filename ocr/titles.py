"""Find the title of a paper: a line of capitals, or one that stands alone in its middle, near the top of the first page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dossier.types import TypeRule
from ocr.layout import PageView, Segment
from ocr.phrases import begins_with

TITLE_SHARE: Final = 0.45
"""A title stands in this upper share of what is printed on the first page."""
_PLAIN: Final = 0.85
"""A title that is not set in capitals counts so much."""
_LARGER: Final = 1.15
"""In usual line heights: a title in small letters is at least so high, unless it stands in the middle of the page."""
_MIDDLE: Final = 0.06
"""A line whose middle is no farther from the page's than this share of its width stands in the middle."""
_LINES: Final = 4
"""A title runs over at most so many lines."""
_PREFIXES: Final = ("ban sao", "ban chinh", "sao y", "sao luc", "trich sao")
"""What a copy bears in front of its title."""
_SPACED: Final = re.compile(r"(?<!\w)(?:\w ){2,}\w(?!\w)")


class Title(NamedTuple):
    """A title of the table, as found on a page."""

    phrase: str
    likeness: float
    """0.0 to 1.0; less for a title not set in capitals."""
    first: bool
    """True for the topmost title of the page."""


def find_titles(page: PageView, rules: Sequence[TypeRule]) -> dict[str, Title]:
    """Type -> its title. Of several phrases that fit one line the longest speaks: it is the most special."""
    found: dict[str, Title] = {}
    taken: set[Segment] = set()
    for segment in page.by_height:
        if not page.is_upper(segment, TITLE_SHARE):
            break
        if segment in taken:
            continue
        block = _block(page, segment)
        rule, title = _best_fit(page, block, rules)
        if rule is None:
            continue
        found.setdefault(rule.type, title._replace(first=not found))
        if rule.names_others:
            taken.update(block)
    return found


def is_title_line(page: PageView, segment: Segment) -> bool:
    """True when a line is set as a title is: in capitals, in the upper part."""
    return segment.in_capitals and page.is_upper(segment, TITLE_SHARE)


def heading_text(segment: Segment) -> str:
    """The folded text of a line; letters set apart (``Q U Y Ế T``) are one word, and the words of a copy are left out."""
    text = _SPACED.sub(lambda run: run.group().replace(" ", ""), segment.folded).lstrip("(['\"*-– ")
    for prefix in _PREFIXES:
        if begins_with(text, prefix) == 1.0 and len(text) > len(prefix) + 3:
            return text[len(prefix) :].lstrip(")]:.- ")
    return text


def _best_fit(page: PageView, block: Sequence[Segment], rules: Sequence[TypeRule]) -> tuple[TypeRule | None, Title]:
    head = block[0]
    text = " ".join(map(heading_text, block))
    share = 1.0 if head.in_capitals else _PLAIN
    best: tuple[float, TypeRule | None, Title] = (0.0, None, Title("", 0.0, first=False))
    for rule in rules:
        for phrase in rule.titles:
            likeness = begins_with(text, phrase)
            if likeness * len(phrase) > best[0] and (head.in_capitals or _is_whole(page, head, phrase)):
                best = (likeness * len(phrase), rule, Title(phrase, likeness * share, first=False))
    return best[1], best[2]


def _block(page: PageView, segment: Segment) -> tuple[Segment, ...]:
    """The line and what is set under it as its continuation; letters set far apart are put together first."""
    return tuple(_lines(page, segment))


def _lines(page: PageView, segment: Segment) -> Iterator[Segment]:
    last = _with_spaced(page, segment)
    yield last
    for _ in range(_LINES - 1):
        under = page.below(last, reach=1.5)
        if under is None or (not under.in_capitals and not last.in_capitals):
            return
        yield under
        last = under


def _with_spaced(page: PageView, segment: Segment) -> Segment:
    """``Q U Y Ế T`` and ``Đ Ị N H``, cut into two by the gap between them, are one line."""
    while _is_spaced(segment):
        following = page.right_of(segment)
        if following is None or not _is_spaced(following):
            break
        segment = Segment(segment.page, segment.words + following.words)
    return segment


def _is_spaced(segment: Segment) -> bool:
    return len(segment.words) >= 2 and all(len(word.text) == 1 for word in segment.words)


def _is_whole(page: PageView, segment: Segment, phrase: str) -> bool:
    """True when a line in small letters is nothing but the title, and stands out: larger, or alone in the middle."""
    text = re.sub(r"\W", "", segment.folded)
    wanted = phrase.replace(" ", "")
    if not segment.text[:1].isupper() or abs(len(text) - len(wanted)) > 1 or begins_with(segment.folded, phrase) == 0:
        return False
    if page.right_of(segment) is not None:
        return False
    left = min(one.box.left for one in page.segments)
    right = max(one.box.right for one in page.segments)
    off = abs((segment.box.left + segment.box.right) / 2 - (left + right) / 2)
    larger = segment.box.height >= _LARGER * page.line_height
    return larger or (off <= _MIDDLE * (right - left) and segment.box.left > left + 2 * page.line_height)
