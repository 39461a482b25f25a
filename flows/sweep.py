"""The safety net, every minute: files that the watcher missed, and drops and decisions whose run died."""

from __future__ import annotations

import asyncio

import structlog
from prefect import flow

from flows.runs import ensure_release
from flows.submit import start
from flows.tools import Tools, open_tools
from flows.watch import take_still_files
from storage.desk import Desk
from storage.dropped import waiting
from storage.inbox import Stillness

log = structlog.get_logger()


@flow(name="sweep", flow_run_name="sweep")
async def sweep() -> dict[str, int]:
    """Take what is still in the inbox, and start unfinished drops and decisions that wait again."""
    with open_tools() as tools:
        found = await _take_missed_files(tools)
        unfinished = tools.ledger.unfinished()
        for drop in unfinished:
            await start(drop.id, tools)
        carried_on = await _carry_on(Desk(tools.ledger))
        return {"files": found, "unfinished": len(unfinished), "decisions": carried_on}


async def _carry_on(desk: Desk) -> int:
    """Have a run for every decision that waits."""
    decisions = desk.waiting()
    for decision in decisions:
        try:
            await ensure_release(decision, desk)
        except Exception as error:  # noqa: BLE001 - whatever the client raises, the decision is safe in the ledger
            log.warning("release_not_started", decision=decision.id, error=type(error).__name__)
    return len(decisions)


async def _take_missed_files(tools: Tools) -> int:
    """Look twice, ``still_seconds`` apart; this process has no memory of earlier looks."""
    files = waiting(tools.settings.inbox)
    if not files:
        return 0
    stillness = Stillness(tools.settings.still_seconds)
    for file in files:
        stillness.is_still(file.path)
    await asyncio.sleep(tools.settings.still_seconds + 0.1)
    with tools.cage() as cage:
        await take_still_files(tools, cage, stillness)
    return len(files)
