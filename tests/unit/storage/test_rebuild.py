"""The catalogue comes back from the manifests alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from dossier.errors import LedgerConflict
from dossier.records import Change, Record
from dossier.values import Soundness
from storage.account import account_of
from storage.audit.trail import AuditTrail
from storage.database.engine import Database
from storage.database.keeping_tables import objects
from storage.database.tables import audit, documents, drops, pages, receipts, records
from storage.desk import Desk
from storage.inventory import Inventory
from storage.ledger import Ledger, drop_id_of
from storage.records.rebuild import UNKNOWN_OFFICE, Rebuild
from storage.records.warehouse import intake_key
from tests.twins.lost_house import BINH, House
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import CITIZEN
from tests.twins.retired_house import RUNS, retired


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def rows(database: Database, table: object, *without: str) -> list[dict[str, object]]:
    with database.reading() as connection:
        found = [dict(row) for row in connection.execute(select(table)).mappings()]  # type: ignore[call-overload]
    kept = [{name: value for name, value in row.items() if name not in without} for row in found]
    return sorted(kept, key=repr)


def test_twelve_records_come_back_as_they_were(house: House) -> None:
    filed_ones: list[Record] = []
    for number in range(4):
        drop_id, _ = house.receive(number, 4)
        citizen = BINH if number % 2 else CITIZEN
        filed_ones += [house.file(drop_id, 1, citizen=citizen), house.file(drop_id, 2, count=2, citizen=citizen)]
        filed_ones.append(house.file(drop_id, 4, citizen=citizen, sensitive=True, source="result"))
        house.ledger.finished(drop_id)
    assert len(filed_ones) == 12
    house.correct(filed_ones[0].key, Change({"number": "13/GXN-UBND", "date": ""}))
    house.correct(filed_ones[0].key, Change({"full_name": "Nguyễn Thứ"}))
    house.correct(filed_ones[2].key, Change(state="withdrawn"))

    made, rebuilt = house.rebuild()

    assert (rebuilt.records, rebuilt.done, rebuilt.again, rebuilt.doubtful) == (12, 4, 0, [])
    before, after = house.ledger.database, made.database
    assert rows(after, records) == rows(before, records)
    assert rows(after, objects, "entered_at") == rows(before, objects, "entered_at")
    assert rows(after, documents, "id", "entered_at") == rows(before, documents, "id", "entered_at")
    lost = ("file_name", "attempts", "flow_run_id", "finished_at")
    assert rows(after, drops, *lost) == rows(before, drops, *lost)
    of_receipts = ("id", "received_at", "file_name", "delivery")
    assert rows(after, receipts, *of_receipts) == rows(before, receipts, *of_receipts)
    assert len(rows(after, pages)) == 16
    assert {row["version"] for row in rows(after, records)} == {1, 2, 3}


def test_a_file_with_a_page_that_no_record_tells_of_is_worked_again(house: House) -> None:
    drop_id, _ = house.receive(1, 3)
    house.file(drop_id, 1, count=2)
    house.ledger.finished(drop_id)

    made, rebuilt = house.rebuild()

    assert (rebuilt.done, rebuilt.again) == (0, 1)
    assert [drop.id for drop in made.unfinished()] == [drop_id]
    now = datetime.now(UTC)
    account = account_of(made.database, now - timedelta(days=1), now + timedelta(days=1), now)
    assert (account.faults, account.pages.filed, account.pages.waiting) == ((), 2, 1)


def test_the_same_bytes_again_are_a_duplicate_as_before(house: House) -> None:
    drop_id, sha256 = house.receive(1, 1)
    house.file(drop_id, 1)
    house.ledger.finished(drop_id)
    made, _ = house.rebuild()

    again = made.receive(
        office="mot-cua", file_name="again.pdf", sha256=sha256, size=6, soundness=Soundness("pdf", 1),
        intake=house.warehouse.receive(house.folder / "1.pdf", sha256),
    )  # fmt: skip

    assert (again.outcome, again.duplicate_of) == ("duplicate", drop_id)


def test_a_file_that_no_manifest_names_is_worked_again(house: House) -> None:
    drop_id, sha256 = house.receive(1, 3)

    made, rebuilt = house.rebuild(Soundness("pdf", 3))

    (drop,) = made.unfinished()
    assert (drop.id, drop.sha256, drop.office, drop.pages) == (drop_id, sha256, UNKNOWN_OFFICE, 3)
    assert rebuilt.again == 1


def test_pages_that_a_person_decided_on_are_left_alone_when_the_file_is_worked_again(house: House) -> None:
    drop_id, _ = house.receive(1, 3)
    house.file(drop_id, 1, linked_by=("decision", "file_name"))

    made, _ = house.rebuild()

    assert Desk(made).decided_pages(drop_id) == {1}
    assert made.corrections() == ()


def test_a_linked_record_comes_back_beside_the_one_whose_content_it_shares(house: House) -> None:
    drop_id, _ = house.receive(1, 2)
    first = house.file(drop_id, 1, scan="same")
    again, _ = house.receive(2, 1)
    house.link(again, 1, first, "same")

    made, rebuilt = house.rebuild()

    assert rebuilt.records == 2
    assert rows(made.database, records) == rows(house.ledger.database, records)


def test_a_damaged_manifest_is_told_and_does_not_stop_the_others(house: House) -> None:
    drop_id, sha256 = house.receive(1, 2)
    rotten, sound = house.file(drop_id, 1), house.file(drop_id, 2)
    place = house.warehouse.objects.buckets[house.warehouse.buckets.archive]
    (version,) = place[rotten.key.manifest_of(1)]
    place[rotten.key.manifest_of(1)] = [replace(version, content=version.content[:-1] + b"\0")]

    made, rebuilt = house.rebuild()

    assert rebuilt.doubtful == [f"{rotten.key.record_id} STORE_CORRUPT"]
    assert made.record(sound.key.record_id) is not None
    assert [drop.sha256 for drop in made.unfinished()] == [sha256]
    assert made.drop(drop_id_of(sha256)).state == "received"


def test_a_file_that_cannot_be_read_is_told(house: House) -> None:
    _, sha256 = house.receive(1, 2)

    _, rebuilt = house.rebuild()

    assert rebuilt.doubtful == [f"{sha256[:32]} TRUNCATED"]


def test_a_ledger_that_holds_something_is_never_filled(house: House) -> None:
    house.receive(1, 1)

    with pytest.raises(LedgerConflict, match="not empty"):
        Rebuild(
            house.warehouse, house.ledger.database, check=lambda _path: Soundness("pdf", 1), restore_trail=lambda: 0
        ).run()


def test_a_file_that_was_destroyed_with_its_records_is_still_known_as_destroyed(tmp_path: Path) -> None:
    before = Ledger.open(f"sqlite:///{tmp_path / 'before.sqlite'}")
    old = retired(before, tmp_path)
    gone, kept = old.receive(b"one paper"), old.receive(b"a paper of two persons")
    papers = [old.file(gone), old.file(kept, 1)]
    old.file(kept, 2)
    for drop in (gone, kept):
        old.finish(drop)
    for paper in papers:
        old.disposals.carry_out(old.agreed(paper), **RUNS)
    after = Database.open(f"sqlite:///{tmp_path / 'after.sqlite'}")

    rebuilt = Rebuild(old.warehouse, after, check=lambda _path: Soundness("pdf", 2), restore_trail=lambda: 0).run()

    known = [Inventory(after).is_destroyed(old.buckets.intake, intake_key(sha256)) for _, sha256 in (gone, kept)]
    assert (known, rebuilt.doubtful, rebuilt.records) == ([True, False], [], 1)
    assert Inventory(after).standing().unsound == 0
    before.close()
    after.close()


@pytest.mark.parametrize("trail_came_back", [False, True])
def test_a_record_that_was_destroyed_is_still_known_as_destroyed_where_its_received_file_stayed(
    tmp_path: Path, *, trail_came_back: bool
) -> None:
    old = retired(Ledger.open(f"sqlite:///{tmp_path / 'before.sqlite'}"), tmp_path)
    drop = old.receive(b"a paper of two persons")
    gone, stays = old.file(drop, 1), old.file(drop, 2)
    old.finish(drop)
    old.disposals.carry_out(old.agreed(gone), **RUNS)
    after = Ledger.open(f"sqlite:///{tmp_path / 'after.sqlite'}")

    def restore() -> int:
        with old.ledger.database.reading() as before, after.database.writing() as connection:
            lines = [dict(line) for line in before.execute(select(audit)).mappings()] if trail_came_back else []
            if lines:
                connection.execute(insert(audit), lines)
        return len(lines)

    Rebuild(old.warehouse, after.database, check=lambda _path: Soundness("pdf", 2), restore_trail=restore).run()

    assert [after.was_destroyed(paper.key.record_id) for paper in (gone, stays)] == [True, False]
    told = [(one.actor, one.outcome) for one in AuditTrail(after).lines(99) if one.act == "dispose"]
    assert told == [(RUNS["by"] if trail_came_back else "rebuild", "disposal 1")]
    assert AuditTrail(after).verify() is None
    old.ledger.close()
    after.close()


def test_a_certificate_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    before = Ledger.open(f"sqlite:///{tmp_path / 'before.sqlite'}")
    old = retired(before, tmp_path)
    drop = old.receive(b"one paper")
    paper = old.file(drop)
    old.finish(drop)
    done = old.disposals.carry_out(old.agreed(paper), **RUNS)
    assert isinstance(old.warehouse, MemoryWarehouse)
    old.warehouse.spoil(done.stored)
    after = Database.open(f"sqlite:///{tmp_path / 'after.sqlite'}")

    rebuilt = Rebuild(old.warehouse, after, check=lambda _path: Soundness("pdf", 2), restore_trail=lambda: 0).run()

    assert rebuilt.doubtful == [f"{done.stored.key} STORE_CORRUPT"]
    before.close()
    after.close()
