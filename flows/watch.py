"""The watcher: a plain service, no flow. Losing it costs only delay, because the sweep does the same every minute.

It also watches over what was taken, so that a standstill raises its alarm though Prefect itself is away.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from watchfiles import awatch

from config.settings import Settings
from dossier.errors import FileChanged, LedgerUnavailable, StoreUnavailable
from flows.guards import IntakeGuard, wait_for_places
from flows.submit import submit, submit_manifest
from flows.tools import Tools, open_tools
from flows.watch_over import call_out, watch_over
from ocr.cage import Cage
from storage.intake.dropped import DroppedFile, manifests_beside, scans_beside, waiting
from storage.intake.inbox import Stillness
from storage.intake.left_lying import look_for_left_lying

log = structlog.get_logger()

LOOK_EVERY_MS = 500
"""Stillness is a matter of time, not of events: look that often even when nothing is announced."""


async def watch(settings: Settings) -> None:
    """Take files out of the inbox until SIGTERM or SIGINT.

    Raises:
        PlaceGone: the home itself is not mounted; nothing was written.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await wait_for_places(settings, stop)
    if stop.is_set():
        return
    stillness = Stillness(settings.still_seconds)
    with open_tools(settings) as tools, tools.cage() as cage:
        log.info("watching", sweep_s=settings.sweep_seconds, still_s=settings.still_seconds)
        guard = IntakeGuard(tools)
        acts: dict[str, Callable[[], Awaitable[object]]] = {
            "watch_over": partial(_watch_over, tools),
            "call_out": partial(asyncio.to_thread, call_out, tools),
            "look_for_left_lying": partial(call_out_left_lying, tools, guard),
        }
        rounds = [asyncio.create_task(_rounds(name, act, settings.sweep_seconds)) for name, act in acts.items()]
        async for _ in awatch(
            settings.inbox, watch_filter=None, stop_event=stop, yield_on_timeout=True, rust_timeout=LOOK_EVERY_MS
        ):
            await take_if_allowed(guard, tools, cage, stillness)
        for one in rounds:
            one.cancel()


async def take_if_allowed(guard: IntakeGuard, tools: Tools, cage: Cage, stillness: Stillness) -> None:
    """Submit what is still, where the guard lets the intake go on; without the ledger nobody can say so, and it waits."""
    try:
        if guard.may_go_on():
            await take_still_files(tools, cage, stillness)
    except LedgerUnavailable as error:
        log.warning("ledger_away", error=str(error))


async def _rounds(name: str, act: Callable[[], Awaitable[object]], every: float) -> None:
    """Do it again and again; each has rounds of its own, because what asks Prefect may wait long for an answer."""
    while True:
        await asyncio.sleep(every)
        try:
            await act()
        except Exception as error:  # noqa: BLE001 - a round that fails must not end the rounds
            log.warning("not_watched_over", act=name, error=type(error).__name__)


async def _watch_over(tools: Tools) -> None:
    found = await watch_over(tools)
    if found["dead"]:
        log.info("watched_over", **found)


async def call_out_left_lying(tools: Tools, guard: IntakeGuard) -> None:
    """Raise the alarm over what lies in the inbox too long, unless it waits because the intake rests or has just rested."""
    settings = tools.settings
    if not guard.may_go_on() or guard.goes_on_for() < settings.sweep_seconds:
        return
    waits = await asyncio.to_thread(
        look_for_left_lying,
        settings.inbox,
        tools.ledger.database,
        patience=settings.stuck_minutes * 60,
        manifest_patience=settings.manifest_patience_seconds,
        now=time.time(),
    )
    if waits:
        log.warning("left_lying", files=waits)


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
            if stillness.is_news(file.path, type(error).__name__):
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
