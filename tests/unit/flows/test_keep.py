"""Keeping a document may be repeated after a crash at any point: it is sealed once, stored once, entered once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.document_types import load_document_types
from config.settings import Settings
from dossier.errors import SealBroken
from dossier.values import Document, Filed, Soundness, Stored, Understood, Verdict
from flows.keep import Job, keep
from flows.tools import Seals, Tools, open_seals
from ocr.cage import Cage
from ocr.scans import open_scan
from ocr.type_model import load_type_model
from signing.demo_pki import make_demo_pki
from signing.local_tsa import LocalTsa
from signing.verify import verify
from storage.files import hash_file
from storage.ledger import Ledger
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import CITIZEN, DOSSIER, KEY
from tests.twins.worded_pages import as_read, draw_page, jpeg_bytes


@dataclass
class House:
    """One received scan and everything that keeps it."""

    tools: Tools
    job: Job
    seals: Seals
    filed: Filed
    tsa: LocalTsa
    warehouse: MemoryWarehouse

    def keep(self) -> Stored:
        """Keep the document once."""
        return asyncio.run(keep(self.filed, self.job, self.seals))

    def objects(self, name: str) -> list[str]:
        """Keys of the archive that end so."""
        return [key for key in self.warehouse.archive if key.endswith(name)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    make_demo_pki(tmp_path / "pki", secrets=tmp_path / "secrets")
    passphrase = (tmp_path / "secrets" / "sohoa_signer_passphrase").read_text()
    source, drawn = tmp_path / "scan.jpg", draw_page()
    source.write_bytes(jpeg_bytes(drawn.image))
    page = as_read(open_scan(source, 1), drawn.lines)
    understood = Understood(Document((page,)), Verdict("don_to_khai", 0.9, ("title",)), {}, DOSSIER, CITIZEN)
    ledger, warehouse = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}"), MemoryWarehouse()
    with LocalTsa(tmp_path / "pki") as tsa, Cage(cores=1) as cage:
        settings = Settings(home=tmp_path, citizen_token_key=KEY.decode(), signer_passphrase=passphrase, tsa_url=tsa.url)
        tools = Tools(settings, ledger, warehouse, load_document_types(), load_type_model())
        receipt = ledger.receive(
            office="xa-thu",
            file_name="scan.jpg",
            sha256=hash_file(source),
            size=source.stat().st_size,
            intake_key="received/xx",
            soundness=Soundness("jpeg", 1),
        )
        job = Job(ledger.drop(str(receipt.drop_id)), source, tools, cage)
        yield House(tools, job, open_seals(settings), Filed(understood, DOSSIER, CITIZEN), tsa, warehouse)
    ledger.close()


def test_a_kept_document_is_sealed_stored_and_entered(house: House, tmp_path: Path) -> None:
    stored = house.keep()
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(house.warehouse.archive[stored.content_key])
    (entered,) = house.tools.ledger.records_of_drop(house.job.drop.id)

    assert verify(copy, root=house.seals.root).level == "B-T"
    assert entered.sha256 == stored.sha256 == hash_file(copy)


def test_keeping_again_seals_nothing_and_stores_nothing(house: House) -> None:
    first = house.keep()
    before = dict(house.warehouse.archive)

    second = house.keep()

    assert (second.sha256, second.already_there) == (first.sha256, True)
    assert house.warehouse.archive == before
    assert house.tsa.requests == 1
    assert len(house.tools.ledger.records_of_drop(house.job.drop.id)) == 1


def test_content_left_without_manifest_is_verified_and_finished_not_sealed_again(house: House) -> None:
    first = house.keep()
    (manifest,) = house.objects("manifest.json")
    del house.warehouse.archive[manifest]

    second = house.keep()

    assert second.sha256 == first.sha256
    assert house.tsa.requests == 1
    assert house.objects("manifest.json") == [manifest]


def test_content_left_by_a_stranger_is_never_given_a_manifest(house: House) -> None:
    house.keep()
    (manifest,), (content,) = house.objects("manifest.json"), house.objects("document.pdf")
    del house.warehouse.archive[manifest]
    house.warehouse.archive[content] = b"%PDF-1.7 something else"

    with pytest.raises(SealBroken):
        house.keep()
    assert house.objects("manifest.json") == []
