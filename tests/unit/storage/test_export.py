"""Papers leave the warehouse whole and noted, or not at all; a bag that is not whole is refused."""

from __future__ import annotations

import os
import re
import resource
import stat
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import bagit
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import SQLAlchemyError

from dossier.errors import (
    AlreadyExported,
    DecisionMalformed,
    ExportNotWritten,
    LedgerConflict,
    LedgerUnavailable,
    NoSuchRecord,
    PurposeRequired,
    StoreCorrupt,
)
from dossier.records import Change
from storage.audit.trail import AuditTrail
from storage.database.tables import records
from storage.export.check import compare, read_bag
from storage.export.package import Asked
from storage.export.values import Exported
from storage.keys.master_key import FileMasterKey
from storage.keys.vault import Vault
from storage.ledger import Ledger
from storage.objects.folder import FolderStore
from storage.records.warehouse import Warehouse
from tests.twins.exported_house import ASKED, OTHER_DOSSIER, ExportedHouse
from tests.twins.memory_warehouse import BUCKETS, MemoryWarehouse
from tests.twins.papers import CITIZEN, DOSSIER


@pytest.fixture
def house(tmp_path: Path, sqlite_address: str) -> Iterator[ExportedHouse]:
    ledger = Ledger.open(sqlite_address)
    yield ExportedHouse(tmp_path / "house", ledger)
    ledger.close()


@pytest.fixture
def exported(house: ExportedHouse, tmp_path: Path) -> Exported:
    """A dossier of two papers, the second corrected, and one paper of another dossier beside it."""
    house.keep(1, number="12/QĐ-UBND", agency="UBND xã Thử", date="05/01/2024")
    second = house.keep(2, with_text=False)
    house.keep(3, dossier=OTHER_DOSSIER)
    house.correct(second, Change({"full_name": "Nguyễn Thử Đúng"}))
    return house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED)


def memory(house: ExportedHouse) -> MemoryWarehouse:
    """What the store of the house holds."""
    assert isinstance(house.warehouse, MemoryWarehouse)
    return house.warehouse


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_either_database_tells_the_same_dossier(tmp_path: Path, ledger: Ledger) -> None:
    house = ExportedHouse(tmp_path / "house", ledger)
    house.keep(1)
    house.correct(house.keep(2), Change({"full_name": "Nguyễn Thử Đúng"}))

    made = house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED)

    assert compare(read_bag(made.path), ledger) == 2
    premis = (made.path / "data/metadata/preservation/premis.xml").read_text(encoding="utf-8")
    assert premis.count("<premis:eventType>metadata modification<") == 1
    assert len([line for line in AuditTrail(ledger).lines(100) if line.act == "export"]) == 2


def test_the_library_of_congress_validator_finds_the_bag_whole(exported: Exported) -> None:
    bag = bagit.Bag(str(exported.path))

    bag.validate()
    assert bag.version == "1.0"
    assert set(bag.algorithms) == {"sha256", "sha512"}


def test_every_paper_of_the_dossier_is_in_it_and_no_other(exported: Exported, house: ExportedHouse) -> None:
    papers = {row.record_id: row.sha256 for row in house.ledger.records_of_drop(house.drop_id)}
    of_dossier = {row.record_id for row in house.ledger.records_of_drop(house.drop_id) if row.dossier_code == DOSSIER}

    bag = read_bag(exported.path)

    assert exported.records == 2
    assert bag.records == {record_id: papers[record_id] for record_id in of_dossier}
    assert compare(bag, house.ledger) == 2


def test_the_bytes_are_those_of_the_warehouse(exported: Exported, house: ExportedHouse) -> None:
    stored = {sha256(content).hexdigest() for content in memory(house).archive.values()}
    data = exported.path / "data" / "representations" / "rep1" / "data"

    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in data.iterdir()}

    assert len(found) == 3  # two PDFs, one text
    assert set(found.values()) <= stored


def test_every_version_of_a_manifest_is_in_it(exported: Exported, house: ExportedHouse) -> None:
    names = [path.name for path in (exported.path / "data" / "metadata" / "other").glob("*.json")]
    versions = {row.record_id: row.version for row in house.ledger.records_of_drop(house.drop_id)}

    for record_id in read_bag(exported.path).records:
        numbers = [name for name in names if name.startswith(record_id)]
        assert len(numbers) == versions[record_id]


