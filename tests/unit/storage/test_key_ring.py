"""The ring of keys: made once, opened by its master key only, wrapped anew while everything runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import TypeVar

import pytest

from dossier.errors import MasterKeyMissing, NoSuchObject, StoreCorrupt, StoreUnavailable
from storage.files import hash_of
from storage.keys.key_copies import replicate_keys
from storage.keys.key_ring import look, refuse_shortened
from storage.keys.key_ring import retire as retire_and_say
from storage.keys.key_ring import rotate as rotate_and_say
from storage.keys.master_key import FileMasterKey
from storage.keys.vault import Vault
from storage.keys.wrappings import Wrapping
from storage.objects.buckets import Buckets
from storage.objects.folder import FolderStore
from storage.objects.store import Body
from tests.twins.memory_objects import MemoryObjects
from tests.twins.two_stores import FailingObjects

BUCKETS = Buckets("kho")
OLD, NEW, OTHER = FileMasterKey("0a" * 32), FileMasterKey("1b" * 32), FileMasterKey("2c" * 32)
FIRST = "keyring/0001.json"
StoreT = TypeVar("StoreT", bound=MemoryObjects)


class Unconditional(MemoryObjects):
    """Ceph 16.2 with versions: a write-if-absent always writes."""

    def put_new(self, bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str | None:
        """Write one more version."""
        return self.put_version(bucket, key, body, locked_until=locked_until)


class Dying(MemoryObjects):
    """A store whose client is killed before its n-th write, or right after it."""

    writes_left = 1_000_000
    after = False

    def put_version(self, bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str:
        """Write, or die."""
        self.writes_left -= 1
        if self.writes_left < 0 and not self.after:
            raise KeyboardInterrupt
        version = super().put_version(bucket, key, body, locked_until=locked_until)
        if self.writes_left < 0:
            raise KeyboardInterrupt
        return version


class Meanwhile(MemoryObjects):
    """A store in which something happens right after the next look at the versions of a key."""

    happens: Callable[[], object] | None = None

    def versions(self, bucket: str, key: str) -> tuple[str, ...]:
        """What there was before."""
        found, act, self.happens = super().versions(bucket, key), self.happens, None
        if act is not None:
            act()
        return found


def prepared(store: StoreT) -> StoreT:
    for name, locked in BUCKETS.each():
        store.make_bucket(name, locked=locked)
    return store


@pytest.fixture
def store() -> MemoryObjects:
    return prepared(MemoryObjects())


class Silent(FailingObjects):
    """A store that may be away, break off or be silent, with the buckets of this ring."""

    def __init__(self) -> None:
        super().__init__()
        prepared(self)


def copied(store: MemoryObjects, replica: StoreT | None = None) -> StoreT | MemoryObjects:
    """Copy the ring to the second store; nothing in it is damaged."""
    into = prepared(MemoryObjects()) if replica is None else replica
    told: list[str] = []
    replicate_keys(BUCKETS, store, into, lambda key, _what: told.append(key))
    assert told == []
    return into


def another_key() -> Wrapping:
    """What somebody else wrote who made the first ring key at the same time."""
    beside = prepared(MemoryObjects())
    Vault.open(beside, BUCKETS, OLD)
    return look(beside, BUCKETS)[0]


def body_of(content: bytes) -> Body:
    return Body((content,), len(content), hash_of((content,)), "application/json")


def add_version(store: MemoryObjects, wrapping: Wrapping) -> None:
    content = json.dumps(asdict(wrapping)).encode()
    store.put_version(BUCKETS.keys, f"keyring/{wrapping.ring_id}.json", body_of(content))


def with_ring_keys(store: MemoryObjects, count: int, master: FileMasterKey = OLD) -> list[bytes]:
    """Give a store so many ring keys; an object of each."""
    made = []
    for number in range(count):
        vault = Vault.open(store, BUCKETS, master)
        if number:
            vault.new_ring_key()
        made.append(vault.encrypt_bytes(f"object {number}".encode()))
    return made


def rotate(store: MemoryObjects, old: FileMasterKey, new: FileMasterKey) -> tuple[str, ...]:
    """Change the master key; the ring keys that were wrapped anew."""
    said: list[str] = []
    rotate_and_say(store, BUCKETS, old, new, said.append)
    return tuple(said)


def retire(store: MemoryObjects, master: FileMasterKey, replica: MemoryObjects | None = None) -> tuple[str, ...]:
    """Delete what is replaced; the ring key of each wrapping that is gone, first here, then in the replica."""
    said: list[str] = []
    stores = {"warehouse": store} if replica is None else {"warehouse": store, "replica": replica}
    retire_and_say(stores, BUCKETS, master, lambda _store, ring_id: said.append(ring_id))
    return tuple(said)


def opened_all(vault: Vault, objects: list[bytes]) -> bool:
    return [vault.decrypt_bytes(one) for one in objects] == [f"object {number}".encode() for number in range(len(objects))]


def test_an_empty_warehouse_gets_one_ring_key(store: MemoryObjects) -> None:
    secret = Vault.open(store, BUCKETS, OLD).encrypt_bytes(b"paper")

    assert Vault.open(store, BUCKETS, OLD).decrypt_bytes(secret) == b"paper"
    assert [(one.ring_id, one.master_id) for one in look(store, BUCKETS)] == [("0001", OLD.id)]
    assert len(store.versions(BUCKETS.keys, FIRST)) == 1


def test_what_lies_in_the_bucket_shows_no_secret(store: MemoryObjects) -> None:
    Vault.open(store, BUCKETS, OLD)
    content = b"".join(store.read(BUCKETS.keys, FIRST))

    assert b"SECRET" not in content.upper()
    assert set(json.loads(content)) == {"ring_id", "recipient", "wrapped", "master_id", "created_at"}
    assert "wrapped=" not in repr(look(store, BUCKETS))


@pytest.mark.parametrize("kind", [MemoryObjects, Unconditional])
def test_eight_who_open_an_empty_warehouse_at_once_use_one_ring_key(kind: type[MemoryObjects]) -> None:
    store, together = prepared(kind()), Barrier(8)

    def open_and_encrypt(number: int) -> bytes:
        together.wait()
        return Vault.open(store, BUCKETS, OLD).encrypt_bytes(b"%d" % number)

    with ThreadPoolExecutor(8) as eight:
        secrets = list(eight.map(open_and_encrypt, range(8)))
    vault = Vault.open(store, BUCKETS, OLD)

    assert [vault.decrypt_bytes(secret) for secret in secrets] == [b"%d" % number for number in range(8)]
    assert [one.ring_id for one in look(store, BUCKETS)] == ["0001"]


EIGHT = """
import sys
from multiprocessing import get_context
from pathlib import Path
from storage.objects.buckets import Buckets
from storage.objects.folder import FolderStore
from storage.keys.master_key import FileMasterKey
from storage.keys.vault import Vault
from storage.keys.wrappings import Wrapping
processes = get_context("fork")
together = processes.Barrier(8)
def open_and_encrypt(number):
    together.wait()
    vault = Vault.open(FolderStore(Path(sys.argv[1])), Buckets("kho"), FileMasterKey("0a" * 32))
    return vault.encrypt_bytes(b"%d" % number).hex()
