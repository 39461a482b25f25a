"""While Prefect is away, who stands still is called out all the same; and a machine never judges runs of another one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from config.retention import Period, Retention
from config.settings import Settings
from dossier.values import Soundness
from flows.lifeless import crash_lifeless
from flows.tools import Tools
from flows.watch_over import alarms_as_text, call_out, clear_work, watch_over
from ocr.type_model import load_type_model
from storage.alarms import Alarms
from storage.database.keeping_tables import objects, outbox
from storage.ledger import Ledger
from storage.progress import Progress
from tests.twins.busy_prefect import busy_prefect
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import digest, received

NOBODY = "http://127.0.0.1:9/api"
"""The discard port: nobody answers."""


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Tools]:
    settings = Settings(home=tmp_path, prefect_api_url=NOBODY)
    settings.work.mkdir()
    ledger = Ledger.open(settings.ledger_address)
    yield Tools(settings, ledger, MemoryWarehouse(), (), load_type_model(), Retention({}, Period(1, "nobody")))
    ledger.close()


@pytest.fixture
def drop_id(tools: Tools) -> str:
    """A drop that came to page 2 of 4 twenty minutes ago."""
    sha256 = digest(b"scan")
    receipt = tools.ledger.receive(
        office="mot-cua", file_name="Nguyễn Thử.pdf", sha256=sha256, size=4, intake=received(sha256),
        soundness=Soundness("pdf", 4),
    )  # fmt: skip
    assert receipt.drop_id is not None
    tools.ledger.started(receipt.drop_id, "run")
    when = datetime.now(UTC) - timedelta(minutes=20)
    Progress(tools.ledger.database).came_to(receipt.drop_id, 1, run_count=1, now=when)
    return receipt.drop_id


def test_a_standstill_raises_its_alarm_although_prefect_is_away(tools: Tools, drop_id: str) -> None:
    assert asyncio.run(watch_over(tools)) == {"dead": 0, "drops": 0, "decisions": 0}

    assert call_out(tools) == 1
    (alarm,) = Alarms(tools.ledger.database).open_ones()
    assert (alarm.kind, alarm.subject) == ("stuck", drop_id)
    assert alarm.detail.startswith("reading, page 2 of 4, since ")


def test_the_table_of_alarms_names_drop_and_next_step_and_no_person(tools: Tools, drop_id: str) -> None:
    assert "Không có cảnh báo" in alarms_as_text(tools)

    call_out(tools)

    text = alarms_as_text(tools)
    assert f"`{drop_id}`" in text
    assert "sohoa replay" in text
    assert "Thử" not in text


def test_what_a_killed_run_left_is_cleared_when_its_drop_is_done_and_not_before(tools: Tools, drop_id: str) -> None:
    work, results = tools.settings.work, tools.settings.work / "results"
    for folder in (work / drop_id, work / ("0" * 32), results):
        folder.mkdir()
    (results / f"read-{drop_id}0-1-2-r2").touch()
    (results / "read-ffff").touch()

    assert clear_work(tools) == 0
    tools.ledger.finished(drop_id)

    assert clear_work(tools) == 1
    assert sorted(path.name for path in work.iterdir()) == ["0" * 32, "results"]
    assert [path.name for path in results.iterdir()] == ["read-ffff"]


def test_pages_that_were_read_are_forgotten_before_the_folder_by_which_they_are_found(tools: Tools, drop_id: str) -> None:
    work = tools.settings.work
    (work / drop_id).mkdir()
    (work / "results" / f"read-{drop_id}0-1-2-r2").mkdir(parents=True)  # cannot be unlinked: as if killed there
    tools.ledger.finished(drop_id)

    with pytest.raises(OSError, match="directory"):
        clear_work(tools)

    assert (work / drop_id).exists()


def test_a_run_without_a_process_is_crashed_and_one_that_a_person_cancels_is_cancelled() -> None:
    with busy_prefect() as prefect:
        prefect.states = {"dead": "RUNNING", "claimed": "PENDING", "unwanted": "CANCELLING", "over": "COMPLETED"}

        assert crash_lifeless(prefect.url) == 3

        assert prefect.states == {
            "dead": "CRASHED", "claimed": "CRASHED", "unwanted": "CANCELLED", "over": "COMPLETED",
        }  # fmt: skip


@pytest.mark.usefixtures("drop_id")
@pytest.mark.parametrize(
    ("entered", "checked", "asked", "late"),
    [
        (timedelta(days=30, hours=23), None, timedelta(minutes=59), []),
        (timedelta(days=31, hours=1), None, timedelta(minutes=1), ["not_checked"]),
        (timedelta(days=90), timedelta(days=30), timedelta(minutes=61), ["not_replicated"]),
        (timedelta(days=90), timedelta(days=32), timedelta(days=90), ["not_checked", "not_replicated"]),
    ],
)
def test_late_copies_and_checks_are_called_out_although_no_flow_runs(
    entered: timedelta, checked: timedelta | None, asked: timedelta, late: list[str], tools: Tools
) -> None:
    alarms, now = Alarms(tools.ledger.database), datetime.now(UTC)
    with_replica = replace(tools, settings=tools.settings.model_copy(update={"replica": "filesystem"}))
    with tools.ledger.database.writing() as connection:
        connection.execute(update(objects).values(entered_at=now - entered, checked_at=checked and now - checked))
        connection.execute(update(outbox).values(made_at=now - asked))

    call_out(with_replica)
    assert [one.kind for one in alarms.open_ones() if one.kind.startswith("not_")] == sorted(late, reverse=True)

    with tools.ledger.database.writing() as connection:
        connection.execute(update(objects).values(checked_at=now))
        connection.execute(update(outbox).values(done_at=now))
    call_out(with_replica)
    assert [one.kind for one in alarms.open_ones() if one.kind.startswith("not_")] == []


def test_runs_of_a_server_on_another_machine_are_left_to_the_automation() -> None:
    assert crash_lifeless("http://prefect.example:4200/api") == 0
