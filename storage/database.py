"""Opening the ledger's database and keeping its writers in order."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from dossier.errors import Misconfigured

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_BUSY_MS: Final = 30_000  # a writer waits so long for its turn; each turn takes milliseconds
_BUSY_PAUSE: Final = 0.02  # seconds


class Database:
    """One database of the ledger, migrated to the newest form."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, address: str) -> Database:
        """Connect and migrate.

        Raises:
            Misconfigured: the address cannot be read.
        """
        try:
            url = make_url(address)
        except ArgumentError as error:
            raise Misconfigured("ledger_url is not a database address") from error
        engine = create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite")
        if url.get_backend_name() != "sqlite":
            _migrate(engine)
            return cls(engine)
        if not url.database or url.database == ":memory:":
            raise Misconfigured("the ledger needs a file: memory is lost with the process")
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        _have_file(Path(url.database))
        _migrate(engine)
        return cls(engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction; on SQLite it waits for its turn at once, so that it never has to be taken back half-way."""
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection


def _set_up_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
    for pragma in (f"busy_timeout={_BUSY_MS}", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; of processes that do it at the same moment SQLite turns some away without waiting."""
    until = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_BUSY_PAUSE)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # BEGIN IMMEDIATE: a plain BEGIN that turns from reading to writing fails with "database is locked", without waiting
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _have_file(database: Path) -> None:
    """Only the owner may read it: it holds citizen IDs."""
    database.parent.mkdir(parents=True, exist_ok=True)
    database.touch(mode=0o600)


def _migrate(engine: Engine) -> None:
    """Bring the tables to the newest form; processes that open at the same time wait for the first one's transaction."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
