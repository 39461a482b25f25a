"""Which objects a record is made of: what lies under its own address, and what it shares with another record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from dossier.errors import NoSuchRecord
from dossier.records import RecordKey
from storage.database.rows import RecordRow
from storage.database.statements import one
from storage.database.tables import records
from storage.objects.store import ObjectStore


@dataclass(frozen=True, slots=True)
class Place:
    """All objects of a bucket below a prefix."""

    bucket: str
    prefix: str


@dataclass(frozen=True, slots=True)
class VersionAt:
    """One version of one object."""

    bucket: str
    key: str
    version_id: str


def record_row(connection: Connection, record_id: str, *, locked: bool = False) -> RecordRow:
    """A record that must be there.

    Args:
        connection: inside a transaction.
        record_id: which.
        locked: on PostgreSQL nobody else changes or locks it before the transaction ends.

    Raises:
        NoSuchRecord: it is not.
    """
    if locked:
        connection.execute(select(records.c.record_id).where(records.c.record_id == record_id).with_for_update())
    found = one(connection, records, record_id=record_id)
    if found is None:
        raise NoSuchRecord(record_id)
    return RecordRow(**found)


def own_place(row: RecordRow) -> Place:
    """What was written for the record itself."""
    return Place(row.bucket, f"{RecordKey(row.citizen, row.record_id).prefix}/")


def content_place(row: RecordRow) -> Place:
    """Where its content lies: its own place, or that of the record that brought the same scans first."""
    return Place(row.bucket, row.content_key.rsplit("/", 1)[0] + "/")


def versions_in(store: ObjectStore, places: Iterable[Place]) -> Iterator[VersionAt]:
    """Every version of every object of some places."""
    for place in dict.fromkeys(places):
        for listed in store.listed(place.bucket, place.prefix):
            yield VersionAt(place.bucket, listed.key, listed.version_id)
