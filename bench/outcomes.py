"""Gives one file to one system: what it cost, and how well its pages were read."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import meter
from bench.marks import Marks, mark
from bench.meter import Cost
from bench.systems import Job, System
from bench.truth import TrueFile, TruePage

PAGE_SECONDS: Final = 300.0
"""Wall time that a system gets for each page of a file before it is killed."""

_READINGS: Final = (("-raw",), ())
"""Ways of `pdftotext`; the better one of each page counts."""

_FORM_FEED: Final = "\f"

_TOLD: Final = 160
"""Letters of the last words of a failed system that the report repeats."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one system made of one file."""

    system: str
    file: TrueFile
    cost: Cost
    failure: str | None
    """Why there is no usable output; its pages then count as read empty."""
    remark: str | None
    """What else is wrong with the output."""
    bytes_in: int
    bytes_out: int | None
    """Of a PDF."""
    marks: tuple[Marks | None, ...]
    """One a page; None for blank pages, which are not judged."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One page of an outcome, with an equal share of what its file cost."""

    outcome: Outcome
    page: TruePage
    marks: Marks | None

    @property
    def share(self) -> float:
        """Part of the file that this page is, 0 to 1."""
        return 1 / len(self.outcome.file.pages)


def samples(outcomes: Sequence[Outcome]) -> list[Sample]:
    """The pages of outcomes."""
    return [
        Sample(outcome, page, marks)
        for outcome in outcomes
        for page, marks in zip(outcome.file.pages, outcome.marks, strict=True)
    ]


def try_out(system: System, file: TrueFile, cores: int) -> Outcome:
    """Run a system on a copy of a file, in a process of its own, and judge what it wrote.

    Args:
        system: what is tried.
        file: with its truth.
        cores: the processes are kept to so many cores.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        source = Path(folder, "in" + file.path.suffix.lower())
        work = Path(folder, "work")
        work.mkdir()
        shutil.copyfile(file.path, source)
        cost = _metered(system, Job(source, file.pages, work, cores), Path(folder, "log"))
        failure = _failure(system, cost, work / system.output, Path(folder, "log"))
        texts = [] if failure else page_texts(work / system.output)
        if not failure and not texts:
            failure = "its output cannot be opened"
        return Outcome(
            system=system.name,
            file=file,
            cost=cost,
            failure=failure,
            remark=None if failure else _remark(cost, texts, file),
            bytes_in=source.stat().st_size,
            bytes_out=(work / system.output).stat().st_size if not failure and system.output.endswith(".pdf") else None,
            marks=judge(file, texts),
        )


def judge(file: TrueFile, texts: Sequence[Sequence[str]]) -> tuple[Marks | None, ...]:
    """Mark every page that is not blank; pages without text count as read empty.

    Args:
        file: with its truth.
        texts: by way of reading, by page in the order of the file.
    """
    return tuple(
        None if page.blank else mark(page.texts, [way[place] for way in texts if place < len(way)])
        for place, page in enumerate(file.pages)
    )


def page_texts(output: Path) -> list[list[str]]:
    """The text of every page of a PDF or text file, by way of reading; nothing where the file cannot be opened."""
    if output.suffix == ".txt":  # a form feed stands between pages; `pdftotext` ends every page with one
        return [output.read_text(encoding="utf-8", errors="replace").split(_FORM_FEED)]
    read = [_pdftotext(output, flags) for flags in _READINGS]
    return [text.removesuffix(_FORM_FEED).split(_FORM_FEED) for text in read if text is not None]


def _metered(system: System, job: Job, log: Path) -> Cost:
    seconds = str(PAGE_SECONDS * max(1, len(job.pages)))
    command = [sys.executable, "-I", "-S", meter.__file__, str(log), seconds, str(job.cores), *system.argv(job)]
    return Cost(**json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout))


def _failure(system: System, cost: Cost, output: Path, log: Path) -> str | None:
    if cost.late:
        return f"killed after {cost.wall_s:.0f} s"
    if cost.code in system.codes and output.is_file():
        return None
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    told = lines[-1].replace(str(log.parent), "").replace("|", "/")[:_TOLD] if lines else "no message"
    return f"exit code {cost.code}: {told}"


def _remark(cost: Cost, texts: Sequence[Sequence[str]], file: TrueFile) -> str | None:
    if cost.code:
        return f"exit code {cost.code}, output used all the same"
    if len(texts[0]) != len(file.pages):
        return f"{len(texts[0])} pages instead of {len(file.pages)}"
    return None


def _pdftotext(pdf: Path, flags: Sequence[str]) -> str | None:
    command = ["pdftotext", "-enc", "UTF-8", *flags, str(pdf), "-"]
    done = subprocess.run(command, capture_output=True, check=False)
    return None if done.returncode else done.stdout.decode("utf-8", errors="replace")
