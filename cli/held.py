"""`sohoa held`: the documents that wait for a person; what it does stands in `cli.shelf`."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from typer.core import TyperGroup

from dossier.decisions import REJECTIONS

out = Console(highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")
HoldId = Annotated[str, typer.Argument(metavar="MÃ/ID", help="Như trong danh sách / as in the list, 17-3fa9c1d2")]


class _ListFirst(TyperGroup):
    """`sohoa held`, with or without options, is `sohoa held list`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # typer's is click's
        """Name the command that is meant."""
        bare = not args or (args[0].startswith("-") and args[0] != "--help")
        return super().parse_args(ctx, ["list", *args] if bare else args)


app = typer.Typer(cls=_ListFirst, help="Giấy tờ chờ người xử lý. / Documents that wait for a person.")


@app.command("list")
def list_(
    limit: int = 100,
    rejected: Annotated[bool, typer.Option("--rejected", help="Đã trả lại / those sent back")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Cho máy đọc / for programs")] = False,
    home: Home = HERE,
) -> None:
    """Giấy tờ chờ người xử lý và lý do. / Documents that wait for a person, with the reasons."""
    from cli import shelf
    from config.settings import load_settings

    with shelf.opened(load_settings(home)) as desk:
        show = shelf.show_rejected if rejected else shelf.show_waiting
        show(desk, limit, out, as_json=as_json)


@app.command()
def show(
    hold_id: HoldId,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Ảnh một trang / picture of a page", dir_okay=False)
    ] = None,
    page: Annotated[int | None, typer.Option(help="Trang của ảnh / page of the picture")] = None,
    home: Home = HERE,
) -> None:
    """Một giấy tờ: vì sao chờ, đọc được gì. / One document: why it waits, and what was read."""
    from cli import shelf
    from config.settings import load_settings

    settings = load_settings(home)
    with shelf.opened(settings) as desk:
        entry = desk.hold(hold_id)
        shelf.tell_look(entry, desk)
        shelf.show_entry(entry, out)
        if picture is not None:
            shelf.draw_page(entry, page or entry.first_page, picture, desk, settings)
            out.print(f"→ {picture}", markup=False)


@app.command()
def decide(  # noqa: PLR0913, PLR0917 - one argument for each option that may be typed
    hold_id: HoldId,
    type_: Annotated[str | None, typer.Option("--type", help="Loại giấy tờ / type of paper")] = None,
    dossier: Annotated[str | None, typer.Option(help="Mã hồ sơ / dossier code")] = None,
    citizen: Annotated[
        str | None,
        typer.Option(help="Chỉ nhận dấu -: số định danh được hỏi hoặc đọc từ stdin / only -: the ID is asked for or read"),
    ] = None,
    field: Annotated[
        list[str] | None, typer.Option(help="tên=giá trị / name=value; name=- : hỏi hoặc đọc từ stdin / asked for or read")
    ] = None,
    as_shown: Annotated[bool, typer.Option("--as-shown", help="Lưu đúng như đã xem / file it as shown")] = False,
    split: Annotated[str | None, typer.Option(help="Trang đầu của giấy tờ mới: 3,5 / pages that begin a document")] = None,
    reject: Annotated[str | None, typer.Option(help="Trả lại / send back: " + ", ".join(REJECTIONS))] = None,
    note: Annotated[str, typer.Option(help="Ghi chú, không có dữ liệu cá nhân / note without personal data")] = "",
    by: Annotated[str | None, typer.Option(help="Người quyết định / who decides")] = None,
    home: Home = HERE,
) -> None:
    """Quyết định: lưu (có thể sửa), tách, hoặc trả lại. / Decide: file (with corrections), split or reject."""
    import asyncio

    from cli import shelf
    from config.settings import load_settings
    from flows.runs import start_release

    settings = load_settings(home)
    typed = shelf.Typed(type_, dossier, citizen, tuple(field or ()), as_shown, split, reject)
    with shelf.opened(settings) as desk:
        action = shelf.action_of(typed, desk.hold(hold_id), sys.stdin, out)
        decision = desk.decide(hold_id, action, who=by or shelf.os_user(), note=note)
        started = asyncio.run(start_release(decision, desk, settings.prefect_api_url)) is not None
    out.print(f"→ quyết định / decision {decision.id}")
    if not started:
        out.print(
            "Đã ghi nhận; sẽ thực hiện khi Prefect chạy lại. / Taken down; carried out once Prefect runs again.",
            soft_wrap=True,
        )
