"""`sohoa record list`: where the newest records lie, how many there are, and a line of the audit trail for every look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.main import app
from dossier.errors import PurposeRequired
from storage.audit.trail import AuditTrail
from storage.ledger import Ledger
from storage.places import mark_places
from tests.twins.many_records import enter


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    mark_places(tmp_path, {"home": tmp_path})
    opened = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    for number in range(1, 8):
        office = "mot-cua-02" if number % 2 else "mot-cua-01"
        state = "withdrawn" if number == 7 else "valid"
        enter(opened, number, "chữ của giấy tờ", number=f"{number}/QĐ", office=office, state=state)
    yield opened
    opened.close()


def listed(home: Path, *words: str) -> Result:
    command = ["record", "list", *words, "--by", "Lan", "--home", str(home)]
    return CliRunner().invoke(app, command, env={"COLUMNS": "200"})


def numbers(home: Path, *words: str) -> list[str]:
    return [row["number"] for row in json.loads(listed(home, *words, "--why", "kiểm kê", "--json").output)["records"]]


def test_the_newest_stand_first_with_the_number_of_all_and_no_text(ledger: Ledger, tmp_path: Path) -> None:
    shown = listed(tmp_path, "--why", "kiểm kê", "--limit", "4").output

    assert [shown.index(f"{number}/QĐ") for number in (6, 5, 4, 3)] == sorted(
        shown.index(f"{number}/QĐ") for number in (6, 5, 4, 3)
    )
    assert "4 / 6 bản ghi / records" in shown
    assert f"--after {3:032x}" in shown
    assert "chữ" not in shown


def test_the_next_page_begins_behind_the_record_that_is_named(ledger: Ledger, tmp_path: Path) -> None:
    assert numbers(tmp_path, "--limit", "4") == ["6/QĐ", "5/QĐ", "4/QĐ", "3/QĐ"]
    assert numbers(tmp_path, "--limit", "4", "--after", f"{3:032x}") == ["2/QĐ", "1/QĐ"]


def test_office_type_and_state_choose(ledger: Ledger, tmp_path: Path) -> None:
    assert numbers(tmp_path, "--office", "mot-cua-02") == ["5/QĐ", "3/QĐ", "1/QĐ"]
    assert numbers(tmp_path, "--type", "giay_khai_sinh") == []
    assert numbers(tmp_path, "--withdrawn") == ["7/QĐ"]


def test_every_look_is_a_line_and_none_is_taken_without_a_reason(ledger: Ledger, tmp_path: Path) -> None:
    assert isinstance(listed(tmp_path, "--why", " ").exception, PurposeRequired)
    assert AuditTrail(ledger).lines(10) == ()

    listed(tmp_path, "--why", "kiểm kê", "--limit", "2")

    (line,) = AuditTrail(ledger).lines(10)
    assert (line.actor, line.act, line.why, line.outcome) == ("Lan", "list", "kiểm kê", "2 records")
