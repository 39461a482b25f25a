"""Sums over pages: what a system needs for a page and how much of it it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.outcomes import Sample

Key = Callable[[Sample], str]

LEVELS: Final = ("clean", "typical", "hard")

GROUPINGS: Final[Sequence[tuple[str, Key]]] = (
    ("level", lambda sample: sample.outcome.file.level),
    ("mode", lambda sample: sample.page.mode),
    ("page type", lambda sample: sample.page.kind),
    ("dpi", lambda sample: sample.page.resolution),
    ("folder", lambda sample: sample.outcome.file.folder),
)
"""By what the pages are parted."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One system over a number of pages."""

    pages: int
    """All of them; blank ones cost time."""
    judged: int
    """Pages that are not blank: those that the shares below speak of."""
    failed: int
    """Pages of files without usable output."""
    cpu_s: float
    """A page."""
    wall_s: float
    """A page."""
    largest_mib: float
    """Peak of the largest process over all files."""
    tree_mib: float
    """Peak of the sum over the processes of a file."""
    recall: float
    """Share of the words of the truth that were read, in any order."""
    precision: float
    """Share of the words read that stand in the truth; 0 where none were read."""
    cer: float
    """Letters wrong over letters of all pages."""
    median_cer: float
    """Of the pages, each at most 1."""
    plain_cer: float
    """As `cer`, without case and diacritics."""
    out_kb: float | None
    """Of PDF, a page of the files that have one; 1000 bytes."""
    in_kb: float | None
    """Of the same pages as they were scanned."""


def summarise(found: Sequence[Sample]) -> Summary:
    """Sum up the pages of one system; at least one."""
    marks = [sample.marks for sample in found if sample.marks]
    letters, plain_letters = (sum(one.letters for one in marks), sum(one.plain_letters for one in marks))
    right = sum(one.found for one in marks)
    out_kb, in_kb = _kilobytes(found)
    return Summary(
        pages=len(found),
        judged=len(marks),
        failed=sum(sample.outcome.failure is not None for sample in found),
        cpu_s=sum(sample.outcome.cost.cpu_s * sample.share for sample in found) / len(found),
        wall_s=sum(sample.outcome.cost.wall_s * sample.share for sample in found) / len(found),
        largest_mib=max(sample.outcome.cost.largest_mib for sample in found),
        tree_mib=max(sample.outcome.cost.tree_mib for sample in found),
        recall=right / max(1, sum(one.words for one in marks)),
        precision=right / max(1, sum(one.read_words for one in marks)),
        cer=sum(one.wrong for one in marks) / max(1, letters),
        median_cer=median(min(1.0, one.cer) for one in marks) if marks else 0.0,
        plain_cer=sum(one.plain_wrong for one in marks) / max(1, plain_letters),
        out_kb=out_kb,
        in_kb=in_kb,
    )


def of_system(found: Sequence[Sample], system: str) -> list[Sample]:
    """The pages as one system read them."""
    return [sample for sample in found if sample.outcome.system == system]


def groups(found: Sequence[Sample], key: Key) -> dict[str, list[Sample]]:
    """The pages by what they have in common; levels from easy to hard, the rest by name, numbers by size."""
    parted: dict[str, list[Sample]] = {}
    for sample in found:
        parted.setdefault(key(sample), []).append(sample)
    return dict(sorted(parted.items(), key=lambda group: _place(group[0])))


def partings(found: Sequence[Sample]) -> Iterator[tuple[str, dict[str, list[Sample]]]]:
    """The pages parted in each way that parts them at all."""
    for title, key in GROUPINGS:
        if len(parted := groups(found, key)) > 1:
            yield title, parted


def _place(name: str) -> tuple[int, int, str]:
    if name in LEVELS:
        return LEVELS.index(name), 0, name
    number = name.partition("x")[0]
    return len(LEVELS), int(number) if number.isdecimal() else 0, name


def _kilobytes(found: Sequence[Sample]) -> tuple[float | None, float | None]:
    made = [(sample.outcome.bytes_out, sample) for sample in found if sample.outcome.bytes_out is not None]
    if not made:
        return None, None
    out = sum(size * sample.share for size, sample in made)
    scanned = sum(sample.outcome.bytes_in * sample.share for _, sample in made)
    return out / len(made) / 1000, scanned / len(made) / 1000
