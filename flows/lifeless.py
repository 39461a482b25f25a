"""Runs that Prefect takes for running although their process is gone: called crashed, so that they are started again.

Prefect finds none by itself. Its automation `config/automations.yaml` waits for 90 s of silence, and forgets what it waited
for when the server dies; where Prefect and its only worker run on this machine, the processes tell at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import psutil
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.prefect_api import prefect_api

RUN_ID: Final = "PREFECT__FLOW_RUN_ID"
"""Stands in the environment of every process of a flow run."""

GRACE_SECONDS: Final = 30.0
"""Between the claim of a run and its process lie seconds, on a loaded machine many."""

_ASKED_AGAIN: Final = 2
"""Six seconds: the guard that waits here is the one that starts a dead server, and every caller comes again."""

_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_AT_WORK: Final = {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}}}
_CRASHED: Final = {"type": "CRASHED", "name": "Crashed", "message": "its process is gone"}
_CANCELLED: Final = {"type": "CANCELLED", "name": "Cancelled", "message": "its process is gone"}
"""What a person cancelled is not started again because its process died first."""


def crash_lifeless(api_url: str, *, grace_seconds: float = GRACE_SECONDS) -> int:
    """Call runs crashed that no process on this machine executes, or cancelled where a person wanted it; returns how many.

    Args:
        api_url: of the Prefect server; one that is not on this machine may have workers elsewhere: nothing is done.
        grace_seconds: age of a run's state from which its process is missed; 0 while no worker runs.

    Raises:
        httpx.HTTPError: Prefect does not answer.
    """
    if urlsplit(api_url).hostname not in _THIS_MACHINE:
        return 0
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: _ASKED_AGAIN}), prefect_api(api_url) as prefect:
        said = prefect.post("/flow_runs/filter", json=_AT_WORK).json()
        working = frozenset(_runs_with_a_process())
        lifeless = [run for run in said if run["id"] not in working and _age(run) >= grace_seconds]
        for run in lifeless:
            end = _CANCELLED if run["state"]["type"] == "CANCELLING" else _CRASHED
            prefect.post(f"/flow_runs/{run['id']}/set_state", json={"state": end, "force": True})
    return len(lifeless)


def _runs_with_a_process() -> Iterator[str]:
    """Ids of runs that a process of ours carries in its environment."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            run_id = process.environ().get(RUN_ID)
            if run_id and process.status() != psutil.STATUS_ZOMBIE:
                yield run_id


def _age(run: Mapping[str, Any]) -> float:
    """Seconds since it has its state."""
    return (datetime.now(UTC) - datetime.fromisoformat(run["state"]["timestamp"])).total_seconds()
