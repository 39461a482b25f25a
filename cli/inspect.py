"""`sohoa inspect`: read, group, classify and extract without signing or storing; the JSON that the benchmark reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import repeat
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from config.document_types import load_document_types
from config.settings import Settings
from dossier.errors import BadManifest, DossierError, Misconfigured
from dossier.types import TypeRule
from dossier.values import FailedPage, Filed, Held, Page, Understood
from ocr.cage import Cage
from ocr.opening import Limits, examine
from ocr.read_pages import ReadOptions, read_pages
from ocr.settle import Beside, Settled, settle
from ocr.type_model import TypeModel, load_type_model
from storage.files import hash_file
from storage.intake.dropped import DroppedFile, manifests_beside, told
from storage.intake.hand_in import parse_manifest
from storage.model_shelf import ModelShelf

_SUFFIXES = {".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"}

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Reader:
    """What it takes to understand a file."""

    settings: Settings
    rules: tuple[TypeRule, ...]
    model: TypeModel
    cage: Cage

    @classmethod
    def of(cls, settings: Settings, cage: Cage) -> Reader:
        """With the table and the live model of the installation."""
        model = load_type_model(ModelShelf(settings.type_models).live())
        return cls(settings, load_document_types(), model, cage)


def inspect_files(paths: Sequence[Path], results: Path, settings: Settings, console: Console) -> int:
    """Read every file and write the list of results; returns how many files had an error.

    A file that cannot be opened is a result with its error, never the end of the run.
    """
    files = sorted(_files(paths), key=lambda file: (len(file.name), str(file)))  # a copy has the longer name
    twins = _twins(files)
    found: list[Json] = []
    with (
        Cage(cores=settings.cores, seconds=settings.page_seconds, memory_mb=settings.page_memory_mb) as cage,
        ThreadPoolExecutor(settings.cores) as files_at_once,
        Progress(console=console, transient=True) as bar,
    ):
        reader = Reader.of(settings, cage)
        row = bar.add_task("Đọc / reading", total=len(files))
        for result in files_at_once.map(_result, files, twins, repeat(reader)):
            found.append(result)
            bar.advance(row)
    results.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return sum(1 for result in found if result["error"])


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in _SUFFIXES)
        else:
            yield path


def _twins(files: Sequence[Path]) -> list[str | None]:
    """For each file the name of an earlier one with the same bytes."""
    first_with: dict[str, Path] = {}
    earlier = [first_with.setdefault(hash_file(file), file) if file.is_file() else file for file in files]
    return [None if one is file else one.name for one, file in zip(earlier, files, strict=True)]


def _result(file: Path, duplicate_of: str | None, reader: Reader) -> Json:
    result: Json = {"file": file.name, "duplicate_of": duplicate_of, "error": None, "pages": [], "documents": []}
    if duplicate_of:
        return result
    try:
        pages, settled = read_and_settle(file, reader)
    except Misconfigured:
        raise
    except DossierError as error:
        return result | {"error": {"code": error.code, "message": error.advice}}
    except Exception as error:  # noqa: BLE001 - one odd file must not end the run of the others
        return result | {"error": {"code": DossierError.code, "message": type(error).__name__}}
    separators = set(settled.grouping.separators)
    return result | {
        "pages": [_page(page, page.number in separators) for page in pages],
        "documents": [_document(outcome) for outcome in settled.outcomes],
    }


def read_and_settle(file: Path, reader: Reader) -> tuple[tuple[Page, ...], Settled]:
    """The pages of one file and what became of them.

    Raises:
        InputRefused: the file cannot be opened.
    """
    settings = reader.settings
    sound = examine(file, Limits(max_pages=settings.max_pages, max_pixels=settings.max_pixels), reader.cage)
    options = ReadOptions(settings.ocr_engine, settings.ocr_languages)
    pages = read_pages(file, range(1, sound.pages + 1), options, reader.cage)
    return pages, settle(pages, reader.rules, reader.model, settings.review_bars, _beside(file, len(pages)))


def _beside(file: Path, pages: int) -> Beside:
    """What lies beside the file, as the inbox would take it; a manifest that is none holds the papers."""
    office = file.absolute().parent.name
    try:
        words = [parse_manifest(one.path.read_bytes(), told(office)) for one in manifests_beside(DroppedFile(file, office))]
    except BadManifest:
        return Beside(None, file.name, ("bad_manifest",))
    if not words:
        return Beside(None, file.name)
    if any(word.scan_sha256 not in {None, hash_file(file)} for word in words):
        return Beside(None, file.name, ("bad_manifest",))
    if any(word.manifest != words[0].manifest for word in words):
        return Beside(None, file.name, ("manifests_differ",))
    miscounted = any(word.pages not in {None, pages} for word in words)
    return Beside(words[0].manifest, file.name, ("page_count_differs",) if miscounted else ())


def _page(page: Page, separator: bool) -> Json:
    if isinstance(page, FailedPage):
        return {"index": page.number, "text": "", "rotation": 0, "skew": 0.0, "blank": False, "separator": False,
                "confidence": 0.0, "seconds": round(page.seconds, 3), "error": page.code}  # fmt: skip
    return {"index": page.number, "text": page.text, "rotation": page.turn, "skew": round(page.skew_deg, 2),
            "blank": page.blank, "separator": separator, "confidence": round(page.confidence, 3),
            "turn_sure": page.turn_sure, "notes": list(page.notes), "engine": page.engine,
            "seconds": round(page.seconds, 3)}  # fmt: skip


def _document(outcome: Filed | Held) -> Json:
    understood: Understood = outcome.understood
    document = understood.document
    return {
        "type": understood.verdict.type,
        "first_page": document.first_page,
        "last_page": document.last_page,
        "dossier_code": understood.dossier_code,
        "citizen_id": understood.citizen_id,
        "fields": {name: field.value for name, field in understood.fields.items()},
        "confidence": round(understood.verdict.score, 3),
        "held": list(outcome.why) if isinstance(outcome, Held) else [],
        "linked_by": list(understood.linked_by),
        "verdict": asdict(understood.verdict),
        "values": {name: asdict(field) for name, field in understood.fields.items()},
    }
