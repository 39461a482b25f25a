"""A record goes only when its time is over, nobody holds it and two persons want it; and then all of it goes."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select, update

from dossier.decisions import FileIt, Reject
from dossier.errors import (
    DecisionMalformed,
    LedgerConflict,
    NoSuchRecord,
    PurposeRequired,
    RecordBound,
    SecondPersonNeeded,
    StoreUnavailable,
)
from dossier.records import Change, StoredObject
from dossier.values import Soundness
from storage.alarms import Alarms
from storage.database.keeping_tables import objects
from storage.database.rows import RecordRow
from storage.database.schema import metadata
from storage.database.tables import records
from storage.desk import Desk
from storage.files import mark_of
from storage.intake.dropped import DroppedFile
from storage.intake.inbox import receive
from storage.intake.put_aside import put_aside_taken
from storage.inventory import Inventory
from storage.ledger import Ledger
from storage.objects.store import ObjectStore
from storage.records.corrections import correct
from storage.records.manifest_store import Told
from storage.records.record_objects import VersionAt
from storage.records.warehouse import intake_key
from storage.retention.doomed import refuse_bound
from tests.twins.memory_objects import MemoryObjects
from tests.twins.memory_warehouse import BUCKETS, MemoryWarehouse
from tests.twins.papers import CITIZEN, DOSSIER, held, page
from tests.twins.retired_house import AGREES, ASKS, RUNS, Retired, retired, unlock

CORRECTED: Final[dict[str, Any]] = {"by": "Lan", "why": "đọc sai", "at": datetime(2026, 11, 24, 8, 30, tzinfo=UTC)}


@pytest.fixture
def house(ledger: Ledger, tmp_path: Path) -> Retired:
    """Its records may go."""
    return retired(ledger, tmp_path)


@pytest.fixture
def young(house: Retired) -> Retired:
    """Its records must stay for 30 days."""
    return replace(house, old=False)


def _all_of(house: Retired, *tables: str) -> str:
    """Every line of some tables."""
    with house.ledger.database.reading() as connection:
        lines = [line for name in tables for line in connection.execute(select(metadata.tables[name]))]
    return "\n".join(str(tuple(line)) for line in lines)


def test_what_two_persons_agreed_on_goes_from_store_and_replica(house: Retired) -> None:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    before = house.objects("replica") | house.received("replica")
    house.disposals.carry_out(house.agreed(paper), **RUNS)

    assert len(before) == 4  # content, text, manifest, received file
    for store in ("warehouse", "replica"):
        assert house.objects(store) == house.received(store) == set()


def test_the_certificate_proves_it_and_names_no_citizen(house: Retired) -> None:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    row = house.row(paper)
    disposal_id = house.agreed(paper)
    done = house.disposals.carry_out(disposal_id, **RUNS)
    told = dict(done.told)
    head = house.warehouse.store.head(BUCKETS.audit, done.stored.key)

    assert (told["step"], told["record_id"], told["content_sha256"]) == ("done", row.record_id, row.sha256)
    assert (told["asked"]["by"], told["agreed"]["by"], told["carried_out"]["by"]) == (ASKS["by"], AGREES["by"], RUNS["by"])
    assert sorted(one["object"].rsplit("/", 1)[1][:8] for one in told["destroyed"] if one["store"] == "replica") == sorted(
        ["document", "text.alt", "manifest", drop[1][:8]]
    )
    assert [one["destroyed"] for one in told["received"]] == [True]
    assert head is not None
    assert head.locked_until is not None
    assert head.locked_until > datetime.now(UTC) + timedelta(days=365)
    assert house.disposals.certificate(disposal_id).told == told
    for secret in (paper.key.citizen, "Nguyễn Thử", str(paper.dossier_code)):
        assert secret not in json.dumps(told, ensure_ascii=False)


def test_the_ledger_keeps_hashes_and_times_and_forgets_the_person(house: Retired) -> None:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    before = house.row(paper)
    house.disposals.carry_out(house.agreed(paper), **RUNS)
    row = house.row(paper)
    everything = _all_of(house, "records", "documents", "decisions", "drops", "receipts", "searched", "hand_ins")
    with house.ledger.database.reading() as connection:
        states = set(connection.execute(select(objects.c.state)).scalars())

    assert row.state == "disposed"
    assert (row.sha256, row.stored_at, row.type, row.size) == (before.sha256, before.stored_at, before.type, before.size)
    assert house.ledger.records_of(paper.key.citizen) == ()
    for secret in (paper.key.citizen, "Thử", str(paper.dossier_code)):
        assert secret not in everything
    assert states == {"disposed", "sound"}  # the certificates themselves are sound


def test_the_very_bytes_that_were_destroyed_do_not_come_back_unseen(house: Retired, tmp_path: Path) -> None:
    drop_id, sha256 = drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    house.disposals.carry_out(house.agreed(paper), **RUNS)
    again = tmp_path / "inbox" / "một-cửa" / "lại.pdf"
    again.parent.mkdir(parents=True)
    again.write_bytes(b"one paper")

    receipt = receive(
        DroppedFile(again, "một-cửa"), check=lambda _: Soundness("pdf", 2), warehouse=house.warehouse,
        ledger=house.ledger, inbox=tmp_path / "inbox",
    )  # fmt: skip

    assert (receipt.outcome, receipt.code) == ("refused", "ALREADY_DESTROYED")
    assert [path.read_bytes() for path in (tmp_path / "inbox" / ".refused").rglob("lại.pdf")] == [b"one paper"]
    assert house.received() == set()
    stored = StoredObject(BUCKETS.intake, intake_key(sha256), "v", sha256, 9)
    with pytest.raises(LedgerConflict, match=f"{drop_id} is destroyed"):  # between the look and the ledger's line
        house.ledger.receive(
            office="một-cửa", file_name="b.pdf", sha256=sha256, size=9, intake=stored, soundness=Soundness("pdf", 2)
        )


def test_papers_that_were_sent_back_are_forgotten_with_the_file_that_they_came_in(house: Retired) -> None:
    drop = house.receive(b"a paper that is filed, one that is sent back, one that waited for a person")
    paper = house.file(drop)
    for number in (2, 3):
        house.ledger.held(drop[0], held(page(number)))
    rejected, typed = (entry.hold_id for entry in house.ledger.shelf(10))
    desk = Desk(house.ledger)
    told = {"who": "Lan", "note": "giấy của bà Nguyễn Thị Ghi Chú"}
    back = desk.decide(rejected, Reject("other"), **told)
    desk.rejected_now(back.id)
    failed = desk.decide(typed, FileIt("birth_certificate", DOSSIER, CITIZEN, {"full_name": "Nguyễn Gõ Tay"}), **told)
    desk.given_back(failed.id, "SCANS_CHANGED")
    again = desk.decide(house.ledger.shelf(10)[0].hold_id, Reject("other"), **told)
    desk.rejected_now(again.id)
    house.finish(drop)
    before = _all_of(house, "documents", "decisions")
    house.disposals.carry_out(house.agreed(paper), **RUNS)
    after = _all_of(house, "documents", "decisions")

    for secret in (CITIZEN, "Chữ", "Ghi Chú", "Gõ Tay", str(DOSSIER)):
        assert secret in before
        assert secret not in after
    assert [entry.id for entry, _ in desk.rejected(10)] == [again.document_id, back.document_id]


def test_a_paper_that_was_sent_back_is_remembered_while_the_file_that_it_came_in_stays(house: Retired) -> None:
    drop = house.receive(b"three papers")
    paper, _ = house.file(drop, 1), house.file(drop, 2)
    house.ledger.held(drop[0], held(page(3)))
    desk = Desk(house.ledger)
    back = desk.decide(house.ledger.shelf(10)[0].hold_id, Reject("other"), who="Lan", note="xem lại tờ ba")
    desk.rejected_now(back.id)
    house.finish(drop)
    house.disposals.carry_out(house.agreed(paper), **RUNS)

    ((entry, decision),) = desk.rejected(10)
    assert (entry.citizen_id, decision.note) == (CITIZEN, "xem lại tờ ba")


def test_what_was_lost_before_is_disposed_too_and_nobody_is_called_for_it_any_more(house: Retired) -> None:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    inventory, alarms = Inventory(house.ledger.database), Alarms(house.ledger.database)
    places = [(BUCKETS.archive, paper.key.content), (BUCKETS.intake, intake_key(drop[1]))]
    for place in places:
        item = inventory.item(*place)
        assert item is not None
        inventory.found_damaged(item, "STORE_CORRUPT")
        inventory.lost(item)
        for store in house.stores.values():
            assert isinstance(store, MemoryObjects)
            store.buckets[place[0]].pop(place[1])
    assert len(alarms.open_ones()) == 4
    house.disposals.carry_out(house.agreed(paper), **RUNS)

    assert all(inventory.is_destroyed(*place) for place in places)
    assert alarms.open_ones() == ()
    assert [(one.outcome, one.ended_at is not None) for one in inventory.incidents(10)] == [("disposed", True)] * 2
    assert inventory.standing().unsound == 0


def test_what_must_stay_stays_in_the_inventory_until_it_goes(house: Retired) -> None:
    first_drop, second_drop = house.receive(b"first"), house.receive(b"second")
    first = house.file(first_drop)
    second = house.file(second_drop, shares=first)
    for drop in (first_drop, second_drop):
        house.finish(drop)
    inventory = Inventory(house.ledger.database)

    def states() -> list[str]:
        keys = (first.key.content, first.key.text, first.key.manifest_of(1))
        return [item.state for key in keys if (item := inventory.item(BUCKETS.archive, key))]

    house.disposals.carry_out(house.agreed(first), **RUNS)
    assert states() == ["sound", "sound", "disposed"]
    house.disposals.carry_out(house.agreed(second), **RUNS)
    assert states() == ["disposed", "disposed", "disposed"]


def test_every_step_stands_in_the_audit_trail(house: Retired) -> None:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    house.disposals.carry_out(house.agreed(paper), **RUNS)
    lines = [line for line in reversed(house.trail.lines(100)) if line.act.startswith("dispose")]

    assert [(line.act, line.actor) for line in lines] == [
        ("dispose_ask", ASKS["by"]), ("dispose_agree", AGREES["by"]), ("dispose_begin", RUNS["by"]),
        ("dispose", RUNS["by"]),
    ]  # fmt: skip
    assert {line.citizen for line in lines} == {paper.key.citizen}
    assert house.trail.verify() is None


@pytest.mark.parametrize("again", ["Trần Hỏi", "  trần   HỎI ", "Tran Hoi", "TranHoi", "t r a n hỏi"])
def test_the_same_person_is_not_a_second_one(house: Retired, again: str) -> None:
    drop = house.receive(b"one paper")
    asked = house.disposals.ask(house.file(drop).key.record_id, **ASKS)

    with pytest.raises(SecondPersonNeeded):
        house.disposals.agree(asked.id, by=again, why="tôi đồng ý")
    with pytest.raises(SecondPersonNeeded):
        house.disposals.carry_out(asked.id, **RUNS)
    assert house.objects() != set()


def test_a_refused_disposal_destroys_nothing(house: Retired) -> None:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    asked = house.disposals.ask(paper.key.record_id, **ASKS)
    house.disposals.refuse(asked.id, **AGREES)

    with pytest.raises(LedgerConflict, match="refused"):
        house.disposals.carry_out(asked.id, **RUNS)
    with pytest.raises(LedgerConflict, match="refused"):
        house.disposals.agree(asked.id, **AGREES)
    assert house.disposals.ask(paper.key.record_id, **ASKS).id != asked.id


def test_within_its_retention_period_nothing_is_asked_for(young: Retired) -> None:
    paper = young.file(young.receive(b"one paper"))

    with pytest.raises(RecordBound):
        young.disposals.ask(paper.key.record_id, **ASKS)


def test_the_lock_of_the_store_counts_where_the_ledger_says_another_day(young: Retired) -> None:
    house = young
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    with house.ledger.database.writing() as connection:
        connection.execute(update(records).values(keep_until=datetime.now(UTC) - timedelta(days=1)))
    disposal_id = house.agreed(paper)

    with pytest.raises(RecordBound):
        house.disposals.carry_out(disposal_id, **RUNS)
    assert len(house.objects()) == 3
    assert house.row(paper).state == "valid"


def test_a_record_of_unknown_period_stays(house: Retired) -> None:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    with house.ledger.database.writing() as connection:
        connection.execute(update(records).values(keep_until=None))
    for store in house.stores.values():
        assert isinstance(store, MemoryObjects)
        unlock(store, BUCKETS.archive, None)
    disposal_id = house.agreed(paper)

    with pytest.raises(RecordBound, match="not known"):
        house.disposals.carry_out(disposal_id, **RUNS)


def test_a_legal_hold_beats_the_end_of_the_period(house: Retired) -> None:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    disposal_id = house.agreed(paper)
    hold = house.holds.place(paper.key.record_id, by="Thanh tra", why="vụ việc 12")

    for act in (
        lambda: house.disposals.ask(paper.key.record_id, **ASKS),
        lambda: house.disposals.carry_out(disposal_id, **RUNS),
    ):
        with pytest.raises(RecordBound, match="legal hold"):
            act()
    house.holds.lift(hold.id, by="Thanh tra", why="kết thúc")
    house.disposals.carry_out(disposal_id, **RUNS)
    assert house.objects() == set()


def test_content_that_another_record_refers_to_stays_until_that_one_goes(house: Retired) -> None:
    first_drop, second_drop = house.receive(b"first"), house.receive(b"second")
    first = house.file(first_drop)
    second = house.file(second_drop, shares=first)
    for drop in (first_drop, second_drop):
        house.finish(drop)
    done = house.disposals.carry_out(house.agreed(first), **RUNS)
    shared = b"".join(house.warehouse.content(second.key, house.row(second).version_id))

    assert {key.rsplit("/", 1)[1] for key in house.objects()} == {"document.pdf", "text.alto.xml", "manifest-0001.json"}
    assert shared.startswith(b"%PDF")
    assert done.told["kept"] == {
        "objects": ["document.pdf", "text.alto.xml"], "because": f"record {second.key.record_id} refers to it",
    }  # fmt: skip
    assert {one["object"].rsplit("/", 1)[1] for one in done.told["destroyed"]} == {"manifest-0001.json", first_drop[1]}
    house.disposals.carry_out(house.agreed(second), **RUNS)
    for store in ("warehouse", "replica"):
        assert house.objects(store) == house.received(store) == set()


def test_a_record_that_refers_to_another_goes_without_its_content(house: Retired) -> None:
    first_drop, second_drop = house.receive(b"first"), house.receive(b"second")
    first = house.file(first_drop)
    second = house.file(second_drop, shares=first)
    for drop in (first_drop, second_drop):
        house.finish(drop)
    house.disposals.carry_out(house.agreed(second), **RUNS)

    assert b"".join(house.warehouse.content(first.key, house.row(first).version_id)).startswith(b"%PDF")
    assert len(house.objects()) == 3


def test_a_received_file_goes_with_the_last_of_its_documents(house: Retired) -> None:
    drop = house.receive(b"two papers")
    first, second = house.file(drop, 1), house.file(drop, 2)
    house.finish(drop)
    one = house.disposals.carry_out(house.agreed(first), **RUNS)
    kept = house.received("replica")
    other = house.disposals.carry_out(house.agreed(second), **RUNS)

    assert one.told["received"] == [
        {"sha256": drop[1], "destroyed": False, "because": "1 other document(s) of the drop are not destroyed"}
    ]
    assert len(kept) == 1
    assert other.told["received"][0]["destroyed"] is True
    assert house.received("replica") == house.received() == set()


def test_copies_in_the_inbox_go_with_the_received_file_and_not_before(house: Retired) -> None:
    content, other = b"two papers", b"xx papers"
    drop = house.receive(content)
    first, second = house.file(drop, 1), house.file(drop, 2)
    house.finish(drop)
    (receipt,) = house.ledger.receipts(10)
    inbox = house.folder / "inbox"
    for name, put in (("quét.pdf", content), ("quét 2.pdf", content), ("khác.pdf", other), ("dài.pdf", content + b" more")):
        path = inbox / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(put)
        office = unicodedata.normalize("NFD", receipt.office)  # as a Mac names the folder
        put_aside_taken(path, mark_of(path.lstat()), office, receipt.received_at, inbox)

    house.disposals.carry_out(house.agreed(first), **RUNS)
    assert len([path for path in inbox.rglob("*") if path.is_file()]) == 4

    house.disposals.carry_out(house.agreed(second), **RUNS)
    assert sorted(path.name for path in inbox.rglob("*") if path.is_file()) == ["dài.pdf", "khác.pdf"]


def test_a_received_file_stays_while_a_paper_of_it_is_on_the_shelf(house: Retired) -> None:
    drop = house.receive(b"two papers")
    paper = house.file(drop, 1)
    house.ledger.held(drop[0], held(page(2)))
    house.finish(drop)
    done = house.disposals.carry_out(house.agreed(paper), **RUNS)

    assert done.told["received"][0]["destroyed"] is False
    assert len(house.received()) == 1


class Dying(MemoryObjects):
    """A store that answers so many removals and writes, then no more."""

    left = 1_000_000

    def remove(self, bucket: str, key: str, version_id: str) -> None:
        """Until it dies."""
        self._work()
        super().remove(bucket, key, version_id)

    def put_new(self, bucket: str, *arguments: object, **named: object) -> str | None:
        """Until it dies."""
        self._work()
        return super().put_new(bucket, *arguments, **named)  # type: ignore[arg-type]

    def _work(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise StoreUnavailable


@pytest.mark.parametrize("acts", range(6))
def test_a_disposal_that_was_interrupted_is_finished_by_saying_it_again(ledger: Ledger, tmp_path: Path, acts: int) -> None:
    warehouse = MemoryWarehouse()
    store = Dying()
    store.buckets, store.locked = warehouse.objects.buckets, warehouse.objects.locked
    warehouse.store = store
    house = Retired(ledger, warehouse, {"warehouse": store}, tmp_path)
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    disposal_id = house.agreed(paper)
    store.left = acts
    with pytest.raises(StoreUnavailable):
        house.disposals.carry_out(disposal_id, **RUNS)
    store.left = 1_000_000
    done = house.disposals.carry_out(disposal_id, **RUNS)

    assert house.objects() == house.received() == set()
    assert len({one["object"] for one in done.told["destroyed"]}) == len(done.told["destroyed"]) == 4
    assert house.disposals.carry_out(disposal_id, **RUNS).told == done.told
    assert [line.act for line in house.trail.lines(100)].count("dispose") == 1
    assert len([one for one in store.listed(BUCKETS.audit, "disposals/")]) == 2


def test_a_destruction_that_began_cannot_be_held_any_more(ledger: Ledger, tmp_path: Path) -> None:
    warehouse = MemoryWarehouse()
    store = Dying()
    store.buckets, store.locked = warehouse.objects.buckets, warehouse.objects.locked
    house = Retired(ledger, warehouse, {"warehouse": store}, tmp_path)
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    disposal_id = house.agreed(paper)
    store.left = 1
    with pytest.raises(StoreUnavailable):
        house.disposals.carry_out(disposal_id, **RUNS)

    with pytest.raises(LedgerConflict):
        house.holds.place(paper.key.record_id, by="Thanh tra", why="vụ việc 12")
    assert house.row(paper).state == "disposed"


def test_a_record_that_somebody_corrects_at_this_moment_is_not_destroyed(
    house: Retired, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    disposal_id = house.agreed(paper)
    written = house.warehouse.correct

    def disposed_meanwhile(*arguments: Any, **named: Any) -> Told:
        with pytest.raises(LedgerConflict, match="being corrected"):
            house.disposals.carry_out(disposal_id, **RUNS)
        return written(*arguments, **named)

    monkeypatch.setattr(house.warehouse, "correct", disposed_meanwhile)
    correct(paper.key.record_id, Change({"full_name": "Nguyễn Thứ"}), house.warehouse, house.ledger, **CORRECTED)

    assert (house.row(paper).state, house.row(paper).version) == ("valid", 2)
    assert len(house.objects()) == 4


def test_a_record_that_was_corrected_while_its_locks_were_looked_at_is_not_destroyed(
    house: Retired, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    disposal_id = house.agreed(paper)

    def corrected_meanwhile(row: RecordRow, versions: Sequence[tuple[ObjectStore, VersionAt]]) -> None:
        refuse_bound(row, versions)
        correct(paper.key.record_id, Change({"number": "12"}), house.warehouse, house.ledger, **CORRECTED)

    monkeypatch.setattr("storage.retention.disposal.refuse_bound", corrected_meanwhile)
    with pytest.raises(LedgerConflict, match="being corrected"):
        house.disposals.carry_out(disposal_id, **RUNS)

    assert house.row(paper).state == "valid"
    assert len(house.objects()) == 4


def test_due_are_records_whose_time_is_over_and_that_nobody_holds_or_asked_for(house: Retired) -> None:
    drop = house.receive(b"three papers")
    free, asked, kept = (house.file(drop, number) for number in (1, 2, 3))
    house.finish(drop)
    house.disposals.ask(asked.key.record_id, **ASKS)
    house.holds.place(kept.key.record_id, by="Thanh tra", why="vụ việc 12")

    assert [row.record_id for row in house.disposals.due(10)] == [free.key.record_id]
    assert [one.record_id for one in house.disposals.open_ones()] == [asked.key.record_id]


def test_names_and_reasons_are_needed_and_hold_no_id_number(house: Retired) -> None:
    record_id = house.file(house.receive(b"one paper")).key.record_id

    with pytest.raises(PurposeRequired):
        house.disposals.ask(record_id, by="Trần Hỏi", why=" ")
    with pytest.raises(DecisionMalformed):
        house.disposals.ask(record_id, by=" ", why="hết hạn")
    with pytest.raises(DecisionMalformed):
        house.disposals.ask(record_id, by="Trần Hỏi", why="của 026190001234")
    with pytest.raises(NoSuchRecord):
        house.disposals.ask("0" * 32, **ASKS)
