"""Tell the sheets that part the dossiers of a batch, and what their QR says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dossier.codes import CodeProblem, find_dossier_codes, parse_citizen_id, parse_dossier_code
from dossier.values import ReadPage, Separator
from ocr.layout import PageView
from ocr.phrases import find_phrase

_HEADINGS: Final = ("phieu ngan cach", "to ngan cach", "trang ngan cach")
_BARE_WORDS: Final = 30
"""A sheet with no more words than this that shows a dossier code can be a separator whose heading was not read."""


@dataclass(frozen=True, slots=True)
class UnreadableSeparator:
    """A separator sheet whose QR gives no dossier: what is printed on it is not trusted alone."""


def separator_of(page: PageView) -> Separator | UnreadableSeparator | None:
    """What a page says as a separator; None for an ordinary page.

    Only a QR of the form ``dossier code|citizen ID`` counts. The seven fields of an identity card, a receipt's bare
    dossier code and foreign barcodes are no separators.
    """
    for code in page.page.codes:
        separator = _parse(code.text) if code.kind == "qr" else None
        if separator is not None:
            return separator
    return UnreadableSeparator() if looks_like_separator(page) else None


def looks_like_separator(page: PageView) -> bool:
    """True when the print says that this is a separator sheet, whatever its QR says."""
    upper = [segment for segment in page.segments if page.is_upper(segment, 0.6)]
    if any(find_phrase(segment.folded, heading) for segment in upper for heading in _HEADINGS):
        return _word_count(page.page) <= 2 * _BARE_WORDS
    bare = 0 < _word_count(page.page) <= _BARE_WORDS
    return bare and bool(find_dossier_codes(page.page.text.upper()))


def _parse(text: str) -> Separator | None:
    parts = text.split("|")
    if len(parts) != 2:
        return None
    dossier = parse_dossier_code(parts[0])
    if isinstance(dossier, CodeProblem):
        return None
    citizen = parse_citizen_id(parts[1])
    return Separator(dossier, None if isinstance(citizen, CodeProblem) else citizen)


def _word_count(page: ReadPage) -> int:
    return sum(1 for _ in page.words)
