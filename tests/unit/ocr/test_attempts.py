"""A page is read again only where there is a doubt, and the better reading is kept, whichever came first."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from dossier.values import Box, Line, Word
from ocr.attempts import best_reading, placed, shines_through
from ocr.clean import Way
from ocr.ink import Pixels
from ocr.orient import Orientation
from ocr.sheet import Sheet
from tests.twins.drawn_pages import blank, letter
from tests.twins.engines import ScriptedEngine, line

PAGE = letter(100)
GOOD, FAIR, BAD = (line("Độc lập Tự do Hạnh phúc", confidence) for confidence in (0.95, 0.6, 0.3))
NUMBERS = line("0696 9660 6069", 0.95)
"""Reads well head down too."""
SURE = Orientation(0, True, True, 0.0, 0.12)
HEAD_UNSURE = Orientation(0, True, False, 0.0, 0.12)
UNSURE = Orientation(0, False, False, 0.0, 0.12)


def sheet(page: Pixels = PAGE) -> Sheet:
    return Sheet(page, 100, 1.0, 1.0)


@dataclass
class TurnedEngine:
    """Reads well what stands as one picture does, and babbles else."""

    upright: Pixels
    shown: list[Pixels] = field(default_factory=list)
    name: str = "turned"

    def wanted_dpi(self, letter_inches: float, dpi: float) -> float:
        """As it is."""
        return dpi

    def read(self, image: Pixels, dpi: float) -> tuple[Line, ...]:
        """Say how alike the pictures are."""
        self.shown.append(image)
        alike = image.shape == self.upright.shape and float((image == self.upright).mean()) > 0.999
        return (GOOD if alike else BAD,)


@pytest.mark.parametrize(
    ("stands", "first", "shown"),
    [
        (SURE, NUMBERS, 1),
        (HEAD_UNSURE, NUMBERS, 2),
        (UNSURE, NUMBERS, 4),
        (UNSURE, GOOD, 1),
        (SURE, BAD, 3),
        (SURE, FAIR, 2),
    ],
    ids=["sure", "head unsure", "lines unsure", "words are sure", "read badly", "read weakly"],
)
def test_every_doubt_costs_one_more_reading_and_certainty_none(stands: Orientation, first: Line, shown: int) -> None:
    engine = ScriptedEngine([(first,)])

    best_reading(sheet(), stands, engine, "soft")

    assert len(engine.shown) == shown


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_of_four_turns_the_one_that_reads_well_is_kept_and_sure(degrees: int) -> None:
    stored = np.ascontiguousarray(np.rot90(PAGE, -degrees // 90))

    reading = best_reading(sheet(stored), UNSURE, TurnedEngine(sheet_as_shown(PAGE)), "soft")

    assert (reading.turn, reading.turn_sure, reading.lines) == (degrees, True, (GOOD,))


def sheet_as_shown(page: Pixels) -> Pixels:
    """The page as an engine is shown it."""
    engine = ScriptedEngine([(GOOD,)])
    best_reading(sheet(page), SURE, engine, "soft")
    return engine.shown[0]


def test_a_doubtful_turn_that_no_reading_settles_stays_unsure() -> None:
    assert not best_reading(sheet(), HEAD_UNSURE, ScriptedEngine([(NUMBERS,)]), "soft").turn_sure


@pytest.mark.parametrize(
    ("answers", "kept"), [([(FAIR,), (GOOD,)], GOOD), ([(FAIR,), (BAD,)], FAIR)], ids=["better", "worse"]
)
def test_the_sharp_way_is_tried_and_kept_only_where_it_reads_better(answers: list[tuple[Line, ...]], kept: Line) -> None:
    engine = ScriptedEngine(answers)

    reading = best_reading(sheet(), SURE, engine, "soft")

    assert reading.lines == (kept,)
    assert len(np.unique(engine.shown[1])) == 2
    assert len(np.unique(engine.shown[0])) > 2


@pytest.mark.parametrize("way", ["faint", "sharp"])
def test_only_the_soft_way_has_a_second_one(way: Way) -> None:
    engine = ScriptedEngine([(FAIR,)])

    best_reading(sheet(), SURE, engine, way)

    assert len(engine.shown) == 1


def test_fewer_surer_words_are_no_better_reading() -> None:
    much, little = line("a b c d e f g h i j k l", 0.7), line("a b", 0.99)

    assert best_reading(sheet(), SURE, ScriptedEngine([(much,), (little,)]), "soft").lines == (much,)


def test_more_babble_is_no_better_reading() -> None:
    babble = tuple(line("ạ§ ~~ iỉl", 0.3, top=40.0 * row) for row in range(30))

    assert best_reading(sheet(), SURE, ScriptedEngine([(FAIR,), babble]), "soft").lines == (FAIR,)


def test_a_page_of_stretched_pixels_is_not_straightened() -> None:
    askew = Orientation(0, True, True, 4.0, 0.12)
    square, stretched = (
        best_reading(one, askew, ScriptedEngine([(GOOD,)]), "soft") for one in (sheet(), Sheet(PAGE, 100, 1.0, 2.0))
    )

    assert (square.skew_deg, stretched.skew_deg) == (4.0, 0.0)


@pytest.mark.parametrize(("turn", "box"), [(0, Box(100, 50, 200, 65)), (90, Box(50, 100, 100, 130))])
def test_boxes_come_back_to_the_pixels_that_are_stored(turn: int, box: Box) -> None:
    stands = Orientation(turn, True, True, 0.0, 0.12)  # type: ignore[arg-type]
    fax = Sheet(PAGE, 100, 1.0, 2.0)
    read = (Line((Word("chữ", Box(100, 100, 200, 130), 0.95),)),)

    ((word,),) = (line.words for line in placed(fax, best_reading(fax, stands, ScriptedEngine([read]), "soft")))

    assert word.box == box


@pytest.mark.parametrize(
    ("as_it_stands", "mirrored", "behind"),
    [(BAD, GOOD, True), (BAD, BAD, False), (GOOD, GOOD, False), (FAIR, FAIR, False)],
    ids=["only mirrored", "neither", "well read", "no better"],
)
def test_faint_marks_are_of_the_other_side_where_they_read_clearly_better_mirrored(
    as_it_stands: Line, mirrored: Line, *, behind: bool
) -> None:
    reading = best_reading(sheet(), SURE, ScriptedEngine([(as_it_stands,)]), "faint")

    assert shines_through(sheet(), reading, ScriptedEngine([(mirrored,)])) is behind


def test_nothing_is_said_of_the_other_side_of_a_coloured_page() -> None:
    coloured = sheet(np.repeat(blank(100)[:, :, None], 3, axis=2))
    reading = best_reading(coloured, SURE, ScriptedEngine([(BAD,)]), "faint")

    assert not shines_through(coloured, reading, ScriptedEngine([(GOOD,)]))
