"""`sohoa explain`: why a page was understood as it was, as text and as a picture with boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.inspect import Reader, read_and_settle
from cli.screens import page_range, reasons
from config.areas import load_areas
from config.document_types import load_document_types
from config.settings import Settings
from dossier.checks import CHECKS
from dossier.dossier_code import DossierCode, dossier_code_parts
from dossier.doubts import Doubt
from dossier.errors import Misconfigured, PageFailed
from dossier.links import LINKS
from dossier.notes import NOTES
from dossier.values import Box, FailedPage, Field, Filed, Held, ReadPage
from ocr import errands
from ocr.cage import Cage
from ocr.settle import Settled
from ocr.shown import Mark
from signing.clock import vietnam_now

_PRINT: Final = (0, 90, 200)
_WEAK: Final = (220, 110, 0)
_MACHINE: Final = (0, 140, 60)
_CODE: Final = (150, 0, 160)
_WEAK_BELOW: Final = 0.9


@dataclass(frozen=True, slots=True)
class Explained:
    """One page and the document it lies in."""

    page: ReadPage
    outcome: Filed | Held | None
    """None for separator sheets and stray blanks."""
    is_separator: bool


def explain(file: Path, number: int, picture: Path, crops: Path | None, settings: Settings) -> Explained:
    """Understand the file as `inspect` does, and draw the page with the boxes of what was read.

    Args:
        file: a scan.
        number: page, from 1.
        picture: PNG to be written.
        crops: folder for one small PNG a value of the page, named by its field.
        settings: of the installation.

    Raises:
        InputRefused: the file cannot be opened.
        Misconfigured: it has no such page, or the picture cannot be written.
        PageFailed: the page could not be read.
    """
    with Cage(cores=settings.cores, seconds=settings.page_seconds, memory_mb=settings.page_memory_mb) as cage:
        pages, settled = read_and_settle(file, Reader.of(settings, cage))
        page = next((page for page in pages if page.number == number), None)
        if page is None:
            raise Misconfigured(f"--page: the file has {len(pages)} pages")
        if isinstance(page, FailedPage):
            raise PageFailed(f"page {number}: {page.code}")
        explained = Explained(page, _outcome_of(number, settled), number in settled.grouping.separators)
        drawn = cage.run(partial(errands.draw, file), page, tuple(_marks(explained)))
        files = {picture: drawn}
        if crops is not None:
            files |= {
                crops / f"{name}.png": cage.run(partial(errands.cut, file), page, box) for name, _, box in _boxes(explained)
            }
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise Misconfigured(f"--out, --crops: {type(error).__name__}") from error
    return explained


def show(explained: Explained, console: Console) -> None:
    """Print what is known of the page, of its document, and why."""
    page = explained.page
    console.print(f"[bold]Trang / page {page.number}[/bold]: {page.turn}°, {page.skew_deg:+.1f}°, {page.dpi:.0f} dpi, "
                  f"độ tin cậy / confidence {page.confidence:.2f}, {page.engine or '—'}")  # fmt: skip
    for note in page.notes:
        console.print(f"  [yellow]![/yellow] {_words(NOTES, note)}")
    for code in page.codes:
        console.print(f"  {code.kind}: {code.text}", markup=False)
    if page.blank:
        console.print("Trang trắng / a blank page")
    if explained.is_separator:
        console.print("Tờ ngăn cách hồ sơ / a separator sheet")
    if explained.outcome is not None:
        _show_outcome(explained.outcome, console)


def _show_outcome(outcome: Filed | Held, console: Console) -> None:
    understood = outcome.understood
    document, verdict = understood.document, understood.verdict
    labels = {rule.type: f"{rule.vi} / {rule.en}" for rule in load_document_types()}
    pages = page_range(document.first_page, document.last_page)
    console.print(f"[bold]{labels.get(verdict.type, 'Chưa nhận ra / not recognised')}[/bold], tr. / p. {pages}")
    console.print(f"  điểm / score {verdict.score:.2f}: {', '.join(verdict.because) or '—'}", markup=False)
    if verdict.model:
        console.print(f"  mô hình chữ / text model: {verdict.model} {verdict.model_score:.2f}")
    console.print(
        f"  hồ sơ / dossier {_told_code(understood.dossier_code)}, công dân / citizen {understood.citizen_id or '—'}"
    )
    for key in understood.linked_by:
        console.print(f"  ← {_words(LINKS, key)}")
    table = Table("Trường / field", "Giá trị / value", "Nguồn / source", "Tin cậy / confidence", "Đã kiểm / checks")
    for name, field in understood.fields.items():
        checks = "\n".join(_words(CHECKS, key) for key in field.checks)
        table.add_row(
            name, escape(field.value), f"{field.source}, tr. / p. {field.page}", f"{field.confidence:.2f}", checks
        )
    if understood.fields:
        console.print(table)
    if isinstance(outcome, Held):
        console.print("[yellow]Chờ người xử lý / waits for a person:[/yellow]")
        console.print(reasons(outcome.why))
    else:
        console.print("[green]✓[/green] Đủ chắc chắn để lưu / certain enough to be stored")


def _told_code(code: DossierCode | None) -> str:
    """The code with the province whose agency gave it, and what became of that province."""
    if code is None:
        return "—"
    parts, areas = dossier_code_parts(code), load_areas()
    then = areas.province_of_agency(parts.agency, on=parts.received)
    now = areas.province_of_agency(parts.agency, on=vietnam_now().date())
    if then is None or now is None:
        return f"{code} (cơ quan lạ / an agency that is not known)"
    return f"{code} ({then.name})" if then == now else f"{code} ({then.name}, nay / now {now.name})"


def _words(table: dict[str, Doubt], key: str) -> str:
    words = table.get(key)
    return f"{words.vi} / {words.en}" if words else key


def _outcome_of(number: int, settled: Settled) -> Filed | Held | None:
    for outcome in settled.outcomes:
        if number in {page.number for page in outcome.understood.document.pages}:
            return outcome
    return None


def _boxes(explained: Explained) -> Iterator[tuple[str, Field, Box]]:
    """The values that stand on the page, with their places."""
    if explained.outcome is not None:
        for name, field in explained.outcome.understood.fields.items():
            if field.box is not None and field.page == explained.page.number:
                yield name, field, field.box


def _marks(explained: Explained) -> Iterator[Mark]:
    page = explained.page
    if not page.turn and abs(page.skew_deg) < 1:  # boxes of codes are those of the picture as stored
        yield from (Mark(code.box, code.kind, _CODE) for code in page.codes if code.box)
    for name, field, box in _boxes(explained):
        yield Mark(box, f"{name} {field.confidence:.2f}", _colour(field))


def _colour(field: Field) -> tuple[int, int, int]:
    if field.source != "print":
        return _MACHINE
    return _WEAK if field.confidence < _WEAK_BELOW else _PRINT
