"""`sohoa export` and `sohoa import-check`: papers out of the warehouse, and a bag held against what it must be."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from dossier.codes import CodeProblem
from dossier.dossier_code import DossierCode, parse_dossier_code

if TYPE_CHECKING:
    from storage.export.package import Exporter
    from storage.export.values import Exported

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")


def export(
    into: Annotated[Path, typer.Option("--out", help="Thư mục đích / target folder", file_okay=False)],
    why: Annotated[str, typer.Option("--why", help="Mục đích, ghi vào nhật ký / purpose, goes into the audit trail")],
    dossier: Annotated[str | None, typer.Argument(metavar="MÃ-HỒ-SƠ", help="Mã hồ sơ / dossier code")] = None,
    record: Annotated[str | None, typer.Option("--record", help="Một bản ghi: XML + PDF / one record")] = None,
    zipped: Annotated[bool, typer.Option("--zip", help="Một tệp ZIP / one ZIP file")] = False,
    by: Annotated[str | None, typer.Option("--by", help="Người xuất / who exports")] = None,
    home: Home = HERE,
) -> None:
    """Xuất hồ sơ (gói BagIt, AIP) hoặc một bản ghi. / Export a dossier as a bag and AIP, or one record."""
    from cli.shelf import os_user
    from storage.export.package import Asked

    if (dossier is None) == (record is None) or (record and zipped):
        raise typer.BadParameter("MÃ-HỒ-SƠ [--zip] hoặc --record / either a dossier code or --record")
    asked = Asked(by or os_user(), why)
    with _exporter(home) as exporter:
        if record is not None:
            _show(exporter.record(record, into, asked))
        else:
            _show(exporter.dossier(_code(dossier or ""), into, asked, zipped=zipped))


def import_check(
    folder: Annotated[Path, typer.Argument(help="Gói đã xuất / an exported bag", exists=True, file_okay=False)],
    with_ledger: Annotated[
        bool, typer.Option("--ledger/--no-ledger", help="So với danh mục ở đây / compare with the catalogue here")
    ] = True,
    home: Home = HERE,
) -> None:
    """Đọc lại gói, so mọi mã băm. / Read a bag back: every hash, and the catalogue's."""
    from cli.ledger import open_ledger
    from config.settings import load_settings
    from storage.export.check import compare, read_bag

    bag = read_bag(folder)
    size = f"{bag.size / 1e6:.1f} MB"
    out.print(f"[green]✓[/green] Gói nguyên vẹn / the bag is whole: {len(bag.payload)} tệp/files, {size}")
    if not with_ledger:
        return
    with open_ledger(load_settings(home)) as ledger:
        same = compare(bag, ledger)
    out.print(f"[green]✓[/green] Khớp danh mục / equal to the catalogue: {same} bản ghi/records")


def _code(typed: str) -> DossierCode:
    code = parse_dossier_code(typed)
    if isinstance(code, CodeProblem):
        raise typer.BadParameter(f"{code.vi} / {code.en}")
    return code


@contextmanager
def _exporter(home: Path) -> Iterator[Exporter]:
    from importlib.metadata import version

    from cli.ledger import open_ledger
    from config.settings import load_settings
    from flows.tools import open_warehouse
    from storage.export.history import PROGRAM
    from storage.export.package import Exporter

    settings = load_settings(home)
    with open_ledger(settings) as ledger:
        yield Exporter(ledger, open_warehouse(settings), version(PROGRAM))


def _show(made: Exported) -> None:
    out.print(f"→ {made.path}", markup=False, soft_wrap=True)
    out.print(f"  {made.records} bản ghi/records, {made.files} tệp/files, {made.size / 1e6:.1f} MB")
    if made.left_out:
        left_out = ", ".join(made.left_out)
        words = "Không xuất (đã thu hồi hoặc đã hủy) / not exported, withdrawn or disposed"
        err.print(f"[yellow]![/yellow] {words}: {left_out}", soft_wrap=True)
    if made.complaints:
        words = f"{made.complaints} mục siêu dữ liệu thiếu hoặc quá dài, giữ nguyên, ghi trong XML (Complaints)"
        err.print(
            f"[yellow]![/yellow] {words}. / Items missing or over length; kept whole, named in the XML.", soft_wrap=True
        )
