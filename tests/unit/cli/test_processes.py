"""What a killed service leaves behind ends before the next one starts, and nobody else's processes do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from cli.processes import Service, end_left_behind, process_of, start, stop
from cli.stack import ROOT, services_of
from config.settings import Settings
from dossier.errors import StackFailed
from flows.lifeless import RUN_ID

SLEEPER = Service("worker", ("sh", "-c", "sleep 300 & echo $! >child; sleep 300"), None)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for folder in ("run", "log"):
        (tmp_path / folder).mkdir()
    return tmp_path


def started(home: Path, said_home: Path) -> tuple[psutil.Process, psutil.Process]:
    """A service and the child that it started."""
    start(SLEEPER, home, {"PATH": os.defpath, "SOHOA_HOME": str(said_home)}, home)
    service = process_of("worker", home)
    assert service is not None
    while not (home / "child").exists() or not (home / "child").read_text().strip():
        time.sleep(0.02)
    return service, psutil.Process(int((home / "child").read_text()))


def runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_dead(process: psutil.Process) -> None:
    deadline = time.monotonic() + 10
    while runs(process):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_child_of_a_killed_service_is_ended(home: Path) -> None:
    service, child = started(home, home)
    service.kill()
    wait_until_dead(service)
    assert runs(child)

    end_left_behind("worker", home)

    wait_until_dead(child)


def test_a_flow_run_of_a_killed_worker_is_ended_though_it_is_a_session_of_its_own(home: Path) -> None:
    worker, child = started(home, home)
    environment = {"PATH": os.defpath, "SOHOA_HOME": str(home), RUN_ID: "a-run"}
    with subprocess.Popen(["sleep", "300"], env=environment, start_new_session=True) as run:
        worker.kill()
        wait_until_dead(worker)

        end_left_behind("watcher", home)
        assert run.poll() is None
        end_left_behind("worker", home)

        assert run.wait(10) == -signal.SIGKILL
    wait_until_dead(child)


def test_a_process_of_another_installation_is_left_alone(home: Path) -> None:
    service, child = started(home, home / "other")
    service.kill()
    wait_until_dead(service)

    end_left_behind("worker", home)

    time.sleep(0.1)
    assert runs(child)
    child.kill()


def test_a_service_that_died_is_stopped_with_what_it_left(home: Path) -> None:
    service, child = started(home, home)
    service.kill()
    wait_until_dead(service)

    stop("worker", home)

    wait_until_dead(child)


@pytest.mark.parametrize("unit", sorted((ROOT / "deploy").glob("sohoa-*.service")), ids=lambda unit: unit.stem)
def test_each_unit_starts_a_service_that_exists_and_takes_its_children_with_it(unit: Path) -> None:
    lines = unit.read_text(encoding="utf-8").splitlines()
    names = {service.name for service in services_of(Settings())}
    name = unit.stem.removeprefix("sohoa-")

    assert name in names
    assert f"ExecStart=/opt/sohoa/.venv/bin/sohoa run {name}" in lines
    assert {"Restart=always", "KillMode=control-group"} <= set(lines)


def test_a_port_that_another_program_has_is_not_taken_for_ours(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.processes.PORT_PATIENCE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        service = Service("portal", ("sleep", "300"), f"http://127.0.0.1:{port}/healthz")

        with pytest.raises(StackFailed, match=f"127.0.0.1:{port}"):
            start(service, home, {"PATH": os.defpath}, home)

        assert process_of("portal", home) is None
    start(service, home, {"PATH": os.defpath}, home)
    assert process_of("portal", home) is not None
    stop("portal", home)
