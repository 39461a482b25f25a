"""A record is corrected by a further version: once, by one person, and never over what was there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from dossier.errors import LedgerConflict, NoSuchObject, NoSuchRecord, StoreCorrupt
from dossier.records import Change, Record, RecordKey
from dossier.values import Soundness
from storage.audit.trail import AuditLine, AuditTrail
from storage.database.tables import records
from storage.ledger import Ledger
from storage.records.corrections import catch_up, catch_up_due, correct
from storage.records.manifest_store import Told
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import SEAL, received, record, sealed

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
RIGHT = Change({"full_name": "Nguyễn Thứ"})


class Kept:
    """One stored and entered record."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger, self.warehouse, self.paper = ledger, MemoryWarehouse(), record()
        drop_id = ledger.receive(
            office="mot-cua", file_name="a.pdf", sha256=self.paper.source_sha256, size=9,
            intake=received(self.paper.source_sha256), soundness=Soundness("pdf", 1),
        ).drop_id  # fmt: skip
        ledger.filed(str(drop_id), self.paper, self.warehouse.put(self.paper, sealed(folder)), SEAL)

    def correct(self, change: Change, by: str = "lan") -> Told:
        """Correct it."""
        name = self.paper.key.record_id
        return correct(name, change, self.warehouse, self.ledger, by=by, why="đọc sai", at=NOW)

    @property
    def lines(self) -> list[AuditLine]:
        """What the audit trail tells of corrections, the newest first."""
        return [line for line in AuditTrail(self.ledger).lines(100) if line.act in {"correct", "withdraw"}]

    @property
    def now(self) -> Record:
        """As the newest version tells it."""
        return self.warehouse.told(self.paper.key).record


@pytest.fixture
def kept(ledger: Ledger, tmp_path: Path) -> Kept:
    return Kept(ledger, tmp_path)


def test_a_correction_is_a_new_version_and_the_old_one_stays(kept: Kept) -> None:
    kept.correct(RIGHT)
    row = kept.ledger.record(kept.paper.key.record_id)

    assert row is not None
    assert (row.version, row.state, row.fields["full_name"]) == (2, "valid", "Nguyễn Thứ")
    assert kept.now.value("full_name") == "Nguyễn Thứ"
    assert kept.warehouse.manifest(kept.paper.key, 1)["fields"] == kept.paper.fields
    (line,) = kept.lines
    assert (line.actor, line.act, line.record_id, line.why, line.outcome) == (
        "lan", "correct", kept.paper.key.record_id, "đọc sai", "version 2",
    )  # fmt: skip


def test_a_withdrawn_record_says_so_and_keeps_its_bytes(kept: Kept) -> None:
    kept.correct(Change(state="withdrawn"))
    row = kept.ledger.record(kept.paper.key.record_id)

    assert row is not None
    assert (row.state, kept.now.state) == ("withdrawn", "withdrawn")
    assert b"".join(kept.warehouse.content(kept.paper.key, row.version_id))
    with pytest.raises(LedgerConflict, match="withdrawn"):
        kept.correct(RIGHT)


def test_said_again_it_changes_nothing_more(kept: Kept) -> None:
    for _ in range(3):
        assert kept.correct(RIGHT).manifest["version"] == 2
    assert len(kept.lines) == 1


def test_a_version_that_a_crash_left_in_the_warehouse_is_entered_with_its_own_person(kept: Kept) -> None:
    kept.warehouse.correct(kept.paper.key, RIGHT, by="binh", why="đọc sai", at=NOW)

    kept.correct(Change({"number": "12"}))

    row = kept.ledger.record(kept.paper.key.record_id)
    assert row is not None
    assert (row.version, row.number, row.fields["full_name"]) == (3, "12", "Nguyễn Thứ")
    assert [line.actor for line in kept.lines] == ["lan", "binh"]


