"""Outcomes -> the whole report in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bench.machine import machine, versions
from bench.outcomes import PAGE_SECONDS, Outcome, samples
from bench.summary import LEVELS
from bench.systems import OWN, PLAIN, System
from bench.tables import failure_table, measure_tables, ratio_table, worse_classes, worse_pages
from training.comparison import markdown

_METHOD = f"""\
Every file is given to one system after the other before the next file comes, so that whatever else runs on the
machine hurts all of them alike. One run, no repetition.

- **CPU** is user and system time of the whole process tree, also of processes that nobody waited for: start of the
  interpreter, decoding, reading, writing. **Wall** is from start to end of the command. Both are sums over pages; the
  pages of one file get equal shares of it, so tables by mode, type and dpi are blurred where files mix them. Blank
  pages count here.
- **Peak memory** is that of the largest single process, and of all processes together, looked at five times a second
  (shared pages parted among them); of all files the highest.
- `OMP_THREAD_LIMIT=1` and the same cores for all: processes are bound to them, and `--jobs` or our setting says the
  same.
- **Text** of a PDF is what `pdftotext -raw` or `pdftotext` gives, of each page the one with fewer letters wrong;
  Tesseract's is its own text file. Texts are compared in NFC, with quotes and dashes of one kind and without leader
  dots. Blank pages are not judged; duplicates are left out altogether.
- **Word recall** and **precision** count words in any order. **CER** is letters wrong over letters, against the
  better of the two orders of the truth (block by block, row by row); the median is that of the pages.
- **kB/page** of PDF, beside the scans of the same pages (1 kB is 1000 bytes).
- A system that refuses a file, fails or takes longer than {PAGE_SECONDS:.0f} s a page counts as having read nothing
  on its pages: recall 0, CER 100 %. The ratios compare only files of which both systems made something.
- OCRmyPDF gets `--image-dpi` from the truth where a picture does not say its resolution, or says 96 dpi or less,
  which OCRmyPDF does not believe.
"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How a run was made."""

    command: str
    started: datetime
    cores: int
    """That every system was given."""
    loads: tuple[float, float]
    """Processes that wanted to run, before and after."""
    planned: int
    """Files that should have been measured."""


def report(outcomes: Sequence[Outcome], systems: Sequence[System], run: Circumstances, picture: str) -> str:
    """Write down what every system needed and read; only files that every system was given.

    Args:
        outcomes: at least one of each system, file by file.
        systems: in the order of the tables.
        run: how it was made.
        picture: where the plot lies, seen from the report.
    """
    return "\n\n".join(_parts(outcomes, systems, run, picture)) + "\n"


def _parts(outcomes: Sequence[Outcome], systems: Sequence[System], run: Circumstances, picture: str) -> Iterator[str]:
    names = [system.name for system in systems]
    found = samples(outcomes)
    yield "# Side by side: searchable PDFs, ours and others'"
    yield _head(outcomes, run)
    yield markdown(["system", "called"], [[system.name, system.called] for system in systems])
    yield "## How it was measured\n\n" + _METHOD.rstrip()
    if OWN in names and len(names) > 1:
        yield "## Ours against the others"
        yield ratio_table(found, OWN, [name for name in names if name != OWN])
    yield f"![words found against CPU seconds a page]({picture})"
    yield "## All measures"
    yield from measure_tables(found, names)
    if OWN in names and PLAIN in names:
        yield "## Where ours is worse than plain Tesseract"
        yield worse_classes(found, OWN, PLAIN)
        yield worse_pages(found, OWN, PLAIN)
    yield "## Files refused or spoilt"
    yield failure_table(outcomes)
    yield "## Machine and versions"
    yield markdown(["what", "value"], [[*pair] for pair in (*machine(), *versions())])


def _head(outcomes: Sequence[Outcome], run: Circumstances) -> str:
    files = {outcome.file.label: outcome.file for outcome in outcomes}
    pages = [page for file in files.values() for page in file.pages]
    levels = ", ".join(
        f"{count} {level}" for level in LEVELS if (count := sum(len(f.pages) for f in files.values() if f.level == level))
    )
    stopped = "" if len(files) == run.planned else f" **Stopped after {len(files)} of {run.planned} files.**"
    blank = sum(page.blank for page in pages)
    return (
        f"{len(files)} files, {len(pages)} pages ({levels}; {blank} blank), {run.cores} cores for each system; "
        f"{run.started:%Y-%m-%d %H:%M %Z}; load of the machine {run.loads[0]:.1f} before and {run.loads[1]:.1f} after."
        f"{stopped}\n\n    {run.command}"
    )
