"""One trial: a real installation under load, things killed in it, then quiet, then the judge."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Final

import pytest

from cli import stack
from cli.guarding import Guard
from config.settings import Settings
from dossier.errors import DossierError
from storage.ledger import Ledger
from tests.chaos.judge import Verdict, judge
from tests.chaos.killer import KINDS, Killer
from tests.chaos.load import Load
from tests.chaos.standstill import Standstill

QUIET_PATIENCE_SECONDS: Final = 1200.0
"""After the last kill everything must have come to an end, or to an alarm, which comes after 15 minutes."""

ENVIRONMENT: Final = {"SOHOA_PATIENCE_SECONDS": "5", "SOHOA_SWEEP_SECONDS": "15"}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how hard."""

    kills: int
    seed: int
    minutes: float
    """The killing ends after so long, even if fewer were killed."""
    pause: float = 4.0
    """Mean pause between two kills, seconds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial showed."""

    killed: dict[str, int]
    missed: dict[str, int]
    """Turns in which the victim did not live: it was still starting, or had nothing to do."""
    delivered: int
    decided: int
    standstill: float
    """Seconds, the longest without an alarm."""
    stood: str
    minutes: float
    verdict: Verdict

    @property
    def violations(self) -> list[str]:
        """What must not be."""
        still = [f"stuck: {self.stood} for {self.standstill:.0f} s"] if self.standstill > 900 else []
        return self.verdict.violations + still


def run_trial(plan: Plan, home: Path, say: Say) -> Outcome:
    """Start an installation in ``home``, load it, kill, wait, judge."""
    with _installation(home, say) as settings, _ledger(settings) as ledger, tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        load, killer = Load(settings, ledger, Path(folder)), Killer(settings, random.Random(plan.seed))
        with Standstill(ledger) as standstill, _guarded(settings, say):
            _kill(plan, killer, load, say)
            say(f"{sum(killer.killed.values())} killed, waiting for quiet")
            _wait_until_quiet(load, say)
            _wait_until_cleared(settings)
        verdict = judge(settings, ledger, load.delivered)
    return Outcome(
        killed={kind: killer.killed[kind] for kind in KINDS},
        missed={kind: killer.missed[kind] for kind in KINDS},
        delivered=len(load.delivered),
        decided=len(load.decided),
        standstill=standstill.longest,
        stood=standstill.who,
        minutes=(time.monotonic() - began) / 60,
        verdict=verdict,
    )


def _kill(plan: Plan, killer: Killer, load: Load, say: Say) -> None:
    chance, until = random.Random(plan.seed + 1), time.monotonic() + plan.minutes * 60
    while sum(killer.killed.values()) < plan.kills and time.monotonic() < until:
        pause = time.monotonic() + chance.uniform(0.2, 2 * plan.pause)
        while time.monotonic() < pause:
            _patiently(load.step)
            time.sleep(0.2)
        if (kind := killer.kill_one(lambda: _patiently(load.step))) is not None:
            say(f"kill {sum(killer.killed.values())}: {kind}")


def _wait_until_quiet(load: Load, say: Say) -> None:
    deadline = time.monotonic() + QUIET_PATIENCE_SECONDS
    while not load.is_over():
        if time.monotonic() > deadline:
            say("not quiet in time")
            return
        _patiently(load.decide_all)
        time.sleep(0.5)


def _wait_until_cleared(settings: Settings) -> None:
    """The sweep clears the work folder within two minutes."""
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline and any(len(folder.name) == 32 for folder in settings.work.iterdir()):
        time.sleep(1)


def _patiently(act: Callable[[], None]) -> None:
    """What is in the way of the load now is not in its way a moment later."""
    try:
        act()
    except DossierError:
        time.sleep(0.5)


@contextmanager
def _installation(home: Path, say: Say) -> Iterator[Settings]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in ENVIRONMENT.items():
            environment.setenv(name, value)
        try:
            yield stack.up(home, say)
        finally:
            stack.down(home)


@contextmanager
def _ledger(settings: Settings) -> Iterator[Ledger]:
    ledger = Ledger.open(settings.ledger_address)
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def _guarded(settings: Settings, say: Say) -> Iterator[None]:
    stop = Event()
    guard = Thread(target=Guard(settings, lambda name: say(f"  again: {name}"), longest_pause=2.0).stand, args=(stop,))
    guard.start()
    try:
        yield
    finally:
        stop.set()
        guard.join()
