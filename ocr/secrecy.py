"""Secrecy stamps: MẬT, TỐI MẬT, TUYỆT MẬT in a box in the head of a page (NĐ 30/2020 Annex I); such a page is not kept.

A stamp is told by its letters, by standing alone and by its place; `ocr.secrecy_frames` finds those that the reading of
the page lost. Where it is doubtful it counts as a stamp: a person looks, and nothing was read out of a secret paper
meanwhile. ``HỎA TỐC`` and ``KHẨN`` are urgency, not secrecy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from rapidfuzz.distance import Levenshtein

from dossier.values import ReadPage, Word
from dossier.vietnamese import fold_in_place
from ocr.layout import PageView, Segment, view

NOTE: Final = "secrecy_stamp"
"""Key of `dossier.notes.NOTES` and of `dossier.doubts.DOUBTS`."""
_HEAD_SHARE: Final = 0.4
"""A stamp stands in this upper share of what is printed on the page."""
_FRAMED: Final = re.compile(r"[il1j!|]{0,2}mat[il1j!|]{0,2}")
"""MẬT alone; the sides of its box are read as strokes. Folded: ``MÂT``, ``MẠT`` and ``MẶT`` are its usual misreadings."""
_DEGREES: Final = ("tuyetmat", "toimat")
_ROW: Final = 6.0
"""In line heights: a word so near on the same row belongs to the stamp's text, which then is a sentence."""
_ABOVE_AND_BELOW: Final = 1.2
"""In line heights: so near under MẶT, ``TRƯỚC`` and ``SAU`` tell the sides of a card."""
_SIDES: Final = frozenset({"truoc", "sau"})
_WORD: Final = frozenset({"mat", "mật"})


def guarded(page: ReadPage) -> ReadPage:
    """The page, or where it bears a stamp the withheld page: what leaves the reader holds nothing of a secret paper."""
    return withheld(page) if bears_stamp(page) else page


def withheld(page: ReadPage) -> ReadPage:
    """The page without what was read on it, and with a note saying why."""
    return replace(page, lines=(), codes=(), notes=tuple(dict.fromkeys((*page.notes, NOTE))))


def bears_stamp(page: ReadPage) -> bool:
    """True for a page that was withheld, and for one that must be."""
    return NOTE in page.notes or _is_stamped(view(page))


def names_degree(text: str) -> bool:
    """Whether words that stand alone in a frame are a degree of secrecy in capitals; their marks do not count."""
    return _capitals(text) and _is_degree(_squeezed(fold_in_place(text)))


def _is_stamped(page: PageView) -> bool:
    return any(_is_stamp(page, segment) for segment in page.segments if page.is_upper(segment, _HEAD_SHARE))


def _is_stamp(page: PageView, segment: Segment) -> bool:
    return any(_is_degree(text) for text in _alone(page, segment)) or _among_small(segment)


def _alone(page: PageView, segment: Segment) -> Iterator[str]:
    """The letters of a line of capitals by itself, squeezed; nothing where it is part of a row of words."""
    letters = _squeezed(segment.folded)
    if _capitals(segment.text) and len(letters) <= len(_DEGREES[0]) + 2 and not _has_company(page, segment):
        yield letters


def _squeezed(folded: str) -> str:
    return re.sub(r"[^\w!|]|_", "", folded)


def _is_degree(letters: str) -> bool:
    if _FRAMED.fullmatch(letters):
        return True
    return any(Levenshtein.distance(letters, degree, score_cutoff=1) <= 1 for degree in _DEGREES)


def _capitals(text: str) -> bool:
    """True for capitals, one misread small letter among four forgiven."""
    letters = [letter for letter in text if letter.isalpha()]
    return bool(letters) and letters[0].isupper() and 4 * sum(letter.islower() for letter in letters) <= len(letters)


def _has_company(page: PageView, segment: Segment) -> bool:
    """True where capitals stand so close that they and the line say something else: ``MẶT TRƯỚC``, a row of a form."""
    box, high = segment.box, page.line_height
    for other in page.segments:
        if other is segment:
            continue
        same_row = other.box.top < (box.top + box.bottom) / 2 < other.box.bottom
        gap = max(other.box.left - box.right, box.left - other.box.right)
        if same_row and gap < _ROW * high and _capitals(other.text) and not re.search(r"\d", other.text):
            return True
        under = 0 <= other.box.top - box.bottom <= _ABOVE_AND_BELOW * high and other.box.left < box.right
        if under and other.box.right > box.left and re.sub(r"\W", "", other.folded) in _SIDES:
            return True
    return False


def _among_small(segment: Segment) -> bool:
    """True where MẬT in capitals was read into a line of small letters or numbers, as a stamp beside a date is."""
    words = segment.words
    for place, word in enumerate(words):
        if not _is_bare(word):
            continue
        beside = [near for near in (*words[max(place - 1, 0) : place], *words[place + 1 : place + 2]) if _wordy(near)]
        degree = place > 0 and fold_in_place(words[place - 1].text) in {"toi", "tuyet"} and _capitals(words[place - 1].text)
        if degree or (len(words) > 1 and not any(_capitals(near.text) for near in beside)):
            return True
    return False


def _is_bare(word: Word) -> bool:
    """True for MẬT with its own accent, as far as the engine saw one."""
    letters = re.sub(r"\W", "", word.text)
    return letters.isupper() and letters.lower() in _WORD


def _wordy(word: Word) -> bool:
    return not re.search(r"\d", word.text) and any(letter.isalpha() for letter in word.text)
