"""`sohoa search`: where records lie, and a line of the audit trail for every search."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.main import app
from dossier.errors import DossierError, PurposeRequired, QueryMalformed
from storage.audit.trail import AuditTrail
from storage.ledger import Ledger
from storage.places import mark_places
from storage.tokens import citizen_token
from tests.twins.many_records import enter
from tests.twins.papers import CITIZEN

KEY = "a key that only the tests know.."


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    mark_places(tmp_path, {"home": tmp_path})
    opened = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    token = citizen_token(KEY.encode(), CITIZEN)
    for number in (1, 2, 3):
        fields = {"name": "Nguyễn Văn Kín"}
        enter(opened, number, "đường phố", number=f"{number}/QĐ", dated=date(2024, 1, number), fields=fields, citizen=token)
    yield opened
    opened.close()


def search(home: Path, *words: str, answers: str = "") -> Result:
    environment = {"COLUMNS": "200", "SOHOA_CITIZEN_TOKEN_KEY": KEY}
    return CliRunner().invoke(app, ["search", *words, "--home", str(home)], input=answers, env=environment)


def refused(home: Path, *words: str) -> DossierError:
    error = search(home, *words).exception
    assert isinstance(error, DossierError), error
    return error


def test_a_search_shows_fields_and_no_name_and_no_text(ledger: Ledger, tmp_path: Path) -> None:
    shown = search(tmp_path, "duong", "--why", "kiểm tra", "--limit", "2").output

    assert [number for number in ("1/QĐ", "2/QĐ", "3/QĐ") if number in shown] == ["2/QĐ", "3/QĐ"]
    assert "H62.33-240106-0001" in shown
    assert "Kín" not in shown
    assert "đường" not in shown
    assert "--after 2" in shown


def test_the_table_of_a_narrow_screen_shows_letters_that_name_the_record(ledger: Ledger, tmp_path: Path) -> None:
    name = "5f" * 16
    enter(ledger, 9, "chùa", record_id=name, agency="Bộ phận Tiếp nhận và Trả kết quả thành phố")

    told = CliRunner().invoke(app, ["search", "chua", "--why", "x", "--home", str(tmp_path)], env={"COLUMNS": "60"}).output

    assert name[:12] in told
    assert ledger.record_named(name[:12]).record_id == name


def test_what_looks_like_markup_is_shown_as_the_paper_has_it(ledger: Ledger, tmp_path: Path) -> None:
    enter(ledger, 9, "chùa", number="13[bold]", agency="UBND xã [/Hòa] thử")

    told = search(tmp_path, "chua", "--why", "x").output

    assert "13[bold]" in told
    assert "UBND xã [/Hòa] thử" in told


def test_the_next_page_begins_where_the_first_ended(ledger: Ledger, tmp_path: Path) -> None:
    told = json.loads(search(tmp_path, "duong", "--why", "kiểm tra", "--after", "2", "--json").output)

    assert [record["number"] for record in told["records"]] == ["1/QĐ"]
    assert told["after"] is None


def test_every_search_is_in_the_audit_trail_without_its_words(ledger: Ledger, tmp_path: Path) -> None:
    search(tmp_path, '"đường phố" name:kín', "--why", "đối soát", "--by", "Hằng")
    search(tmp_path, "qwx", "--why", "đối soát", "--by", "Hằng")
    second, first = AuditTrail(ledger).lines(2)

    assert (first.actor, first.act, first.why, first.outcome) == ("Hằng", "search", "đối soát", "3 hits; name phrase")
    assert second.outcome == "0 hits; word"


def test_a_citizen_is_asked_for_over_the_input_and_noted_as_a_token(ledger: Ledger, tmp_path: Path) -> None:
    shown = search(tmp_path, "-", "--why", "đối soát", answers=f"citizen:{CITIZEN}\n").output
    (line,) = AuditTrail(ledger).lines(1)

    assert "3/QĐ" in shown
    assert line.citizen == citizen_token(KEY.encode(), CITIZEN)
    assert CITIZEN not in f"{shown}{line.outcome}"


def test_a_search_without_reason_or_meaning_is_refused_and_not_written_down(ledger: Ledger, tmp_path: Path) -> None:
    assert isinstance(refused(tmp_path, "duong", "--why", " "), PurposeRequired)
    assert isinstance(refused(tmp_path, "màu:đỏ", "--why", "x"), QueryMalformed)
    assert AuditTrail(ledger).lines(1) == ()


def test_nothing_found_is_said(ledger: Ledger, tmp_path: Path) -> None:
    assert "Không có hồ sơ nào" in search(tmp_path, "qwx", "--why", "kiểm tra").output
