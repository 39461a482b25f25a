"""Who touched what: the answer to a breach question, from the trail alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dossier.citizen_id import CitizenId
from dossier.decisions import FileIt, Reject, SplitAt
from dossier.records import RecordKey
from dossier.values import CitizenToken, Held, Sha256
from storage.audit.reports import Touched, touched_by, touching
from storage.audit.trail import AuditTrail
from storage.database.rows import ShelfEntry
from storage.database.tables import documents
from storage.desk import Desk
from storage.ledger import Ledger
from tests.twins.papers import CITIZEN, SEAL, held, page, record, sealed, stored, understood
from tests.twins.retired_house import Retired, retired

OTHER = CitizenToken("b" * 32)


@pytest.fixture
def trail(ledger: Ledger) -> AuditTrail:
    return AuditTrail(ledger)


@pytest.fixture
def house(ledger: Ledger, tmp_path: Path) -> Retired:
    return retired(ledger, tmp_path)


def look(trail: AuditTrail, actor: str, citizen: CitizenToken | None, record_id: str | None, act: str = "content") -> None:
    trail.write(actor=actor, act=act, citizen=citizen, record_id=record_id, why="H62.33-240106-0001", outcome="SERVED")


def show(trail: AuditTrail, actor: str, entry: ShelfEntry) -> None:
    trail.write(actor=actor, act="view_held", citizen=None, record_id=entry.drop_id, why="", outcome=f"document {entry.id}")


def file_part(house: Retired, entry: ShelfEntry, citizen: CitizenToken, source: Sha256) -> str:
    """File a paper on the shelf as a record of that citizen; the record."""
    decision = Desk(house.ledger).decide(entry.hold_id, FileIt(), who="Cán bộ B")
    paper = replace(
        record(RecordKey(citizen, f"{entry.first_page:032}"), source=source),
        first_page=entry.first_page, last_page=entry.last_page,
    )  # fmt: skip
    house.ledger.filed(entry.drop_id, paper, stored(paper, sealed(house.folder)), SEAL, decision_id=decision.id)
    return paper.key.record_id


def touched(trail: AuditTrail, actor: str) -> tuple[Touched, ...]:
    now = datetime.now(UTC)
    return touched_by(trail, actor, now - timedelta(hours=1), now + timedelta(hours=1))


def test_an_actor_touched_these_subjects_and_papers(trail: AuditTrail) -> None:
    look(trail, "cổng", OTHER, "1" * 32)
    look(trail, "cổng", OTHER, "1" * 32, "metadata")
    look(trail, "cổng", OTHER, "1" * 32)
    look(trail, "cổng", OTHER, None, "list")
    look(trail, "khác", OTHER, "2" * 32)
    look(trail, "cổng", None, None, "audit_verify")
    found = touched(trail, "cổng")

    assert [(one.citizen, one.record_id, dict(one.acts)) for one in found] == [
        (OTHER, "1" * 32, {"content": 2, "metadata": 1}),
        (OTHER, None, {"list": 1}),
    ]
    assert found[0].first < found[0].last


def test_what_lies_outside_the_period_is_left_out(trail: AuditTrail) -> None:
    look(trail, "cổng", OTHER, "1" * 32)
    now = datetime.now(UTC)

    assert touched_by(trail, "cổng", now, now + timedelta(hours=1)) == ()
    assert touched_by(trail, "cổng", now - timedelta(hours=2), now - timedelta(hours=1)) == ()


def test_a_decision_on_the_shelf_counts_for_the_record_that_the_paper_became(house: Retired) -> None:
    ledger, trail = house.ledger, house.trail
    drop_id, source = house.receive(b"one paper")
    ledger.held(drop_id, held(page(1)))
    desk = Desk(ledger)
    entry = ledger.shelf(1)[0]
    show(trail, "Cán bộ A", entry)
    decision = desk.decide(entry.hold_id, FileIt(), who="Cán bộ A")
    desk.started(decision.id, "run")
    paper = record(source=source)
    ledger.filed(drop_id, paper, stored(paper, sealed(house.folder)), SEAL, decision_id=decision.id)
    (found,) = touched(trail, "Cán bộ A")
    lines = touching(trail, paper.key.citizen, CITIZEN)

    assert (found.citizen, found.record_id, found.type) == (paper.key.citizen, paper.key.record_id, paper.type)
    assert dict(found.acts) == {"view_held": 1, "decide_file": 1}
    assert [(line.actor, line.act) for line in lines] == [
        ("Cán bộ A", "view_held"), ("Cán bộ A", "decide_file"),
        ("release", "sign"), ("release", "store"), ("release", "release_file"),
    ]  # fmt: skip


def test_what_a_caller_says_its_purpose_is_hides_no_record_behind_another(house: Retired) -> None:
    drop = house.receive(b"two papers")
    read, other = house.file(drop, 1), house.file(drop, 2)
    with house.ledger.database.reading() as connection:
        known = select(documents.c.id).where(documents.c.record_id == other.key.record_id)
        hides_behind = connection.execute(known).scalar_one()
    for why in (f"document {hides_behind}", "decision 1"):
        house.trail.write(
            actor="cổng", act="content", citizen=read.key.citizen, record_id=read.key.record_id, why=why, outcome="SERVED"
        )
    house.trail.write(
        actor="cổng", act="list", citizen=OTHER, record_id=None, why=f"document {hides_behind}", outcome="SERVED"
    )
    content, listed = touched(house.trail, "cổng")

    assert (content.record_id, dict(content.acts)) == (read.key.record_id, {"content": 2})
    assert (listed.citizen, listed.record_id) == (OTHER, None)


def test_a_paper_that_became_no_record_is_told_to_whose_number_it_bears(house: Retired) -> None:
    ledger, trail, desk = house.ledger, house.trail, Desk(house.ledger)
    drop_id, _ = house.receive(b"two papers")
    ledger.held(drop_id, held(page(1)))
    ledger.held(drop_id, Held(replace(understood(page(2)), citizen_id=CitizenId("026190004321")), ("weak_verdict",)))
    waiting, of_another = ledger.shelf_of_drop(drop_id)
    show(trail, "Cán bộ A", waiting)
    show(trail, "Cán bộ A", of_another)
    seen = touching(trail, OTHER, CITIZEN)
    desk.rejected_now(desk.decide(waiting.hold_id, Reject("rescan"), who="Cán bộ B").id)

    assert [(line.act, line.outcome) for line in seen] == [("view_held", f"document {waiting.id}")]
    assert [line.act for line in touching(trail, OTHER, CITIZEN)] == ["view_held", "decide_reject", "release_reject"]
    assert [(one.record_id, dict(one.acts)) for one in touched(trail, "release")] == [(drop_id, {"release_reject": 1})]


def test_a_look_at_a_document_counts_for_every_part_that_it_was_cut_into_later(house: Retired) -> None:
    ledger, trail, desk = house.ledger, house.trail, Desk(house.ledger)
    drop_id, source = house.receive(b"three papers")
    ledger.held(drop_id, held(page(1), page(2), page(3)))
    (whole,) = ledger.shelf_of_drop(drop_id)
    show(trail, "trước", whole)
    first_cut = desk.decide(whole.hold_id, SplitAt((2,)), who="Cán bộ A")
    desk.split_up(first_cut.id, (held(page(1)), held(page(2), page(3))))
    first, rest = ledger.shelf_of_drop(drop_id)
    show(trail, "giữa", rest)
    show(trail, "sau", first)
    second_cut = desk.decide(rest.hold_id, SplitAt((3,)), who="Cán bộ A")
    desk.split_up(second_cut.id, (held(page(2)), held(page(3))))
    papers = ledger.shelf_of_drop(drop_id)
    citizens = [CitizenToken(letter * 32) for letter in "cde"]
    unfiled = [dict(one.acts) for one in touched(trail, "trước")]
    names = [file_part(house, entry, citizen, source) for entry, citizen in zip(papers, citizens, strict=True)]

    def looked(citizen: CitizenToken) -> list[str]:
        lines = touching(trail, citizen, CitizenId("026190009999"))
        return [line.actor if line.act == "view_held" else line.act for line in lines if line.act[:4] in {"view", "deci"}]

    assert unfiled == [{"view_held": 1}]
    assert [looked(citizen) for citizen in citizens] == [
        ["trước", "decide_split", "sau", "decide_file"],
        ["trước", "decide_split", "giữa", "decide_split", "decide_file"],
        ["trước", "decide_split", "giữa", "decide_split", "decide_file"],
    ]
    assert [one.record_id for one in touched(trail, "trước")] == names
    assert [one.record_id for one in touched(trail, "giữa")] == names[1:]
    assert [one.record_id for one in touched(trail, "sau")] == names[:1]


def test_a_number_of_a_ledger_that_was_lost_names_no_paper_of_this_one(house: Retired) -> None:
    drop_id, _ = house.receive(b"one paper")
    house.ledger.held(drop_id, held(page(1)))
    (entry,) = house.ledger.shelf_of_drop(drop_id)
    show(house.trail, "Cán bộ A", replace(entry, drop_id="e" * 32))

    assert touching(house.trail, OTHER, CITIZEN) == ()
    assert [one.record_id for one in touched(house.trail, "Cán bộ A")] == ["e" * 32]


def test_a_subject_is_told_every_line_of_his_papers_and_none_of_others(house: Retired) -> None:
    drop_id, source = house.receive(b"two papers")
    mine = house.file((drop_id, source), 1)
    look(house.trail, "cổng", None, mine.key.record_id, "verify")
    look(house.trail, "cổng", OTHER, "2" * 32)
    look(house.trail, "cổng", None, drop_id, "view")

    assert [line.act for line in touching(house.trail, mine.key.citizen, CITIZEN)] == ["sign", "store", "verify"]


def test_a_destroyed_record_still_tells_who_touched_it(house: Retired) -> None:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    house.disposals.carry_out(house.agreed(paper), by="Phạm Thực Hiện", why="biên bản số 7")

    assert [line.act for line in touching(house.trail, paper.key.citizen, CITIZEN)] == [
        "sign", "store", "dispose_ask", "dispose_agree", "dispose_begin", "dispose",
    ]  # fmt: skip
