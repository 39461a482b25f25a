"""Opening the ledger's database while others do the same."""

from __future__ import annotations

import multiprocessing
import multiprocessing.synchronize
from pathlib import Path

from storage.database import Database


def open_together(address: str, start: multiprocessing.synchronize.Event) -> None:
    start.wait()
    Database.open(address).close()


def test_processes_that_open_a_new_ledger_together_are_all_let_in(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for turn in range(12):  # the switch to the write-ahead log turned one in five rounds away before it was repeated
        start = context.Event()
        address = f"sqlite:///{tmp_path / f'{turn}.sqlite'}"
        openers = [context.Process(target=open_together, args=(address, start)) for _ in range(6)]
        for opener in openers:
            opener.start()
        start.set()
        for opener in openers:
            opener.join(60)

        assert [opener.exitcode for opener in openers] == [0] * 6
