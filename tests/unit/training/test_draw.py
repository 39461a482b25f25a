"""Drawing: the ink is where the sketch says, the text says what is drawn, the same seed draws the same."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocr.alphabet import LEADER, SCRIBBLE
from ocr.line_picture import HEIGHT
from training import draw
from training.draw import Setting, set_line
from training.draw_lines import LineDrawer
from training.faces import UNSEEN, Face, choose, find_faces
from training.shards import USES, DrawnLine, Pool, load, save


@pytest.fixture(scope="module")
def faces() -> tuple[Face, ...]:
    return find_faces()


@pytest.fixture(scope="module")
def serif(faces: tuple[Face, ...]) -> Face:
    return next(face for face in faces if face.path.name == "LiberationSerif-Regular.ttf")


def sketch(face: Face, text: str = "Độc lập - Tự do", seed: int = 1, **setting: float | bool) -> draw.Sketch:
    made = set_line(text, face, Setting(em=40, **setting), random.Random(seed))  # type: ignore[arg-type]
    assert made is not None
    return made


def test_faces_left_out_of_training_are_never_drawn_with(faces: tuple[Face, ...]) -> None:
    assert not [face.path.name for face in faces if UNSEEN.search(face.path.name)]
    assert choose(faces, random.Random(1)) in faces


def test_what_offices_print_with_is_drawn_most_and_large_families_do_not_crowd_it_out(faces: tuple[Face, ...]) -> None:
    def share(*names: str) -> float:
        return sum(face.weight for face in faces if face.path.name.startswith(names)) / sum(face.weight for face in faces)

    assert share("LiberationSerif", "Tinos", "FreeSerif", "texgyretermes") > 0.3
    assert share("LeagueMono", "Junicode", "JetBrains", "cmun") < 0.05


def test_the_box_holds_all_ink_of_the_line(serif: Face) -> None:
    line = sketch(serif)
    left, top, right, bottom = line.box
    outside = line.ink.copy()
    outside[top:bottom, left:right] = 0

    assert outside.max() == 0
    assert line.ink[top:bottom, left:right].max() == 1
    assert top < line.baseline <= bottom


def test_a_face_without_vietnamese_letters_gets_their_marks_as_strokes(serif: Face) -> None:
    bare = replace(serif, vietnamese=False)

    assert sketch(bare).text == "Độc lập - Tự do"
    for plain, marked in (("a", "ấ"), ("o", "ở"), ("U", "Ữ"), ("d", "đ"), ("e", "ẹ")):
        assert sketch(bare, marked).ink.sum() > sketch(bare, plain).ink.sum()


def test_leaders_are_said_once_however_long_and_without_blanks(serif: Face) -> None:
    for seed in range(20):
        line = sketch(serif, "Họ và tên: Nguyễn An", seed, leaders=0.9)

        assert LEADER * 2 not in line.text
        assert f" {LEADER}" not in line.text
        assert f"{LEADER} " not in line.text
        assert line.text.replace(LEADER, " ").split() == ["Họ", "và", "tên:", "Nguyễn", "An"]


def test_a_leader_under_the_text_adds_ink_and_is_said_only_where_it_stands_free(serif: Face) -> None:
    plain = sketch(serif)
    said = set()
    for seed in range(12):
        line = sketch(serif, seed=seed, leader_under=True)
        said.add(line.text.removeprefix(plain.text))
        assert line.ink.sum() > plain.ink.sum()

    assert said == {"", LEADER}


def test_pen_strokes_are_said_as_scribble(serif: Face) -> None:
    chance = random.Random(3)

    assert draw.with_scribble(sketch(serif), chance, alone=False).text == "Độc lập - Tự do" + SCRIBBLE
    assert draw.with_scribble(sketch(serif), chance, alone=True).text == SCRIBBLE


def test_neighbours_rules_and_dots_leave_the_text_and_its_place(serif: Face) -> None:
    line, chance = sketch(serif), random.Random(3)
    changed = (
        draw.with_neighbours(line, ("dòng trên", "dòng dưới"), serif, 1.3, chance),
        draw.with_rules(line, chance, under=True, across=True, upright=True),
        draw.as_dots(line, 20),
    )

    for one in changed:
        assert (one.text, one.box, one.ink.shape) == (line.text, line.box, line.ink.shape)
        assert not np.array_equal(one.ink, line.ink)


def test_the_same_seed_draws_the_same_lines_and_another_one_others(faces: tuple[Face, ...]) -> None:
    first, again, other = (LineDrawer(seed, faces, ()).lines(8) for seed in (1, 1, 2))

    assert [line.text for line in first] == [line.text for line in again]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(first, again, strict=True))
    assert [line.text for line in first] != [line.text for line in other]
    assert all(line.picture.shape[0] == HEIGHT for line in first)


def test_a_shard_comes_back_as_it_was_written(tmp_path: Path, faces: tuple[Face, ...]) -> None:
    lines = LineDrawer(5, faces, ()).lines(5)
    save(tmp_path / "one.npz", lines)
    read = load(tmp_path / "one.npz")

    assert [line.text for line in read] == [line.text for line in lines]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(read, lines, strict=True))


def test_the_pool_gives_each_shard_some_times_and_then_removes_it(tmp_path: Path) -> None:
    line = DrawnLine(np.full((HEIGHT, 20), 255, np.uint8), "a")
    for name in ("a", "b"):
        save(tmp_path / f"{name}.npz", [line])
    pool = Pool(tmp_path)

    for _ in range(USES):
        assert len(list(tmp_path.glob("*.npz"))) == 2
        assert len(list(pool.take(2))) == 2
    assert not list(tmp_path.iterdir())


def test_an_empty_pool_says_so_after_a_while_instead_of_waiting_for_ever(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError, match="draw"):
        next(Pool(tmp_path, patience=0.3).take(1))
