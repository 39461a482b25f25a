"""`sohoa alarms`: what a person must know, and what to do next."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from dossier.alarms import ALARMS

if TYPE_CHECKING:
    from storage.alarms import Alarms
    from storage.database.rows import Alarm

out = Console(highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")

app = typer.Typer(help="Cảnh báo đang mở và việc cần làm. / Open alarms, and what to do next.")


@app.callback(invoke_without_command=True)
def list_(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Chỉ một loại / only one kind: " + ", ".join(ALARMS))] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Cho máy đọc / for programs")] = False,
    home: Home = HERE,
) -> None:
    """Cảnh báo đang mở, cũ nhất trước. / Open alarms, the oldest first; exit code 1 while there are any."""
    if context.invoked_subcommand is not None:
        return
    if kind is not None and kind not in ALARMS:
        raise typer.BadParameter(", ".join(ALARMS), param_hint="--kind")
    with _opened(home) as alarms:
        found = alarms.open_ones(kind)
    if as_json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str, indent=2))  # noqa: T201 - a pipe
    else:
        show(found, out)
    raise typer.Exit(1 if found else 0)


@app.command()
def settle(
    number: Annotated[int, typer.Argument(metavar="SỐ/ID", help="Như trong danh sách / as in the list")],
    by: Annotated[str, typer.Option(help="Người đã xử lý / who has seen to it")],
    home: Home = HERE,
) -> None:
    """Đóng một cảnh báo đã xử lý. / Close an alarm that somebody has seen to; while the cause lasts it comes again."""
    from dossier.decisions import check_words

    check_words(by, "")
    with _opened(home) as alarms:
        closed = alarms.settle_one(number, by)
    if closed is None:
        raise typer.BadParameter(f"không có cảnh báo đang mở số {number} / no open alarm has the number {number}")
    out.print(f"→ {closed.kind} {closed.subject}", markup=False)


def show(found: Sequence[Alarm], console: Console) -> None:
    """A line an alarm, with the next step."""
    from signing.clock import VIETNAM

    if not found:
        console.print("[green]✓[/green] Không có cảnh báo. / No alarm is open.")
        return
    subject = Column("Đối tượng / subject", overflow="fold")
    table = Table("Số / id", "Từ / since", "Cảnh báo / alarm", subject, "Việc cần làm / next step")
    for alarm in found:
        words = ALARMS[alarm.kind]
        what = f"{words.vi}\n{words.en}" + (f"\n{alarm.detail}" if alarm.detail else "")
        since = alarm.raised_at.astimezone(VIETNAM).strftime("%d/%m %H:%M")
        table.add_row(str(alarm.id), since, escape(what), escape(alarm.subject), f"{words.do_vi}\n{words.do_en}")
    console.print(table)


@contextmanager
def _opened(home: Path) -> Iterator[Alarms]:
    from cli.ledger import open_ledger
    from config.settings import load_settings
    from storage.alarms import Alarms

    with open_ledger(load_settings(home)) as ledger:
        yield Alarms(ledger.database)
