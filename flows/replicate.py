"""The second copy of everything, every two minutes: what the outbox asks for, and the wrapped keys by comparison."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from prefect import flow

from dossier.errors import DossierError, StoreCorrupt
from flows.opening import READ_SECONDS_OF_CHECKS, open_replica, open_store
from flows.tools import Tools, open_tools
from storage.alarms import Alarms
from storage.healing.replication import prepare_replica, replicate_due, replicate_listed
from storage.inventory import Inventory
from storage.objects.store import ObjectStore
from storage.outbox import Outbox

log = structlog.get_logger()

LATE: Final = timedelta(hours=1)
"""An object that waits longer for its second copy raises an alarm."""


@flow(name="replicate", flow_run_name="replicate")
async def replicate() -> dict[str, int]:
    """Copy what has no second copy yet."""
    with open_tools() as tools:
        return await asyncio.to_thread(replicate_all, tools)


def replicate_all(tools: Tools) -> dict[str, int]:
    """Copy until nothing is due; says what is late. Where no second store is configured, nothing is done."""
    replica = open_replica(tools.settings, read_seconds=READ_SECONDS_OF_CHECKS)
    if replica is None:
        return {}
    outbox, alarms = Outbox(tools.ledger.database), Alarms(tools.ledger.database)
    done = put_off = keys = 0
    try:
        prepare_replica(replica, tools.warehouse.buckets)
        store = open_store(tools.settings, read_seconds=READ_SECONDS_OF_CHECKS)
        keys = _copy_keys(tools.warehouse.buckets.keys, store, replica, alarms)
        done, put_off = _copy_due(tools, store, replica)
    except DossierError as error:
        log.warning("replication_rests", code=error.code)
    _say_what_is_late(outbox, alarms)
    return {"copied": done, "put_off": put_off, "keys": keys}


def _copy_due(tools: Tools, store: ObjectStore, replica: ObjectStore) -> tuple[int, int]:
    outbox, inventory = Outbox(tools.ledger.database), Inventory(tools.ledger.database)
    tools.settings.work.mkdir(parents=True, exist_ok=True)
    done = put_off = 0
    while True:
        now_done, now_put_off = replicate_due(outbox, store, replica, inventory, work=tools.settings.work)
        done, put_off = done + now_done, put_off + now_put_off
        if not now_done:
            return done, put_off


def _copy_keys(bucket: str, store: ObjectStore, replica: ObjectStore, alarms: Alarms) -> int:
    """A wrapped key that is damaged here stops no other copy; a person restores it (docs/fixity.md)."""
    try:
        copied = replicate_listed(bucket, store, replica)
    except StoreCorrupt as error:
        alarms.raise_("object_damaged", bucket, error.detail)
        return 0
    return copied


def _say_what_is_late(outbox: Outbox, alarms: Alarms) -> None:
    since = outbox.waiting_since("replicate")
    if since is not None and datetime.now(UTC) - since > LATE:
        alarms.raise_("not_replicated", "replica", since.isoformat(timespec="minutes"))
    else:
        alarms.settle("not_replicated", "replica", by="replicate")
