"""`sohoa account`, `sohoa alarms` and `sohoa replay`, as an operator types them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from rich.console import Console
from typer.testing import CliRunner

from cli import alarms, replay
from cli.main import app
from cli.replay import words_of
from dossier.errors import DecisionMalformed, StackFailed
from signing.clock import vietnam_now
from storage.alarms import Alarms
from storage.ledger import Ledger
from storage.places import mark_places
from tests.twins.made_day import MadeDay, made_day
from tests.twins.papers import CITIZEN


@dataclass(frozen=True, slots=True)
class Office:
    """An installation with one made-up day in its ledger."""

    home: Path
    ledger: Ledger
    day: MadeDay

    def type(self, *words: str) -> Result:
        """Type `sohoa ...`; no Prefect server answers."""
        environment = {"COLUMNS": "200", "SOHOA_PREFECT_API_URL": "http://127.0.0.1:9/api"}
        return CliRunner().invoke(app, [*words, "--home", str(self.home)], env=environment)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    mark_places(tmp_path, {"home": tmp_path})
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield Office(tmp_path, ledger, made_day(ledger, tmp_path))
    ledger.close()


def test_the_account_of_today_adds_up_in_both_languages(office: Office) -> None:
    said = office.type("account")

    assert said.exit_code == 0, said.output
    assert "Khớp: không mất, không trùng. / It adds up: nothing lost, nothing twice." in said.output
    assert "Chờ người quyết định / held for a person" in said.output
    assert office.day.failed.id[:8] in said.output
    assert "SIGNER_REJECTED" in said.output


def test_the_account_is_the_same_for_programs(office: Office) -> None:
    today = f"{vietnam_now():%Y-%m-%d}"
    told = json.loads(office.type("account", "--json", "--day", today).stdout)

    assert told["adds_up"] is True
    assert told["begin"] == f"{today}T00:00:00+07:00"
    assert told["delivered"] == {"count": 5, "size": 257}
    assert told["pages"]["total"] == 14 == sum(value for name, value in told["pages"].items() if name != "total")


def test_a_day_on_which_nothing_came_is_another_day(office: Office) -> None:
    yesterday = f"{vietnam_now() - timedelta(days=1):%Y-%m-%d}"

    assert json.loads(office.type("account", "--json", "--day", yesterday).stdout)["delivered"] == {"count": 0, "size": 0}


def test_an_account_that_does_not_add_up_is_an_error(office: Office) -> None:
    with office.ledger.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM documents WHERE state = 'held'")

    said = office.type("account")
    told = office.type("account", "--json")

    assert (said.exit_code, told.exit_code) == (1, 1)
    assert "A page of a finished drop lies in no document" in said.output
    assert office.day.done.id in said.output
    assert json.loads(told.stdout)["faults"] == [
        {"kind": "page_lost", "subject": office.day.done.id, "detail": "3 of 9 pages"}
    ]


def test_open_alarms_are_listed_with_the_next_step_until_somebody_settles_them(office: Office) -> None:
    (alarm,) = Alarms(office.ledger.database).open_ones()

    listed = office.type("alarms")
    told = json.loads(office.type("alarms", "--json").stdout)
    settled = office.type("alarms", "settle", str(alarm.id), "--by", "lan")
    after = office.type("alarms")

    assert (listed.exit_code, settled.exit_code, after.exit_code) == (1, 0, 0)
    assert "Một lô quét đã bị dừng sau nhiều lần chạy lại" in listed.output
    assert "See the error code, mend the cause, then `sohoa replay`." in listed.output
    assert "SIGNER_REJECTED" in listed.output
    assert [(one["kind"], one["subject"]) for one in told] == [("dead_letter", office.day.failed.id)]
    assert "Không có cảnh báo" in after.output
    assert office.type("alarms", "settle", str(alarm.id), "--by", "lan").exit_code == 2


def test_only_the_alarms_of_one_kind_are_listed(office: Office) -> None:
    assert office.type("alarms", "--kind", "disk_low").exit_code == 0
    assert office.type("alarms", "--kind", "dead_letter").exit_code == 1
    assert office.type("alarms", "--kind", "nonsense").exit_code == 2


def test_nobody_settles_an_alarm_under_an_id_number(office: Office) -> None:
    (alarm,) = Alarms(office.ledger.database).open_ones()

    refused = office.type("alarms", "settle", str(alarm.id), "--by", CITIZEN)

    assert isinstance(refused.exception, DecisionMalformed)
    assert Alarms(office.ledger.database).open_ones() == (alarm,)


def test_replay_without_names_lists_what_was_given_up_and_why(office: Office) -> None:
    said = office.type("replay")

    assert said.exit_code == 0, said.output
    assert office.day.failed.id[:8] in said.output
    assert office.day.new.id[:8] not in said.output
    assert "SIGNER_REJECTED" in said.output
    assert words_of("SIGNER_REJECTED").split(" / ", maxsplit=1)[0][:20] in said.output


def test_words_of_others_that_look_like_markup_are_listed_as_they_are(office: Office) -> None:
    console = Console(file=io.StringIO(), width=200)
    (alarm,) = Alarms(office.ledger.database).open_ones()

    replay.show((replace(office.day.failed, office="xã [/Hòa]"),), console)
    alarms.show((replace(alarm, subject="tổ [/một]", detail="[/cửa]"),), console)

    told = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert all(words in told for words in ("xã [/Hòa]", "tổ [/một]", "[/cửa]"))


def test_replay_starts_only_what_was_given_up(office: Office) -> None:
    for words in (["ffffffff"], [office.day.new.id], ["--all", office.day.failed.id]):
        assert office.type("replay", *words).exit_code == 2
    assert "No drop was given up for this reason" in office.type("replay", "--code", "DAMAGED").output


@pytest.mark.parametrize("which", [["--all"], ["--code", "SIGNER_REJECTED"]])
def test_replay_says_that_prefect_is_away_and_leaves_the_drop_given_up(office: Office, which: list[str]) -> None:
    said = office.type("replay", *which)

    assert isinstance(said.exception, StackFailed)
    assert office.ledger.dead_letters() == (office.day.failed,)
    assert len(Alarms(office.ledger.database).open_ones("dead_letter")) == 1


@pytest.mark.parametrize(
    "code", ["SIGNER_REJECTED", "DAMAGED", "LEDGER_UNAVAILABLE", "CANCELLED", "NEVER_BEGAN", "TOO_MANY_RUNS"]
)
def test_every_reason_has_words_in_both_languages(code: str) -> None:
    vietnamese, english = words_of(code).split(" / ")

    assert vietnamese
    assert english
    assert words_of("NO_SUCH_CODE") == ""
