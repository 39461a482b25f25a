"""Who touched what: the answer to a breach question, from the trail alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dossier.decisions import FileIt
from dossier.values import CitizenToken
from storage.audit.reports import Touched, touched_by, touching
from storage.audit.trail import AuditTrail
from storage.desk import Desk
from storage.ledger import Ledger
from tests.twins.papers import SEAL, held, page, record, sealed, stored
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
    trail.write(actor="Cán bộ A", act="view_held", citizen=None, record_id=drop_id, why="", outcome=f"document {entry.id}")
    decision = desk.decide(entry.hold_id, FileIt(), who="Cán bộ A")
    desk.started(decision.id, "run")
    paper = record(source=source)
    ledger.filed(drop_id, paper, stored(paper, sealed(house.folder)), SEAL, decision_id=decision.id)
    (found,) = touched(trail, "Cán bộ A")
    lines = touching(trail, paper.key.citizen)

    assert (found.citizen, found.record_id, found.type) == (paper.key.citizen, paper.key.record_id, paper.type)
    assert dict(found.acts) == {"view_held": 1, "decide_file": 1}
    assert [(line.actor, line.act) for line in lines] == [
        ("Cán bộ A", "view_held"), ("Cán bộ A", "decide_file"),
        ("release", "sign"), ("release", "store"), ("release", "release_file"),
    ]  # fmt: skip


def test_a_subject_is_told_every_line_of_his_papers_and_none_of_others(house: Retired) -> None:
    drop_id, source = house.receive(b"two papers")
    mine = house.file((drop_id, source), 1)
    look(house.trail, "cổng", None, mine.key.record_id, "verify")
    look(house.trail, "cổng", OTHER, "2" * 32)
    look(house.trail, "cổng", None, drop_id, "view")

    assert [line.act for line in touching(house.trail, mine.key.citizen)] == ["sign", "store", "verify"]


def test_a_destroyed_record_still_tells_who_touched_it(house: Retired) -> None:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.finish(drop)
    house.disposals.carry_out(house.agreed(paper), by="Phạm Thực Hiện", why="biên bản số 7")

    assert [line.act for line in touching(house.trail, paper.key.citizen)] == [
        "sign", "store", "dispose_ask", "dispose_agree", "dispose_begin", "dispose",
    ]  # fmt: skip
