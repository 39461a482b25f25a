"""kill -9 of the flow process between sealing and storing: exactly one record afterwards, and the source never gone."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from minio import Minio
from waiting import finished_drop, receipt_of, wait_for

from cli import stack as servers
from cli.processes import process_of, start, stop, wait_until_ready
from config.settings import Settings
from flows.prefect_api import prefect_api
from signing.local_tsa import Fault, LocalTsa
from storage.ledger import Ledger

pytestmark = pytest.mark.stack


def test_a_kill_between_sealing_and_storing_ends_in_exactly_one_record(
    settings: Settings, ledger: Ledger, drop_pages: Callable[[int, int, str], Path]
) -> None:
    with _slow_timestamps(settings):
        drop_pages(6, 7, "bi giet.pdf")
        receipt = receipt_of(ledger, "bi giet.pdf")
        work = settings.work / str(receipt.drop_id)
        wait_for(lambda: list(work.glob("*/bound.pdf")))
        with _store_frozen(settings):
            wait_for(lambda: list(work.glob("*/sealed.pdf")))
            flow = _flow_process(settings, ledger, str(receipt.drop_id))
            flow.kill()
            wait_for(lambda: not flow.is_running() or flow.status() == psutil.STATUS_ZOMBIE)

    assert ledger.records_of_drop(str(receipt.drop_id)) == ()
    assert list((settings.inbox / ".taken").rglob("bi giet.pdf"))
    assert _objects(settings, "intake", str(receipt.sha256))

    _sweep_now(settings)
    drop = finished_drop(ledger, "bi giet.pdf")
    records = ledger.records_of_drop(drop.id)

    assert drop.state == "done"
    assert len(records) == 1
    assert sorted(
        name.rsplit("/", 1)[1] for name in _objects(settings, _part_of(records[0].bucket), records[0].record_id)
    ) == [
        "document.pdf",
        "manifest-0001.json",
        "text.alto.xml",
    ]
    assert not [
        left for left in psutil.process_iter(["cmdline"]) if "ocr.keeper" in str(left.info["cmdline"]) and left.ppid() == 1
    ]


def test_a_run_whose_worker_died_with_it_goes_on_after_the_next_start(
    settings: Settings, ledger: Ledger, drop_pages: Callable[[int, int, str], Path]
) -> None:
    with _slow_timestamps(settings):
        drop_pages(6, 9, "mat dien.pdf")
        receipt = receipt_of(ledger, "mat dien.pdf")
        wait_for(lambda: ledger.drop(str(receipt.drop_id)).state == "running" or None)
        worker = process_of("worker", settings.home)
        assert worker is not None
        for process in (worker, *worker.children(recursive=True)):
            process.kill()

    servers.up(settings.home, say=lambda _step: None)
    _sweep_now(settings)
    drop = finished_drop(ledger, "mat dien.pdf")

    assert (drop.state, drop.attempts) == ("done", 2)
    for record in ledger.records_of_drop(drop.id):
        assert len(_objects(settings, _part_of(record.bucket), record.record_id)) == 3


@contextmanager
def _slow_timestamps(settings: Settings) -> Iterator[None]:
    """Let sealing take some seconds, so that there is time to freeze the store."""
    tsa = servers.services_of(settings)[0]
    stop(tsa.name, settings.home)
    try:
        with LocalTsa(settings.home / "pki", port=urlsplit(settings.tsa_url).port or 0, fault=Fault("slow", 3.0)):
            yield
    finally:
        start(tsa, settings.home, servers.environment_of(settings), servers.ROOT)
        wait_until_ready(tsa, settings.home)


@contextmanager
def _store_frozen(settings: Settings) -> Iterator[None]:
    gateway = int((settings.home / "s3" / "rgw.pid").read_text())
    os.kill(gateway, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(gateway, signal.SIGCONT)


def _flow_process(settings: Settings, ledger: Ledger, drop_id: str) -> psutil.Process:
    """The process of the running flow: the worker's child that carries its run id."""
    worker = process_of("worker", settings.home)
    assert worker is not None
    run_id = ledger.drop(drop_id).flow_run_id
    (flow,) = [child for child in worker.children() if child.environ().get("PREFECT__FLOW_RUN_ID") == run_id]
    return flow


def _sweep_now(settings: Settings) -> None:
    """Ask for a sweep now instead of within the minute."""
    with prefect_api(settings.prefect_api_url) as prefect:
        sweep = prefect.get("/deployments/name/sweep/local").json()
        prefect.post(f"/deployments/{sweep['id']}/create_flow_run", json={})


def _part_of(bucket: str) -> str:
    return bucket.rpartition("-")[2]


def _objects(settings: Settings, bucket: str, part: str) -> list[str]:
    """Every version of every object whose key holds ``part``."""
    store = Minio(
        settings.s3_endpoint,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        secure=False,
    )
    listed = store.list_objects(f"{settings.bucket_prefix}-{bucket}", recursive=True, include_version=True)
    return [str(one.object_name) for one in listed if part in str(one.object_name)]
