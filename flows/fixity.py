"""Fixity, every hour: objects are read again, compared and mended; what was found stands in an artifact."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from prefect import flow
from prefect.artifacts import acreate_table_artifact

from dossier.errors import DossierError
from flows.opening import READ_SECONDS_OF_CHECKS, open_replica, open_store
from flows.tools import Tools, open_tools
from signing.trust import read_roots
from signing.verify import verify_kept
from storage.alarms import Alarms
from storage.healing.fixity import Copies, Finding, Pace, check_due
from storage.healing.replication import prepare_replica
from storage.inventory import Incident, Inventory

RUN_SECONDS: Final = 50 * 60.0
"""Time of one run; the next one goes on where it ended."""

_SHOWN: Final = 50


@flow(name="fixity", flow_run_name="fixity")
async def fixity() -> dict[str, int]:
    """Check what is due; what was found is shown also where the run ends early."""
    with open_tools() as tools:
        began = datetime.now(UTC)
        try:
            found = await asyncio.to_thread(check_warehouse, tools, RUN_SECONDS)
        finally:
            incidents = Inventory(tools.ledger.database).incidents(_SHOWN)
            if any((one.ended_at or one.found_at) >= began for one in incidents):
                await acreate_table_artifact(
                    key="incidents",
                    table=incident_rows(incidents),
                    description="Sự cố toàn vẹn dữ liệu / objects found damaged, newest first",
                )
        return {str(finding): count for finding, count in found.items()}


def check_warehouse(tools: Tools, seconds: float) -> Mapping[Finding, int]:
    """Check the objects that are due, at most so long.

    Raises:
        StoreUnavailable, PlaceGone: one of the two stores is away; what was found before stands in the inventory.
        Misconfigured: the trusted root cannot be read, so nothing can be said of any seal.
    """
    settings, alarms = tools.settings, Alarms(tools.ledger.database)
    replica = open_replica(settings, read_seconds=READ_SECONDS_OF_CHECKS)
    try:
        if replica is not None:
            prepare_replica(replica, tools.warehouse.buckets)
    except DossierError as error:
        alarms.raise_("not_replicated", "fixity", error.code)
        raise
    alarms.settle("not_replicated", "fixity", by="fixity")
    settings.work.mkdir(parents=True, exist_ok=True)
    read_roots(settings.signer_ca_path)
    copies = Copies(
        open_store(settings, read_seconds=READ_SECONDS_OF_CHECKS),
        replica,
        tools.warehouse.vault,
        partial(verify_kept, root=settings.signer_ca_path),
        settings.work,
    )
    return check_due(
        copies,
        Inventory(tools.ledger.database),
        cycle=timedelta(days=settings.fixity_days),
        pace=Pace(settings.fixity_mb_per_second * 1e6),
        seconds=seconds,
    )


def incident_rows(incidents: Sequence[Incident]) -> list[dict[str, str]]:
    """What the artifact shows of incidents; keys of objects hold no personal data."""
    return [
        {
            "number": str(one.id),
            "found": one.found_at.isoformat(timespec="seconds"),
            "object": f"{one.bucket}/{one.key}",
            "what": one.what,
            "outcome": one.outcome or "open",
        }
        for one in incidents
    ]
