"""kill -9 of one thing after the other, at random instants."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Final

import psutil

from cli.guarding import S3_DAEMONS, s3_process
from cli.processes import process_of
from config.settings import Settings

PATIENCE_SECONDS: Final = 20.0
"""How long a victim is waited for: it may be starting, or have nothing to do. Then it is the next one's turn."""

KINDS: Final = ("flow", "pool child", "worker", "prefect", "s3", "watcher", "portal")


class Killer:
    """Kills in turn; says what it killed."""

    def __init__(self, settings: Settings, chance: random.Random) -> None:
        self._settings, self._chance = settings, chance
        self.killed: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self._turn = 0

    def kill_one(self, meanwhile: Callable[[], None]) -> str | None:
        """Kill the next victim as soon as it lives; None where it does not in time."""
        kind = KINDS[self._turn % len(KINDS)]
        self._turn += 1
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            victims = list(_VICTIMS[kind](self._settings))
            if victims and _is_killed(self._chance.choice(victims)):
                self.killed[kind] += 1
                return kind
            meanwhile()
            time.sleep(0.1)
        self.missed[kind] += 1
        return None


def _is_killed(victim: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        victim.kill()
        return True
    return False


def _flows(settings: Settings) -> Iterator[psutil.Process]:
    """The processes of running flows, without their pool children."""
    return (one for one in _ours(settings) if "prefect.engine" in one.cmdline())


def _pool_children(settings: Settings) -> Iterator[psutil.Process]:
    """Keepers and the readers that they forked."""
    return (one for one in _ours(settings) if any("ocr.keeper" in word for word in one.cmdline()))


def _ours(settings: Settings) -> Iterator[psutil.Process]:
    home = str(settings.home.resolve())
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and process.environ().get("SOHOA_HOME") == home:
                yield process


def _service(name: str) -> Callable[[Settings], Iterator[psutil.Process]]:
    def victims(settings: Settings) -> Iterator[psutil.Process]:
        process = process_of(name, settings.home)
        return iter(() if process is None else (process,))

    return victims


def _s3(settings: Settings) -> Iterator[psutil.Process]:
    return (process for name in S3_DAEMONS if (process := s3_process(settings, name)) is not None)


_VICTIMS: Final[Mapping[str, Callable[[Settings], Iterator[psutil.Process]]]] = {
    "flow": _flows,
    "pool child": _pool_children,
    "worker": _service("worker"),
    "prefect": _service("prefect"),
    "s3": _s3,
    "watcher": _service("watcher"),
    "portal": _service("portal"),
}
