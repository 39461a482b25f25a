"""The signs that our own line recogniser can write; the training draws them, the product decodes them."""

from __future__ import annotations

import unicodedata
from typing import Final

_TONES: Final = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_VOWELS: Final = tuple(unicodedata.normalize("NFC", base + tone) for base in "aăâeêioôơuưy" for tone in _TONES)

LETTERS: Final = "".join([*sorted({*_VOWELS, *(vowel.upper() for vowel in _VOWELS)} - set("aeiouyAEIOUY")), "đ", "Đ"])
"""The 134 Vietnamese letters that ASCII lacks, NFC."""

LEADER: Final = "…"
"""One run of leader dots, dashes or underscores of a form, of any length. It is ink, not text."""

SCRIBBLE: Final = "\ufffd"
"""One stroke of ink that is no print: a signature, a tick, a pen stroke. It is ink, not text."""

EMPTY_BOX: Final = "□"
TICKED_BOX: Final = "☒"

SIGNS: Final = (
    "".join(map(chr, range(32, 127))) + LETTERS + "“”‘’–—°²³•§×№±½€£₫≤≥«»→" + EMPTY_BOX + TICKED_BOX + LEADER + SCRIBBLE
)
"""Class ``n`` of the net is ``SIGNS[n - 1]``; class 0 is the blank of CTC."""

CLASS_OF: Final = {sign: number for number, sign in enumerate(SIGNS, start=1)}
