"""The account of a day: it adds up to the page and the byte, and a ledger that somebody touched does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from dossier.records import RecordKey, StoredObject
from dossier.values import CitizenToken, Document, Grouping
from storage.account import FAULTS, Account, Fault, Files, Pages, account_of
from storage.database.keeping_tables import objects
from storage.database.tables import records
from storage.inventory import enter_objects
from storage.ledger import Ledger
from storage.page_places import places_of
from storage.retention.forgetting import forget
from tests.twins.made_day import MadeDay, made_day, scan
from tests.twins.papers import SEAL, page, record, sealed, stored


def account(ledger: Ledger) -> Account:
    now = datetime.now(UTC)
    return account_of(ledger.database, now - timedelta(hours=1), now + timedelta(hours=1), now)


@pytest.fixture
def day(ledger: Ledger, tmp_path: Path) -> MadeDay:
    return made_day(ledger, tmp_path)


def test_every_file_page_and_byte_of_a_day_is_found(ledger: Ledger, day: MadeDay) -> None:
    found = account(ledger)

    assert found.faults == ()
    assert found.adds_up
    assert found.files == {"taken": Files(3, 150), "duplicate": Files(1, 100), "refused": Files(1, 7)}
    assert found.delivered == Files(5, 257)
    assert found.pages == Pages(
        total=14, filed=2, held=3, rejected=2, separators=1, blanks=1, waiting=day.new.pages + day.failed.pages
    )
    assert [(one.drop_id, one.state, one.code, one.pages) for one in found.unfinished] == [
        (day.new.id, "received", None, 2),
        (day.failed.id, "failed", "SIGNER_REJECTED", 3),
    ]
    assert all(0 <= one.hours < 1 for one in found.unfinished)


def test_another_day_is_empty(ledger: Ledger, day: MadeDay) -> None:
    del day
    now = datetime.now(UTC)
    found = account_of(ledger.database, now - timedelta(days=2), now - timedelta(days=1), now)

    assert (found.delivered, found.pages, found.unfinished, found.faults) == (Files(), Pages(), (), ())


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("DELETE FROM receipts WHERE outcome = 'taken' AND size = 20", {"no_receipt"}),
        ("UPDATE receipts SET size = size + 1 WHERE outcome = 'taken' AND size = 20", {"file_differs"}),
        ("UPDATE receipts SET size = 99 WHERE outcome = 'duplicate'", {"file_differs"}),
        ("UPDATE drops SET sha256 = 'f' WHERE state = 'received'", {"file_differs"}),
        ("DELETE FROM pages WHERE number = 4", {"pages_differ"}),
        ("DELETE FROM pages WHERE number = 9", {"pages_differ", "document_differs"}),
        ("UPDATE pages SET number = 10 WHERE number = 9", {"pages_differ", "document_differs"}),
        ("UPDATE drops SET pages = 10 WHERE state = 'done'", {"pages_differ"}),
        ("DELETE FROM documents WHERE state = 'held'", {"page_lost"}),
        ("UPDATE documents SET first_page = 6 WHERE state = 'held'", {"page_lost", "document_differs"}),
        ("UPDATE documents SET last_page = 99 WHERE state = 'held'", {"document_differs"}),
        ("UPDATE documents SET last_page = 5 WHERE state = 'held'", {"document_differs"}),
        ("UPDATE documents SET last_page = 8 WHERE state = 'rejected'", {"document_differs"}),
        ("UPDATE pages SET first_page = 2 WHERE number = 5", {"document_differs"}),
        ("UPDATE pages SET place = 'document', first_page = 2 WHERE number = 4", {"document_differs"}),
        ("UPDATE pages SET place = 'document', first_page = 5 WHERE number = 4", {"document_differs"}),
        ("UPDATE pages SET place = 'blank', first_page = NULL WHERE first_page = 5", {"document_differs"}),
        ("UPDATE drops SET state = 'done' WHERE state = 'received'", {"pages_differ"}),
        ("UPDATE objects SET state = 'damaged' WHERE size = 20", {"object_lost"}),
        ("DELETE FROM objects WHERE size = 20", {"object_lost"}),
    ],
)
def test_what_somebody_changed_by_hand_does_not_add_up(
    ledger: Ledger, day: MadeDay, statement: str, kinds: set[str]
) -> None:
    del day
    with ledger.database.writing() as connection:
        assert connection.exec_driver_sql(statement).rowcount > 0

    found = account(ledger)

    assert {fault.kind for fault in found.faults} == kinds
    assert not found.adds_up
    assert kinds <= FAULTS.keys()


@pytest.mark.parametrize("state", ["damaged", "lost"])
@pytest.mark.parametrize("part", ["document.pdf", "text.alto.xml", "manifest-0001.json", "manifest-0002.json"])
def test_each_object_of_a_record_must_be_sound(ledger: Ledger, day: MadeDay, part: str, state: str) -> None:
    enter_all_objects(ledger)
    assert account(ledger).adds_up
    with ledger.database.writing() as connection:
        change = update(objects).where(objects.c.key.endswith(part)).values(state=state)
        assert connection.execute(change).rowcount == 1

    assert account(ledger).faults == (Fault("object_lost", day.done.id, f"1 {state}"),)


def test_the_content_that_a_record_shares_with_another_must_be_sound(ledger: Ledger, day: MadeDay) -> None:
    with ledger.database.writing() as connection:
        content = objects.c.key.endswith("document.pdf")
        connection.execute(update(objects).where(content).values(state="lost", record_id="f" * 32))

    assert account(ledger).faults == (Fault("object_lost", day.done.id, "1 lost"),)


def test_content_of_that_name_in_another_bucket_is_not_the_records(ledger: Ledger, day: MadeDay) -> None:
    with ledger.database.writing() as connection:
        content = objects.c.key.endswith("document.pdf")
        connection.execute(update(objects).where(content).values(bucket="elsewhere", record_id=None))

    assert account(ledger).faults == (Fault("object_lost", day.done.id, "1 unknown to the inventory"),)


def test_a_day_of_which_a_record_was_destroyed_adds_up(ledger: Ledger, day: MadeDay) -> None:
    enter_all_objects(ledger)
    with ledger.database.writing() as connection:
        (record_id,) = connection.execute(select(records.c.record_id)).scalars()
        connection.execute(update(objects).values(state="disposed"))
        forget(connection, record_id, (day.done.id,))

    assert account(ledger).faults == ()


def enter_all_objects(ledger: Ledger) -> None:
    """Text and two manifests of the record, beside its content."""
    with ledger.database.writing() as connection:
        (row,) = connection.execute(select(records)).mappings()
        key = RecordKey(CitizenToken(row["citizen"]), row["record_id"])
        parts = (key.text, key.manifest_of(1), key.manifest_of(2))
        stored = [StoredObject(row["bucket"], part, "v1", row["sha256"], 9) for part in parts]
        enter_objects(connection, stored, key.record_id)


def test_a_page_that_is_not_of_the_record_is_no_blank_back_of_it(ledger: Ledger, tmp_path: Path) -> None:
    drop = scan(ledger, b"scan", 10, 3)
    ledger.started(drop.id, "run")
    read = (page(1), page(2, blank=True), page(3, blank=True))
    ledger.placed(drop.id, places_of(drop.id, read, Grouping((Document(read[:2]),), (), (3,))))
    paper = replace(record(), scan_sha256s=tuple(one.scan_sha256 for one in read[:2]))
    proof = stored(paper, sealed(tmp_path))
    content = StoredObject(proof.bucket, proof.content_key, proof.version_id, proof.sha256, proof.size)
    ledger.filed(drop.id, paper, replace(proof, objects=(content,)), SEAL)
    ledger.finished(drop.id)
    assert account(ledger).faults == ()

    with ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE pages SET place = 'document', first_page = 1 WHERE number = 3")

    assert [fault.kind for fault in account(ledger).faults] == ["document_differs"]


def test_a_filed_document_whose_record_was_taken_away_is_named(tmp_path: Path, sqlite_address: str) -> None:
    ledger = Ledger.open(sqlite_address)
    made_day(ledger, tmp_path)
    with ledger.database.reading() as connection:  # the pragma does nothing inside a writing transaction
        raw = connection.connection
        raw.rollback()
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DELETE FROM records")
    ledger.close()
    again = Ledger.open(sqlite_address)

    assert [fault.kind for fault in account(again).faults] == ["record_missing"]
    again.close()


def test_a_drop_that_an_earlier_release_worked_has_no_places_and_that_is_said(ledger: Ledger, day: MadeDay) -> None:
    with ledger.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM pages")

    faults = account(ledger).faults

    assert ("pages_differ", day.done.id, "0 of 9 pages have a place") in [
        (one.kind, one.subject, one.detail) for one in faults
    ]
