"""The real warehouse: races, locks, rights, wrong bytes and a server that is away."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.error import S3Error
from minio.retention import Retention

from dossier.errors import LedgerConflict, Misconfigured, StoreCorrupt, StoreUnavailable
from dossier.records import Change
from dossier.values import Sha256
from storage.objects.s3 import Body, S3Client
from storage.records.warehouse import Warehouse
from tests.conftest import S3Server, free_ports
from tests.twins.papers import digest, record, sealed

pytestmark = pytest.mark.store


@pytest.fixture
def prefix(s3_server: S3Server, tmp_path: Path) -> str:
    return f"w{digest(str(tmp_path).encode())[:12]}"


@pytest.fixture
def house(s3_server: S3Server, prefix: str) -> Warehouse:
    made = s3_server.warehouse(prefix)
    made.prepare()
    return made


def minio(server: S3Server, user: str = "sohoa") -> Minio:
    return Minio(server.endpoint, *server.keys_of(user), secure=False, region="us-east-1")


def client(server: S3Server) -> S3Client:
    return server.store()


def body(content: bytes, sha256: Sha256 | None = None) -> Body:
    return Body((content,), len(content), sha256 or digest(content), "application/pdf")


def test_without_versions_the_server_itself_lets_one_of_eight_writers_win(s3_server: S3Server, prefix: str) -> None:
    s3, bucket = client(s3_server), f"{prefix}-plain"
    minio(s3_server).make_bucket(bucket)
    for turn in range(5):
        contents = [bytes([number]) * 50_000 for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            written = list(pool.map(lambda content, turn=turn: s3.put_new(bucket, f"race/{turn}", body(content)), contents))

        won = [number for number, version in enumerate(written) if version is not None]
        assert len(won) == 1
        assert b"".join(s3.read(bucket, f"race/{turn}")) == contents[won[0]]


def test_the_first_version_stays_the_first_whoever_writes_later(s3_server: S3Server, house: Warehouse, prefix: str) -> None:
    """What the race of manifests stands on, where the server does not honour If-None-Match."""
    s3, bucket = client(s3_server), f"{prefix}-archive"
    until = datetime.now(UTC) + timedelta(days=1)
    for turn in range(5):
        key = f"race/{turn}"

        def write_and_look(number: int, key: str = key) -> tuple[str | None, str | None]:
            return s3.put_new(bucket, key, body(bytes([number]) * 5000), locked_until=until), s3.versions(bucket, key)[0]

        with ThreadPoolExecutor(8) as pool:
            seen = list(pool.map(write_and_look, range(8)))

        assert len({first for _, first in seen}) == 1
        assert seen[0][1] in {version for version, _ in seen}


def test_a_manifest_written_later_is_not_the_record(
    s3_server: S3Server, house: Warehouse, prefix: str, tmp_path: Path
) -> None:
    paper = record()
    stored = house.put(paper, sealed(tmp_path))
    owner = minio(s3_server)
    owner.put_object(stored.bucket, paper.key.manifest_of(1), io.BytesIO(b"{}"), 2)
    owner.delete_bucket_policy(stored.bucket)
    owner.remove_object(stored.bucket, paper.key.manifest_of(1))  # leaves a delete marker

    found = house.find(paper.key)

    assert found is not None
    assert (found.version_id, found.sha256) == (stored.version_id, stored.sha256)


def test_the_server_refuses_bytes_that_do_not_match_the_signed_hash(
    s3_server: S3Server, house: Warehouse, prefix: str
) -> None:
    s3 = client(s3_server)

    with pytest.raises(StoreCorrupt):
        s3.put_new(f"{prefix}-archive", "torn", body(b"sent", digest(b"meant")))

    assert s3.head(f"{prefix}-archive", "torn") is None


def test_a_locked_version_can_neither_be_deleted_nor_unlocked(
    s3_server: S3Server, house: Warehouse, prefix: str, tmp_path: Path
) -> None:
    paper = record()
    stored = house.put(paper, sealed(tmp_path))
    owner = minio(s3_server)
    owner.delete_bucket_policy(stored.bucket)  # so that it is the lock that refuses, and not the policy

    for key in (paper.key.content, paper.key.manifest_of(1)):
        version = owner.stat_object(stored.bucket, key).version_id
        assert version is not None
        with pytest.raises(S3Error, match="AccessDenied"):
            owner.remove_object(stored.bucket, key, version_id=version)
        with pytest.raises(S3Error, match="AccessDenied"):
            owner.set_object_retention(
                stored.bucket, key, Retention(COMPLIANCE, datetime.now(UTC) + timedelta(days=1)), version_id=version
            )
        kept = client(s3_server).head(stored.bucket, key, version)
        assert kept is not None
        assert kept.lock_mode == COMPLIANCE
        assert kept.locked_until is not None
        assert kept.locked_until > datetime.now(UTC) + timedelta(days=29)


def test_not_even_the_owner_can_hide_a_record_behind_a_delete_marker(
    s3_server: S3Server, house: Warehouse, tmp_path: Path
) -> None:
    paper = record()
    stored = house.put(paper, sealed(tmp_path))

    with pytest.raises(S3Error, match="AccessDenied"):
        minio(s3_server).remove_object(stored.bucket, paper.key.manifest_of(1))

    assert house.find(paper.key) is not None


def test_the_reader_may_read_the_archive_and_nothing_else(
    s3_server: S3Server, house: Warehouse, prefix: str, tmp_path: Path
) -> None:
    paper, pdf = record(), sealed(tmp_path)
    stored = house.put(paper, pdf)
    path = tmp_path / "scan"
    path.write_bytes(b"scan")
    intake = house.receive(path, digest(b"scan"))
    reader = minio(s3_server, "portal")

    as_reader = s3_server.warehouse(prefix, user="portal")
    assert as_reader.manifest(paper.key)["record_id"] == stored.record_id
    assert b"".join(as_reader.content(paper.key, stored.version_id)) == pdf.path.read_bytes()
    with pytest.raises(S3Error, match="AccessDenied"):
        reader.get_object(f"{prefix}-intake", intake.key)
    with pytest.raises(S3Error, match="AccessDenied"):
        reader.put_object(stored.bucket, "mine", io.BytesIO(b"x"), 1)
    with pytest.raises(Misconfigured):
        as_reader.put(record(), pdf)


def test_an_archive_bucket_without_lock_is_refused(s3_server: S3Server, prefix: str) -> None:
    minio(s3_server).make_bucket(f"{prefix}-archive")

    with pytest.raises(Misconfigured, match="no object lock"):
        s3_server.warehouse(prefix).prepare()


def test_a_content_left_without_manifest_is_resumed_and_finished(
    s3_server: S3Server, house: Warehouse, prefix: str, tmp_path: Path
) -> None:
    paper, left = record(), sealed(tmp_path)
    until = datetime.now(UTC) + timedelta(days=30)
    content = left.path.read_bytes()
    cipher = body(house.vault.encrypt_bytes(content))
    client(s3_server).put_new(f"{prefix}-archive", paper.key.content, cipher, locked_until=until)

    assert house.find(paper.key) is None
    with pytest.raises(LedgerConflict):
        house.put(paper, sealed(tmp_path, b"%PDF sealed again"))
    resumed = house.resume(paper.key, tmp_path / "work")
    assert resumed is not None
    assert resumed.read_bytes() == content
    stored = house.put(paper, left)
    assert not stored.already_there
    versions = list(minio(s3_server).list_objects(stored.bucket, paper.key.prefix, recursive=True, include_version=True))
    assert sorted(str(version.object_name) for version in versions) == [paper.key.content, paper.key.manifest_of(1)]


def test_wrong_bytes_under_the_key_of_a_received_file_do_not_count(
    s3_server: S3Server, house: Warehouse, prefix: str, tmp_path: Path
) -> None:
    path = tmp_path / "scan"
    path.write_bytes(b"scan")
    stranger = minio(s3_server)
    stranger.put_object(f"{prefix}-intake", f"received/{digest(b'scan')[:2]}/{digest(b'scan')}", io.BytesIO(b"rot!"), 4)
    with pytest.raises(StoreCorrupt):
        house.fetch_source(digest(b"scan"), tmp_path / "work")

    first = house.receive(path, digest(b"scan"))
    stranger.put_object(f"{prefix}-intake", first.key, io.BytesIO(b"rot!"), 4)

    assert house.receive(path, digest(b"scan")) == first
    assert house.fetch_source(digest(b"scan"), tmp_path / "work").read_bytes() == b"scan"


def test_a_content_that_was_left_without_lock_is_locked_before_it_is_announced(
    s3_server: S3Server, house: Warehouse, prefix: str, tmp_path: Path
) -> None:
    paper, pdf = record(), sealed(tmp_path)
    cipher = body(house.vault.encrypt_bytes(pdf.path.read_bytes()))
    client(s3_server).put_new(f"{prefix}-archive", paper.key.content, cipher)

    stored = house.put(paper, pdf)

    head = client(s3_server).head(f"{prefix}-archive", paper.key.content)
    assert head is not None
    assert (head.lock_mode, head.locked_until) == (COMPLIANCE, stored.keep_until)


def test_of_eight_who_correct_a_record_at_once_one_wins(house: Warehouse, tmp_path: Path) -> None:
    paper = record()
    house.put(paper, sealed(tmp_path))

    def attempt(number: int) -> str | None:
        change = Change({"number": str(number)})
        try:
            told = house.correct(paper.key, change, by="lan", why="x", at=datetime.now(UTC))
        except LedgerConflict:
            return None
        return f"{told.manifest['version']}: {told.record.value('number')}"

    with ThreadPoolExecutor(8) as pool:
        won = sorted(end for end in pool.map(attempt, range(8)) if end is not None)

    assert [int(end.split(":")[0]) for end in won] == list(range(2, len(won) + 2))
    for end in won:
        version, number = end.split(": ")
        assert house.manifest(paper.key, int(version))["fields"]["number"]["value"] == number


def test_a_sensitive_record_lies_in_a_bucket_of_its_own_that_the_reader_cannot_write_to(
    s3_server: S3Server, house: Warehouse, prefix: str, tmp_path: Path
) -> None:
    paper = replace(record(), sensitive=True)
    stored = house.put(paper, sealed(tmp_path))
    reader = minio(s3_server, "portal")

    assert stored.bucket == f"{prefix}-sensitive"
    assert s3_server.warehouse(prefix, user="portal").manifest(paper.key)["record_id"] == stored.record_id
    with pytest.raises(S3Error, match="AccessDenied"):
        reader.remove_object(stored.bucket, stored.content_key, version_id=stored.version_id)
    with pytest.raises(S3Error, match="AccessDenied"):
        reader.put_object(stored.bucket, stored.content_key, io.BytesIO(b"x"), 1)


def test_keys_hold_no_personal_data(s3_server: S3Server, house: Warehouse, tmp_path: Path) -> None:
    paper = record()
    stored = house.put(paper, sealed(tmp_path))

    keys = [str(one.object_name) for one in minio(s3_server).list_objects(stored.bucket, recursive=True)]

    assert len(keys) == 2
    assert not any("026190001234" in key or "H62" in key or "Nguy" in key for key in keys)


def test_a_server_that_is_away_is_worth_a_retry(tmp_path: Path) -> None:
    server = S3Server(tmp_path, free_ports(1))
    (tmp_path / "users").mkdir()
    keys = {"keys": [{"access_key": "a", "secret_key": "b"}]}
    (tmp_path / "users" / "sohoa.json").write_text(json.dumps(keys))
    nobody = server.warehouse("x")

    assert not nobody.alive()
    with pytest.raises(StoreUnavailable) as away:
        nobody.put(record(), sealed(tmp_path))
    assert away.value.retryable


def test_a_wrong_secret_is_a_matter_of_configuration(s3_server: S3Server, house: Warehouse, prefix: str) -> None:
    store = S3Client(
        endpoint=s3_server.endpoint, access_key=s3_server.keys_of("sohoa")[0], secret_key="wrong", secure=False
    )
    stranger = Warehouse(store, house.vault, house.buckets, retention=lambda _type: timedelta(days=1))

    assert not stranger.alive()
    with pytest.raises(Misconfigured, match="SignatureDoesNotMatch"):
        stranger.find(record().key)


def test_the_server_keeps_its_keys_to_its_owner(s3_server: S3Server) -> None:
    for user in ("sohoa", "portal"):
        assert (s3_server.folder / "users" / f"{user}.json").stat().st_mode & 0o777 == 0o600
