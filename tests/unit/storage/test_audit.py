"""The audit trail holds itself together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from dossier.values import CitizenToken
from storage.audit import AuditLine, AuditTrail
from storage.ledger import Ledger

TOKEN = CitizenToken("a" * 32)


@pytest.fixture
def trail(ledger: Ledger) -> AuditTrail:
    return AuditTrail(ledger)


def write(trail: AuditTrail, number: int = 0) -> AuditLine:
    return trail.write(
        actor="cổng-dịch-vụ", act="read", citizen=TOKEN, record_id=f"{number:032}", why="H62.33-240106-0001", outcome="200"
    )


def tamper(ledger: Ledger, *statements: str) -> None:
    """As somebody would who owns the database file."""
    with ledger.database.writing() as connection:
        for trigger in ("audit_is_never_changed", "audit_is_never_deleted"):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        for statement in statements:
            connection.exec_driver_sql(statement)


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


def test_no_statement_changes_or_deletes_a_line(trail: AuditTrail, ledger: Ledger) -> None:
    write(trail)
    for statement in ("UPDATE audit SET why = 'x'", "DELETE FROM audit"):
        with pytest.raises(IntegrityError, match="never"), ledger.database.writing() as connection:
            connection.exec_driver_sql(statement)

    assert trail.verify() is None


@pytest.mark.parametrize("column", ["at", "actor", "act", "citizen", "record_id", "why", "outcome", "previous", "sha256"])
def test_an_edited_line_is_named(trail: AuditTrail, ledger: Ledger, column: str) -> None:
    for number in range(5):
        write(trail, number)
    value = "2026-01-01 00:00:00.000000" if column == "at" else "0" * 32
    tamper(ledger, f"UPDATE audit SET {column} = '{value}' WHERE number = 3")  # noqa: S608 - names from above

    assert trail.verify() == 3


def test_a_missing_line_is_named(trail: AuditTrail, ledger: Ledger) -> None:
    for number in range(5):
        write(trail, number)
    tamper(ledger, "DELETE FROM audit WHERE number = 2")

    assert trail.verify() == 2


def test_moving_the_lines_together_does_not_hide_a_missing_one(trail: AuditTrail, ledger: Ledger) -> None:
    for number in range(5):
        write(trail, number)
    tamper(ledger, "DELETE FROM audit WHERE number = 1", "UPDATE audit SET number = number - 1")

    assert trail.verify() == 1


def test_writers_at_the_same_time_do_not_fork_the_chain(trail: AuditTrail) -> None:
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda number: write(trail, number), range(80)))

    assert sorted(line.number for line in written) == list(range(1, 81))
    assert trail.verify() is None
