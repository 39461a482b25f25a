"""What every store of objects promises; plain files, the twin in memory and the S3 server keep the same promises."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dossier.errors import Misconfigured, NoSuchObject, RecordBound, StoreCorrupt
from dossier.values import Sha256
from storage.objects.folder import FolderStore
from storage.objects.store import Body, ObjectStore
from tests.conftest import S3Server
from tests.twins.memory_objects import MemoryObjects
from tests.twins.papers import digest


@pytest.fixture(params=["memory", "folder", pytest.param("s3", marks=pytest.mark.store)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "s3":
        server: S3Server = request.getfixturevalue("s3_server")
        return server.store()
    return MemoryObjects() if request.param == "memory" else FolderStore.create(tmp_path / "store")


@pytest.fixture
def bucket(store: ObjectStore) -> str:
    name = f"o{uuid.uuid4().hex[:12]}"
    store.make_bucket(name, locked=True)
    return name


def body(content: bytes, sha256: Sha256 | None = None) -> Body:
    return Body((content[:3], content[3:]), len(content), sha256 or digest(content), "application/pdf")


def in_a_day() -> datetime:
    return (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)


def test_a_bucket_is_made_once_and_stays(store: ObjectStore, bucket: str) -> None:
    store.put_version(bucket, "a", body(b"kept"))
    store.make_bucket(bucket, locked=True)

    assert store.has_bucket(bucket)
    assert not store.has_bucket(f"{bucket}-never")
    assert b"".join(store.read(bucket, "a")) == b"kept"


def test_a_lock_cannot_be_added_to_a_bucket_afterwards(store: ObjectStore, bucket: str) -> None:
    store.make_bucket(f"{bucket}-plain", locked=False)

    with pytest.raises(Misconfigured, match="no object lock"):
        store.make_bucket(f"{bucket}-plain", locked=True)


def test_what_was_written_is_told_and_read(store: ObjectStore, bucket: str) -> None:
    content, until = bytes(range(256)) * 10_000, in_a_day()
    version = store.put_new(bucket, "citizens/a/b.pdf", body(content), locked_until=until)

    head = store.head(bucket, "citizens/a/b.pdf")

    assert head is not None
    assert (head.version_id, head.size, head.sha256) == (version, len(content), digest(content))
    assert (head.lock_mode, head.locked_until, head.legal_hold) == ("COMPLIANCE", until, False)
    assert b"".join(store.read(bucket, "citizens/a/b.pdf", version)) == content


def test_what_is_not_there_is_missed_at_once(store: ObjectStore, bucket: str) -> None:
    assert store.head(bucket, "never") is None
    assert store.versions(bucket, "never") == ()
    assert list(store.listed(bucket)) == []
    with pytest.raises(NoSuchObject):
        store.read(bucket, "never")
    with pytest.raises(NoSuchObject):
        store.set_legal_hold(bucket, "never", "v", on=True)
    with pytest.raises(NoSuchObject):
        store.extend_lock(bucket, "never", "v", in_a_day())
    store.remove(bucket, "never", "v")


def test_bytes_that_are_not_those_promised_leave_nothing(store: ObjectStore, bucket: str) -> None:
    for put in (store.put_new, store.put_version):
        with pytest.raises(StoreCorrupt):
            put(bucket, "torn", body(b"sent", digest(b"meant")))

    assert store.head(bucket, "torn") is None
    assert list(store.listed(bucket)) == []


def test_versions_come_oldest_first_and_the_newest_is_read(store: ObjectStore, bucket: str) -> None:
    written = tuple(store.put_version(bucket, "a", body(content)) for content in (b"first", b"second", b"third"))
    store.put_version(bucket, "a/below", body(b"other"))

    assert store.versions(bucket, "a") == written
    assert b"".join(store.read(bucket, "a")) == b"third"
    assert b"".join(store.read(bucket, "a", written[0])) == b"first"


def test_a_listing_tells_every_version_in_the_order_of_keys(store: ObjectStore, bucket: str) -> None:
    for key in ("b/2", "a/1", "b/1", "b/1"):
        store.put_version(bucket, key, body(key.encode()))

    told = list(store.listed(bucket, "b/"))

    assert [one.key for one in told] == ["b/1", "b/1", "b/2"]
    assert {one.version_id for one in told[:2]} == set(store.versions(bucket, "b/1"))
    assert [one.version_id for one in told if one.latest] == [
        store.versions(bucket, "b/1")[-1],
        store.versions(bucket, "b/2")[-1],
    ]
    assert {one.size for one in told} == {3}
    assert len(list(store.listed(bucket))) == 4


def test_the_first_version_of_eight_writers_is_the_same_for_all(store: ObjectStore, bucket: str) -> None:
    def write_and_look(number: int) -> tuple[str | None, str]:
        return store.put_new(bucket, "race", body(bytes([number]) * 5000)), store.versions(bucket, "race")[0]

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(write_and_look, range(8)))

    assert len({first for _, first in seen}) == 1
    assert seen[0][1] in {version for version, _ in seen}


def test_a_lock_keeps_a_version_until_its_time_has_come(store: ObjectStore, bucket: str) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=2)
    version = store.put_version(bucket, "a", body(b"kept"), locked_until=soon)
    with pytest.raises(RecordBound):
        store.remove(bucket, "a", version)
    assert b"".join(store.read(bucket, "a")) == b"kept"

    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()) + 1)
    store.remove(bucket, "a", version)
    store.remove(bucket, "a", version)

    assert store.versions(bucket, "a") == ()
    assert list(store.listed(bucket)) == []


def test_a_lock_grows_and_never_shrinks(store: ObjectStore, bucket: str) -> None:
    until = in_a_day()
    version = store.put_version(bucket, "a", body(b"kept"), locked_until=until)

    store.extend_lock(bucket, "a", version, until + timedelta(days=1))
    with pytest.raises(RecordBound):
        store.extend_lock(bucket, "a", version, until)

    head = store.head(bucket, "a", version)
    assert head is not None
    assert head.locked_until == until + timedelta(days=1)


def test_a_legal_hold_keeps_a_version_until_it_is_lifted(store: ObjectStore, bucket: str) -> None:
    version = store.put_version(bucket, "a", body(b"kept"))
    store.set_legal_hold(bucket, "a", version, on=True)
    head = store.head(bucket, "a", version)
    assert head is not None
    assert head.legal_hold
    with pytest.raises(RecordBound):
        store.remove(bucket, "a", version)

    store.set_legal_hold(bucket, "a", version, on=False)
    store.remove(bucket, "a", version)

    assert store.head(bucket, "a") is None


def test_only_one_version_is_removed(store: ObjectStore, bucket: str) -> None:
    first, second = (store.put_version(bucket, "a", body(content)) for content in (b"first", b"second"))

    store.remove(bucket, "a", second)

    assert store.versions(bucket, "a") == (first,)
    assert b"".join(store.read(bucket, "a")) == b"first"


def test_a_bucket_that_is_not_there_is_a_matter_of_configuration(store: ObjectStore) -> None:
    with pytest.raises(Misconfigured):
        store.put_new("never-made", "a", body(b"x"))
