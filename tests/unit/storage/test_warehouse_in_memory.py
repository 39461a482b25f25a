"""What the warehouse makes of damage, strangers, crashes and twins; the promises to its callers are in tests/store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from dossier.dossier_code import DossierCode
from dossier.errors import LedgerConflict, Misconfigured, NoSuchObject, StoreCorrupt
from dossier.records import Change, Record, RecordKey
from dossier.values import SealedPdf
from storage.files import hash_file
from storage.objects.encrypted import EncryptedObjects, Opened
from storage.objects.store import Body, Head
from tests.twins.memory_objects import MemoryObjects
from tests.twins.memory_warehouse import BUCKETS, MemoryWarehouse
from tests.twins.papers import digest, record, sealed


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def house() -> MemoryWarehouse:
    return MemoryWarehouse()


def alto(folder: Path, text: str = "<alto/>") -> Path:
    path = folder / "text.alto.xml"
    path.write_text(text)
    return path


def twin_of(paper: Record) -> Record:
    """The same scans of the same citizen in another dossier."""
    return replace(paper, key=RecordKey(paper.key.citizen, "f" * 32), dossier_code=DossierCode("H62.33-240106-0002"))


def test_nothing_that_is_kept_can_be_read_without_the_keys(house: MemoryWarehouse, tmp_path: Path) -> None:
    scan = tmp_path / "scan"
    scan.write_bytes(b"%PDF a scan of somebody")
    house.receive(scan, hash_file(scan))
    house.put(record(), sealed(tmp_path, b"%PDF sealed"), alto(tmp_path, "<alto>Chữ</alto>"))

    for bucket in (BUCKETS.intake, BUCKETS.archive):
        for versions in house.objects.buckets[bucket].values():
            assert versions[0].content.startswith(b"age-encryption.org/v1")
            assert not any(word in versions[0].content for word in (b"%PDF", b"<alto>", "Nguyễn".encode(), b"H62.33"))


def test_everything_a_record_is_made_of_is_told_as_it_lies_in_the_store(house: MemoryWarehouse, tmp_path: Path) -> None:
    paper = record()
    stored = house.put(paper, sealed(tmp_path), alto(tmp_path))

    assert [one.key for one in stored.objects] == [paper.key.content, paper.key.text, paper.key.manifest_of(1)]
    for one in stored.objects:
        (kept,) = house.objects.buckets[one.bucket][one.key]
        assert (digest(kept.content), len(kept.content), kept.head.version_id) == (one.sha256, one.size, one.version_id)
        assert kept.head.locked_until == stored.keep_until
    found = house.find(paper.key)
    assert found is not None
    assert found.objects == stored.objects
    assert b"".join(house.text(paper.key)) == b"<alto/>"


def test_a_sensitive_record_is_kept_apart_and_found(house: MemoryWarehouse, tmp_path: Path) -> None:
    paper = replace(record(), sensitive=True)
    stored = house.put(paper, sealed(tmp_path))

    assert stored.bucket == BUCKETS.sensitive
    assert house.archive == {}
    assert house.manifest(paper.key)["sensitive"] is True
    assert list(house.addresses()) == [paper.key]


def test_content_that_is_damaged_is_read_from_a_version_that_was_restored(house: MemoryWarehouse, tmp_path: Path) -> None:
    paper, pdf = record(), sealed(tmp_path)
    stored = house.put(paper, pdf)
    content = stored.objects[0]
    (sound,) = house.objects.buckets[content.bucket][content.key]
    house.spoil(content)
    with pytest.raises(StoreCorrupt):
        house.content(paper.key, stored.version_id)

    body = Body((sound.content,), content.size, content.sha256, "application/octet-stream")
    house.objects.put_version(content.bucket, content.key, body)

    assert b"".join(house.content(paper.key, stored.version_id)) == pdf.path.read_bytes()


def test_what_a_stranger_put_under_a_key_first_does_not_count(house: MemoryWarehouse, tmp_path: Path) -> None:
    paper = record()
    for key in (paper.key.content, paper.key.manifest_of(1), paper.key.manifest_of(7)):
        house.stranger(BUCKETS.archive, key, b"{}")

    assert house.find(paper.key) is None
    stored = house.put(paper, sealed(tmp_path))
    assert not stored.already_there
    assert house.manifest(paper.key)["version"] == 1


def test_a_received_file_that_lies_damaged_is_written_again(house: MemoryWarehouse, tmp_path: Path) -> None:
    scan = tmp_path / "scan"
    scan.write_bytes(b"scan")
    first = house.receive(scan, hash_file(scan))
    house.spoil(first)
    with pytest.raises(StoreCorrupt):
        house.fetch_source(hash_file(scan), tmp_path / "work")

    again = house.receive(scan, hash_file(scan))

    assert again.version_id != first.version_id
    assert house.fetch_source(hash_file(scan), tmp_path / "work").read_bytes() == b"scan"


def test_a_damaged_manifest_is_never_taken_for_no_record(house: MemoryWarehouse, tmp_path: Path) -> None:
    paper = record()
    house.spoil(house.put(paper, sealed(tmp_path)).objects[-1])

    with pytest.raises(StoreCorrupt, match="damaged"):
        house.find(paper.key)
    with pytest.raises(StoreCorrupt, match="damaged"):
        house.put(paper, sealed(tmp_path))


WRITES = [(call, when) for call in (1, 2, 3) for when in ("before", "after")]


@pytest.mark.parametrize(("call", "when"), WRITES)
def test_killed_around_any_write_the_next_run_ends_in_one_whole_record(
    house: MemoryWarehouse, tmp_path: Path, call: int, when: str
) -> None:
    paper, pdf, text = record(), sealed(tmp_path), alto(tmp_path)
    die_at_write(house.objects, call, when)
    with pytest.raises(Killed):
        house.put(paper, pdf, text)

    stored = house.find(paper.key) or house.put(paper, pdf_to_put(house, paper, pdf, tmp_path), text)

    assert sorted(house.archive) == sorted((paper.key.content, paper.key.text, paper.key.manifest_of(1)))
    assert all(len(versions) == 1 for versions in house.objects.buckets[BUCKETS.archive].values())
    assert b"".join(house.content(paper.key, stored.version_id)) == pdf.path.read_bytes()


def pdf_to_put(house: MemoryWarehouse, paper: Record, pdf: SealedPdf, folder: Path) -> SealedPdf:
    """What a next run puts: the content that was left, or the paper sealed anew (here: the same)."""
    left = house.resume(paper.key, folder / "work")
    return pdf if left is None else replace(pdf, path=left)


def die_at_write(store: MemoryObjects, nth: int, when: str) -> None:
    """Die at the n-th write, before it or after it; later ones go through."""
    real, left = store.put_new, nth

    def mortal(bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str | None:
        nonlocal left
        left -= 1
        if left == 0 and when == "before":
            raise Killed
        version_id = real(bucket, key, body, locked_until=locked_until)
        if left == 0:
            raise Killed
        return version_id

    store.put_new = mortal  # type: ignore[method-assign]


def test_content_that_a_crash_left_is_locked_as_long_as_its_record(house: MemoryWarehouse, tmp_path: Path) -> None:
    paper, pdf = record(), sealed(tmp_path)
    cipher = house.vault.encrypt_bytes(pdf.path.read_bytes())
    soon = datetime.now(UTC) + timedelta(days=1)
    body = Body((cipher,), len(cipher), digest(cipher), "application/octet-stream")
    house.objects.put_new(BUCKETS.archive, paper.key.content, body, locked_until=soon)

    stored = house.put(paper, pdf)

    head = house.objects.head(BUCKETS.archive, paper.key.content)
    assert head is not None
    assert head.locked_until == stored.keep_until


def test_a_store_that_does_not_tell_the_lock_back_is_not_believed(tmp_path: Path) -> None:
    house = MemoryWarehouse()
    real: Callable[..., Head | None] = house.objects.head

    def forgetful(bucket: str, key: str, version_id: str | None = None) -> Head | None:
        found = real(bucket, key, version_id)
        return found and replace(found, lock_mode="GOVERNANCE")

    house.objects.head = forgetful  # type: ignore[method-assign]
    with pytest.raises(Misconfigured, match="lock"):
        house.put(record(), sealed(tmp_path))


def test_the_same_scans_in_another_dossier_share_the_content(house: MemoryWarehouse, tmp_path: Path) -> None:
    paper, pdf = record(), sealed(tmp_path)
    first = house.put(paper, pdf, alto(tmp_path))
    other = twin_of(paper)

    linked = house.put_linked(other, paper.key)

    assert (linked.content_key, linked.version_id, linked.sha256) == (first.content_key, first.version_id, first.sha256)
    assert [one.key for one in linked.objects] == [other.key.manifest_of(1)]
    assert sum(key.endswith("document.pdf") for key in house.archive) == 1
    assert b"".join(house.content(other.key, linked.version_id)) == pdf.path.read_bytes()
    assert b"".join(house.text(other.key)) == b"<alto/>"
    assert house.manifest(other.key)["shares"] == paper.key.record_id
    assert house.put_linked(other, paper.key).already_there


def test_shared_content_is_locked_as_long_as_the_longer_record(tmp_path: Path) -> None:
    house = MemoryWarehouse(days=lambda type_: 10 if type_ == "birth_certificate" else 20)
    paper = record()
    first = house.put(paper, sealed(tmp_path))

    linked = house.put_linked(replace(twin_of(paper), type="giay_xac_nhan"), paper.key)

    head = house.objects.head(BUCKETS.archive, paper.key.content)
    assert head is not None
    assert first.keep_until is not None
    assert head.locked_until == linked.keep_until
    assert head.locked_until is not None
    assert head.locked_until > first.keep_until


@pytest.mark.parametrize("fault", ["another citizen", "other scans", "another bucket", "withdrawn"])
def test_content_is_shared_only_by_valid_records_of_one_citizen_and_the_same_scans(
    house: MemoryWarehouse, tmp_path: Path, fault: str
) -> None:
    paper = record()
    house.put(paper, sealed(tmp_path))
    other = twin_of(paper)
    if fault == "another citizen":
        other = replace(other, key=replace(other.key, citizen="e" * 32))  # type: ignore[arg-type]
    if fault == "other scans":
        other = replace(other, scan_sha256s=(digest(b"x"),))
    if fault == "another bucket":
        other = replace(other, sensitive=True)
    if fault == "withdrawn":
        house.correct(paper.key, Change(state="withdrawn"), by="lan", why="x", at=datetime.now(UTC))

    with pytest.raises(LedgerConflict, match="cannot share"):
        house.put_linked(other, paper.key)


def test_a_record_without_text_says_so(house: MemoryWarehouse, tmp_path: Path) -> None:
    paper = record()
    house.put(paper, sealed(tmp_path))

    with pytest.raises(NoSuchObject):
        house.text(paper.key)


def test_only_finished_records_and_received_files_are_counted(house: MemoryWarehouse, tmp_path: Path) -> None:
    papers = [record() for _ in range(3)]
    for paper in papers:
        house.put(paper, sealed(tmp_path))
    house.lose(papers[0].key.manifest_of(1))
    house.stranger(BUCKETS.archive, "citizens/not/ours", b"x")
    scan = tmp_path / "scan"
    scan.write_bytes(b"scan")
    house.receive(scan, hash_file(scan))

    assert {key.record_id for key in house.addresses()} == {paper.key.record_id for paper in papers[1:]}
    assert list(house.received()) == [hash_file(scan)]


def test_a_manifest_that_another_run_wrote_after_the_first_look_is_no_damage(
    house: MemoryWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, looks, sound = record(), count(1), EncryptedObjects.sound
    stored = house.put(paper, sealed(tmp_path))

    def late(objects: EncryptedObjects, bucket: str, key: str, folder: Path) -> Iterator[Opened]:
        return iter(()) if next(looks) == 1 else sound(objects, bucket, key, folder)

    monkeypatch.setattr(EncryptedObjects, "sound", late)
    found = house.find(paper.key)

    assert found is not None
    assert found.version_id == stored.version_id
