"""A file of the inbox becomes a drop with its flow run; watcher and sweep both come through here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from dossier.errors import DamagedFile, TruncatedFile
from dossier.values import Soundness
from flows.runs import ensure_run
from flows.tools import Tools
from ocr.cage import Cage
from ocr.opening import examine
from storage.intake import inbox
from storage.intake.beside import receive_alone
from storage.intake.dropped import DroppedFile
from storage.ledger import Receipt

log = structlog.get_logger()

_START_SECONDS: Final = 20.0  # a server that hangs must not keep the next file out


class NotYetWhole(Exception):
    """Still but not whole: a slow scanner may be between two pages."""


async def submit(
    file: DroppedFile, tools: Tools, cage: Cage, *, still_for: float, manifests: Sequence[DroppedFile] = ()
) -> Receipt | None:
    """Receive a still file once, and start its run.

    Args:
        file: the file in the inbox.
        tools: the opened tools.
        cage: where the file is opened.
        still_for: seconds that the file has not changed.
        manifests: those that lie beside it, still too.

    Returns:
        The line of the ledger, or None when the file is not whole and patience is not over.

    Raises:
        StoreUnavailable: the file stays in the inbox and is tried again.
    """
    patient = still_for < tools.settings.patience_seconds
    try:
        receipt = await asyncio.to_thread(
            inbox.receive,
            file,
            check=partial(_check, cage, tools, patient),
            warehouse=tools.warehouse,
            ledger=tools.ledger,
            inbox=tools.settings.inbox,
            manifests=manifests,
        )
    except NotYetWhole:
        return None
    log.info("received", receipt=receipt.id, outcome=receipt.outcome, code=receipt.code, drop=receipt.drop_id)
    if receipt.outcome == "taken" and receipt.drop_id is not None:
        await start(receipt.drop_id, tools)
    return receipt


async def submit_manifest(file: DroppedFile, tools: Tools, *, still_for: float) -> None:
    """Take a still manifest whose scan does not lie beside it, once it is clear what it speaks of."""
    entered = await asyncio.to_thread(
        receive_alone,
        file,
        ledger=tools.ledger,
        inbox=tools.settings.inbox,
        still_for=still_for,
        patience=tools.settings.manifest_patience_seconds,
    )
    if entered is not None:
        log.info("manifest_received", code=entered.code, drop=entered.drop_id)


async def start(drop_id: str, tools: Tools) -> None:
    """Start the run of a received drop; when Prefect is away or does not answer, the next sweep does it."""
    try:
        async with asyncio.timeout(_START_SECONDS):
            run = await ensure_run(tools.ledger.drop(drop_id), tools.ledger)
    except Exception as error:  # noqa: BLE001 - whatever the client raises, the drop is safe in the ledger
        log.warning("run_not_started", drop=drop_id, error=type(error).__name__)
        return
    log.info("run_started", drop=drop_id, run=str(run.id))


def _check(cage: Cage, tools: Tools, patient: bool, path: Path) -> Soundness:
    try:
        return examine(path, tools.limits, cage)
    except (TruncatedFile, DamagedFile):
        if patient:
            raise NotYetWhole from None
        raise
