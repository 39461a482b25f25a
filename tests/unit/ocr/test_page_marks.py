"""The marks of a page are sorted into letters and what may belong to one; rules, leaders, frames and dust are neither."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.ink import Pixels
from ocr.marks import Marks, find_marks
from tests.twins.drawn_pages import DIGITS, blank, letter

PROSE = ("", "", "Ủy ban nhân dân phường đề nghị cơ quan xem xét", "nội dung dưới đây cho việc giải quyết thủ tục")


def only(page: Pixels) -> Marks:
    """The marks where there is one way to see them."""
    (marks,) = find_marks(page, 150)
    return marks


def in_rows(marks: Marks, top: int, bottom: int) -> np.ndarray:
    middle = (marks.top + marks.tall / 2) / marks.scale
    return (middle > top) & (middle < bottom)


def test_print_is_letters_and_their_accents() -> None:
    marks = only(letter(150, lines=PROSE))

    assert 60 < marks.letters.sum() < 90  # a few touch
    assert 20 < marks.small.sum() < 60
    assert not (marks.letters & marks.small).any()


@pytest.mark.parametrize("points", [8, 12, 20])
def test_the_usual_letter_is_measured_whatever_the_size_of_print(points: int) -> None:
    marks = only(letter(300, lines=PROSE, points=points)[::2, ::2])

    assert marks.letter / marks.scale == pytest.approx(points * 150 / 72 * 0.55, rel=0.25)


def test_rules_are_taken_out_and_upright_ones_become_walls() -> None:
    page = letter(150, lines=PROSE)
    plain = only(page)
    ruled = page.copy()
    cv2.line(ruled, (100, 180), (1100, 180), 0, 2)
    cv2.line(ruled, (100, 180), (100, 800), 0, 2)

    marks = only(ruled)

    assert plain.walls is None
    assert marks.walls is not None
    assert marks.walls[300:700].any(axis=1).all()
    assert (marks.letters.sum(), marks.small.sum()) == (plain.letters.sum(), plain.small.sum())


def test_dots_in_a_row_are_leaders_and_a_full_stop_is_none() -> None:
    page = letter(150, lines=(*PROSE, "Họ tên."))
    dotted = page.copy()
    for x in range(300, 1000, 9):
        cv2.circle(dotted, (x, 600), 1, 0, -1)

    plain, marks = only(page), only(dotted)

    assert marks.small.sum() == plain.small.sum()
    assert not marks.letters[in_rows(marks, 590, 610)].any()


def test_three_dots_are_an_ellipsis_and_no_leader() -> None:
    page = letter(150, lines=PROSE)
    dotted = page.copy()
    for x in (300, 309, 318):
        cv2.circle(dotted, (x, 600), 1, 0, -1)

    assert only(dotted).small.sum() == only(page).small.sum() + 3


def test_many_pieces_of_one_size_at_even_distances_are_a_frame() -> None:
    page = letter(150, lines=PROSE)
    framed = page.copy()
    for place in range(60, 1180, 36):
        cv2.circle(framed, (place, 60), 9, 0, 3)
        cv2.circle(framed, (place, 1690), 9, 0, 3)

    marks = only(framed)

    assert not marks.letters[in_rows(marks, 40, 80)].any()
    assert marks.letters.sum() == only(page).letters.sum()


def test_digits_of_a_table_are_no_frame() -> None:
    marks = only(letter(150, lines=DIGITS))

    assert marks.letters.sum() > 0.95 * sum(len(row.replace(" ", "")) for row in DIGITS)


def test_dust_is_neither() -> None:
    page = letter(150, lines=PROSE)
    dusty = page.copy()
    for top, left in np.random.default_rng(2).integers(700, 1200, (200, 2)):
        dusty[top, left] = 0

    marks = only(dusty)

    assert not (marks.letters | marks.small)[in_rows(marks, 690, 1210)].any()


def test_faint_print_beside_dark_print_is_seen_a_second_way() -> None:
    page = letter(150, lines=PROSE * 3).copy()
    page[500:] = 255 - (255 - page[500:]) // 4

    first, second = find_marks(page, 150)

    assert not first.letters[in_rows(first, 500, 2000)].any()
    assert second.letters[in_rows(second, 500, 2000)].any()


@pytest.mark.parametrize("page", [blank(100), np.zeros((8, 300), np.uint8), np.zeros((900, 700), np.uint8)])
def test_where_nothing_is_written_there_are_no_marks(page: Pixels) -> None:
    assert find_marks(page, 100) == ()
