"""What all codes share: the words for why a text is none, what speaks for and against one, readings that must be alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_DASHES: Final = str.maketrans("–—−‐‑", "-----")
_LOOKS_LIKE: Final = dict(zip("OQDILZSGB", "000112568", strict=True))
"""Letters that are read and typed for digits."""


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """Why a text is not a code, or not the right one; for the screen of who may see the paper, not for logs."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the rest of a paper says of a code that has its form."""

    passed: tuple[str, ...] = ()
    """Keys of `dossier.checks.CHECKS`."""
    problems: tuple[CodeProblem, ...] = ()


def squeezed(text: str) -> str:
    """The text without blanks, in capitals, with one kind of dash: as codes are compared."""
    return re.sub(r"\s+", "", text).upper().translate(_DASHES)


def confirm(readings: Sequence[str]) -> Agreement:
    """Whether readings of one code, made in different places or by different means, are alike.

    Fewer than two readings confirm nothing and contradict nothing. This is the only check that sees a slip in digits
    that mean nothing (the last six of a citizen ID, the serial of a dossier), and it is blind to a slip made alike in
    all places: two readings of the same ink by the same program are one reading.
    """
    alike = [squeezed(reading) for reading in readings]
    if len(alike) < 2:
        return Agreement()
    problems = tuple(dict.fromkeys(_difference(one, other) for one, other in pairwise(alike) if one != other))
    return Agreement(problems=problems) if problems else Agreement(passed=("read_twice",))


def digits_problem(text: str, counts: Sequence[int]) -> CodeProblem | None:
    """Why ``text`` is not so many decimal digits (one of ``counts``); None where it is."""
    if not text:
        return CodeProblem("không có gì", "nothing is there")
    place = next((place for place, sign in enumerate(text) if sign not in "0123456789"), None)
    if place is not None:
        sign, digit = text[place], _LOOKS_LIKE.get(text[place].upper())
        hint = (f" (có thể là {digit})", f" (perhaps {digit})") if digit else ("", "")
        return CodeProblem(
            f"ký tự thứ {place + 1} là “{sign}”, không phải chữ số{hint[0]}",
            f"character {place + 1} is “{sign}”, not a digit{hint[1]}",
        )
    if len(text) not in counts:
        vi = " hoặc ".join(map(str, counts))
        return CodeProblem(
            f"có {len(text)} chữ số, phải có {vi}", f"{len(text)} digits instead of {vi.replace('hoặc', 'or')}"
        )
    return None


def is_run(digits: str) -> bool:
    """True for digits that are all equal, or count up or down by one, 9 and 0 being neighbours: 1111, 2345, 8901."""
    steps = {(int(second) - int(first)) % 10 for first, second in pairwise(digits)}
    return steps in ({0}, {1}, {9})


def _difference(one: str, other: str) -> CodeProblem:
    if len(one) != len(other):
        return CodeProblem(
            f"hai lần đọc dài khác nhau: {len(one)} và {len(other)} ký tự",
            f"two readings differ in length: {len(one)} and {len(other)} characters",
        )
    places = [place for place, (first, second) in enumerate(zip(one, other, strict=True)) if first != second]
    first = places[0]
    return CodeProblem(
        f"hai lần đọc khác nhau ở {len(places)} ký tự: ký tự thứ {first + 1} là {one[first]} và {other[first]}",
        f"two readings differ in {len(places)} characters: character {first + 1} is {one[first]} and {other[first]}",
    )
