"""`sohoa replay`: drops that were given up, and starting them again; steps that are done are not redone."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from dossier.errors import DossierError, StackFailed

if TYPE_CHECKING:
    from config.settings import Settings
    from storage.database.rows import Drop
    from storage.ledger import Ledger

out = Console(highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")

_OTHER_CODES: Final[Mapping[str, str]] = {
    "CANCELLED": "Người vận hành đã hủy lần chạy / A person cancelled the run",
    "NEVER_BEGAN": "Không lần chạy nào bắt đầu được / No run of it could begin; see the worker's log",
    "TOO_MANY_RUNS": "Đã chạy lại quá số lần cho phép / Its runs died too often",
}
"""Reasons that are no error of a step."""


def replay(
    drops: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LÔ/DROP]...", help="Mã lô hoặc các chữ đầu / drop ids or their first letters"),
    ] = None,
    code: Annotated[str | None, typer.Option(help="Mọi lô dừng vì lỗi này / all that this error stopped")] = None,
    every: Annotated[bool, typer.Option("--all", help="Mọi lô đã dừng / all that were given up")] = False,
    home: Home = HERE,
) -> None:
    """Chạy lại các lô đã bị dừng; không nêu lô nào thì liệt kê. / Start given-up drops again; without names, list them."""
    from cli.ledger import open_ledger
    from config.settings import load_settings

    if every and (drops or code):
        raise typer.BadParameter("--all đi một mình / --all goes alone")
    settings = load_settings(home)
    with open_ledger(settings) as ledger:
        given_up = ledger.dead_letters(code)
        if drops or code or every:
            _start(chosen(given_up, drops) if drops else given_up, ledger, settings)
        else:
            show(given_up, out)


def chosen(given_up: Sequence[Drop], names: Sequence[str]) -> tuple[Drop, ...]:
    """The drops that are named by their first letters, each once.

    Raises:
        typer.BadParameter: a name means none of them, or several; nothing is started.
    """
    found: dict[str, Drop] = {}
    for name in names:
        meant = [drop for drop in given_up if drop.id.startswith(name.lower())]
        if len(meant) != 1:
            raise typer.BadParameter(
                f"{name}: {len(meant)} lô đã dừng có mã bắt đầu như vậy / {len(meant)} given-up drops begin so"
            )
        found[meant[0].id] = meant[0]
    return tuple(found.values())


def show(given_up: Sequence[Drop], console: Console) -> None:
    """A line a drop, with the reason."""
    from signing.clock import VIETNAM

    if not given_up:
        console.print("[green]✓[/green] Không có lô nào bị dừng. / No drop was given up.")
        return
    why = Column("Lý do / reason", ratio=1)
    table = Table("Lô / drop", "Lúc / when", "Bộ phận / office", "Trang / pages", "Lần chạy / runs", why)
    for drop in given_up:
        when = drop.finished_at.astimezone(VIETNAM).strftime("%d/%m %H:%M") if drop.finished_at else ""
        reason = f"{drop.error_code}\n{words_of(drop.error_code or '')}"
        table.add_row(drop.id[:8], when, escape(drop.office), str(drop.pages), str(drop.attempts), reason)
    console.print(table)


def words_of(code: str) -> str:
    """What the error code says, in both languages; empty for one that is not ours."""
    for kind in _errors(DossierError):
        if kind.code == code:
            return f"{kind.vi} / {kind.en}"
    return _OTHER_CODES.get(code, "")


def _errors(kind: type[DossierError]) -> Sequence[type[DossierError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _errors(child))]


def _start(drops: Sequence[Drop], ledger: Ledger, settings: Settings) -> None:
    import asyncio

    import httpx

    from flows.runs import retry_failed

    for drop in drops:
        try:
            run = asyncio.run(retry_failed(drop.id, ledger, settings.prefect_api_url))
        except httpx.HTTPError as error:
            raise StackFailed("prefect") from error
        out.print(f"→ {run.name}")
    if not drops:
        out.print("Không có lô nào bị dừng vì lý do này. / No drop was given up for this reason.")
