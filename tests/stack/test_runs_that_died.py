"""Runs whose process is gone are found by somebody: the worker, the automation, or who starts the next worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import yaml
from prefect.settings import PREFECT_API_URL, temporary_settings
from waiting import finished_drop, receipt_of, wait_for

from cli import stack as servers
from cli.processes import process_of
from config.settings import Settings
from flows.prefect_api import prefect_api
from flows.runs import ensure_run, retry_failed
from storage.alarms import Alarms
from storage.ledger import Drop, Ledger

pytestmark = pytest.mark.stack

DropPages = Callable[[int, int, str], Path]


@pytest.fixture
def prefect(settings: Settings) -> Iterator[httpx.Client]:
    with prefect_api(settings.prefect_api_url) as client:
        yield client


def test_a_kill_of_only_the_flow_process_takes_its_readers_with_it_and_the_drop_goes_on(
    settings: Settings, ledger: Ledger, drop_pages: DropPages, prefect: httpx.Client
) -> None:
    drop_pages(6, 10, "chi giet flow.pdf")
    flow = _flow_of(settings, _running(ledger, "chi giet flow.pdf"))
    readers = wait_for(lambda: [one for one in flow.children(recursive=True) if "ocr.keeper" in " ".join(one.cmdline())])
    flow.kill()
    killed_at = time.monotonic()

    run_id = str(_drop(ledger, "chi giet flow.pdf").flow_run_id)
    wait_for(lambda: _state(prefect, run_id)["type"] == "CRASHED", seconds=30)
    assert time.monotonic() - killed_at < 30
    wait_for(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in readers), seconds=10)
    drop = finished_drop(ledger, "chi giet flow.pdf")
    assert (drop.state, drop.attempts) == ("done", 2)


def test_the_automation_calls_a_run_crashed_that_sends_no_heartbeat(
    settings: Settings, ledger: Ledger, drop_pages: DropPages, prefect: httpx.Client
) -> None:
    """Without worker and watcher nobody else could."""
    drop_pages(6, 10, "khong nhip tim.pdf")
    drop = _running(ledger, "khong nhip tim.pdf")
    with _without(settings, "watcher", "worker"):
        state = wait_for(lambda: _crashed(prefect, str(drop.flow_run_id)), seconds=150)

    assert state["message"] == "no heartbeat for 90 s"
    assert finished_drop(ledger, "khong nhip tim.pdf").state == "done"


def test_a_completed_run_that_is_called_crashed_does_not_begin_again(
    settings: Settings, ledger: Ledger, drop_pages: DropPages, prefect: httpx.Client
) -> None:
    """PrefectHQ/prefect#18653: the automation may do so; the ledger knows better."""
    drop_pages(6, 6, "da xong.pdf")
    drop = finished_drop(ledger, "da xong.pdf")
    run = f"/flow_runs/{drop.flow_run_id}"
    wait_for(lambda: _state(prefect, str(drop.flow_run_id))["type"] == "COMPLETED")
    crashed = {"state": {"type": "CRASHED", "name": "Crashed"}, "force": True}
    prefect.post(f"{run}/set_state", json=crashed)
    before = prefect.get(run).json()["run_count"]

    _sweep(prefect)

    assert prefect.get(run).json()["run_count"] == before
    assert _state(prefect, str(drop.flow_run_id))["type"] == "CRASHED"
    assert ledger.drop(drop.id) == drop


