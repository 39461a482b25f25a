"""What a person decided is carried out once: filed with the corrections, parted, or sent back with its reason."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dossier.decisions import FileIt, Reject, SplitAt
from dossier.errors import NoSuchObject, PageGone, ScansChanged, StoreUnavailable
from dossier.sources import SOURCES
from dossier.values import FailedPage, HandedIn, Held, ReadPage, Sha256
from flows.carry_out import attempt, same_pages
from flows.runs import MAX_RUNS
from signing.verify import verify
from storage.database.rows import ShelfEntry
from storage.ledger import RecordRow
from storage.tokens import citizen_token
from tests.twins.decided_house import DecidedHouse, decided_house
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import CITIZEN, DOSSIER, KEY, understood

FILE = FileIt("giay_khai_sinh", DOSSIER, CITIZEN)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[DecidedHouse]:
    with decided_house(tmp_path) as opened:
        yield opened


def only_record(house: DecidedHouse) -> RecordRow:
    (record,) = house.tools.ledger.records_of_drop(house.drop_id)
    return record


def manifest_of(house: DecidedHouse) -> dict[str, Any]:
    (key,) = (key for key in house.warehouse.records if key.endswith("manifest-0001.json"))
    found: dict[str, Any] = json.loads(house.warehouse.records[key])
    return found


def test_a_document_is_filed_as_the_person_decided(house: DecidedHouse, tmp_path: Path) -> None:
    entry = house.hold(*house.pages[:2])
    right = {"name": "Nguyễn Văn Ân", "place_of_birth": ""}
    decision = house.decide(entry, replace(FILE, fields=right))

    house.carry_out(decision)

    record, told = only_record(house), manifest_of(house)
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(house.warehouse.records[record.content_key])
    assert verify(copy, root=house.tools.settings.signer_ca_path).level == "B-T"
    assert (record.type, record.dossier_code, record.citizen) == ("giay_khai_sinh", DOSSIER, citizen_token(KEY, CITIZEN))
    assert (record.first_page, record.last_page) == (1, 2)
    assert told["verdict"]["because"][0] == told["linked_by"][0] == "decision"
    assert told["linked_by"] == ["decision", "file_name"]
    assert (told["fields"]["name"]["value"], told["fields"]["name"]["source"]) == ("Nguyễn Văn Ân", "decision")
    assert told["fields"]["name"]["box"] is not None
    assert "place_of_birth" not in told["fields"]
    assert told["source"]["scans"] == [page.scan_sha256 for page in house.pages[:2] if isinstance(page, ReadPage)]
    assert house.shelf == ()
    assert house.desk.decision(decision.id).state == "done"
    assert not list(house.tools.settings.work.glob("decision-*"))


def test_a_corrected_type_makes_its_fields_be_read_and_teaches_the_next_model(house: DecidedHouse) -> None:
    house.carry_out(house.decide(house.hold(*house.pages[:1]), FILE))

    assert manifest_of(house)["fields"]["name"]["value"] == "Nguyễn Văn An"
    ((text, type_),) = house.tools.ledger.corrections()
    assert type_ == "giay_khai_sinh"
    assert "GIẤY KHAI SINH" in text


def hold_result(house: DecidedHouse) -> ShelfEntry:
    """Put all pages on the shelf as one paper of which a manifest said that it is a dossier's result."""
    pages = (page for page in house.pages if isinstance(page, ReadPage))
    house.tools.ledger.held(
        house.drop_id, Held(replace(understood(*pages), handed_in=HandedIn("1.012766", "result")), ("weak_verdict",))
    )
    (entry,) = house.shelf
    return entry


def test_a_decided_paper_comes_from_where_the_manifest_beside_its_scan_said(house: DecidedHouse) -> None:
    house.carry_out(house.decide(hold_result(house), FILE))

    assert (manifest_of(house)["nguon"], only_record(house).source) == (SOURCES["result"], "result")


def test_the_parts_of_a_paper_come_from_where_it_came_from(house: DecidedHouse) -> None:
    house.carry_out(house.decide(hold_result(house), SplitAt((3,))))

    house.carry_out(house.decide(house.shelf[1], replace(FILE, type="quyet_dinh")))

    assert only_record(house).source == "result"


def test_a_paper_that_was_held_before_manifests_said_a_source_is_a_component(house: DecidedHouse) -> None:
    hold_result(house)
    with house.tools.ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE documents SET paper = json_remove(paper, '$.handed_in')")
    (entry,) = house.shelf

    house.carry_out(house.decide(entry, FILE))

    assert "handed_in" not in entry.paper
    assert only_record(house).source == "component"


def test_carrying_out_again_seals_and_stores_nothing(house: DecidedHouse) -> None:
    decision = house.decide(house.hold(), FILE)
    house.carry_out(decision)
    before, asked = dict(house.warehouse.records), house.tsa.requests

    house.carry_out(decision)

    assert (house.warehouse.records, house.tsa.requests) == (before, asked)
    assert only_record(house).drop_id == house.drop_id


