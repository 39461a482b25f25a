"""`sohoa export` and `sohoa import-check` as they are typed, on a warehouse of plain files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import bagit
import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.main import app
from config.settings import Settings
from dossier.dossier_code import DossierCode
from dossier.errors import BagInvalid, NoSuchRecord, PurposeRequired
from flows.tools import open_warehouse
from storage.audit.trail import AuditTrail
from storage.ledger import Ledger
from storage.objects.folder import FolderStore
from storage.places import mark_places
from tests.twins.exported_house import ExportedHouse
from tests.twins.papers import CITIZEN, DOSSIER

KEY = "5e" * 32


class Office:
    """An installation with two papers, and the command line."""

    def __init__(self, home: Path) -> None:
        self.home = home
        settings = Settings(home=home, store="filesystem", master_key=KEY)  # type: ignore[arg-type]  # as it is read
        mark_places(home, {"home": home})
        self.ledger = Ledger.open(settings.ledger_address)
        FolderStore.create(settings.store_folder)
        warehouse = open_warehouse(settings)
        warehouse.prepare()
        house = ExportedHouse(home / "papers", self.ledger, warehouse)
        self.papers = [house.keep(1), house.keep(2, subject="ệ" * 501)]

    def type(self, *words: str) -> Result:
        """Type `sohoa ...`."""
        environment = {"COLUMNS": "200", "SOHOA_STORE": "filesystem", "SOHOA_MASTER_KEY": KEY}
        return CliRunner().invoke(app, [*words, "--home", str(self.home)], env=environment)

    def export(self, into: Path, *words: str) -> Result:
        """Type `sohoa export ...`."""
        return self.type("export", *words, "--out", str(into), "--why", "giao nộp", "--by", "cán bộ")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "home")
    yield opened
    opened.ledger.close()


def test_a_dossier_goes_out_and_is_checked(office: Office, tmp_path: Path) -> None:
    done = office.export(tmp_path / "out", DOSSIER)
    (bag,) = (tmp_path / "out").iterdir()
    checked = office.type("import-check", str(bag))

    assert done.exit_code == 0, done.output
    assert str(bag) in done.output
    assert "2 bản ghi/records" in done.output
    assert "1 mục siêu dữ liệu" in done.output
    assert checked.exit_code == 0, checked.output
    assert "Khớp danh mục / equal to the catalogue: 2" in checked.output
    bagit.Bag(str(bag)).validate()


def test_what_is_said_names_nobody(office: Office, tmp_path: Path) -> None:
    said = office.export(tmp_path / "out", DOSSIER).output

    assert not re.search(rf"Nguy|{CITIZEN}", said)
    assert not any(paper.key.citizen in said for paper in office.papers)


def test_a_record_goes_out_as_xml_and_pdf(office: Office, tmp_path: Path) -> None:
    record_id = office.papers[0].key.record_id

    done = office.export(tmp_path / "out", "--record", record_id)

    assert done.exit_code == 0, done.output
    assert {path.suffix for path in (tmp_path / "out" / record_id).iterdir()} == {".pdf", ".xml"}


def test_a_zip_goes_out(office: Office, tmp_path: Path) -> None:
    done = office.export(tmp_path / "out", DOSSIER, "--zip")

    assert done.exit_code == 0, done.output
    assert [path.suffix for path in (tmp_path / "out").iterdir()] == [".zip"]


def test_who_and_why_stand_in_the_audit_trail(office: Office, tmp_path: Path) -> None:
    office.export(tmp_path / "out", DOSSIER)

    lines = AuditTrail(office.ledger).lines(2)

    assert {(line.actor, line.act, line.why) for line in lines} == {("cán bộ", "export", "giao nộp")}
    assert {line.record_id for line in lines} == {paper.key.record_id for paper in office.papers}


def test_a_damaged_bag_is_refused_with_its_code(office: Office, tmp_path: Path) -> None:
    office.export(tmp_path / "out", DOSSIER)
    (bag,) = (tmp_path / "out").iterdir()
    next(bag.rglob("*.pdf")).write_bytes(b"%PDF")

    for words in ((), ("--no-ledger",)):
        error = office.type("import-check", str(bag), *words).exception
        assert isinstance(error, BagInvalid)
        assert "[BAG_INVALID]" in error.advice


def test_a_bag_of_another_house_is_checked_without_the_ledger(office: Office, tmp_path: Path) -> None:
    office.export(tmp_path / "out", DOSSIER)
    (bag,) = (tmp_path / "out").iterdir()
    office.home = tmp_path / "elsewhere"
    mark_places(office.home, {"home": office.home})

    assert isinstance(office.type("import-check", str(bag)).exception, BagInvalid)
    assert office.type("import-check", str(bag), "--no-ledger").exit_code == 0


@pytest.mark.parametrize("words", [(), (DOSSIER, "--record", "a" * 32), ("--record", "a" * 32, "--zip"), ("H62-1",)])
def test_what_cannot_be_meant_is_a_usage_error(office: Office, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = office.type("export", "--out", str(tmp_path / "out"), "--why", "giao nộp", *words)

    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_nothing_goes_out_without_a_purpose(office: Office, tmp_path: Path) -> None:
    error = office.type("export", DOSSIER, "--out", str(tmp_path / "out"), "--why", " ").exception

    assert isinstance(error, PurposeRequired)
    assert not (tmp_path / "out").exists()


def test_a_dossier_that_is_not_there_is_told(office: Office, tmp_path: Path) -> None:
    error = office.export(tmp_path / "out", DossierCode("H62.33-240106-0009")).exception

    assert isinstance(error, NoSuchRecord)
