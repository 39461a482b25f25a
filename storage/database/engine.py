"""Opening the ledger's database and keeping its writers in order.

On both databases there is one writer at a time: SQLite has one lock for the file, and on PostgreSQL every writing
transaction takes the same advisory lock before its first statement. What a transaction looked up therefore still holds
when it writes, numbers are given in the order of the commits, and no two writers can wait for each other. A turn takes
milliseconds.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from dossier.errors import LedgerUnavailable, Misconfigured

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_BUSY_MS: Final = 30_000  # a writer waits so long for its turn; each turn takes milliseconds
_BUSY_PAUSE: Final = 0.02  # seconds
_CONNECT_SECONDS: Final = 10

_ONE_WRITER: Final = 0x50484F61  # any number that nothing else on the server locks
_POSTGRES_SETTINGS: Final = {
    "lock_timeout": f"{_BUSY_MS}ms",
    "idle_in_transaction_session_timeout": "60s",  # a writer whose machine went away must not stop the others for ever
    "synchronous_commit": "on",  # what the ledger says is on the disk, whatever the server is used for besides
}
_AWAY: Final = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_READONLY,
})  # fmt: skip
"""What SQLite says when the file or its disk is in the way and the statement is not."""


class Database:
    """One database of the ledger, migrated to the newest form."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, address: str) -> Database:
        """Connect and migrate.

        Raises:
            Misconfigured: the address cannot be read, or names neither SQLite nor PostgreSQL.
            LedgerUnavailable: the database does not answer, or its disk is full.
        """
        try:
            url = make_url(address)
        except ArgumentError as error:
            raise Misconfigured("ledger_url is not a database address") from error
        engine = _engine(url)
        with _away_is_said():
            _migrate(engine)
        return cls(engine)

    @classmethod
    def attach(cls, address: str) -> Database:
        """Connect to read what somebody else has opened: nothing is migrated, so no writer is waited for."""
        return cls(_engine(make_url(address)))

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database.

        Raises:
            LedgerUnavailable: the database does not answer.
        """
        with _away_is_said(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that has waited for its turn, so that nobody else writes until it ends.

        Raises:
            LedgerUnavailable: the database does not answer, its disk is full, or the turn did not come. Where the answer to
                the commit was lost it may have been done: every verb of the ledger may be repeated.
        """
        with (
            _away_is_said(),
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection


def _engine(url: URL) -> Engine:
    # hide_parameters: what a statement was given is personal data, and errors end in logs
    if url.get_backend_name() == "postgresql":
        engine = create_engine(
            url, pool_pre_ping=True, hide_parameters=True, connect_args={"connect_timeout": _CONNECT_SECONDS}
        )
        event.listen(engine, "connect", _set_up_postgres)
        event.listen(engine, "begin", _begin_postgres)
        event.listen(engine, "handle_error", _leave_values_out)
        return engine
    if url.get_backend_name() != "sqlite":
        raise Misconfigured("ledger_url names neither SQLite nor PostgreSQL")
    if not url.database or url.database == ":memory:":
        raise Misconfigured("the ledger needs a file: memory is lost with the process")
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    _have_file(Path(url.database))
    return engine


@contextmanager
def _away_is_said() -> Iterator[None]:
    """Tell a database that is away from a statement that is wrong."""
    try:
        yield
    except DBAPIError as error:
        if _is_away(error):
            raise LedgerUnavailable(_reason(error.orig)) from error
        raise
    except sqlite3.OperationalError as error:  # from a new connection, before SQLAlchemy has it
        raise LedgerUnavailable(_reason(error)) from error


def _is_away(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", 0)
        return code & 0xFF in _AWAY  # the low byte; the others tell which input or output failed
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def _reason(error: BaseException | None) -> str:
    """Name or number of what the database says, never its words: they may hold an address or a value."""
    said = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None)
    return f"{type(error).__name__} {said}" if said else type(error).__name__


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


def _set_up_postgres(connection: psycopg.Connection[Any], _entry: ConnectionPoolEntry) -> None:
    for name, value in _POSTGRES_SETTINGS.items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    connection.commit()


def _begin_postgres(connection: Connection) -> None:
    # A writer stays READ COMMITTED: each of its statements sees what the writer before it has left
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_WRITER})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _leave_values_out(context: ExceptionContext) -> None:
    """PostgreSQL repeats the refused line, or what it could not read, in its errors: personal data would reach a log."""
    error = context.original_exception
    if isinstance(error, psycopg.Error):
        about_a_value = (error.sqlstate or "").startswith("22")
        error.args = (
            "a value is not of its type" if about_a_value else error.diag.message_primary or type(error).__name__,
        )
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({type(error).__name__}) {error}",)


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
