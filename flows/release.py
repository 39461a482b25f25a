"""The second flow: what a person decided on a held document is carried out, once."""

from __future__ import annotations

from prefect import flow
from prefect.runtime import flow_run

from flows.alone import alone_in
from flows.carry_out import attempt
from flows.runs import release_name
from flows.tools import open_tools


@flow(name="release", flow_run_name=lambda: release_name(flow_run.parameters["decision_id"]), timeout_seconds=3600)
async def release(decision_id: int) -> str:
    """File, part or send back a document as a person decided; a decision that is done is left alone."""
    with open_tools() as tools:
        async with alone_in(tools.settings.work / f"decision-{decision_id}"):
            return await attempt(decision_id, str(flow_run.id), tools)