with processes.Pool(8) as eight:
    print(*eight.map(open_and_encrypt, range(8), chunksize=1))
"""


def test_eight_processes_that_open_an_empty_warehouse_at_once_use_one_ring_key(tmp_path: Path) -> None:
    store = FolderStore.create(tmp_path)
    for name, locked in BUCKETS.each():
        store.make_bucket(name, locked=locked)

    done = subprocess.run(
        [sys.executable, "-c", EIGHT, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    vault = Vault.open(store, BUCKETS, OLD)

    opened = [vault.decrypt_bytes(bytes.fromhex(secret)) for secret in done.stdout.split()]
    assert opened == [b"%d" % number for number in range(8)]
    assert [one.ring_id for one in look(store, BUCKETS)] == ["0001"]


def test_the_loser_of_a_race_counts_for_nothing_even_after_a_change_of_the_master_key() -> None:
    store = prepared(Unconditional())
    vault = Vault.open(store, BUCKETS, OLD)
    secret, winner = vault.encrypt_bytes(b"paper"), look(store, BUCKETS)[0]
    loser = another_key()

    add_version(store, loser)
    assert look(store, BUCKETS) == (winner,)
    rotate(store, OLD, NEW)
    add_version(store, loser)
    retire(store, NEW)

    assert Vault.open(store, BUCKETS, NEW).decrypt_bytes(secret) == b"paper"


def test_a_new_ring_key_encrypts_and_the_old_ones_still_open(store: MemoryObjects) -> None:
    running = Vault.open(store, BUCKETS, OLD)
    objects = with_ring_keys(store, 3)

    assert [one.ring_id for one in look(store, BUCKETS)] == ["0001", "0002", "0003"]
    assert opened_all(Vault.open(store, BUCKETS, OLD), objects)
    assert opened_all(running, objects), "a vault that was opened before learns of the new keys when it meets one"
    assert running.ring_id == "0003"


@pytest.mark.parametrize("kind", [MemoryObjects, Unconditional])
def test_of_several_new_ring_keys_at_once_one_is_made(kind: type[MemoryObjects]) -> None:
    store, together = prepared(kind()), Barrier(4)
    vaults = [Vault.open(store, BUCKETS, OLD) for _ in range(4)]

    def make(vault: Vault) -> bytes:
        together.wait()
        vault.new_ring_key()
        return vault.encrypt_bytes(b"paper")

    with ThreadPoolExecutor(4) as four:
        secrets = list(four.map(make, vaults))

    assert {Vault.open(store, BUCKETS, OLD).decrypt_bytes(secret) for secret in secrets} == {b"paper"}


def test_another_master_key_opens_nothing_and_makes_nothing(store: MemoryObjects) -> None:
    Vault.open(store, BUCKETS, OLD)

    with pytest.raises(MasterKeyMissing, match=OLD.id):
        Vault.open(store, BUCKETS, OTHER)
    assert len(list(store.listed(BUCKETS.keys))) == 1


@pytest.mark.parametrize("bucket", [BUCKETS.intake, BUCKETS.archive, BUCKETS.sensitive])
def test_a_warehouse_that_holds_objects_never_gets_a_new_ring(store: MemoryObjects, bucket: str) -> None:
    store.put_version(bucket, "received/ab", body_of(b"ciphertext"))

    with pytest.raises(MasterKeyMissing, match="no ring key"):
        Vault.open(store, BUCKETS, OLD)
    assert not list(store.listed(BUCKETS.keys))


def test_a_store_that_is_away_is_not_an_empty_one(store: MemoryObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> Iterator[bytes]:
        raise StoreUnavailable("away")

    Vault.open(store, BUCKETS, OLD)
    monkeypatch.setattr(store, "read", away)
    monkeypatch.setattr(store, "has_bucket", away)

    with pytest.raises(StoreUnavailable):
        Vault.open(store, BUCKETS, OLD)


def test_after_a_rotation_the_new_master_key_opens_all_and_the_old_one_nothing(store: MemoryObjects) -> None:
    objects = with_ring_keys(store, 3)

    assert rotate(store, OLD, NEW) == ("0001", "0002", "0003")
    assert opened_all(Vault.open(store, BUCKETS, NEW), objects)
    assert {one.master_id for one in look(store, BUCKETS)} == {NEW.id}
    with pytest.raises(MasterKeyMissing):
        Vault.open(store, BUCKETS, OLD)


def test_a_repeated_rotation_writes_nothing(store: MemoryObjects) -> None:
    with_ring_keys(store, 2)
    rotate(store, OLD, NEW)
    before = list(store.listed(BUCKETS.keys))

    assert rotate(store, OLD, NEW) == ()
    assert list(store.listed(BUCKETS.keys)) == before


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("writes", [0, 1, 2])
def test_a_rotation_that_was_killed_leaves_everything_open_and_goes_on(writes: int, *, after: bool) -> None:
    store = prepared(Dying())
    objects = with_ring_keys(store, 3)

    store.writes_left, store.after = writes, after
    with pytest.raises(KeyboardInterrupt):
        rotate(store, OLD, NEW)
    store.writes_left = 1_000_000

    assert opened_all(Vault.open(store, BUCKETS, NEW, OLD), objects)
    assert len(rotate(store, OLD, NEW)) == 3 - writes - after
    assert opened_all(Vault.open(store, BUCKETS, NEW), objects)


def test_a_rotation_with_a_wrong_old_key_changes_nothing(store: MemoryObjects) -> None:
    objects = with_ring_keys(store, 2)

    with pytest.raises(MasterKeyMissing):
        rotate(store, OTHER, NEW)

    assert opened_all(Vault.open(store, BUCKETS, OLD), objects)


def test_a_wrapping_that_was_written_wrongly_is_not_announced(
    store: MemoryObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = with_ring_keys(store, 1)
    put = store.put_version

    def spoilt(bucket: str, key: str, body: Body) -> str:
        content = json.loads(b"".join(body.chunks))
        return put(bucket, key, body_of(json.dumps({**content, "wrapped": "AAAA" + content["wrapped"][4:]}).encode()))

    monkeypatch.setattr(store, "put_version", spoilt)
    with pytest.raises((StoreCorrupt, MasterKeyMissing)):
        rotate(store, OLD, NEW)
    monkeypatch.undo()

    assert opened_all(Vault.open(store, BUCKETS, NEW, OLD), objects), "the version before still opens"
    assert rotate(store, OLD, NEW) == ("0001",)
    assert opened_all(Vault.open(store, BUCKETS, NEW), objects)


def test_the_service_reads_and_writes_all_the_time_during_a_rotation(store: MemoryObjects) -> None:
    objects, stop, rounds, wrong = with_ring_keys(store, 5), Event(), [], []

    def serve() -> None:
        while not stop.is_set():
            vault = Vault.open(store, BUCKETS, NEW, OLD)
            if not opened_all(vault, objects) or vault.decrypt_bytes(vault.encrypt_bytes(b"new")) != b"new":
                wrong.append(len(rounds))
            rounds.append(1)

    service = Thread(target=serve)
    service.start()
    try:
        for old, new in ((OLD, NEW), (NEW, OLD)) * 5:
            rotate(store, old, new)
            retire(store, new)
    finally:
        stop.set()
        service.join()

    assert rounds
    assert not wrong


def test_retired_wrappings_are_gone_for_the_old_master_key(store: MemoryObjects) -> None:
    objects = with_ring_keys(store, 2)
    rotate(store, OLD, NEW)
    assert len(list(store.listed(BUCKETS.keys))) == 4

    assert retire(store, NEW) == ("0001", "0002")

    assert {json.loads(b"".join(store.read(BUCKETS.keys, one.key)))["master_id"] for one in store.listed(BUCKETS.keys)} == {
        NEW.id
    }
    assert opened_all(Vault.open(store, BUCKETS, NEW), objects)


def test_who_opens_the_ring_while_a_wrapping_is_retired_looks_again() -> None:
    store = prepared(Meanwhile())
    objects = with_ring_keys(store, 1)

    def change() -> None:
        rotate(store, OLD, NEW)
        retire(store, NEW)

    store.happens = change

    assert opened_all(Vault.open(store, BUCKETS, NEW, OLD), objects)


def test_a_retiring_that_was_killed_leaves_no_loser_of_a_race_as_the_first_version(store: MemoryObjects) -> None:
    secret = Vault.open(store, BUCKETS, OLD).encrypt_bytes(b"paper")
    add_version(store, another_key())
    rotate(store, OLD, NEW)

    def die(_store: str, _ring_id: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retire_and_say({"warehouse": store}, BUCKETS, NEW, die)

    assert len(store.versions(BUCKETS.keys, FIRST)) == 2
    assert Vault.open(store, BUCKETS, NEW).decrypt_bytes(secret) == b"paper"
    assert retire(store, NEW) == ("0001",)
    assert Vault.open(store, BUCKETS, NEW).decrypt_bytes(secret) == b"paper"


def test_nothing_is_retired_before_everything_is_wrapped_anew() -> None:
    store = prepared(Dying())
    with_ring_keys(store, 2)
    store.writes_left = 1
    with pytest.raises(KeyboardInterrupt):
        rotate(store, OLD, NEW)
    before = list(store.listed(BUCKETS.keys))

    with pytest.raises(MasterKeyMissing, match=OLD.id):
        retire(store, NEW)
    assert list(store.listed(BUCKETS.keys)) == before


def test_a_damaged_first_version_is_replaced_by_a_later_wrapping_of_the_same_key(store: MemoryObjects) -> None:
    objects = with_ring_keys(store, 1)
    sound = look(store, BUCKETS)[0]
    store.remove(BUCKETS.keys, FIRST, store.versions(BUCKETS.keys, FIRST)[0])
    store.put_version(BUCKETS.keys, FIRST, body_of(b'{"ring_id": "0001"'))
    with pytest.raises(StoreCorrupt):
        Vault.open(store, BUCKETS, OLD)

    add_version(store, sound)

    assert opened_all(Vault.open(store, BUCKETS, OLD), objects)


def test_where_the_first_version_is_damaged_and_later_ones_differ_nobody_guesses(store: MemoryObjects) -> None:
    with_ring_keys(store, 1)
    sound = look(store, BUCKETS)[0]
    store.remove(BUCKETS.keys, FIRST, store.versions(BUCKETS.keys, FIRST)[0])
    store.put_version(BUCKETS.keys, FIRST, body_of(b"\x00"))
    add_version(store, sound)
    add_version(store, replace(sound, recipient="age1other"))

    with pytest.raises(StoreCorrupt, match="no sound first version"):
        Vault.open(store, BUCKETS, OLD)


def test_a_recipient_that_somebody_else_put_there_encrypts_nothing(store: MemoryObjects) -> None:
    with_ring_keys(store, 1)
    sound = look(store, BUCKETS)[0]
    store.remove(BUCKETS.keys, FIRST, store.versions(BUCKETS.keys, FIRST)[0])
    add_version(store, replace(sound, recipient="age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"))

    with pytest.raises(MasterKeyMissing):
        Vault.open(store, BUCKETS, OLD)


def test_a_ring_key_that_lies_under_another_name_is_refused(store: MemoryObjects) -> None:
    with_ring_keys(store, 2)
    second = look(store, BUCKETS)[1]
    store.put_version(BUCKETS.keys, "keyring/0003.json", body_of(json.dumps(asdict(second)).encode()))
    with pytest.raises(StoreCorrupt):
        Vault.open(store, BUCKETS, OLD)

    store.remove(BUCKETS.keys, "keyring/0003.json", store.versions(BUCKETS.keys, "keyring/0003.json")[0])
    add_version(store, replace(second, ring_id="0003"))
    with pytest.raises(MasterKeyMissing, match="no wrapping of ring key 0003 opens"):
        Vault.open(store, BUCKETS, OLD)


def flipped_at(store: MemoryObjects, version_id: str, part: bytes) -> None:
    """Flip a bit of the last letter of a part of one version of the first ring key; what is claimed of it stays."""
    versions = store.buckets[BUCKETS.keys][FIRST]
    number = next(at for at, one in enumerate(versions) if one.head.version_id == version_id)
    content = versions[number].content
    at = content.index(part) + len(part) - 1
    versions[number] = replace(versions[number], content=content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


def test_a_rotted_letter_in_the_name_of_the_key_does_not_hide_a_sound_wrapping_behind_it(store: MemoryObjects) -> None:
    objects = with_ring_keys(store, 1)
    sound = look(store, BUCKETS)[0]
    add_version(store, sound)

    flipped_at(store, store.versions(BUCKETS.keys, FIRST)[0], sound.recipient.encode())

    assert opened_all(Vault.open(store, BUCKETS, OLD), objects)


def test_a_version_that_never_answers_is_passed_over_while_its_store_answers() -> None:
    store = Silent()
    objects = with_ring_keys(store, 1)
    rotate(store, OLD, NEW)

    store.silent = set(store.versions(BUCKETS.keys, FIRST)[:1])

    assert opened_all(Vault.open(store, BUCKETS, NEW), objects)
    assert retire(store, NEW) == ("0001",), "and it is deleted with what is replaced"


def test_one_broken_read_of_the_winner_of_a_race_does_not_make_its_loser_count() -> None:
    store = Silent()
    secret = Vault.open(store, BUCKETS, OLD).encrypt_bytes(b"paper")
    add_version(store, another_key())

    store.broken_reads = 1

    assert Vault.open(store, BUCKETS, OLD).decrypt_bytes(secret) == b"paper"


def test_a_ring_with_a_gap_opens_nothing_and_gets_no_further_key(store: MemoryObjects) -> None:
    with_ring_keys(store, 2)
    running = Vault.open(store, BUCKETS, OLD)
    running.new_ring_key()
    del store.buckets[BUCKETS.keys]["keyring/0002.json"]

    for act in (running.new_ring_key, lambda: Vault.open(store, BUCKETS, OLD), lambda: rotate(store, OLD, NEW)):
        with pytest.raises(MasterKeyMissing, match=r"keyring/0002\.json is gone"):
            act()
    assert "keyring/0002.json" not in store.buckets[BUCKETS.keys]


def test_a_ring_that_lost_its_last_key_is_told_by_its_copy(store: MemoryObjects) -> None:
    with_ring_keys(store, 2)
    replica = copied(store)
    refuse_shortened(store, BUCKETS, replica)

    del store.buckets[BUCKETS.keys]["keyring/0002.json"]

    with pytest.raises(MasterKeyMissing, match=r"keyring/0002\.json is gone"):
        refuse_shortened(store, BUCKETS, replica)


def test_a_copy_that_is_away_or_not_made_yet_forbids_no_new_key(store: MemoryObjects) -> None:
    with_ring_keys(store, 1)
    away = Silent()
    away.away = True

    refuse_shortened(store, BUCKETS, away)
    refuse_shortened(store, BUCKETS, MemoryObjects())


def test_a_wrapping_that_came_after_the_look_is_not_retired() -> None:
    store = prepared(Meanwhile())
    objects = with_ring_keys(store, 1)
    rotate(store, OLD, NEW)

    store.happens = lambda: rotate(store, NEW, OTHER)
    assert retire(store, NEW) == ("0001",)

    assert opened_all(Vault.open(store, BUCKETS, OTHER), objects)


def test_what_is_retired_is_gone_from_the_copy_too(store: MemoryObjects) -> None:
    objects = with_ring_keys(store, 2)
    replica = copied(store)
    rotate(store, OLD, NEW)
    copied(store, replica)

    assert retire(store, NEW, replica) == ("0001", "0002", "0001", "0002")

    left = [json.loads(b"".join(replica.read(BUCKETS.keys, one.key))) for one in replica.listed(BUCKETS.keys)]
    assert [one["master_id"] for one in left] == [NEW.id, NEW.id]
    assert opened_all(Vault.open(replica, BUCKETS, NEW), objects)


def test_nothing_is_retired_before_the_copy_has_the_newest_wrappings(store: MemoryObjects) -> None:
    with_ring_keys(store, 2)
    replica = copied(store)
    rotate(store, OLD, NEW)
    before = list(store.listed(BUCKETS.keys))

    with pytest.raises(NoSuchObject, match="fixity replicate"):
        retire(store, NEW, replica)
    with pytest.raises(NoSuchObject, match="fixity replicate"):
        retire(store, NEW, prepared(MemoryObjects()))
    assert list(store.listed(BUCKETS.keys)) == before


def test_nothing_is_retired_while_the_copy_is_away(store: MemoryObjects) -> None:
    with_ring_keys(store, 1)
    replica = Silent()
    copied(store, replica)
    rotate(store, OLD, NEW)
    before = list(store.listed(BUCKETS.keys))

    replica.away = True
    with pytest.raises(StoreUnavailable, match="replica; nothing was deleted; retire again when it is back"):
        retire(store, NEW, replica)

    assert list(store.listed(BUCKETS.keys)) == before
