"""`sohoa guard`: restarts what died of the local stack. In production systemd does it, with the units of deploy/."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Final

import httpx
import psutil

from cli import stack
from cli.processes import Service, is_ready, process_of
from config.settings import Settings
from dossier.errors import StackFailed

LOOK_SECONDS: Final = 1.0
S3_DAEMONS: Final = ("mon", "osd", "rgw")

_FIRST_PAUSE: Final = 1.0
_HEALTHY_SECONDS: Final = 60.0

Say = Callable[[str], None]


@dataclass
class Patience:
    """How long to wait before the next restart of one service: doubles while it dies again soon."""

    longest: float = 60.0
    """Seconds."""
    pause: float = _FIRST_PAUSE
    started_at: float = 0.0
    died_at: float | None = None

    def is_over(self, now: float) -> bool:
        """Ask while it is dead; ``now`` in seconds of any clock."""
        if self.died_at is None:
            self.died_at = now
            if now - self.started_at > _HEALTHY_SECONDS:
                self.pause = _FIRST_PAUSE
        return now - self.died_at >= self.pause

    def restarted(self, now: float) -> None:
        """It begins anew."""
        self.started_at, self.died_at, self.pause = now, None, min(self.longest, self.pause * 2)


class Guard:
    """Looks after the servers of one installation."""

    def __init__(self, settings: Settings, say: Say, *, longest_pause: float = 60.0) -> None:
        self._settings, self._say = settings, say
        tsa, prefect, worker, watcher, portal = stack.services_of(settings)
        self._prefect = prefect
        self._services = (tsa, prefect, worker, watcher, portal)
        self._patience = {name: Patience(longest_pause) for name in ("s3", *(one.name for one in self._services))}

    def stand(self, stop: Event) -> None:
        """Look every second until ``stop`` is set."""
        while not stop.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> tuple[str, ...]:
        """Restart what is dead and whose pause is over; returns the names."""
        revived = [name for name, act in self._dead() if self._is_due(name) and self._revive(name, act)]
        return tuple(revived)

    def _dead(self) -> list[tuple[str, Callable[[], object]]]:
        dead: list[tuple[str, Callable[[], object]]] = []
        if not _s3_is_whole(self._settings):
            dead.append(("s3", partial(stack.rgw, self._settings, "start")))
        for service in self._services:
            if process_of(service.name, self._settings.home) is None and self._may_start(service):
                dead.append((service.name, partial(stack.revive, service, self._settings)))
        return dead

    def _may_start(self, service: Service) -> bool:
        """A worker that finds no server ends at once."""
        return service.name != "worker" or is_ready(self._prefect)

    def _is_due(self, name: str) -> bool:
        return self._patience[name].is_over(time.monotonic())

    def _revive(self, name: str, act: Callable[[], object]) -> bool:
        self._patience[name].restarted(time.monotonic())
        try:
            act()
        except (StackFailed, httpx.HTTPError) as error:
            self._say(f"{name}: {type(error).__name__}")
            return False
        self._say(name)
        return True


def stand_guard(settings: Settings, say: Say) -> None:
    """Look after the stack until SIGINT or SIGTERM."""
    stop = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    Guard(settings, say).stand(stop)


def s3_process(settings: Settings, name: str) -> psutil.Process | None:
    """One of the daemons of `deploy/rgw.sh`, when it runs and is ours."""
    folder = settings.home.resolve() / "s3"
    with suppress(OSError, ValueError, psutil.Error):
        process = psutil.Process(int((folder / f"{name}.pid").read_text()))
        if process.environ().get("CEPH_CONF") == str(folder / "ceph.conf") and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None


def _s3_is_whole(settings: Settings) -> bool:
    if settings.store != "s3" or not (settings.home / "s3" / "ready").exists():
        return True  # not ours to start
    return all(s3_process(settings, name) is not None for name in S3_DAEMONS)
