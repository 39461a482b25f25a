"""What the shipped model reads of the sample dossiers; kept beside it, so that a test sees when it reads otherwise."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ocr.recognise import Recogniser
from training.measures import STRINGS, strings_found, tally
from training.truth_lines import TruthLine, truth_lines

SCORES: Final = "lines.scores.json"


def scores(recogniser: Recogniser, folder: Path) -> dict[str, list[int]]:
    """Of every level: printed letters and wrong ones; of every kind of string: those there and those right."""
    lines = [line for line in truth_lines(folder) if line.kind == "print"]
    pairs = [(line.text, recogniser.read(line.crop).text) for line in lines]
    found = {level: _errors(lines, pairs, level) for level in sorted({line.level for line in lines})}
    for name in STRINGS:
        right, there = strings_found(name, pairs)
        found[name] = [there, right]
    return found


def _errors(lines: Sequence[TruthLine], pairs: Sequence[tuple[str, str]], level: str) -> list[int]:
    counts = tally(pair for line, pair in zip(lines, pairs, strict=True) if line.level == level)
    return [counts.letters, counts.wrong]


def write(recogniser: Recogniser, samples: Path, into: Path) -> None:
    """Write the scores beside the model."""
    text = json.dumps(scores(recogniser, samples), ensure_ascii=False, indent=1)
    (into / SCORES).write_text(text + "\n", encoding="utf-8")
