"""One byte flips on the disk of a real store: the fixity check finds it and repairs it from the second store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from config.settings import Settings
from dossier.records import Record, Stored, StoredObject
from flows.opening import open_replica, open_store
from flows.replicate import replicate_all
from flows.tools import Tools, open_tools
from storage.alarms import Alarms
from storage.audit.trail import AuditTrail
from storage.healing.fixity import Copies, Finding, Pace, check_due
from storage.inventory import Inventory, enter_objects
from storage.objects.folder import FolderStore
from storage.outbox import Outbox
from storage.places import mark_places
from tests.conftest import MASTER_KEY, S3Server
from tests.twins.flipped_byte import flip_in_bluestore, flip_in_folder
from tests.twins.papers import record, sealed

PAPER = b"%PDF-1.7 " + bytes(range(256)) * 1200
"""307 kB: under 4 MB it is one object of Ceph, and large enough not to pass through its log."""
SILENCE = 2.0  # seconds


@dataclass
class House:
    """A warehouse with a replica, and a way to let a byte of it rot."""

    tools: Tools
    flip: Callable[[bytes], None]

    @property
    def inventory(self) -> Inventory:
        """What must be there."""
        return Inventory(self.tools.ledger.database)

    def keep(self, folder: Path) -> tuple[Record, Stored]:
        """Store a paper and copy it."""
        paper, pdf = record(), sealed(folder, PAPER)
        stored = self.tools.warehouse.put(paper, pdf)
        with self.tools.ledger.database.writing() as connection:
            enter_objects(connection, stored.objects, paper.key.record_id)
        assert replicate_all(self.tools)["copied"] == len(stored.objects)
        return paper, stored

    def rot(self, stored: StoredObject) -> None:
        """Let a byte rot."""
        cipher = b"".join(self.tools.warehouse.store.read(stored.bucket, stored.key, stored.version_id))
        begin = len(cipher) // 3 // 4096 * 4096 + 512
        self.flip(cipher[begin : begin + 64])

    def cycle(self) -> dict[Finding, int]:
        """Look at everything once; the paper is no sealed PDF, so nobody judges its seal."""
        settings = self.tools.settings
        store, replica = (opened(settings, read_seconds=SILENCE) for opened in (open_store, open_replica))
        assert store is not None
        copies = Copies(store, replica, self.tools.warehouse.vault, lambda path: path)
        return check_due(copies, self.inventory, cycle=timedelta(days=30), pace=Pace(1e9), seconds=60)

    def content(self, paper: Record, stored: Stored) -> bytes:
        """What readers get."""
        return b"".join(self.tools.warehouse.content(paper.key, stored.version_id))


@pytest.fixture
def on_folders(tmp_path: Path) -> Iterator[House]:
    settings = Settings(home=tmp_path / "home", store="filesystem", replica="filesystem", master_key=MASTER_KEY)
    for folder in (settings.store_folder, settings.replica_path):
        FolderStore.create(folder)
    with _opened(settings, partial(flip_in_folder, settings.store_folder)) as house:
        yield house


@pytest.fixture
def on_ceph(tmp_path: Path, bluestore_server: Callable[[], S3Server], second_s3_server: S3Server) -> Iterator[House]:
    here, there = bluestore_server(), second_s3_server
    (access_key, secret_key), (replica_access_key, replica_secret_key) = here.keys_of("sohoa"), there.keys_of("sohoa")
    settings = Settings(
        home=tmp_path / "home",
        master_key=MASTER_KEY,
        bucket_prefix="healing",
        s3_endpoint=here.endpoint,
        s3_access_key=access_key,
        s3_secret_key=secret_key,
        replica="s3",
        replica_endpoint=there.endpoint,
        replica_access_key=replica_access_key,
        replica_secret_key=replica_secret_key,
    )

    def flip(piece: bytes) -> None:
        here.do("stop")
        flip_in_bluestore(here.folder, piece)
        here.do("start")

    with _opened(settings, flip) as house:
        yield house


@pytest.fixture(params=["folders", pytest.param("ceph", marks=pytest.mark.store)])
def house(request: pytest.FixtureRequest) -> House:
    made: House = request.getfixturevalue(f"on_{request.param}")
    return made


class _opened:  # noqa: N801 - a context manager, named as functions are
    def __init__(self, settings: Settings, flip: Callable[[bytes], None]) -> None:
        mark_places(settings.home, settings.places)
        self._opening, self._flip = open_tools(settings), flip

    def __enter__(self) -> House:
        tools = self._opening.__enter__()
        tools.warehouse.prepare()
        return House(tools, self._flip)

    def __exit__(self, *error: object) -> None:
        self._opening.__exit__(None, None, None)


def test_one_flipped_byte_is_found_and_repaired_from_the_replica(house: House, tmp_path: Path) -> None:
    paper, stored = house.keep(tmp_path)
    whole = house.content(paper, stored)
    content = next(one for one in stored.objects if one.key == paper.key.content)
    house.rot(content)

    found = house.cycle()

    assert found == {"restored": 1, "sound": len(stored.objects) - 1}
    after = house.inventory.item(content.bucket, content.key)
    assert after is not None
    assert after.state == "sound"
    assert after.stored.version_id != content.version_id
    assert house.content(paper, stored) == whole == PAPER
    head = house.tools.warehouse.store.head(content.bucket, content.key, after.stored.version_id)
    assert head is not None
    assert head.sha256 == content.sha256
    assert (head.lock_mode, head.locked_until) == ("COMPLIANCE", stored.keep_until)
    (incident,) = house.inventory.incidents(9)
    assert (incident.key, incident.version_id, incident.outcome) == (content.key, content.version_id, "restored")
    (line,) = AuditTrail(house.tools.ledger).lines(9)
    assert (line.actor, line.act, line.outcome, line.record_id) == ("fixity", "restore", "restored", paper.key.record_id)
    assert [alarm.kind for alarm in Alarms(house.tools.ledger.database).open_ones()] == ["object_damaged"]
    assert house.cycle() == {}
    assert Outbox(house.tools.ledger.database).waiting_since("replicate") is None
