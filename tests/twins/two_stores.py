"""Two stores in memory with an inventory: bytes rot, servers go away, or answer for everything but one object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dossier.errors import StoreUnavailable
from dossier.records import StoredObject
from dossier.values import Sha256
from storage.alarms import Alarms
from storage.healing.fixity import Copies, Finding, Pace, check, check_due
from storage.healing.replication import prepare_replica, replicate_due
from storage.inventory import Incident, Inventory, Item, enter_objects
from storage.ledger import Ledger
from storage.objects.store import Body, Head
from storage.outbox import Outbox
from tests.twins.memory_objects import MemoryObjects
from tests.twins.memory_warehouse import BUCKETS
from tests.twins.papers import digest

LOCK = datetime(2040, 1, 2, tzinfo=UTC)


class FailingObjects(MemoryObjects):
    """A store that may be away, or never answers for some versions although it answers for its buckets."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.silent: set[str] = set()
        """Versions whose bytes never come."""
        self.broken_reads = 0
        """So many reads break off."""
        self.after_writing: Callable[[], None] = lambda: None
        """Happens between a write and its answer."""
        self.read_keys: list[str] = []
        prepare_replica(self, BUCKETS)

    def has_bucket(self, bucket: str) -> bool:
        """Whether it is there."""
        self._answer()
        return super().has_bucket(bucket)

    def versions(self, bucket: str, key: str) -> tuple[str, ...]:
        """Oldest first."""
        self._answer()
        return super().versions(bucket, key)

    def read(self, bucket: str, key: str, version_id: str | None = None) -> Iterator[bytes]:
        """Give an object."""
        self._answer()
        self.read_keys.append(key)
        if self.broken_reads:
            self.broken_reads -= 1
            raise StoreUnavailable("ProtocolError")
        if version_id in self.silent:
            raise StoreUnavailable("ReadTimeoutError")
        return super().read(bucket, key, version_id)

    def head(self, bucket: str, key: str, version_id: str | None = None) -> Head | None:
        """What is known of an object."""
        self._answer()
        if version_id in self.silent:
            raise StoreUnavailable("ReadTimeoutError")
        return super().head(bucket, key, version_id)

    def put_version(self, bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str:
        """Write one more version."""
        self._answer()
        written = super().put_version(bucket, key, body, locked_until=locked_until)
        self.after_writing()
        return written

    def rot(self, stored: StoredObject) -> None:
        """Flip a bit in every version."""
        versions = self.buckets[stored.bucket][stored.key]
        versions[:] = [replace(one, content=bytes([one.content[0] ^ 1]) + one.content[1:]) for one in versions]

    def mend(self, stored: StoredObject) -> None:
        """Flip it back."""
        self.rot(stored)

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailable("ConnectTimeoutError")


@dataclass
class TwoStores:
    """An object's two homes and what is known of it."""

    ledger: Ledger
    store: FailingObjects = field(default_factory=FailingObjects)
    replica: FailingObjects = field(default_factory=FailingObjects)

    @property
    def inventory(self) -> Inventory:
        """What must be there."""
        return Inventory(self.ledger.database)

    @property
    def outbox(self) -> Outbox:
        """What is to be done."""
        return Outbox(self.ledger.database)

    @property
    def alarms(self) -> list[str]:
        """Kinds of the open alarms."""
        return sorted(alarm.kind for alarm in Alarms(self.ledger.database).open_ones())

    def put(self, key: str = "citizens/aa/document", content: bytes = b"sealed bytes", record: str | None = None) -> Item:
        """Write an object and enter it."""
        body = Body((content,), len(content), digest(content), "application/octet-stream")
        version_id = self.store.put_version(BUCKETS.archive, key, body, locked_until=LOCK)
        stored = StoredObject(BUCKETS.archive, key, version_id, Sha256(body.sha256), body.size)
        with self.ledger.database.writing() as connection:
            enter_objects(connection, (stored,), record)
        return self.item(stored)

    def item(self, stored: StoredObject) -> Item:
        """As it stands now."""
        found = self.inventory.item(stored.bucket, stored.key)
        assert found is not None
        return found

    def copy(self) -> tuple[int, int]:
        """Carry out what is due."""
        return replicate_due(self.outbox, self.store, self.replica, self.inventory)

    def put_twice(self, key: str = "citizens/aa/document", content: bytes = b"sealed bytes") -> Item:
        """Write an object and its copy."""
        item = self.put(key, content)
        assert self.copy() == (1, 0)
        return self.item(item.stored)

    def check(self, item: Item) -> Finding:
        """Look at one object."""
        return check(self.item(item.stored), self.copies(), self.inventory)

    def cycle(self, **others: float) -> dict[Finding, int]:
        """Look at what is due."""
        pace = Pace(1e9)
        seconds = others.get("seconds", 30.0)
        return check_due(self.copies(), self.inventory, cycle=timedelta(0), pace=pace, seconds=seconds)

    def copies(self) -> Copies:
        """Where things are; every seal holds."""
        return Copies(self.store, self.replica, _Plain(), lambda path: path)

    def content(self, stored: StoredObject, version_id: str | None = None) -> bytes:
        """What the store gives back."""
        return b"".join(self.store.read(stored.bucket, stored.key, version_id))

    def incident(self) -> Incident:
        """The newest."""
        return self.inventory.incidents(1)[0]


class _Plain:
    def decrypt(self, chunks: Iterator[bytes], into: Path) -> Path:
        into.write_bytes(b"".join(chunks))
        return into
