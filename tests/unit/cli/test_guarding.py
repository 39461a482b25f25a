"""A service that dies again and again is given longer and longer pauses; one that lived for long begins anew."""

from __future__ import annotations

from cli.guarding import Patience


def test_the_pause_doubles_while_it_dies_soon() -> None:
    patience, waited, now = Patience(longest=10.0), [], 1000.0
    for _ in range(6):
        died = now
        while not patience.is_over(now):
            now += 0.5
        waited.append(now - died)
        patience.restarted(now)
        now += 5

    assert waited == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_one_that_lived_for_long_is_restarted_soon() -> None:
    patience = Patience()
    for now in (1000.0, 1010.0, 1020.0):
        patience.is_over(now)
        patience.restarted(now)

    assert not patience.is_over(2000.0)
    assert patience.is_over(2001.0)
