"""Pages of one file to documents: separators and receipts part the dossiers, first pages the papers; no page is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from dossier.codes import CodeProblem
from dossier.dossier_code import DossierCode, parse_dossier_code
from dossier.errors import PagesLost
from dossier.types import TypeRule
from dossier.values import UNKNOWN_TYPE, Document, FailedPage, Grouping, Page, ReadPage, Separator, Verdict
from ocr.classify import has_title, judge
from ocr.first_page import Cut, Meeting, OpenPaper, begins
from ocr.layout import PageView, view
from ocr.page_codes import PaperSaid, said_by
from ocr.separators import UnreadableSeparator, doubts_behind, looks_like_separator, separator_of

_RECEIPT: Final = "phieu_tiep_nhan"
_DOUBTFUL: Final = "doubtful_cut"
_MOST_WORDS: Final = 80
"""A page with a separator's QR and more words is a paper that bears it, though no type was recognised."""


@dataclass(slots=True)
class _Sheaf:
    """A document while its pages are gathered."""

    pages: list[Page]
    separator: Separator | None
    doubts: tuple[str, ...]
    paper: OpenPaper = field(default_factory=OpenPaper)

    def doubt(self, reason: str) -> None:
        """Give a person a reason to look."""
        self.doubts = tuple(dict.fromkeys((*self.doubts, reason)))

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
    code: DossierCode | None = None
    """The dossier whose papers are on the desk, as far as a separator or receipt said it by code."""

    def part(self, separator: Separator | None, doubts: tuple[str, ...] = ()) -> None:
        """Begin a new stretch: what the last separator said holds no longer."""
        self.current, self.separator, self.doubts = None, separator, doubts
        self.code = separator.dossier_code if separator else None

    def receive(self, code: DossierCode) -> None:
        """A receipt of another dossier parts the batch; behind a separator that is a conflict too: one of them is wrong."""
        if self.code not in {None, code}:
            self.part(None, ("code_conflict",) if self.separator else ())
        self.code = code

    def open(self, page: Page) -> _Sheaf:
        """Begin a new document in this stretch."""
        self.current = _Sheaf([page], self.separator, self.doubts)
        self.sheaves.append(self.current)
        return self.current


def group(pages: Sequence[Page], rules: Sequence[TypeRule]) -> Grouping:
    """Part the pages of one file, in scan order, into documents; every page ends in exactly one place.

    Raises:
        PagesLost: it did not; a fault of the program, and nothing of the file may be settled.
    """
    desk = _Desk(rules)
    for page in pages:
        if isinstance(page, FailedPage):
            _put_failed(desk, page)
        elif page.blank and not page.codes:
            _put_blank(desk, page)
        else:
            _put_read(desk, page)
    documents = tuple(sheaf.document() for sheaf in desk.sheaves)
    grouping = Grouping(documents, tuple(desk.separators), tuple(desk.stray_blanks))
    _check_nothing_is_lost(pages, grouping)
    return grouping


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
        desk.part(separator, doubts_behind(seen))
        if looks_like_separator(seen) or (rule is None and sum(1 for _ in page.words) <= _MOST_WORDS):
            desk.separators.append(page.number)
            return
    elif isinstance(separator, UnreadableSeparator) and rule is None:
        desk.part(None, ("separator_unreadable",))
        desk.separators.append(page.number)
        return
    titled = verdict.type == _RECEIPT and has_title(verdict)
    receipt = _receipt_code(page, verdict)
    news = receipt is not None and receipt != desk.code
    if receipt is not None:
        desk.receive(receipt)
    _lay(desk, seen, verdict, rule, is_receipt=titled or news)


def _receipt_code(page: ReadPage, verdict: Verdict) -> DossierCode | None:
    """The dossier that a receipt names by QR or Code 128; a sheet of no known type that bears the bare code is one too."""
    for code in page.codes:
        said = said_by(code)
        bare = not isinstance(parse_dossier_code(code.text), CodeProblem)
        if isinstance(said, PaperSaid) and (verdict.type == _RECEIPT or (bare and verdict.type == UNKNOWN_TYPE)):
            return said.dossier_code
    return None


def _lay(desk: _Desk, seen: PageView, verdict: Verdict, rule: TypeRule | None, *, is_receipt: bool) -> None:
    """Put a page to the paper on the desk, or begin a new one with it; a doubtful cut is a doubt of both papers."""
    before = desk.current
    cut = (
        begins(Meeting(seen, verdict, rule, is_receipt, before.paper))
        if before
        else Cut(begins=True, sure=True, because=())
    )
    if before is None or cut.begins:
        sheaf = desk.open(seen.page)
        sheaf.paper.rule = rule
    else:
        sheaf = before
        sheaf.pages.append(seen.page)
    sheaf.paper.views.append(seen)
    if before is not None and not cut.sure:
        before.doubt(_DOUBTFUL)
        sheaf.doubt(_DOUBTFUL)


def _check_nothing_is_lost(pages: Sequence[Page], grouping: Grouping) -> None:
    """Pages in = pages of documents, separators and blanks out, each once and in the order of the scan.

    Raises:
        PagesLost: a page stands nowhere, or twice.
    """
    documents = [[page.number for page in document.pages] for document in grouping.documents]
    placed = Counter([number for numbers in documents for number in numbers])
    placed.update([*grouping.separators, *grouping.stray_blanks])
    firsts = [numbers[0] for numbers in documents]
    if placed != Counter(page.number for page in pages) or firsts != sorted(firsts):
        raise PagesLost(f"{len(pages)} pages in, {placed.total()} out")
