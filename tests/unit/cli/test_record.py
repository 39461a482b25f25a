"""`sohoa record` and `sohoa rebuild` on an installation that keeps its objects in plain files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from config.settings import load_settings
from dossier.errors import LedgerConflict, PurposeRequired, StoreUnavailable
from dossier.records import Received, Record
from dossier.values import Soundness
from flows.tools import open_warehouse
from storage.audit.anchors import Anchors
from storage.audit.trail import AuditTrail
from storage.files import hash_file, hash_of
from storage.ledger import Ledger
from storage.objects.encrypted import EncryptedObjects
from storage.objects.folder import FolderStore
from storage.objects.store import Body, Head
from storage.places import mark_places
from tests.conftest import MASTER_KEY
from tests.twins.anchored_trail import authority_in
from tests.twins.papers import SEAL, digest, record, sealed

RECEIVED_AT = datetime(2026, 11, 24, tzinfo=UTC)
PAGE = {
    "number": 1, "scan_sha256": digest(b"page"), "width": 100, "height": 200, "dpi": 300.0, "turn": 0, "blank": False,
    "engine": "own", "confidence": 0.9, "notes": [],
}  # fmt: skip


class Installation:
    """A home with one stored record."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "secrets").mkdir()
        (home / "secrets" / "sohoa_master_key").write_text(MASTER_KEY)
        (home / "settings.env").write_text("SOHOA_STORE=filesystem\n")
        self.settings = load_settings(home)
        FolderStore.create(self.settings.store_folder)
        mark_places(self.settings.home, self.settings.places)
        self.warehouse = open_warehouse(self.settings)
        self.warehouse.prepare()
        self.paper = self._file(home)

    def say(self, *words: str, typed: str | None = None) -> Result:
        """Type a command."""
        return CliRunner().invoke(app, [*words, "--home", str(self.home)], input=typed)

    def ledger(self) -> Ledger:
        """The ledger, opened."""
        return Ledger.open(self.settings.ledger_address)

    def _file(self, home: Path) -> Record:
        scan = home / "scan.pdf"
        scan.write_bytes(b"scan")
        paper = replace(record(source=hash_file(scan)), pages=(PAGE,), received=Received("pdf", 1, 4, RECEIVED_AT))
        ledger = self.ledger()
        drop_id = ledger.receive(
            office="mot-cua", file_name="a.pdf", sha256=hash_file(scan), size=4,
            intake=self.warehouse.receive(scan, hash_file(scan)), soundness=Soundness("pdf", 1),
        ).drop_id  # fmt: skip
        ledger.filed(str(drop_id), paper, self.warehouse.put(paper, sealed(home)), SEAL)
        ledger.close()
        return paper


@pytest.fixture
def house(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_a_value_is_corrected_without_standing_on_the_command_line(house: Installation) -> None:
    name = house.paper.key.record_id
    said = house.say(
        "record", "correct", name, "--field", "name=-", "--by", "lan", "--why", "đọc sai", typed="Nguyễn Thứ\n"
    )

    assert said.exit_code == 0, said.output
    assert "version 2" in said.output
    manifest = house.warehouse.manifest(house.paper.key)
    assert manifest["fields"]["name"]["value"] == "Nguyễn Thứ"
    assert (manifest["correction"]["by"], manifest["correction"]["why"]) == ("lan", "đọc sai")


def test_a_record_is_withdrawn_and_shown_with_what_it_said_before(house: Installation) -> None:
    name = house.paper.key.record_id
    assert house.say("record", "withdraw", name, "--by", "lan", "--why", "nhầm người").exit_code == 0

    now = house.say("record", "show", name[:6], "--by", "binh", "--why", "kiểm tra").output
    before = house.say("record", "show", name, "--version", "1", "--by", "binh", "--why", "kiểm tra").output

    assert "withdrawn" in now
    assert "nhầm người" in now
    assert "version 1, valid" in before
    ledger = house.ledger()
    acts = [(line.actor, line.act, line.outcome) for line in reversed(AuditTrail(ledger).lines(3))]
    ledger.close()
    assert acts == [("lan", "withdraw", "version 2"), ("binh", "view", "version 2"), ("binh", "view", "version 1")]


def test_nothing_is_shown_or_changed_without_a_reason(house: Installation) -> None:
    for words in (("show",), ("withdraw",), ("correct", "--field", "name=x")):
        said = house.say("record", words[0], house.paper.key.record_id, *words[1:], "--by", "lan", "--why", " ")
        assert isinstance(said.exception, PurposeRequired)
    assert house.warehouse.manifest(house.paper.key)["version"] == 1


def test_the_catalogue_is_made_again_from_the_store(house: Installation) -> None:
    refused = house.say("rebuild")
    assert isinstance(refused.exception, LedgerConflict)
    for file in house.home.glob("ledger.sqlite*"):
        file.unlink()

    said = house.say("rebuild")

    assert said.exit_code == 0, said.output
    assert "1 bản ghi / records, 1 lô xong" in said.output
    ledger = house.ledger()
    row = ledger.record(house.paper.key.record_id)
    ledger.close()
    assert row is not None
    assert (row.fields["full_name"], row.bucket) == ("Nguyễn Thử", "sohoa-archive")


def test_the_trail_comes_back_from_an_anchor_restored_beside_one_that_gives_no_answer(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, bucket, ledger = house.warehouse.store, house.warehouse.buckets.audit, house.ledger()
    kept = EncryptedObjects(store, house.warehouse.vault, None)
    with authority_in(house.home) as authority:
        (anchor,) = Anchors(AuditTrail(ledger), kept, bucket, authority, timedelta(days=1)).anchor()
    ledger.close()
    key = next(one.key for one in store.listed(bucket, "anchors/") if one.key.endswith(".jsonl.age"))
    (rotted,) = store.versions(bucket, key)
    content = tuple(store.read(bucket, key, rotted))
    store.put_version(bucket, key, Body(content, sum(map(len, content)), hash_of(content), "application/octet-stream"))
    heads = FolderStore.head

    def silent(store: FolderStore, bucket: str, key: str, version_id: str | None = None) -> Head | None:
        if version_id == rotted:
            raise StoreUnavailable("ReadTimeoutError")
        return heads(store, bucket, key, version_id)

    monkeypatch.setattr(FolderStore, "head", silent)
    for file in house.home.glob("ledger.sqlite*"):
        file.unlink()

    said = house.say("rebuild")

    assert said.exit_code == 0, said.output
    assert f"audit trail up to line {anchor.number}" in said.output


def test_a_rebuild_without_the_trusted_root_brings_the_lines_back_and_says_that_no_token_was_judged(
    house: Installation,
) -> None:
    kept, ledger = EncryptedObjects(house.warehouse.store, house.warehouse.vault, None), house.ledger()
    with authority_in(house.home) as authority:
        (anchor,) = Anchors(AuditTrail(ledger), kept, house.warehouse.buckets.audit, authority, timedelta(days=1)).anchor()
    ledger.close()
    house.settings.signer_ca_path.unlink()
    for file in house.home.glob("ledger.sqlite*"):
        file.unlink()

    said = house.say("rebuild")

    assert said.exit_code == 1
    assert "anchors MISCONFIGURED" in said.output
    assert f"audit trail up to line {anchor.number}" in said.output
