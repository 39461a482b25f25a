"""Texts to draw lines from and to count syllables in; they are read where they lie and are no part of the project."""

from __future__ import annotations

import lzma
import re
import unicodedata
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from ocr.alphabet import CLASS_OF, LEADER, LETTERS, SCRIBBLE

_SUFFIXES: Final = (".txt", ".md", ".txt.xz")
_NOT_TEXT: Final = {LEADER, SCRIBBLE}
_RUN_OF_DOTS: Final = re.compile(r"[.…_]{3,}|…")
_MARKUP: Final = re.compile(r"https?://\S+|`[^`]*`|<[^>]+>|\]\([^)]*\)|[#*>|\[\]\\`~]+")
_SHORTEST: Final = 25
"""Letters of a line of prose; shorter ones are headings and leftovers."""


def lines_of(source: Path) -> Iterator[str]:
    """The lines of a text file (.txt, .md, .txt.xz), or of all text files of a folder in the order of their names."""
    files = sorted(path for path in source.rglob("*") if path.name.endswith(_SUFFIXES)) if source.is_dir() else [source]
    for path in files:
        with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as packed:
            yield from TextIOWrapper(packed, encoding="utf-8")


def known(text: str) -> str:
    """The text with single blanks, NFC, without signs that the recogniser does not know and without runs of dots."""
    kept = "".join(
        sign if sign in CLASS_OF and sign not in _NOT_TEXT else " " for sign in unicodedata.normalize("NFC", text)
    )
    return " ".join(_RUN_OF_DOTS.sub(" ", kept).split())


def read_prose(source: Path) -> list[str]:
    """Lines of Vietnamese prose without markup, each beginning once."""
    seen: dict[str, str] = {}
    for line in lines_of(source):
        plain = known(_MARKUP.sub(" ", line).replace("\u00a0", " "))
        if len(plain) > _SHORTEST and sum(sign in LETTERS for sign in plain) > 0.12 * len(plain):
            seen.setdefault(plain[:60], plain)
    return list(seen.values())
