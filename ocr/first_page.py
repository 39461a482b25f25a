"""Does a paper begin on this page, or does the one before go on? A table of evidence, added up.

Between the two borders the answer is doubtful: the pages are parted or kept by the better guess, and a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from dossier.types import Cue, TypeRule
from dossier.values import UNKNOWN_TYPE, Verdict
from ocr.classify import has_title, shows
from ocr.continuity import (
    PageMark,
    are_strangers,
    counts_on,
    is_closed,
    machine_ids,
    page_mark,
    printed_ids,
    runs_on,
    same_layout,
    same_sheet,
)
from ocr.layout import PageView
from ocr.secrecy import NOTE

_BASE: Final = -0.75
"""A page without any evidence rather goes on, and is not certain to."""
_GOES_ON: Final = -1.0
_BEGINS: Final = 1.25
"""A sum from the first to below the second is doubtful; from 0 upwards the pages are parted."""

_MOTTO: Final = Cue("motto", ("cong hoa xa hoi chu nghia viet nam",), "top")
"""Stands on the first page of a paper of an office or to one (NĐ 30/2020 Annex I)."""
_FORM: Final = Cue("form number", ("mau so", "mau ct01", "mau ct07", "mau to khai", "mau don", "mau tp"), "start")
_ANNEX: Final = Cue(
    "annex",
    (
        "phu luc",
        "kem theo quyet dinh",
        "ban hanh kem theo",
        "danh sach kem theo",
        "kem theo thong bao",
        "kem theo ke hoach",
    ),
    "top",
)
_ATTESTED: Final = Cue("attested", ("loi chung cua", "loi chung chung thuc"), "top")
_HEADING: Final = Cue(
    "heading",
    ("giay", "phieu", "don", "bang ke", "bang diem", "ban ke", "ban tu", "ban tuong trinh", "so yeu ly lich", "ly lich",
     "hoa don", "chung chi", "danh sach", "the bao hiem", "di chuc", "bien ban", "van ban"),
    "title",
)  # fmt: skip
_LETTERS: Final = re.compile(r"[^\W\d_]{3}")
_MOST_GRAINS: Final = 20
_FEWEST_WORDS: Final = 3
"""A page with fewer words of three letters says nothing."""
_FORM_PLACE: Final = 4
"""A form's number is among so many lines at the top."""


@dataclass(slots=True)
class OpenPaper:
    """The paper that lies on the desk, as far as it is gathered."""

    rule: TypeRule | None = None
    """Rule of the type its first page shows."""
    views: list[PageView] = field(default_factory=list)
    """Its pages that are read and not blank."""


@dataclass(frozen=True)
class Meeting:
    """A page that meets the paper before it."""

    page: PageView
    verdict: Verdict
    """What the page is, taken alone."""
    rule: TypeRule | None
    """Rule of that type."""
    is_receipt: bool
    """True where the page has the title of a receipt, or names a dossier by a receipt's code."""
    before: OpenPaper

    @property
    def last(self) -> PageView | None:
        """The last page of the paper before; None where none could be read."""
        return self.before.views[-1] if self.before.views else None

    @cached_property
    def mark(self) -> PageMark | None:
        """The page number printed on the page."""
        return page_mark(self.page)

    @cached_property
    def last_mark(self) -> PageMark | None:
        """The page number printed on the page before."""
        return page_mark(self.last) if self.last else None

    @cached_property
    def ids_before(self) -> frozenset[str]:
        """Citizen IDs of the paper before, by code or in print."""
        pages = [view.page for view in self.before.views]
        return machine_ids(pages) | printed_ids(pages)

    def shows(self, cue: Cue) -> bool:
        """True when the cue stands on the page."""
        return shows(cue, [self.page])

    @property
    def is_back(self) -> bool:
        """True when the page looks like the back of the card before it, or a further page of the book."""
        return self.before.rule is not None and any(self.shows(cue) for cue in self.before.rule.continues)


class Cut(NamedTuple):
    """The answer."""

    begins: bool
    sure: bool
    because: tuple[str, ...]
    """Names of the evidence."""


class _Evidence(NamedTuple):
    name: str
    weight: float
    """Positive where a paper begins, negative where one goes on."""
    holds: Callable[[Meeting], bool]


def begins(meeting: Meeting) -> Cut:
    """Add up the evidence that a page begins a new paper."""
    found = [evidence for evidence in _EVIDENCE if evidence.holds(meeting)]
    total = _BASE + sum(evidence.weight for evidence in found)
    clear = not _GOES_ON < total < _BEGINS and not _is_wordless(meeting)
    sure = clear or (total < 0 and _is_dust(meeting))
    return Cut(total >= 0, sure, tuple(evidence.name for evidence in found))


def _is_titled(it: Meeting) -> bool:
    return has_title(it.verdict) and it.verdict.type != UNKNOWN_TYPE


def _is_perhaps_titled(it: Meeting) -> bool:
    return not _is_titled(it) and (has_title(it.verdict) or it.shows(_HEADING))


def _is_form(it: Meeting) -> bool:
    top = it.page.by_height[:_FORM_PLACE]
    return any(shows(_FORM, [PageView(it.page.page, (segment,))]) for segment in top)


