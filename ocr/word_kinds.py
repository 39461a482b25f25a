"""What one word is evidence of: Vietnamese, with its marks or without them, English, or no language at all."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final, Literal

from ocr.line_model import load_syllables
from ocr.syllables import folded

Kind = Literal["marked", "bare", "robbed", "english", "plain", "unknown", "neutral"]
"""``marked``, ``bare``: a Vietnamese syllable with marks, or one that needs none; ``robbed``: one if it had its marks;
``english``: in a short list; ``plain``: can be pronounced, letters a to z; ``neutral``: a number, code or abbreviation."""

LONGEST: Final = 40
"""Letters of a word that are looked at."""

_RARE: Final = 20
"""Occurrences below which a syllable of the counts is no witness for its rime: prose has misprints."""

_ONSETS: Final = (
    *("ngh", "ng", "nh", "gh", "gi", "kh", "ph", "qu", "th", "tr", "ch"),
    *("b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "q", "r", "s", "t", "v", "x", ""),
)
_RIME: Final = re.compile(r"[aăâeêioôơuưy]{1,3}(?:ch|c|m|ng|nh|n|p|t)?")
_STOPS: Final = ("c", "ch", "p", "t")
"""Rimes that end so bear one of two tones, and must; the others bear any of five, or none."""

_VOWEL: Final = re.compile(r"[aeiouy]", re.IGNORECASE)
_CLUSTER: Final = re.compile(r"[b-df-hj-np-tv-xz]{5}|^[b-df-hj-np-tv-xz]{4}")
"""Consonants in a row that neither English nor its neighbours pronounce."""

_ENGLISH_WORDS: Final = """
the of and for with from this that these which is are was were be been by as at on or not have has had will
shall may must should would can any all such other its their his her your our we you they he she it if under
upon between within name full first last date birth place origin residence nationality sex male female identity
identification card citizen number no personal issue issued expiry valid until month year day signature address
phone email website certificate degree marriage registration department ministry public security socialist
republic independence freedom happiness committee people province district passport holder surname given license
driving class page total amount account bank company limited agreement contract party parties article section
law act order service services information data document documents application form office university school
bachelor good excellent training mode study education health medical state national international government
united states
"""
"""Words of English law, forms and cards; none is written like a Vietnamese syllable without its marks, but for a few."""
_ENGLISH: Final = frozenset(_ENGLISH_WORDS.split())


@lru_cache(maxsize=16_384)
def kind_of(word: str) -> Kind:
    """The kind of an NFC word of at most `LONGEST` letters, without the punctuation around it."""
    if _says_nothing(word):
        return "neutral"
    if word.lower() in _ENGLISH:
        return "english"
    syllable = folded(word)
    if _is_syllable(syllable, _rimes()):
        return "bare" if syllable.isascii() and not syllable[-1].isdigit() else "marked"
    if not syllable.isascii() or not syllable.isalpha():
        return "unknown"
    if _is_syllable(syllable, _robbed_rimes()):
        return "robbed"
    return "plain" if _VOWEL.search(syllable) and not _CLUSTER.search(syllable) else "unknown"


def _says_nothing(word: str) -> bool:
    """Numbers and codes, single letters, and abbreviations such as TNHS and UBND."""
    if any(sign.isdigit() for sign in word) or not any(sign.isalpha() for sign in word):
        return True
    return word.isascii() and (len(word) == 1 or (word.isupper() and len(word) <= 5 and not _VOWEL.search(word[1:])))


def _is_syllable(syllable: str, rimes: frozenset[str]) -> bool:
    return any(syllable.startswith(onset) and syllable[len(onset) :] in rimes for onset in _ONSETS)


@cache
def _rimes() -> frozenset[str]:
    """The rimes, with every tone they may have, of what prose uses: names are other syllables, but made of the same."""
    bare = _rimes_without_tone()
    return frozenset(rime + tone for rime in bare for tone in (("1", "5") if rime.endswith(_STOPS) else ("", *"12345")))


@cache
def _robbed_rimes() -> frozenset[str]:
    return frozenset(map(_without_marks, _rimes_without_tone()))


@cache
def _rimes_without_tone() -> frozenset[str]:
    often = (syllable for syllable, count in load_syllables().counts.items() if count >= _RARE)
    parted = (syllable[len(_onset(syllable)) :].rstrip("12345") for syllable in often)
    return frozenset(rime for rime in parted if _RIME.fullmatch(rime))


def _onset(syllable: str) -> str:
    return next(onset for onset in _ONSETS if syllable.startswith(onset))


def _without_marks(text: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.combining(mark))
