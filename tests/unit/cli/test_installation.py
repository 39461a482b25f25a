"""A folder becomes an installation, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.installation import prepare, write_secret
from dossier.errors import PlaceGone
from storage.places import check_places


def test_a_second_preparation_changes_nothing(tmp_path: Path) -> None:
    prepare(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    prepare(tmp_path)

    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_secrets_and_keys_are_for_the_owner_only(tmp_path: Path) -> None:
    settings = prepare(tmp_path)
    secret = [*settings.secrets.iterdir(), *(settings.home / "pki").iterdir()]

    assert len(settings.citizen_token_key.get_secret_value()) == 64
    assert {path.name: oct(path.stat().st_mode & 0o077) for path in secret} == {path.name: "0o0" for path in secret}


def test_a_secret_that_is_cut_off_while_it_is_written_is_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secrets").mkdir()

    def full_disk(self: Path, text: str, **_: object) -> int:
        with self.open("w") as file:
            file.write(text[:3])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "write_text", full_disk)
        with pytest.raises(OSError, match="No space"):
            write_secret(tmp_path, "citizen_token_key", "0123456789")
    write_secret(tmp_path, "citizen_token_key", "abcdefghij")

    assert [path.read_text() for path in (tmp_path / "secrets").iterdir()] == ["abcdefghij"]


def test_a_new_installation_keeps_a_second_copy_on_its_own_disk(tmp_path: Path) -> None:
    settings = prepare(tmp_path)

    assert settings.replica == "filesystem"
    assert (tmp_path / "replica" / ".sohoa-store").exists()
    assert (tmp_path / "replica" / ".sohoa-place").exists()


def test_a_replica_whose_disk_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    prepare(tmp_path)
    (tmp_path / "replica").rename(tmp_path / "unplugged")

    with pytest.raises(PlaceGone, match="replica"):
        prepare(tmp_path)

    assert not (tmp_path / "replica").exists()


def test_an_installation_from_before_gets_its_marks_and_no_replica(tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_text("SOHOA_PORTAL_PORT=18400\n")

    settings = prepare(tmp_path)

    assert settings.replica == "none"
    check_places(settings.home, settings.places)
    assert not (tmp_path / "replica").exists()
