"""`sohoa fixity`: what a person sees of counts, copies, repairs and weaknesses, on a house of plain files."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

import flows.replicate
from cli.fixity import SAME_DISK, weaknesses
from cli.installation import prepare
from cli.main import app, main
from config.settings import Settings, load_settings
from dossier.errors import PlaceGone
from flows.replicate import replicate as flow_of_copies
from flows.replicate import replicate_all
from flows.tools import Tools, open_tools
from storage.alarms import Alarms
from storage.audit.trail import AuditTrail
from storage.database.keeping_tables import outbox
from storage.files import hash_file
from storage.inventory import enter_objects
from storage.keys.key_ring import look
from tests.twins.flipped_byte import flip_in_folder

SCAN = os.urandom(100_000)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "settings.env").write_text("SOHOA_STORE=filesystem\nSOHOA_REPLICA=filesystem\n")
    return prepare(folder).home


@pytest.fixture
def tools(home: Path, tmp_path: Path) -> Iterator[Tools]:
    scan = tmp_path / "scan"
    scan.write_bytes(SCAN)
    with open_tools(load_settings(home)) as opened:
        opened.warehouse.prepare()
        stored = opened.warehouse.receive(scan, hash_file(scan))
        with opened.ledger.database.writing() as connection:
            enter_objects(connection, (stored,), None)
        yield opened


def sohoa(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["fixity", *words, "--home", str(home)], env={"COLUMNS": "200"})


def flip(tools: Tools) -> None:
    (item,) = tools.warehouse.store.listed(tools.warehouse.buckets.intake)
    content = b"".join(tools.warehouse.store.read(tools.warehouse.buckets.intake, item.key))
    flip_in_folder(tools.settings.store_folder, content[5000:5064])


def test_a_flipped_byte_is_mended_by_hand_as_by_the_flow(home: Path, tools: Tools, tmp_path: Path) -> None:
    copied = sohoa(home, "replicate")
    flip(tools)
    checked, listed, again = sohoa(home, "run"), sohoa(home, "incidents"), sohoa(home, "run")

    assert (copied.exit_code, checked.exit_code, listed.exit_code, again.exit_code) == (0, 0, 0, 0)
    assert "1 object(s)" in copied.output
    assert "1 đã khôi phục từ kho dự phòng" in checked.output
    assert "STORE_CORRUPT" in listed.output
    assert "đã khôi phục / restored" in listed.output
    assert "Nothing is due" in again.output
    back = tools.warehouse.fetch_source(hash_file(tmp_path / "scan"), tmp_path / "back")
    assert back.read_bytes() == SCAN


def test_what_cannot_be_mended_ends_with_an_error(home: Path, tools: Tools) -> None:
    flip(tools)

    checked = sohoa(home, "run")

    assert checked.exit_code == 1
    assert "không còn bản nguyên vẹn" in checked.output
    assert sohoa(home, "status").exit_code == 1
    assert sohoa(home, "incidents").exit_code == 1


@pytest.mark.usefixtures("tools")
def test_the_status_counts_and_says_what_the_stores_cannot_do(home: Path) -> None:
    shown = sohoa(home, "status")

    assert shown.exit_code == 0
    assert "1 (0.1 MB)" in shown.output
    assert "Không có WORM" in shown.output
    assert SAME_DISK[0] in shown.output
    assert SAME_DISK[1] in shown.output


def test_a_house_without_a_replica_is_told_that_nothing_can_be_repaired(tmp_path: Path) -> None:
    ((vi, en),) = weaknesses(Settings(home=tmp_path))

    assert "không sửa được" in vi
    assert "cannot be repaired" in en


def test_copies_that_wait_for_an_hour_raise_an_alarm_until_they_are_made(tools: Tools) -> None:
    alarms = Alarms(tools.ledger.database)
    replica = tools.settings.replica_path
    replica.rename(replica.with_name("unplugged"))

    def kinds() -> list[tuple[str, str]]:
        return [(alarm.kind, alarm.subject) for alarm in alarms.open_ones()]

    with pytest.raises(PlaceGone):
        replicate_all(tools)
    assert kinds() == []
    with tools.ledger.database.writing() as connection:
        connection.execute(update(outbox).values(made_at=datetime.now(UTC) - timedelta(minutes=61)))
    with pytest.raises(PlaceGone):
        replicate_all(tools)
    assert kinds() == [("not_replicated", "replica")]

    replica.with_name("unplugged").rename(replica)
    assert replicate_all(tools)["copied"] == 1
    assert kinds() == []


def test_the_command_tells_that_the_replica_is_gone(
    home: Path, tools: Tools, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tools.settings.replica_path.rename(tools.settings.replica_path.with_name("unplugged"))
    monkeypatch.setattr(sys, "argv", ["sohoa", "fixity", "replicate", "--home", str(home)])

    with pytest.raises(SystemExit) as ended:
        main()

    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (1, "")
    assert f"[{PlaceGone.code}] {PlaceGone.vi}" in told.err
    assert f"[{PlaceGone.code}] {PlaceGone.en}" in told.err


def test_the_flow_waits_for_a_replica_that_is_gone(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    tools.settings.replica_path.rename(tools.settings.replica_path.with_name("unplugged"))
    monkeypatch.setattr(flows.replicate, "open_tools", lambda: nullcontext(tools))

    assert asyncio.run(flow_of_copies.fn()) == {}


def test_a_wrapped_key_that_rots_is_restored_with_an_alarm_and_a_line_of_the_trail(tools: Tools) -> None:
    (wrapping,) = look(tools.warehouse.store, tools.warehouse.buckets)
    assert replicate_all(tools)["keys"] == 1
    flip_in_folder(tools.settings.store_folder, wrapping.wrapped.encode())

    assert replicate_all(tools)["keys"] == 1
    assert replicate_all(tools)["keys"] == 0

    assert look(tools.warehouse.store, tools.warehouse.buckets) == (wrapping,)
    subject = f"{tools.warehouse.buckets.keys}/keyring/0001.json"
    assert [(one.kind, one.subject) for one in Alarms(tools.ledger.database).open_ones()] == [("object_damaged", subject)]
    (line,) = AuditTrail(tools.ledger).lines(10)
    assert (line.actor, line.act, line.why, line.outcome) == ("replicate", "restore", subject, "STORE_CORRUPT")
