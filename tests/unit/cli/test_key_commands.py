"""`sohoa keys`: what an operator sees and does; never a key on the screen."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

import flows.opening
from cli.installation import prepare
from cli.keys import app
from cli.ledger import open_ledger
from cli.shelf import os_user
from config.settings import Settings, load_settings
from dossier.errors import (
    DecisionMalformed,
    LedgerUnavailable,
    MasterKeyMissing,
    Misconfigured,
    PlaceGone,
    PurposeRequired,
    StoreUnavailable,
)
from flows.opening import open_masters, open_replica, open_vault
from storage.audit.trail import AuditTrail
from storage.healing.replication import prepare_replica
from storage.keys.key_copies import replicate_keys
from storage.keys.key_ring import look, open_ring
from storage.objects.buckets import Buckets
from storage.objects.store import Body
from tests.twins.memory_objects import MemoryObjects

NEW = "1b" * 32
WHO_AND_WHY = ("--by", "lan", "--why", "đổi khóa hằng năm")
ACTS = ("new", "rotate", "retire")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return prepare(tmp_path).home


@pytest.fixture
def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> Tearing:
    """The store of the installation, prepared; it stands in for the server."""
    store = Tearing()
    for name, locked in Buckets(load_settings(home).bucket_prefix).each():
        store.make_bucket(name, locked=locked)

    def open_store(_settings: Settings) -> Tearing:
        return store

    monkeypatch.setattr(flows.opening, "open_store", open_store)
    return store


class Tearing(MemoryObjects):
    """A store that goes away at the n-th next wrapping that is written or deleted."""

    left = 1_000_000

    def put_version(self, bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str:
        """Write, or be away."""
        self._lose_one()
        return super().put_version(bucket, key, body, locked_until=locked_until)

    def remove(self, bucket: str, key: str, version_id: str) -> None:
        """Delete, or be away."""
        self._lose_one()
        super().remove(bucket, key, version_id)

    def _lose_one(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise StoreUnavailable("reset")


def written(home: Path) -> list[tuple[str, str, str, str]]:
    """(actor, act, why, outcome) of every line of the audit trail, oldest first."""
    with open_ledger(load_settings(home)) as ledger:
        return [(line.actor, line.act, line.why, line.outcome) for line in reversed(AuditTrail(ledger).lines(100))]


def outcomes(home: Path) -> list[tuple[str, str]]:
    """(act, outcome) of every line, oldest first."""
    return [(act, outcome) for _, act, _, outcome in written(home)]


def said(home: Path, *command: str) -> str:
    command = (*command, *WHO_AND_WHY) if command[0] in ACTS else command
    done = CliRunner().invoke(app, [*command, "--home", str(home)], catch_exceptions=False, env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.output


def copy(home: Path, store: Tearing) -> None:
    """What the flow does every two minutes."""
    settings = load_settings(home)
    buckets, replica, told = Buckets(settings.bucket_prefix), open_replica(settings), list[str]()
    assert replica is not None
    prepare_replica(replica, buckets)
    replicate_keys(buckets, store, replica, lambda key, what: told.append(f"{key} {what}"))
    assert told == []


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


def test_show_tells_numbers_and_ids_and_no_key(home: Path, store: Tearing) -> None:
    settings = load_settings(home)
    open_vault(settings, store).new_ring_key()

    told = said(home, "show")

    assert told.count(open_masters(settings).now.id) == 3
    assert "0001" in told
    assert "0002" in told
    secrets = [settings.master_key.get_secret_value()]
    secrets += [one.secret for one in open_ring(store, Buckets(settings.bucket_prefix), open_masters(settings))]
    assert not [secret for secret in secrets if secret[:20] in told]


def test_new_makes_the_next_key(home: Path, store: Tearing) -> None:
    assert said(home, "new") == "→ 0002\n"
    assert said(home, "new") == "→ 0003\n"


def test_the_master_key_is_changed_as_the_manual_says(home: Path, store: Tearing) -> None:
    since_before = load_settings(home)
    secret = open_vault(since_before, store).encrypt_bytes(b"paper")
    copy(home, store)
    old = change_master_key(home)
    assert open_vault(load_settings(home), store).decrypt_bytes(secret) == b"paper", "nothing stands still meanwhile"
    assert "not wrapped anew" in said(home, "show")

    assert "→ 0001" in said(home, "rotate")
    assert "not wrapped anew" not in said(home, "show")
    (home / "secrets" / "sohoa_master_key_before").unlink()
    assert open_vault(since_before, store).decrypt_bytes(secret) == b"paper", "a program that opens the ring only now"
    copy(home, store)
    assert "1 replaced wrapping(s) deleted in the warehouse, 1 in the replica" in said(home, "retire")

    assert open_vault(load_settings(home), store).decrypt_bytes(secret) == b"paper"
    (home / "secrets" / "sohoa_master_key").write_text(old)
    with pytest.raises(MasterKeyMissing):
        open_vault(load_settings(home), store)


def test_a_key_that_only_the_replica_still_has_is_not_made_again(home: Path, store: Tearing) -> None:
    said(home, "new")
    copy(home, store)
    buckets = Buckets(load_settings(home).bucket_prefix)
    del store.buckets[buckets.keys]["keyring/0002.json"]

    with pytest.raises(MasterKeyMissing, match="fixity replicate"):
        said(home, "new")

    assert "keyring/0002.json" not in store.buckets[buckets.keys]
    (home / "replica").rename(home / "unplugged")
    assert said(home, "new") == "→ 0002\n", "nobody can be asked"


def test_nothing_is_retired_while_the_replica_is_gone(home: Path, store: Tearing) -> None:
    open_vault(load_settings(home), store)
    copy(home, store)
    change_master_key(home)
    said(home, "rotate")
    (home / "replica").rename(home / "unplugged")

    with pytest.raises(PlaceGone, match="retire again when it is back"):
        said(home, "retire")

    assert len(store.versions(Buckets(load_settings(home).bucket_prefix).keys, "keyring/0001.json")) == 2


def test_without_the_key_before_nothing_is_rotated(home: Path, store: Tearing) -> None:
    open_vault(load_settings(home), store)

    with pytest.raises(Misconfigured, match="master_key_before"):
        said(home, "rotate")


def test_a_key_before_that_is_named_and_not_there_is_not_passed_over(home: Path) -> None:
    with (home / "settings.env").open("a") as more:
        more.write("SOHOA_MASTER_KEY_LABEL_BEFORE=old\n")

    with pytest.raises(MasterKeyMissing, match="neither"):
        open_masters(load_settings(home))


def test_every_act_on_the_keys_is_a_line_of_the_audit_trail_that_names_ids_and_no_key(home: Path, store: Tearing) -> None:
    open_vault(load_settings(home), store)
    old = open_masters(load_settings(home)).now.id
    said(home, "new")
    copy(home, store)
    letters = change_master_key(home)
    new = open_masters(load_settings(home)).now.id
    said(home, "rotate")
    (home / "secrets" / "sohoa_master_key_before").unlink()
    copy(home, store)
    said(home, "retire")

    assert written(home) == [
        ("lan", "keys_new", "đổi khóa hằng năm", f"master key {old}; ring keys 0002"),
        ("lan", "keys_rotate", "đổi khóa hằng năm", f"master key {old} to {new}; ring keys 0001 0002"),
        ("lan", "keys_retire", "đổi khóa hằng năm", f"master key {new}; ring keys 0001 0002 replica/0001 replica/0002"),
    ]
    settings = load_settings(home)
    ring = open_ring(store, Buckets(settings.bucket_prefix), open_masters(settings))
    assert not [one for one in (letters, NEW, *(key.secret for key in ring)) if one in str(written(home))]


def test_an_act_that_is_cut_off_is_written_down_with_what_was_done_before(home: Path, store: Tearing) -> None:
    open_vault(load_settings(home), store).new_ring_key()
    old = open_masters(load_settings(home)).now.id
    change_master_key(home)
    new = open_masters(load_settings(home)).now.id

    for command in ("rotate", "retire"):
        copy(home, store)
        store.left = 1
        with pytest.raises(StoreUnavailable):
            said(home, command)
        store.left = 1_000_000
        said(home, command)

    failed = "failed: STORE_UNAVAILABLE; "
    assert outcomes(home) == [
        ("keys_rotate", f"{failed}master key {old} to {new}; ring keys 0001"),
        ("keys_rotate", f"master key {old} to {new}; ring keys 0002"),
        ("keys_retire", f"{failed}master key {new}; ring keys 0001"),
        ("keys_retire", f"master key {new}; ring keys 0002 replica/0001 replica/0002"),
    ]


def test_what_is_refused_is_written_down_too(home: Path, store: Tearing) -> None:
    open_vault(load_settings(home), store)
    with pytest.raises(Misconfigured):
        said(home, "rotate")
    change_master_key(home)
    (home / "secrets" / "sohoa_master_key_before").unlink()
    new = open_masters(load_settings(home)).now.id
    copy(home, store)
    for command in ("new", "retire"):
        with pytest.raises(MasterKeyMissing):
            said(home, command)

    assert outcomes(home) == [
        ("keys_rotate", "failed: MISCONFIGURED"),
        ("keys_new", f"failed: MASTER_KEY_MISSING; master key {new}"),
        ("keys_retire", f"failed: MASTER_KEY_MISSING; master key {new}"),
    ]


@pytest.mark.parametrize("command", ACTS)
def test_nothing_is_done_to_the_keys_without_a_reason_or_while_the_trail_is_away(
    home: Path, store: Tearing, command: str
) -> None:
    open_vault(load_settings(home), store).new_ring_key()
    change_master_key(home)
    before = look(store, Buckets(load_settings(home).bucket_prefix))

    def refusal(*words: str) -> BaseException | None:
        return CliRunner().invoke(app, [command, *words, "--home", str(home)]).exception

    assert isinstance(refusal("--why", " "), PurposeRequired)
    assert isinstance(refusal("--why", "của 001099000001"), DecisionMalformed)
    assert isinstance(refusal("--by", " ", "--why", "đổi khóa"), DecisionMalformed)
    assert isinstance(refusal(), SystemExit), "the reason is asked for by the command line itself"
    assert written(home) == []
    with (home / "settings.env").open("a") as more:
        more.write("SOHOA_LEDGER_URL=postgresql+psycopg://nobody@127.0.0.1:1/nothing\n")
    assert isinstance(refusal(*WHO_AND_WHY), LedgerUnavailable)
    assert look(store, Buckets(load_settings(home).bucket_prefix)) == before


def test_who_names_nobody_is_named_as_the_operating_system_knows_him(home: Path, store: Tearing) -> None:
    done = CliRunner().invoke(app, ["new", "--why", "khóa mới", "--home", str(home)], catch_exceptions=False)

    assert done.exit_code == 0, done.output
    assert [actor for actor, *_ in written(home)] == [os_user()]
