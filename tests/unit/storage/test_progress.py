"""Who makes no progress is seen from the ledger alone, and called out once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from dossier.values import Soundness
from storage.alarms import Alarms
from storage.database.keeping_tables import progress
from storage.database.tables import drops
from storage.ledger import Ledger
from storage.progress import Progress, look_for_standstill
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import SEAL, digest, record, sealed
from tests.twins.papers import received as intake_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PATIENCE = timedelta(minutes=15)


def received(ledger: Ledger, name: str, minutes_ago: float) -> str:
    """A drop of four pages that was received so long before NOW."""
    receipt = ledger.receive(
        office="mot-cua",
        file_name=name,
        sha256=digest(name.encode()),
        size=4,
        intake=intake_of(digest(name.encode())),
        soundness=Soundness("pdf", 4),
    )
    assert receipt.drop_id is not None
    with ledger.database.writing() as connection:
        when = NOW - timedelta(minutes=minutes_ago)
        connection.execute(update(drops).where(drops.c.id == receipt.drop_id).values(received_at=when))
    return receipt.drop_id


def came_to(ledger: Ledger, drop_id: str, steps: int, minutes_ago: float, run_count: int = 1) -> None:
    ledger.started(drop_id, "run")
    when = NOW - timedelta(minutes=minutes_ago)
    Progress(ledger.database).came_to(drop_id, steps, run_count=run_count, now=when)


def standing(ledger: Ledger) -> list[tuple[str, str]]:
    return [(one.subject, one.where) for one in look_for_standstill(ledger.database, PATIENCE, NOW)]


@pytest.mark.parametrize(
    ("steps", "where"),
    [
        (0, "reading, page 1 of 4"),
        (2, "reading, page 3 of 4"),
        (4, "keeping, 0 documents kept"),
        (5, "keeping, 1 documents kept"),
    ],
)
def test_a_drop_that_comes_no_further_raises_one_alarm_that_names_its_step(ledger: Ledger, steps: int, where: str) -> None:
    drop = received(ledger, "a", 40)
    came_to(ledger, drop, steps, minutes_ago=16)

    assert standing(ledger) == standing(ledger) == [(drop, where)]
    (alarm,) = Alarms(ledger.database).open_ones("stuck")
    assert (alarm.subject, alarm.detail) == (drop, f"{where}, since 2026-11-24T08:44Z")


def test_the_alarm_is_settled_when_the_drop_moves_on(ledger: Ledger) -> None:
    drop = received(ledger, "a", 40)
    came_to(ledger, drop, 2, minutes_ago=16)
    standing(ledger)

    came_to(ledger, drop, 3, minutes_ago=1)

    assert standing(ledger) == []
    assert Alarms(ledger.database).open_ones() == ()


def test_the_alarm_is_settled_when_the_drop_is_done(ledger: Ledger) -> None:
    drop = received(ledger, "a", 40)
    came_to(ledger, drop, 4, minutes_ago=16)
    standing(ledger)

    ledger.finished(drop)

    assert standing(ledger) == []
    assert Alarms(ledger.database).open_ones() == ()


def test_work_done_again_is_no_progress(ledger: Ledger) -> None:
    drop = received(ledger, "a", 40)
    came_to(ledger, drop, 3, minutes_ago=16, run_count=1)

    came_to(ledger, drop, 0, minutes_ago=1, run_count=2)
    came_to(ledger, drop, 3, minutes_ago=1, run_count=2)

    assert standing(ledger) == [(drop, "reading, page 4 of 4")]
    mark = Progress(ledger.database).mark(drop)
    assert mark is not None
    assert mark.run_count == 1


def test_drops_in_a_queue_that_moves_have_one_alarm_together_and_who_is_overtaken_has_his_own(ledger: Ledger) -> None:
    before, waits, behind = (received(ledger, name, minutes) for name, minutes in (("a", 60), ("b", 40), ("c", 20)))
    came_to(ledger, before, 2, minutes_ago=5)
    came_to(ledger, behind, 2, minutes_ago=5)
    assert standing(ledger) == [("queue", "waiting for a first run")]
    (alarm,) = Alarms(ledger.database).open_ones()
    assert (alarm.kind, alarm.detail) == ("queue_waits", "waiting for a first run, since 2026-11-24T08:20Z")

    with ledger.database.writing() as connection:
        connection.execute(update(drops).where(drops.c.id == before).values(state="done", finished_at=NOW - PATIENCE * 2))
        connection.execute(update(progress).where(progress.c.drop_id == before).values(at=NOW - PATIENCE * 2))

    assert standing(ledger) == [(waits, "waiting for its first run")]
    assert [one.kind for one in Alarms(ledger.database).open_ones()] == ["stuck"]


def test_a_drop_that_waits_a_moment_in_the_queue_calls_nobody(ledger: Ledger) -> None:
    before, _ = received(ledger, "a", 60), received(ledger, "b", 14)
    came_to(ledger, before, 2, minutes_ago=5)

    assert standing(ledger) == []


def test_a_run_that_ended_because_something_was_away_does_not_count(ledger: Ledger) -> None:
    drop, steps = received(ledger, "a", 1), Progress(ledger.database)
    came_to(ledger, drop, 2, minutes_ago=1, run_count=1)

    steps.stumbled(drop, "STORE_UNAVAILABLE", run_count=3, counts=False)
    steps.stumbled(drop, "STORE_CORRUPT", run_count=4, counts=True)

    mark = steps.mark(drop)
    assert mark is not None
    assert (mark.run_count, mark.error_code) == (3, "STORE_CORRUPT")
    assert ledger.drop(drop).error_code == "STORE_CORRUPT"


def test_a_document_that_was_filed_before_the_run_died_is_a_step(ledger: Ledger, tmp_path: Path) -> None:
    drop, steps, warehouse = received(ledger, "a", 40), Progress(ledger.database), MemoryWarehouse()
    came_to(ledger, drop, 4, minutes_ago=30, run_count=1)
    steps.stumbled(drop, "PAGE_DIED", run_count=3, counts=True)
    steps.kept_unnoted(drop, run_count=5, now=NOW)
    before = steps.mark(drop)

    paper = record(source=digest(b"a"))
    ledger.filed(drop, paper, warehouse.put(paper, sealed(tmp_path)), SEAL)
    for _ in range(2):
        steps.kept_unnoted(drop, run_count=5, now=NOW)
    after = steps.mark(drop)

    assert before is not None
    assert after is not None
    assert (before.steps, before.run_count, before.error_code) == (4, 1, "PAGE_DIED")
    assert (after.steps, after.run_count, after.at, after.error_code) == (5, 5, NOW, None)


def test_who_starts_a_drop_anew_gives_it_all_its_runs_again(ledger: Ledger) -> None:
    drop, steps = received(ledger, "a", 40), Progress(ledger.database)
    came_to(ledger, drop, 2, minutes_ago=30)
    steps.stumbled(drop, "STORE_CORRUPT", run_count=2, counts=True)

    steps.begin_anew(drop, run_count=7, now=NOW)

    mark = steps.mark(drop)
    assert mark is not None
    assert (mark.steps, mark.run_count, mark.error_code) == (2, 7, None)
    assert standing(ledger) == []
