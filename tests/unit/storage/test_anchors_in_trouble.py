"""Anchors that two made at once, that a kill left half, and that a ledger from a backup does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from dossier.errors import AuditBroken, StoreUnavailable, TimestampUnavailable
from dossier.values import Sha256
from signing.token import Authority
from storage.alarms import Alarms
from storage.audit.anchors import Anchors, Checked
from storage.audit.trail import AuditTrail, Break
from storage.database.keeping_tables import anchors as anchors_table
from storage.database.keeping_tables import objects
from storage.database.tables import audit
from storage.files import hash_of
from storage.inventory import Inventory
from storage.ledger import Ledger
from storage.objects.buckets import Buckets
from storage.objects.encrypted import EncryptedObjects
from storage.objects.store import Body
from tests.twins.anchored_trail import Anchored, anchored, authority_in
from tests.twins.memory_objects import MemoryObjects
from tests.twins.tampered_trail import as_the_owner, write_anew

BUCKETS = Buckets("t")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority_in(tmp_path_factory.mktemp("authority")) as opened:
        yield opened


@pytest.fixture
def house(ledger: Ledger, authority: Authority) -> Anchored:
    """Lines 1 to 3 are anchored, 4 and 5 not yet."""
    opened = anchored(ledger, MemoryObjects(), BUCKETS, authority)
    opened.act(3)
    opened.anchors.anchor()
    opened.act(2)
    return opened


@pytest.fixture
def after(house: Anchored, tmp_path: Path) -> Iterator[Anchored]:
    """An empty ledger over the same store."""
    lost = Ledger.open(f"sqlite:///{tmp_path / 'after.sqlite'}")
    trail = AuditTrail(lost)
    yield Anchored(lost, trail, replace(house.anchors, trail=trail), house.store)
    lost.close()


def kept(house: Anchored) -> set[str]:
    return {one.key for one in house.store.listed(BUCKETS.audit, "anchors/")}


def entered(house: Anchored) -> set[str]:
    with house.ledger.database.reading() as connection:
        return set(connection.execute(select(objects.c.key)).scalars())


def overtake(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """The next who anchors has read his lines when this happens, and has written none."""
    keep = EncryptedObjects.keep

    def late(self: EncryptedObjects, *args: Any, **named: Any) -> Any:
        monkeypatch.setattr(EncryptedObjects, "keep", keep)
        meanwhile()
        return keep(self, *args, **named)

    monkeypatch.setattr(EncryptedObjects, "keep", late)


def anchor_and_die(house: Anchored) -> None:
    """The process is killed when both objects lie in the store and the ledger does not know of them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Anchors, "_enter", _die)
        with pytest.raises(SystemExit):
            house.anchors.anchor()


def _die(*_: object) -> None:
    raise SystemExit


def forget(house: Anchored, number: int) -> None:
    """The ledger does not know an anchor."""
    with house.ledger.database.writing() as connection:
        connection.execute(delete(anchors_table).where(anchors_table.c.number == number))
        connection.execute(delete(objects).where(objects.c.key.contains(f"/{number:012}.")))


def put_a_backup_back(house: Anchored) -> None:
    """The ledger as it was when line 4 was its last and anchor 5 not made."""
    with as_the_owner(house.ledger) as connection:
        connection.execute(delete(audit).where(audit.c.number > 4))
    forget(house, 5)


@dataclass(frozen=True)
class Silent:
    """An authority that knows its stamps and gives no new one."""

    known: Authority

    def stamp(self, digest: bytes) -> bytes:
        """Nothing comes."""
        raise TimestampUnavailable(digest.hex()[:8])

    def stamped_at(self, response: bytes, digest: bytes) -> datetime | None:
        """As the other one."""
        return self.known.stamped_at(response, digest)


@dataclass(frozen=True)
class Slow:
    """An authority whose answer comes when somebody else has put his stamp already."""

    known: Authority
    house: Anchored

    def stamp(self, digest: bytes) -> bytes:
        """Mine, which is not the first."""
        mine, first = self.known.stamp(digest), self.known.stamp(digest)
        (stamp,) = {key.replace(".jsonl.age", ".tsr") for key in kept(self.house)} - kept(self.house)
        body = Body((first,), len(first), hash_of((first,)), "")
        self.house.store.put_new(BUCKETS.audit, stamp, body)
        return mine

    def stamped_at(self, response: bytes, digest: bytes) -> datetime | None:
        """As the other one."""
        return self.known.stamped_at(response, digest)


@pytest.fixture
def overlapping(house: Anchored, monkeypatch: pytest.MonkeyPatch) -> Anchored:
    """Two anchored at once: 4 to 6, and then 4 to 5."""

    def meanwhile() -> None:
        house.act(1)
        house.anchors.anchor()

    overtake(monkeypatch, meanwhile)
    house.anchors.anchor()
    return house


def test_two_who_anchor_at_once_leave_a_trail_that_holds_and_goes_on(overlapping: Anchored) -> None:
    found = overlapping.anchors.check()
    overlapping.act(1)
    (made,) = overlapping.anchors.anchor()

    assert isinstance(found, Checked)
    assert (found.lines, found.anchors, found.anchored) == (6, 3, 6)
    assert made.number == 7
    assert isinstance(overlapping.anchors.check(), Checked)
    assert entered(overlapping) == kept(overlapping)


def test_every_line_comes_back_from_anchors_that_overlap(overlapping: Anchored, after: Anchored) -> None:
    assert after.anchors.restore() == 6
    assert after.trail.lines(10) == overlapping.trail.lines(10)


