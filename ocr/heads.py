"""The head of a paper: the office at its top left, its number and symbol, its day of signing, what is under its title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dossier.types import TypeRule
from dossier.values import Word
from dossier.vietnamese import FoundDate, date_text, find_dates
from ocr.agency import head_office, is_office
from ocr.anchors import begins_paragraph
from ocr.layout import PageView, Segment
from ocr.phrases import begins_with, find_phrase
from ocr.signers import is_post
from ocr.values_of import Found, find_number

_HEAD_SHARE: Final = 0.45
_FOOT_SHARE: Final = 0.4
_MOTTO: Final = ("cong hoa xa hoi chu nghia viet nam", "xa hoi chu nghia viet nam")
"""The second where the office on the same line overlaps the first words."""
_PLACE_WORDS: Final = 7
"""A date of signing has a place name in front of it, no more words than this; a sentence of the body has more."""
_CITATION: Final = re.compile(
    r"\b(?:can cu|luat|nghi dinh|nghi quyet|thong tu|quyet dinh|to trinh|don|so)\b"
    r"|\b(?:cap|sinh|het|den|tu|truoc|hieu luc|dang ky|nhan|tra|hen|lan thu \w+|lan dau)[\s:]*$"
)
"""Words before a date that is not the day of signing: of a cited paper, of an identity card, of a birth."""
_FORM: Final = re.compile(
    r"\b(?:mau\s?(?:so|ct|don|to khai|tp|hk|ban hanh|\w{0,3}\d)|ban hanh|kem theo|thong tu|quyen so"
    r"|so dien thoai|ma so thue|lien so|trang so|tai khoan)\b"
)
"""Lines that speak of the printed form, of the law behind it or of another number than the paper's."""
_OF_LAW: Final = re.compile(r"/(?:TT|TTLT|NĐ|ND|QH\d*|NQLT)(?:[-/]|$)")
"""Symbols of circulars, decrees and laws: a form cites the one that prescribes it, no paper of a dossier is one."""
_LABEL: Final = re.compile(r"(?<!\w)(?:s[o0]|no)(?:\s?/\s?no)?\.?\s?(?:[:;.]|(?=\d))")
_OTHER_NUMBER: Final = re.compile(
    r"(?:quyen|mau|ma|ho|dien thoai|cccd|cmnd|cuoc|danh|nha|thua|ban do|tai khoan|can cu|theo)\W*$"
)
_BARE: Final = re.compile(r"(?<![\w/])\d{1,6}\s?/\s?(?:\d{4}\s?/\s?)?[A-ZĐ]{2,}[\w&]*(?:\s?[-–/]\s?[\w&]+)*")
_SERIAL: Final = re.compile(r"[A-ZĐ]{2}\s?\d{6,8}")
_GLUED: Final = 2.0
"""In line heights: so far below the motto's top a line may be two that grew together, lower down it is a title."""
_NEAR: Final = 2.5
"""In line heights: lines farther apart are not one heading."""
_SUBJECT_LINES: Final = 4
_BODY: Final = re.compile(
    r"(?:can cu|kinh gui|dieu \d|ho(?: va|,)? ?(?:chu dem|ten)|hom nay|thuc hien|toi ten|ten toi|toi la|theo de nghi|xet"
    r"|so\s?:|ong\b|ba\b|nam hoc|\W*\d{1,2}\s?[.)]|[ivx]{1,4}\s?[.)]|[a-d]\s?[.)]|cong hoa|doc lap"
    r"|quyet dinh\s?:|noi nhan|ngay \d|lien \d|\()"
)
"""How the line begins that is no longer the subject under a title."""


class Piece(NamedTuple):
    """A value and the words of a page that say it."""

    value: str
    page: int
    words: Sequence[Word]


def signing_dates(pages: Sequence[PageView], *, at_foot: bool) -> Iterator[Piece]:
    """Dates such as ``Vĩnh Yên, ngày … tháng … năm …`` alone on a line: top down in the head, bottom up at the foot."""
    for in_words in (True, False):
        if at_foot:
            for page in reversed(pages):
                low = [row for row in _rows(page) if not page.is_upper(row, _FOOT_SHARE)]
                for row in reversed(low):
                    yield from _signing_date(row, in_words=in_words)
        elif pages:
            for row in _rows(pages[0]):
                if pages[0].is_upper(row, _HEAD_SHARE):
                    yield from _signing_date(row, in_words=in_words)


def head_numbers(first: Sequence[PageView]) -> Iterator[Piece]:
    """The number and symbol in the head; never that of the form or of the law it follows."""
    for page in first:
        rows = [row for row in page.by_height if page.is_upper(row, _HEAD_SHARE) and not _FORM.search(row.folded)]
        for segment in rows:
            for label in _LABEL.finditer(segment.folded):
                found = find_number(segment.text[label.end() :])
                if found is not None and not _OTHER_NUMBER.search(segment.folded[: label.start()]):
                    yield from _number(segment, found, label.end())
        for segment in rows:
            match = _BARE.search(segment.text)
            if match and len(segment.words) <= _PLACE_WORDS:
                found = find_number(match.group())
                if found is not None:
                    yield from _number(segment, found, match.start())


