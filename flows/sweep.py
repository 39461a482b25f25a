"""The safety net, every minute: files that the watcher missed, and drops whose run died."""

from __future__ import annotations

import asyncio

from prefect import flow

from flows.submit import start
from flows.tools import Tools, open_tools
from flows.watch import take_still_files
from storage.inbox import Stillness, waiting


@flow(name="sweep", flow_run_name="sweep")
async def sweep() -> dict[str, int]:
    """Take what is still in the inbox and start unfinished drops again."""
    with open_tools() as tools:
        found = await _take_missed_files(tools)
        unfinished = tools.ledger.unfinished()
        for drop in unfinished:
            await start(drop.id, tools)
        return {"files": found, "unfinished": len(unfinished)}


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