def test_of_two_anchors_that_speak_against_each_other_neither_is_believed_further(
    house: Anchored, after: Anchored, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile() -> None:
        write_anew(house.ledger, 5, why="nothing")
        house.act(1)
        house.anchors.anchor()

    overtake(monkeypatch, meanwhile)
    house.anchors.anchor()

    assert house.anchors.check() == Break(5, "not_as_anchored")
    with pytest.raises(AuditBroken, match="line 5: not_as_anchored"):
        after.anchors.restore()
    assert [line.number for line in after.trail.lines(10)] == [5, 4, 3, 2, 1]


def test_the_inventory_knows_the_stamp_that_the_store_kept_and_not_the_one_that_came_late(
    house: Anchored, authority: Authority
) -> None:
    replace(house.anchors, authority=Slow(authority, house)).anchor()
    inventory, stamps = Inventory(house.ledger.database), [key for key in kept(house) if key.endswith(".tsr")]
    items = [inventory.item(BUCKETS.audit, key) for key in stamps]

    assert [item and item.stored.sha256 for item in items] == [
        Sha256(hash_of(house.store.read(BUCKETS.audit, key))) for key in stamps
    ]


def test_an_anchor_whose_writer_died_before_the_ledger_knew_is_entered_with_the_stamp_it_has(
    house: Anchored, authority: Authority
) -> None:
    anchor_and_die(house)
    (made,) = replace(house.anchors, authority=Silent(authority)).anchor()

    assert made.number == 5
    assert entered(house) == kept(house)


def test_an_anchor_that_is_not_the_newest_is_entered_too(house: Anchored) -> None:
    house.anchors.anchor()
    forget(house, 3)

    assert [one.number for one in house.anchors.anchor()] == [3]
    assert entered(house) == kept(house)


def test_a_ledger_from_a_backup_gets_the_anchored_lines_back_and_goes_on(house: Anchored) -> None:
    before = house.trail.lines(5)
    house.anchors.anchor()
    put_a_backup_back(house)
    with pytest.raises(AuditBroken, match="line 5: cut_off"):
        house.anchors.anchor()

    assert house.anchors.restore() == 5
    assert house.trail.lines(10) == before
    assert Alarms(house.ledger.database).open_ones() == ()
    house.act(1)
    assert [one.number for one in house.anchors.anchor()] == [6]
    assert isinstance(house.anchors.check(), Checked)
    assert entered(house) == kept(house)


def test_a_trail_that_went_on_from_a_backup_is_left_as_it_is(house: Anchored) -> None:
    house.anchors.anchor()
    put_a_backup_back(house)
    house.act(2)
    before = house.trail.lines(10)

    with pytest.raises(AuditBroken, match="line 5: not_as_anchored"):
        house.anchors.restore()
    assert house.trail.lines(10) == before


def test_to_a_trail_that_is_whole_nothing_is_brought_back(house: Anchored) -> None:
    before = house.trail.lines(10)

    assert house.anchors.restore() == 5
    assert house.trail.lines(10) == before


def take_first_token(house: Anchored) -> None:
    assert isinstance(house.store, MemoryObjects)
    bucket = house.store.buckets[BUCKETS.audit]
    del bucket[next(key for key in sorted(bucket) if key.endswith(".tsr"))]


def break_first_token(house: Anchored) -> None:
    assert isinstance(house.store, MemoryObjects)
    bucket = house.store.buckets[BUCKETS.audit]
    first, newest = (bucket[key] for key in sorted(bucket) if key.endswith(".tsr"))
    first[0] = newest[0]  # a sound object, and a token of another anchor


@pytest.mark.parametrize("attack", [take_first_token, break_first_token])
def test_an_alarm_over_an_anchor_without_a_token_that_holds_outlives_a_restoration(
    house: Anchored, after: Anchored, attack: Callable[[Anchored], None]
) -> None:
    house.anchors.anchor()
    before = house.trail.lines(10)
    attack(house)
    found = house.anchors.check()
    assert found == Break(1, "anchor_broken")
    house.anchors.alarm(found)

    with pytest.raises(AuditBroken, match="line 1: anchor_broken"):
        house.anchors.restore()
    assert [alarm.kind for alarm in Alarms(house.ledger.database).open_ones()] == ["audit_broken"]
    with pytest.raises(AuditBroken, match="line 1: anchor_broken"):  # as a rebuild meets it, which lists it as doubtful
        after.anchors.restore()
    assert after.trail.lines(10) == before


def test_lines_come_back_from_an_anchor_that_still_waits_for_its_token(
    house: Anchored, after: Anchored, authority: Authority
) -> None:
    with pytest.raises(TimestampUnavailable):
        replace(house.anchors, authority=Silent(authority)).anchor()

    assert after.anchors.restore() == 5


def test_a_stamp_that_gives_no_answer_is_passed_over_once_a_restored_one_lies_beside_it(
    house: Anchored, monkeypatch: pytest.MonkeyPatch
) -> None:
    (token,) = (one.key for one in house.store.listed(BUCKETS.audit, "anchors/") if one.key.endswith(".tsr"))
    (rotted,) = house.store.versions(BUCKETS.audit, token)
    content, read = b"".join(house.store.read(BUCKETS.audit, token, rotted)), MemoryObjects.read

    def silent(store: MemoryObjects, bucket: str, key: str, version_id: str) -> Iterator[bytes]:
        if version_id == rotted:
            raise StoreUnavailable("ReadTimeoutError")
        return read(store, bucket, key, version_id)

    monkeypatch.setattr(MemoryObjects, "read", silent)
    with pytest.raises(StoreUnavailable):
        house.anchors.check()

    house.store.put_version(BUCKETS.audit, token, Body((content,), len(content), hash_of((content,)), "x/y"))
    assert isinstance(house.anchors.check(), Checked)
