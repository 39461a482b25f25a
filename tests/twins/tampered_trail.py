"""Somebody who owns the database and has something to hide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, delete, insert

from storage.audit.trail import BEFORE_THE_FIRST, hash_of_line, lines_after
from storage.database.tables import audit
from storage.ledger import Ledger

_GUARDS = {
    "sqlite": ("DROP TRIGGER IF EXISTS audit_is_never_changed", "DROP TRIGGER IF EXISTS audit_is_never_deleted"),
    "postgresql": ("DROP TRIGGER IF EXISTS audit_is_only_added_to ON audit",),
}


@contextmanager
def as_the_owner(ledger: Ledger) -> Iterator[Connection]:
    """A transaction in which nothing guards the lines."""
    with ledger.database.writing() as connection:
        for statement in _GUARDS[connection.dialect.name]:
            connection.exec_driver_sql(statement)
        yield connection


def write_anew(ledger: Ledger, number: int, **changed: Any) -> None:
    """Change a line and give it and every line after it a right hash."""
    with as_the_owner(ledger) as connection:
        kept = tuple(lines_after(connection, 0))
        previous = kept[number - 2].sha256 if number > 1 else BEFORE_THE_FIRST
        connection.execute(delete(audit).where(audit.c.number >= number))
        for line in kept[number - 1 :]:
            again = replace(line, previous=previous, **(changed if line.number == number else {}))
            previous = hash_of_line(again)
            connection.execute(insert(audit).values(**asdict(replace(again, sha256=previous))))
