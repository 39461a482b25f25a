"""Which way is up and how far askew, from drawn pages whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.ink import look
from ocr.orient import orient
from tests.twins.drawn_pages import DIGITS, blank, letter, noisy, skewed, turned


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_every_quarter_turn_is_found_and_sure(degrees: int) -> None:
    page = noisy(turned(skewed(letter(200), 1.3), degrees), seed=degrees)

    found = orient(look(page, 200))

    assert (found.turn, found.sure) == (degrees, True)
    assert found.skew_deg == pytest.approx(1.3, abs=0.15)


@pytest.mark.parametrize("dpi", [150, 300])
def test_skew_up_to_ten_degrees_is_measured_to_a_fifth_of_a_degree(dpi: int) -> None:
    angles = np.random.default_rng(7).uniform(-10, 10, 12)
    page = letter(dpi)

    errors = [abs(orient(look(noisy(skewed(page, angle), 1), dpi)).skew_deg - angle) for angle in angles]

    assert np.percentile(errors, 95) < 0.2


def test_a_straight_page_is_not_turned() -> None:
    found = orient(look(noisy(letter(200), seed=2), 200))

    assert abs(found.skew_deg) < 0.1


def test_a_positive_skew_means_clockwise() -> None:
    assert orient(look(skewed(letter(200), 4.0), 200)).skew_deg == pytest.approx(4.0, abs=0.2)


def test_a_page_of_digits_gives_no_certainty_about_its_head() -> None:
    digits = letter(200, lines=DIGITS)

    assert not orient(look(turned(digits, 180), 200)).up_sure


def test_a_page_without_marks_is_never_sure() -> None:
    found = orient(look(noisy(blank(150), seed=3), 150))

    assert not found.sure
    assert found.letter_inches >= 0.0


def test_small_print_is_told_from_office_print() -> None:
    small, office = (orient(look(letter(300, points=points), 300)).letter_inches for points in (6, 12))

    assert 0 < small <= 0.75 * office