def test_what_a_crash_left_in_the_warehouse_is_entered_without_anybody_asking(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.records.corrections.PATIENCE", timedelta(0))
    with monkeypatch.context() as dies:
        dies.setattr("storage.records.corrections.enter", _die)
        with pytest.raises(KeyboardInterrupt):
            kept.correct(RIGHT)
    row = kept.ledger.record(kept.paper.key.record_id)
    assert row is not None
    assert (row.version, kept.lines) == (1, [])

    assert catch_up_due(kept.warehouse, kept.ledger) == 1
    row = kept.ledger.record(kept.paper.key.record_id)
    assert row is not None
    assert (row.version, row.fields["full_name"]) == (2, "Nguyễn Thứ")
    assert [line.actor for line in kept.lines] == ["lan"]
    assert catch_up_due(kept.warehouse, kept.ledger) == 0


def test_a_correction_that_is_still_alive_is_left_alone_and_a_finished_one_leaves_no_errand(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dies:
        dies.setattr("storage.records.corrections.enter", _die)
        with pytest.raises(KeyboardInterrupt):
            kept.correct(RIGHT)
    assert catch_up_due(kept.warehouse, kept.ledger) == 0

    monkeypatch.setattr("storage.records.corrections.PATIENCE", timedelta(0))
    kept.correct(Change({"number": "12"}))
    assert catch_up_due(kept.warehouse, kept.ledger) == 0


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_record_whose_destruction_began_is_not_corrected_and_not_caught_up(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = kept.paper.key
    monkeypatch.setattr("storage.records.corrections.PATIENCE", timedelta(0))
    with monkeypatch.context() as dies:
        dies.setattr("storage.records.corrections.enter", _die)
        with pytest.raises(KeyboardInterrupt):
            kept.correct(RIGHT)
    with kept.ledger.database.writing() as connection:
        connection.execute(update(records).values(state="disposed"))
    written = kept.warehouse.told(key)
    with pytest.raises(LedgerConflict, match="destroyed"):
        kept.correct(Change({"number": "12"}))
    with pytest.raises(LedgerConflict, match="destroyed"):
        kept.ledger.corrected(written.record, written.stored, by="lan", why="đọc sai")

    assert catch_up_due(kept.warehouse, kept.ledger) == 1
    assert catch_up_due(kept.warehouse, kept.ledger) == 0
    assert kept.warehouse.told(key) == written
    row = kept.ledger.record(key.record_id)
    assert row is not None
    assert (row.state, row.version, kept.lines) == ("disposed", 1, [])


def test_a_destruction_that_begins_in_the_middle_stops_a_correction_before_it_writes(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def caught_up_and_then_disposed(*arguments: Any) -> RecordKey:
        key = catch_up(*arguments)
        with kept.ledger.database.writing() as connection:
            connection.execute(update(records).values(state="disposed"))
        return key

    monkeypatch.setattr("storage.records.corrections.catch_up", caught_up_and_then_disposed)

    with pytest.raises(LedgerConflict, match="destroyed"):
        kept.correct(RIGHT)
    assert kept.warehouse.told(kept.paper.key).record.version == 1


def test_of_eight_who_correct_at_once_one_wins_and_the_others_are_told(kept: Kept) -> None:
    def attempt(number: int) -> str:
        try:
            told = kept.warehouse.correct(kept.paper.key, Change({"number": str(number)}), by="x", why="x", at=NOW)
        except LedgerConflict:
            return "lost"
        return str(told.manifest["version"])

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(attempt, range(8)))

    versions = sorted(int(end) for end in ends if end != "lost")
    assert versions == list(range(2, len(versions) + 2))
    assert kept.warehouse.manifest(kept.paper.key)["version"] == versions[-1]


def test_a_damaged_newest_version_is_an_error_and_never_the_one_before(kept: Kept) -> None:
    told = kept.correct(Change(state="withdrawn"))
    kept.warehouse.spoil(told.stored)

    with pytest.raises(StoreCorrupt):
        kept.warehouse.manifest(kept.paper.key)
    assert kept.warehouse.manifest(kept.paper.key, 1)["state"] == "valid"


def test_what_is_not_there_is_told(kept: Kept) -> None:
    with pytest.raises(NoSuchRecord):
        correct("0" * 32, RIGHT, kept.warehouse, kept.ledger, by="lan", why="x", at=NOW)
    with pytest.raises(NoSuchObject):
        kept.warehouse.manifest(kept.paper.key, 2)


def test_a_version_is_entered_in_its_turn_only(kept: Kept) -> None:
    key = kept.paper.key
    kept.warehouse.correct(key, RIGHT, by="lan", why="x", at=NOW)
    third = kept.warehouse.correct(key, Change({"number": "1"}), by="lan", why="x", at=NOW)

    with pytest.raises(LedgerConflict, match="version 2 is not entered"):
        kept.ledger.corrected(third.record, third.stored, by="lan", why="x")
