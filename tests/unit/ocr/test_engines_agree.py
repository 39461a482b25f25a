"""The contract of the reading engines: whichever is chosen, the steps behind it see the same kind of words."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image
from rapidfuzz.distance import Levenshtein

from dossier.errors import Misconfigured
from dossier.values import Box
from ocr.engine import ENGINES, Engine, open_engine
from ocr.ink import Pixels
from tests.twins.drawn_pages import blank, letter
from tests.twins.worded_pages import DPI, TEXT, draw_page

NAMES = ("own", "tesseract", "tesserocr")
PAGE = draw_page("L")
IMAGE = np.asarray(PAGE.image)

READ_IN_NEW_PROCESS = """
import json, sys, threading
sys.path[:] = json.loads(sys.argv[2])
import cv2, numpy as np, psutil
from ocr.engine import open_engine
from tests.twins.worded_pages import DPI, draw_page
cv2.setNumThreads(0)  # as the keeper of the cage does
image = np.asarray(draw_page("L").image)
engine = open_engine(sys.argv[1])
engine.read(image, DPI)
before = psutil.Process().num_threads()
most, done = [before], threading.Event()
def watch():
    while not done.wait(0.005):
        most.append(psutil.Process().num_threads() - 1)
        most.extend(child.num_threads() for child in psutil.Process().children() if child.status() != "zombie")
watcher = threading.Thread(target=watch)
watcher.start()
engine.read(image, DPI)
done.set()
watcher.join()
print(json.dumps({"before": before, "most": max(most), "modules": sorted(sys.modules)}))
"""


@pytest.fixture(params=NAMES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return open_engine(request.param)


def overlap(one: Box, other: Box) -> float:
    """Shared area of two boxes by the area of both, 0 to 1."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(0.0, across) * max(0.0, down)
    return shared / (one.width * one.height + other.width * other.height - shared)


def test_the_contract_covers_every_engine_of_the_table() -> None:
    assert set(NAMES) == set(ENGINES)


@pytest.mark.parametrize("name", NAMES)
def test_it_says_the_name_under_which_it_is_chosen(name: str) -> None:
    assert open_engine(name).name.split()[0] == name


def test_it_says_at_which_resolution_it_reads_best(engine: Engine) -> None:
    wanted = [engine.wanted_dpi(letter_inches, 300) for letter_inches in (0.0, 0.05, 0.12, 0.5)]

    assert all(100 <= dpi <= 400 for dpi in wanted)


def test_nearly_every_letter_of_clear_print_is_read_in_reading_order(engine: Engine) -> None:
    lines = engine.read(IMAGE, DPI)

    assert len(lines) == len(TEXT)
    assert Levenshtein.distance("\n".join(line.text for line in lines), PAGE.text) <= 0.02 * len(PAGE.text)


