"""What two pages in a row have in common: numbers on the pages, a sentence that runs on, articles that count on, layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dossier.citizen_id import find_citizen_ids
from dossier.values import ReadPage
from ocr.identity import card_of, mrz_citizen_ids
from ocr.layout import PageView, Segment
from ocr.phrases import find_phrase

_NUMBER: Final = re.compile(r"(trang|page)?[\s.:]*[-–—]?\s*(\d{1,3})\s*[-–—]?(?:\s*/\s*(\d{1,3}))?")
"""A page number alone on its line; the first page of an official paper carries none (NĐ 30/2020 Annex I)."""
_EDGE: Final = 2
"""A page number is among so many lines at the top or bottom."""
_MOST_PAGES: Final = 200
_SIGN_HERE: Final = (
    "ky ghi ro ho ten", "ky ghi ro ho chu dem ten", "ky va ghi ro ho ten", "ky ten dong dau", "noi nhan",
    "ky ghi ro ho va ten", "nguoi tiep nhan", "chu ky cua", "nguoi lam don", "nguoi khai",
)  # fmt: skip
_SIGNERS: Final = (
    "chu tich", "truong cong an", "truong phong", "giam doc", "thu truong don vi", "hieu truong", "pho chu tich", "tuq",
    "truong ban", "chanh van phong", "cong chung vien", "nguoi thuc hien", "can bo tu phap", "cong chuc tu phap",
)  # fmt: skip
"""Where one of these stands in the lower part of a page (a signer in capitals), the paper ends there."""
_CLOSING_SHARE: Final = 0.35
_ENDED: Final = re.compile(r"[.;:!?…/)\]]\W*$")
_ARTICLE: Final = re.compile(r"dieu (\d{1,3})\b")
_WIDE: Final = 0.55
"""Of the width of the print: a line so wide is running text."""
_EDGE_MM: Final = 12.0
"""Sheets that differ by more are not of one format: scanners cut the same sheet to within some millimetres."""
_MARGIN: Final = 0.03
"""Of the width of the page: so far the left edges of two pages of one paper may differ."""
_PITCH: Final = 0.12
"""So far, relatively, the heights of their lines may differ."""
_SLIPS: Final = 2
"""Digits in which a misread citizen ID differs from the true one."""
_MM_PER_INCH: Final = 25.4


class PageMark(NamedTuple):
    """A page number as printed."""

    number: int
    total: int | None
    explicit: bool
    """True where a word or a total says that it is a page number: a lone figure may be anything."""


def page_mark(page: PageView) -> PageMark | None:
    """The page number in the top or bottom margin."""
    edges = [*page.by_height[:_EDGE], *page.by_height[-_EDGE:][::-1]]
    for segment in edges:
        match = _NUMBER.fullmatch(segment.folded)
        if match is None:
            continue
        number, total = int(match[2]), int(match[3]) if match[3] else None
        if 1 <= number <= (total or _MOST_PAGES):
            return PageMark(number, total, bool(match[1]) or total is not None)
    return None


def is_closed(page: PageView) -> bool:
    """True where a paper ends on the page: somebody signs in its lower part."""
    low = [segment for segment in page.segments if not page.is_upper(segment, _CLOSING_SHARE)]
    if any(find_phrase(segment.folded, phrase) for segment in low for phrase in _SIGN_HERE):
        return True
    headings = [segment for segment in low if segment.in_capitals]
    return any(find_phrase(segment.folded, signer) for segment in headings for signer in _SIGNERS)


def runs_on(before: PageView, page: PageView) -> bool:
    """True where a sentence breaks off at the end of one page and goes on in small letters on the next."""
    last, first = _running(before, last=True), _running(page, last=False)
    return last is not None and first is not None and not _ENDED.search(last.text) and first.text[:1].islower()


def counts_on(before: PageView, page: PageView) -> bool:
    """True where the articles (``Điều 3.``) of the next page follow those of the page before."""
    old, new = list(_articles(before)), list(_articles(page))
    return bool(old and new) and new[0] in {max(old), max(old) + 1} and new[0] > 1


def same_sheet(before: PageView, page: PageView) -> bool:
    """True where both pages are of one format and stand the same way."""
    sides = zip(_size_mm(before.page), _size_mm(page.page), strict=True)
    return all(abs(one - other) <= _EDGE_MM for one, other in sides)


def same_layout(before: PageView, page: PageView) -> bool:
    """True where both pages have the same sheet, left edge and size of letters."""
    if not (before.segments and page.segments and same_sheet(before, page)):
        return False
    edges = [min(one.box.left for one in view.segments) / view.page.width for view in (before, page)]
    heights = [view.line_height / view.page.dpi for view in (before, page)]
    return abs(edges[0] - edges[1]) <= _MARGIN and abs(heights[0] - heights[1]) <= _PITCH * max(heights)


def machine_ids(pages: Sequence[ReadPage]) -> frozenset[str]:
    """Citizen IDs of cards, from QR and MRZ."""
    cards = (card_of(code) for page in pages for code in page.codes)
    return frozenset({card.citizen_id for card in cards if card} | {one for page in pages for one in mrz_citizen_ids(page)})


def printed_ids(pages: Sequence[ReadPage]) -> frozenset[str]:
    """Every valid citizen ID in print."""
    return frozenset(one for page in pages for one in find_citizen_ids(page.text))


def are_strangers(some: frozenset[str], others: frozenset[str]) -> bool:
    """True where both name persons and no number of one can be a misreading of one of the other."""
    pairs = [(one, other) for one in some for other in others]
    return bool(pairs) and all(sum(a != b for a, b in zip(*pair, strict=True)) > _SLIPS for pair in pairs)


def _running(page: PageView, *, last: bool) -> Segment | None:
    width = max((one.box.right for one in page.segments), default=0) - min(
        (one.box.left for one in page.segments), default=0
    )
    wide = [one for one in page.by_height if one.box.width >= _WIDE * width and len(one.words) > 3]
    return (wide[-1] if last else wide[0]) if wide else None


def _articles(page: PageView) -> Iterator[int]:
    return (int(match[1]) for segment in page.by_height if (match := _ARTICLE.match(segment.folded)))


def _size_mm(page: ReadPage) -> tuple[float, float]:
    return page.width * _MM_PER_INCH / page.dpi, page.height * _MM_PER_INCH / page.dpi
