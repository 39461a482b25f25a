"""Once a day the new lines of the audit trail are anchored (`storage.audit.anchors`); what failed is done an hour later."""

from __future__ import annotations

import asyncio

import structlog
from prefect import flow

from config.settings import load_settings
from flows.keepers import Keepers, open_keepers
from signing.clock import VIETNAM, vietnam_now
from storage.audit.lateness import anchored_at, raise_if_late

log = structlog.get_logger()


@flow(name="anchor", flow_run_name="anchor")
async def anchor() -> dict[str, int]:
    """Anchor all lines that are not, unless that was done today, and set legal holds that a crash kept from an object.

    A line that waits too long raises an alarm.

    Raises:
        AuditBroken: the trail does not hold; an alarm is raised, and nothing is anchored until a person looked.
    """
    with open_keepers(load_settings()) as keepers:
        try:
            made = await asyncio.to_thread(anchor_today, keepers)
            await asyncio.to_thread(keepers.holds.enforce)
        finally:
            await asyncio.to_thread(raise_if_late, keepers.ledger.database)
    log.info("anchored", anchors=made)
    return {"anchors": made}


def anchor_today(keepers: Keepers) -> int:
    """Anchor what is new unless an anchor was made today, in Vietnam; returns how many were made."""
    last = anchored_at(keepers.ledger.database)
    if last is not None and last.astimezone(VIETNAM).date() == vietnam_now().date():
        return 0
    return len(keepers.anchors.anchor())
