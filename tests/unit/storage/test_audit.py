"""The audit trail holds itself together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.exc import DBAPIError

from dossier.values import CitizenToken, Sha256
from storage.audit.trail import AuditLine, AuditTrail, Break, from_told, hash_of_line, told
from storage.database.tables import audit
from storage.ledger import Ledger
from tests.twins.tampered_trail import as_the_owner, write_anew

TOKEN = CitizenToken("a" * 32)


@pytest.fixture
def trail(ledger: Ledger) -> AuditTrail:
    return AuditTrail(ledger)


@pytest.fixture
def five(trail: AuditTrail) -> AuditTrail:
    """A trail of five lines."""
    for number in range(5):
        write(trail, number)
    return trail


def write(trail: AuditTrail, number: int = 0) -> AuditLine:
    return trail.write(
        actor="cổng-dịch-vụ", act="read", citizen=TOKEN, record_id=f"{number:032}", why="H62.33-240106-0001", outcome="200"
    )


def renumber(connection: Connection, step: int) -> None:
    """Move the lines from 3 on by one, the last first or the first first, so that no two ever have one number."""
    for number in sorted(range(3, 6), reverse=step > 0):
        connection.execute(update(audit).where(audit.c.number == number).values(number=number + step))


def test_lines_come_back_as_they_were_written(trail: AuditTrail) -> None:
    lines = [write(trail, number) for number in range(3)]

    assert trail.lines(2) == (lines[2], lines[1])
    assert [line.number for line in lines] == [1, 2, 3]
    assert lines[1].previous == lines[0].sha256
    assert trail.verify() is None


def test_an_empty_trail_holds(trail: AuditTrail) -> None:
    assert trail.verify() is None
    assert trail.lines(10) == ()


def test_a_line_without_citizen_or_record_holds(trail: AuditTrail) -> None:
    trail.write(actor="sohoa", act="start", citizen=None, record_id=None, why="", outcome="done")

    assert trail.verify() is None


def test_a_line_is_told_in_utc_and_in_the_time_of_vietnam(trail: AuditTrail) -> None:
    line = write(trail)
    shown = told(line)

    assert str(shown["at"]).endswith("+00:00")
    assert str(shown["at_local"]).endswith("+07:00")
    assert from_told(shown) == line


@pytest.mark.parametrize("statement", ["UPDATE audit SET why = 'x'", "DELETE FROM audit"])
def test_no_statement_changes_or_deletes_a_line(trail: AuditTrail, ledger: Ledger, statement: str) -> None:
    write(trail)
    with pytest.raises(DBAPIError, match="never"), ledger.database.writing() as connection:
        connection.exec_driver_sql(statement)

    assert trail.verify() is None


@pytest.mark.parametrize("column", ["at", "actor", "act", "citizen", "record_id", "why", "outcome", "previous", "sha256"])
def test_an_edited_line_is_named(five: AuditTrail, ledger: Ledger, column: str) -> None:
    value: Any = five.lines(5)[4].at if column == "at" else "0" * 32
    with as_the_owner(ledger) as connection:
        connection.execute(update(audit).where(audit.c.number == 3).values({column: value}))

    assert five.verify() == Break(3, "changed")


def test_an_edited_line_with_a_right_hash_is_named_by_the_line_after_it(five: AuditTrail, ledger: Ledger) -> None:
    third = replace(five.lines(3)[2], why="nothing")
    with as_the_owner(ledger) as connection:
        values = asdict(replace(third, sha256=hash_of_line(third)))
        connection.execute(update(audit).where(audit.c.number == 3).values(**values))

    assert five.verify() == Break(3, "changed")


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_missing_line_is_named(five: AuditTrail, ledger: Ledger, number: int) -> None:
    with as_the_owner(ledger) as connection:
        connection.execute(delete(audit).where(audit.c.number == number))

    assert five.verify() == Break(number, "missing")


def test_moving_the_lines_together_does_not_hide_a_missing_one(five: AuditTrail, ledger: Ledger) -> None:
    with as_the_owner(ledger) as connection:
        connection.execute(delete(audit).where(audit.c.number == 2))
        renumber(connection, -1)

    assert five.verify() == Break(2, "out_of_place")


def test_a_line_pushed_in_between_is_named(five: AuditTrail, ledger: Ledger) -> None:
    false = replace(five.lines(4)[3], number=3, previous=Sha256("f" * 64), why="pushed in")
    with as_the_owner(ledger) as connection:
        renumber(connection, 1)
        connection.execute(insert(audit).values(**asdict(replace(false, sha256=hash_of_line(false)))))

    assert five.verify() == Break(
        2, "changed"
    )  # the false line does not follow it; which of the two is false, nobody knows


def test_a_line_pushed_in_that_follows_well_shows_at_the_line_after_it(five: AuditTrail, ledger: Ledger) -> None:
    second = five.lines(4)[3]
    false = replace(second, number=3, previous=second.sha256, why="pushed in")
    with as_the_owner(ledger) as connection:
        renumber(connection, 1)
        connection.execute(update(audit).where(audit.c.number == 4).values(previous="e" * 64))
        connection.execute(insert(audit).values(**asdict(replace(false, sha256=hash_of_line(false)))))

    assert five.verify() == Break(4, "changed")


def test_exchanged_lines_are_named(five: AuditTrail, ledger: Ledger) -> None:
    with as_the_owner(ledger) as connection:
        for number, to in ((2, 100), (4, 2), (100, 4)):
            connection.execute(update(audit).where(audit.c.number == number).values(number=to))

    assert five.verify() == Break(2, "out_of_place")


def test_a_line_before_the_first_is_named(five: AuditTrail, ledger: Ledger) -> None:
    false = replace(five.lines(1)[0], number=0, previous=Sha256("f" * 64))
    with as_the_owner(ledger) as connection:
        connection.execute(insert(audit).values(**asdict(replace(false, sha256=hash_of_line(false)))))

    assert five.verify() == Break(0, "out_of_place")


def test_a_trail_written_anew_from_a_line_on_holds_in_itself(five: AuditTrail, ledger: Ledger) -> None:
    """What the chain alone cannot know, and anchors are for."""
    write_anew(ledger, 3, why="nothing")

    assert five.verify() is None


def test_writers_at_the_same_time_do_not_fork_the_chain(trail: AuditTrail) -> None:
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda number: write(trail, number), range(80)))

    assert sorted(line.number for line in written) == list(range(1, 81))
    assert trail.verify() is None
