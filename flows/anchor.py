"""Every night the new lines of the audit trail are anchored; see `storage.audit.anchors`."""

from __future__ import annotations

import asyncio

import structlog
from prefect import flow

from config.settings import load_settings
from flows.keepers import open_keepers
from storage.audit.anchors import raise_if_late

log = structlog.get_logger()


@flow(name="anchor", flow_run_name="anchor")
async def anchor() -> dict[str, int]:
    """Anchor all lines that are not, and set legal holds again that a crash kept from an object.

    A line that waits too long raises an alarm.

    Raises:
        AuditBroken: the trail does not hold; an alarm is raised, and nothing is anchored until a person looked.
    """
    with open_keepers(load_settings()) as keepers:
        try:
            made = await asyncio.to_thread(keepers.anchors.anchor)
            await asyncio.to_thread(keepers.holds.enforce)
        finally:
            await asyncio.to_thread(raise_if_late, keepers.ledger.database)
    last = made[-1].number if made else 0
    log.info("anchored", anchors=len(made), last_line=last)
    return {"anchors": len(made), "last_line": last}
