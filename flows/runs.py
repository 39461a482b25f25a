"""One flow run per drop and one per decision: start it, and start it again when it died."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import AwaitingRetry

from storage.database.rows import DecisionRow
from storage.desk import Desk
from storage.ledger import Drop, Ledger
from storage.progress import Mark, Progress

DIGITIZE: Final = "digitize/local"
RELEASE: Final = "release/local"
"""Deployments of `prefect.yaml`."""

MAX_RUNS: Final = 4
"""A drop whose runs died so often without a step between has failed, a decision is given back; a person must look."""


MAX_UNBEGUN: Final = 30
"""So many starts in a row, half an hour of them, that ended before the flow began: this machine cannot run it, a person
must help. Ten were too few: with worker and server killed every 40 seconds sound drops were given up (`./run chaos`)."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A flow run that there shall be, once."""

    deployment: str
    name: str
    parameters: Mapping[str, object]
    tags: tuple[str, ...]
    key: str
    """Idempotency key: the same key is the same run."""


def run_name(drop_id: str) -> str:
    """Name of the flow run of a drop; says nothing about persons."""
    return f"drop-{drop_id[:8]}"


def release_name(decision_id: int) -> str:
    """Name of the flow run of a decision."""
    return f"decision-{decision_id}"


async def ensure_run(drop: Drop, ledger: Ledger, *, insist: bool = False) -> FlowRun:
    """Have exactly one flow run for the drop, and have it alive.

    The idempotency key makes repeated calls find the same run. A run that ended without finishing the drop is
    started again in place, so that its persisted tasks are not redone, until MAX_RUNS or MAX_UNBEGUN, unless a person
    cancelled it; then the ledger says failed, with what ended the latest run, and only a person who insists starts it
    once more.
    """
    wanted = _Wanted(
        DIGITIZE,
        run_name(drop.id),
        {"drop_id": drop.id},
        (f"office:{drop.office}", "trust:unread"),
        f"drop-{drop.sha256}",
    )
    async with get_client() as client:
        run = await _run_of(wanted, client)
        if run.state is None or not run.state.is_final():
            return run
        progress = Progress(ledger.database)
        if insist:
            progress.begin_anew(drop.id, run_count=run.run_count, now=datetime.now(UTC))
        else:
            progress.kept_unnoted(drop.id, run_count=run.run_count, now=datetime.now(UTC))
            mark = progress.mark(drop.id)
            states = await client.read_flow_run_states(run.id)
            unbegun = unbegun_starts(states, mark.at if mark else drop.received_at)
            if (given_up := _given_up(run, mark, unbegun)) is not None:
                ledger.failed(drop.id, given_up)
                return run
        return await _again(run, client)


def _given_up(run: FlowRun, mark: Mark | None, unbegun: int) -> str | None:
    """Why a drop whose run ended is not started again; None where it is."""
    if run.state is not None and run.state.is_cancelled():
        return "CANCELLED"
    if unbegun >= MAX_UNBEGUN:
        return "NEVER_BEGAN"
    if run.run_count - (mark.run_count if mark else 0) < MAX_RUNS:
        return None
    return (mark.error_code if mark else None) or "TOO_MANY_RUNS"


def unbegun_starts(states: Sequence[State[Any]], since: datetime) -> int:
    """How many starts of a run ended before it was running, since it last was or came to a step.

    Prefect counts a run when it begins, so its ``run_count`` knows nothing of these.
    """
    count, is_running = 0, False
    for state in sorted((one for one in states if one.timestamp > since), key=lambda one: one.timestamp):
        if state.is_running():
            is_running = True
        elif state.is_final():
            count, is_running = 0 if is_running else count + 1, False
    return count


async def ensure_release(decision: DecisionRow, desk: Desk) -> FlowRun:
    """Have exactly one flow run for a decision that waits, and have it alive.

    A run that died is started again in place. When MAX_RUNS died without a word, MAX_UNBEGUN did not even begin, or a
    person cancelled it, the document goes back to the shelf. A run that ended because the store or the timestamp server
    was away does not count.
    """
    wanted = _Wanted(
        RELEASE,
        release_name(decision.id),
        {"decision_id": decision.id},
        ("release",),
        f"decision-{decision.id}-{decision.shown_sha256}",
    )
    async with get_client() as client:
        run = await _run_of(wanted, client)
        if run.state is None or not run.state.is_final():
            return run
        died = desk.decision(decision.id).attempts
        unbegun = unbegun_starts(await client.read_flow_run_states(run.id), decision.decided_at)
        given_up = "CANCELLED" if run.state.is_cancelled() else "TOO_MANY_RUNS" if died >= MAX_RUNS else None
        given_up = given_up or ("NEVER_BEGAN" if unbegun >= MAX_UNBEGUN else None)
        if given_up:
            desk.given_back(decision.id, given_up)
            return run
        return await _again(run, client)


async def start_release(decision: DecisionRow, desk: Desk, api_url: str) -> FlowRun | None:
    """Start the run of a new decision, from a process that no Prefect server has set up; None where Prefect is away.

    Then the next sweep starts it.
    """
    with temporary_settings({PREFECT_API_URL: api_url}):
        try:
            return await ensure_release(decision, desk)
        except (httpx.HTTPError, PrefectHTTPStatusError, ObjectNotFound):
            return None


async def retry_failed(drop_id: str, ledger: Ledger, api_url: str) -> FlowRun:
    """Start a failed drop once more, from a process that no Prefect server has set up.

    Raises:
        LedgerConflict: there is no such drop.
    """
    with temporary_settings({PREFECT_API_URL: api_url}):
        return await ensure_run(ledger.drop(drop_id), ledger, insist=True)


async def _run_of(wanted: _Wanted, client: PrefectClient) -> FlowRun:
    """The only run of its key, made now or before."""
    deployment = await client.read_deployment_by_name(wanted.deployment)
    return await client.create_flow_run_from_deployment(
        deployment.id,
        parameters=dict(wanted.parameters),
        name=wanted.name,
        tags=list(wanted.tags),
        idempotency_key=wanted.key,
    )


async def _again(run: FlowRun, client: PrefectClient) -> FlowRun:
    """Start an ended run again in its place."""
    await client.set_flow_run_state(run.id, AwaitingRetry(), force=True)
    return await client.read_flow_run(run.id)
