"""`sohoa audit`: does the trail hold, who touched what (docs/audit.md). Every reading of a sound trail is a line of it."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from cli.record_ids import shown
from signing.clock import VIETNAM
from storage.audit.trail import told

if TYPE_CHECKING:
    from dossier.citizen_id import CitizenId
    from dossier.values import CitizenToken
    from flows.keepers import Keepers
    from storage.audit.reports import Touched
    from storage.audit.trail import AuditLine

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")
By = Annotated[str | None, typer.Option("--by", help="Người xem / who looks")]
Why = Annotated[str, typer.Option("--why", help="Lý do, ghi vào nhật ký / reason, goes into the trail")]
AsCsv = Annotated[bool, typer.Option("--csv", help="CSV")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON")]

app = typer.Typer(no_args_is_help=True, help="Nhật ký kiểm toán. / The audit trail.")

_BROKEN: Final = {
    "changed": ("bị sửa", "was changed"),
    "missing": ("bị xóa", "is missing"),
    "out_of_place": ("bị chèn hoặc đổi chỗ", "was pushed in or moved"),
    "cut_off": ("và các dòng sau bị cắt mất", "and what follows was cut off"),
    "not_as_anchored": ("khác với bản đã neo", "differs from its anchor"),
    "anchor_broken": ("không còn neo nguyên vẹn", "has no sound anchor"),
}
"""`storage.audit.trail.Reason` in words."""


@app.command()
def verify(by: By = None, why: Why = "kiểm tra nhật ký", home: Home = HERE) -> None:
    """Chuỗi băm và mọi neo; nêu dòng hỏng đầu tiên. / Chain and every anchor; names the first broken line (exit 1)."""
    from storage.audit.trail import Break

    _person(by, why)
    with _opened(home) as keepers:
        found = keepers.anchors.check()
        if isinstance(found, Break):
            keepers.anchors.alarm(found)  # and no line: the trail stays as it was found
            vi, en = _BROKEN[found.why]
            err.print(f"[red]✗[/red] Dòng {found.number} {vi}. / Line {found.number} {en}.")
            raise typer.Exit(1)
        _tell(keepers, "audit_verify", by, why, f"{found.lines} lines")
    stamped = "—" if found.stamped_at is None else found.stamped_at.astimezone(VIETNAM).isoformat(timespec="seconds")
    out.print(
        f"[green]✓[/green] {found.lines} dòng/lines, {found.anchors} neo/anchors; "
        f"đã neo đến dòng / anchored up to line {found.anchored}, {stamped}"
    )


@app.command()
def anchor(home: Home = HERE) -> None:
    """Neo ngay các dòng mới. / Anchor the new lines now."""
    with _opened(home) as keepers:
        made = keepers.anchors.anchor()
    for one in made:
        out.print(f"→ {one.number}  {one.stamped_at.astimezone(VIETNAM).isoformat(timespec='seconds')}")
    if not made:
        out.print("Không có dòng mới. / Nothing new.")


@app.command()
def restore(why: Why, by: By = None, home: Home = HERE) -> None:
    """Lấy lại các dòng đã neo mà bản sao lưu không có. / Bring back anchored lines that a backup of the ledger lacks."""
    _person(by, why)
    with _opened(home) as keepers:
        last = keepers.anchors.restore()
        _tell(keepers, "audit_restore", by, why, f"up to line {last}")
    out.print(f"→ nhật ký kiểm toán đến dòng / audit trail up to line {last}")


@app.command()
def subject(why: Why, by: By = None, as_csv: AsCsv = False, as_json: AsJson = False, home: Home = HERE) -> None:
    """Ai đã chạm vào hồ sơ của một công dân; số định danh đọc từ stdin. / Who touched a citizen's papers; ID from stdin."""
    from storage.audit.reports import touching
    from storage.tokens import citizen_token

    citizen_id = _citizen_id()
    with _opened(home) as keepers:
        token = citizen_token(keepers.settings.citizen_token_key.get_secret_value().encode(), citizen_id)
        lines = touching(keepers.trail, token, citizen_id)
        _tell(keepers, "audit_subject", by, why, f"{len(lines)} lines", citizen=token)
    _show([_line(line) for line in lines], as_csv=as_csv, as_json=as_json)


