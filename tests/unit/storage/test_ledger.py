"""The ledger: one line a delivery, one drop a content, one line a document."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from dossier.errors import LedgerConflict, Misconfigured
from dossier.values import FailedPage, Sha256, Soundness
from storage.database.engine import Database
from storage.database.tables import receipts, records
from storage.held import fields_of, verdict_of
from storage.ledger import Drop, Ledger, Receipt
from tests.twins.at_once import together
from tests.twins.papers import CITIZEN, SEAL, digest, held, page, received, record, sealed, stored


def receive(ledger: Ledger, content: bytes = b"scan", name: str = "a.pdf", delivery: str | None = None) -> Receipt:
    sha256 = digest(content)
    return ledger.receive(
        office="mot-cua", file_name=name, sha256=sha256, size=len(content), intake=received(sha256),
        soundness=Soundness("pdf", 3), delivery=delivery,
    )  # fmt: skip


def drop(ledger: Ledger, content: bytes = b"scan") -> Drop:
    drop_id = receive(ledger, content).drop_id
    assert drop_id is not None
    return ledger.drop(drop_id)


def test_an_opened_ledger_can_be_opened_again(ledger: Ledger, address: str) -> None:
    receive(ledger)
    again = Ledger.open(address)

    assert len(again.receipts(10)) == 1
    again.close()


def test_the_ledger_is_for_its_owner_only(sqlite_address: str) -> None:
    Ledger.open(sqlite_address).close()

    assert Path(sqlite_address.removeprefix("sqlite:///")).stat().st_mode & 0o077 == 0


def test_a_ledger_without_a_file_is_refused() -> None:
    for address in ("sqlite://", "sqlite:///:memory:", "nonsense", "mysql://localhost/x"):
        with pytest.raises(Misconfigured):
            Ledger.open(address)


def test_new_bytes_are_taken_and_become_a_drop(ledger: Ledger) -> None:
    receipt = receive(ledger)

    assert (receipt.outcome, receipt.code, receipt.duplicate_of) == ("taken", None, None)
    assert receipt.drop_id is not None
    found = ledger.drop(receipt.drop_id)
    assert (found.state, found.attempts, found.kind, found.pages, found.size) == ("received", 0, "pdf", 3, 4)
    assert ledger.drop_by_hash(digest(b"scan")) == found
    assert ledger.unfinished() == ledger.drops(10) == (found,)


def test_the_same_bytes_again_are_a_duplicate_of_the_first(ledger: Ledger) -> None:
    first = receive(ledger)
    second = receive(ledger, name="b.pdf")

    assert (second.outcome, second.drop_id, second.duplicate_of) == ("duplicate", None, first.drop_id)
    assert len(ledger.drops(10)) == 1
    assert ledger.receipts(10) == (second, first)


def test_a_delivery_that_is_said_again_after_a_crash_keeps_its_receipt(ledger: Ledger) -> None:
    first = receive(ledger, delivery="inode 7")
    second = receive(ledger, name="b.pdf", delivery="inode 8")

    assert receive(ledger, delivery="inode 7") == first
    assert receive(ledger, name="b.pdf", delivery="inode 8") == second
    assert ledger.delivered(office="mot-cua", file_name="a.pdf", delivery="inode 7") == first
    assert ledger.delivered(office="mot-cua", file_name="a.pdf", delivery="inode 9") is None
    assert len(ledger.receipts(10)) == 2


def test_the_same_name_and_bytes_delivered_anew_are_a_duplicate(ledger: Ledger) -> None:
    receive(ledger, delivery="inode 7")

    assert receive(ledger, delivery="inode 8").outcome == "duplicate"


def test_a_refused_file_has_a_line_with_its_code(ledger: Ledger) -> None:
    def refuse(delivery: str) -> Receipt:
        return ledger.refuse(
            office="mot-cua", file_name="x", size=0, sha256=None, code="NOT_A_PLAIN_FILE", delivery=delivery
        )

    first = refuse("1")

    assert (first.outcome, first.code, first.sha256, first.drop_id) == ("refused", "NOT_A_PLAIN_FILE", None, None)
    assert refuse("1") == first
    assert refuse("2").id != first.id
    assert ledger.drops(10) == ()


def test_eight_threads_that_bring_the_same_bytes_make_one_drop(ledger: Ledger) -> None:
    with ThreadPoolExecutor(8) as pool:
        outcomes = [one.outcome for one in pool.map(lambda number: receive(ledger, name=f"{number}"), range(40))]

    assert sorted(outcomes) == ["duplicate"] * 39 + ["taken"]


def bring(address: str, start: multiprocessing.synchronize.Event, number: int) -> None:
    start.wait()
    ledger = Ledger.open(address)
    for turn in range(10):
        receive(ledger, content=f"scan {turn}".encode(), name=f"{number}-{turn}")
    ledger.close()


def test_eight_processes_that_bring_the_same_bytes_make_one_drop(address: str) -> None:
    together(8, bring, address)

    ledger = Ledger.open(address)
    lines = ledger.receipts(100)
    assert len(lines) == 80
    assert len(ledger.drops(100)) == 10
    assert sum(line.outcome == "taken" for line in lines) == 10
    assert sum(line.outcome == "duplicate" for line in lines) == 70
    ledger.close()


def test_a_drop_goes_from_received_over_running_to_done(ledger: Ledger) -> None:
    one = drop(ledger)

    running = ledger.started(one.id, "run-1")
    assert (running.state, running.attempts, running.flow_run_id) == ("running", 1, "run-1")
    ledger.finished(one.id)
    done = ledger.drop(one.id)
    assert done.state == "done"
    assert done.finished_at is not None
    ledger.finished(one.id)
    assert ledger.drop(one.id) == done
    assert ledger.unfinished() == ()


def test_a_run_that_died_is_followed_by_another(ledger: Ledger) -> None:
    one = drop(ledger)
    ledger.started(one.id, "run-1")

    again = ledger.started(one.id, "run-2")

    assert (again.state, again.attempts, again.flow_run_id) == ("running", 2, "run-2")


def test_a_failed_drop_says_why_until_it_is_started_again(ledger: Ledger) -> None:
    one = drop(ledger)
    ledger.started(one.id, "run-1")
    ledger.failed(one.id, "SIGNER_REJECTED")
    assert ledger.drop(one.id).error_code == "SIGNER_REJECTED"
    assert ledger.unfinished() == ()

    again = ledger.started(one.id, "run-2")

    assert (again.state, again.error_code, again.finished_at) == ("running", None, None)


def test_impossible_changes_are_refused_and_change_nothing(ledger: Ledger) -> None:
    one = drop(ledger)
    with pytest.raises(LedgerConflict):
        ledger.finished(one.id)
    ledger.started(one.id, "run-1")
    ledger.finished(one.id)
    done = ledger.drop(one.id)
    with pytest.raises(LedgerConflict):
        ledger.started(one.id, "run-2")
    with pytest.raises(LedgerConflict):
        ledger.failed(one.id, "X")
    assert ledger.drop(one.id) == done
    for act in (ledger.drop, ledger.finished):
        with pytest.raises(LedgerConflict):
            act("no such drop")


def test_unfinished_drops_come_oldest_first(ledger: Ledger) -> None:
    ids = [drop(ledger, f"{number}".encode()).id for number in range(4)]
    ledger.started(ids[2], "run")
    ledger.finished(ids[2])
    ledger.started(ids[1], "run")

    assert [one.id for one in ledger.unfinished()] == [ids[0], ids[1], ids[3]]
    assert [one.id for one in ledger.drops(2)] == [ids[3], ids[2]]


def test_a_filed_document_is_a_record_of_its_citizen(ledger: Ledger, tmp_path: Path) -> None:
    one, paper, pdf = drop(ledger), record(), sealed(tmp_path)
    proof = stored(paper, pdf)

    ledger.filed(one.id, paper, proof, SEAL)
    ledger.filed(one.id, paper, proof, SEAL)

    (row,) = ledger.records_of(paper.key.citizen)
    assert ledger.record(paper.key.record_id) == row
    assert ledger.records_of_drop(one.id) == (row,)
    assert (row.drop_id, row.sha256, row.version_id, row.signer) == (one.id, pdf.sha256, "v1", SEAL.signer)
    assert (row.fields, row.signed_at, row.stored_at) == ({"full_name": "Nguyễn Thử"}, SEAL.signed_at, proof.stored_at)
    assert ledger.record("none") is None


def test_the_same_paper_in_another_file_is_linked_and_not_listed_twice(ledger: Ledger, tmp_path: Path) -> None:
    paper, pdf = record(), sealed(tmp_path)
    proof = stored(paper, pdf)
    first, second = drop(ledger, b"scan"), drop(ledger, b"the same scan saved again")
    ledger.filed(first.id, paper, proof, SEAL)
    ledger.filed(second.id, paper, proof, SEAL)

    assert len(ledger.records_of(paper.key.citizen)) == 1
    assert [row.drop_id for row in ledger.records_of_drop(second.id)] == [first.id]


def test_a_record_with_other_bytes_contradicts(ledger: Ledger, tmp_path: Path) -> None:
    one, paper = drop(ledger), record()
    ledger.filed(one.id, paper, stored(paper, sealed(tmp_path)), SEAL)

    with pytest.raises(LedgerConflict):
        ledger.filed(one.id, paper, stored(paper, sealed(tmp_path)), SEAL)


def test_nothing_is_filed_under_a_record_whose_destruction_began(ledger: Ledger, tmp_path: Path) -> None:
    one, other, paper = drop(ledger), drop(ledger, b"the same scan saved again"), record()
    proof = stored(paper, sealed(tmp_path))
    ledger.filed(one.id, paper, proof, SEAL)
    with ledger.database.writing() as connection:
        connection.execute(update(records).values(state="disposed"))

    with pytest.raises(LedgerConflict, match="destroyed"):
        ledger.filed(other.id, paper, proof, SEAL)
    assert ledger.records_of_drop(other.id) == ()


def test_a_held_document_waits_with_everything_that_the_desk_needs(ledger: Ledger) -> None:
    one = drop(ledger)
    doubtful = held(page(3), FailedPage(4, "OCR_TIMEOUT"), page(5, blank=True))

    ledger.held(one.id, doubtful)
    ledger.held(one.id, doubtful)

    (entry,) = ledger.shelf(10)
    assert ledger.shelf_of_drop(one.id) == (entry,)
    assert (entry.drop_id, entry.office, entry.first_page, entry.last_page) == (one.id, "mot-cua", 3, 4)
    assert (entry.type, entry.score, entry.citizen_id) == ("birth_certificate", 0.9, CITIZEN)
    assert entry.reasons == ("weak_verdict", "no_citizen")
    assert verdict_of(entry.paper) == doubtful.understood.verdict
    assert fields_of(entry.paper) == doubtful.understood.fields
    assert (entry.state, entry.hold) == ("held", 1)
    pages = entry.paper["pages"]
    assert isinstance(pages, list)
    assert [one["number"] for one in pages] == [3, 4, 5]
    assert (pages[0]["text"], pages[1]["failed"], pages[2]["blank"]) == ("Chữ", "OCR_TIMEOUT", True)
    assert str(CITIZEN) not in repr(entry)
    assert "Nguyễn" not in repr(entry)


def test_a_held_document_that_is_read_otherwise_is_shown_anew_under_another_id(ledger: Ledger) -> None:
    one = drop(ledger)
    ledger.held(one.id, held(page(1)))
    (before,) = ledger.shelf(10)

    ledger.held(one.id, held(page(1), why=("no_citizen",)))

    (after,) = ledger.shelf(10)
    assert (after.id, after.hold, after.reasons) == (before.id, 2, ("no_citizen",))
    assert after.hold_id != before.hold_id


def test_a_held_document_that_is_filed_leaves_the_shelf_for_good(ledger: Ledger, tmp_path: Path) -> None:
    one, paper = drop(ledger), record()
    ledger.held(one.id, held(page(1)))
    ledger.filed(one.id, paper, stored(paper, sealed(tmp_path)), SEAL)

    assert ledger.shelf(10) == ()
    with pytest.raises(LedgerConflict):
        ledger.held(one.id, held(page(1)))
    assert len(ledger.records_of_drop(one.id)) == 1


def test_documents_of_an_unknown_drop_are_refused(ledger: Ledger, tmp_path: Path) -> None:
    paper = record()
    with pytest.raises(LedgerConflict):
        ledger.held("no such drop", held())
    with pytest.raises(LedgerConflict):
        ledger.filed("no such drop", paper, stored(paper, sealed(tmp_path)), SEAL)
    assert ledger.record(paper.key.record_id) is None


def test_times_come_back_aware_and_in_utc(ledger: Ledger) -> None:
    before = datetime.now(UTC)
    receipt = receive(ledger)

    (again,) = ledger.receipts(1)
    assert before <= again.received_at <= datetime.now(UTC)
    assert again.received_at == receipt.received_at
    assert again.received_at.utcoffset() == timedelta(0)


def test_a_time_without_zone_is_refused(ledger: Ledger) -> None:
    line = {"office": "o", "file_name": "f", "size": 1, "outcome": "refused", "code": "X"}
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(Exception, match="without zone"), ledger.database.writing() as connection:
        connection.execute(insert(receipts).values(**line, received_at=naive))


def test_names_stay_out_of_the_repr(ledger: Ledger) -> None:
    receipt = receive(ledger, name="giấy khai sinh Nguyễn Văn A.pdf")

    assert "Nguyễn" not in repr(receipt)
    assert "Nguyễn" not in repr(ledger.drops(1))


def test_the_file_waits_syncs_and_checks_references(sqlite_address: str) -> None:
    ledger = Ledger.open(sqlite_address)
    with ledger.database.reading() as connection:
        read = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    ledger.close()

    assert read == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_a_writer_waits_for_another_instead_of_failing(ledger: Ledger, address: str) -> None:
    other = Database.open(address)
    with ThreadPoolExecutor(1) as pool:
        with other.writing():
            waiting = pool.submit(receive, ledger)
            with pytest.raises(TimeoutError):
                waiting.result(0.3)

        assert waiting.result(10).outcome == "taken"
    other.close()


def test_unknown_hashes_have_no_drop(ledger: Ledger) -> None:
    assert ledger.drop_by_hash(Sha256("0" * 64)) is None
