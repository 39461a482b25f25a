"""The account of a day: it adds up to the page and the byte, and a ledger that somebody touched does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.account import FAULTS, Account, Files, Pages, account_of
from storage.ledger import Ledger
from tests.twins.made_day import MadeDay, made_day


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
        ("UPDATE pages SET number = 10 WHERE number = 9", {"pages_differ"}),
        ("UPDATE drops SET pages = 10 WHERE state = 'done'", {"pages_differ"}),
        ("DELETE FROM documents WHERE state = 'held'", {"page_lost"}),
        ("UPDATE documents SET first_page = 6 WHERE state = 'held'", {"page_lost", "document_differs"}),
        ("UPDATE documents SET last_page = 99 WHERE state = 'held'", {"document_differs"}),
        ("UPDATE pages SET first_page = 2 WHERE number = 5", {"document_differs"}),
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
