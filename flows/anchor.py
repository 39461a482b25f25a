"""Once a day the new lines of the audit trail are anchored (`storage.audit.anchors`); what failed is done an hour later."""

from __future__ import annotations

import asyncio

import structlog
from prefect import flow

from config.settings import load_settings
from flows.keepers import Keepers, open_keepers
from signing.clock import vietnam_now
from storage.audit.lateness import raise_if_late, unanchored_before

log = structlog.get_logger()


@flow(name="anchor", flow_run_name="anchor")
async def anchor() -> dict[str, int]:
    """Anchor all lines, unless those of the days before are anchored; set legal holds that a crash kept from an object.

    A line that waits too long raises an alarm. Whatever becomes of the anchors, the holds are set.

    Raises:
        AuditBroken: the trail does not hold; an alarm is raised, and nothing is anchored until a person looked.
    """
    with open_keepers(load_settings()) as keepers:
        try:
            made = await asyncio.to_thread(anchor_today, keepers)
        finally:
            await asyncio.to_thread(raise_if_late, keepers.ledger.database)
            await asyncio.to_thread(keepers.holds.enforce)
    log.info("anchored", anchors=made)
    return {"anchors": made}


def anchor_today(keepers: Keepers) -> int:
    """Anchor what is new unless every line from before today, in Vietnam, is anchored; returns how many were made."""
    if not unanchored_before(keepers.ledger.database, vietnam_now().replace(hour=0, minute=0, second=0)):
        return 0
    return len(keepers.anchors.anchor())
