"""Counts syllables and pairs of syllables in prose, for `ocr.spelling`: count_syllables.py PROSE OUT."""

from __future__ import annotations

import argparse
import lzma
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

from ocr.syllables import folded
from training.prose import lines_of

LEAST: Final = 3
"""Occurrences of a syllable or a pair that is kept: rarer ones are mostly misprints, and names of people."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_BREAK: Final = re.compile(r"[^\w\s]|\d+")
"""Between syllables that do not follow each other: punctuation and numbers."""


def count(lines: Iterable[str], *, least: int = LEAST) -> Iterator[str]:
    """The lines of a counts file, the commonest syllable first."""
    alone: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for line in lines:
        for phrase in _BREAK.split(line):
            syllables = [folded(word) for word in _WORD.findall(phrase)]
            alone.update(syllables)
            pairs.update(pairwise(syllables))
    followers: dict[str, list[str]] = {}
    for (first, second), times in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0])):
        if times >= least:
            followers.setdefault(first, []).append(f" {second}:{times}")
    for syllable, times in sorted(alone.items(), key=lambda single: (-single[1], single[0])):
        if times >= least:
            yield f"{syllable}\t{times}{''.join(followers.get(syllable, []))}"


def main() -> None:
    """Count and write."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("prose", type=Path, help="a .txt, .md or .txt.xz file, or a folder of them")
    ask.add_argument("out", type=Path, help="counts file, ends with .txt.xz")
    ask.add_argument("--least", type=int, default=LEAST, help="occurrences of what is kept")
    wish = ask.parse_args()
    text = "".join(f"{line}\n" for line in count(lines_of(wish.prose), least=wish.least))
    wish.out.write_bytes(lzma.compress(text.encode(), preset=6 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main()