def test_words_lie_where_their_ink_is(engine: Engine) -> None:
    read = [word.box for line in engine.read(IMAGE, DPI) for word in line.words]

    off = []
    for word in (word for line in PAGE.lines for word in line.words):
        box = max(read, key=lambda other: overlap(word.box, other))
        pairs = (
            (box.left, word.box.left),
            (box.top, word.box.top),
            (box.right, word.box.right),
            (box.bottom, word.box.bottom),
        )
        off.append(max(abs(seen - true) for seen, true in pairs))
    assert max(off) <= 12  # pixels; a quarter of the gap between two lines
    assert sorted(off)[len(off) * 9 // 10] <= 6


def test_words_of_a_line_stand_left_to_right_and_lines_from_top_to_bottom(engine: Engine) -> None:
    lines = engine.read(IMAGE, DPI)

    tops = [line.words[0].box.top for line in lines]
    assert tops == sorted(tops)
    for line in lines:
        lefts = [word.box.left for word in line.words]
        assert lefts == sorted(lefts)


def test_words_are_composed_have_no_blanks_and_say_how_sure_they_are(engine: Engine) -> None:
    for line in engine.read(IMAGE, DPI):
        assert line.words
        for word in line.words:
            assert word.text
            assert word.text == unicodedata.normalize("NFC", word.text)
            assert not any(letter.isspace() for letter in word.text)
            assert 0.0 <= word.confidence <= 1.0


def test_boxes_stay_inside_the_picture(engine: Engine) -> None:
    height, width = IMAGE.shape
    for line in engine.read(IMAGE, DPI):
        for word in line.words:
            assert 0 <= word.box.left < word.box.right <= width
            assert 0 <= word.box.top < word.box.bottom <= height


def test_black_and_white_is_read_as_well_as_gray(engine: Engine) -> None:
    bilevel = np.where(IMAGE < 160, np.uint8(0), np.uint8(255))

    text = "\n".join(line.text for line in engine.read(bilevel, DPI))

    assert Levenshtein.distance(text, PAGE.text) <= 0.03 * len(PAGE.text)


def test_a_picture_that_is_a_view_of_another_is_read_as_it_looks(engine: Engine) -> None:
    wide = np.full((IMAGE.shape[0], IMAGE.shape[1] + 50), 255, np.uint8)
    wide[:, 25:-25] = IMAGE

    assert [line.text for line in engine.read(wide[:, 25:-25], DPI)] == [line.text for line in engine.read(IMAGE, DPI)]


@pytest.mark.parametrize(
    "picture",
    [blank(100), np.zeros((3, 3), np.uint8), np.full((3, 3), 255, np.uint8), np.zeros((1, 1), np.uint8)],
    ids=["blank", "tiny and black", "tiny and white", "one pixel"],
)
def test_a_picture_without_letters_has_no_words(engine: Engine, picture: Pixels) -> None:
    assert engine.read(picture, 100) == ()


def test_a_page_reads_the_same_again_whatever_was_read_between(engine: Engine) -> None:
    first = engine.read(IMAGE, DPI)
    engine.read(letter(100, lines=("khác hẳn 12345", "Biên bản số 7")), 100)

    assert engine.read(IMAGE, DPI) == first


def test_no_picture_is_packed_as_png(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    formats, save = [], Image.Image.save

    def spy(image: Image.Image, target: object, format: str | None = None, **options: object) -> None:
        formats.append(format or Path(str(target)).suffix)
        save(image, target, format, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Image.Image, "save", spy)
    engine.read(IMAGE, DPI)

    assert not any("PNG" in name.upper() for name in formats)
    assert formats == (["PPM"] if engine.name.startswith("tesseract ") else [])


def test_nothing_is_left_in_the_folder_for_scratch_files(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine.read(IMAGE, DPI)

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_a_language_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(Misconfigured, match="xyz"):
        open_engine(name, languages="vie+xyz").read(IMAGE, DPI)


def test_an_engine_that_is_not_in_the_table_is_refused_with_those_that_are() -> None:
    with pytest.raises(Misconfigured, match="own, tesseract, tesserocr"):
        open_engine("abbyy")


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_in_one_thread_and_imports_no_other_engine(name: str) -> None:
    """Threads of Tesseract that wait for each other cost four times the CPU; the cage sets this variable."""
    one_thread = ("OMP_THREAD_LIMIT=1", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")
    done = subprocess.run(
        ["env", *one_thread, sys.executable, "-c", READ_IN_NEW_PROCESS, name, json.dumps(sys.path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["most"] == seen["before"] == 1
    libraries = {"own": "onnxruntime", "tesseract": "pytesseract", "tesserocr": "tesserocr"}
    assert {other for other, module in libraries.items() if module in seen["modules"]} == {name}


def test_the_two_ways_to_tesseract_give_nearly_the_same_words() -> None:
    before = psutil.Process().children()
    program, library = (
        [word for line in open_engine(name).read(IMAGE, DPI) for word in line.words] for name in ("tesseract", "tesserocr")
    )

    assert psutil.Process().children() == before
    assert len(program) == len(library)
    same = [one for one, other in zip(program, library, strict=True) if one.text == other.text]
    assert len(same) >= 0.95 * len(program)
