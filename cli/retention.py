"""`sohoa retention`: records whose time is over, legal holds, and disposal by two persons (docs/retention.md)."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.record_ids import RecordId, shown
from signing.clock import VIETNAM

if TYPE_CHECKING:
    from flows.keepers import Keepers

out = Console(highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")
By = Annotated[str, typer.Option("--by", help="Họ tên hoặc tài khoản / name or account")]
Why = Annotated[str, typer.Option("--why", help="Lý do, không có dữ liệu cá nhân / reason without personal data")]
Number = Annotated[int, typer.Argument(metavar="SỐ/NUMBER")]

app = typer.Typer(no_args_is_help=True, help="Thời hạn lưu trữ, phong tỏa, tiêu hủy. / Retention, legal holds, disposal.")
dispose = typer.Typer(
    no_args_is_help=True, help="Tiêu hủy: một người đề nghị, người khác đồng ý. / One person asks, another agrees."
)
app.add_typer(dispose, name="dispose")


@app.command()
def due(
    limit: int = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Cho máy đọc / for programs")] = False,
    home: Home = HERE,
) -> None:
    """Bản ghi hết thời hạn lưu trữ. / Records whose retention period is over."""
    with _opened(home) as keepers:
        rows = keepers.disposals.due(limit)
    if as_json:
        told = [
            {
                "record_id": row.record_id,
                "type": row.type,
                "keep_until": row.keep_until.isoformat() if row.keep_until else None,
            }
            for row in rows
        ]
        print(json.dumps(told, ensure_ascii=False, indent=1))  # noqa: T201 - for a pipe, without colours
        return
    table = Table("Bản ghi / record", "Loại / type", "Bộ phận / office", "Giữ đến / keep until")
    for row in rows:
        day = "" if row.keep_until is None else row.keep_until.astimezone(VIETNAM).date().isoformat()
        table.add_row(shown(row.record_id), row.type, escape(row.office), day)
    out.print(table)


@app.command()
def hold(record_id: RecordId, by: By, why: Why, home: Home = HERE) -> None:
    """Phong tỏa một bản ghi. / Put a record under legal hold."""
    with _opened(home) as keepers:
        placed = keepers.holds.place(keepers.ledger.record_named(record_id).record_id, by=by, why=why)
    out.print(f"→ phong tỏa / hold {placed.id}")


@app.command()
def lift(hold_id: Number, by: By, why: Why, home: Home = HERE) -> None:
    """Gỡ một lệnh phong tỏa. / Lift one hold."""
    with _opened(home) as keepers:
        lifted = keepers.holds.lift(hold_id, by=by, why=why)
    out.print(f"→ đã gỡ / lifted: {shown(lifted.record_id)}")


@app.command()
def holds(home: Home = HERE) -> None:
    """Các lệnh phong tỏa đang có hiệu lực. / Open holds."""
    with _opened(home) as keepers:
        found = keepers.holds.open_ones()
    table = Table("Số / number", "Bản ghi / record", "Từ / since", "Người / by", "Lý do / why")
    for one in found:
        since = one.placed_at.astimezone(VIETNAM).isoformat(timespec="minutes")
        table.add_row(str(one.id), shown(one.record_id), since, escape(one.placed_by), escape(one.why))
    out.print(table)


@dispose.command()
def ask(record_id: RecordId, by: By, why: Why, home: Home = HERE) -> None:
    """Đề nghị tiêu hủy. / Ask for the destruction of a record."""
    with _opened(home) as keepers:
        asked = keepers.disposals.ask(keepers.ledger.record_named(record_id).record_id, by=by, why=why)
    out.print(f"→ đề nghị / disposal {asked.id}")


@dispose.command()
def agree(disposal_id: Number, by: By, why: Why, home: Home = HERE) -> None:
    """Người thứ hai đồng ý. / The second person agrees."""
    with _opened(home) as keepers:
        keepers.disposals.agree(disposal_id, by=by, why=why)
    out.print(f"→ đã đồng ý / agreed: {disposal_id}")


@dispose.command()
def refuse(disposal_id: Number, by: By, why: Why, home: Home = HERE) -> None:
    """Không đồng ý, hoặc rút đề nghị. / Say no, or take it back."""
    with _opened(home) as keepers:
        keepers.disposals.refuse(disposal_id, by=by, why=why)
    out.print(f"→ đã từ chối / refused: {disposal_id}")


@dispose.command()
def run(disposal_id: Number, by: By, why: Why, home: Home = HERE) -> None:
    """Tiêu hủy và in biên bản; chạy lại nếu bị ngắt. / Destroy and print the certificate; say it again if cut off."""
    with _opened(home) as keepers:
        done = keepers.disposals.carry_out(disposal_id, by=by, why=why)
    print(json.dumps(done.told, ensure_ascii=False, indent=1))  # noqa: T201 - for a pipe, without colours


@dispose.command()
def certificate(disposal_id: Number, home: Home = HERE) -> None:
    """In lại biên bản tiêu hủy. / Print the certificate again."""
    with _opened(home) as keepers:
        found = keepers.disposals.certificate(disposal_id)
    print(json.dumps(found.told, ensure_ascii=False, indent=1))  # noqa: T201 - for a pipe, without colours


@dispose.command("list")
def list_(home: Home = HERE) -> None:
    """Các đề nghị đang chờ. / What was asked for and is not done."""
    with _opened(home) as keepers:
        found = keepers.disposals.open_ones()
    table = Table("Số / number", "Bản ghi / record", "Trạng thái / state", "Đề nghị / asked by", "Đồng ý / agreed by")
    for one in found:
        table.add_row(str(one.id), shown(one.record_id), one.state, escape(one.asked_by), escape(one.agreed_by or ""))
    out.print(table)


def _opened(home: Path) -> AbstractContextManager[Keepers]:
    from config.settings import load_settings
    from flows.keepers import open_keepers

    return open_keepers(load_settings(home))
