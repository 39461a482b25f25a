"""Pages of one file to documents: separator sheets part the dossiers, titles part the papers; no page is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from dossier.types import Cue, TypeRule
from dossier.values import Document, FailedPage, Grouping, Page, ReadPage, Separator
from ocr.classify import has_title, judge, shows
from ocr.layout import PageView, view
from ocr.phrases import find_phrase
from ocr.separators import UnreadableSeparator, looks_like_separator, separator_of

_MOTTO: Final = Cue("motto", ("cong hoa xa hoi chu nghia viet nam",), "top")
"""Stands on the first page of a paper of an office or to one (NĐ 30/2020 Annex I)."""
_ANNEX: Final = Cue("annex", ("phu luc", "kem theo quyet dinh", "ban hanh kem theo", "danh sach kem theo"), "top")
_SIGN_HERE: Final = ("ky ghi ro ho ten", "ky ghi ro ho chu dem ten", "ky va ghi ro ho ten", "ky ten dong dau", "noi nhan")
_SIGNERS: Final = ("chu tich", "truong cong an", "truong phong", "giam doc", "thu truong don vi", "hieu truong")
"""Where one of these stands in the lower part of a page (a signer in capitals), the paper ends there."""
_CLOSING_SHARE: Final = 0.35
_PAGE_NUMBER: Final = re.compile(r"(?:trang\s*)?[-–]?\s*(?:[2-9]|[1-9]\d)\s*[-–]?(?:\s*/\s*\d{1,3})?")
"""A page number over 1, alone on its line; the first page carries none (NĐ 30/2020 Annex I)."""


@dataclass(slots=True)
class _Sheaf:
    """A document while its pages are gathered."""

    pages: list[Page]
    separator: Separator | None
    doubts: tuple[str, ...]
    rule: TypeRule | None = None
    """Rule of the type its first page shows."""
    last: PageView | None = None
    """Its last page that is read and not blank."""

    def document(self) -> Document:
        return Document(tuple(self.pages), self.separator, self.doubts)


@dataclass(slots=True)
class _Desk:
    """What lies on the desk while the pages of a file are gone through."""

    rules: Sequence[TypeRule]
    sheaves: list[_Sheaf] = field(default_factory=list)
    separators: list[int] = field(default_factory=list)
    stray_blanks: list[int] = field(default_factory=list)
    current: _Sheaf | None = None
    separator: Separator | None = None
    doubts: tuple[str, ...] = ()

    def part(self, separator: Separator | None, doubts: tuple[str, ...] = ()) -> None:
        """Begin a new stretch: what the last separator said holds no longer."""
        self.current, self.separator, self.doubts = None, separator, doubts

    def open(self, page: Page) -> _Sheaf:
        """Begin a new document in this stretch."""
        self.current = _Sheaf([page], self.separator, self.doubts)
        self.sheaves.append(self.current)
        return self.current


def group(pages: Sequence[Page], rules: Sequence[TypeRule]) -> Grouping:
    """Part the pages of one file, in scan order, into documents; every page ends in exactly one place."""
    desk = _Desk(rules)
    for page in pages:
        if isinstance(page, FailedPage):
            _put_failed(desk, page)
        elif page.blank and not page.codes:
            _put_blank(desk, page)
        else:
            _put_read(desk, page)
    documents = tuple(sheaf.document() for sheaf in desk.sheaves)
    return Grouping(documents, tuple(desk.separators), tuple(desk.stray_blanks))


def _put_failed(desk: _Desk, page: FailedPage) -> None:
    """A page that nobody read stays with the paper before it, and may have been a separator: doubt what follows."""
    if desk.current is None:
        desk.open(page)
    else:
        desk.current.pages.append(page)
    if desk.separator is not None:
        desk.doubts = tuple(dict.fromkeys((*desk.doubts, "after_failed_page")))


def _put_blank(desk: _Desk, page: ReadPage) -> None:
    if desk.current is None:
        desk.stray_blanks.append(page.number)
    else:
        desk.current.pages.append(page)


def _put_read(desk: _Desk, page: ReadPage) -> None:
    seen = view(page)
    verdict = judge([seen], desk.rules)
    rule = next((rule for rule in desk.rules if rule.type == verdict.type), None)
    separator = separator_of(seen)
    if isinstance(separator, Separator):
        desk.part(separator)
        if rule is None or looks_like_separator(seen):
            desk.separators.append(page.number)
            return
    elif isinstance(separator, UnreadableSeparator) and rule is None:
        desk.part(None, ("separator_unreadable",))
        desk.separators.append(page.number)
        return
    if desk.current is None or _opens(seen, rule, desk.current, titled=has_title(verdict)):
        desk.open(page).rule = rule
    else:
        desk.current.pages.append(page)
    if desk.current is not None:
        desk.current.last = seen


def _opens(page: PageView, rule: TypeRule | None, current: _Sheaf, *, titled: bool) -> bool:
    """True when a new paper begins on this page."""
    if current.rule is not None and current.rule.continues:
        return titled or shows(_MOTTO, [page]) or not any(shows(cue, [page]) for cue in current.rule.continues)
    if titled or shows(_MOTTO, [page]):
        return True
    if rule is not None:
        return rule is not current.rule
    if current.last is None or _goes_on(page):
        return False
    return _closed(current.last)


def _goes_on(page: PageView) -> bool:
    numbered = any(_PAGE_NUMBER.fullmatch(segment.folded) for segment in page.by_height[:2])
    return numbered or shows(_ANNEX, [page])


def _closed(page: PageView) -> bool:
    low = [segment for segment in page.segments if not page.is_upper(segment, _CLOSING_SHARE)]
    if any(find_phrase(segment.folded, phrase) for segment in low for phrase in _SIGN_HERE):
        return True
    headings = [segment for segment in low if segment.in_capitals]
    return any(find_phrase(segment.folded, signer) for segment in headings for signer in _SIGNERS)
