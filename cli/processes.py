"""Server processes of the local stack: started in their own session, found again by pid and start time, stopped gently."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psutil

from dossier.errors import StackFailed
from flows.lifeless import RUN_ID

PORT_PATIENCE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Service:
    """One server process of the stack."""

    name: str
    command: tuple[str, ...]
    ready: str | None
    """URL that answers 200 when the service is ready; None = alive is enough."""


def start(service: Service, home: Path, environment: Mapping[str, str], folder: Path) -> None:
    """Start a service in ``folder`` unless it runs; does not wait for it.

    Raises:
        StackFailed: another program has its port, perhaps another installation; theirs would be taken for ours.
    """
    if process_of(service.name, home) is not None:
        return
    _have_its_port(service)
    with _log(service.name, home).open("ab") as out:
        child = subprocess.Popen(
            service.command,
            env=dict(environment),
            cwd=folder,
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    state = {"pid": child.pid, "started": psutil.Process(child.pid).create_time()}
    _state(service.name, home).write_text(json.dumps(state), encoding="utf-8")


def _have_its_port(service: Service) -> None:
    """Wait a moment for what a killed service leaves behind to let go of the port."""
    if service.ready is None:
        return
    address, deadline = urlsplit(service.ready), time.monotonic() + PORT_PATIENCE_SECONDS
    while _is_taken(str(address.hostname), int(address.port or 80)):
        if time.monotonic() > deadline:
            raise StackFailed(f"{service.name}: another program listens at {address.netloc}, see <home>/settings.env")
        time.sleep(0.1)


def _is_taken(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return False
    return True


def end_left_behind(name: str, home: Path) -> None:
    """Kill what a dead service left behind: its session, and of a worker the flow runs, each a session of its own.

    They would go on beside the next worker, where nobody can cancel them (Prefect 3.8.8, ``runner``).
    """
    try:
        seen = json.loads(_state(name, home).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            environment = process.environ()
            # its home too: after a restart of the machine the number may be another program's
            is_ours = environment.get("SOHOA_HOME") == str(home.resolve())
            is_run = name == "worker" and RUN_ID in environment
            if is_ours and (is_run or os.getsid(process.pid) == seen["pid"]):
                process.kill()


def wait_until_ready(service: Service, home: Path, seconds: float = 120.0) -> None:
    """Wait until a started service answers.

    Raises:
        StackFailed: it ended, or does not answer in time; names its log.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answers = is_ready(service)
        if process_of(service.name, home) is None:  # asked last: another server on the port would answer too
            raise StackFailed(f"{service.name} ended, log {_log(service.name, home)}")
        if answers:
            return
        time.sleep(0.1)
    raise StackFailed(f"{service.name} is not ready after {seconds:.0f} s, log {_log(service.name, home)}")


def wait_until_answers(service: Service, seconds: float = 120.0) -> None:
    """Wait until a service answers that somebody else has started.

    Raises:
        StackFailed: it does not in time.
    """
    deadline = time.monotonic() + seconds
    while not is_ready(service):
        if time.monotonic() > deadline:
            raise StackFailed(f"{service.name} does not answer at {service.ready}")
        time.sleep(0.2)


def stop(name: str, home: Path, seconds: float = 15.0) -> None:
    """Ask a service to end, with its children; kill what is left. One that does not run is no error."""
    process = process_of(name, home)
    if process is not None:
        family = [process, *process.children(recursive=True)]
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        _, left = psutil.wait_procs(family, timeout=seconds)
        for stubborn in left:
            with suppress(psutil.NoSuchProcess):
                stubborn.kill()
    end_left_behind(name, home)
    _state(name, home).unlink(missing_ok=True)


def process_of(name: str, home: Path) -> psutil.Process | None:
    """The running process of a service; None when it ended, or its pid belongs to somebody else by now."""
    try:
        seen = json.loads(_state(name, home).read_text(encoding="utf-8"))
        process = psutil.Process(seen["pid"])
        if process.create_time() == seen["started"] and process.status() != psutil.STATUS_ZOMBIE:
            return process
    except (FileNotFoundError, json.JSONDecodeError, psutil.NoSuchProcess):
        pass
    return None


def _state(name: str, home: Path) -> Path:
    return home / "run" / f"{name}.json"


def _log(name: str, home: Path) -> Path:
    return home / "log" / f"{name}.log"


def is_ready(service: Service) -> bool:
    """Ask the service itself; one without an address to ask is ready."""
    return service.ready is None or _answers(service.ready)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
