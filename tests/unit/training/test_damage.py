"""Damage: pure functions of a picture and chance."""

from __future__ import annotations

import random
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from training import damage

Chance = tuple[random.Random, np.random.Generator]


def page() -> damage.Picture:
    gray = np.full((60, 300), 235, np.uint8)
    cv2.putText(gray, "Tam Dao 2024", (20, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 25, 2, cv2.LINE_AA)
    return gray.astype(np.float32) / 255


def gray() -> damage.Bytes:
    return np.asarray(page() * 255, np.uint8)


PICTURES: dict[str, Callable[[random.Random, np.random.Generator], damage.Picture]] = {
    "worn": lambda c, n: damage.worn(1 - page(), c, n),
    "thicker": lambda _c, _n: damage.thicker(1 - page()),
    "thinner": lambda _c, _n: damage.thinner(1 - page()),
    "on paper": lambda c, _n: damage.on_paper(1 - page(), c.random() * 0.3, 0.9),
    "shining through": lambda c, _n: damage.shining_through(page(), 1 - page(), 30, c),
    "stamped": lambda c, _n: damage.stamped(page(), 30, c),
    "penned": lambda c, _n: damage.penned(page(), 30, c),
    "slanted": lambda _c, _n: damage.slanted(page(), 1.0, 0.1, (150, 30)),
    "curled": lambda c, _n: damage.curled(page(), 30, c),
    "faded": lambda c, _n: damage.faded(page(), c),
    "lit": lambda c, _n: damage.lit(page(), c),
    "flat": lambda c, _n: damage.flat(page(), c),
    "noisy": lambda _c, n: damage.noisy(page(), 0.05, n),
    "speckled": lambda _c, n: damage.speckled(page(), 0.01, n),
}
BYTES: dict[str, Callable[[random.Random], damage.Bytes]] = {
    "at a level": lambda _c: damage.thresholded(gray(), 0.5),
    "by itself": lambda _c: damage.thresholded_by_itself(gray()),
    "locally": lambda c: damage.thresholded_locally(gray(), c),
    "ordered dither": lambda _c: damage.dithered(gray(), ordered=True),
    "diffused dither": lambda _c: damage.dithered(gray(), ordered=False),
}


@pytest.mark.parametrize("name", PICTURES)
def test_damage_changes_the_picture_keeps_its_size_and_follows_the_seed(name: str) -> None:
    act = PICTURES[name]
    once, again = (act(random.Random(11), np.random.default_rng(11)) for _ in range(2))

    assert once.dtype == np.float32
    assert once.shape == page().shape
    assert np.array_equal(once, again)
    assert not np.array_equal(once, page())


@pytest.mark.parametrize("name", BYTES)
def test_bilevel_ways_leave_black_and_white_alone(name: str) -> None:
    made = BYTES[name](random.Random(2))

    assert set(np.unique(made)) == {0, 255}
    assert made.shape == gray().shape


def test_dither_keeps_the_brightness() -> None:
    for ordered in (True, False):
        assert abs(float(damage.dithered(gray(), ordered=ordered).mean()) - float(gray().mean())) < 8


def test_a_lower_resolution_may_differ_down_and_across() -> None:
    assert damage.sampled(page(), 0.5).shape == (30, 150)
    assert damage.sampled(page(), 0.5, 0.25).shape == (15, 150)


def test_jpeg_changes_little_and_keeps_the_size() -> None:
    made = damage.packed(gray(), 60)

    assert made.shape == gray().shape
    assert 0 < np.abs(made.astype(int) - gray()).mean() < 6
