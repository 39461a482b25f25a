"""Readings of the same lines by several readers, and the Markdown tables that set them side by side."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from training.measures import (
    STRINGS,
    calibration_error,
    edits,
    folded,
    rights,
    risk_at,
    strings_found,
    tally,
    worst_share,
)
from training.readers import Reader, Reading
from training.truth_lines import TruthLine

_LENGTHS: Final = ((27, 24, 30), (72, 66, 78))
"""Letters of a short and of a long line, each with its least and most: the mean lines of a form and of prose."""

_TIMED: Final = 150
"""Lines that are timed of each length."""

Key = Callable[[TruthLine], str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What every reader saw on every line."""

    lines: Sequence[TruthLine]
    pages: Sequence[str]
    """Name of the page of each line."""
    readings: Mapping[str, Sequence[Reading]]
    """Reader's name -> its readings, in the order of the lines."""


def compare(lines: Sequence[TruthLine], pages: Sequence[str], readers: Sequence[Reader]) -> Comparison:
    """Let every reader read every line."""
    return Comparison(lines, pages, {reader.name: [reader.read(line.crop) for line in lines] for reader in readers})


def error_tables(found: Comparison) -> Iterator[str]:
    """CER, CER without case and diacritics and lines exact, in groups of several kinds."""
    printed = [line.kind == "print" for line in found.lines]
    groupings: Sequence[tuple[str, Key, bool]] = (
        ("level, print only", lambda line: line.level, True),
        ("level, all inks", lambda line: line.level, False),
        ("kind", lambda line: line.kind, False),
        ("mode", lambda line: line.mode, False),
        ("dpi", lambda line: line.dpi, False),
        ("ink", lambda line: line.ink, False),
        ("face, print only", lambda line: {None: "?", True: "seen", False: "unseen"}[line.seen], True),
        ("page kind", lambda line: line.page_kind, False),
    )
    for title, key, only_print in groupings:
        groups: dict[str, list[int]] = defaultdict(list)
        for place, line in enumerate(found.lines):
            if printed[place] or not only_print:
                groups[key(line)].append(place)
                groups["all"].append(place)
        rows = [
            [name, str(len(places)), *(_errors(found, reader, places) for reader in found.readings)]
            for name, places in sorted(groups.items())
        ]
        yield markdown([title, "lines", *found.readings], rows)


def string_table(found: Comparison) -> str:
    """Strings that must be exact, in printed lines."""
    places = [place for place, line in enumerate(found.lines) if line.kind == "print"]
    rows = []
    for name in STRINGS:
        counts = [strings_found(name, _pairs(found, reader, places)) for reader in found.readings]
        rows.append([name, str(counts[0][1]), *(f"{hit} ({_percent(hit, there)})" for hit, there in counts)])
    return markdown(["exact strings, print only", "there", *found.readings], rows)


def confidence_table(found: Comparison) -> str:
    """How far confidence can be believed."""
    rows: list[list[str]] = [[name] for name in _CONFIDENCE]
    for reader in found.readings:
        for row, cell in zip(rows, _confidence(found, reader), strict=True):
            row.append(cell)
    return markdown(["confidence", *found.readings], rows)


def duel_table(found: Comparison, own: str, other: str) -> str:
    """Lines that both, one or none of two readers read to the last sign."""
    counts = dict.fromkeys(("both", f"only {own}", f"only {other}", "neither"), 0)
    names = list(counts)
    for line, mine, theirs in zip(found.lines, found.readings[own], found.readings[other], strict=True):
        a, b = edits(line.text, mine.text) == 0, edits(line.text, theirs.text) == 0
        counts[names[0 if a and b else 1 if a else 2 if b else 3]] += 1
    return markdown(["lines exact", *names], [["", *map(str, counts.values())]])


def lost_pages(found: Comparison, own: str, other: str) -> str:
    """The pages that ``own`` reads worse than ``other``; there should be none."""
    rows, total = [], 0
    by_page = sorted(range(len(found.lines)), key=lambda place: found.pages[place])
    for page, members in groupby(by_page, key=lambda place: found.pages[place]):
        places, total = list(members), total + 1
        mine, theirs = tally(_pairs(found, own, places)), tally(_pairs(found, other, places))
        if mine.wrong > theirs.wrong:
            line = found.lines[places[0]]
            what = f"{line.page_kind}, {line.level}, {line.mode} {line.dpi}"
            rows.append(
                [page, what, str(mine.letters), f"{mine.cer:.2%} ({mine.wrong})", f"{theirs.cer:.2%} ({theirs.wrong})"]
            )
    title = f"{own} is worse than {other} on {len(rows)} of {total} pages."
    return title + ("\n\n" + markdown(["page", "what", "letters", own, other], rows) if rows else "")


def time_table(lines: Sequence[TruthLine], readers: Sequence[Reader]) -> str:
    """Processor milliseconds a line on one core."""
    rows = []
    for letters, least, most in _LENGTHS:
        chosen = [line for line in lines if least <= len(line.text) <= most][:_TIMED]
        if chosen:
            rows.append(
                [f"about {letters} letters", str(len(chosen)), *(f"{_milliseconds(r, chosen):.2f}" for r in readers)]
            )
    return markdown(["CPU ms a line", "lines", *(reader.name for reader in readers)], rows)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


_CONFIDENCE: Final = (
    "ECE per letter, 15 bins",
    "ECE per word",
    "mean confidence of right / wrong words",
    "errors held by the worst 10 % of lines",
    "CER % of the surest 50 / 80 / 90 / 95 / 100 % of lines",
)


def _confidence(found: Comparison, reader: str) -> Iterator[str]:
    letters: list[tuple[float, bool]] = []
    words: list[tuple[float, bool]] = []
    ranked: list[tuple[float, int, int]] = []
    for line, reading in zip(found.lines, found.readings[reader], strict=True):
        truth = folded(line.text)
        letters += _judged(list(truth.replace(" ", "")), reading.letters)
        words += _judged(truth.split(), reading.words)
        ranked.append((reading.confidence, edits(truth, reading.text), len(truth)))
    yield f"{calibration_error(letters):.4f}"
    yield f"{calibration_error(words):.4f}"
    yield " / ".join(f"{_mean([chance for chance, right in words if right is side]):.3f}" for side in (True, False))
    yield f"{worst_share([(chance, wrong) for chance, wrong, _ in ranked]):.1%}"
    yield " / ".join(f"{100 * risk_at(ranked, coverage):.2f}" for coverage in (0.5, 0.8, 0.9, 0.95, 1.0))


def _judged(truth: Sequence[str], read: Sequence[tuple[str, float]]) -> Iterator[tuple[float, bool]]:
    right = rights(truth, [folded(part) for part, _ in read])
    return ((chance, good) for (_, chance), good in zip(read, right, strict=True))


def _errors(found: Comparison, reader: str, places: Sequence[int]) -> str:
    errors = tally(_pairs(found, reader, places))
    return f"{100 * errors.cer:.2f} / {100 * errors.plain_cer:.2f} / {100 * errors.exact_share:.1f}"


def _pairs(found: Comparison, reader: str, places: Sequence[int]) -> Iterator[tuple[str, str]]:
    readings = found.readings[reader]
    return ((found.lines[place].text, readings[place].text) for place in places)


def _milliseconds(reader: Reader, lines: Sequence[TruthLine]) -> float:
    for line in lines[:5]:
        reader.read(line.crop)
    started = time.process_time()
    for line in lines:
        reader.read(line.crop)
    return (time.process_time() - started) / len(lines) * 1000


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"
