"""kill -9 at every step of receiving a file: the source is always somewhere, and the re-run ends in exactly one drop."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dossier.errors import TruncatedFile
from dossier.values import Soundness
from storage.intake.dropped import waiting
from storage.intake.inbox import receive
from storage.ledger import Ledger, Receipt
from storage.records.warehouse import Warehouse
from tests.conftest import S3Server
from tests.twins.papers import digest
from tests.twins.sudden_death import SuddenDeath, die_at, in_a_doomed_process, mortal

pytestmark = pytest.mark.store

CONTENT = b"%PDF a scan " * 5000


def sound(_path: Path) -> Soundness:
    return Soundness("pdf", 1)


def torn(_path: Path) -> Soundness:
    raise TruncatedFile


class House:
    """An inbox with one file, a ledger and a real warehouse; opened anew by each process."""

    def __init__(self, folder: Path, server: S3Server, prefix: str) -> None:
        self.inbox = folder / "inbox"
        self._address = f"sqlite:///{folder / 'ledger.sqlite'}"
        self._open_warehouse: Callable[[], Warehouse] = lambda: server.warehouse(prefix)
        self._open_warehouse().prepare()
        Ledger.open(self._address).close()
        (self.inbox / "mot-cua").mkdir(parents=True)
        (self.inbox / "mot-cua" / "hồ sơ.pdf").write_bytes(CONTENT)

    def run(self, check: Callable[[Path], Soundness], wrap: Callable[[str, object], object] = lambda _, it: it) -> None:
        """Receive whatever waits, with some part wrapped."""
        ledger, warehouse = Ledger.open(self._address), self._open_warehouse()
        for file in waiting(self.inbox):
            receive(
                file,
                check=wrap("check", check),  # type: ignore[arg-type]
                warehouse=wrap("warehouse", warehouse),  # type: ignore[arg-type]
                ledger=wrap("ledger", ledger),  # type: ignore[arg-type]
                inbox=self.inbox,
            )
        ledger.close()

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """All lines."""
        ledger = Ledger.open(self._address)
        try:
            return ledger.receipts(100)
        finally:
            ledger.close()

    @property
    def copies(self) -> list[str]:
        """Where in the inbox the source's bytes lie."""
        return [
            str(path.relative_to(self.inbox))
            for path in self.inbox.rglob("*")
            if path.is_file() and path.read_bytes() == CONTENT
        ]


@pytest.fixture
def house(tmp_path: Path, s3_server: S3Server) -> House:
    return House(tmp_path, s3_server, f"c{digest(os.fsencode(tmp_path))[:12]}")


STEPS = [(tool, call, when) for when in ("before", "after") for tool, call in (
    ("check", ""), ("warehouse", "receive"), ("ledger", "delivered"), ("ledger", "receive"),
)]  # fmt: skip


def once_taken(house: House) -> None:
    (receipt,) = house.receipts
    assert receipt.outcome == "taken"
    assert [Path(copy).parts[0] for copy in house.copies] == [".taken"]
    assert waiting(house.inbox) == ()


@pytest.mark.parametrize(("tool", "call", "when"), STEPS)
def test_killed_around_a_call_it_is_taken_once(house: House, tool: str, call: str, when: str) -> None:
    def wrap(name: str, real: object) -> object:
        if name != tool:
            return real
        return mortal(real, when) if callable(real) else SuddenDeath(real, call, when)

    assert in_a_doomed_process(lambda: house.run(sound, wrap))
    assert len(house.copies) == 1
    house.run(sound)

    once_taken(house)


def announcements(house: House, event: str, check: Callable[[Path], Soundness], limit: int) -> int:
    """Kill at the first, second ... event of this name, running again each time, until one run comes to its end."""
    for nth in range(limit):

        def doomed(nth: int = nth) -> None:
            die_at(event, nth)
            house.run(check)

        if not in_a_doomed_process(doomed):
            return nth
        assert len(house.copies) == 1
    raise AssertionError("the re-runs come to no end")


@pytest.mark.parametrize(("event", "at_least"), [("os.rename", 1), ("open", 5), ("os.mkdir", 3), ("socket.connect", 1)])
def test_killed_again_and_again_at_each_event_it_is_taken_once(house: House, event: str, at_least: int) -> None:
    deaths = announcements(house, event, sound, 200)
    house.run(sound)

    assert deaths >= at_least
    once_taken(house)


@pytest.mark.parametrize(("event", "at_least"), [("os.rename", 1), ("open", 5), ("os.mkdir", 2)])
def test_killed_again_and_again_a_bad_file_is_refused_once(house: House, event: str, at_least: int) -> None:
    deaths = announcements(house, event, torn, 200)
    house.run(torn)

    assert deaths >= at_least
    (receipt,) = house.receipts
    assert (receipt.outcome, receipt.code) == ("refused", "TRUNCATED")
    assert house.copies == [".refused/mot-cua/hồ sơ.pdf"]
    (advice,) = house.inbox.rglob("*.txt")
    assert "TRUNCATED" in advice.read_text(encoding="utf-8")


def test_killed_before_the_refusal_is_entered_it_is_refused_once(house: House) -> None:
    for when in ("before", "after"):

        def wrap(name: str, real: object, when: str = when) -> object:
            return SuddenDeath(real, "refuse", when) if name == "ledger" else real

        assert in_a_doomed_process(lambda wrap=wrap: house.run(torn, wrap))
        assert len(house.copies) == 1
    house.run(torn)

    assert [line.outcome for line in house.receipts] == ["refused"]
    assert len(house.copies) == 1
