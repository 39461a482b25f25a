"""The whole stack, running for real in a temporary installation: RGW, Prefect server, worker, watcher, portal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest

from cli import stack as servers
from cli.installation import new_portal_caller
from config.settings import Settings
from storage.intake.delivery import deliver
from storage.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
BATCH = ROOT / "samples" / "SCAN_20230712_batch.pdf"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    home = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOHOA_PATIENCE_SECONDS", "5")
        try:
            yield servers.up(home, say=lambda _step: None)
        finally:
            servers.down(home)


@pytest.fixture(scope="session")
def ledger(settings: Settings) -> Iterator[Ledger]:
    ledger = Ledger.open(settings.ledger_address)
    yield ledger
    ledger.close()


@pytest.fixture(scope="session")
def portal_headers(settings: Settings) -> dict[str, str]:
    token = new_portal_caller(settings, "tests", sensitive=True)
    return {"Authorization": f"Bearer {token}", "X-Purpose": "test"}


@pytest.fixture
def drop_pages(settings: Settings, tmp_path: Path) -> Callable[[int, int, str], Path]:
    """Drop some pages of the batch sample as a file of its own."""

    def drop(first: int, last: int, name: str) -> Path:
        part = pikepdf.new()
        with pikepdf.open(BATCH) as batch:
            part.pages.extend(batch.pages[first - 1 : last])
            path = tmp_path / name
            part.save(path)
        return deliver(path, settings.inbox, "mot-cua")

    return drop
