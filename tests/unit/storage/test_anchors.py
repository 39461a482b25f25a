"""Anchors: what somebody who owns the database changes shows against them, to the line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from dossier.errors import AuditBroken, TimestampUnavailable
from signing.token import Authority
from storage.alarms import Alarms
from storage.audit.anchors import Checked
from storage.audit.lateness import raise_if_late
from storage.audit.trail import AuditTrail, Break, from_told
from storage.database.keeping_tables import objects
from storage.database.tables import audit
from storage.ledger import Ledger
from storage.objects.buckets import Buckets
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
    return anchored(ledger, MemoryObjects(), BUCKETS, authority)


@pytest.fixture
def two_days(house: Anchored) -> Anchored:
    """Lines 1 to 3 anchored one day, 4 to 6 the next; 7 and 8 not yet."""
    for _ in range(2):
        house.act(3)
        house.anchors.anchor()
    house.act(2)
    return house


def kept(house: Anchored) -> list[str]:
    return [one.key for one in house.store.listed(BUCKETS.audit, "anchors/")]


def damage(house: Anchored, ending: str) -> None:
    """Flip a bit of the first object with this ending, on the disk of the store."""
    assert isinstance(house.store, MemoryObjects)
    bucket = house.store.buckets[BUCKETS.audit]
    versions = bucket[next(key for key in sorted(bucket) if key.endswith(ending))]
    content, middle = versions[0].content, len(versions[0].content) // 2
    versions[0] = replace(versions[0], content=content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])


def test_an_anchored_trail_holds(two_days: Anchored) -> None:
    found = two_days.anchors.check()

    assert isinstance(found, Checked)
    assert (found.lines, found.anchors, found.anchored) == (8, 2, 6)
    assert found.stamped_at is not None
    assert datetime.now(UTC) - found.stamped_at < timedelta(minutes=1)


def test_an_anchor_lies_under_its_month_and_last_line_and_is_locked_for_a_year(two_days: Anchored) -> None:
    month = datetime.now(UTC).strftime("%Y/%m")
    number = "000000000006"

    assert kept(two_days)[2:] == [f"anchors/{month}/{number}.jsonl.age", f"anchors/{month}/{number}.tsr"]
    for key in kept(two_days):
        head = two_days.store.head(BUCKETS.audit, key)
        assert head is not None
        assert head.locked_until is not None
        assert head.locked_until > datetime.now(UTC) + timedelta(days=365)


def test_an_anchor_holds_the_lines_encrypted(two_days: Anchored, tmp_path: Path) -> None:
    key = kept(two_days)[0]
    stored = b"".join(two_days.store.read(BUCKETS.audit, key))
    opened = next(two_days.anchors.objects.sound(BUCKETS.audit, key, tmp_path))
    lines = opened.content.read_text(encoding="utf-8").splitlines()

    assert b"H62.33" not in stored
    assert tuple(from_told(json.loads(line)) for line in lines) == two_days.trail.lines(8)[:-4:-1]
    assert all(json.loads(line)["at_local"].endswith("+07:00") for line in lines)


def test_anchors_are_in_the_inventory_so_that_they_are_replicated_and_checked(two_days: Anchored) -> None:
    with two_days.ledger.database.reading() as connection:
        keys = set(connection.execute(objects.select().with_only_columns(objects.c.key)).scalars())

    assert keys == set(kept(two_days))


def test_a_trail_that_was_lost_comes_back_from_its_anchors_and_goes_on(two_days: Anchored, tmp_path: Path) -> None:
    lost = Ledger.open(f"sqlite:///{tmp_path / 'after.sqlite'}")
    after = Anchored(lost, AuditTrail(lost), replace(two_days.anchors, trail=AuditTrail(lost)), two_days.store)
    with pytest.raises(AuditBroken):
        after.anchors.anchor()  # before that every anchor speaks against it

    assert after.anchors.restore() == 6
    assert after.trail.lines(10) == two_days.trail.lines(8)[2:]
    assert Alarms(lost.database).open_ones() == ()

    after.act(1)
    (made,) = after.anchors.anchor()
    found = after.anchors.check()
    lost.close()
    assert made.number == 7
    assert isinstance(found, Checked)
    assert (found.lines, found.anchors, found.anchored) == (7, 3, 7)


def test_of_a_damaged_anchor_only_the_lines_before_it_come_back(two_days: Anchored, tmp_path: Path) -> None:
    damage(two_days, "000000000006.jsonl.age")
    lost = Ledger.open(f"sqlite:///{tmp_path / 'after.sqlite'}")
    trail = AuditTrail(lost)

    with pytest.raises(AuditBroken, match="line 4"):
        replace(two_days.anchors, trail=trail).restore()

    assert [line.number for line in trail.lines(10)] == [3, 2, 1]
    lost.close()


def test_without_new_lines_nothing_is_anchored(two_days: Anchored) -> None:
    two_days.anchors.anchor()
    before = kept(two_days)

    assert two_days.anchors.anchor() == ()
    assert kept(two_days) == before


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_trail_written_anew_is_named_at_its_first_false_line(two_days: Anchored, number: int) -> None:
    write_anew(two_days.ledger, number, why="nothing")

    assert two_days.trail.verify() is None
    assert two_days.anchors.check() == Break(number, "not_as_anchored")


@pytest.mark.parametrize(("last", "first_gone"), [(4, 5), (3, 4), (0, 1)])
def test_a_cut_off_end_is_named(two_days: Anchored, last: int, first_gone: int) -> None:
    with as_the_owner(two_days.ledger) as connection:
        connection.execute(delete(audit).where(audit.c.number > last))

    assert two_days.trail.verify() is None
    assert two_days.anchors.check() == Break(first_gone, "cut_off")


def test_an_edited_line_that_is_not_anchored_yet_is_named(two_days: Anchored) -> None:
    with as_the_owner(two_days.ledger) as connection:
        connection.execute(update(audit).where(audit.c.number == 7).values(why="nothing"))

    assert two_days.anchors.check() == Break(7, "changed")


def test_a_missing_line_is_named(two_days: Anchored) -> None:
    with as_the_owner(two_days.ledger) as connection:
        connection.execute(delete(audit).where(audit.c.number == 2))

    assert two_days.anchors.check() == Break(2, "missing")


@pytest.mark.parametrize("ending", [".jsonl.age", ".tsr"])
def test_a_changed_anchor_proves_nothing(two_days: Anchored, ending: str) -> None:
    damage(two_days, ending)

    assert two_days.anchors.check() == Break(1, "anchor_broken")


def test_a_missing_anchor_is_seen(two_days: Anchored) -> None:
    assert isinstance(two_days.store, MemoryObjects)
    for key in kept(two_days)[:2]:
        del two_days.store.buckets[BUCKETS.audit][key]

    assert two_days.anchors.check() == Break(1, "anchor_broken")


def test_a_second_version_of_an_anchor_does_not_count(two_days: Anchored) -> None:
    """Who may write to the bucket adds an anchor of the trail as he wants it; the first one counts."""
    write_anew(two_days.ledger, 5, why="nothing")
    other = anchored(two_days.ledger, MemoryObjects(), BUCKETS, two_days.anchors.authority)
    other.anchors.anchor()
    theirs = kept(other)[0]
    head = other.store.head(BUCKETS.audit, theirs)
    assert head is not None
    assert isinstance(two_days.store, MemoryObjects)
    assert isinstance(other.store, MemoryObjects)
    two_days.store.buckets[BUCKETS.audit][kept(two_days)[2]].append(other.store.buckets[BUCKETS.audit][theirs][0])

    assert two_days.anchors.check() == Break(5, "not_as_anchored")


def test_a_token_of_another_authority_does_not_count(two_days: Anchored, tmp_path: Path) -> None:
    with authority_in(tmp_path) as stranger:
        strict = replace(two_days.anchors, authority=stranger)

        assert strict.check() == Break(1, "anchor_broken")


def test_a_broken_trail_is_not_anchored_and_raises_an_alarm(two_days: Anchored) -> None:
    write_anew(two_days.ledger, 5, why="nothing")
    before = kept(two_days)

    with pytest.raises(AuditBroken, match="line 5: not_as_anchored"):
        two_days.anchors.anchor()
    (alarm,) = Alarms(two_days.ledger.database).open_ones("audit_broken")
    assert "not_as_anchored" in alarm.detail
    assert kept(two_days) == before


def test_lines_written_anew_before_the_newest_anchor_stop_the_next_one(two_days: Anchored) -> None:
    write_anew(two_days.ledger, 1, why="nothing")

    with pytest.raises(AuditBroken, match="line 1: not_as_anchored"):
        two_days.anchors.anchor()


class Dead:
    """An authority that does not answer."""

    def stamp(self, digest: bytes) -> bytes:
        """Nothing comes."""
        raise TimestampUnavailable(digest.hex()[:8])

    def stamped_at(self, response: bytes, digest: bytes) -> None:
        """Nobody asks."""
        raise AssertionError((response, digest))


def test_an_anchor_that_got_no_token_is_finished_by_the_next_run(house: Anchored) -> None:
    house.act(3)
    with pytest.raises(TimestampUnavailable):
        replace(house.anchors, authority=Dead()).anchor()
    house.act(2)
    waiting = house.anchors.check()
    made = house.anchors.anchor()

    assert isinstance(waiting, Checked)
    assert waiting.stamped_at is None
    assert [one.number for one in made] == [3, 5]
    assert len(kept(house)) == 4
    assert isinstance(house.anchors.check(), Checked)


def test_a_line_that_waits_too_long_raises_one_alarm_and_anchoring_settles_it(
    house: Anchored, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.act(1)
    database = house.ledger.database
    early = raise_if_late(database)
    monkeypatch.setattr("storage.audit.lateness.LATE", timedelta(0))
    late = raise_if_late(database), raise_if_late(database)
    raised = Alarms(database).open_ones("not_anchored")
    house.anchors.anchor()

    assert (early, late) == (False, (True, False))
    assert [alarm.detail for alarm in raised] == ["line 1"]
    assert Alarms(database).open_ones("not_anchored") == ()
    assert raise_if_late(database) is False


def test_many_lines_go_into_several_anchors(house: Anchored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.audit.anchors._AT_ONCE", 2)
    house.act(5)

    assert [one.number for one in house.anchors.anchor()] == [2, 4, 5]
    assert isinstance(house.anchors.check(), Checked)
