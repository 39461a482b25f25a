"""The watcher: a plain service, no flow. Losing it costs only delay, because the sweep does the same every minute.

It also watches over what was taken, so that a standstill raises its alarm though Prefect itself is away.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable

import structlog
from watchfiles import awatch

from config.settings import Settings
from dossier.errors import FileChanged, StoreUnavailable
from flows.guards import IntakeGuard
from flows.submit import submit, submit_manifest
from flows.tools import Tools, open_tools
from flows.watch_over import call_out, watch_over
from ocr.cage import Cage
from storage.intake.dropped import DroppedFile, manifests_beside, scans_beside, waiting
from storage.intake.inbox import Stillness

log = structlog.get_logger()

LOOK_EVERY_MS = 500
"""Stillness is a matter of time, not of events: look that often even when nothing is announced."""


async def watch(settings: Settings) -> None:
    """Take files out of the inbox until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    settings.inbox.mkdir(parents=True, exist_ok=True)
    stillness = Stillness(settings.still_seconds)
    with open_tools(settings) as tools, tools.cage() as cage:
        log.info("watching", sweep_s=settings.sweep_seconds, still_s=settings.still_seconds)
        guard = IntakeGuard(tools)
        rounds = [asyncio.create_task(_rounds(act, tools)) for act in (_watch_over, _call_out)]
        async for _ in awatch(
            settings.inbox, watch_filter=None, stop_event=stop, yield_on_timeout=True, rust_timeout=LOOK_EVERY_MS
        ):
            if guard.may_go_on():
                await take_still_files(tools, cage, stillness)
        for one in rounds:
            one.cancel()


async def _rounds(act: Callable[[Tools], Awaitable[None]], tools: Tools) -> None:
    """Do it again and again; each has rounds of its own, because what asks Prefect may wait long for an answer."""
    while True:
        await asyncio.sleep(tools.settings.sweep_seconds)
        try:
            await act(tools)
        except Exception as error:  # noqa: BLE001 - a round that fails must not end the rounds
            log.warning("not_watched_over", act=act.__name__.strip("_"), error=type(error).__name__)


async def _watch_over(tools: Tools) -> None:
    found = await watch_over(tools)
    if found["dead"]:
        log.info("watched_over", **found)


async def _call_out(tools: Tools) -> None:
    await asyncio.to_thread(call_out, tools)


async def take_still_files(tools: Tools, cage: Cage, stillness: Stillness) -> None:
    """Submit every file that is still; one that cannot be taken now stays where it is."""
    for file in waiting(tools.settings.inbox):
        try:
            await _take_if_still(file, tools, cage, stillness)
        except FileChanged:
            continue  # written to, or taken by the sweep at this moment
        except StoreUnavailable as error:
            log.warning("store_away", error=str(error))
            return
        except Exception as error:  # noqa: BLE001 - one odd file must not stop the intake of the others
            log.warning("not_taken", error=type(error).__name__)


async def _take_if_still(file: DroppedFile, tools: Tools, cage: Cage, stillness: Stillness) -> None:
    """A scan is still when its manifests are, too; with `manifest_required` it also waits until there is one."""
    if not stillness.is_still(file.path):
        return
    still_for = stillness.since(file.path)
    if file.is_manifest:
        await submit_manifest(file, tools, still_for=still_for)
        return
    manifests = manifests_beside(file)
    beside = {scan.path for manifest in manifests for scan in scans_beside(manifest)} | {one.path for one in manifests}
    if not all(stillness.is_still(path) for path in beside) or (tools.settings.manifest_required and not manifests):
        return
    await submit(file, tools, cage, still_for=still_for, manifests=manifests)