def test_runs_that_cannot_even_begin_are_given_up_and_replayed(
    settings: Settings, ledger: Ledger, drop_pages: DropPages, prefect: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.runs.MAX_UNBEGUN", 3)
    with _without(settings, "worker"):
        drop_pages(6, 6, "khong bat dau.pdf")
        drop = ledger.drop(str(receipt_of(ledger, "khong bat dau.pdf").drop_id))
        with temporary_settings({PREFECT_API_URL: settings.prefect_api_url}):
            run_id = str(asyncio.run(ensure_run(drop, ledger)).id)
            for _ in range(3):
                assert ledger.drop(drop.id).state == "received"
                state = {"type": "CRASHED", "name": "Crashed", "message": "it could not begin"}
                prefect.post(f"/flow_runs/{run_id}/set_state", json={"state": state, "force": True})
                asyncio.run(ensure_run(ledger.drop(drop.id), ledger))
        given_up = ledger.drop(drop.id)
        assert (given_up.state, given_up.error_code, given_up.attempts) == ("failed", "NEVER_BEGAN", 0)
        assert [one.kind for one in Alarms(ledger.database).open_ones() if one.subject == drop.id] == ["dead_letter"]
        asyncio.run(retry_failed(drop.id, ledger, settings.prefect_api_url))

    wait_for(lambda: ledger.drop(drop.id).state == "done")
    assert [one for one in Alarms(ledger.database).open_ones() if one.subject == drop.id] == []


def test_automations_are_made_once(settings: Settings, prefect: httpx.Client) -> None:
    before = prefect.post("/automations/filter", json={}).json()

    servers.apply(settings)

    after = prefect.post("/automations/filter", json={}).json()
    assert [(one["id"], one["name"], one["updated"]) for one in after] == [
        (one["id"], one["name"], one["updated"]) for one in before
    ]
    assert [one["name"] for one in after] == ["sohoa-dead-runs"]


def test_sweeps_that_are_late_are_cancelled_while_one_runs(prefect: httpx.Client) -> None:
    sweep = prefect.get("/deployments/name/sweep/local").json()
    late = [prefect.post(f"/deployments/{sweep['id']}/create_flow_run", json={}).json()["id"] for _ in range(6)]

    def over() -> list[str] | None:
        ends = [_state(prefect, run)["type"] for run in late]
        return ends if _ENDS.issuperset(ends) else None

    ends = wait_for(over)
    assert "CANCELLED" in ends  # in a queue with one place none is: they run one after another
    assert "COMPLETED" in ends


def test_the_queues_have_the_limits_of_the_plan(prefect: httpx.Client) -> None:
    (planned,) = yaml.safe_load((servers.ROOT / "prefect.yaml").read_text(encoding="utf-8"))["work_pools"]

    pool = prefect.get(f"/work_pools/{planned['name']}").json()
    queues = prefect.post(f"/work_pools/{planned['name']}/queues/filter", json={}).json()

    assert pool["concurrency_limit"] == planned["concurrency_limit"]
    there = {queue["name"]: queue["concurrency_limit"] for queue in queues}
    assert there == {"default": None} | {queue["name"]: queue["concurrency_limit"] for queue in planned["queues"]}


def _running(ledger: Ledger, name: str) -> Drop:
    drop_id = str(receipt_of(ledger, name).drop_id)
    return wait_for(lambda: drop if (drop := ledger.drop(drop_id)).state == "running" else None)


def _drop(ledger: Ledger, name: str) -> Drop:
    return ledger.drop(str(receipt_of(ledger, name).drop_id))


def _flow_of(settings: Settings, drop: Drop) -> psutil.Process:
    """The worker's child that carries the run."""
    worker = process_of("worker", settings.home)
    assert worker is not None
    (flow,) = [one for one in worker.children() if one.environ().get("PREFECT__FLOW_RUN_ID") == drop.flow_run_id]
    return flow


@contextmanager
def _without(settings: Settings, *names: str) -> Iterator[None]:
    """Kill these services and what they have started; afterwards they run again."""
    try:
        for name in names:
            process = process_of(name, settings.home)
            assert process is not None
            for one in (process, *process.children(recursive=True)):
                one.kill()
        yield
    finally:
        for service in servers.services_of(settings):
            servers.revive(service, settings)


def _state(prefect: httpx.Client, run_id: str) -> dict[str, Any]:
    state: dict[str, Any] = prefect.get(f"/flow_runs/{run_id}").json()["state"]
    return state


def _crashed(prefect: httpx.Client, run_id: str) -> dict[str, Any] | None:
    state = _state(prefect, run_id)
    return state if state["type"] == "CRASHED" else None


def _sweep(prefect: httpx.Client) -> None:
    """Have one sweep from beginning to end."""
    sweep = prefect.get("/deployments/name/sweep/local").json()

    def swept() -> bool:
        made = prefect.post(f"/deployments/{sweep['id']}/create_flow_run", json={}).json()
        ended = wait_for(lambda: state if (state := _state(prefect, made["id"]))["type"] in _ENDS else None)
        return bool(ended["type"] == "COMPLETED")

    wait_for(swept)  # one that meets the sweep of the minute is cancelled


_ENDS = frozenset({"COMPLETED", "CANCELLED", "FAILED", "CRASHED"})
