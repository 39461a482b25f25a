"""What the stack leaves in logs, in Prefect and in the names of its objects after all that the other tests did with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from minio import Minio

from config.settings import Settings
from storage.ledger import Ledger
from tests.privacy import personal_data_in

pytestmark = pytest.mark.stack


def test_no_id_number_and_no_name_stands_in_any_log(settings: Settings) -> None:
    logs = [*(settings.home / "log").glob("*.log"), *(settings.home / "s3").glob("*.out")]
    found = {log.name: personal_data_in(log.read_text(encoding="utf-8", errors="replace")) for log in logs}

    assert {"worker.log", "watcher.log", "portal.log", "prefect.log"} <= set(found)
    assert {name: what for name, what in found.items() if what} == {}


def test_no_id_number_and_no_name_stands_in_prefect(settings: Settings, ledger: Ledger) -> None:
    """Runs, parameters, tags, states, logs, events and artifacts: everything that Prefect's database holds."""
    assert ledger.drops(1)
    with sqlite3.connect(f"file:{settings.home / 'prefect' / 'prefect.db'}?mode=ro", uri=True) as prefect:
        told = list(prefect.iterdump())

    assert any('INSERT INTO "flow_run"' in line or "INSERT INTO flow_run " in line for line in told)
    assert [line[:200] for line in told if personal_data_in(line)] == []


def test_no_id_number_and_no_name_stands_in_the_name_of_an_object(settings: Settings) -> None:
    keys = list(_keys(settings))

    assert keys
    assert personal_data_in("\n".join(keys)) == []


def _keys(settings: Settings) -> Iterator[str]:
    store = Minio(
        settings.s3_endpoint,
        settings.s3_access_key.get_secret_value(),
        settings.s3_secret_key.get_secret_value(),
        secure=False,
    )
    for bucket in store.list_buckets():
        yield from (str(one.object_name) for one in store.list_objects(bucket.name, recursive=True))
