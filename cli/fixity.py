"""`sohoa fixity`: is every object still what it was, where is its second copy, and what was mended (docs/fixity.md)."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from signing.clock import VIETNAM

if TYPE_CHECKING:
    from config.settings import Settings
    from storage.inventory import Incident, Standing

out = Console(highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")

app = typer.Typer(no_args_is_help=True, help="Toàn vẹn của kho và bản sao. / Integrity of the warehouse, and its copies.")

FINDINGS: Mapping[str, str] = {
    "sound": "nguyên vẹn / sound",
    "restored": "đã khôi phục từ kho dự phòng / restored from the replica",
    "copied_again": "đã sao lại sang kho dự phòng / copied to the replica again",
    "seal_broken": "chữ ký không còn hợp lệ / the seal does not hold",
    "lost": "không còn bản nguyên vẹn / no sound copy left",
    "failed": "không kiểm tra hoặc không sửa được, xem sự cố / could not be checked or mended, see the incidents",
    "disposed": "đã tiêu hủy theo quyết định / destroyed as decided",
}


@app.command()
def status(home: Home = HERE) -> None:
    """Bao nhiêu đối tượng, lần kiểm tra cũ nhất, bản sao còn chờ. / Counts, the oldest check, copies that wait."""
    from cli.ledger import open_ledger
    from config.settings import load_settings
    from storage.inventory import Inventory
    from storage.outbox import Outbox

    settings = load_settings(home)
    with open_ledger(settings) as ledger:
        standing = Inventory(ledger.database).standing()
        waiting = Outbox(ledger.database).waiting_since("replicate")
    show_standing(standing, waiting, settings, out)
    for vi, en in weaknesses(settings):
        out.print(f"[yellow]![/yellow] {vi}\n  {en}", soft_wrap=True)
    raise typer.Exit(1 if standing.unsound else 0)


@app.command()
def run(
    minutes: Annotated[float, typer.Option(min=0.01, help="Thời gian tối đa / at most so long, minutes")] = 50.0,
    home: Home = HERE,
) -> None:
    """Kiểm tra ngay những gì đến hạn. / Check now what is due, as the flow does every hour."""
    from config.settings import load_settings
    from flows.fixity import check_warehouse
    from flows.tools import open_tools

    with open_tools(load_settings(home)) as tools:
        found = check_warehouse(tools, minutes * 60)
    for finding, count in found.items():
        out.print(f"{count:>8} {FINDINGS[finding]}")
    if not found:
        out.print("Không có gì đến hạn. / Nothing is due.")
    raise typer.Exit(1 if found.keys() & {"seal_broken", "lost", "failed"} else 0)


@app.command()
def replicate(home: Home = HERE) -> None:
    """Sao ngay những gì đến hạn sang kho dự phòng. / Copy now what is due, as the flow does every two minutes."""
    from config.settings import load_settings
    from dossier.errors import Misconfigured
    from flows.replicate import replicate_all
    from flows.tools import open_tools

    settings = load_settings(home)
    if settings.replica == "none":
        raise Misconfigured("replica is none: there is no second store to copy to")
    with open_tools(settings) as tools:
        done = replicate_all(tools)
    out.print(
        f"Đã sao {done['copied']} đối tượng và {done['keys']} khóa, {done['put_off']} phải chờ. / "
        f"{done['copied']} object(s) and {done['keys']} key(s) copied, {done['put_off']} put off.",
        soft_wrap=True,
    )
    raise typer.Exit(1 if done["put_off"] else 0)


@app.command()
def incidents(
    limit: Annotated[int, typer.Option(min=1, help="Nhiều nhất / at most")] = 50,
    home: Home = HERE,
) -> None:
    """Sự cố, mới nhất trước. / What was found damaged, newest first, and what became of it."""
    from cli.ledger import open_ledger
    from config.settings import load_settings
    from storage.inventory import Inventory

    with open_ledger(load_settings(home)) as ledger:
        found = Inventory(ledger.database).incidents(limit)
    show_incidents(found, out)
    raise typer.Exit(1 if any(one.ended_at is None for one in found) else 0)


def show_standing(standing: Standing, waiting: datetime | None, settings: Settings, console: Console) -> None:
    """How the inventory stands, a line each."""
    table = Table("", "", show_header=False)
    table.add_row("Đối tượng / objects", f"{standing.objects:,} ({standing.size / 1e6:,.1f} MB)")
    table.add_row("Hỏng hoặc mất / damaged or lost", str(standing.unsound))
    table.add_row("Chưa kiểm tra lần nào / never checked", str(standing.unchecked))
    table.add_row("Lần kiểm tra cũ nhất / oldest check", _when(standing.oldest_check))
    table.add_row("Chu kỳ / cycle", f"{settings.fixity_days:g} ngày / days")
    table.add_row("Chưa có bản sao / without a second copy", str(standing.unreplicated))
    table.add_row("Chờ sao từ / copies wait since", _when(waiting))
    table.add_row("Kho / store", settings.store)
    table.add_row("Kho dự phòng / replica", settings.replica)
    hours = standing.size * (1 if settings.replica == "none" else 2) / (settings.fixity_mb_per_second * 1e6) / 3600
    table.add_row("Đọc hết mất / reading all takes", f"{hours:,.1f} giờ / hours")
    console.print(table)


def show_incidents(found: Sequence[Incident], console: Console) -> None:
    """A line an incident."""
    if not found:
        console.print("[green]✓[/green] Không có sự cố. / No incidents.")
        return
    table = Table("Số / id", "Phát hiện / found", "Đối tượng / object", "Lỗi / what", "Kết quả / outcome")
    for one in found:
        outcome = _OUTCOMES.get(one.outcome or "", one.outcome or "")
        table.add_row(str(one.id), _when(one.found_at), f"{one.bucket}/{one.key}", one.what, outcome)
    console.print(table)


def weaknesses(settings: Settings) -> Iterator[tuple[str, str]]:
    """What the stores cannot do, a (Vietnamese, English) sentence each."""
    from storage.objects.folder import limits

    if settings.replica == "none":
        yield (
            "Không có kho dự phòng: một byte hỏng được phát hiện nhưng không sửa được.",
            "There is no replica: a byte that rots is found and cannot be repaired.",
        )
    if settings.replica == "filesystem" and _on_one_disk(settings):
        yield SAME_DISK
    if settings.store == "filesystem":
        yield from (("Kho: " + vi, "Store: " + en) for vi, en in limits())
    if settings.replica == "filesystem":
        yield from (("Kho dự phòng: " + vi, "Replica: " + en) for vi, en in limits()[:3])


SAME_DISK = (
    "Kho dự phòng nằm trên cùng ổ đĩa: chỉ chống được byte hỏng, không chống được hỏng cả ổ đĩa.",
    "The replica lies on the same disk: it protects against rot, not against the loss of the disk.",
)

_OUTCOMES: Mapping[str, str] = {
    "": "đang mở / open",
    "restored": "đã khôi phục / restored",
    "sound_again": "đọc lại được / reads again",
}


def _on_one_disk(settings: Settings) -> bool:
    try:
        return settings.replica_path.stat().st_dev == settings.home.stat().st_dev
    except OSError:  # it is away: then it is another disk, and the alarm is another one
        return False


def _when(at: datetime | None) -> str:
    return "—" if at is None else at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
