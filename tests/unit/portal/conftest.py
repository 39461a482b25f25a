"""A portal over a real ledger and a warehouse in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.audit.trail import AuditTrail
from storage.ledger import Ledger
from storage.records.warehouse import Warehouse
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.portal_house import Portal, build_portal


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def build(ledger: Ledger, tmp_path: Path) -> Callable[..., Portal]:
    """Make a portal over a warehouse, or with another audit trail."""

    def make(warehouse: Warehouse | None = None, audit: AuditTrail | None = None) -> Portal:
        return build_portal(ledger, warehouse or MemoryWarehouse(), audit or AuditTrail(ledger), tmp_path)

    return make


@pytest.fixture
def portal(build: Callable[..., Portal]) -> Portal:
    return build()
