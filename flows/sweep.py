"""The safety net, every minute: files that the watcher missed, drops and decisions whose run died, and the alarms shown."""

from __future__ import annotations

import asyncio

from prefect import flow
from prefect.artifacts import Artifact, acreate_markdown_artifact

from flows.guards import IntakeGuard
from flows.tools import Tools, open_tools
from flows.watch import take_still_files
from flows.watch_over import alarms_as_text, call_out, clear_work, watch_over
from storage.intake.dropped import waiting
from storage.intake.inbox import Stillness
from storage.records.corrections import catch_up_due


@flow(name="sweep", flow_run_name="sweep")
async def sweep() -> dict[str, int]:
    """Take what is still in the inbox, start unfinished drops and decisions again, and show the alarms."""
    with open_tools() as tools:
        found = await _take_missed_files(tools)
        looked_after = await watch_over(tools, most=None)
        standing = await asyncio.to_thread(call_out, tools)
        caught_up = await asyncio.to_thread(catch_up_due, tools.warehouse, tools.ledger)
        cleared = await asyncio.to_thread(clear_work, tools)
        await _show_alarms(tools)
        return {"files": found, "standing_still": standing, "caught_up": caught_up, "cleared": cleared, **looked_after}


async def _take_missed_files(tools: Tools) -> int:
    """Look twice, ``still_seconds`` apart; this process has no memory of earlier looks."""
    files = waiting(tools.settings.inbox)
    if not files or not IntakeGuard(tools).may_go_on():
        return 0
    stillness = Stillness(tools.settings.still_seconds)
    for file in files:
        stillness.is_still(file.path)
    await asyncio.sleep(tools.settings.still_seconds + 0.1)
    with tools.cage() as cage:
        await take_still_files(tools, cage, stillness)
    return len(files)


async def _show_alarms(tools: Tools) -> None:
    """Keep the artifact `alarms` true; an unchanged one is not written again every minute."""
    text = alarms_as_text(tools)
    shown = await Artifact.aget("alarms")
    if shown is None or shown.data != text:
        await acreate_markdown_artifact(key="alarms", markdown=text, description="Cảnh báo đang mở / open alarms")
