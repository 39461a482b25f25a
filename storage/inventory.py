"""The inventory: every object that the store must hold, with the hash of its bytes, and when they were last looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from dossier.values import StoredObject
from storage.keeping_tables import objects
from storage.outbox import add_errand


def enter_objects(connection: Connection, stored: Sequence[StoredObject], record_id: str | None) -> None:
    """Enter objects that are durable, and have each replicated; what is known already stays as it is.

    Args:
        connection: inside the transaction that announces them.
        stored: the objects.
        record_id: the record that they belong to; None for received bytes.
    """
    for one in stored:
        same = (objects.c.bucket == one.bucket, objects.c.key == one.key)
        if connection.execute(select(objects.c.key).where(*same)).first() is not None:
            continue
        row = {"version_id": one.version_id, "sha256": one.sha256, "size": one.size, "record_id": record_id}
        place = {"bucket": one.bucket, "key": one.key}
        connection.execute(insert(objects).values(**place, **row, entered_at=datetime.now(UTC)))
        add_errand(connection, "replicate", {**place, "version_id": one.version_id, "sha256": one.sha256})