def lone_serials(pages: Sequence[PageView]) -> Iterator[Piece]:
    """Numbers of printed forms such as ``CĐ 498688`` that stand alone on a line (land certificates)."""
    for segment in (segment for page in pages for segment in page.by_height):
        if _SERIAL.fullmatch(segment.text):
            yield Piece(segment.text.replace(" ", ""), segment.page, segment.words)


def head_offices(first: Sequence[PageView]) -> Iterator[Piece]:
    """The issuing office left of the motto, else the first lines in capitals that name one."""
    for page in first:
        blocks = []
        motto = _motto(page)
        if motto is not None:
            blocks.append(_left_block(page, motto.box.left, motto.box.top))
        blocks.append(_office_lines(page))
        for block in blocks:
            name = head_office([line.text for line in block])
            if name:
                yield Piece(name, page.page.number, [word for line in block for word in line.words])


def subjects(first: Sequence[PageView], rule: TypeRule) -> Iterator[Piece]:
    """The lines under the title that say what the paper is about."""
    for page in first:
        title = next((one for one in page.by_height if _is_title(page, one, rule)), None)
        if title is None:
            return
        lines: list[Segment] = []
        last = title
        while len(lines) < _SUBJECT_LINES:
            under = page.below(last, reach=_NEAR)
            if under is None or _BODY.match(under.folded) or _decides(under):
                break
            if lines and begins_paragraph(page, lines[0], under):
                break
            lines.append(under)
            last = under
        text = " ".join(line.text for line in lines).rstrip(" .,;:")
        if sum(letter.isalpha() for letter in text) >= _PLACE_WORDS:
            yield Piece(text, page.page.number, [word for line in lines for word in line.words])


def _rows(page: PageView) -> list[Segment]:
    """Rows with their columns joined too: a date written on dotted leaders falls into pieces."""
    rows: list[Segment] = []
    for segment in page.by_height:
        row = page.row_of(segment)
        if row[0] is segment and len(row) > 1:
            rows.append(Segment(segment.page, tuple(word for part in row for word in part.words)))
        rows.append(segment)
    return sorted(rows, key=lambda row: (row.box.top, len(row.words)))


def _signing_date(row: Segment, *, in_words: bool) -> Iterator[Piece]:
    dates = [hit for hit in find_dates(row.text) if hit.in_words == in_words]
    if len(dates) == 1 and _stands_alone(row, dates[0]):
        hit = dates[0]
        yield Piece(date_text(hit.day), row.page, row.words_between(hit.start, hit.end))


def _stands_alone(row: Segment, hit: FoundDate) -> bool:
    before = row.folded[: hit.start]
    place = before[before.rfind("  ") + 1 :]
    number = _LABEL.search(place)
    if number is not None:  # the number stands left of the date on the row
        place = place[number.end() :]
    few = len(re.findall(r"\w+", place)) <= _PLACE_WORDS
    closed = hit.in_words or re.search(r"(?:\w,|\bngay)\W*$", before) is not None
    return few and closed and not _CITATION.search(place) and not re.search(r"\w", row.text[hit.end :])


def _number(segment: Segment, found: Found, offset: int) -> Iterator[Piece]:
    if not _OF_LAW.search(found.value):
        words = segment.words_between(offset + found.start, offset + found.end)
        yield Piece(found.value, segment.page, words)


def _motto(page: PageView) -> Word | None:
    """The first word of the motto that can be read."""
    for phrase in _MOTTO:
        for segment in page.by_height:
            hit = find_phrase(segment.folded, phrase)
            if hit is not None:
                return segment.words_between(hit.start, hit.end)[0]
    return None


def _left_block(page: PageView, left: float, top: float) -> list[Segment]:
    """Lines of capitals left of the motto, down to the first line that is not (the number)."""
    block: list[Segment] = []
    reach = 5 * page.line_height
    taken: set[Segment] = set()
    for segment in page.by_height:
        if segment in taken or not -reach / 2 < segment.box.top - top < reach:
            continue
        row = page.row_of(segment)
        taken.update(row)
        words = tuple(
            word
            for part in row
            if part.box.left + part.box.right < 2 * left or segment.box.top - top < _GLUED * page.line_height
            for word in part.words
            if (word.box.left + word.box.right) / 2 < left and (len(word.text) > 1 or not word.text.isdigit())
        )
        if not words:
            continue
        line = Segment(segment.page, words)
        if _LABEL.match(line.folded) or _FORM.search(line.folded):
            break
        if line.in_capitals:
            block.append(line)
        elif sum(letter.isalpha() for letter in line.text) >= _PLACE_WORDS:
            break
    return block


def _office_lines(page: PageView) -> list[Segment]:
    """Lines of capitals in the head that name an office, where no motto shows where they stand."""
    block: list[Segment] = []
    for segment in page.by_height:
        if not page.is_upper(segment, _HEAD_SHARE):
            break
        near = block and segment.box.top - block[-1].box.bottom < _NEAR * page.line_height
        if segment.in_capitals and is_office(segment.text) and (near or not block):
            block.append(segment)
    return block


def _decides(segment: Segment) -> bool:
    """``CHỦ TỊCH ỦY BAN NHÂN DÂN …`` in capitals: who decides, not what about."""
    return segment.in_capitals and (is_post(segment.folded) or is_office(segment.text))


def _is_title(page: PageView, segment: Segment, rule: TypeRule) -> bool:
    return page.is_upper(segment, _HEAD_SHARE) and any(begins_with(segment.folded, title) for title in rule.titles)
