"""A real PostgreSQL for the tests: one server a session, one database a test, gone with the process that started it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest
from sqlalchemy import make_url

from storage.database.engine import Database

_SERVER_USER: Final = "postgres"
"""The server refuses to run as root; Debian's package brings this user."""

_FAST: Final = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB", "max_connections": "200"}
_TEMPLATE: Final = "migrated"
_EMPTY: Final = """
SET session_replication_role = replica;
DO $$ DECLARE one text; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename != 'alembic_version' LOOP
    EXECUTE format('DELETE FROM public.%I', one);
  END LOOP;
  PERFORM setval(format('public.%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public';
END $$
"""
"""Deletes every line, past the triggers that keep the audit trail, and begins the numbers anew."""

_FORM: Final = """
SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
  SELECT concat(tgrelid::regclass, ' ', tgname, ' ', tgenabled) FROM pg_trigger
  UNION ALL SELECT concat(conrelid::regclass, ' ', conname) FROM pg_constraint
  UNION ALL SELECT concat(attrelid::regclass, ' ', attname, ' ', atttypid) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
) AS parts(part)
"""
"""Hash of all tables, columns, constraints and triggers."""


class PostgresServer:
    """A PostgreSQL cluster in a folder of its own: a Unix socket without password, and loopback with one.

    Args:
        programs: folder of `initdb` and `postgres`.
        port: a free port of the loopback interface.
    """

    def __init__(self, programs: Path, port: int) -> None:
        self._programs, self.port = programs, port
        self.folder = Path(tempfile.mkdtemp(prefix="sohoa-pg-"))
        self._server: subprocess.Popen[bytes] | None = None
        self._clean: list[str] = []
        self._form: tuple[object, ...] | None = None
        if os.geteuid() == 0:
            shutil.chown(self.folder, _SERVER_USER, _SERVER_USER)

    def prepare(self) -> None:
        """Make the cluster and a database in the newest form, which those of the tests are copies of."""
        made = self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        assert made.wait() == 0, "initdb failed"
        trust = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (self._data / "pg_hba.conf").write_text(trust, encoding="ascii")
        self.start()
        Database.open(self.empty(_TEMPLATE)).close()
        with psycopg.connect(self._dsn(_TEMPLATE)) as connection:
            self._form = connection.execute(_FORM).fetchone()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = _FAST | {"listen_addresses": "127.0.0.1", "port": str(self.port), "log_error_verbosity": "terse"}
        settings["unix_socket_directories"] = str(self.folder)
        self._server = self._run("postgres", "-D", str(self._data), *(f"--{name}={one}" for name, one in settings.items()))
        until = time.monotonic() + 30
        while True:
            assert self._server.poll() is None, (self.folder / "log").read_text(encoding="utf-8")
            try:
                self.do("SELECT 1")
            except psycopg.OperationalError:
                assert time.monotonic() < until
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End every connection and the server."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(30)
            self._server = None

    def remove(self) -> None:
        """Stop, and take everything off the disk."""
        self.stop()
        shutil.rmtree(self.folder)

    def do(self, statement: str) -> None:
        """Run one statement as the owner of the cluster."""
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def empty(self, name: str) -> str:
        """A database without tables; returns its address."""
        self.do(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.address(name)

    def migrated(self) -> str:
        """An empty database in the newest form; returns its address. Making one costs more than most tests do."""
        if self._clean:
            return self._clean.pop()
        name = f"t{uuid.uuid4().hex}"
        self.do(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")  # 14 times as fast as wal_log
        return self.address(name)

    def take_back(self, address: str) -> None:
        """Empty a database that a test had, for the next one; one whose form was changed is thrown away."""
        name = str(make_url(address).database)
        self.do(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608 - ours
        with psycopg.connect(self._dsn(name), autocommit=True) as connection:
            connection.execute(_EMPTY)
            form = connection.execute(_FORM).fetchone()
        if form == self._form:
            self._clean.append(address)
        else:
            self.drop(address)

    def drop(self, address: str) -> None:
        """Take a database away, whoever is connected."""
        self.do(f"DROP DATABASE {make_url(address).database} WITH (FORCE)")

    def address(self, name: str) -> str:
        """SQLAlchemy address of a database, over the socket."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}&port={self.port}"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _dsn(self, name: str) -> str:
        return f"host={self.folder} port={self.port} user=postgres dbname={name} connect_timeout=5"

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a program as a user that is not root; it is ended with this process, however that ends."""
        become = ["setpriv", "--pdeathsig", "QUIT"]
        if os.geteuid() == 0:
            become += ["--reuid", _SERVER_USER, "--regid", _SERVER_USER, "--init-groups"]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [*become, "--", str(self._programs / program), *arguments],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={"LC_ALL": "C", "PATH": os.defpath},
            )  # fmt: skip


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for the whole session."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found or shutil.which("setpriv") is None:
        pytest.fail("PostgreSQL is missing; ./run test installs it")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = PostgresServer(found[-1].parent, port)
    try:
        server.prepare()
        yield server
    finally:
        server.remove()
