"""Measures our line recogniser beside Tesseract: ``python -m training.evaluate FOLDER... [--model FILE] [--out FILE.md]``.

Every FOLDER holds pages and their ``truth.json``: fresh pages (`fresh_pages`) or the development corpus.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2

from training.comparison import (
    Comparison,
    compare,
    confidence_table,
    duel_table,
    error_tables,
    lost_pages,
    string_table,
    time_table,
)
from training.readers import OwnReader, Reader, TesseractReader
from training.truth_lines import TruthLine, truth_lines


def report(folders: Sequence[Path], readers: Sequence[Reader], judge: Reader | None) -> str:
    """Read every line of every folder with every reader, and say in Markdown how it went.

    Args:
        folders: truth folders.
        readers: ours; the first is the one that is set against the judge.
        judge: Tesseract, or None.
    """
    lines: list[TruthLine] = []
    pages: list[str] = []
    for folder in folders:
        for line in truth_lines(folder):
            lines.append(line)
            pages.append(f"{folder.name} {line.file + 1:03d}.{line.page}")
    everyone = [*readers, *([judge] if judge else [])]
    found = compare(lines, pages, everyone)
    head = f"{len(lines)} lines of {', '.join(folder.name for folder in folders)}; {_processor()}"
    return "\n\n".join([head, *_tables(found, everyone, judge)])


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Measure the line recogniser on true lines.")
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--model", type=Path, action="append", help="an ONNX net instead of the product's; may be repeated")
    parser.add_argument("--out", type=Path, help="write the report there instead of printing it")
    parser.add_argument("--no-tesseract", action="store_true")
    asked = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    models: list[Path | None] = asked.model or [None]
    readers = [OwnReader.open(model, language=language) for model in models for language in (True, False)]
    text = report(asked.folders, readers, None if asked.no_tesseract else TesseractReader())
    if asked.out:
        asked.out.write_text(text + "\n", encoding="utf-8")
    else:
        sys.stdout.write(text + "\n")


def _tables(found: Comparison, everyone: Sequence[Reader], judge: Reader | None) -> Iterator[str]:
    yield "CER % / CER % without case and diacritics / lines exact %"
    yield from error_tables(found)
    yield string_table(found)
    yield confidence_table(found)
    if judge:
        yield duel_table(found, everyone[0].name, judge.name)
        yield lost_pages(found, everyone[0].name, judge.name)
    yield time_table(found.lines, everyone)


def _processor() -> str:
    """Name of the processor and whether it multiplies 8-bit numbers fast, on which the int8 net's speed rests."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    name = next(
        (line.partition(": ")[2] for line in info.splitlines() if line.startswith("model name")), "processor unknown"
    )
    flags = info.split()
    return f"{name}; " + ", ".join(
        f"{flag} {'yes' if flag in flags else 'no'}" for flag in ("avx512_vnni", "avx_vnni", "avx2")
    )


if __name__ == "__main__":
    main()