def _is_other_type(it: Meeting) -> bool:
    return not _is_titled(it) and it.rule is not None and it.rule is not it.before.rule


def _is_same_type(it: Meeting) -> bool:
    return not _is_titled(it) and it.rule is not None and it.rule is it.before.rule


def _is_behind_signature(it: Meeting) -> bool:
    """Every page of a book is signed, so among pages of one type it says nothing."""
    return it.last is not None and not _is_same_type(it) and is_closed(it.last)


def _is_secret(it: Meeting) -> bool:
    return NOTE in it.page.page.notes


def _is_dust(it: Meeting) -> bool:
    """A few lone signs and nothing else: the dust on a blank back. Where nothing at all was read it may be a picture."""
    words = [word.text for segment in it.page.segments for word in segment.words]
    return 0 < len(words) <= _MOST_GRAINS and not it.page.page.codes and all(len(word) <= 2 for word in words)


def _is_wordless(it: Meeting) -> bool:
    """Marks read as a few stray letters: a back that the scanner did not leave blank, or a paper that nobody could read."""
    words = sum(1 for segment in it.page.segments for word in segment.words if _LETTERS.search(word.text))
    return words < _FEWEST_WORDS and not it.page.page.codes and not _is_secret(it)


def _is_of_other_card(it: Meeting) -> bool:
    return are_strangers(machine_ids([it.page.page]), it.ids_before)


def _is_of_other_person(it: Meeting) -> bool:
    return not _is_of_other_card(it) and are_strangers(printed_ids([it.page.page]), it.ids_before)


def _is_no_back(it: Meeting) -> bool:
    return it.before.rule is not None and bool(it.before.rule.continues) and not it.is_back


def _is_second_back(it: Meeting) -> bool:
    """The paper has its back already: one on a sheet of its own, or it began with one."""
    rule, views = it.before.rule, it.before.views
    return rule is not None and rule.one_page and it.is_back and len(views) > 0 and _is_sole_back(views[-1], rule)


def _is_sole_back(page: PageView, rule: TypeRule) -> bool:
    return any(shows(cue, [page]) for cue in rule.continues) and not shows(_MOTTO, [page])


def _is_filled(it: Meeting) -> bool:
    rule = it.before.rule
    return rule is not None and rule.one_page and not rule.continues and not _is_same_type(it)


def _is_next_number(it: Meeting) -> bool:
    return it.mark is not None and it.mark.number == _expected(it) and it.mark.number > 1


def _is_other_number(it: Meeting) -> bool:
    return it.mark is not None and 1 < it.mark.number != _expected(it)


def _expected(it: Meeting) -> int:
    return it.last_mark.number + 1 if it.last_mark else len(it.before.views) + 1


def _is_number_one(it: Meeting) -> bool:
    return it.mark is not None and it.mark.number == 1 and it.mark.explicit


def _is_past_the_end(it: Meeting) -> bool:
    return it.last_mark is not None and it.last_mark.number == it.last_mark.total


def _is_before_the_end(it: Meeting) -> bool:
    return it.last_mark is not None and it.last_mark.number < (it.last_mark.total or 0)


_EVIDENCE: Final[Sequence[_Evidence]] = (
    _Evidence("secrecy stamp", 9.0, _is_secret),
    _Evidence("a receipt", 9.0, lambda it: it.is_receipt),
    _Evidence("title", 3.5, _is_titled),
    _Evidence("motto", 3.5, lambda it: it.shows(_MOTTO)),
    _Evidence("number of a form", 2.0, _is_form),
    _Evidence("page 1", 2.0, _is_number_one),
    _Evidence("heading", 1.5, _is_perhaps_titled),
    _Evidence("another type", 2.0, _is_other_type),
    _Evidence("another person's card", 8.0, _is_of_other_card),
    _Evidence("another person", 0.5, _is_of_other_person),
    _Evidence("no back of the card, no page of the book", 3.0, _is_no_back),
    _Evidence("a second back", 8.0, _is_second_back),
    _Evidence("another sheet", 1.0, lambda it: it.last is not None and not same_sheet(it.last, it.page)),
    _Evidence("signed before", 1.5, _is_behind_signature),
    _Evidence("a paper of one page before", 1.25, _is_filled),
    _Evidence("unknown paper before", 0.75, lambda it: it.before.rule is None),
    _Evidence("past the last page", 1.5, _is_past_the_end),
    _Evidence("before the last page", -1.5, _is_before_the_end),
    _Evidence("next page number", -3.5, _is_next_number),
    _Evidence("a page number", -1.5, _is_other_number),
    _Evidence("annex", -3.0, lambda it: it.shows(_ANNEX)),
    _Evidence("attestation", -3.0, lambda it: it.shows(_ATTESTED)),
    _Evidence("sentence goes on", -2.5, lambda it: it.last is not None and runs_on(it.last, it.page)),
    _Evidence("articles go on", -2.5, lambda it: it.last is not None and counts_on(it.last, it.page)),
    _Evidence("back of the card, page of the book", -4.0, lambda it: it.is_back),
    _Evidence("same type", -1.0, _is_same_type),
    _Evidence("same layout", -0.5, lambda it: it.last is not None and same_layout(it.last, it.page)),
    _Evidence("no words", -9.0, _is_wordless),
)
