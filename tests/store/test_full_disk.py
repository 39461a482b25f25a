"""A disk that is really full, to its last block: nothing is half-published, and the intake goes on by itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from config.retention import Period, Retention
from config.settings import Settings
from dossier.errors import NoSuchObject, StoreCorrupt
from dossier.values import Sha256
from flows.guards import LOOK_EVERY, IntakeGuard
from flows.tools import Tools
from flows.watch import take_still_files
from ocr.type_model import load_type_model
from storage.alarms import Alarms
from storage.intake.inbox import Stillness
from storage.keys.master_key import FileMasterKey
from storage.keys.vault import Vault
from storage.ledger import Ledger
from storage.objects.buckets import Buckets
from storage.objects.folder import FolderStore
from storage.places import mark_places
from storage.records.warehouse import Warehouse
from tests.conftest import MASTER_KEY
from tests.twins.papers import digest

SAMPLE = Path(__file__).parents[2] / "samples" / "scan6772.jpg"
MIB = 1 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def tools(small_disk: Path) -> Iterator[Tools]:
    settings = Settings(home=small_disk, store="filesystem", still_seconds=0.0, patience_seconds=0.0, disk_low_mb=8)
    store = FolderStore.create(settings.store_folder)
    mark_places(settings.home, settings.places)
    (settings.inbox / "mot-cua").mkdir()
    buckets = Buckets("sohoa")
    for bucket, locked in buckets.each():
        store.make_bucket(bucket, locked=locked)
    vault = Vault.open(store, buckets, FileMasterKey(MASTER_KEY))
    ledger = Ledger.open(settings.ledger_address)
    warehouse = Warehouse(store, vault, buckets, retention=lambda _type: timedelta(days=30), work=settings.work)
    yield Tools(settings, ledger, warehouse, (), load_type_model(), Retention({}, Period(1, "nobody")))
    ledger.close()


def look(tools: Tools, guard: IntakeGuard) -> bool:
    """One look into the inbox as the watcher takes it; False where it rests."""
    if not guard.may_go_on():
        return False
    with tools.cage() as cage:
        asyncio.run(take_still_files(tools, cage, Stillness(0.0)))
    return True


def drop(tools: Tools) -> Sha256:
    content = SAMPLE.read_bytes()
    (tools.settings.inbox / "mot-cua" / "scan.jpg").write_bytes(content)
    return digest(content)


def fill(folder: Path, leave: int) -> Path:
    """Take the disk's room but for so many bytes."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        os.posix_fallocate(file.fileno(), 0, free - leave)
    return ballast


def in_store(tools: Tools) -> list[str]:
    return [one.key for one in tools.warehouse.store.listed(tools.warehouse.buckets.intake)]


def is_received(tools: Tools, sha256: Sha256, folder: Path) -> bool:
    """Whether the received bytes are there and whole; they are fetched to another disk."""
    try:
        tools.warehouse.fetch_source(sha256, folder / "fetched")
    except (NoSuchObject, StoreCorrupt):
        return False
    return True


def test_below_the_low_water_mark_nothing_is_taken_and_room_lets_it_go_on(tools: Tools, tmp_path: Path) -> None:
    clock = iter(range(0, 1000, int(LOOK_EVERY) + 1))
    guard = IntakeGuard(tools, clock=lambda: float(next(clock)))
    sha256 = drop(tools)
    ballast = fill(tools.settings.home, leave=6 * MIB)

    assert not look(tools, guard)
    assert (tools.settings.inbox / "mot-cua" / "scan.jpg").exists()
    assert (tools.ledger.receipts(10), in_store(tools)) == ((), [])
    assert [alarm.kind for alarm in Alarms(tools.ledger.database).open_ones()] == ["disk_low"]

    ballast.unlink()
    assert look(tools, guard)
    assert [receipt.outcome for receipt in tools.ledger.receipts(10)] == ["taken"]
    assert len(in_store(tools)) == 1
    assert is_received(tools, sha256, tmp_path)
    assert Alarms(tools.ledger.database).open_ones() == ()


@pytest.mark.parametrize("leave", [0, 64 * 1024, 400 * 1024, 900 * 1024])
def test_on_a_disk_that_is_full_to_the_last_block_nothing_is_half_published(
    tools: Tools, leave: int, tmp_path: Path
) -> None:
    """The mark is set to nothing, so that the writes themselves run against the end of the disk, at different places."""
    blind = replace(tools, settings=tools.settings.model_copy(update={"disk_low_mb": 0}))
    sha256 = drop(blind)
    ballast = fill(blind.settings.home, leave)

    look(blind, IntakeGuard(blind))
    taken = [receipt.outcome for receipt in blind.ledger.receipts(10)]
    assert taken == [] or (taken == ["taken"] and leave > 0)
    if taken:
        assert is_received(blind, sha256, tmp_path)
    else:
        assert (blind.settings.inbox / "mot-cua" / "scan.jpg").read_bytes() == SAMPLE.read_bytes()
        assert in_store(blind) == [] or is_received(blind, sha256, tmp_path)

    ballast.unlink()
    look(blind, IntakeGuard(blind))
    assert [receipt.outcome for receipt in blind.ledger.receipts(10)] == ["taken"]
    assert len(in_store(blind)) == 1
    assert is_received(blind, sha256, tmp_path)
    assert not list((blind.settings.inbox / "mot-cua").iterdir())
