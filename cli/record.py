"""`sohoa record`: one record of the warehouse, its versions, and what a person says otherwise (docs/manifest.md)."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.record_ids import RecordId
from cli.record_list import list_
from dossier.metadata import Complaint
from dossier.records import Change

if TYPE_CHECKING:
    from storage.records.manifest_form import Manifest

out = Console(highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")
By = Annotated[str | None, typer.Option(help="Người thực hiện / who does it")]
Why = Annotated[str, typer.Option(help="Lý do, không có dữ liệu cá nhân / the reason, without personal data")]

app = typer.Typer(no_args_is_help=True, help="Bản ghi trong kho. / Records of the warehouse.")
app.command("list")(list_)


@app.command()
def show(
    record_id: RecordId,
    why: Why,
    version: Annotated[int | None, typer.Option(min=1, help="Phiên bản; mặc định: mới nhất / version")] = None,
    by: By = None,
    home: Home = HERE,
) -> None:
    """Một phiên bản của bản ghi; việc xem được ghi nhật ký. / One version of a record; that it was seen is written down."""
    from cli.ledger import open_ledger
    from cli.shelf import os_user
    from config.settings import load_settings
    from dossier.records import RecordKey
    from flows.tools import open_warehouse
    from storage.audit.trail import AuditTrail, check_who_and_why

    who = by or os_user()
    check_who_and_why(who, why)
    settings = load_settings(home)
    with open_ledger(settings) as ledger:
        warehouse = open_warehouse(settings)
        row = ledger.record_named(record_id)
        outcome = f"version {version or row.version}"
        trail = AuditTrail(ledger)
        trail.write(actor=who, act="view", citizen=row.citizen, record_id=row.record_id, why=why, outcome=outcome)
        show_manifest(warehouse.manifest(RecordKey(row.citizen, row.record_id), version), out)


@app.command()
def correct(
    record_id: RecordId,
    field: Annotated[
        list[str], typer.Option(help="tên=giá trị / name=value; name=- : hỏi hoặc đọc từ stdin / asked for or read")
    ],
    why: Why,
    by: By = None,
    home: Home = HERE,
) -> None:
    """Sửa giá trị: một phiên bản mới, bản cũ còn nguyên. / Correct values: a new version, the old ones stay."""
    from cli.shelf import typed_field
    from config.document_types import load_document_types
    from dossier.decisions import Vocabulary, file_it

    known = Vocabulary((), {one.name for rule in load_document_types() for one in rule.fields})
    typed = dict(typed_field(one, sys.stdin, out) for one in field)
    right = file_it(type_=None, dossier=None, citizen=None, fields=typed, known=known)
    _say_otherwise(record_id, Change(right.fields), by, why, home)


@app.command()
def withdraw(record_id: RecordId, why: Why, by: By = None, home: Home = HERE) -> None:
    """Thu hồi bản ghi sai; dữ liệu vẫn còn. / Withdraw a record that is wrong; nothing is deleted."""
    _say_otherwise(record_id, Change(state="withdrawn"), by, why, home)


def rebuild(home: Home = HERE) -> None:
    """Dựng lại danh mục từ kho vào sổ cái trống. / Make the catalogue again from the warehouse, into an empty ledger."""
    from config.settings import load_settings
    from flows.keepers import open_keepers
    from flows.tools import open_tools
    from ocr.opening import examine
    from storage.records.rebuild import PatientObjects, Rebuild

    settings = load_settings(home)
    with open_keepers(settings) as keepers, open_tools(settings) as tools, tools.cage() as cage, out.status("") as status:
        patient = PatientObjects(tools.warehouse.store, tools.warehouse.vault, settings.work)
        made = Rebuild(
            tools.warehouse,
            tools.ledger.database,
            check=lambda path: examine(path, tools.limits, cage),
            restore_trail=replace(keepers.anchors, objects=patient).restore,
            say=lambda count: status.update(f"{count}"),
        ).run()
    out.print(f"→ {made.records} bản ghi / records, {made.done} lô xong / drops done, {made.again} chạy lại / worked again")
    out.print(f"→ nhật ký kiểm toán đến dòng / audit trail up to line {made.trail}")
    for line in made.doubtful:
        out.print(f"[yellow]? {line}[/yellow]")
    raise typer.Exit(1 if made.doubtful else 0)


def show_manifest(manifest: Manifest, console: Console) -> None:
    """What a version says, its correction and the values; the text is left to the PDF."""
    lines = [
        f"[bold cyan]{manifest['record_id']}[/bold cyan]  [bold]{escape(manifest['type'])}[/bold]",
        f"phiên bản / version {manifest['version']}, {manifest['state']}",
        f"hồ sơ / dossier {escape(manifest['dossier_code'])}, nguồn / source: {manifest['nguon']}",
        f"công dân / citizen {manifest['citizen'][:8]}…, khóa đến / locked until {manifest['keep_until'][:10]}",
    ]
    if (correction := manifest["correction"]) is not None:
        said = f"{correction['at'][:16]}  {correction['by']}: {correction['why']}"
        lines.append(escape(f"{said} ({', '.join(correction['fields'])})"))
    console.print("\n".join(lines))
    table = Table("Trường / field", "Giá trị / value", "Nguồn / from", "Tr. / p.")
    for name, value in sorted(manifest["fields"].items()):
        table.add_row(name, escape(value["value"]), value["source"], str(value["page"]))
    console.print(table)
    for complaint in manifest["metadata"].get("complaints", []):
        vi, en = Complaint(**complaint).words
        console.print(f"[yellow]! {escape(vi)} / {escape(en)}[/yellow]")


def _say_otherwise(record_id: str, change: Change, by: str | None, why: str, home: Path) -> None:
    from cli.ledger import open_ledger
    from cli.shelf import os_user
    from config.settings import load_settings
    from flows.tools import open_warehouse
    from storage.audit.trail import check_who_and_why
    from storage.records.corrections import correct as write_version

    who = by or os_user()
    check_who_and_why(who, why)
    settings = load_settings(home)
    with open_ledger(settings) as ledger:
        meant, now = ledger.record_named(record_id).record_id, datetime.now(UTC)
        told = write_version(meant, change, open_warehouse(settings), ledger, by=who, why=why, at=now)
    out.print(f"→ phiên bản / version {told.manifest['version']}, {told.manifest['state']}")
