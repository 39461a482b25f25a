"""What `sohoa held` does: lists, one document in words and as a picture, and a typed decision as a value."""

from __future__ import annotations

import getpass
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.ledger import open_ledger
from cli.screens import out_of, page_range, reasons
from config.document_types import load_document_types
from config.settings import Settings
from dossier.checks import CHECKS
from dossier.citizen_id import masked
from dossier.decisions import REJECTIONS, Action, Reject, SplitAt, Vocabulary, file_it
from dossier.doubts import Doubt
from dossier.errors import DecisionIncomplete, DecisionMalformed, Misconfigured
from dossier.links import LINKS
from dossier.values import ReadPage
from flows.tools import open_warehouse
from ocr import errands
from ocr.cage import Cage
from ocr.shown import Mark
from signing.clock import VIETNAM
from storage.audit.trail import AuditTrail
from storage.database.rows import DecisionRow, ShelfEntry
from storage.desk import Desk
from storage.held import fields_of, links_of, verdict_of

_BLUE: Final = (0, 90, 200)
_ASK: Final = "-"


@dataclass(frozen=True, slots=True)
class Typed:
    """A decision as it was typed."""

    type: str | None
    dossier: str | None
    citizen: str | None
    fields: tuple[str, ...]
    as_shown: bool
    split: str | None
    reject: str | None


@contextmanager
def opened(settings: Settings) -> Iterator[Desk]:
    """The desk of an installation."""
    with open_ledger(settings) as ledger:
        yield Desk(ledger)


def os_user() -> str:
    """Name of the person as the operating system knows it.

    Raises:
        DecisionIncomplete: it knows none.
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise DecisionIncomplete("--by") from error


def tell_look(entry: ShelfEntry, desk: Desk) -> None:
    """The line of the audit trail of a look at a held document, written before anything is shown."""
    line = {"actor": os_user(), "act": "view_held", "why": "sohoa held show", "outcome": f"document {entry.id}"}
    AuditTrail(desk.ledger).write(**line, citizen=None, record_id=entry.drop_id)


def action_of(typed: Typed, entry: ShelfEntry, answers: TextIO, console: Console) -> Action:
    """What was typed, as a decision; values typed as ``-`` are asked for, or read from ``answers`` line by line.

    Raises:
        DecisionMalformed: a value is not of its form, or several kinds of decision are mixed.
        DecisionIncomplete: nothing is decided.
    """
    filing = typed.as_shown or typed.fields or any((typed.type, typed.dossier, typed.citizen))
    kinds = [bool(filing), typed.split is not None, typed.reject is not None]
    if sum(kinds) != 1:
        wrong = DecisionMalformed if any(kinds) else DecisionIncomplete
        raise wrong("--as-shown, --type, --dossier, --citizen, --field | --split | --reject")
    if typed.reject is not None:
        return Reject(typed.reject)
    if typed.split is not None:
        return SplitAt(_pages(typed.split))
    if typed.citizen not in {None, _ASK}:
        raise DecisionMalformed("--citizen: chỉ nhận dấu - / only - is taken, others see what a command line holds")
    citizen = None if typed.citizen is None else _ask("Số định danh / citizen ID", answers, console)
    fields = dict(typed_field(one, answers, console) for one in typed.fields)
    known = _vocabulary(entry)
    return file_it(type_=typed.type, dossier=typed.dossier, citizen=citizen, fields=fields, known=known)


def show_waiting(desk: Desk, limit: int, console: Console, *, as_json: bool) -> None:
    """Documents that wait for a person, with the reasons in the archivist's words, and decisions under way."""
    entries, under_way, waiting = desk.ledger.shelf(limit), desk.waiting(), desk.ledger.document_count("held")
    if as_json:
        console.print_json(json.dumps({"waiting": waiting, "documents": [_json(entry) for entry in entries]}))
        return
    title = f"Chờ người xử lý / waiting for a person: {out_of(len(entries), waiting)}"
    table = _table("Lý do / reasons", title=title)
    for entry in entries:
        table.add_row(_head(entry, entry.hold_id), reasons(entry.reasons))
    console.print(table)
    if under_way:
        away = sorted({decision.error_code for decision in under_way if decision.error_code})
        console.print(
            f"{len(under_way)} quyết định đang được thực hiện / decision(s) under way. {', '.join(away)}", soft_wrap=True
        )


def show_rejected(desk: Desk, limit: int, console: Console, *, as_json: bool) -> None:
    """Documents that were sent back, and why."""
    found, rejected = desk.rejected(limit), desk.ledger.document_count("rejected")
    if as_json:
        told = [_json(entry) | _rejection(decision) for entry, decision in found]
        console.print_json(json.dumps({"rejected": rejected, "documents": told}))
        return
    table = _table("Lý do / reason", title=f"Đã trả lại / sent back: {out_of(len(found), rejected)}")
    for entry, decision in found:
        table.add_row(_head(entry, str(entry.id)), escape("\n".join(filter(None, _rejection(decision).values()))))
    console.print(table)


def show_entry(entry: ShelfEntry, console: Console) -> None:
    """Everything that a person needs to decide on a document."""
    verdict = verdict_of(entry.paper)
    console.print(_head(entry, entry.hold_id))
    console.print(f"[yellow]{escape(reasons(entry.reasons))}[/yellow]")
    console.print(f"điểm / score {verdict.score:.2f}: {', '.join(verdict.because) or '—'}", markup=False)
    if verdict.model:
        console.print(f"mô hình chữ / text model: {verdict.model} {verdict.model_score:.2f}", markup=False)
    for key in links_of(entry.paper):
        console.print(f"← {_words(LINKS, key)}", markup=False)
    table = Table("Trường / field", "Giá trị / value", "Nguồn / source", "Tin cậy / confidence", "Đã kiểm / checks")
    for name, field in fields_of(entry.paper).items():
        checks = "\n".join(_words(CHECKS, key) for key in field.checks)
        table.add_row(
            name, escape(field.value), f"{field.source}, tr. / p. {field.page}", f"{field.confidence:.2f}", checks
        )
    if table.row_count:
        console.print(table)
    for page in _pages_of(entry):
        console.print(f"[bold]— tr. / p. {page['number']}[/bold] {_state_of(page)}")
        console.print(str(page.get("text", "")), markup=False, soft_wrap=True)


