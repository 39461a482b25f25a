"""On the real server: what is locked or held is not destroyed, and when its time is over two persons can destroy it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from dossier.errors import RecordBound
from dossier.records import Record
from storage.audit.anchors import Checked
from storage.database.tables import records
from storage.ledger import Ledger
from storage.objects.buckets import Buckets
from storage.records.warehouse import Warehouse
from tests.conftest import S3Server
from tests.twins.anchored_trail import anchored, authority_in
from tests.twins.retired_house import ASKS, RUNS, Retired

pytestmark = pytest.mark.store

SECONDS = 6
"""Lock of the records here: longer than it takes to store one, short enough to wait for."""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.close()


def house_of(server: S3Server, ledger: Ledger, folder: Path, lock: timedelta) -> Retired:
    made = server.warehouse(f"t{uuid.uuid4().hex[:12]}")
    warehouse = Warehouse(made.store, made.vault, made.buckets, retention=lambda _type: lock, readers=("portal",))
    warehouse.prepare()
    return Retired(ledger, warehouse, {"warehouse": warehouse.store}, folder, old=False)


def filed(house: Retired) -> Record:
    drop = house.receive(b"one paper")
    paper = house.file(drop)
    house.ledger.finished(drop[0])
    return paper


def test_before_its_time_neither_the_store_nor_we_destroy_a_record(
    s3_server: S3Server, ledger: Ledger, tmp_path: Path
) -> None:
    house = house_of(s3_server, ledger, tmp_path, timedelta(days=30))
    paper = filed(house)
    row = house.row(paper)
    with pytest.raises(RecordBound):
        house.disposals.ask(paper.key.record_id, **ASKS)
    with house.ledger.database.writing() as connection:  # somebody shortens the period in the ledger
        connection.execute(update(records).values(keep_until=datetime.now(UTC) - timedelta(days=1)))
    disposal_id = house.agreed(paper)
    with pytest.raises(RecordBound):
        house.disposals.carry_out(disposal_id, **RUNS)
    with pytest.raises(RecordBound):
        house.warehouse.store.remove(row.bucket, row.content_key, row.version_id)

    assert b"".join(house.warehouse.content(paper.key, row.version_id)).startswith(b"%PDF")


def test_a_hold_beats_expiry_and_when_it_is_lifted_the_record_goes_and_leaves_its_certificate(
    s3_server: S3Server, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.records.manifest_store._SHORTEST_LOCK", timedelta(0))  # else a day
    house = house_of(s3_server, ledger, tmp_path, timedelta(seconds=SECONDS))
    paper = filed(house)
    row = house.row(paper)
    hold = house.holds.place(paper.key.record_id, by="Thanh tra", why="vụ việc 12")
    assert row.keep_until is not None
    time.sleep(max(0.0, (row.keep_until - datetime.now(UTC)).total_seconds()) + 1.1)
    with pytest.raises(RecordBound):
        house.disposals.ask(paper.key.record_id, **ASKS)
    with pytest.raises(RecordBound):
        house.warehouse.store.remove(row.bucket, row.content_key, row.version_id)
    house.holds.lift(hold.id, by="Thanh tra", why="kết thúc")
    disposal_id = house.agreed(paper)
    done = house.disposals.carry_out(disposal_id, **RUNS)

    assert house.objects() == house.received() == set()
    assert len(done.told["destroyed"]) == 4
    assert house.disposals.certificate(disposal_id).told == done.told
    with pytest.raises(RecordBound):
        house.warehouse.store.remove(house.buckets.audit, done.stored.key, done.stored.version_id)


def test_an_anchor_is_kept_for_a_year_by_the_server(s3_server: S3Server, ledger: Ledger, tmp_path: Path) -> None:
    with authority_in(tmp_path) as authority:
        house = anchored(ledger, s3_server.store(), Buckets(f"t{uuid.uuid4().hex[:12]}"), authority)
        house.act(3)
        house.anchors.anchor()
        found = house.anchors.check()
        listed = tuple(house.store.listed(house.anchors.bucket, "anchors/"))

        assert isinstance(found, Checked)
        assert (found.anchored, len(listed)) == (3, 2)
        for one in listed:
            head = house.store.head(house.anchors.bucket, one.key, one.version_id)
            assert head is not None
            assert head.lock_mode == "COMPLIANCE"
            assert head.locked_until is not None
            assert head.locked_until > datetime.now(UTC) + timedelta(days=365)
            with pytest.raises(RecordBound):
                house.store.remove(house.anchors.bucket, one.key, one.version_id)
