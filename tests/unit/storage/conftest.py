"""A real ledger in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.ledger import Ledger


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger' / 'ledger.sqlite'}"


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    opened = Ledger.open(address)
    yield opened
    opened.close()
