"""The hourly check shows what it found also when it ends early, and says nothing of seals that it cannot judge."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from cli.installation import prepare
from config.settings import load_settings
from dossier.errors import Misconfigured, StoreUnavailable
from dossier.records import RecordKey
from dossier.values import CitizenToken
from flows.fixity import check_warehouse, fixity
from flows.replicate import replicate_all
from flows.tools import Tools, open_tools
from storage.files import hash_file
from storage.healing.fixity import check_due
from storage.inventory import Inventory, enter_objects
from storage.objects.encrypted import EncryptedObjects
from tests.twins.flipped_byte import flip_in_folder


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Tools]:
    home, paper = tmp_path / "home", tmp_path / "paper"
    home.mkdir()
    (home / "settings.env").write_text("SOHOA_STORE=filesystem\nSOHOA_REPLICA=filesystem\n")
    paper.write_bytes(os.urandom(9000))
    with open_tools(load_settings(prepare(home).home)) as opened:
        opened.warehouse.prepare()
        objects = EncryptedObjects(opened.warehouse.store, opened.warehouse.vault, None)
        key = RecordKey(CitizenToken("aa"), "1").content
        stored = objects.write(opened.warehouse.buckets.archive, key, paper, hash_file(paper))
        assert stored is not None
        with opened.ledger.database.writing() as connection:
            enter_objects(connection, (stored,), None)
        yield opened


@pytest.fixture
def shown(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, str]]]:
    """Tables of the artifacts that a run of the flow makes."""
    tables: list[list[dict[str, str]]] = []

    async def keep(*, key: str, table: list[dict[str, str]], description: str) -> None:
        del key, description
        tables.append(table)

    monkeypatch.setattr("flows.fixity.acreate_table_artifact", keep)
    monkeypatch.setattr("flows.fixity.open_tools", partial(open_tools, tools.settings))
    return tables


def test_what_was_found_is_shown_also_when_the_run_ends_early(
    tools: Tools, shown: list[list[dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    replicate_all(tools)
    (item,) = tools.warehouse.store.listed(tools.warehouse.buckets.archive)
    flip_in_folder(
        tools.settings.store_folder,
        b"".join(tools.warehouse.store.read(tools.warehouse.buckets.archive, item.key))[5000:5064],
    )

    def cut_short(*args: object, **others: object) -> None:
        check_due(*args, **others)  # type: ignore[arg-type]
        raise StoreUnavailable("ConnectTimeoutError")

    monkeypatch.setattr("flows.fixity.check_due", cut_short)

    with pytest.raises(StoreUnavailable):
        asyncio.run(fixity.fn())
    ((row,),) = shown
    assert (row["what"], row["outcome"]) == ("STORE_CORRUPT", "restored")


def test_a_run_that_finds_nothing_shows_nothing_although_there_were_incidents_before(
    tools: Tools, shown: list[list[dict[str, str]]]
) -> None:
    inventory = Inventory(tools.ledger.database)
    (stored,) = tools.warehouse.store.listed(tools.warehouse.buckets.archive)
    item = inventory.item(tools.warehouse.buckets.archive, stored.key)
    assert item is not None
    inventory.found_damaged(item, "STORE_CORRUPT")
    inventory.restored(item, item.stored.version_id)

    assert asyncio.run(fixity.fn()) == {}
    assert shown == []


def test_a_root_that_cannot_be_read_says_nothing_of_any_seal(tools: Tools) -> None:
    tools.settings.signer_ca_path.unlink()

    with pytest.raises(Misconfigured):
        check_warehouse(tools, 30.0)
    assert Inventory(tools.ledger.database).incidents(9) == ()
