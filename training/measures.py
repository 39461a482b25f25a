"""How well lines are read: pure functions over truth, reading and confidence."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Levenshtein

_FOLDED: Final = str.maketrans("“”„‘’–—‐‑−", '"""\'\'-----')
_LEADER: Final = re.compile(r"[._…·•]{3,}")

STRINGS: Final[Mapping[str, re.Pattern[str]]] = {
    "runs of digits": re.compile(r"\d+"),
    "12-digit numbers": re.compile(r"(?<!\d)\d{12}(?!\d)"),
    "dates": re.compile(r"(?<!\d)\d{2}/\d{2}/\d{4}(?!\d)"),
    "dossier codes": re.compile(r"H\d{2}(?:\.\d{1,3})*-\d{6}-\d{4}(?!\d)"),
    "document numbers": re.compile(r"(?<![\d/])\d+/[A-ZĐ][A-Za-zĐđ]+(?:-[A-ZĐ][A-Za-zĐđ]*)*"),
}
"""Strings of a dossier that are worth nothing unless every sign is right."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Errors over a number of lines."""

    lines: int
    letters: int
    """Of the truth, folded."""
    wrong: int
    """Edits between truth and reading."""
    plain_letters: int
    plain_wrong: int
    """Edits without case and diacritics."""
    exact: int
    """Lines without any error."""

    @property
    def cer(self) -> float:
        """Share of letters wrong; 0 where there are none."""
        return self.wrong / self.letters if self.letters else 0.0

    @property
    def plain_cer(self) -> float:
        """Share of letters wrong without case and diacritics."""
        return self.plain_wrong / self.plain_letters if self.plain_letters else 0.0

    @property
    def exact_share(self) -> float:
        """Share of lines right to the last sign."""
        return self.exact / self.lines if self.lines else 0.0


def folded(text: str) -> str:
    """NFC, quotes and dashes of one kind, leaders and double blanks gone: as the project's score compares."""
    composed = unicodedata.normalize("NFC", text).replace("\u00a0", " ").translate(_FOLDED)
    return " ".join(_LEADER.sub(" ", composed).split())


def plain(text: str) -> str:
    """The folded text without case and diacritics."""
    parted = unicodedata.normalize("NFD", folded(text)).replace("đ", "d").replace("Đ", "D")
    return "".join(sign for sign in parted if not unicodedata.combining(sign)).lower()


def edits(truth: str, read: str) -> int:
    """Letters to insert, drop or change, both folded."""
    return int(Levenshtein.distance(folded(truth), folded(read)))


def tally(pairs: Iterable[tuple[str, str]]) -> Tally:
    """Count the errors of pairs of truth and reading."""
    lines = letters = wrong = plain_letters = plain_wrong = exact = 0
    for truth, read in pairs:
        off = edits(truth, read)
        bare = plain(truth)
        lines, letters, wrong, exact = lines + 1, letters + len(folded(truth)), wrong + off, exact + (off == 0)
        plain_letters += len(bare)
        plain_wrong += int(Levenshtein.distance(bare, plain(read)))
    return Tally(lines, letters, wrong, plain_letters, plain_wrong, exact)


def rights(truth: Sequence[str], read: Sequence[str]) -> list[bool]:
    """Which of the parts that were read (letters or words) stand in the truth, by the shortest alignment."""
    right = [False] * len(read)
    for block in Levenshtein.opcodes(truth, read):
        if block.tag == "equal":
            right[block.dest_start : block.dest_end] = [True] * (block.dest_end - block.dest_start)
    return right


def calibration_error(judged: Sequence[tuple[float, bool]], bins: int = 15) -> float:
    """Expected calibration error: mean distance of confidence and share right over equal bins, weighted by their size.

    Args:
        judged: confidence from 0 to 1 and whether it was right.
        bins: number of bins of equal width.
    """
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in judged:
        held[min(bins - 1, max(0, int(confidence * bins)))].append((confidence, right))
    off = sum(abs(sum(c for c, _ in those) - sum(r for _, r in those)) for those in held)
    return off / len(judged) if judged else 0.0


def worst_share(lines: Sequence[tuple[float, int]], share: float = 0.1) -> float:
    """Share of all errors held by the least confident lines.

    Args:
        lines: confidence and number of errors.
        share: how many of the lines, 0 to 1.
    """
    ranked = sorted(lines, key=lambda line: line[0])
    errors = sum(wrong for _, wrong in ranked)
    worst = sum(wrong for _, wrong in ranked[: round(len(ranked) * share)])
    return worst / errors if errors else 0.0


def risk_at(lines: Sequence[tuple[float, int, int]], coverage: float) -> float:
    """Share of letters wrong among the most confident lines.

    Args:
        lines: confidence, number of errors, number of letters.
        coverage: how many of the lines are kept, 0 to 1.
    """
    ranked = sorted(lines, key=lambda line: -line[0])
    kept = ranked[: max(1, round(len(ranked) * coverage))]
    letters = sum(count for _, _, count in kept)
    return sum(wrong for _, wrong, _ in kept) / letters if letters else 0.0


def strings_found(name: str, pairs: Iterable[tuple[str, str]]) -> tuple[int, int]:
    """How many strings of a kind in `STRINGS` were read to the last sign, and how many there are."""
    found = there = 0
    for truth, read in pairs:
        wanted = Counter(STRINGS[name].findall(folded(truth)))
        found += sum((wanted & Counter(STRINGS[name].findall(folded(read)))).values())
        there += sum(wanted.values())
    return found, there
