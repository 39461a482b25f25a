"""Tables and progress lines of the command line."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.fixity import weaknesses
from cli.ledger import open_ledger
from cli.stack import Running, Say
from config.settings import Settings
from dossier.doubts import DOUBTS
from storage.database.rows import DropState
from storage.intake.dropped import manifests_without_scan, strays
from storage.ledger import Ledger

_NEWEST: Final = 20
_STATES: Final[Mapping[DropState, str]] = {
    "received": "đã nhận / received", "running": "đang xử lý / running", "done": "xong / done",
    "failed": "dừng lại / given up",
}  # fmt: skip


@contextmanager
def progress(console: Console) -> Iterator[Say]:
    """Say one step after the other, each with the seconds that it took."""
    started: list[tuple[str, float]] = []

    def close_step() -> None:
        if started:
            step, at = started.pop()
            console.print(f"  [green]✓[/green] {step} [dim]{time.monotonic() - at:.1f} s[/dim]")

    with console.status("") as status:

        def say(step: str) -> None:
            close_step()
            started.append((step, time.monotonic()))
            status.update(step)

        yield say
        close_step()


def show_addresses(settings: Settings, console: Console) -> None:
    """Where a person and a calling system find what runs."""
    ui = settings.prefect_api_url.removesuffix("/api")
    console.print(f"Prefect   {ui}")
    console.print(f"Cổng/portal  http://{settings.portal_host}:{settings.portal_port}/  (/docs: API)")
    console.print(f"Hộp/inbox {settings.inbox}/<bộ phận/office>/")
    show_weaknesses(settings, console)


def show_status(running: Iterable[Running], settings: Settings, console: Console) -> None:
    """Services, the newest drops with their state, and how many there are in each state."""
    services = Table("Dịch vụ / service", "Chạy / runs", "PID", "Địa chỉ / address", title="Dịch vụ / services")
    for service in running:
        mark = "[green]✓[/green]" if service.alive else "[red]✗[/red]"
        services.add_row(service.name, mark, str(service.pid or ""), service.address)
    console.print(services)
    show_weaknesses(settings, console)
    if lost := strays(settings.inbox):
        console.print(
            f"[yellow]{lost} tệp trong {settings.inbox} nằm ngoài thư mục bộ phận: chưa được nhận, hãy chuyển vào.\n"
            f"{lost} file(s) lie outside an office's folder there: not taken; move them into one.[/yellow]"
        )
    if alone := manifests_without_scan(settings.inbox):
        console.print(f"{alone} tệp kê khai đang chờ bản quét. / {alone} manifest(s) wait for their scans.")
    with open_ledger(settings) as ledger:
        _show_drops(ledger, console)


def _show_drops(ledger: Ledger, console: Console) -> None:
    newest, counts = ledger.drops(_NEWEST), ledger.drop_counts()
    drops = Table("Lô / drop", "Bộ phận / office", "Trang / pages", "Trạng thái / state", "Lỗi / error",
                  title=f"Lô quét / drops: {out_of(len(newest), sum(counts.values()))}")  # fmt: skip
    for drop in newest:
        drops.add_row(drop.id[:8], escape(drop.office), str(drop.pages), drop.state, drop.error_code or "")
    console.print(drops)
    console.print(", ".join(f"{words}: {counts[state]}" for state, words in _STATES.items() if state in counts))


def show_weaknesses(settings: Settings, console: Console) -> None:
    """What the stores of this installation cannot do."""
    for vi, en in weaknesses(settings):
        console.print(f"[yellow]![/yellow] {vi}\n  {en}", soft_wrap=True)


def out_of(listed: int, there: int) -> str:
    """How many there are; where a list ends before, also how many it has."""
    return str(there) if listed == there else f"{listed} / {there}"


def page_range(first: int, last: int) -> str:
    """Pages as a person writes them."""
    return str(first) if first == last else f"{first}-{last}"


def reasons(keys: Iterable[str]) -> str:
    """Reasons of a hold in both languages, a line each."""
    return "\n".join(f"{DOUBTS[key].vi} / {DOUBTS[key].en}" if key in DOUBTS else key for key in keys)
