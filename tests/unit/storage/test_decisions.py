"""The desk: one decision a hold, carried out once, written down for good."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from dossier.decisions import REJECTIONS, Action, FileIt, Reject, SplitAt, Vocabulary, file_it, from_json, kind_of, to_json
from dossier.errors import (
    AlreadyDecided,
    DecisionIncomplete,
    DecisionMalformed,
    LedgerConflict,
    NoSuchHold,
    SecretPaper,
)
from dossier.values import UNKNOWN_TYPE, FailedPage, Held, Soundness
from storage.audit.trail import AuditTrail
from storage.database.rows import ShelfEntry
from storage.database.tables import decisions
from storage.desk import Desk
from storage.ledger import Ledger
from tests.twins.papers import CITIZEN, DOSSIER, SEAL, digest, held, page, received, record, sealed, stored

KNOWN = Vocabulary({"giay_khai_sinh"}, {"name", "citizen_id", "birth_date"})


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger)


def shelve(ledger: Ledger, paper: Held) -> ShelfEntry:
    """A drop with one held document."""
    sha256 = digest(b"scan")
    receipt = ledger.receive(
        office="mot-cua", file_name="a.pdf", sha256=sha256, size=4, intake=received(sha256), soundness=Soundness("pdf", 9)
    )
    drop_id = str(receipt.drop_id or receipt.duplicate_of)
    ledger.held(drop_id, paper)
    return next(one for one in ledger.shelf_of_drop(drop_id) if one.first_page == paper.understood.document.first_page)


def without_links(paper: Held) -> Held:
    return Held(replace(paper.understood, dossier_code=None, citizen_id=None), paper.why)


def test_a_decision_names_who_and_when_and_takes_the_document_off_the_shelf(ledger: Ledger, desk: Desk) -> None:
    entry = shelve(ledger, held(page(1), page(2)))

    made = desk.decide(entry.hold_id, FileIt(type="giay_khai_sinh"), who="lan", note="đã đối chiếu")

    assert (made.who, made.note, made.state, made.attempts) == ("lan", "đã đối chiếu", "waiting", 0)
    assert made.decided_at.tzinfo is not None
    assert made.shown_sha256 == entry.shown_sha256
    assert made == desk.decision(made.id)
    assert desk.waiting() == (made,)
    assert ledger.shelf(10) == ()
    assert desk.document_of(made).shown_sha256 == entry.shown_sha256


def test_a_second_decision_on_the_same_hold_is_refused(ledger: Ledger, desk: Desk) -> None:
    entry = shelve(ledger, held())
    first = desk.decide(entry.hold_id, FileIt(), who="lan")

    with pytest.raises(AlreadyDecided):
        desk.decide(entry.hold_id, Reject("rescan"), who="minh")
    assert desk.waiting() == (first,)


def test_of_threads_that_decide_at_once_one_wins(ledger: Ledger, desk: Desk) -> None:
    entry = shelve(ledger, held())

    def decide(number: int) -> str:
        try:
            desk.decide(entry.hold_id, Reject("rescan"), who=f"person {number}")
        except AlreadyDecided:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(decide, range(16)))

    assert outcomes == ["refused"] * 15 + ["taken"]
    assert len(desk.waiting()) == 1


def test_the_database_itself_refuses_a_second_decision_on_a_hold(ledger: Ledger, desk: Desk) -> None:
    entry = shelve(ledger, held())
    made = desk.decide(entry.hold_id, FileIt(), who="lan")
    row = {
        "document_id": entry.id, "hold": entry.hold, "shown_sha256": "0" * 64, "who": "minh", "kind": "file",
        "decided_at": made.decided_at, "action": {}, "note": "", "state": "waiting", "attempts": 0,
    }  # fmt: skip

    with pytest.raises(IntegrityError), ledger.database.writing() as connection:
        connection.execute(insert(decisions).values(**row))


def test_a_decision_on_what_has_changed_since_it_was_shown_is_refused(ledger: Ledger, desk: Desk) -> None:
    shown = shelve(ledger, held(page(1)))
    shelve(ledger, held(page(1), why=("no_citizen",)))

    with pytest.raises(NoSuchHold):
        desk.decide(shown.hold_id, FileIt(), who="lan")
    assert desk.hold(str(shown.id)).reasons == ("no_citizen",)


@pytest.mark.parametrize("name", ["", "x", "99", "99-00000000", "1-", "1-zzzzzzzz", "1; DROP"])
def test_a_hold_that_is_not_there_is_said(desk: Desk, name: str) -> None:
    with pytest.raises(NoSuchHold):
        desk.decide(name, FileIt(), who="lan")


def test_a_number_without_the_letters_of_what_was_shown_is_not_decided_on(ledger: Ledger, desk: Desk) -> None:
    entry = shelve(ledger, held())

    with pytest.raises(NoSuchHold):
        desk.decide(str(entry.id), FileIt(), who="lan")


def test_filing_names_what_is_missing(ledger: Ledger, desk: Desk) -> None:
    paper = without_links(held())
    unknown = replace(paper.understood, verdict=replace(paper.understood.verdict, type=UNKNOWN_TYPE))
    entry = shelve(ledger, Held(unknown, ("unknown_type",)))

    with pytest.raises(DecisionIncomplete, match="type, dossier, citizen"):
        desk.decide(entry.hold_id, FileIt(), who="lan")
    with pytest.raises(DecisionIncomplete, match="citizen"):
        desk.decide(entry.hold_id, FileIt("giay_khai_sinh", DOSSIER), who="lan")
    assert desk.decide(entry.hold_id, FileIt("giay_khai_sinh", DOSSIER, CITIZEN), who="lan").state == "waiting"


def test_a_page_that_nobody_read_is_never_left_out_by_filing(ledger: Ledger, desk: Desk) -> None:
    entry = shelve(ledger, held(page(3), FailedPage(4, "OCR_TIMEOUT")))

    with pytest.raises(DecisionIncomplete, match="page 4"):
        desk.decide(entry.hold_id, FileIt(), who="lan")
    assert desk.decide(entry.hold_id, SplitAt((4,)), who="lan").state == "waiting"


@pytest.mark.parametrize("action", [FileIt(), SplitAt((2,))])
def test_a_paper_with_a_secrecy_stamp_can_only_be_rejected(ledger: Ledger, desk: Desk, action: Action) -> None:
    entry = shelve(ledger, held(page(1), page(2), why=("secrecy_stamp", "no_citizen")))

    with pytest.raises(SecretPaper):
        desk.decide(entry.hold_id, action, who="lan")
    assert desk.decide(entry.hold_id, Reject("secret"), who="lan").state == "waiting"


@pytest.mark.parametrize("pages", [(), (1,), (4,), (3, 2), (2, 2)])
def test_a_cut_lies_inside_the_document(ledger: Ledger, desk: Desk, pages: tuple[int, ...]) -> None:
    entry = shelve(ledger, held(page(1), page(2), page(3)))

    with pytest.raises(DecisionMalformed):
        desk.decide(entry.hold_id, SplitAt(pages), who="lan")
    assert ledger.shelf(10) == (entry,)


def test_a_rejection_has_a_reason_of_the_table_and_a_word_where_it_says_nothing(ledger: Ledger, desk: Desk) -> None:
    entry = shelve(ledger, held())

    with pytest.raises(DecisionMalformed, match="page_missing"):
        desk.decide(entry.hold_id, Reject("because"), who="lan")
    with pytest.raises(DecisionIncomplete, match="note"):
        desk.decide(entry.hold_id, Reject("other"), who="lan")
    assert all(words.vi and words.en and words.do_vi and words.do_en for words in REJECTIONS.values())


@pytest.mark.parametrize(
    ("who", "note"),
    [("", ""), ("  ", ""), ("x" * 65, ""), (CITIZEN, ""), ("lan\n", ""), ("lan", f"của {CITIZEN}"), ("lan", "131 123 456"),
     ("lan", "079-203-004-567"), ("lan", "x" * 501), ("lan", "a\nb")],
)  # fmt: skip
def test_names_and_notes_hold_no_id_number(ledger: Ledger, desk: Desk, who: str, note: str) -> None:
    entry = shelve(ledger, held())

    with pytest.raises(DecisionMalformed) as refused:
        desk.decide(entry.hold_id, Reject("rescan"), who=who, note=note)
    assert CITIZEN not in str(refused.value)


def test_what_was_typed_is_read_strictly_and_errors_do_not_repeat_it() -> None:
    typed = file_it(
        type_="giay_khai_sinh", dossier=" h62.33-240106-0001", citizen="026 190 001 234", known=KNOWN,
        fields={"name": " Nguyễn  Thử ", "birth_date": "1/2/1990", "citizen_id": ""},
    )  # fmt: skip

    assert typed == FileIt(
        "giay_khai_sinh", DOSSIER, CITIZEN, {"name": "Nguyễn Thử", "birth_date": "01/02/1990", "citizen_id": ""}
    )
    assert CITIZEN not in repr(typed)
    assert "Nguyễn" not in repr(typed)


@pytest.mark.parametrize(
    "wrong",
    [{"type_": "giay_la"}, {"dossier": "H62"}, {"citizen": "026990001234"}, {"fields": {"namme": "x"}},
     {"fields": {"birth_date": "31/2/1990"}}, {"fields": {"birth_date": "1990"}},
     {"fields": {"citizen_id": "026990001234"}}, {"fields": {"name": "x" * 501}}],
)  # fmt: skip
def test_what_is_not_of_its_form_is_refused(wrong: dict[str, object]) -> None:
    nothing: dict[str, object] = {"type_": None, "dossier": None, "citizen": None, "fields": {}}

    with pytest.raises(DecisionMalformed) as refused:
        file_it(**(nothing | wrong), known=KNOWN)  # type: ignore[arg-type]
    assert "026990001234" not in str(refused.value)


@pytest.mark.parametrize(
    "action", [FileIt(), FileIt("x", DOSSIER, CITIZEN, {"name": "An"}), SplitAt((2, 4)), Reject("duplicate")], ids=repr
)
def test_a_decision_comes_back_as_it_was_written(action: Action) -> None:
    assert from_json(kind_of(action), json.loads(json.dumps(to_json(action)))) == action


def test_a_decision_that_files_is_done_with_the_record_and_corrects_the_type(
    ledger: Ledger, desk: Desk, tmp_path: Path
) -> None:
    entry = shelve(ledger, held(page(1)))
    made = desk.decide(entry.hold_id, FileIt(type="giay_khai_sinh"), who="lan")
    paper, pdf = replace(record(), type="giay_khai_sinh"), sealed(tmp_path)
    proof = stored(paper, pdf)

    assert ledger.corrections() == ()
    ledger.filed(entry.drop_id, paper, proof, SEAL, decision_id=made.id)
    ledger.filed(entry.drop_id, paper, proof, SEAL, decision_id=made.id)

    assert desk.decision(made.id).state == "done"
    assert desk.document_of(made).state == "filed"
    assert desk.document_of(made).type == "giay_khai_sinh"
    assert ledger.corrections() == (("Chữ", "giay_khai_sinh"),)
    assert desk.waiting() == ()


def test_the_machine_files_nothing_that_a_person_decided_on(ledger: Ledger, desk: Desk, tmp_path: Path) -> None:
    entry = shelve(ledger, held(page(1)))
    made = desk.decide(entry.hold_id, Reject("duplicate"), who="lan")
    paper, pdf = record(), sealed(tmp_path)

    with pytest.raises(LedgerConflict, match="a person decided"):
        ledger.filed(entry.drop_id, paper, stored(paper, pdf), SEAL)
    desk.rejected_now(made.id)
    with pytest.raises(LedgerConflict, match="a person decided"):
        ledger.filed(entry.drop_id, paper, stored(paper, pdf), SEAL)

    assert ledger.record(paper.key.record_id) is None
    assert desk.decided_pages(entry.drop_id) == {1}


def test_a_document_that_a_person_decided_on_is_not_held_again_by_a_later_run(ledger: Ledger, desk: Desk) -> None:
    entry = shelve(ledger, held(page(1)))
    made = desk.decide(entry.hold_id, Reject("duplicate"), who="lan")

    ledger.held(entry.drop_id, held(page(1), why=("low_confidence",)))

    assert desk.document_of(made).state == "decided"
    assert ledger.shelf(10) == ()


def test_a_rejected_document_is_listed_with_its_reason(ledger: Ledger, desk: Desk) -> None:
    entry = shelve(ledger, held(page(1)))
    made = desk.decide(entry.hold_id, Reject("page_missing"), who="lan", note="thiếu trang 2")
    assert desk.rejected(10) == ()

    desk.rejected_now(made.id)
    desk.rejected_now(made.id)

    ((document, decision),) = desk.rejected(10)
    assert (document.id, document.state, decision.action) == (entry.id, "rejected", Reject("page_missing"))
    assert desk.waiting() == ()
    with pytest.raises(AlreadyDecided):
        desk.decide(entry.hold_id, FileIt(), who="minh")


def test_parts_take_the_place_of_the_whole_and_are_decided_on_by_themselves(ledger: Ledger, desk: Desk) -> None:
    entry = shelve(ledger, held(page(1), page(2), page(3)))
    made = desk.decide(entry.hold_id, SplitAt((3,)), who="lan")
    parts = (held(page(1), page(2), why=("cut_by_person",)), held(page(3), why=("cut_by_person",)))

    desk.split_up(made.id, parts)
    desk.split_up(made.id, parts)

    first, second = ledger.shelf_of_drop(entry.drop_id)
    assert [(one.first_page, one.last_page, one.reasons) for one in (first, second)] == [
        (1, 2, ("cut_by_person",)),
        (3, 3, ("cut_by_person",)),
    ]
    assert (first.id, first.hold) == (entry.id, 2)
    with pytest.raises(NoSuchHold):
        desk.decide(entry.hold_id, FileIt(), who="minh")
    assert {desk.decide(one.hold_id, FileIt(), who="minh").state for one in (first, second)} == {"waiting"}


def test_a_decision_that_cannot_be_carried_out_puts_its_document_back_and_says_so(ledger: Ledger, desk: Desk) -> None:
    entry = shelve(ledger, held(page(1)))
    made = desk.decide(entry.hold_id, FileIt(), who="lan")
    desk.started(made.id, "run")

    desk.given_back(made.id, "SCANS_CHANGED")
    desk.given_back(made.id, "SCANS_CHANGED")

    (again,) = ledger.shelf(10)
    ended = desk.decision(made.id)
    assert (again.id, again.hold, again.reasons) == (entry.id, 2, ("release_failed", *entry.reasons))
    assert (ended.state, ended.error_code) == ("failed", "SCANS_CHANGED")
    assert desk.started(made.id, "another run") == ended
    assert desk.decide(again.hold_id, FileIt(), who="lan").state == "waiting"


def test_runs_that_say_why_they_ended_do_not_count_as_dead(ledger: Ledger, desk: Desk) -> None:
    made = desk.decide(shelve(ledger, held()).hold_id, FileIt(), who="lan")
    assert [desk.started(made.id, f"run {number}").attempts for number in (1, 2)] == [1, 2]

    desk.postponed(made.id, "STORE_UNAVAILABLE")

    (waiting,) = desk.waiting()
    assert (waiting.attempts, waiting.error_code) == (0, "STORE_UNAVAILABLE")


def test_every_decision_and_its_end_stand_in_the_audit_trail_without_personal_data(ledger: Ledger, desk: Desk) -> None:
    one, other = shelve(ledger, held(page(1))), shelve(ledger, held(page(5)))
    first = desk.decide(one.hold_id, FileIt(fields={"name": "Nguyễn Thử"}), who="lan", note="xem lại")
    second = desk.decide(other.hold_id, Reject("duplicate"), who="minh")
    desk.given_back(first.id, "SIGNER_REJECTED")
    desk.rejected_now(second.id)

    trail = AuditTrail(ledger)
    told = [(line.actor, line.act, line.outcome) for line in reversed(trail.lines(10))]
    assert told == [
        ("lan", "decide_file", f"decision {first.id}"),
        ("minh", "decide_reject", f"decision {second.id}"),
        ("release", "release_file", "SIGNER_REJECTED"),
        ("release", "release_reject", "done"),
    ]
    assert trail.verify() is None
    assert all(CITIZEN not in line.why and "Nguyễn" not in line.why for line in trail.lines(10))


def test_a_refused_decision_leaves_nothing_behind(ledger: Ledger, desk: Desk) -> None:
    entry = shelve(ledger, without_links(held()))

    with pytest.raises(DecisionIncomplete):
        desk.decide(entry.hold_id, FileIt(), who="lan")
    assert desk.waiting() == ()
    assert ledger.shelf(10) == (entry,)
    assert AuditTrail(ledger).lines(10) == ()


def test_a_decision_that_is_not_there_is_said(desk: Desk) -> None:
    for act in (lambda: desk.decision(7), lambda: desk.started(7, "run"), lambda: desk.rejected_now(7)):
        with pytest.raises(LedgerConflict):
            act()
