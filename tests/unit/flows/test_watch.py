"""The watcher's look at the inbox: a scan and its manifests are taken when all of them are still."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.retention import Period, Retention
from config.settings import Settings
from flows.submit import submit_manifest
from flows.tools import Tools
from flows.watch import take_still_files
from ocr.type_model import load_type_model
from storage.intake.dropped import waiting
from storage.intake.inbox import Stillness
from storage.ledger import Ledger
from tests.twins.memory_warehouse import MemoryWarehouse


class Clock:
    """Seconds that only a test moves."""

    now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


NO_PERIODS = Retention({}, Period(1, "nobody"))


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Tools]:
    settings = Settings(home=tmp_path, still_seconds=3.0, manifest_patience_seconds=600.0)
    (settings.inbox / "mot-cua").mkdir(parents=True)
    ledger = Ledger.open(settings.ledger_address)
    yield Tools(settings, ledger, MemoryWarehouse(), (), load_type_model(), NO_PERIODS)
    ledger.close()


def look(tools: Tools, stillness: Stillness) -> None:
    with tools.cage() as cage:
        asyncio.run(take_still_files(tools, cage, stillness))


def lying(tools: Tools) -> list[str]:
    return [file.path.name for file in waiting(tools.settings.inbox)]


def drop(tools: Tools, name: str, content: bytes = b"") -> Path:
    path = tools.settings.inbox / "mot-cua" / name
    path.write_bytes(content)
    return path


def test_a_scan_waits_until_its_manifest_is_still_too(tools: Tools) -> None:
    clock = Clock()
    stillness = Stillness(3.0, clock=clock)
    drop(tools, "a.pdf")
    look(tools, stillness)
    clock.now += 3.0
    drop(tools, "a.json", b"{}")
    look(tools, stillness)

    assert lying(tools) == ["a.json", "a.pdf"]
    clock.now += 3.0
    look(tools, stillness)
    assert lying(tools) == []
    assert [one.code for one in tools.ledger.receipts(10)] == ["EMPTY"]


def test_where_manifests_are_required_nothing_moves_before_its_manifest(tools: Tools) -> None:
    settings = tools.settings.model_copy(update={"manifest_required": True})
    strict = Tools(settings, tools.ledger, tools.warehouse, (), load_type_model(), NO_PERIODS)
    drop(strict, "a.pdf")
    look(strict, Stillness(0.0))

    assert lying(strict) == ["a.pdf"]
    assert strict.ledger.receipts(10) == ()
    drop(strict, "a.json", b"{}")
    look(strict, Stillness(0.0))
    assert lying(strict) == []


def test_a_manifest_alone_is_refused_when_patience_is_over(tools: Tools) -> None:
    drop(tools, "a.json", b'{"dossier_code": "H62.33-240106-0001"}')
    (file,) = waiting(tools.settings.inbox)
    asyncio.run(submit_manifest(file, tools, still_for=599.0))

    assert lying(tools) == ["a.json"]
    asyncio.run(submit_manifest(file, tools, still_for=600.0))
    assert lying(tools) == []
    (note,) = (tools.settings.inbox / ".refused").rglob("a.json.txt")
    assert "MANIFEST_WITHOUT_SCAN" in note.read_text(encoding="utf-8")
