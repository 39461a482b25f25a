"""The flow `anchor` on a whole installation: what waits for its day, what waits for a second try, and what never waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from config.settings import load_settings
from dossier.errors import StoreUnavailable, TimestampUnavailable
from flows.anchor import anchor
from flows.keepers import open_keepers
from signing.token import Authority
from storage.objects.folder import FolderStore
from tests.twins.audited_office import Office, office_in
from tests.twins.tampered_trail import write_anew


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with office_in(tmp_path) as opened:
        monkeypatch.setenv("SOHOA_HOME", str(opened.home))
        yield opened


def a_day_earlier(office: Office) -> None:
    """Both lines were written a day before."""
    with open_keepers(load_settings(office.home)) as keepers:
        for number in (1, 2):
            write_anew(keepers.ledger, number, at=datetime.now(UTC) - timedelta(days=1))


def _raise(error: Exception) -> NoReturn:
    raise error


def test_the_flow_anchors_what_is_new_once_a_day_and_each_hour_until_it_succeeded(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asyncio.run(anchor.fn()) == {"anchors": 0}  # lines wait for the end of their day
    a_day_earlier(office)
    with monkeypatch.context() as away:
        away.setattr("flows.keepers.Keepers.anchors", property(lambda _: _raise(StoreUnavailable())))
        with pytest.raises(StoreUnavailable):
            asyncio.run(anchor.fn())
    assert asyncio.run(anchor.fn()) == {"anchors": 1}
    assert asyncio.run(anchor.fn()) == {"anchors": 0}


def test_a_day_whose_lines_went_into_the_first_of_two_anchors_only_is_not_done(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.audit.anchors._AT_ONCE", 1)
    a_day_earlier(office)
    stamp, given = Authority.stamp, list[bytes]()

    def once(authority: Authority, digest: bytes) -> bytes:
        given.append(digest)
        return stamp(authority, digest) if len(given) == 1 else _raise(TimestampUnavailable())

    with monkeypatch.context() as tired:
        tired.setattr(Authority, "stamp", once)
        with pytest.raises(TimestampUnavailable):
            asyncio.run(anchor.fn())

    assert asyncio.run(anchor.fn()) == {"anchors": 1}
    assert asyncio.run(anchor.fn()) == {"anchors": 0}


def test_a_hold_that_a_crash_kept_from_the_store_is_set_although_nothing_can_be_anchored(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_day_earlier(office)
    with monkeypatch.context() as crash, open_keepers(load_settings(office.home)) as keepers:
        crash.setattr(FolderStore, "set_legal_hold", lambda *_, **__: _raise(StoreUnavailable()))
        with pytest.raises(StoreUnavailable):
            keepers.holds.place(office.record.key.record_id, by="Thanh tra", why="vụ việc 12")
    monkeypatch.setattr("flows.keepers.Keepers.anchors", property(lambda _: _raise(StoreUnavailable())))
    with pytest.raises(StoreUnavailable):
        asyncio.run(anchor.fn())

    with open_keepers(load_settings(office.home)) as keepers:
        row = keepers.ledger.record(office.record.key.record_id)
        head = keepers.warehouse.store.head(row.bucket, row.content_key)
        assert head is not None
        assert head.legal_hold
