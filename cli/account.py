"""`sohoa account`: where everything went that was delivered on one day, and what does not add up."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from storage.account import Account

out = Console(highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")

_FILES: Final = {
    "taken": "Đã nhận / taken",
    "duplicate": "Trùng với lô đã có / duplicate of an earlier drop",
    "refused": "Bị từ chối, có mã lỗi / refused, with a code",
}
_PAGES: Final = {
    "filed": "Trong hồ sơ đã lưu / in records",
    "held": "Chờ người quyết định / held for a person",
    "rejected": "Đã trả lại / sent back",
    "separators": "Phiếu ngăn cách / separator sheets",
    "blanks": "Trang trắng ngoài giấy tờ / blanks outside documents",
    "waiting": "Chưa xử lý xong / not worked yet",
    "lost": "Không tìm thấy / not found",
}


def account(
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Ngày theo giờ Việt Nam / day, Vietnam time; today")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Cho máy đọc / for programs")] = False,
    home: Home = HERE,
) -> None:
    """Đối chiếu một ngày: tệp, trang, byte. / Prove where every file, page and byte of a day went."""
    from cli.ledger import open_ledger
    from config.settings import load_settings
    from signing.clock import VIETNAM, vietnam_now
    from storage.account import account_of

    begin = (day or vietnam_now()).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=VIETNAM)
    with open_ledger(load_settings(home)) as ledger:
        found = account_of(ledger.database, begin, begin + timedelta(days=1), datetime.now(UTC))
    if as_json:
        print(json.dumps(as_plain(found), ensure_ascii=False, indent=2))  # noqa: T201 - for a pipe, without colours
    else:
        show(found, out)
    raise typer.Exit(0 if found.adds_up else 1)


def as_plain(found: Account) -> dict[str, object]:
    """The account as JSON, with the verdict."""
    times = {"begin": found.begin.isoformat(), "end": found.end.isoformat()}
    return asdict(found) | times | {"delivered": asdict(found.delivered), "adds_up": found.adds_up}


def show(found: Account, console: Console) -> None:
    """The account as tables: files, pages, what is not worked yet, what does not add up."""
    console.print(f"Ngày / day {found.begin:%d/%m/%Y} (+07:00)")
    files = Table("Tệp / files", "Số / count", "Byte", title="Tệp đã đến / delivered files", title_justify="left")
    for outcome, words in _FILES.items():
        ended = found.files[outcome]  # type: ignore[index]  # the keys of `_FILES` are outcomes
        files.add_row(words, str(ended.count), str(ended.size))
    files.add_section()
    files.add_row("Tổng / sum", str(found.delivered.count), str(found.delivered.size))
    console.print(files)
    said = found.manifests
    console.print(f"Tệp kê khai / manifests: {said['taken']} đã nhận / taken, {said['refused']} từ chối / refused")
    pages = Table("Trang / pages", "Số / count", title="Trang của tệp đã nhận / pages of taken files", title_justify="left")
    for name, words in _PAGES.items():
        pages.add_row(words, str(getattr(found.pages, name)))
    pages.add_section()
    pages.add_row("Tổng / sum", str(found.pages.total))
    console.print(pages)
    _show_unfinished(found, console)
    _show_faults(found, console)


def _show_unfinished(found: Account, console: Console) -> None:
    if found.unfinished:
        table = Table("Lô / drop", "Trạng thái / state", "Lỗi / error", "Trang / pages", "Giờ / hours",
                      title="Chưa xong / not done", title_justify="left")  # fmt: skip
        for drop in found.unfinished:
            table.add_row(drop.drop_id[:8], drop.state, drop.code or "", str(drop.pages), f"{drop.hours:.1f}")
        console.print(table)


def _show_faults(found: Account, console: Console) -> None:
    from storage.account import FAULTS

    if found.adds_up:
        console.print("[green]✓[/green] Khớp: không mất, không trùng. / It adds up: nothing lost, nothing twice.")
        return
    table = Table(
        "Sai lệch / fault", "Mã / id", "Chi tiết / detail", title="Không khớp / does not add up", title_justify="left"
    )
    for fault in found.faults:
        words = FAULTS[fault.kind]
        table.add_row(f"{words.vi} / {words.en}", fault.subject, fault.detail)
    console.print(table)
    console.print(
        f"[red]✗[/red] {len(found.faults)} điểm không khớp: giữ nguyên dữ liệu và báo người quản trị. / "
        f"{len(found.faults)} point(s) do not add up: change nothing and tell the operator.",
        soft_wrap=True,
    )
