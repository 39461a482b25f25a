"""`sohoa keys`: what an operator sees and does; never a key on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import flows.opening
from cli.installation import prepare
from cli.keys import app
from config.settings import Settings, load_settings
from dossier.errors import MasterKeyMissing, Misconfigured
from flows.opening import open_masters, open_vault
from storage.keys.key_ring import open_ring
from storage.objects.buckets import Buckets
from tests.twins.memory_objects import MemoryObjects

NEW = "1b" * 32


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return prepare(tmp_path).home


@pytest.fixture
def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryObjects:
    """The store of the installation, prepared; it stands in for the server."""
    store = MemoryObjects()
    for name, locked in Buckets(load_settings(home).bucket_prefix).each():
        store.make_bucket(name, locked=locked)

    def open_store(_settings: Settings) -> MemoryObjects:
        return store

    monkeypatch.setattr(flows.opening, "open_store", open_store)
    return store


def said(home: Path, *command: str) -> str:
    done = CliRunner().invoke(app, [*command, "--home", str(home)], catch_exceptions=False, env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.output


def change_master_key(home: Path) -> str:
    """What docs/keys.md tells the operator to do; the old key."""
    secret = home / "secrets" / "sohoa_master_key"
    old = secret.read_text()
    secret.with_name("sohoa_master_key_before").write_text(old)
    secret.write_text(NEW)
    return old


def test_an_installation_gets_a_master_key_once(home: Path) -> None:
    made = load_settings(home).master_key.get_secret_value()

    assert len(bytes.fromhex(made)) == 32
    assert prepare(home).master_key.get_secret_value() == made


def test_where_a_token_holds_the_master_key_none_is_written(tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_text("SOHOA_MASTER_KEY_MODULE=/nowhere/pkcs11.so\n")

    assert prepare(tmp_path).master_key.get_secret_value() == ""
    with pytest.raises(MasterKeyMissing, match="token: "):
        open_masters(load_settings(tmp_path))


def test_show_tells_numbers_and_ids_and_no_key(home: Path, store: MemoryObjects) -> None:
    settings = load_settings(home)
    open_vault(settings, store).new_ring_key()

    told = said(home, "show")

    assert told.count(open_masters(settings).now.id) == 3
    assert "0001" in told
    assert "0002" in told
    secrets = [settings.master_key.get_secret_value()]
    secrets += [one.secret for one in open_ring(store, Buckets(settings.bucket_prefix), open_masters(settings))]
    assert not [secret for secret in secrets if secret[:20] in told]


def test_new_makes_the_next_key(home: Path, store: MemoryObjects) -> None:
    assert said(home, "new") == "→ 0002\n"
    assert said(home, "new") == "→ 0003\n"


def test_the_master_key_is_changed_as_the_manual_says(home: Path, store: MemoryObjects) -> None:
    secret = open_vault(load_settings(home), store).encrypt_bytes(b"paper")
    old = change_master_key(home)
    assert open_vault(load_settings(home), store).decrypt_bytes(secret) == b"paper", "nothing stands still meanwhile"
    assert "not wrapped anew" in said(home, "show")

    assert "→ 0001" in said(home, "rotate")
    assert "not wrapped anew" not in said(home, "show")
    (home / "secrets" / "sohoa_master_key_before").unlink()
    assert "1 replaced" in said(home, "retire")

    assert open_vault(load_settings(home), store).decrypt_bytes(secret) == b"paper"
    (home / "secrets" / "sohoa_master_key").write_text(old)
    with pytest.raises(MasterKeyMissing):
        open_vault(load_settings(home), store)


def test_without_the_key_before_nothing_is_rotated(home: Path, store: MemoryObjects) -> None:
    open_vault(load_settings(home), store)

    with pytest.raises(Misconfigured, match="master_key_before"):
        said(home, "rotate")


def test_a_key_before_that_is_named_and_not_there_is_not_passed_over(home: Path) -> None:
    with (home / "settings.env").open("a") as more:
        more.write("SOHOA_MASTER_KEY_LABEL_BEFORE=old\n")

    with pytest.raises(MasterKeyMissing, match="neither"):
        open_masters(load_settings(home))
