"""A real ledger: in a file, and on a PostgreSQL server; every test that asks for one runs on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.ledger import Ledger
from tests.postgres import PostgresServer


@pytest.fixture
def sqlite_address(tmp_path: Path) -> str:
    """A ledger that is not there yet."""
    return f"sqlite:///{tmp_path / 'ledger' / 'ledger.sqlite'}"


@pytest.fixture
def postgres_address(postgres: PostgresServer) -> Iterator[str]:
    """A database of its own."""
    made = postgres.migrated()
    yield made
    postgres.take_back(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    """A database of the test's own, one of each kind in turn."""
    named: str = request.getfixturevalue("sqlite_address" if request.param == "sqlite" else "postgres_address")
    return named


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    opened = Ledger.open(address)
    yield opened
    opened.close()
