"""What an export writes is well formed and fits: our schema, and the rules of METS, PREMIS and EAD as `forms/` has them.

The standards' own schemas cannot be had without a network, so `forms/` tells their order, obligations and references for
the elements that we use. bagit-python judges the bag itself, in test_export.py.
"""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dossier.metadata import DOSSIER_ND30, PAPER_ND30
from dossier.records import Change
from storage.export import record_xml
from storage.export.trees import RECORD, child, clean, root_of, to_bytes
from storage.ledger import Ledger
from tests.twins.exported_house import ASKED, ExportedHouse
from tests.twins.papers import DOSSIER

FORMS = Path(__file__).parent / "forms"
OURS = Path(record_xml.__file__).with_name(record_xml.SCHEMA)
NAMES = {
    "mets": "http://www.loc.gov/METS/", "xlink": "http://www.w3.org/1999/xlink", "p": "http://www.loc.gov/premis/v3",
    "hs": RECORD,
}  # fmt: skip
HOSTILE = "Tie\u0302\u0301ng \x00\x1b]0;x\x07 ]]> <b> & \ud800 \ufffe \r\n \x85 \U0001f600 Việt"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package inside a bag: one paper whose fields are hostile and too long, one corrected."""
    folder = tmp_path_factory.mktemp("export")
    ledger = Ledger.open(f"sqlite:///{folder / 'ledger.sqlite'}")
    house = ExportedHouse(folder / "house", ledger)
    hostile = HOSTILE.replace("\ud800", "")  # a manifest, UTF-8, cannot hold a lone surrogate
    house.keep(1, subject=hostile * 30, number="12/QĐ-UBND", agency=hostile, signer="Nguyễn Thử", date="05/01/2024")
    second = house.keep(2, number="12/QĐ-UBND")
    house.correct(second, Change({"number": "21/QĐ-UBND"}))
    made = house.exporter.dossier(DOSSIER, folder / "out", ASKED)
    ledger.close()
    return made.path / "data"


def read(path: Path) -> etree._ElementTree:
    return etree.parse(str(path))


@pytest.mark.parametrize(
    ("document", "form"),
    [
        ("METS.xml", FORMS / "mets.xsd"),
        ("metadata/preservation/premis.xml", FORMS / "premis.xsd"),
        ("metadata/descriptive/ead.xml", FORMS / "ead.xsd"),
        ("metadata/descriptive/dossier.xml", OURS),
    ],
)
def test_a_document_fits_its_form(package: Path, document: str, form: Path) -> None:
    etree.XMLSchema(read(form)).assertValid(read(package / document))


def test_the_xml_of_every_record_fits_the_schema_that_travels_with_it(package: Path) -> None:
    schema = etree.XMLSchema(read(package / "schemas" / record_xml.SCHEMA))
    documents = list((package / "metadata" / "other").glob("*.xml"))

    assert len(documents) == 2
    for document in documents:
        schema.assertValid(read(document))


@pytest.mark.parametrize(("items", "kind"), [(PAPER_ND30, "paper"), (DOSSIER_ND30, "file")])
def test_the_schema_knows_every_item_of_the_annex(items: tuple, kind: str) -> None:  # type: ignore[type-arg]
    xs = {"xs": "http://www.w3.org/2001/XMLSchema"}
    schema = read(OURS)
    found = schema.xpath(f"//xs:complexType[@name='{kind}' or @name='fileCode']//xs:element/@name", namespaces=xs)

    assert {item.name.rpartition(".")[2] for item in items} <= set(found)


def test_every_file_of_the_package_stands_in_mets_with_its_hash_and_no_other(package: Path) -> None:
    mets = read(package / "METS.xml")
    pointed = {
        str(one.xpath("string(mets:FLocat/@xlink:href | @xlink:href)", namespaces=NAMES)): one.get("CHECKSUM")
        for one in mets.xpath("//mets:file | //mets:mdRef", namespaces=NAMES)
    }

    files = [path for path in package.rglob("*") if path.is_file() and path.name != "METS.xml"]

    assert pointed == {path.relative_to(package).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def test_premis_knows_the_files_of_every_record_with_their_hashes(package: Path) -> None:
    premis = read(package / "metadata/preservation/premis.xml")
    told = {
        str(one.xpath("string(p:objectIdentifier/p:objectIdentifierValue)", namespaces=NAMES)): str(
            one.xpath("string(.//p:fixity[p:messageDigestAlgorithm='SHA-256']/p:messageDigest)", namespaces=NAMES)
        )
        for one in premis.xpath("//p:object", namespaces=NAMES)
    }

    assert len(told) == 9  # two PDFs, two texts, two XMLs, three manifests
    assert all(sha256((package / path).read_bytes()).hexdigest() == digest for path, digest in told.items())


def test_premis_tells_the_life_of_the_papers(package: Path) -> None:
    premis = read(package / "metadata/preservation/premis.xml")
    kinds = [str(kind) for kind in premis.xpath("//p:eventType/text()", namespaces=NAMES)]

    for kind in ("ingestion start", "metadata extraction", "digital signature generation", "ingestion end"):
        assert kinds.count(kind) == 2
    assert kinds.count("metadata modification") == 1
    assert kinds[-2:] == ["fixity check", "information package creation"]
    assert "sohoa 0.1.0" in premis.xpath("//p:agentIdentifierValue/text()", namespaces=NAMES)


def test_no_document_tells_the_person_who_corrected(package: Path) -> None:
    assert "cán bộ thử" not in (package / "metadata/preservation/premis.xml").read_text(encoding="utf-8")


def test_a_value_over_its_length_is_whole_and_named(package: Path) -> None:
    (found,) = [
        document
        for path in (package / "metadata/other").glob("*.xml")
        if (document := read(path)).xpath("//hs:Complaint[@item='Subject']", namespaces=NAMES)
    ]
    complaint = found.xpath("//hs:Complaint[@item='Subject']", namespaces=NAMES)[0]
    subject = str(found.xpath("string(//hs:Paper/hs:Subject)", namespaces=NAMES))

    assert complaint.get("what") == "too_long"
    assert complaint.get("limit") == "500"
    assert int(complaint.get("length")) > 500
    assert subject.count("Việt") == 30


def test_a_correction_is_told_by_the_items_of_the_annex(package: Path) -> None:
    (found,) = [
        document
        for path in (package / "metadata/other").glob("*.xml")
        if (document := read(path)).getroot().get("version") == "2"
    ]

    assert found.xpath("string(//hs:Paper/hs:CodeNumber)", namespaces=NAMES) == "21"
    assert found.xpath("string(//hs:Paper/hs:CodeNotation)", namespaces=NAMES) == "QĐ-UBND"
    assert found.xpath("string(//hs:Field[@name='number'])", namespaces=NAMES) == "21/QĐ-UBND"


def test_text_of_every_document_is_nfc(package: Path) -> None:
    for path in package.rglob("*.xml"):
        text = path.read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", text), path.name


@given(st.text(st.characters(), max_size=80))
def test_any_text_survives_its_way_through_xml_as_what_was_cleaned(text: str) -> None:
    root = root_of(RECORD, "Record", {"id": text})
    child(root, "Field", text, {"name": text, "none": None})

    found = etree.fromstring(to_bytes(root))

    assert found[0].text == clean(text) or (found[0].text is None and not clean(text))
    assert found[0].get("name") == clean(text)
    assert found.get("id") == clean(text)
    assert "none" not in found[0].attrib


def test_what_xml_cannot_hold_is_replaced_visibly_and_nothing_else_changes() -> None:
    assert clean(HOSTILE) == "Tiếng \ufffd\ufffd]0;x\ufffd ]]> <b> & \ufffd \ufffd \n \ufffd \U0001f600 Việt"
