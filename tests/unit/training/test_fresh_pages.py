import json
import random
import re
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from ocr.ink import Pixels
from ocr.scans import open_scan
from training.fresh_fonts import FACES, face
from training.fresh_forms import KINDS
from training.fresh_letters import Desk
from training.fresh_pages import FreshPage, fresh_page, quad_of, truth_of, write_set
from training.fresh_sheet import Leader, Pen, Sheet
from training.fresh_values import Values
from training.fresh_wear import Wear
from training.truth_lines import cut

GOOD = Wear(
    mode="gray", dpi=100, dpi_down=100, turn=0, skew=0.0, keystone=0.0, blur=0.3, spread=0, worn=0.0, shade=0.0, paper=0.0,
    tint=0.0, gamma=1.0, noise=0.0, bleed=0.0, specks=0, strokes=0, dither=False, local=False, threshold=0.65, jpeg=0,
)  # fmt: skip
PROSE = list(KINDS).index("prose")


def pixels_of(page: FreshPage, folder: Path) -> Pixels:
    path = folder / f"page.{page.suffix}"
    path.write_bytes(page.data)
    return open_scan(path, 1).pixels()


def inked(crop: Pixels) -> npt.NDArray[np.bool_]:
    return crop < 220


@pytest.fixture
def pen() -> Pen:
    return Pen(face("LiberationSerif-Regular"), 12.0)


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert fresh_page(6, 3, wear=GOOD).data == fresh_page(6, 3, wear=GOOD).data


def test_another_seed_gives_another_page() -> None:
    assert fresh_page(6, 3, wear=GOOD).data != fresh_page(6, 4, wear=GOOD).data


@pytest.mark.parametrize("wear", [GOOD, replace(GOOD, skew=2.0, keystone=0.006), replace(GOOD, turn=90, skew=-1.5)])
def test_a_quad_holds_all_ink_of_its_line_and_no_paper_around_it(wear: Wear, tmp_path: Path) -> None:
    page = fresh_page(PROSE, 5, wear=wear)
    gray = pixels_of(page, tmp_path)
    quads = [quad_of(line, page.place) for line in page.lines]

    for quad in quads:
        ink = inked(cut(gray, quad, turn=wear.turn))
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        assert rows.size
        assert columns.size
        assert rows[0] <= 3
        assert rows[-1] >= ink.shape[0] - 5
        assert columns[0] <= 6
        assert columns[-1] >= ink.shape[1] - 7
    covered = np.zeros_like(gray)
    for quad in quads:
        cv2.fillPoly(covered, [np.asarray(quad).reshape(4, 2).round().astype(np.int32)], 255)
    covered = cv2.dilate(covered, np.ones((3, 3), np.uint8))
    assert not (inked(gray) & (covered == 0)).any()


def test_leaders_are_ink_but_no_truth(pen: Pen) -> None:
    sheet = Sheet(random.Random(1))

    sheet.write(50, 50, ("Họ và tên:", pen), Leader(80), ("Lê Lộc", replace(pen, hand=True)), Leader(60))

    (line,) = sheet.lines
    assert line.text == "Họ và tên: Lê Lộc"
    assert line.kind == "mixed"


def test_leaders_behind_the_text_do_not_widen_its_box(pen: Pen) -> None:
    with_leader, without = Sheet(random.Random(1)), Sheet(random.Random(1))

    with_leader.write(50, 50, ("Nghề nghiệp", pen), Leader(90))
    without.write(50, 50, ("Nghề nghiệp", pen))

    assert with_leader.lines == without.lines


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_a_page_holds_leaders_or_leaves_the_paper(kind: str, pen: Pen) -> None:
    rng = random.Random(kind)
    sheet = Sheet(rng)

    KINDS[kind](sheet, Desk(Values(rng), pen, replace(pen, face=face("ComicNeue-Italic"), shake=1.0, hand=True), pen))

    assert sheet.lines
    for line in sheet.lines:
        assert not re.search("[.]{3}|…|__", line.text)
        left, top, right, bottom = line.box
        assert 0 < left < right < sheet.width
        assert 0 < top < bottom < sheet.height


def test_every_face_draws_every_vietnamese_letter() -> None:
    for names in FACES.values():
        for name in names:
            for sign in "aằẳẵắặâầẩẫấậđêềểễếệôồổỗốộơờởỡớợưừửữứựỳỷỹýỵỉĩịĂĐÊỘƠỰ0123456789/.-":
                assert face(name).glyph(sign).ink is not None


def test_a_mark_that_a_face_lacks_is_drawn_above_its_letter() -> None:
    courier = face("Courier Prime")

    assert courier.glyph("ế").strokes
    assert courier.glyph("ế").ink.high > courier.glyph("ê").ink.high > courier.glyph("e").ink.high


def test_faces_left_out_of_training_are_marked_unseen() -> None:
    assert not face("Lato-Regular").seen
    assert face("LiberationSerif-Regular").seen


def test_a_set_is_a_folder_of_pictures_with_their_truth(tmp_path: Path) -> None:
    write_set(tmp_path, 1, 8)

    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    (page,) = truth["files"][0]["pages"]
    scan = open_scan(tmp_path / truth["files"][0]["file"], 1)
    assert (scan.width, scan.height) == (page["width"], page["height"])
    assert {"text", "box", "quad", "kind", "ink", "face", "face_seen"} <= set(page["lines"][0])


def test_a_fax_is_stored_with_its_two_resolutions(tmp_path: Path) -> None:
    page = fresh_page(6, 2, wear=replace(GOOD, mode="bilevel", dpi=204, dpi_down=98))
    path = tmp_path / "fax.tif"
    path.write_bytes(page.data)

    scan = open_scan(path, 1)

    assert (round(scan.dpi), round(scan.dpi_down)) == (204, 98)
    assert truth_of(page, "fax.tif")["pages"][0]["dpi_down"] == 98
