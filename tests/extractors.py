"""The five text extractors that a bound page must satisfy."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import fitz
from pdfminer.high_level import extract_text


def extractions(path: Path) -> Iterator[tuple[str, str]]:
    """Name of each extractor, and the text that it finds in the file."""
    for name, command in {
        "pdftotext": ["pdftotext", str(path), "-"],
        "pdftotext -layout": ["pdftotext", "-layout", str(path), "-"],
        "mutool": ["mutool", "draw", "-q", "-F", "txt", str(path)],
    }.items():
        yield name, subprocess.run(command, check=True, capture_output=True, text=True).stdout
    yield "pdfminer", extract_text(path)
    with fitz.open(path) as pdf:
        yield "pymupdf", "\n".join(page.get_text() for page in pdf)