def test_names_hold_no_personal_data(exported: Exported, house: ExportedHouse) -> None:
    tokens = {row.citizen for row in house.ledger.records_of_drop(house.drop_id)}
    names = " ".join((exported.path.name, *files_below(exported.path)))

    assert not re.search(rf"Nguy|Thử|{CITIZEN}", names)
    assert not any(token in names for token in tokens)


def test_only_the_owner_may_look_into_it(exported: Exported) -> None:
    assert stat.S_IMODE(exported.path.stat().st_mode) == 0o700


def test_the_same_papers_have_the_same_package_id_and_a_correction_another(house: ExportedHouse, tmp_path: Path) -> None:
    paper = house.keep(1)
    first = house.exporter.dossier(DOSSIER, tmp_path / "a", ASKED)
    again = house.exporter.dossier(DOSSIER, tmp_path / "b", ASKED)
    house.correct(paper, Change({"full_name": "Khác"}))

    assert first.path.name == again.path.name
    assert re.fullmatch(r"urn_H62\.33_uuid_[0-9a-f-]{36}", first.path.name)
    assert house.exporter.dossier(DOSSIER, tmp_path / "b", ASKED).path.name != first.path.name


@pytest.mark.parametrize("zipped", [False, True])
def test_nothing_is_written_over_an_export(house: ExportedHouse, tmp_path: Path, *, zipped: bool) -> None:
    house.keep(1)
    made = house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED, zipped=zipped).path
    before = files_below(tmp_path / "out")

    with pytest.raises(AlreadyExported):
        house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED, zipped=zipped)

    assert files_below(tmp_path / "out") == before
    assert list((tmp_path / "out").iterdir()) == [made]


def test_a_zip_holds_the_same_whole_bag(house: ExportedHouse, tmp_path: Path) -> None:
    house.keep(1)
    made = house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED, zipped=True).path

    with zipfile.ZipFile(made) as archive:
        archive.extractall(tmp_path / "unpacked")
    (unpacked,) = (tmp_path / "unpacked").iterdir()

    assert f"{unpacked.name}.zip" == made.name
    assert compare(read_bag(unpacked), house.ledger) == 1
    bagit.Bag(str(unpacked)).validate()
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_one_record_is_exported_as_xml_and_pdf(house: ExportedHouse, tmp_path: Path) -> None:
    paper = house.keep(1)
    row = house.ledger.record(paper.key.record_id)
    assert row is not None

    made = house.exporter.record(paper.key.record_id, tmp_path / "out", ASKED)

    found = files_below(made.path)
    assert made.path.name == paper.key.record_id
    assert set(found) == {f"{paper.key.record_id}.pdf", f"{paper.key.record_id}.xml"}
    assert sha256(found[f"{paper.key.record_id}.pdf"]).hexdigest() == row.sha256
    with pytest.raises(AlreadyExported):
        house.exporter.record(paper.key.record_id, tmp_path / "out", ASKED)


def test_every_exported_record_has_its_audit_line(exported: Exported, house: ExportedHouse) -> None:
    lines = [line for line in AuditTrail(house.ledger).lines(100) if line.act == "export"]

    assert {line.record_id for line in lines} == set(read_bag(exported.path).records)
    assert {(line.actor, line.why, line.outcome) for line in lines} == {("cán bộ thử", "giao nộp lưu trữ", "given")}
    assert all(line.citizen for line in lines)
    assert AuditTrail(house.ledger).verify() is None


def test_nothing_leaves_when_the_audit_line_cannot_be_written(house: ExportedHouse, tmp_path: Path) -> None:
    house.keep(1)
    with house.ledger.database.writing() as connection:
        connection.execute(text("DROP TABLE audit"))

    with pytest.raises((SQLAlchemyError, LedgerUnavailable)):
        house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED)

    assert list((tmp_path / "out").iterdir()) == []


def test_a_record_that_shares_the_bytes_of_another_dossier_is_exported_with_them(
    house: ExportedHouse, tmp_path: Path
) -> None:
    again = house.keep_again(house.keep(1), OTHER_DOSSIER)

    made = house.exporter.dossier(OTHER_DOSSIER, tmp_path / "out", ASKED)

    assert list(read_bag(made.path).records) == [again.key.record_id]
    assert compare(read_bag(made.path), house.ledger) == 1
    assert len(list((made.path / "data/representations/rep1/data").iterdir())) == 2


