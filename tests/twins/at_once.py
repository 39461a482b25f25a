"""Processes that do the same at the same moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.synchronize import Event
from typing import Any


def together(count: int, act: Callable[..., None], *given: Any) -> None:
    """Run ``act(*given, start, number)`` in so many processes, which wait for ``start``; all must come to a good end."""
    context = multiprocessing.get_context("fork")
    start: Event = context.Event()
    workers = [context.Process(target=act, args=(*given, start, number)) for number in range(count)]
    for worker in workers:
        worker.start()
    start.set()
    for worker in workers:
        worker.join(60)

    assert [worker.exitcode for worker in workers] == [0] * count
