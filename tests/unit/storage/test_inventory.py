"""The inventory: what must be there, how it stands, and until when it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from storage.alarms import Alarms
from storage.database.keeping_tables import objects
from storage.database.tables import records
from storage.inventory import Inventory, Standing
from storage.ledger import Ledger
from storage.retention.forgetting import forget
from tests.twins.retired_house import retired
from tests.twins.two_stores import TwoStores


@pytest.fixture
def house(ledger: Ledger) -> TwoStores:
    return TwoStores(ledger)


def test_an_empty_house_stands_empty(house: TwoStores) -> None:
    assert house.inventory.standing() == Standing(0, 0, 0, 0, 0, None)


def test_the_standing_counts_what_is_kept(house: TwoStores) -> None:
    first, second = house.put_twice("a", b"four"), house.put("b", b"nine more")
    house.put("c", b"gone")
    with house.ledger.database.writing() as connection:
        connection.execute(update(objects).where(objects.c.key == "c").values(state="disposed"))
    at = datetime(2026, 1, 2, tzinfo=UTC)
    house.inventory.checked(first, at)
    house.inventory.found_damaged(second, "STORE_CORRUPT")

    standing = house.inventory.standing()

    assert (standing.objects, standing.size, standing.unsound) == (2, 13, 1)
    assert (standing.unreplicated, standing.unchecked, standing.oldest_check) == (1, 0, at)


def test_one_incident_is_open_for_an_object_at_a_time(house: TwoStores) -> None:
    item = house.put()

    first = house.inventory.found_damaged(item, "STORE_CORRUPT")

    assert first is not None
    assert house.inventory.found_damaged(item, "STORE_CORRUPT") == first
    house.inventory.restored(item, "another")
    assert house.inventory.found_damaged(item, "STORE_CORRUPT") == first + 1
    assert [one.id for one in house.inventory.incidents(9)] == [first + 1, first]


def test_what_is_damaged_is_due_before_its_time(house: TwoStores) -> None:
    item, other = house.put("a"), house.put("b")
    for one in (item, other):
        house.inventory.checked(one, datetime.now(UTC))
    month_ago = datetime.now(UTC) - timedelta(days=30)
    assert house.inventory.due(month_ago, 9) == ()

    house.inventory.found_damaged(item, "STORE_CORRUPT")

    assert [one.stored for one in house.inventory.due(month_ago, 9)] == [item.stored]


def test_what_is_lost_stays_lost_until_it_is_restored(house: TwoStores) -> None:
    item = house.put()
    house.inventory.found_damaged(item, "STORE_CORRUPT")
    house.inventory.lost(item)
    house.inventory.found_damaged(house.item(item.stored), "STORE_CORRUPT")

    assert house.item(item.stored).state == "lost"
    house.inventory.restored(house.item(item.stored), "another")
    assert house.item(item.stored).state == "sound"


def test_what_was_destroyed_never_changes_again(house: TwoStores) -> None:
    item = house.put()
    with house.ledger.database.writing() as connection:
        connection.execute(update(objects).values(state="disposed"))

    house.inventory.checked(item, datetime.now(UTC))
    assert house.inventory.found_damaged(item, "STORE_CORRUPT") is None
    assert not house.inventory.replicated(item.stored, datetime.now(UTC))
    assert not house.inventory.restored(item, "another")
    after = house.item(item.stored)
    assert (after.state, after.checked_at, after.replicated_at) == ("disposed", None, None)


def test_bytes_of_no_record_are_kept_by_no_record(house: TwoStores) -> None:
    assert house.inventory.keep_until(house.put()) is None


def test_what_records_share_is_kept_as_long_as_the_longest_of_them(ledger: Ledger, tmp_path: Path) -> None:
    house = replace(retired(ledger, tmp_path), old=False)
    first = house.file(house.receive(b"one"))
    longer = house.file(house.receive(b"two"), shares=first)
    until = datetime(2077, 1, 2, tzinfo=UTC)
    with ledger.database.writing() as connection:
        query = update(records).where(records.c.record_id == longer.key.record_id)
        connection.execute(query.values(keep_until=until))
    inventory, bucket = Inventory(ledger.database), house.row(first).bucket

    def kept(key: str) -> datetime | None:
        item = inventory.item(bucket, key)
        assert item is not None
        return inventory.keep_until(item)

    assert (kept(first.key.content), kept(first.key.text)) == (until, until)
    assert kept(first.key.manifest_of(1)) == house.row(first).keep_until
    assert kept(longer.key.manifest_of(1)) == until


def test_shared_text_is_kept_by_who_still_shares_it_when_the_first_is_destroyed(ledger: Ledger, tmp_path: Path) -> None:
    house = replace(retired(ledger, tmp_path), old=False)
    first = house.file(house.receive(b"one"))
    longer = house.file(house.receive(b"two"), shares=first)
    bucket, until = house.row(first).bucket, house.row(longer).keep_until
    with ledger.database.writing() as connection:
        forget(connection, first.key.record_id, ())
        connection.execute(update(records).where(records.c.record_id == first.key.record_id).values(keep_until=None))
    inventory = Inventory(ledger.database)
    text = inventory.item(bucket, first.key.text)
    assert text is not None

    assert until is not None
    assert inventory.keep_until(text) == until


def test_who_comes_after_another_run_has_mended_it_changes_nothing(house: TwoStores) -> None:
    item = house.put()
    house.inventory.found_damaged(item, "STORE_CORRUPT")
    assert house.inventory.restored(item, "another")

    assert house.inventory.restored(item, "another still")
    house.inventory.lost(item)

    assert house.item(item.stored).state == "sound"
    assert [one.outcome for one in house.inventory.incidents(9)] == ["restored"]
    assert [one.kind for one in Alarms(house.ledger.database).open_ones()] == ["object_damaged"]
