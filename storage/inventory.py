"""The inventory: every object that the store must hold, with the hash of its bytes, and when they were last looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, case, func, insert, or_, select, update

from dossier.records import StoredObject
from dossier.values import Sha256
from storage.alarms import raise_alarm, settle_alarm
from storage.audit.trail import add_line
from storage.database.engine import Database
from storage.database.keeping_tables import incidents, objects
from storage.database.tables import records
from storage.outbox import add_errand

ObjectState = Literal["sound", "damaged", "lost", "disposed"]

_CONTENT: Final = "/document.pdf"
_TEXT: Final = "/text.alto.xml"
"""Lies beside the content, and is shared with it (`dossier.records.RecordKey`)."""


@dataclass(frozen=True, slots=True)
class Item:
    """One object that must be there."""

    stored: StoredObject
    record_id: str | None
    """The record that it belongs to; None for received bytes."""
    state: ObjectState
    checked_at: datetime | None
    replicated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Incident:
    """An object that was found damaged, and what became of it."""

    id: int
    found_at: datetime
    bucket: str
    key: str
    version_id: str
    what: str
    """Error code of what was found."""
    restored_version: str | None
    ended_at: datetime | None
    outcome: str | None
    """`restored` in another version, or `sound_again` in the same one; None while it is open."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the inventory stands."""

    objects: int
    size: int
    """Bytes."""
    unsound: int
    """Damaged or lost."""
    unreplicated: int
    unchecked: int
    """Never looked at since they were stored."""
    oldest_check: datetime | None


class Inventory:
    """The inventory in the ledger's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, before: datetime, limit: int) -> tuple[Item, ...]:
        """What was last looked at before a time, or never, or was damaged then; the longest ago first."""
        old = or_(objects.c.checked_at.is_(None), objects.c.checked_at < before, objects.c.state.in_(("damaged", "lost")))
        query = select(objects).where(objects.c.state != "disposed", old)
        query = query.order_by(objects.c.checked_at.asc().nulls_first(), objects.c.bucket, objects.c.key).limit(limit)
        with self._database.reading() as connection:
            return tuple(_item(row) for row in connection.execute(query).mappings())

    def item(self, bucket: str, key: str) -> Item | None:
        """One object."""
        with self._database.reading() as connection:
            row = connection.execute(select(objects).where(*_place(bucket, key))).mappings().one_or_none()
        return None if row is None else _item(row)

    def is_destroyed(self, bucket: str, key: str) -> bool:
        """Whether the object was there and went with its record."""
        with self._database.reading() as connection:
            return is_destroyed(connection, bucket, key)

    def keep_until(self, item: Item) -> datetime | None:
        """Until when the records that an object holds must be kept; None for what belongs to no record."""
        if item.record_id is None:
            return None
        content = item.stored.key.replace(_TEXT, _CONTENT)
        query = select(func.max(records.c.keep_until)).where(
            or_(records.c.record_id == item.record_id, records.c.content_key == content)
        )
        with self._database.reading() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return found

    def checked(self, item: Item, at: datetime) -> None:
        """It is sound, in the version that was known."""
        with self._database.writing() as connection:
            _change(connection, item.stored, checked_at=at)

    def replicated(self, stored: StoredObject, at: datetime) -> bool:
        """A second copy was written and read back; False when the object was destroyed meanwhile and must not have one."""
        with self._database.writing() as connection:
            return _change(connection, stored, replicated_at=at)

    def found_damaged(self, item: Item, what: str) -> int | None:
        """Open an incident and its alarm, unless one is open for the object.

        Args:
            item: the object.
            what: code of the error.

        Returns:
            The number of the incident; None when the object was destroyed meanwhile.
        """
        stored, now = item.stored, datetime.now(UTC)
        damaged = case((objects.c.state == "lost", "lost"), else_="damaged")
        with self._database.writing() as connection:
            if not _change(connection, stored, state=damaged, checked_at=now):
                return None
            raise_alarm(connection, "object_damaged", alarm_subject(stored.bucket, stored.sha256), what)
            known: int | None = connection.execute(_open_incident(stored)).scalar()
            if known is not None:
                return known
            row = {"bucket": stored.bucket, "key": stored.key, "version_id": stored.version_id, "what": what}
            made: int = connection.execute(
                insert(incidents).values(**row, found_at=now).returning(incidents.c.id)
            ).scalar_one()
            return made

    def restored(self, item: Item, version_id: str) -> bool:
        """A sound version is there again: end the incident, write to the audit trail; unless another run did so already.

        Returns:
            False when the object was destroyed meanwhile; then the version must go.
        """
        stored, now = item.stored, datetime.now(UTC)
        outcome = "restored" if version_id != stored.version_id else "sound_again"
        with self._database.writing() as connection:
            if not _change(connection, stored, state="sound", version_id=version_id, checked_at=now):
                return False
            incident = connection.execute(_open_incident(stored)).scalar_one_or_none()
            if incident is None:
                return True
            values = {"ended_at": now, "outcome": outcome, "restored_version": version_id}
            connection.execute(update(incidents).where(incidents.c.id == incident).values(**values))
            settle_alarm(connection, "object_lost", alarm_subject(stored.bucket, stored.sha256), "fixity")
            _tell(connection, item, incident, outcome)
            return True

    def lost(self, item: Item) -> None:
        """No sound copy is left anywhere; the incident stays open, and every cycle looks again.

        Where another run ended the incident meanwhile, there is one.
        """
        with self._database.writing() as connection:
            incident = connection.execute(_open_incident(item.stored)).scalar_one_or_none()
            if incident is None:
                return
            raise_alarm(
                connection, "object_lost", alarm_subject(item.stored.bucket, item.stored.sha256), f"incident {incident}"
            )
            if item.state != "lost" and _change(connection, item.stored, state="lost"):
                _tell(connection, item, incident, "lost")

    def incidents(self, limit: int) -> tuple[Incident, ...]:
        """The newest incidents, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(incidents).order_by(incidents.c.id.desc()).limit(limit)).mappings()
            return tuple(Incident(**row) for row in rows)

    def standing(self) -> Standing:
        """Counts over the whole inventory."""
        kept = objects.c.state != "disposed"
        query = select(
            func.count(),
            func.coalesce(func.sum(objects.c.size), 0),
            _count(objects.c.state.in_(("damaged", "lost"))),
            _count(objects.c.replicated_at.is_(None)),
            _count(objects.c.checked_at.is_(None)),
        ).where(kept)
        oldest = select(objects.c.checked_at).where(kept, objects.c.checked_at.is_not(None)).order_by(objects.c.checked_at)
        with self._database.reading() as connection:
            counts = connection.execute(query).one()
            number, size, unsound, unreplicated, unchecked = (int(count) for count in counts)
            last = connection.execute(oldest.limit(1)).scalar()
        return Standing(number, size, unsound, unreplicated, unchecked, last)


