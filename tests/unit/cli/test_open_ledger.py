"""The ledger of a command is that of an installation, on the disk that was marked, and is closed again."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from cli import serving
from cli.ledger import open_ledger
from cli.main import app
from config.settings import Settings, load_settings
from dossier.errors import Misconfigured, PlaceGone
from storage.ledger import Ledger
from storage.places import mark_places


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation."""
    settings = Settings(home=tmp_path / "home")
    mark_places(settings.home, settings.places)
    return settings.home


def unmount(folder: Path) -> None:
    """Leave an empty mount point."""
    shutil.move(folder, folder.with_name(f"{folder.name} away"))
    folder.mkdir()


def test_the_ledger_is_closed_also_where_the_command_fails(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Ledger] = []
    monkeypatch.setattr(Ledger, "close", lambda ledger: closed.append(ledger))  # noqa: PLW0108 - a builtin is no method
    settings = load_settings(home)

    with open_ledger(settings) as well:
        assert well.receipts(1) == ()
    with pytest.raises(ValueError, match="typed wrongly"), open_ledger(settings) as badly:
        raise ValueError("typed wrongly")

    assert closed == [well, badly]
    monkeypatch.undo()
    for ledger in closed:
        ledger.close()


@pytest.mark.parametrize("words", [("account",), ("alarms",), ("held",), ("status",), ("drop", __file__)])
def test_no_command_makes_an_installation_where_none_is(tmp_path: Path, words: tuple[str, ...]) -> None:
    error = CliRunner().invoke(app, [*words, "--home", str(tmp_path / "varr")]).exception

    assert isinstance(error, Misconfigured), error
    assert "`sohoa up`" in error.advice
    assert not (tmp_path / "varr").exists()


@pytest.mark.parametrize("words", [("account",), ("drop", __file__)])
def test_nothing_is_written_into_the_mount_point_of_a_home_that_is_away(home: Path, words: tuple[str, ...]) -> None:
    unmount(home)

    assert isinstance(CliRunner().invoke(app, [*words, "--home", str(home)]).exception, Misconfigured)
    assert list(home.iterdir()) == []


def test_a_home_that_is_another_disk_than_the_one_marked_is_not_written_to(home: Path) -> None:
    (home / ".sohoa-place").unlink()

    assert isinstance(CliRunner().invoke(app, ["account", "--home", str(home)]).exception, PlaceGone)
    assert not (home / "ledger.sqlite").exists()


def test_a_paper_is_not_dropped_into_the_mount_point_of_an_inbox_that_is_away(home: Path) -> None:
    unmount(home / "inbox")

    assert isinstance(CliRunner().invoke(app, ["drop", __file__, "--home", str(home)]).exception, PlaceGone)
    assert list((home / "inbox").iterdir()) == []


def test_the_alarms_can_be_read_while_the_inbox_is_away(home: Path) -> None:
    unmount(home / "inbox")

    assert CliRunner().invoke(app, ["alarms", "--home", str(home)]).exit_code == 0


def test_the_portal_serves_without_the_inbox_and_not_without_the_store(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=home, store="filesystem", master_key="5e" * 32)  # type: ignore[arg-type]  # as it is read
    mark_places(home, settings.places)
    callers = settings.portal_callers_path
    callers.parent.mkdir()
    callers.touch(mode=0o600)
    callers.write_text("[]")
    served: list[object] = []
    monkeypatch.setattr(serving, "serve", lambda served_app, **_: served.append(served_app))
    monkeypatch.setattr(serving, "open_portal_warehouse", lambda _: SimpleNamespace())
    unmount(home / "inbox")
    serving.serve_portal(settings)
    assert len(served) == 1

    unmount(settings.store_folder)
    with pytest.raises(PlaceGone, match="store"):
        serving.serve_portal(settings)
