"""Disks of the installation: marked once, missed when they are gone, and watched for room."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dossier.errors import DiskLow, PlaceGone
from storage.places import MARK, check_places, check_room, mark_places


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    made = {"inbox": tmp_path / "home" / "inbox", "work": tmp_path / "home" / "work"}
    mark_places(tmp_path / "home", made)
    return made


def test_marked_places_are_there_and_may_be_marked_again(tmp_path: Path, places: dict[str, Path]) -> None:
    before = {name: (folder / MARK).read_text() for name, folder in places.items()}
    mark_places(tmp_path / "home", places)
    check_places(tmp_path / "home", places)

    assert before == {name: (folder / MARK).read_text() for name, folder in places.items()}
    assert len(set(before.values())) == 2


def test_an_empty_folder_where_a_disk_was_is_missed_and_never_marked_again(tmp_path: Path, places: dict[str, Path]) -> None:
    shutil.rmtree(places["inbox"])
    places["inbox"].mkdir()

    with pytest.raises(PlaceGone, match="inbox"):
        check_places(tmp_path / "home", places)
    with pytest.raises(PlaceGone, match="inbox"):
        mark_places(tmp_path / "home", places)
    assert list(places["inbox"].iterdir()) == []


def test_another_disk_in_the_place_is_not_taken_for_it(tmp_path: Path, places: dict[str, Path]) -> None:
    (places["work"] / MARK).write_text("0123456789abcdef")

    with pytest.raises(PlaceGone, match="work"):
        check_places(tmp_path / "home", places)


def test_a_home_that_is_gone_is_missed(tmp_path: Path, places: dict[str, Path]) -> None:
    (tmp_path / "home" / "places.json").unlink()

    with pytest.raises(PlaceGone, match="home"):
        check_places(tmp_path / "home", places)


def test_a_crash_between_mark_and_memory_keeps_the_mark(tmp_path: Path, places: dict[str, Path]) -> None:
    mark = (places["inbox"] / MARK).read_text()
    (tmp_path / "home" / "places.json").unlink()
    mark_places(tmp_path / "home", places)

    assert (places["inbox"] / MARK).read_text() == mark
    check_places(tmp_path / "home", places)


def test_a_place_with_less_room_than_wanted_is_named_with_what_it_has(places: dict[str, Path]) -> None:
    check_room(places, 0)

    with pytest.raises(DiskLow, match=r"inbox: \d+ MiB free, 1000000000 wanted"):
        check_room(places, 1_000_000_000)
