"""Wait for something that another process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from storage.ledger import Drop, Ledger, Receipt

Answer = TypeVar("Answer")


def wait_for(question: Callable[[], Answer | None], seconds: float = 150.0) -> Answer:
    """Ask again and again until there is an answer; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"nothing after {seconds:.0f} s")


def receipt_of(ledger: Ledger, name: str) -> Receipt:
    """The receipt of a dropped file, once it is there."""
    return wait_for(lambda: next((one for one in ledger.receipts(1000) if one.file_name.endswith(name)), None))


def finished_drop(ledger: Ledger, name: str) -> Drop:
    """The drop of a dropped file, once its work has ended."""
    receipt = receipt_of(ledger, name)
    drop_id = receipt.drop_id or receipt.duplicate_of
    assert drop_id is not None
    return wait_for(lambda: drop if (drop := ledger.drop(drop_id)).state in {"done", "failed"} else None)
