"""A byte that rots is found and repaired from the second copy; nothing is said of a store that is away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from dossier.errors import (
    DossierError,
    LedgerUnavailable,
    MasterKeyMissing,
    Misconfigured,
    NoSuchObject,
    PlaceGone,
    SealBroken,
    StoreUnavailable,
)
from dossier.records import StoredObject
from storage.alarms import Alarms
from storage.audit.trail import AuditTrail
from storage.database.keeping_tables import objects
from storage.healing.fixity import Copies, Pace, check, check_due
from storage.healing.replication import copy_object, prepare_replica
from storage.inventory import Inventory, enter_objects, rotted_versions
from storage.keys.master_key import FileMasterKey
from storage.keys.vault import Vault
from storage.ledger import Ledger
from storage.objects.folder import FolderStore
from storage.objects.store import Body
from storage.records.warehouse import Warehouse
from tests.twins.memory_warehouse import BUCKETS
from tests.twins.papers import digest, record, sealed
from tests.twins.retired_house import retired
from tests.twins.two_stores import LOCK, FailingObjects, TwoStores


@pytest.fixture
def house(ledger: Ledger) -> TwoStores:
    return TwoStores(ledger)


def told(house: TwoStores) -> list[tuple[str, str, str]]:
    lines = AuditTrail(house.ledger).lines(10)
    return [(line.actor, line.act, line.outcome) for line in reversed(lines)]


def destroy(house: TwoStores, stored: StoredObject) -> None:
    """As `storage.retention.disposal` does once it has begun."""
    with house.ledger.database.writing() as connection:
        connection.execute(objects.update().where(objects.c.key == stored.key).values(state="disposed"))


def test_a_flipped_byte_is_restored_as_a_new_version_under_the_same_lock(house: TwoStores) -> None:
    item = house.put_twice()
    house.store.rot(item.stored)

    assert house.cycle() == {"restored": 1}
    old, new = house.store.versions(item.stored.bucket, item.stored.key)
    assert house.content(item.stored, new) == b"sealed bytes"
    assert old == item.stored.version_id
    head = house.store.head(item.stored.bucket, item.stored.key, new)
    assert head is not None
    assert (head.lock_mode, head.locked_until) == ("COMPLIANCE", LOCK)
    after = house.item(item.stored)
    assert (after.state, after.stored.version_id) == ("sound", new)


def test_a_repair_ends_its_incident_leaves_an_alarm_and_a_line_in_the_trail(house: TwoStores) -> None:
    item = house.put_twice()
    house.store.rot(item.stored)
    house.cycle()

    incident = house.incident()
    assert (incident.what, incident.outcome, incident.version_id) == ("STORE_CORRUPT", "restored", item.stored.version_id)
    assert incident.restored_version == house.item(item.stored).stored.version_id
    assert incident.ended_at is not None
    assert house.alarms == ["object_damaged"]
    assert told(house) == [("fixity", "restore", "restored")]


def test_a_restored_object_is_sound_in_the_next_cycle(house: TwoStores) -> None:
    item = house.put_twice()
    house.store.rot(item.stored)
    house.cycle()

    assert house.cycle() == {"sound": 1}
    assert len(house.store.versions(item.stored.bucket, item.stored.key)) == 2
    assert len(house.inventory.incidents(9)) == 1


def test_what_rotted_is_known_to_readers_once_a_sound_version_stands_beside_it(house: TwoStores, address: str) -> None:
    item = house.put_twice()
    place = item.stored.bucket, item.stored.key
    house.store.rot(item.stored)

    assert rotted_versions(address, *place) == frozenset()
    house.cycle()
    assert rotted_versions(address, *place) == {item.stored.version_id}


def test_a_record_whose_objects_never_answer_any_more_is_read_and_found_once_they_are_restored(
    house: TwoStores, address: str, tmp_path: Path
) -> None:
    vault = Vault.open(house.store, BUCKETS, FileMasterKey("5e" * 32))
    warehouse = Warehouse(
        house.store, vault, BUCKETS, retention=lambda _type: timedelta(days=9), rotted=partial(rotted_versions, address)
    )
    paper, pdf = record(), sealed(tmp_path)
    stored = warehouse.put(paper, pdf)
    with house.ledger.database.writing() as connection:
        enter_objects(connection, stored.objects, paper.key.record_id)
    house.copy()
    house.store.silent |= {one.version_id for one in stored.objects}
    with pytest.raises(StoreUnavailable):
        warehouse.find(paper.key)

    assert house.cycle() == {"restored": len(stored.objects)}
    assert b"".join(warehouse.content(paper.key, stored.version_id)) == pdf.path.read_bytes()
    found = warehouse.find(paper.key)
    assert found is not None
    assert found.sha256 == stored.sha256


def test_who_asks_what_rotted_waits_for_no_writer(house: TwoStores, address: str) -> None:
    with house.ledger.database.writing():
        assert rotted_versions(address, "archive", "a key") == frozenset()


def test_a_byte_that_rots_in_the_replica_is_copied_again(house: TwoStores) -> None:
    item = house.put_twice()
    house.replica.rot(item.stored)

    assert house.cycle() == {"copied_again": 1}
    assert house.cycle() == {"sound": 1}
    assert len(house.replica.versions(item.stored.bucket, item.stored.key)) == 2
    assert len(house.store.versions(item.stored.bucket, item.stored.key)) == 1


def test_what_rots_in_both_is_lost_until_a_sound_copy_comes_back(house: TwoStores) -> None:
    item = house.put_twice()
    house.store.rot(item.stored)
    house.replica.rot(item.stored)

    assert house.cycle() == {"lost": 1}
    assert house.cycle() == {"lost": 1}
    assert house.item(item.stored).state == "lost"
    assert house.alarms == ["object_damaged", "object_lost"]
    assert house.incident().ended_at is None

    house.replica.mend(item.stored)
    assert house.cycle() == {"restored": 1}
    assert house.alarms == ["object_damaged"]
    assert len(house.inventory.incidents(9)) == 1
    assert told(house) == [("fixity", "restore", "lost"), ("fixity", "restore", "restored")]


def test_without_a_replica_what_rots_is_lost(house: TwoStores) -> None:
    item = house.put()
    house.store.rot(item.stored)
    alone = replace(house.copies(), replica=None)

    assert check(item, alone, house.inventory) == "lost"


def test_an_object_that_is_missing_is_damaged(house: TwoStores) -> None:
    item = house.put_twice()
    house.store.buckets[item.stored.bucket].clear()

    assert house.cycle() == {"restored": 1}
    assert house.content(item.stored) == b"sealed bytes"


@pytest.mark.parametrize("which", ["store", "replica"])
def test_a_store_that_is_away_says_nothing_of_its_objects(house: TwoStores, which: str) -> None:
    house.put_twice()
    getattr(house, which).away = True

    with pytest.raises(StoreUnavailable):
        house.cycle()
    assert house.inventory.incidents(9) == ()
    assert house.alarms == []


def test_damage_waits_for_a_replica_that_is_away(house: TwoStores) -> None:
    item = house.put_twice()
    house.store.rot(item.stored)
    house.replica.away = True

    with pytest.raises(StoreUnavailable):
        house.cycle()
    assert house.item(item.stored).state == "damaged"
    house.replica.away = False
    assert house.cycle() == {"restored": 1}


def test_one_object_that_never_answers_although_the_store_does_is_damaged(house: TwoStores) -> None:
    item, other = house.put_twice(), house.put_twice("citizens/bb/document")
    house.store.silent.add(item.stored.version_id)

    assert house.cycle() == {"restored": 1, "sound": 1}
    assert house.content(item.stored) == b"sealed bytes"
    assert house.item(other.stored).stored.version_id == other.stored.version_id


def test_a_read_that_breaks_once_is_no_damage(house: TwoStores) -> None:
    item = house.put_twice()
    house.store.broken_reads = 1

    assert house.check(item) == "sound"
    assert house.inventory.incidents(9) == ()


def test_one_answer_that_fails_while_the_store_is_up_is_no_damage(
    house: TwoStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.put_twice()
    answers = iter([StoreUnavailable("SlowDown, HTTP 503")])

    def versions(bucket: str, key: str) -> tuple[str, ...]:
        for failed in answers:
            raise failed
        return FailingObjects.versions(house.store, bucket, key)

    monkeypatch.setattr(house.store, "versions", versions)

    assert house.cycle() == {"sound": 1}
    assert (house.alarms, house.inventory.incidents(9)) == ([], ())


def test_what_was_thought_damaged_and_reads_again_is_sound_again(house: TwoStores) -> None:
    item = house.put_twice()
    house.store.rot(item.stored)
    house.inventory.found_damaged(item, "STORE_CORRUPT")
    house.store.mend(item.stored)

    assert house.cycle() == {"sound": 1}
    assert house.incident().outcome == "sound_again"
    assert len(house.store.versions(item.stored.bucket, item.stored.key)) == 1


class SuddenDeath(Exception):
    """The process is gone."""


class Seals:
    """A verifier that a test may teach that every seal is broken."""

    holds = True

    def verify(self, path: Path) -> object:
        """Look at a paper."""
        if not self.holds:
            raise SealBroken("digest")
        return path.read_bytes()


def test_a_broken_seal_with_the_right_bytes_is_an_incident_and_nothing_is_written(house: TwoStores) -> None:
    item, seals = house.put_twice("citizens/aa/document.pdf"), Seals()
    seals.holds = False
    copies = replace(house.copies(), verify=seals.verify)

    assert check(item, copies, house.inventory) == "seal_broken"
    assert check(house.item(item.stored), copies, house.inventory) == "seal_broken"
    (incident,) = house.inventory.incidents(9)
    assert (incident.what, incident.ended_at) == ("SEAL_BROKEN", None)
    assert house.alarms == ["object_damaged"]
    assert len(house.store.versions(item.stored.bucket, item.stored.key)) == 1

    seals.holds = True
    assert check(house.item(item.stored), copies, house.inventory) == "sound"
    assert house.incident().outcome == "sound_again"


def test_a_master_key_that_is_missing_breaks_no_seal(house: TwoStores) -> None:
    class Locked:
        def decrypt(self, chunks: Iterator[bytes], into: Path) -> Path:
            raise MasterKeyMissing("no key")

    item = house.put_twice("citizens/aa/document.pdf")

    with pytest.raises(MasterKeyMissing):
        check(item, replace(house.copies(), vault=Locked()), house.inventory)
    assert house.inventory.incidents(9) == ()


def test_the_longest_unchecked_is_looked_at_first_and_each_once_in_a_cycle(house: TwoStores) -> None:
    first, second, third = (house.put(f"citizens/{name}/document") for name in ("cc", "bb", "aa"))
    now = datetime.now(UTC)
    house.inventory.checked(first, now - timedelta(days=50))
    house.inventory.checked(second, now - timedelta(days=40))
    house.inventory.checked(third, now - timedelta(days=3))
    never = house.put("citizens/dd/document")
    month = timedelta(days=30)

    def run() -> dict[str, int]:
        return {**check_due(house.copies(), house.inventory, cycle=month, pace=Pace(1e9), seconds=30)}

    assert run() == {"sound": 3}
    assert house.store.read_keys == [one.stored.key for one in (never, first, second)]
    assert run() == {}


def test_a_run_ends_when_its_time_is_over_and_the_next_goes_on(house: TwoStores) -> None:
    for number in range(3):
        house.put(f"citizens/{number}/document")

    def run() -> int:
        pace = Pace(100.0)  # 12 bytes take 0.12 s
        return sum(
            check_due(
                house.copies(), house.inventory, cycle=timedelta(days=1), pace=pace, seconds=0.05
            ).values()
        )  # fmt: skip

    assert [run(), run(), run(), run()] == [1, 1, 1, 0]


def test_reading_goes_no_faster_than_its_pace() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(2_000_000.0, sleep, lambda: now[0])
    took = []
    for size in (10, 1, 4):
        for _ in pace.through(iter([bytes(1_000_000)] * size)):
            took.append(now[0])

    assert now[0] == pytest.approx(7.5)
    assert all(later - earlier == pytest.approx(0.5) for earlier, later in pairwise(took))


def test_a_pause_is_not_made_up_for_by_a_burst() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(1_000_000.0, sleep, lambda: now[0])
    list(pace.through(iter([b"x"])))
    now[0] = 100.0
    list(pace.through(iter([bytes(1_000_000)] * 10)))

    assert now[0] == pytest.approx(109.0)


def test_a_run_that_was_killed_after_it_wrote_leaves_one_new_version(house: TwoStores) -> None:
    item = house.put_twice()
    house.store.rot(item.stored)

    def die() -> None:
        raise SuddenDeath

    house.store.after_writing = die
    with pytest.raises(SuddenDeath):
        house.cycle()
    house.store.after_writing = lambda: None
    assert house.item(item.stored).state == "damaged"

    assert house.cycle() == {"restored": 1}
    versions = house.store.versions(item.stored.bucket, item.stored.key)
    assert len(versions) == 2
    assert house.item(item.stored).stored.version_id == versions[1]
    assert house.incident().restored_version == versions[1]


def test_what_was_destroyed_is_not_looked_at(house: TwoStores) -> None:
    item = house.put_twice()
    house.store.rot(item.stored)
    destroy(house, item.stored)

    assert house.cycle() == {}
    assert check(item, house.copies(), house.inventory) == "disposed"
    assert house.item(item.stored).state == "disposed"
    assert house.inventory.incidents(9) == ()


def test_what_is_destroyed_while_it_is_restored_does_not_come_back(house: TwoStores) -> None:
    gone = datetime.now(UTC) - timedelta(days=1)
    item = house.put_twice()
    for store in (house.store, house.replica):  # its time is over
        versions = store.buckets[item.stored.bucket][item.stored.key]
        versions[:] = [replace(one, head=replace(one.head, locked_until=gone)) for one in versions]
    house.store.rot(item.stored)

    house.store.after_writing = lambda: destroy(house, item.stored)

    assert house.cycle() == {"disposed": 1}
    assert house.store.versions(item.stored.bucket, item.stored.key) == (item.stored.version_id,)
    assert house.item(item.stored).state == "disposed"
    assert house.incident().outcome is None


def test_a_legal_hold_goes_with_the_copy_and_comes_back_with_the_repair(house: TwoStores) -> None:
    item = house.put()
    house.store.set_legal_hold(item.stored.bucket, item.stored.key, item.stored.version_id, on=True)
    house.copy()
    house.store.rot(item.stored)
    house.cycle()

    head = house.store.head(item.stored.bucket, item.stored.key)
    assert head is not None
    assert head.legal_hold
    assert head.version_id != item.stored.version_id


def test_the_seal_is_judged_on_the_decrypted_paper_in_the_work_folder(house: TwoStores, tmp_path: Path) -> None:
    item = house.put_twice("citizens/aa/document.pdf", b"%PDF")
    seen: list[tuple[bytes, Path]] = []
    work = tmp_path / "work"
    work.mkdir()
    copies = Copies(
        house.store, house.replica, house.copies().vault, lambda path: seen.append((path.read_bytes(), path)), work
    )

    assert check(item, copies, house.inventory) == "sound"
    ((content, path),) = seen
    assert content == b"%PDF"
    assert path.is_relative_to(work)
    assert list(work.iterdir()) == []


class Failing:
    """Opens everything but one content."""

    def __init__(self, fault: DossierError, content: bytes) -> None:
        self.fault = fault
        self.content = content

    def decrypt(self, chunks: Iterator[bytes], into: Path) -> Path:
        """Write the content, or fail."""
        into.write_bytes(b"".join(chunks))
        if into.read_bytes() == self.content:
            raise self.fault
        return into


@pytest.mark.parametrize("fault", [NoSuchObject("a copy"), Misconfigured("a lock"), StoreUnavailable("ReadTimeoutError")])
def test_one_object_that_cannot_be_looked_at_stops_no_other(house: TwoStores, fault: DossierError) -> None:
    odd = house.put_twice("citizens/aa/document.pdf", b"odd")
    flipped = house.put_twice("citizens/bb/document.pdf", b"flipped")
    house.store.rot(flipped.stored)
    copies = replace(house.copies(), vault=Failing(fault, b"odd"))

    def run() -> dict[str, int]:
        return {**check_due(copies, house.inventory, cycle=timedelta(days=30), pace=Pace(1e9), seconds=30)}

    assert run() == {"failed": 1, "restored": 1}
    after = house.item(odd.stored)
    assert (after.state, after.checked_at is not None) == ("damaged", True)
    told = {one.key: (one.what, one.outcome) for one in house.inventory.incidents(9)}
    assert told == {odd.stored.key: (fault.code, None), flipped.stored.key: ("STORE_CORRUPT", "restored")}
    assert house.alarms == ["object_damaged", "object_damaged"]
    assert run() == {"failed": 1}
    assert house.cycle() == {"sound": 2}


@pytest.mark.parametrize("fault", [PlaceGone(), LedgerUnavailable(), MasterKeyMissing()])
def test_what_ails_the_whole_house_ends_the_run_and_says_nothing_of_an_object(
    house: TwoStores, fault: DossierError
) -> None:
    house.put_twice("citizens/aa/document.pdf", b"odd")
    copies = replace(house.copies(), vault=Failing(fault, b"odd"))

    with pytest.raises(type(fault)):
        check_due(copies, house.inventory, cycle=timedelta(0), pace=Pace(1e9), seconds=30)
    assert house.alarms == []


def test_a_store_without_the_bucket_ends_the_run_and_says_nothing_of_an_object(house: TwoStores) -> None:
    house.put_twice()
    del house.store.buckets[BUCKETS.archive]

    with pytest.raises(Misconfigured):
        house.cycle()
    assert house.alarms == []


def test_two_runs_that_mend_the_same_object_do_no_harm(house: TwoStores) -> None:
    item = house.put_twice()
    house.store.rot(item.stored)
    others: list[str] = []

    def other_run() -> None:
        house.store.after_writing = lambda: None
        others.append(house.check(item))

    house.store.after_writing = other_run

    assert (house.cycle(), others) == ({"restored": 1}, ["restored"])
    assert house.item(item.stored).state == "sound"
    assert len(house.inventory.incidents(9)) == 1
    assert house.cycle() == {"sound": 1}


def test_what_another_run_looked_at_meanwhile_is_not_looked_at_again(house: TwoStores) -> None:
    first, second = house.put_twice("citizens/aa/document"), house.put_twice("citizens/bb/document")
    house.store.rot(first.stored)
    house.store.rot(second.stored)

    def other_run() -> None:
        house.store.after_writing = lambda: None
        house.check(second)

    house.store.after_writing = other_run

    assert house.cycle() == {"restored": 1}
    assert len(house.inventory.incidents(9)) == 2
    assert house.item(second.stored).state == "sound"


@pytest.mark.parametrize("which", ["store", "replica"])
def test_a_damaged_note_of_a_lock_is_told_and_written_anew_with_the_hold_on(
    ledger: Ledger, tmp_path: Path, which: str
) -> None:
    house = replace(retired(ledger, tmp_path), old=False)
    paper = house.file(house.receive(b"scan"))
    row, inventory = house.row(paper), Inventory(ledger.database)
    item = inventory.item(row.bucket, paper.key.content)
    assert item is not None
    stores = {name: FolderStore.create(tmp_path / name) for name in ("store", "replica")}
    for store in stores.values():
        prepare_replica(store, house.buckets)
        version_id = copy_object(item.stored, house.warehouse.store, item.stored.version_id, store)
    with ledger.database.writing() as connection:
        connection.execute(objects.delete().where(objects.c.key != item.stored.key))
        connection.execute(objects.update().values(version_id=version_id, replicated_at=datetime.now(UTC)))
    (note,) = (tmp_path / which).rglob("*.lock.json")
    note.write_bytes(note.read_bytes().replace(b"20", b"19", 1))
    copies = Copies(stores["store"], stores["replica"], house.warehouse.vault, lambda path: path)

    check_due(copies, inventory, cycle=timedelta(0), pace=Pace(1e9), seconds=30)

    head = stores[which].head(row.bucket, item.stored.key)
    assert head is not None
    assert (head.locked_until, head.legal_hold, head.lock_damaged) == (row.keep_until, True, False)
    (incident,) = inventory.incidents(9)
    assert (incident.what, incident.outcome) == ("STORE_CORRUPT", "sound_again")
    assert [one.kind for one in Alarms(ledger.database).open_ones()] == ["object_damaged"]
    check_due(copies, inventory, cycle=timedelta(0), pace=Pace(1e9), seconds=30)
    assert len(inventory.incidents(9)) == 1


def anchor_with_notes_damaged(ledger: Ledger, folder: Path, *which: str) -> tuple[Copies, str]:
    """An object that belongs to no record, in two folder stores; the stores, and its key."""
    stores, key, content = [FolderStore.create(folder / name) for name in ("store", "replica")], "anchors/1.age", b"anchor"
    for store in stores:
        prepare_replica(store, BUCKETS)
        body = Body((content,), len(content), digest(content), "application/octet-stream")
        version_id = store.put_version(BUCKETS.audit, key, body, locked_until=LOCK)
    with ledger.database.writing() as connection:
        enter_objects(connection, (StoredObject(BUCKETS.audit, key, version_id, digest(content), len(content)),), None)
    for name in which:
        (note,) = (folder / name).rglob("*.lock.json")
        note.write_bytes(b"x")
    return Copies(stores[0], stores[1], Failing(StoreUnavailable(), b""), lambda path: path), key


def test_a_damaged_note_of_what_belongs_to_no_record_is_written_anew_from_the_other_store(
    ledger: Ledger, tmp_path: Path
) -> None:
    copies, key = anchor_with_notes_damaged(ledger, tmp_path, "store")
    inventory = Inventory(ledger.database)

    for _ in range(2):
        assert check_due(copies, inventory, cycle=timedelta(0), pace=Pace(1e9), seconds=30) == {"sound": 1}

    head = copies.store.head(BUCKETS.audit, key)
    assert head is not None
    assert (head.locked_until, head.legal_hold, head.lock_damaged) == (LOCK, True, False)
    assert [(one.what, one.outcome) for one in inventory.incidents(9)] == [("STORE_CORRUPT", "sound_again")]


def test_where_nothing_tells_until_when_a_lock_was_the_incident_stays_open(ledger: Ledger, tmp_path: Path) -> None:
    copies, key = anchor_with_notes_damaged(ledger, tmp_path, "store", "replica")
    inventory = Inventory(ledger.database)

    for _ in range(2):
        assert check_due(copies, inventory, cycle=timedelta(0), pace=Pace(1e9), seconds=30) == {"failed": 1}

    head = copies.store.head(BUCKETS.audit, key)
    assert head is not None
    assert head.lock_damaged
    assert [(one.what, one.outcome) for one in inventory.incidents(9)] == [("STORE_CORRUPT", None)]