def draw_page(entry: ShelfEntry, number: int, picture: Path, desk: Desk, settings: Settings) -> None:
    """Draw a page upright, with boxes around what was read.

    Raises:
        Misconfigured: the document has no such page, or the picture cannot be written.
        StoreUnavailable, StoreCorrupt: the received bytes cannot be fetched.
        PageFailed: the page does not decode.
    """
    kept = next((page for page in _pages_of(entry) if page["number"] == number and "scan_sha256" in page), None)
    if kept is None:
        raise Misconfigured(f"--page: pages {page_range(entry.first_page, entry.last_page)}")
    same = ("number", "scan_sha256", "width", "height", "dpi", "turn", "turn_sure", "skew_deg", "blank")
    page = ReadPage(**{name: kept[name] for name in same}, lines=())  # type: ignore[arg-type]  # as `storage.held` wrote it
    fields = fields_of(entry.paper).items()
    marks = tuple(Mark(one.box, name, _BLUE) for name, one in fields if one.box is not None and one.page == number)
    with (
        tempfile.TemporaryDirectory() as folder,
        Cage(cores=1, seconds=settings.page_seconds, memory_mb=settings.page_memory_mb) as cage,
    ):
        source = open_warehouse(settings).fetch_source(desk.ledger.drop(entry.drop_id).sha256, Path(folder))
        drawn = cage.run(partial(errands.draw, source), page, marks)
    try:
        picture.write_bytes(drawn)
    except OSError as error:
        raise Misconfigured(f"--picture: {type(error).__name__}") from error


def _ask(what: str, answers: TextIO, console: Console) -> str:
    """One line from a person at the terminal, or from the pipe."""
    if answers.isatty():
        console.print(f"{what}: ", end="", markup=False)
    return answers.readline().strip()


def typed_field(typed: str, answers: TextIO, console: Console) -> tuple[str, str]:
    """A name and its value, typed as name=value; a value of - is asked for, so that no shell keeps it."""
    name, equals, value = typed.partition("=")
    if not equals:
        raise DecisionMalformed("--field: tên=giá trị / name=value")
    if name.endswith("citizen_id") and value not in {"", _ASK}:
        raise DecisionMalformed(f"--field {name}: chỉ nhận dấu - / only - is taken")
    return name, _ask(name, answers, console) if value == _ASK else value


def _pages(typed: str) -> tuple[int, ...]:
    parts = [part.strip() for part in typed.split(",")]
    if not all(part.isdecimal() and len(part) <= 6 for part in parts):
        raise DecisionMalformed("--split: ví dụ / for example 3,5")
    return tuple(int(part) for part in parts)


def _vocabulary(entry: ShelfEntry) -> Vocabulary:
    rules = load_document_types()
    names = {field.name for rule in rules for field in rule.fields} | set(fields_of(entry.paper))
    return Vocabulary({rule.type for rule in rules}, names)


def _table(reason: str, *, title: str) -> Table:
    return Table("Giấy tờ / document", reason, show_lines=True, title=title)


def _head(entry: ShelfEntry, name: str) -> str:
    labels = {rule.type: rule.vi for rule in load_document_types()}
    citizen = masked(entry.citizen_id) if entry.citizen_id else "—"
    return (
        f"[bold cyan]{name}[/bold cyan]  [bold]{escape(labels.get(entry.type, entry.type))}[/bold]\n"
        f"{escape(entry.office)}, lô / drop {entry.drop_id[:8]}, tr. / p. {page_range(entry.first_page, entry.last_page)}\n"
        f"hồ sơ / dossier {entry.dossier_code or '—'}\ncông dân / citizen {citizen}"
    )


def _json(entry: ShelfEntry) -> dict[str, object]:
    return {
        "id": entry.hold_id,
        "drop": entry.drop_id,
        "office": entry.office,
        "first_page": entry.first_page,
        "last_page": entry.last_page,
        "type": entry.type,
        "score": entry.score,
        "dossier_code": entry.dossier_code,
        "citizen": masked(entry.citizen_id) if entry.citizen_id else None,
        "reasons": list(entry.reasons),
        "held_at": entry.held_at.isoformat(),
    }


def _rejection(decision: DecisionRow) -> dict[str, str]:
    assert isinstance(decision.action, Reject)  # noqa: S101 - the desk asked for rejections; tells the type checker
    words = REJECTIONS[decision.action.reason]
    when = decision.decided_at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
    return {"reason": f"{words.vi} / {words.en}", "note": decision.note, "decided": f"{decision.who}, {when}"}


def _pages_of(entry: ShelfEntry) -> list[Mapping[str, object]]:
    pages = entry.paper["pages"]
    assert isinstance(pages, list)  # noqa: S101 - `storage.held` wrote it; tells the type checker
    return pages


def _state_of(page: Mapping[str, object]) -> str:
    if "failed" in page:
        return f"[red]không đọc được / not read: {page['failed']}[/red]"
    if page["blank"]:
        return "trang trắng / blank"
    return f"độ tin cậy / confidence {page['confidence']:.2f}"


def _words(table: Mapping[str, Doubt], key: str) -> str:
    return f"{table[key].vi} / {table[key].en}" if key in table else key
