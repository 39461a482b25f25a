"""Keeping a document may be repeated after a crash at any point: it is sealed once, stored once, entered once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from config.document_types import load_document_types
from config.retention import load_retention
from config.settings import Settings
from dossier.dossier_code import DossierCode
from dossier.doubts import DOUBTS
from dossier.errors import AlreadyDestroyed, RecordWithdrawn, SealBroken
from dossier.records import Change, RecordKey, Stored
from dossier.sources import SOURCES
from dossier.values import (
    Document,
    Field,
    Filed,
    HandedIn,
    HandInManifest,
    Held,
    RecordSource,
    Separator,
    Soundness,
    Understood,
    Verdict,
)
from flows.digitize import unless_ended
from flows.keep import Job, keep, record_of
from flows.tools import Seals, Tools, open_seals
from ocr.cage import Cage
from ocr.link import link
from ocr.scans import open_scan
from ocr.type_model import load_type_model
from signing.demo_pki import make_demo_pki
from signing.local_tsa import LocalTsa
from signing.verify import verify
from storage.audit.trail import AuditTrail
from storage.database.tables import records
from storage.files import hash_file
from storage.ledger import Drop, Ledger
from storage.records.corrections import correct
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import CITIZEN, DOSSIER, KEY, digest, received
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
        rules = load_document_types()
        retention = load_retention([rule.type for rule in rules])
        tools = Tools(settings, ledger, warehouse, rules, load_type_model(), retention)
        receipt = ledger.receive(
            office="xa-thu",
            file_name="scan.jpg",
            sha256=hash_file(source),
            size=source.stat().st_size,
            intake=received(hash_file(source)),
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
    (manifest,) = house.objects("manifest-0001.json")
    house.warehouse.lose(manifest)

    second = house.keep()

    assert second.sha256 == first.sha256
    assert house.tsa.requests == 1
    assert house.objects("manifest-0001.json") == [manifest]


def test_content_left_before_the_certificate_was_renewed_is_finished(house: House) -> None:
    first = house.keep()
    (manifest,) = house.objects("manifest-0001.json")
    house.warehouse.lose(manifest)
    house.seals = replace(house.seals, signer=replace(house.seals.signer, certificate_sha256="0" * 64))

    assert house.keep().sha256 == first.sha256


def test_content_sealed_by_another_name_below_the_same_root_is_never_given_a_manifest(house: House) -> None:
    house.keep()
    (manifest,) = house.objects("manifest-0001.json")
    house.warehouse.lose(manifest)
    house.seals = replace(house.seals, signer=replace(house.seals.signer, name="Another agency"))

    with pytest.raises(SealBroken, match="somebody else"):
        house.keep()
    assert house.objects("manifest-0001.json") == []


def test_a_record_that_the_ledger_lost_comes_back_as_a_person_left_it(house: House, tmp_path: Path) -> None:
    record_id, ledger = house.keep().record_id, house.tools.ledger
    withdrawn = Change(state="withdrawn")
    correct(record_id, withdrawn, house.tools.warehouse, ledger, by="Lan", why="nhầm hồ sơ", at=datetime.now(UTC))
    anew = Ledger.open(f"sqlite:///{tmp_path / 'anew.sqlite'}")
    house.tools = replace(house.tools, ledger=anew)
    house.job = replace(house.job, tools=house.tools, drop=another_drop(house))

    house.keep()

    known = anew.record(record_id)
    anew.close()
    assert known is not None
    assert (known.state, known.version) == ("withdrawn", 2)


def test_content_left_by_a_stranger_is_never_given_a_manifest(house: House) -> None:
    house.keep()
    (manifest,), (content,) = house.objects("manifest-0001.json"), house.objects("document.pdf")
    house.warehouse.lose(manifest)
    house.warehouse.replace(content, b"%PDF-1.7 something else")

    with pytest.raises(SealBroken):
        house.keep()
    assert house.objects("manifest-0001.json") == []


def test_what_the_manifest_tells_of_the_paper_comes_from_what_was_read(house: House) -> None:
    stored = house.keep()
    (entered,) = house.tools.ledger.records_of_drop(house.job.drop.id)
    told = house.warehouse.manifest(RecordKey(entered.citizen, entered.record_id))
    (page,) = house.filed.understood.document.read_pages

    assert told["pages"][0]["scan_sha256"] == page.scan_sha256
    assert told["source"]["file"]["kind"] == "jpeg"
    assert told["conversion"] == {
        "by": house.seals.agency, "at": told["seal"]["signed_at"], "source": "paper", "form": "SAO Y",
    }  # fmt: skip
    assert told["settings"]["ocr_languages"] == house.tools.settings.ocr_languages
    assert b"<alto" in b"".join(house.warehouse.text(RecordKey(entered.citizen, entered.record_id)))
    assert [one.key.rpartition("/")[2] for one in stored.objects] == [
        "document.pdf", "text.alto.xml", "manifest-0001.json",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sheet", "said", "read", "kept"),
    [("1.1", "1.2", "1.3", "1.1"), (None, "1.2", "1.3", "1.2"), (None, None, "1.3", "1.3"), (None, None, None, None)],
)
def test_the_separator_names_the_procedure_before_the_manifest_and_that_before_the_paper(
    house: House, sheet: str | None, said: str | None, read: str | None, kept: str | None
) -> None:
    understood = house.filed.understood
    separator = Separator(DOSSIER, CITIZEN, sheet)
    fields = {} if read is None else {"procedure": Field(read, 1, None, 1.0)}
    house.filed = replace(
        house.filed,
        understood=replace(
            understood,
            document=replace(understood.document, separator=separator),
            fields=fields,
            handed_in=HandedIn(procedure=said),
        ),
    )

    house.keep()

    (entered,) = house.tools.ledger.records_of_drop(house.job.drop.id)
    assert entered.procedure == kept


@pytest.mark.parametrize(("said", "kept"), [*((one, one) for one in SOURCES), (None, "component")])
def test_the_record_comes_from_where_the_manifest_beside_the_scan_says(
    house: House, said: RecordSource | None, kept: RecordSource
) -> None:
    (linked,) = link([house.filed.understood], manifest=HandInManifest(DOSSIER, CITIZEN, papers=HandedIn(source=said)))
    house.filed = replace(house.filed, understood=linked)

    house.keep()

    (entered,) = house.tools.ledger.records_of_drop(house.job.drop.id)
    told = house.warehouse.manifest(RecordKey(entered.citizen, entered.record_id))
    assert (told["nguon"], entered.source) == (SOURCES[kept], kept)


def test_the_same_scan_in_another_dossier_is_linked_and_not_sealed_again(house: House) -> None:
    first = house.keep()
    other = replace(house, filed=replace(house.filed, dossier_code=DossierCode("H62.33-240106-0002")))
    # a later page of the drop, so that the ledger sees another document
    document = house.filed.understood.document
    page = replace(document.read_pages[0], number=2)
    understood = replace(other.filed.understood, document=replace(document, pages=(page,)))
    other.filed = replace(other.filed, understood=understood)

    second = other.keep()

    assert second.record_id != first.record_id
    assert (second.content_key, second.sha256) == (first.content_key, first.sha256)
    assert house.objects("document.pdf") == [first.content_key]
    assert house.tsa.requests == 1
    assert len(house.tools.ledger.records_of_drop(house.job.drop.id)) == 2


def test_scans_whose_record_was_withdrawn_are_not_filed_by_another_drop(house: House) -> None:
    first = house.keep()
    end_all(house, "withdrawn")
    assert house.keep().already_there  # the run of the drop that filed it goes on where it was

    anew = replace(house, job=replace(house.job, drop=another_drop(house)))
    with pytest.raises(RecordWithdrawn, match=first.record_id):
        anew.keep()
    assert house.tools.ledger.records_of_drop(anew.job.drop.id) == ()


@pytest.mark.parametrize("state", ["withdrawn", "disposed"])
def test_the_machine_holds_a_paper_whose_record_a_person_ended(house: House, state: str) -> None:
    house.keep()
    drop = another_drop(house)
    assert unless_ended(house.filed, drop, house.tools) is house.filed
    end_all(house, state)

    assert unless_ended(house.filed, drop, house.tools) == Held(house.filed.understood, (f"record_{state}",))
    assert f"record_{state}" in DOUBTS


def end_all(house: House, state: str) -> None:
    with house.tools.ledger.database.writing() as connection:
        connection.execute(update(records).values(state=state))


def another_drop(house: House) -> Drop:
    """The same scans in other bytes."""
    sha256 = digest(b"the same pictures in another file")
    receipt = house.tools.ledger.receive(
        office="xa-thu",
        file_name="again.pdf",
        sha256=sha256,
        size=4,
        intake=received(sha256),
        soundness=Soundness("pdf", 1),
    )
    return house.tools.ledger.started(str(receipt.drop_id), "run")


def test_scans_whose_record_was_destroyed_are_refused_before_anything_is_sealed_or_stored(house: House) -> None:
    first = house.keep()
    end_all(house, "disposed")
    for one in first.objects:
        house.warehouse.lose(one.key)

    with pytest.raises(AlreadyDestroyed, match=first.record_id):
        house.keep()
    assert house.warehouse.archive == {}
    assert house.tsa.requests == 1


@pytest.mark.parametrize("act", ["dispose_begin", "dispose"])
def test_scans_whose_destroyed_record_only_the_audit_trail_knows_are_refused_as_well(house: House, act: str) -> None:
    record_id = record_of(house.filed, house.job.drop, house.tools).key.record_id
    trail = AuditTrail(house.tools.ledger)
    line = {"actor": "rebuild", "citizen": None, "why": "certificate", "outcome": "disposal 1"}
    trail.write(act="dispose_ask", record_id=record_id, **line)
    trail.write(act=act, record_id="another", **line)
    assert unless_ended(house.filed, house.job.drop, house.tools) is house.filed

    trail.write(act=act, record_id=record_id, **line)

    assert unless_ended(house.filed, house.job.drop, house.tools) == Held(house.filed.understood, ("record_disposed",))
    with pytest.raises(AlreadyDestroyed, match=record_id):
        house.keep()
    assert (house.warehouse.archive, house.tsa.requests) == ({}, 0)