def test_a_run_that_died_between_manifest_and_ledger_is_finished_by_the_next(house: DecidedHouse) -> None:
    decision = house.decide(house.hold(*house.pages[:1]), FILE)

    def die(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(house.tools.ledger), "filed", die)
        with pytest.raises(KeyboardInterrupt):
            house.carry_out(decision)
    assert house.tools.ledger.records_of_drop(house.drop_id) == ()

    house.carry_out(decision)

    assert only_record(house).content_key in house.warehouse.records
    assert house.tsa.requests == 1
    assert house.desk.decision(decision.id).state == "done"


class _Away(MemoryWarehouse):
    """A warehouse that does not answer."""

    def fetch_source(self, sha256: Sha256, into: Path) -> Path:
        raise StoreUnavailable


def test_while_the_store_is_away_the_decision_waits_however_often_it_is_tried(house: DecidedHouse) -> None:
    decision = house.decide(house.hold(), FILE)
    away = replace(house.tools, warehouse=_Away())

    for number in range(MAX_RUNS + 1):
        with pytest.raises(StoreUnavailable):
            asyncio.run(attempt(decision.id, f"run {number}", away))

    (waiting,) = house.desk.waiting()
    assert (waiting.id, waiting.attempts, waiting.error_code) == (decision.id, 0, "STORE_UNAVAILABLE")
    assert asyncio.run(attempt(decision.id, "run", house.tools)) == "done"


def test_a_decision_that_cannot_be_carried_out_puts_the_paper_back_with_the_reason(house: DecidedHouse) -> None:
    decision = house.decide(house.hold(), FILE)
    house.warehouse.lose_intake()

    with pytest.raises(NoSuchObject):
        asyncio.run(attempt(decision.id, "run", house.tools))

    (entry,) = house.shelf
    assert entry.reasons[0] == "release_failed"
    assert asyncio.run(attempt(decision.id, "another run", house.tools)) == "failed"


def test_pages_that_are_not_those_that_were_shown_are_never_sealed(house: DecidedHouse) -> None:
    shown = tuple(replace(page, scan_sha256=Sha256("0" * 64)) for page in house.pages if isinstance(page, ReadPage))
    decision = house.decide(house.hold(*shown), FILE)

    with pytest.raises(ScansChanged, match="page 1"):
        house.carry_out(decision)
    assert house.warehouse.records == {}


def test_a_line_that_somebody_changed_after_the_decision_is_not_carried_out(house: DecidedHouse) -> None:
    decision = house.decide(house.hold(), FILE)
    with house.tools.ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE documents SET dossier_code = 'H62.33-240106-0002'")

    with pytest.raises(ScansChanged, match="line of the ledger"):
        house.carry_out(decision)
    assert house.warehouse.records == {}


def test_a_page_that_cannot_be_read_any_more_is_never_left_out(house: DecidedHouse) -> None:
    decision = house.decide(house.hold(), FILE)
    house.change_settings(page_seconds=0.001)

    with pytest.raises(PageGone, match="page 1"):
        house.carry_out(decision)
    assert house.warehouse.records == {}


def test_a_page_that_could_not_be_read_when_it_was_shown_may_be_read_now() -> None:
    assert same_pages((FailedPage(1, "OCR_TIMEOUT"),), {1: None}) == ()


def test_parts_are_read_anew_keep_the_cut_and_wait_for_a_person_each(house: DecidedHouse) -> None:
    decision = house.decide(house.hold(), SplitAt((3,)))

    house.carry_out(decision)
    house.carry_out(decision)

    first, second = house.shelf
    assert [(one.first_page, one.last_page, one.type) for one in house.shelf] == [
        (1, 2, "giay_khai_sinh"),
        (3, 3, "quyet_dinh"),
    ]
    assert "cut_by_person" in first.reasons
    assert "cut_by_person" in second.reasons
    assert house.warehouse.records == {}

    house.carry_out(house.decide(second, FileIt(dossier_code=DOSSIER, citizen_id=CITIZEN)))
    assert (only_record(house).first_page, only_record(house).type) == (3, "quyet_dinh")


def test_a_rejected_paper_is_told_to_its_office_in_two_languages_and_not_filed(house: DecidedHouse) -> None:
    decision = house.decide(house.hold(*house.pages[1:]), Reject("page_missing"), note="thiếu mặt sau")

    house.carry_out(decision)
    house.carry_out(decision)

    (note,) = (house.tools.settings.inbox / ".refused" / "xa-thu").iterdir()
    told = note.read_text(encoding="utf-8")
    assert note.name == f"quét sáng.pdf tr. 2-3 (quyết định {decision.id}).txt"
    for words in ("Thiếu trang", "A page is missing", "Quét lại", "lô 7/quét sáng.pdf", "2-3", "thiếu mặt sau", "lan"):
        assert words in told
    ((entry, _),) = house.desk.rejected(10)
    assert (entry.state, house.shelf, house.warehouse.records) == ("rejected", (), {})
    assert house.warehouse.intake


def test_a_secret_paper_is_sent_back_without_being_opened_again(house: DecidedHouse) -> None:
    decision = house.decide(house.hold(why=("secrecy_stamp",)), Reject("secret"))
    house.warehouse.lose_intake()

    house.carry_out(decision)

    assert house.desk.decision(decision.id).state == "done"
