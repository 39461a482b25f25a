"""The watcher's look at the inbox: a scan and its manifests are taken when all of them are still."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog.testing

from config.retention import Period, Retention
from config.settings import Settings
from dossier.errors import LedgerUnavailable, PlaceGone
from flows import watch as watching
from flows.guards import IntakeGuard
from flows.submit import submit_manifest
from flows.tools import Tools
from flows.watch import call_out_left_lying, take_still_files, watch
from ocr.type_model import load_type_model
from storage.alarms import Alarms
from storage.intake.dropped import waiting
from storage.intake.inbox import Stillness
from storage.ledger import Ledger
from storage.places import mark_places
from tests.twins.memory_warehouse import MemoryWarehouse


class Clock:
    """Seconds that only a test moves."""

    now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


NO_PERIODS = Retention({}, Period(1, "nobody"))


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Tools]:
    settings = Settings(home=tmp_path, still_seconds=3.0, manifest_patience_seconds=600.0)
    (settings.inbox / "mot-cua").mkdir(parents=True)
    ledger = Ledger.open(settings.ledger_address)
    yield Tools(settings, ledger, MemoryWarehouse(), (), load_type_model(), NO_PERIODS)
    ledger.close()


def look(tools: Tools, stillness: Stillness) -> None:
    with tools.cage() as cage:
        asyncio.run(take_still_files(tools, cage, stillness))


def lying(tools: Tools) -> list[str]:
    return [file.path.name for file in waiting(tools.settings.inbox)]


def drop(tools: Tools, name: str, content: bytes = b"") -> Path:
    path = tools.settings.inbox / "mot-cua" / name
    path.write_bytes(content)
    return path


def test_a_scan_waits_until_its_manifest_is_still_too(tools: Tools) -> None:
    clock = Clock()
    stillness = Stillness(3.0, clock=clock)
    drop(tools, "a.pdf")
    look(tools, stillness)
    clock.now += 3.0
    drop(tools, "a.json", b"{}")
    look(tools, stillness)

    assert lying(tools) == ["a.json", "a.pdf"]
    clock.now += 3.0
    look(tools, stillness)
    assert lying(tools) == []
    assert [one.code for one in tools.ledger.receipts(10)] == ["EMPTY"]


def test_where_manifests_are_required_nothing_moves_before_its_manifest(tools: Tools) -> None:
    settings = tools.settings.model_copy(update={"manifest_required": True})
    strict = Tools(settings, tools.ledger, tools.warehouse, (), load_type_model(), NO_PERIODS)
    drop(strict, "a.pdf")
    look(strict, Stillness(0.0))

    assert lying(strict) == ["a.pdf"]
    assert strict.ledger.receipts(10) == ()
    drop(strict, "a.json", b"{}")
    look(strict, Stillness(0.0))
    assert lying(strict) == []


def test_a_manifest_alone_is_refused_when_patience_is_over(tools: Tools) -> None:
    drop(tools, "a.json", b'{"dossier_code": "H62.33-240106-0001"}')
    (file,) = waiting(tools.settings.inbox)
    asyncio.run(submit_manifest(file, tools, still_for=599.0))

    assert lying(tools) == ["a.json"]
    asyncio.run(submit_manifest(file, tools, still_for=600.0))
    assert lying(tools) == []
    (note,) = (tools.settings.inbox / ".refused").rglob("a.json.txt")
    assert "MANIFEST_WITHOUT_SCAN" in note.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_read_is_logged_once_and_by_no_name(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    path, opened = drop(tools, "a.pdf", b"scan"), os.open

    def refused(what: Path, *how: int) -> int:
        if what == path:
            raise PermissionError
        return opened(what, *how)

    monkeypatch.setattr(os, "open", refused)
    stillness = Stillness(0.0)
    with structlog.testing.capture_logs() as said:
        look(tools, stillness)
        look(tools, stillness)

    assert said == [{"event": "not_taken", "error": "FileUnreadable", "log_level": "warning"}]


def away_and_back(tools: Tools) -> tuple[IntakeGuard, Clock, Callable[[], None]]:
    """A guard, its clock, and a call that unmounts the inbox, or mounts it again."""
    inbox, disk = tools.settings.inbox, tools.settings.home / "disk"
    mark_places(tools.settings.home, tools.settings.places)
    clock = Clock()

    def turn() -> None:
        if disk.exists():
            inbox.rmdir()
            disk.rename(inbox)
        else:
            inbox.rename(disk)
            inbox.mkdir()

    return IntakeGuard(tools, clock=clock), clock, turn


def test_what_lies_too_long_is_called_out_but_not_while_the_intake_rests_or_has_just_rested(tools: Tools) -> None:
    settings = tools.settings.model_copy(update={"stuck_minutes": 1e-9, "disk_low_mb": 1})
    hasty = Tools(settings, tools.ledger, tools.warehouse, (), load_type_model(), NO_PERIODS)
    guard, clock, turn = away_and_back(hasty)
    drop(hasty, "a.pdf")

    def kinds_after(seconds: float) -> list[str]:
        clock.now += seconds
        asyncio.run(call_out_left_lying(hasty, guard))
        return sorted(alarm.kind for alarm in Alarms(tools.ledger.database).open_ones())

    assert kinds_after(0) == []
    turn()
    assert kinds_after(600) == ["place_gone"]
    turn()
    assert kinds_after(600) == [], "it has just begun to go on again"
    assert kinds_after(60) == ["inbox_waits"]
    turn()
    assert kinds_after(10) == ["inbox_waits", "place_gone"], "nobody can say that nothing lies there any more"


def run_watcher(settings: Settings, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Run it so long, do something, run it so long again, and end it as systemd does."""

    async def both() -> None:
        async def then_stop() -> None:
            await asyncio.sleep(seconds)
            meanwhile()
            await asyncio.sleep(seconds)
            os.kill(os.getpid(), signal.SIGTERM)

        await asyncio.gather(watch(settings), then_stop())

    asyncio.run(both())


def test_a_watcher_that_starts_without_the_inbox_calls_a_person_and_waits(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.guards.LOOK_EVERY", 0.05)
    settings = tools.settings.model_copy(update={"disk_low_mb": 1})
    _, _, turn = away_and_back(tools)
    turn()
    seen: list[object] = []

    def mount_again() -> None:
        seen.append([(one.kind, one.detail) for one in Alarms(tools.ledger.database).open_ones()])
        seen.append(list(settings.inbox.iterdir()))
        turn()

    opened: list[Settings] = []

    class Ended(Exception):
        """The tools would be opened now."""

    def open_tools(there: Settings) -> None:
        opened.append(there)
        raise Ended

    monkeypatch.setattr(watching, "open_tools", open_tools)
    with pytest.raises(Ended):
        run_watcher(settings, 1.0, mount_again)

    assert seen == [[("place_gone", "inbox")], []]
    assert opened == [settings]


def test_a_watcher_without_its_home_ends_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(PlaceGone, match="home"):
        asyncio.run(watch(Settings(home=tmp_path)))

    assert list(tmp_path.iterdir()) == []


def test_a_watcher_goes_on_when_the_ledger_was_away_as_it_wanted_to_raise_an_alarm(tools: Tools) -> None:
    class Untold(IntakeGuard):
        def may_go_on(self) -> bool:
            raise LedgerUnavailable

    with tools.cage() as cage, structlog.testing.capture_logs() as said:
        asyncio.run(watching.take_if_allowed(Untold(tools), tools, cage, Stillness(0.0)))

    assert [one["event"] for one in said] == ["ledger_away"]
