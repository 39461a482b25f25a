"""Starts that never came to run are counted, each once, and forgotten when one does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from prefect.client.schemas.objects import State, StateType

from flows.runs import unbegun_starts

BEGAN = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
LETTERS = {
    "s": StateType.SCHEDULED,
    "p": StateType.PENDING,
    "r": StateType.RUNNING,
    "c": StateType.CRASHED,
    "f": StateType.FAILED,
}


@pytest.mark.parametrize(
    ("history", "unbegun"),
    [("", 0), ("s", 0), ("spc", 1), ("spcspcspc", 3), ("sc", 1), ("sprc", 0), ("spcspcsprfspc", 1), ("sprcspcspc", 2)],
)
def test_starts_that_ended_before_they_began(history: str, unbegun: int) -> None:
    states = [
        State[object](type=LETTERS[letter], timestamp=BEGAN + timedelta(seconds=second))
        for second, letter in enumerate(history, 1)
    ]

    assert unbegun_starts(states[::-1], BEGAN) == unbegun


def test_what_was_before_the_last_step_does_not_count() -> None:
    states = [State[object](type=StateType.CRASHED, timestamp=BEGAN + timedelta(seconds=second)) for second in range(6)]

    assert unbegun_starts(states, BEGAN + timedelta(seconds=3)) == 2
