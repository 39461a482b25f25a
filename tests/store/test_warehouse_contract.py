"""What every warehouse promises; the twin in memory and the real one keep the same promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dossier.errors import FileChanged, LedgerConflict, NoSuchObject
from dossier.records import Stored
from dossier.values import Sha256
from storage.records.warehouse import Warehouse
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import SEAL, digest, record, sealed


@pytest.fixture(params=["memory", pytest.param("s3", marks=pytest.mark.store)])
def house(request: pytest.FixtureRequest) -> Warehouse:
    return MemoryWarehouse() if request.param == "memory" else request.getfixturevalue("warehouse")


def written(folder: Path, content: bytes) -> tuple[Path, Sha256]:
    path = folder / "scan.pdf"
    path.write_bytes(content)
    return path, digest(content)


def test_it_is_alive_and_may_be_prepared_again(house: Warehouse) -> None:
    house.prepare()

    assert house.alive()


def test_received_bytes_come_back_as_they_were(house: Warehouse, tmp_path: Path) -> None:
    path, sha256 = written(tmp_path, b"x" * 3_000_000)

    kept = house.receive(path, sha256)
    back = house.fetch_source(sha256, tmp_path / "work")

    assert kept.key == f"received/{sha256[:2]}/{sha256}"
    assert kept.sha256 != sha256
    assert back == tmp_path / "work" / sha256
    assert back.read_bytes() == path.read_bytes()
    assert [entry.name for entry in back.parent.iterdir()] == [sha256]


def test_receiving_twice_is_receiving_once(house: Warehouse, tmp_path: Path) -> None:
    path, sha256 = written(tmp_path, b"scan")

    assert house.receive(path, sha256) == house.receive(path, sha256)


def test_a_file_that_is_not_what_its_hash_says_is_not_received(house: Warehouse, tmp_path: Path) -> None:
    path, _ = written(tmp_path, b"scan, one page more")
    promised = digest(b"scan")

    with pytest.raises(FileChanged):
        house.receive(path, promised)

    with pytest.raises(NoSuchObject):
        house.fetch_source(promised, tmp_path)


def test_a_source_that_was_never_received_is_missed(house: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(NoSuchObject):
        house.fetch_source(digest(b"never"), tmp_path)


def test_a_stored_record_is_found_and_read(house: Warehouse, tmp_path: Path) -> None:
    paper, pdf = record(), sealed(tmp_path)

    stored = house.put(paper, pdf)

    assert not stored.already_there
    assert (stored.record_id, stored.sha256, stored.size) == (paper.key.record_id, pdf.sha256, pdf.size)
    assert stored.content_key == paper.key.content
    assert b"".join(house.content(paper.key, stored.version_id)) == pdf.path.read_bytes()
    found = house.find(paper.key)
    assert found is not None
    assert found.already_there
    assert (found.version_id, found.stored_at) == (stored.version_id, stored.stored_at)


def test_the_manifest_tells_the_record_and_its_seal(house: Warehouse, tmp_path: Path) -> None:
    paper, pdf = record(), sealed(tmp_path)
    stored = house.put(paper, pdf)

    manifest = house.manifest(paper.key)

    assert manifest["fields"] == paper.fields
    assert manifest["source"] == {
        "sha256": paper.source_sha256, "first_page": 1, "last_page": 1, "scans": list(paper.scan_sha256s), "file": None,
    }  # fmt: skip
    content = manifest["content"]
    assert isinstance(content, dict)
    assert (content["sha256"], content["version_id"]) == (pdf.sha256, stored.version_id)
    assert manifest["seal"] == {
        "signer": SEAL.signer, "certificate_sha256": SEAL.certificate_sha256,
        "signed_at": SEAL.signed_at.isoformat(), "timestamp_at": None, "level": "B-T",
    }  # fmt: skip


def test_a_complete_record_is_not_written_again(house: Warehouse, tmp_path: Path) -> None:
    paper, first = record(), sealed(tmp_path)
    stored = house.put(paper, first)

    again = house.put(paper, sealed(tmp_path, b"%PDF sealed a second later"))

    assert again.already_there
    assert (again.sha256, again.version_id) == (first.sha256, stored.version_id)


def test_nothing_is_found_where_nothing_was_put(house: Warehouse, tmp_path: Path) -> None:
    key = record().key

    assert house.find(key) is None
    assert house.resume(key, tmp_path) is None
    with pytest.raises(NoSuchObject):
        house.manifest(key)
    with pytest.raises(NoSuchObject):
        house.content(key, "v0")


def test_a_complete_record_leaves_nothing_to_resume(house: Warehouse, tmp_path: Path) -> None:
    paper = record()
    house.put(paper, sealed(tmp_path))

    assert house.resume(paper.key, tmp_path / "work") is None


def test_of_eight_runs_that_seal_the_same_paper_at_once_one_stores_it(house: Warehouse, tmp_path: Path) -> None:
    paper = record()
    pdfs = [sealed(tmp_path) for _ in range(8)]

    def attempt(number: int) -> Stored | LedgerConflict:
        try:
            return house.put(paper, pdfs[number])
        except LedgerConflict as conflict:  # the winner's content stood without its manifest at that moment
            return conflict

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))

    stored = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
    assert sum(not one.already_there for one in stored) == 1
    assert len({one.version_id for one in stored}) == 1
    found = house.find(paper.key)
    assert found is not None
    assert digest(b"".join(house.content(paper.key, found.version_id))) == found.sha256 == stored[0].sha256
