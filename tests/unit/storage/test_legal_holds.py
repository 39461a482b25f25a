"""A hold stands in the ledger and on every object, and a crash leaves the record held."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Connection

from dossier.errors import LedgerConflict, NoSuchRecord, PurposeRequired, RecordBound, StoreUnavailable
from dossier.records import Record
from storage.ledger import Ledger
from storage.objects.store import Listed
from storage.retention.legal_holds import LegalHolds
from tests.twins.memory_objects import MemoryObjects
from tests.twins.memory_warehouse import BUCKETS
from tests.twins.retired_house import RUNS, Retired, retired

PLACED = {"by": "Thanh tra", "why": "vụ việc 12"}
LIFTED = {"by": "Thanh tra", "why": "kết thúc vụ việc"}


@pytest.fixture
def house(ledger: Ledger, tmp_path: Path) -> Retired:
    return retired(ledger, tmp_path)


def filed(house: Retired, content: bytes = b"one paper", shares: Record | None = None) -> Record:
    drop = house.receive(content)
    paper = house.file(drop, shares=shares)
    house.finish(drop)
    return paper


def held_keys(house: Retired, store: str = "warehouse") -> set[str]:
    """Names of the objects under hold."""
    found = house.stores[store]
    heads = {one.key: found.head(BUCKETS.archive, one.key, one.version_id) for one in found.listed(BUCKETS.archive)}
    return {key.split("/", 3)[3] for key, head in heads.items() if head is not None and head.legal_hold}


def test_a_hold_stands_on_every_object_here_and_in_the_replica(house: Retired) -> None:
    paper, other = filed(house), filed(house, b"another")
    hold = house.holds.place(paper.key.record_id, **PLACED)
    name = paper.key.record_id

    for store in ("warehouse", "replica"):
        assert held_keys(house, store) == {
            f"{name}/{one}" for one in ("document.pdf", "text.alto.xml", "manifest-0001.json")
        }
    with pytest.raises(RecordBound):
        house.warehouse.store.remove(BUCKETS.archive, paper.key.content, house.row(paper).version_id)
    assert [one.record_id for one in house.holds.open_ones()] == [name]
    house.holds.lift(hold.id, **LIFTED)
    assert held_keys(house) == held_keys(house, "replica") == set()
    assert house.row(other).state == "valid"


def test_who_and_why_stand_in_the_trail(house: Retired) -> None:
    paper = filed(house)
    hold = house.holds.place(paper.key.record_id, **PLACED)
    lifted = house.holds.lift(hold.id, **LIFTED)
    lines = [line for line in reversed(house.trail.lines(10)) if line.act.startswith("hold")]

    assert [(line.act, line.actor, line.why) for line in lines] == [
        ("hold_place", *PLACED.values()), ("hold_lift", *LIFTED.values()),
    ]  # fmt: skip
    assert (lifted.lifted_by, lifted.lifted_why) == tuple(LIFTED.values())


def test_a_hold_said_twice_is_one(house: Retired) -> None:
    record_id = filed(house).key.record_id
    first, again = (house.holds.place(record_id, **PLACED) for _ in range(2))
    other = house.holds.place(record_id, by="Tòa án", why="vụ án 3")

    assert first == again != other


def test_objects_stay_held_while_another_hold_needs_them(house: Retired) -> None:
    record_id = filed(house).key.record_id
    first = house.holds.place(record_id, **PLACED)
    house.holds.place(record_id, by="Tòa án", why="vụ án 3")
    house.holds.lift(first.id, **LIFTED)

    assert len(held_keys(house)) == 3
    assert len(house.holds.open_ones()) == 1


def test_shared_content_is_held_for_the_record_that_refers_to_it(house: Retired) -> None:
    first = filed(house)
    second = filed(house, b"second", first)
    hold = house.holds.place(second.key.record_id, **PLACED)

    assert f"{first.key.record_id}/document.pdf" in held_keys(house)
    mine = house.holds.place(first.key.record_id, **PLACED)
    house.holds.lift(hold.id, **LIFTED)
    assert f"{first.key.record_id}/document.pdf" in held_keys(house)
    house.holds.lift(mine.id, **LIFTED)
    assert held_keys(house) == set()


def test_two_who_lift_two_holds_at_once_leave_none_in_the_store(house: Retired, monkeypatch: pytest.MonkeyPatch) -> None:
    record_id = filed(house).key.record_id
    holds = [house.holds.place(record_id, by=by, why="vụ án 3") for by in ("Thanh tra", "Tòa án")]
    writing, met = house.ledger.database.writing, Barrier(2)

    def together() -> AbstractContextManager[Connection]:
        met.wait(10)  # both have looked, and each saw the hold of the other
        return writing()

    with monkeypatch.context() as meeting, ThreadPoolExecutor(2) as pool:
        meeting.setattr(house.ledger.database, "writing", together)
        list(pool.map(lambda hold: house.holds.lift(hold.id, **LIFTED), holds))

    assert house.holds.open_ones() == ()
    assert held_keys(house) == held_keys(house, "replica") == set()


class Interrupted(MemoryObjects):
    """A store before whose first hold something else happens."""

    before: Callable[[], object] | None = None

    def set_legal_hold(self, bucket: str, key: str, version_id: str, *, on: bool) -> None:
        """After that."""
        act, self.before = self.before, None
        if act is not None:
            act()
        super().set_legal_hold(bucket, key, version_id, on=on)


def interrupted(house: Retired) -> tuple[Interrupted, LegalHolds]:
    """Such a store with the objects of the warehouse, and the holds in it."""
    store = Interrupted()
    assert isinstance(house.warehouse.store, MemoryObjects)
    store.buckets, store.locked = house.warehouse.store.buckets, house.warehouse.store.locked
    return store, LegalHolds(house.ledger.database, (store,))


def test_a_hold_that_is_lifted_while_holds_are_enforced_is_not_set_again(house: Retired) -> None:
    hold = house.holds.place(filed(house).key.record_id, **PLACED)
    store, holds = interrupted(house)
    store.before = lambda: house.holds.lift(hold.id, **LIFTED)
    holds.enforce()

    assert held_keys(house) == set()


def test_a_hold_that_is_placed_while_another_is_lifted_stands(house: Retired) -> None:
    record_id = filed(house).key.record_id
    hold = house.holds.place(record_id, **PLACED)
    store, holds = interrupted(house)
    store.before = lambda: house.holds.place(record_id, by="Tòa án", why="vụ án 3")
    holds.lift(hold.id, **LIFTED)

    assert len(held_keys(house)) == 3


def test_a_lifted_hold_that_stands_in_the_store_goes_when_it_is_lifted_again(house: Retired) -> None:
    first, other = filed(house), filed(house, b"another")
    hold, needed = (house.holds.place(paper.key.record_id, **PLACED) for paper in (first, other))
    lifted = house.holds.lift(hold.id, **LIFTED)
    for listed in house.warehouse.store.listed(BUCKETS.archive):
        house.warehouse.store.set_legal_hold(BUCKETS.archive, listed.key, listed.version_id, on=True)

    assert house.holds.lift(hold.id, by="Người khác", why="gỡ lại") == lifted
    assert {key.split("/")[0] for key in held_keys(house)} == {needed.record_id}
    assert [line.act for line in house.trail.lines(10)].count("hold_lift") == 1


class Unasked(MemoryObjects):
    """A store in which nothing may be looked for."""

    def listed(self, bucket: str, prefix: str = "") -> Iterator[Listed]:
        """It does not answer."""
        raise StoreUnavailable


def test_of_a_record_that_is_gone_no_store_is_asked_when_its_hold_is_lifted_again(house: Retired) -> None:
    paper = filed(house)
    hold = house.holds.place(paper.key.record_id, **PLACED)
    lifted = house.holds.lift(hold.id, **LIFTED)
    house.disposals.carry_out(house.agreed(paper), **RUNS)

    assert LegalHolds(house.ledger.database, (Unasked(),)).lift(hold.id, **LIFTED) == lifted


class Away(MemoryObjects):
    """A store that takes no holds."""

    def set_legal_hold(self, bucket: str, key: str, version_id: str, *, on: bool) -> None:
        """It does not answer."""
        raise StoreUnavailable


def test_a_hold_that_the_store_did_not_take_binds_us_and_is_enforced_later(house: Retired) -> None:
    paper = filed(house)
    away = Away()
    assert isinstance(house.warehouse.store, MemoryObjects)
    away.buckets, away.locked = house.warehouse.store.buckets, house.warehouse.store.locked
    with pytest.raises(StoreUnavailable):
        LegalHolds(house.ledger.database, (away,)).place(paper.key.record_id, **PLACED)

    with pytest.raises(RecordBound):
        house.disposals.ask(paper.key.record_id, by="Trần Hỏi", why="hết thời hạn")
    assert held_keys(house) == set()
    assert house.holds.enforce() == 1
    assert len(held_keys(house)) == 3


def test_a_hold_that_the_store_did_not_let_go_stays(house: Retired) -> None:
    paper = filed(house)
    hold = house.holds.place(paper.key.record_id, **PLACED)
    away = Away()
    assert isinstance(house.warehouse.store, MemoryObjects)
    away.buckets, away.locked = house.warehouse.store.buckets, house.warehouse.store.locked
    with pytest.raises(StoreUnavailable):
        LegalHolds(house.ledger.database, (away,)).lift(hold.id, **LIFTED)

    assert [one.id for one in house.holds.open_ones()] == [hold.id]


def test_what_is_not_there_cannot_be_held_or_lifted(house: Retired) -> None:
    with pytest.raises(NoSuchRecord):
        house.holds.place("0" * 32, **PLACED)
    with pytest.raises(LedgerConflict):
        house.holds.lift(99, **LIFTED)
    with pytest.raises(PurposeRequired):
        house.holds.place("0" * 32, by="Thanh tra", why="")
