"""Who keeps the archive honest does not begin on a disk that is not there."""

from pathlib import Path

import pytest

from config.settings import Settings
from dossier.errors import PlaceGone
from flows.keepers import open_keepers
from storage.places import MARK, mark_places


def test_nothing_is_written_to_an_empty_mount_point(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, store="filesystem")

    with pytest.raises(PlaceGone, match="home"), open_keepers(settings):
        pass

    assert list(tmp_path.iterdir()) == []


def test_the_inbox_may_be_away_but_for_a_disposal(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, store="filesystem")
    mark_places(settings.home, settings.places)
    (settings.inbox / MARK).unlink()

    with open_keepers(settings) as keepers:
        assert keepers.holds.enforce() == 0
        with pytest.raises(PlaceGone, match="inbox"):
            _ = keepers.disposals


def test_on_its_own_disk_it_opens(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, store="filesystem")
    mark_places(settings.home, settings.places)

    with open_keepers(settings) as keepers:
        assert keepers.ledger.drops(1) == ()
