"""Wrapped keys in two stores: read again in every run, restored in either direction, never mixed with other rings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from dossier.errors import StoreCorrupt, StoreUnavailable
from storage.keys.key_copies import replicate_keys
from storage.keys.key_ring import look, retire, rotate
from storage.keys.master_key import FileMasterKey
from storage.keys.vault import Vault
from storage.keys.wrappings import Wrapping, body_of, key_of
from tests.twins.memory_objects import Version
from tests.twins.memory_warehouse import BUCKETS
from tests.twins.two_stores import FailingObjects

OLD, NEW = FileMasterKey("0a" * 32), FileMasterKey("1b" * 32)
FIRST, SECOND = "keyring/0001.json", "keyring/0002.json"
DAMAGE = (FIRST, StoreCorrupt.code)
BEHIND = "the second store has a wrapping that is unknown here"


class House:
    """Two stores with a ring of two keys, copied."""

    def __init__(self) -> None:
        self.store, self.replica = FailingObjects(), FailingObjects()
        vault = Vault.open(self.store, BUCKETS, OLD)
        self.papers = [vault.encrypt_bytes(b"paper")]
        vault.new_ring_key()
        self.papers.append(vault.encrypt_bytes(b"paper"))
        self.told: list[tuple[str, str]] = []

    def run(self) -> int:
        """Copy; how many wrappings were written."""
        self.told.clear()
        return replicate_keys(BUCKETS, self.store, self.replica, lambda key, what: self.told.append((key, what)))

    def change_master_key(self) -> None:
        """Wrap everything anew, here."""
        rotate(self.store, BUCKETS, OLD, NEW, lambda _: None)

    def retire(self) -> None:
        """Delete what is replaced, in both stores."""
        retire({"warehouse": self.store, "replica": self.replica}, BUCKETS, NEW, lambda *_: None)

    def backup(self) -> dict[str, list[Version]]:
        """What lies in the bucket of the ring now."""
        return {key: list(versions) for key, versions in self.store.buckets[BUCKETS.keys].items()}


@pytest.fixture
def house() -> House:
    made = House()
    assert made.run() == 2
    return made


def opens(store: FailingObjects, house: House, master: FileMasterKey = OLD) -> bool:
    vault = Vault.open(store, BUCKETS, master)
    return [vault.decrypt_bytes(one) for one in house.papers] == [b"paper", b"paper"]


def rot(store: FailingObjects, key: str = FIRST, first: int = 0) -> None:
    """Flip a bit of the wrapped secret, which leaves a sound form."""
    versions = store.buckets[BUCKETS.keys][key]
    for number, one in list(enumerate(versions))[first:]:
        at = one.content.index(b'"wrapped": "') + 20
        flipped = one.content[:at] + bytes([one.content[at] ^ 1]) + one.content[at + 1 :]
        versions[number] = replace(one, content=flipped)


def be_silent(store: FailingObjects, key: str = FIRST) -> None:
    store.silent |= set(store.versions(BUCKETS.keys, key))


def put(store: FailingObjects, wrapping: Wrapping) -> None:
    store.put_version(BUCKETS.keys, key_of(wrapping.ring_id), body_of(wrapping))


def another_ring() -> Wrapping:
    beside = FailingObjects()
    Vault.open(beside, BUCKETS, OLD)
    return look(beside, BUCKETS)[0]


def test_wrapped_keys_are_copied_once_and_again_when_they_are_wrapped_anew(house: House) -> None:
    assert house.run() == 0
    assert opens(house.replica, house)

    house.change_master_key()

    assert [house.run(), house.run()] == [2, 0]
    assert opens(house.replica, house, NEW)
    assert house.told == []


@pytest.mark.parametrize("damage", [rot, be_silent])
def test_a_wrapped_key_that_rots_here_is_restored_and_told_once(
    house: House, damage: Callable[[FailingObjects], None]
) -> None:
    damage(house.store)

    assert house.run() == 1
    assert house.told == [DAMAGE]
    assert opens(house.store, house)
    assert house.run() == 0
    assert house.told == [], "the damaged version stays, and a sound one follows it"


@pytest.mark.parametrize("damage", [rot, be_silent])
def test_a_wrapped_key_that_rots_in_the_copy_is_copied_again_and_told_once(
    house: House, damage: Callable[[FailingObjects], None]
) -> None:
    damage(house.replica)

    assert house.run() == 1
    assert house.told == [DAMAGE]
    assert opens(house.replica, house)
    assert house.run() == 0
    assert house.told == []


def test_a_newest_wrapping_that_rots_is_restored_and_not_the_one_before_it(house: House) -> None:
    house.change_master_key()
    house.run()

    rot(house.store, first=1)

    assert house.run() == 1
    assert opens(house.store, house, NEW)


def test_a_newest_wrapping_that_rots_before_it_was_copied_is_told_once_and_the_one_before_it_opens(house: House) -> None:
    house.change_master_key()
    rot(house.store, first=1)

    assert house.run() == 2, "the one before it here, and the other key's new wrapping there"
    assert house.told == [DAMAGE]
    assert house.run() == 0
    assert house.told == []
    rotate(house.store, BUCKETS, OLD, NEW, lambda _: None)
    assert opens(house.store, house, NEW)


def test_a_loser_behind_a_rotted_wrapping_does_not_bring_the_one_before_into_the_copy(house: House) -> None:
    house.change_master_key()
    house.run()
    rot(house.store, first=1)
    put(house.store, another_ring())

    house.run()

    assert opens(house.store, house, NEW)
    assert opens(house.replica, house, NEW)


def test_where_no_copy_is_sound_it_is_told_every_time_and_the_others_are_copied(house: House) -> None:
    rot(house.store)
    rot(house.replica)
    del house.replica.buckets[BUCKETS.keys][SECOND]

    assert house.run() == 1
    assert house.told == [DAMAGE, DAMAGE]
    assert house.run() == 0
    assert house.told == [DAMAGE, DAMAGE]


def test_a_ring_key_that_is_gone_here_comes_back(house: House) -> None:
    del house.store.buckets[BUCKETS.keys][SECOND]

    assert house.run() == 1
    assert house.told == [(SECOND, StoreCorrupt.code)]
    assert opens(house.store, house)


def test_after_a_race_the_copy_gets_the_key_that_counts() -> None:
    house = House()
    put(house.store, another_ring())

    assert [house.run(), house.run()] == [2, 0]

    assert look(house.replica, BUCKETS) == look(house.store, BUCKETS)
    assert opens(house.replica, house)


def test_nothing_is_mixed_with_the_ring_of_another_house(house: House) -> None:
    other = House()
    other.replica = house.replica
    del other.store.buckets[BUCKETS.keys][SECOND]

    assert other.run() == 0
    assert other.told == [(FIRST, "the two stores name different keys")]
    assert SECOND not in other.store.buckets[BUCKETS.keys]
    assert opens(house.replica, house)


def test_where_nobody_can_tell_which_key_counts_nothing_is_added(house: House) -> None:
    rot(house.store)
    put(house.store, look(house.replica, BUCKETS)[0])
    put(house.store, another_ring())

    assert [house.run(), house.run()] == [0, 0]
    assert house.told == [DAMAGE]


def test_an_old_backup_of_the_ring_is_not_copied_over_a_newer_wrapping(house: House) -> None:
    backup = house.backup()
    house.change_master_key()
    house.run()

    house.store.buckets[BUCKETS.keys] = backup

    assert house.run() == 0
    assert house.told == [(FIRST, BEHIND), (SECOND, BEHIND)]
    assert opens(house.replica, house, NEW)


def test_an_old_backup_of_the_ring_brings_no_retired_wrapping_into_the_copy(house: House) -> None:
    backup = house.backup()
    house.change_master_key()
    house.run()
    house.retire()

    house.store.buckets[BUCKETS.keys] = backup

    assert house.run() == 0
    assert house.told == [(FIRST, BEHIND), (SECOND, BEHIND)]
    assert opens(house.replica, house, NEW)


def test_an_old_backup_is_not_copied_behind_a_wrapping_that_rotted_after_a_newer_one(house: House) -> None:
    backup = house.backup()
    house.change_master_key()
    house.run()
    put(house.replica, look(house.replica, BUCKETS)[0])
    rot(house.replica, first=2)

    house.store.buckets[BUCKETS.keys] = backup

    assert house.run() == 0
    assert house.told == [(FIRST, BEHIND), (SECOND, BEHIND)]


def test_a_newest_wrapping_that_rots_in_the_copy_when_the_one_before_is_retired_here_is_copied_again(house: House) -> None:
    before = house.backup()
    house.change_master_key()
    house.run()
    house.retire()
    for key, versions in before.items():  # as if it had stopped before the second store
        house.replica.buckets[BUCKETS.keys][key][:0] = versions
    rot(house.replica, first=1)

    assert house.run() == 1
    assert house.told == [DAMAGE]
    assert opens(house.replica, house, NEW)


def test_a_copy_that_comes_back_spoilt_is_told_and_stops_no_other(house: House) -> None:
    house.change_master_key()
    house.replica.after_writing = lambda: rot(house.replica, first=1)

    assert house.run() == 1
    assert house.told == [(FIRST, f"{FIRST} read back is not what was written")]


@pytest.mark.parametrize("which", ["store", "replica"])
def test_a_store_that_is_away_is_no_damage(house: House, which: str) -> None:
    getattr(house, which).away = True

    with pytest.raises(StoreUnavailable):
        house.run()
    assert house.told == []
