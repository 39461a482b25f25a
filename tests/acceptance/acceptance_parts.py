"""The sample dossiers, read once with the real engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from config.document_types import load_document_types
from config.settings import Settings
from dossier.values import Page
from ocr.cage import Cage
from ocr.opening import Limits, examine
from ocr.read import ReadOptions, read_pages
from ocr.settle import Settled, settle
from ocr.type_model import load_type_model

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@dataclass(frozen=True)
class Sample:
    """One sample file with what was read and settled."""

    path: Path
    pages: tuple[Page, ...]
    settled: Settled


def read_samples() -> tuple[Sample, ...]:
    """Read and settle every sample but the one that is a copy of its neighbour, byte for byte."""
    files = sorted(path for path in SAMPLES.iterdir() if path.suffix.lower() in {".pdf", ".tif", ".jpg"})
    settings, rules = Settings(), load_document_types()
    read = []
    with Cage(cores=2, seconds=120, memory_mb=2048) as cage:
        for path in files:
            if "sao" in path.name:
                continue
            sound = examine(path, Limits(max_pages=settings.max_pages, max_pixels=settings.max_pixels), cage)
            pages = read_pages(path, range(1, sound.pages + 1), ReadOptions(), cage)
            read.append(Sample(path, pages, settle(pages, rules, load_type_model(), settings.review_bars)))
    return tuple(read)
