"""A folder becomes an installation, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.installation import prepare, write_secret


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
