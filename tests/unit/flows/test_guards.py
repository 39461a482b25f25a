"""The intake rests, with an alarm, while a disk is away or full or the warehouse does not answer, and goes on by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from config.settings import Settings
from dossier.errors import LedgerUnavailable
from flows.guards import IntakeGuard
from flows.tools import Tools
from storage.alarms import Alarms
from storage.ledger import Ledger
from storage.places import mark_places


@dataclass
class Clock:
    """Moves when it is told to."""

    now: float = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@dataclass
class Home:
    """An installation without servers."""

    settings: Settings
    ledger: Ledger
    answers: bool = True
    clock: Clock = field(default_factory=Clock)

    def guard(self) -> IntakeGuard:
        """As a watcher that starts."""
        warehouse = SimpleNamespace(alive=lambda: self.answers)
        tools = SimpleNamespace(settings=self.settings, ledger=self.ledger, warehouse=warehouse)
        return IntakeGuard(cast("Tools", tools), clock=self.clock)

    def later(self, guard: IntakeGuard) -> bool:
        """Its answer ten seconds later."""
        self.clock.now += 10
        return guard.may_go_on()

    @property
    def alarms(self) -> list[tuple[str, str]]:
        """(kind, detail) of what is open."""
        return [(alarm.kind, alarm.detail) for alarm in Alarms(self.ledger.database).open_ones()]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    settings = Settings(home=tmp_path / "home", disk_low_mb=1)
    mark_places(settings.home, settings.places)
    ledger = Ledger.open(settings.ledger_address)
    yield Home(settings, ledger)
    ledger.close()


def test_it_goes_on_where_all_is_well(home: Home) -> None:
    assert home.guard().may_go_on()
    assert home.alarms == []


def test_a_warehouse_that_does_not_answer_stops_it_until_it_does(home: Home) -> None:
    guard = home.guard()
    home.answers = False
    assert not guard.may_go_on()
    assert not home.later(guard)
    assert home.alarms == [("store_gone", "no answer")]

    home.answers = True
    assert home.later(guard)
    assert home.alarms == []


def test_a_mount_that_is_gone_stops_it_and_nothing_is_written_into_the_empty_folder(home: Home) -> None:
    guard = home.guard()
    assert guard.may_go_on()
    home.settings.inbox.rename(home.settings.home / "away")
    home.settings.inbox.mkdir()

    assert not home.later(guard)
    assert home.alarms == [("place_gone", "inbox")]
    assert list(home.settings.inbox.iterdir()) == []

    home.settings.inbox.rmdir()
    (home.settings.home / "away").rename(home.settings.inbox)
    assert home.later(guard)
    assert home.alarms == []


def test_a_home_that_is_gone_is_not_written_to(home: Home) -> None:
    guard = home.guard()
    shutil.move(home.settings.home, home.settings.home.with_name("away"))
    home.settings.home.mkdir()

    assert not guard.may_go_on()
    assert list(home.settings.home.iterdir()) == []


def test_an_alarm_that_an_earlier_watcher_left_is_settled_by_the_next(home: Home) -> None:
    home.answers = False
    assert not home.guard().may_go_on()
    home.answers = True

    assert home.guard().may_go_on()
    assert home.alarms == []


def test_what_could_not_be_told_while_the_ledger_was_away_is_told_afterwards(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise LedgerUnavailable

    guard = home.guard()
    assert guard.may_go_on()
    home.answers = False
    with monkeypatch.context() as outage:
        outage.setattr(Alarms, "raise_", away)
        with pytest.raises(LedgerUnavailable):
            home.later(guard)

    assert not home.later(guard)
    assert home.alarms == [("store_gone", "no answer")]


def test_between_two_looks_the_last_answer_holds(home: Home) -> None:
    guard = home.guard()
    assert guard.may_go_on()
    home.answers = False
    assert guard.may_go_on()
    assert not home.later(guard)
