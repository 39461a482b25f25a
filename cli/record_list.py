"""`sohoa record list`: records by the time at which they were stored; it shows where they lie, never what a paper says."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from cli.search import place_of, places

if TYPE_CHECKING:
    from config.settings import Settings
    from storage.search.listing import Count, RecordPage, Wanted

out = Console(highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")
_MOST: Final = 1000


def list_(  # noqa: PLR0913, PLR0917 - one argument for each option that may be typed
    why: Annotated[str, typer.Option(help="Lý do, không có dữ liệu cá nhân / the reason, without personal data")],
    type_: Annotated[str | None, typer.Option("--type", help="Loại giấy tờ / type of paper")] = None,
    office: Annotated[str | None, typer.Option(help="Đơn vị nộp / office that handed it in")] = None,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Bản ghi đã thu hồi / withdrawn ones")] = False,
    by: Annotated[str | None, typer.Option(help="Người xem / who looks")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="Số dòng một trang / lines of a page")] = 20,
    after: Annotated[str | None, typer.Option(help="Trang tiếp: mã bản ghi cuối trang trước / next page")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Cho máy đọc / for programs")] = False,
    home: Home = HERE,
) -> None:
    """Các bản ghi, mới lưu trước, và có bao nhiêu. / Records, the newest stored first, and how many there are."""
    from cli.shelf import os_user
    from config.settings import load_settings
    from storage.search.listing import Wanted

    wanted = Wanted(type=type_, office=office, state="withdrawn" if withdrawn else "valid")
    page, count = asked(load_settings(home), wanted, (by or os_user(), why), limit, after)
    show(page, count, as_json=as_json)


def asked(
    settings: Settings, wanted: Wanted, who_and_why: tuple[str, str], limit: int, after: str | None
) -> tuple[RecordPage, Count]:
    """A page and the number of all, and a line of the audit trail that somebody looked.

    Raises:
        NoSuchRecord, ManyRecords: ``after`` names none, or several.
        PurposeRequired, DecisionMalformed: see `storage.audit.trail.check_who_and_why`.
    """
    from cli.ledger import open_ledger
    from storage.audit.trail import AuditTrail, check_who_and_why
    from storage.search.listing import count_records, list_records

    who, why = who_and_why
    check_who_and_why(who, why)
    with open_ledger(settings) as ledger:
        last = None if after is None else ledger.record_named(after)
        with ledger.database.reading() as connection:
            page = list_records(connection, wanted, limit, None if last is None else (last.stored_at, last.record_id))
            count = count_records(connection, wanted)
        outcome = f"{len(page.rows)} records"
        AuditTrail(ledger).write(actor=who, act="list", citizen=None, record_id=None, why=why, outcome=outcome)
    return page, count


def show(page: RecordPage, count: Count, *, as_json: bool) -> None:
    """Print where the records lie, and how many there are in all."""
    after = None if page.after is None else page.after[1]
    if as_json:
        told = {"records": [place_of(row) for row in page.rows], "after": after}
        out.print_json(json.dumps(told | {"count": count.number, "exact": count.exact}, ensure_ascii=False))
        return
    if page.rows:
        out.print(places(page.rows))
    out.print(f"{len(page.rows)} / {'' if count.exact else '> '}{count.number} bản ghi / records")
    if after is not None:
        out.print(f"Còn nữa, thêm / more with: --after {after}")
