"""Measures our searchable PDFs beside OCRmyPDF's and plain Tesseract: ``python -m bench FOLDER... [--out FILE.md]``.

Every FOLDER holds scans and their ``truth.json``: the development corpus, samples or fresh pages (`training.fresh_pages`).
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from bench.machine import load
from bench.outcomes import Outcome, samples, try_out
from bench.plot import plot
from bench.report import Circumstances, report
from bench.systems import System, chosen
from bench.truth import TrueFile, true_files

_CORPUS: Final = Path("../shared/corpus")
_SAMPLES: Final = Path("samples")


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    folders: list[Path] = asked.folders or [_CORPUS if _CORPUS.is_dir() else _SAMPLES]
    try:
        systems = chosen(asked.only.split(",") if asked.only else None)
        files = [file for folder in _told_apart(folders) for file in true_files(folder, asked.limit)]
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    started, before = datetime.now(UTC), load()
    outcomes = measure_all(files, systems, asked.cores)
    if not outcomes:
        parser.exit(1, "Nothing was measured.\n")
    run = Circumstances(_command(folders, asked), started, asked.cores, (before, load()), len(files))
    out: Path = asked.out
    out.parent.mkdir(parents=True, exist_ok=True)
    picture = out.with_name("plot.svg")
    plot(samples(outcomes), [system.name for system in systems], picture)
    out.write_text(report(outcomes, systems, run, picture.name), encoding="utf-8")


def measure_all(files: Sequence[TrueFile], systems: Sequence[System], cores: int) -> list[Outcome]:
    """Give each file to one system after the other; interrupted, it keeps the files that all systems were given."""
    outcomes: list[Outcome] = []
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=1) as progress:
        task = progress.add_task("", total=len(files) * len(systems))
        try:
            for file in files:
                of_file = []
                for system in systems:
                    progress.update(task, description=f"{file.label} {system.name}")
                    of_file.append(try_out(system, file, cores))
                    progress.advance(task)
                outcomes += of_file
                if not progress.console.is_terminal:
                    progress.console.print(f"{file.label} of {files[-1].label} done")
        except KeyboardInterrupt:
            progress.console.print("Stopped; the report holds what was measured.")
    return outcomes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run bench", description="Measure searchable PDFs, ours and others', side by side."
    )
    parser.add_argument("folders", type=Path, nargs="*", metavar="FOLDER", help="scans with truth.json")
    parser.add_argument("--out", type=Path, default=Path("bench/RESULTS.md"), help="the report; plot.svg goes beside it")
    parser.add_argument("--only", metavar="NAMES", help="systems, with commas: sohoa,ocrmypdf,ocrmypdf-clean,tesseract")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N files of every folder")
    parser.add_argument("--jobs", dest="cores", type=int, default=2, metavar="N", help="cores for every system (2)")
    return parser


def _told_apart(folders: Sequence[Path]) -> Sequence[Path]:
    """Folders whose names differ, because the report knows them by name only."""
    if len({folder.resolve().name for folder in folders}) < len(folders):
        raise ValueError("two folders have one name; rename one of them")
    return folders


def _command(folders: Sequence[Path], asked: argparse.Namespace) -> str:
    """The command again, without the place of folders on this machine."""
    words = ["./run", "bench", *(folder.name if folder.is_absolute() else str(folder) for folder in folders)]
    for flag, value in (("--only", asked.only), ("--limit", asked.limit), ("--jobs", asked.cores)):
        words += [flag, str(value)] if value is not None else []
    return shlex.join(words)


if __name__ == "__main__":
    main()
