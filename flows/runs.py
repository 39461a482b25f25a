"""One flow run per drop: start it, and start it again when it died."""

from __future__ import annotations

from typing import Final

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import AwaitingRetry

from storage.ledger import Drop, Ledger

DIGITIZE: Final = "digitize/local"
"""Deployment of `prefect.yaml`."""

MAX_RUNS: Final = 4
"""A drop that died so often is marked failed and waits for a person."""


def run_name(drop_id: str) -> str:
    """Name of the flow run of a drop; says nothing about persons."""
    return f"drop-{drop_id[:8]}"


async def ensure_run(drop: Drop, ledger: Ledger, *, insist: bool = False) -> FlowRun:
    """Have exactly one flow run for the drop, and have it alive.

    The idempotency key makes repeated calls find the same run. A run that ended without finishing the drop is
    started again in place, so that its persisted tasks are not redone, until MAX_RUNS, unless a person cancelled it;
    then the ledger says failed, and only a person who insists starts it once more.
    """
    async with get_client() as client:
        deployment = await client.read_deployment_by_name(DIGITIZE)
        run = await client.create_flow_run_from_deployment(
            deployment.id,
            parameters={"drop_id": drop.id},
            name=run_name(drop.id),
            tags=[f"office:{drop.office}", "trust:unread"],
            idempotency_key=f"drop-{drop.sha256}",
        )
        if run.state is None or not run.state.is_final():
            return run
        given_up = "CANCELLED" if run.state.is_cancelled() else "TOO_MANY_RUNS" if run.run_count >= MAX_RUNS else None
        if given_up and not insist:
            ledger.failed(drop.id, given_up)
            return run
        await client.set_flow_run_state(run.id, AwaitingRetry(), force=True)
        return await client.read_flow_run(run.id)


async def retry_failed(drop_id: str, ledger: Ledger, api_url: str) -> FlowRun:
    """Start a failed drop once more, from a process that no Prefect server has set up.

    Raises:
        LedgerConflict: there is no such drop.
    """
    with temporary_settings({PREFECT_API_URL: api_url}):
        return await ensure_run(ledger.drop(drop_id), ledger, insist=True)


def crash_orphans(api_url: str) -> int:
    """Call runs crashed that nobody executes any more, so that the sweep starts them again; returns how many.

    Only for the moment before the only worker of an installation starts: a worker that died takes its runs with it,
    and Prefect would show them as running for ever.
    """
    alive = {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}}}
    lost = {"type": "CRASHED", "name": "Crashed", "message": "its worker is gone"}
    with httpx.Client(base_url=api_url, timeout=30) as prefect:
        orphans = prefect.post("/flow_runs/filter", json=alive).raise_for_status().json()
        for run in orphans:
            prefect.post(f"/flow_runs/{run['id']}/set_state", json={"state": lost, "force": True}).raise_for_status()
    return len(orphans)
