"""The second copy of everything, every two minutes: what the outbox asks for, and all wrapped keys, read in both stores."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog
from prefect import flow

from dossier.errors import DossierError
from flows.opening import READ_SECONDS_OF_CHECKS, open_replica, open_store
from flows.tools import Tools, open_tools
from storage.alarms import Alarms
from storage.audit.trail import AuditTrail
from storage.healing.lateness import raise_if_not_copied
from storage.healing.replication import prepare_replica, replicate_due
from storage.inventory import Inventory
from storage.keys.key_copies import replicate_keys
from storage.objects.store import ObjectStore
from storage.outbox import Outbox

log = structlog.get_logger()


@flow(name="replicate", flow_run_name="replicate")
async def replicate() -> dict[str, int]:
    """Copy what has no second copy yet; while a store is away the next run goes on."""
    with open_tools() as tools:
        try:
            return await asyncio.to_thread(replicate_all, tools)
        except DossierError as error:
            log.warning("replication_rests", code=error.code)
            return {}


def replicate_all(tools: Tools) -> dict[str, int]:
    """Copy until nothing is due; says what is late. Where no second store is configured, nothing is done.

    Raises:
        StoreUnavailable, PlaceGone: one of the two stores is away; what was copied before stays.
    """
    replica = open_replica(tools.settings, read_seconds=READ_SECONDS_OF_CHECKS)
    if replica is None:
        return {}
    try:
        prepare_replica(replica, tools.warehouse.buckets)
        store = open_store(tools.settings, read_seconds=READ_SECONDS_OF_CHECKS)
        keys = replicate_keys(tools.warehouse.buckets, store, replica, partial(_tell, tools))
        done, put_off = _copy_due(tools, store, replica)
    finally:
        raise_if_not_copied(tools.ledger.database)
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


def _tell(tools: Tools, key: str, what: str) -> None:
    """A wrapped key was not as it must be: an alarm and a line of the audit trail, once until a person settles it."""
    subject = f"{tools.warehouse.buckets.keys}/{key}"
    if Alarms(tools.ledger.database).raise_("object_damaged", subject, what):
        line = {"actor": "replicate", "act": "restore", "why": subject, "outcome": what}
        AuditTrail(tools.ledger).write(**line, citizen=None, record_id=None)
