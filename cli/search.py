"""`sohoa search`: records by their words and fields; it shows where they lie, never what a paper says (docs/search.md)."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from cli.record_ids import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.settings import Settings
    from dossier.citizen_id import CitizenId
    from dossier.values import CitizenToken
    from storage.database.rows import RecordRow
    from storage.search.index import HitPage

out = Console(highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")
_ASK: Final = "-"
_MOST: Final = 1000
_SHOWN: Final = ("record_id", "type", "number", "agency", "dated", "dossier_code")


def search(
    query: Annotated[
        str, typer.Argument(help='Từ, "cụm từ", đầu từ*, trường:giá trị; - để nhập kín / - reads it from input')
    ],
    why: Annotated[str, typer.Option(help="Lý do tra cứu, không có dữ liệu cá nhân / why you search")],
    by: Annotated[str | None, typer.Option(help="Người tra cứu / who searches")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="Số dòng một trang / lines of a page")] = 20,
    after: Annotated[int | None, typer.Option(min=1, help="Trang tiếp: số ở cuối trang trước / next page")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Cho máy đọc / for programs")] = False,
    home: Home = HERE,
) -> None:
    """Tìm hồ sơ trong kho, mới nhất trước. / Search the records, newest first."""
    from cli.shelf import os_user
    from config.settings import load_settings

    typed = sys.stdin.readline().strip() if query == _ASK else query
    page = asked(load_settings(home), typed, (by or os_user(), why), limit, after)
    show_page(page, as_json=as_json)


def asked(settings: Settings, typed: str, who_and_why: tuple[str, str], limit: int, after: int | None) -> HitPage:
    """Search, and write down that somebody searched: of the query only its kind, and how many hits were shown.

    Raises:
        QueryMalformed: the query cannot be understood.
        PurposeRequired: no reason.
        DecisionMalformed: a name that says nothing; an ID number in name or reason.
    """
    from cli.ledger import open_ledger
    from storage.audit.trail import AuditTrail, check_who_and_why
    from storage.search.index import search_page
    from storage.search.query import parse_query
    from storage.tokens import citizen_token

    def token_of(citizen: CitizenId) -> CitizenToken:
        return citizen_token(settings.citizen_token_key.get_secret_value().encode(), citizen)

    who, why = who_and_why
    check_who_and_why(who, why)
    query = parse_query(typed, token_of)
    with open_ledger(settings) as ledger:
        page = search_page(ledger.database, query, limit, after)
        outcome = f"{len(page.rows)} hits; {' '.join(query.kinds)}"
        AuditTrail(ledger).write(actor=who, act="search", citizen=query.citizen, record_id=None, why=why, outcome=outcome)
    return page


def show_page(page: HitPage, *, as_json: bool) -> None:
    """Print where the records lie."""
    if as_json:
        told = {"records": [place_of(row) for row in page.rows], "after": page.after}
        out.print_json(json.dumps(told, ensure_ascii=False))
        return
    if page.rows:
        out.print(places(page.rows))
    if page.after is not None:
        out.print(f"Còn nữa, thêm / more with: --after {page.after}")
    elif not page.rows:
        out.print("Không có hồ sơ nào. / No record.")


def places(rows: Sequence[RecordRow]) -> Table:
    """Where records lie, as a table."""
    record = Column("Mã / record", no_wrap=True)
    table = Table(record, "Loại / type", "Số / number", "Cơ quan / agency", "Ngày / date", "Hồ sơ / dossier")
    for row in rows:
        table.add_row(*(escape(value or "") for value in (place_of(row) | {"record_id": shown(row.record_id)}).values()))
    return table


def place_of(row: RecordRow) -> dict[str, str | None]:
    """Where a record lies, for programs."""
    values = {name: getattr(row, name) for name in _SHOWN}
    return {name: None if value is None else str(value) for name, value in values.items()}