@app.command()
def actor(  # noqa: PLR0913, PLR0917 - one argument for each option that may be typed
    name: Annotated[str, typer.Argument(metavar="TÊN/NAME")],
    why: Why,
    since: Annotated[str, typer.Option("--from", help="Ngày, giờ Việt Nam / day in Vietnam: 2026-11-01")],
    until: Annotated[str, typer.Option("--to", help="Ngày cuối / last day: 2026-11-30")],
    by: By = None,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
    home: Home = HERE,
) -> None:
    """Một người hay hệ thống đã chạm vào những ai. / Which subjects and papers an actor touched in a period."""
    from dossier.errors import DecisionMalformed
    from dossier.id_numbers import holds_id_number
    from storage.audit.reports import touched_by

    if holds_id_number(name):  # it would stand in the line of this reading
        raise DecisionMalformed("TÊN/NAME")
    begin, end = _moment(since, "--from"), _moment(until, "--to")
    end += timedelta(days=1) if len(until) == len("2026-11-30") else timedelta(0)
    with _opened(home) as keepers:
        found = touched_by(keepers.trail, name, begin, end)
        _tell(keepers, "audit_actor", by, why, f"{len(found)} papers of {name}, {begin.isoformat()} to {end.isoformat()}")
    _show([_paper(one) for one in found], as_csv=as_csv, as_json=as_json)


def _opened(home: Path) -> AbstractContextManager[Keepers]:
    from config.settings import load_settings
    from flows.keepers import open_keepers

    return open_keepers(load_settings(home))


def _tell(keepers: Keepers, act: str, by: str | None, why: str, outcome: str, citizen: CitizenToken | None = None) -> None:
    """The line of this reading, before anything of it is shown."""
    keepers.trail.write(actor=_person(by, why), act=act, citizen=citizen, record_id=None, why=why, outcome=outcome)


def _person(by: str | None, why: str) -> str:
    """Who looks; refused without a name and a reason."""
    from cli.shelf import os_user
    from storage.audit.trail import check_who_and_why

    who = by or os_user()
    check_who_and_why(who, why)
    return who


def _citizen_id() -> CitizenId:
    """An ID number that never stands in an argument, where every user of the machine could read it.

    Raises:
        DecisionMalformed: it is none.
    """
    from getpass import getpass

    from dossier.citizen_id import parse_citizen_id
    from dossier.codes import CodeProblem
    from dossier.errors import DecisionMalformed

    typed = getpass("Số định danh / citizen ID: ") if sys.stdin.isatty() else sys.stdin.readline()
    parsed = parse_citizen_id(typed.strip())
    if isinstance(parsed, CodeProblem):
        raise DecisionMalformed("citizen")
    return parsed


def _moment(typed: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise typer.BadParameter(f"{option}: 2026-11-01, 2026-11-01T08:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def _line(line: AuditLine) -> dict[str, object]:
    hidden = {"previous", "sha256"}
    return {name: value for name, value in told(line).items() if name not in hidden}


def _paper(touched: Touched) -> dict[str, object]:
    times: dict[str, object] = {}
    for name, at in (("first", touched.first), ("last", touched.last)):
        times |= {name: at.astimezone(UTC).isoformat(), f"{name}_local": at.astimezone(VIETNAM).isoformat()}
    acts = ", ".join(f"{act} x{count}" for act, count in touched.acts.items())
    paper = {"citizen": touched.citizen, "record_id": touched.record_id, "type": touched.type, "office": touched.office}
    return {**paper, "acts": acts, **times}


def _show(rows: Sequence[Mapping[str, object]], *, as_csv: bool, as_json: bool) -> None:
    """One object a line for programs, a table with few columns for persons."""
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))  # noqa: T201 - for a pipe, without colours
    elif as_csv:
        writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    else:
        out.print(_table(rows))


def _table(rows: Sequence[Mapping[str, object]]) -> Table:
    """What a person needs on a screen: local times to the second, first letters of ids; `--csv` and `--json` have all."""
    names = [name for name in rows[0] if f"{name}_local" not in rows[0]] if rows else ["—"]
    table = Table(*(Column(name, overflow="fold") for name in names))
    for row in rows:
        table.add_row(*(escape(_brief(name, _cell(row[name]))) for name in names))
    return table


def _brief(name: str, text: str) -> str:
    if name.endswith("_local"):
        return text[:19]
    return shown(text) if name in {"citizen", "record_id"} else text


def _cell(value: object) -> str:
    """A value for a spreadsheet: one that it would take for a formula is shown as text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text
