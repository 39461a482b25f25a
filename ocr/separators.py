"""Tell the sheets that part the dossiers of a batch, and what their QR says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dossier.dossier_code import find_dossier_codes
from dossier.values import ReadPage, Separator
from ocr.layout import PageView
from ocr.page_codes import SeparatorSaid, said_by
from ocr.phrases import find_phrase

_HEADINGS: Final = tuple(
    f"{sheet} {parts}" for sheet in ("phieu", "to", "trang", "bia") for parts in ("ngan cach", "phan cach", "phan tach")
)
_MOST_WORDS: Final = 80
"""A sheet under such a heading has no more words than this (ours has some 50); a paper that speaks of sheets has more."""
_BARE_WORDS: Final = 30
"""A sheet with no more words than this that shows a dossier code can be a separator whose heading was not read."""


@dataclass(frozen=True, slots=True)
class UnreadableSeparator:
    """A separator sheet whose QR gives no dossier: what is printed on it is not trusted alone."""


def separator_of(page: PageView) -> Separator | UnreadableSeparator | None:
    """What a page says as a separator; None for an ordinary page.

    Only a QR of the form ``dossier code|citizen ID|procedure`` counts, where ID and procedure may be missing. The seven
    fields of an identity card, a receipt's bare dossier code and foreign barcodes are no separators.
    """
    first = next(_said(page.page), None)
    if first is not None:
        return first.separator
    return UnreadableSeparator() if looks_like_separator(page) else None


def doubts_behind(page: PageView) -> tuple[str, ...]:
    """Doubts that every paper behind this separator sheet deserves, keys of `dossier.doubts.DOUBTS`.

    ``bad_citizen_id`` where its QR holds an ID that is none, ``code_conflict`` where two QRs name different dossiers or
    citizens: the first one parts the batch all the same, for a silent merge would be worse.
    """
    said = tuple(_said(page.page))
    named = {(one.separator.dossier_code, one.separator.citizen_id) for one in said}
    doubts = [doubt for one in said for doubt in one.doubts]
    return tuple(dict.fromkeys((*doubts, *(("code_conflict",) if len(named) > 1 else ()))))


def looks_like_separator(page: PageView) -> bool:
    """True when the print says that this is a separator sheet, whatever its QR says."""
    upper = [segment for segment in page.segments if page.is_upper(segment, 0.6)]
    if any(find_phrase(segment.folded, heading) for segment in upper for heading in _HEADINGS):
        return _word_count(page.page) <= _MOST_WORDS
    bare = 0 < _word_count(page.page) <= _BARE_WORDS
    return bare and bool(find_dossier_codes(page.page.text.upper()))


def _said(page: ReadPage) -> Iterator[SeparatorSaid]:
    return (said for said in map(said_by, page.codes) if isinstance(said, SeparatorSaid))


def _word_count(page: ReadPage) -> int:
    return sum(1 for _ in page.words)