def rotted_versions(address: str, bucket: str, key: str) -> frozenset[str]:
    """Versions of an object that were found damaged and have a restored one beside them.

    A server may give no answer at all for them (`storage.objects.s3`), so who looks for the first sound one skips them.

    Args:
        address: of the ledger; it is asked only about the few objects that have several versions.
        bucket: the bucket.
        key: the key.

    Raises:
        LedgerUnavailable: it does not answer.
    """
    query = select(incidents.c.version_id).where(
        incidents.c.bucket == bucket, incidents.c.key == key, incidents.c.outcome == "restored"
    )
    database = Database.attach(address)  # who asks may be in the middle of a transaction
    try:
        with database.reading() as connection:
            return frozenset(connection.execute(query).scalars())
    finally:
        database.close()


def enter_objects(connection: Connection, stored: Sequence[StoredObject], record_id: str | None) -> None:
    """Enter objects that are durable, and have each replicated; what is known already stays as it is.

    Args:
        connection: inside the transaction that announces them.
        stored: the objects.
        record_id: the record that they belong to; None for received bytes.
    """
    for one in stored:
        if connection.execute(select(objects.c.key).where(*_place(one.bucket, one.key))).first() is not None:
            continue
        row = {"version_id": one.version_id, "sha256": one.sha256, "size": one.size, "record_id": record_id}
        place = {"bucket": one.bucket, "key": one.key}
        connection.execute(insert(objects).values(**place, **row, entered_at=datetime.now(UTC)))
        add_errand(connection, "replicate", {**place, "version_id": one.version_id, "sha256": one.sha256})


def is_destroyed(connection: Connection, bucket: str, key: str) -> bool:
    """Whether an object was there and went with its record."""
    found = connection.execute(select(objects.c.state).where(*_place(bucket, key))).scalar()
    return found == "disposed"


def _change(connection: Connection, stored: StoredObject, **values: object) -> bool:
    """Change the row of an object; False when it was destroyed, which nothing takes back."""
    query = update(objects).where(*_place(stored.bucket, stored.key), objects.c.state != "disposed")
    return connection.execute(query.values(**values)).rowcount > 0


def _open_incident(stored: StoredObject) -> Select[tuple[int]]:
    return select(incidents.c.id).where(
        incidents.c.bucket == stored.bucket, incidents.c.key == stored.key, incidents.c.ended_at.is_(None)
    )


def _place(bucket: str, key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return objects.c.bucket == bucket, objects.c.key == key


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def alarm_subject(bucket: str, sha256: str) -> str:
    """What an alarm names the object by: short, and the same each time."""
    return f"{bucket}/{sha256[:16]}"


def _tell(connection: Connection, item: Item, incident: int, outcome: str) -> None:
    add_line(
        connection,
        actor="fixity",
        act="restore",
        citizen=None,
        record_id=item.record_id,
        why=f"incident {incident}",
        outcome=outcome,
    )


def _item(found: RowMapping) -> Item:
    stored = StoredObject(
        bucket=found["bucket"],
        key=found["key"],
        version_id=found["version_id"],
        sha256=Sha256(found["sha256"]),
        size=found["size"],
    )
    return Item(stored, found["record_id"], found["state"], found["checked_at"], found["replicated_at"])
