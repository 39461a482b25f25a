"""A file whose reader was killed is looked at once more before it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from dossier.errors import EmptyFile, OpeningFailed
from dossier.values import FailedPage, ReadPage, Soundness
from ocr.opening import Limits, examine
from ocr.read import ReadOptions, read_pages
from tests.twins.drawn_pages import letter
from tests.twins.dying_cage import DyingCage

LIMITS = Limits(max_pages=10, max_pixels=10_000_000)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.png"
    Image.fromarray(letter()).save(path, dpi=(200, 200))
    return path


def test_a_good_file_is_not_refused_because_its_reader_was_killed(scan: Path) -> None:
    with DyingCage(deaths=1) as cage:
        assert examine(scan, LIMITS, cage) == Soundness("png", 1)


def test_a_file_that_kills_its_reader_twice_is_refused(scan: Path) -> None:
    with DyingCage(deaths=2) as cage, pytest.raises(OpeningFailed):
        examine(scan, LIMITS, cage)


def test_what_the_look_finds_is_said_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").touch()

    with DyingCage(deaths=0) as cage, pytest.raises(EmptyFile):
        examine(tmp_path / "a.pdf", LIMITS, cage)


@pytest.mark.parametrize(("deaths", "kind"), [(1, ReadPage), (2, FailedPage)])
def test_a_page_whose_reader_died_is_read_once_more(scan: Path, deaths: int, kind: type) -> None:
    with DyingCage(deaths) as cage:
        (page,) = read_pages(scan, [1], ReadOptions(), cage)

    assert isinstance(page, kind)
