"""Every object gets its second copy: once, under the same lock, also when the second store was away or a run was killed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from dossier.errors import StoreUnavailable
from storage.database.keeping_tables import objects, outbox
from storage.healing.replication import copy_object
from storage.inventory import enter_objects
from storage.ledger import Ledger
from storage.objects.store import Body
from tests.twins.two_stores import LOCK, TwoStores


@pytest.fixture
def house(ledger: Ledger) -> TwoStores:
    return TwoStores(ledger)


def due_at(house: TwoStores) -> datetime:
    with house.ledger.database.reading() as connection:
        found: datetime = connection.execute(select(outbox.c.due_at)).scalar_one()
    return found


def let_it_be_due(house: TwoStores) -> None:
    with house.ledger.database.writing() as connection:
        connection.execute(update(outbox).values(due_at=datetime.now(UTC)))


def pauses(house: TwoStores, times: int) -> Iterator[timedelta]:
    for _ in range(times):
        before = datetime.now(UTC)
        assert house.copy() == (0, 1)
        yield due_at(house) - before
        let_it_be_due(house)


def test_an_object_gets_its_second_copy_under_the_same_lock(house: TwoStores) -> None:
    item = house.put()

    assert house.copy() == (1, 0)
    assert house.copy() == (0, 0)
    assert house.content(item.stored) == b"".join(house.replica.read(item.stored.bucket, item.stored.key))
    head = house.replica.head(item.stored.bucket, item.stored.key)
    assert head is not None
    assert (head.lock_mode, head.locked_until) == ("COMPLIANCE", LOCK)
    assert house.item(item.stored).replicated_at is not None


def test_an_object_that_is_entered_twice_has_one_errand(house: TwoStores) -> None:
    item = house.put()
    with house.ledger.database.writing() as connection:
        enter_objects(connection, (item.stored,), None)

    assert house.copy() == (1, 0)


def test_an_errand_waits_longer_and_longer_for_a_replica_that_is_away_and_nothing_is_lost(house: TwoStores) -> None:
    item = house.put()
    house.replica.away = True

    waited = [pause.total_seconds() for pause in pauses(house, 12)]

    assert all(later > earlier or later == pytest.approx(3600, abs=5) for earlier, later in pairwise(waited))
    assert waited[0] == pytest.approx(10, abs=5)
    assert waited[-1] == pytest.approx(3600, abs=5)
    house.replica.away = False
    assert house.copy() == (1, 0)
    assert house.outbox.waiting_since("replicate") is None
    assert house.item(item.stored).replicated_at is not None


def test_an_errand_that_is_put_off_is_not_due(house: TwoStores) -> None:
    house.put()
    house.replica.away = True

    assert house.copy() == (0, 1)
    assert house.copy() == (0, 0)


def test_a_run_that_was_killed_after_it_copied_copies_nothing_twice(house: TwoStores) -> None:
    item = house.put()
    copy_object(item.stored, house.store, item.stored.version_id, house.replica)

    assert house.copy() == (1, 0)
    assert len(house.replica.versions(item.stored.bucket, item.stored.key)) == 1
    assert house.item(item.stored).replicated_at is not None


def test_damaged_bytes_are_not_copied_and_are_handed_to_the_fixity_check(house: TwoStores) -> None:
    item = house.put()
    house.store.rot(item.stored)

    assert house.copy() == (0, 1)
    assert house.replica.versions(item.stored.bucket, item.stored.key) == ()
    assert house.item(item.stored).state == "damaged"
    assert house.alarms == ["object_damaged"]


def test_one_object_that_cannot_be_copied_stops_no_other(house: TwoStores) -> None:
    bad, good = house.put("citizens/aa/document"), house.put("citizens/bb/document")
    house.store.rot(bad.stored)

    assert house.copy() == (1, 1)
    assert house.item(good.stored).replicated_at is not None


def test_what_was_destroyed_gets_no_copy(house: TwoStores) -> None:
    item = house.put()
    with house.ledger.database.writing() as connection:
        connection.execute(update(objects).values(state="disposed"))

    assert house.copy() == (1, 0)
    assert house.replica.versions(item.stored.bucket, item.stored.key) == ()


def test_what_is_destroyed_while_it_is_copied_leaves_no_copy(house: TwoStores) -> None:
    item = house.put()
    versions = house.store.buckets[item.stored.bucket][item.stored.key]
    assert len(versions) == 1
    house.store.buckets[item.stored.bucket][item.stored.key] = []  # written anew without a lock: its time is over
    body = Body((b"sealed bytes",), 12, item.stored.sha256, "application/octet-stream")
    house.store.put_version(item.stored.bucket, item.stored.key, body)

    def destroy() -> None:
        with house.ledger.database.writing() as connection:
            connection.execute(update(objects).values(state="disposed"))

    house.replica.after_writing = destroy
    house.copy()

    assert house.replica.versions(item.stored.bucket, item.stored.key) == ()


def test_a_copy_is_kept_as_long_as_the_longest_of_its_locks(house: TwoStores) -> None:
    item = house.put()
    later = LOCK + timedelta(days=1)

    copy_object(item.stored, house.store, item.stored.version_id, house.replica, keep_until=later)

    head = house.replica.head(item.stored.bucket, item.stored.key)
    assert head is not None
    assert head.locked_until == later


def test_a_copy_from_a_store_that_goes_away_is_no_damage(house: TwoStores) -> None:
    item = house.put()
    house.store.away = True

    with pytest.raises(StoreUnavailable):
        house.store.read(item.stored.bucket, item.stored.key)
    assert house.copy() == (0, 1)
    assert house.alarms == []