def test_a_disk_that_takes_no_more_leaves_nothing_behind(house: ExportedHouse, tmp_path: Path) -> None:
    house.keep(1, content=os.urandom(4_000_000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, before[1]))
    try:
        with pytest.raises(ExportNotWritten):
            house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert list((tmp_path / "out").iterdir()) == []
    assert not [line for line in AuditTrail(house.ledger).lines(100) if line.act == "export"]


def test_a_target_that_is_no_folder_is_told(house: ExportedHouse, tmp_path: Path) -> None:
    house.keep(1)
    (tmp_path / "file").write_text("x", encoding="utf-8")

    with pytest.raises(ExportNotWritten):
        house.exporter.dossier(DOSSIER, tmp_path / "file" / "out", ASKED)


def test_a_large_paper_is_streamed(tmp_path: Path, sqlite_address: str) -> None:
    ledger, store = Ledger.open(sqlite_address), FolderStore.create(tmp_path / "store")
    for bucket, locked in BUCKETS.each():
        store.make_bucket(bucket, locked=locked)
    vault = Vault.open(store, BUCKETS, FileMasterKey("5e" * 32))
    warehouse = Warehouse(store, vault, BUCKETS, retention=lambda _type: timedelta(days=30))
    house = ExportedHouse(tmp_path / "house", ledger, warehouse)
    house.keep(1, content=os.urandom(24_000_000))
    tracemalloc.start()

    house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED, zipped=True)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    ledger.close()
    assert peak < 12_000_000


@pytest.mark.parametrize(("by", "why"), [("", "giao nộp"), ("cán bộ", " "), ("cán bộ", f"cho {CITIZEN}")])
def test_nobody_exports_without_a_name_and_a_purpose_or_with_an_id_number_in_them(by: str, why: str) -> None:
    with pytest.raises((PurposeRequired, DecisionMalformed)):
        Asked(by, why)


def test_a_dossier_without_records_is_not_exported(house: ExportedHouse, tmp_path: Path) -> None:
    with pytest.raises(NoSuchRecord):
        house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED)
    with pytest.raises(NoSuchRecord):
        house.exporter.record("0" * 32, tmp_path / "out", ASKED)


def test_a_withdrawn_record_is_named_and_not_exported(house: ExportedHouse, tmp_path: Path) -> None:
    house.keep(1)
    wrong = house.keep(2)
    house.correct(wrong, Change(state="withdrawn"))

    made = house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED)

    assert (made.records, made.left_out) == (1, (wrong.key.record_id,))
    assert wrong.key.record_id in (made.path / "data/metadata/descriptive/dossier.xml").read_text(encoding="utf-8")
    with pytest.raises(NoSuchRecord):
        house.exporter.record(wrong.key.record_id, tmp_path / "out", ASKED)


def test_a_paper_that_the_catalogue_knows_otherwise_is_not_exported(house: ExportedHouse, tmp_path: Path) -> None:
    paper = house.keep(1)
    with house.ledger.database.writing() as connection:
        connection.execute(update(records).values(sha256="0" * 64))

    for export in (
        lambda: house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED),
        lambda: house.exporter.record(paper.key.record_id, tmp_path / "out", ASKED),
    ):
        with pytest.raises(StoreCorrupt):
            export()

    assert list((tmp_path / "out").iterdir()) == []


def test_a_paper_that_is_damaged_in_the_store_is_not_exported(house: ExportedHouse, tmp_path: Path) -> None:
    paper = house.keep(1)
    versions = memory(house).objects.buckets[BUCKETS.archive][paper.key.content]
    content = versions[0].content
    versions[0] = replace(versions[0], content=content[:-1] + bytes([content[-1] ^ 1]))

    with pytest.raises(StoreCorrupt):
        house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED)

    assert list((tmp_path / "out").iterdir()) == []


def test_a_correction_that_the_catalogue_does_not_tell_yet_stops_the_export(house: ExportedHouse, tmp_path: Path) -> None:
    paper = house.keep(1)
    house.correct(paper, Change({"full_name": "Khác"}))
    with house.ledger.database.writing() as connection:
        connection.execute(update(records).values(version=1))

    with pytest.raises(LedgerConflict):
        house.exporter.dossier(DOSSIER, tmp_path / "out", ASKED)
