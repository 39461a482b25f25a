"""The act: a dossier or a record out of the warehouse into a folder, whole and verified, or not at all.

An export is a download of personal data: its audit lines are written before it gets its name, so that nothing leaves
without them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dossier.dossier_code import DossierCode, dossier_code_parts
from dossier.errors import LedgerConflict, NoSuchRecord, StoreCorrupt
from dossier.metadata import DossierFacts, Metadata, dossier_metadata_of, years_of
from dossier.records import RecordKey
from storage.audit.trail import add_line, check_who_and_why
from storage.catalogue import Catalogue
from storage.database.rows import RecordRow
from storage.export.bag import PAYLOAD, Payloads, make_bag
from storage.export.check import compare, read_bag
from storage.export.ead import ead_of
from storage.export.history import PROGRAM, agents_of, backed_up, events_of, records_of_dossier
from storage.export.mets import Contents, mets_of
from storage.export.place import appearing, zipped_bag
from storage.export.premis import premis_of
from storage.export.record_xml import SCHEMA, dossier_xml, record_xml, schema_bytes
from storage.export.trees import to_bytes
from storage.export.values import DATA, RECORDS, VIETNAM, Agent, Event, Exported, Package, Paper, Payload
from storage.records.manifest_form import Manifest
from storage.records.manifest_form import to_bytes as manifest_bytes
from storage.records.warehouse import Warehouse

_XML: Final = "application/xml"
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants an export, and what for."""

    by: str
    """A person of the office or a program, never a citizen."""
    why: str

    def __post_init__(self) -> None:
        """Nobody downloads without a name and a purpose.

        Raises:
            DecisionMalformed: a name that says nothing; an ID number, or more than one line.
            PurposeRequired: no purpose.
        """
        check_who_and_why(self.by, self.why)


@dataclass(frozen=True, slots=True)
class Exporter:
    """Exports from one warehouse and its catalogue."""

    catalogue: Catalogue
    warehouse: Warehouse
    program: str
    """Version of this program."""

    def dossier(self, code: DossierCode, into: Path, asked: Asked, *, zipped: bool = False) -> Exported:
        """Export a dossier as a bag around an archival package, named by its package id, below ``into``.

        Raises:
            NoSuchRecord: the dossier has no valid record.
            AlreadyExported: the same package is there; it is left as it is.
            ExportNotWritten: the disk is full, away or not to be written; nothing is left behind.
            StoreCorrupt: a paper is not what the catalogue says; nothing is left behind.
            LedgerConflict: a correction of a paper is not entered in the catalogue yet; nothing is left behind.
        """
        rows = records_of_dossier(self.catalogue.database, code)
        object_id = _object_id(code, rows)
        name = object_id.replace(":", "_")
        target = into / (f"{name}.zip" if zipped else name)
        with appearing(target) as unfinished:
            folder = unfinished / name
            payloads = Payloads(folder / PAYLOAD)
            package = self._package(payloads, object_id, code, rows)
            make_bag(folder, payloads, self._bag_info(package))
            bag = read_bag(folder)
            compare(bag, self.catalogue)
            if zipped:
                zipped_bag(folder, unfinished / target.name)
            self._note(package.papers, asked)
        complaints = len(package.metadata.complaints) + sum(_complaints(paper) for paper in package.papers)
        left_out = tuple(row.record_id for row in package.left_out)
        return Exported(target, len(package.papers), len(bag.payload), bag.size, left_out, complaints)

    def record(self, record_id: str, into: Path, asked: Asked) -> Exported:
        """Export one record as XML and PDF into the folder ``into/<record id>``.

        Raises:
            NoSuchRecord: there is none, or it is withdrawn or disposed.
            AlreadyExported: it is there; it is left as it is.
            ExportNotWritten: the disk is full, away or not to be written; nothing is left behind.
            StoreCorrupt: it is not what the catalogue says; nothing is left behind.
            LedgerConflict: a correction of it is not entered in the catalogue yet; nothing is left behind.
        """
        row = self.catalogue.record(record_id)
        if row is None or row.state != "valid":
            raise NoSuchRecord
        rows = records_of_dossier(self.catalogue.database, row.dossier_code)
        place = [one.record_id for one in rows if one.state == "valid"].index(row.record_id) + 1
        target = into / row.record_id
        with appearing(target) as unfinished:
            payloads = Payloads(unfinished / target.name)
            pdf = self._pdf(payloads, row, f"{row.record_id}.pdf")
            paper = Paper(row, self._manifests(row), place, (pdf,))
            _write_xml(payloads, f"{row.record_id}.xml", to_bytes(record_xml(paper, pdf.path)))
            payloads.close()
            self._note((paper,), asked)
        return Exported(target, 1, len(payloads.written), payloads.size, (), _complaints(paper))

    def _package(self, payloads: Payloads, object_id: str, code: DossierCode, rows: tuple[RecordRow, ...]) -> Package:
        """Write everything that belongs into the package."""
        valid = tuple(row for row in rows if row.state == "valid")
        papers = tuple(self._paper(payloads, row, place) for place, row in enumerate(valid, start=1))
        left_out = tuple(row for row in rows if row.state != "valid")
        metadata = _metadata(code, papers, backed_up(self.catalogue.database, valid))
        package = Package(object_id, code, datetime.now(UTC), self.program, metadata, papers, left_out)
        dossier = _write_xml(payloads, "metadata/descriptive/dossier.xml", to_bytes(dossier_xml(package)))
        ead = _write_xml(payloads, "metadata/descriptive/ead.xml", to_bytes(ead_of(package)))
        events, agents = self._history(package)
        premis = _write_xml(payloads, "metadata/preservation/premis.xml", to_bytes(premis_of(package, events, agents)))
        schema = _write_xml(payloads, f"schemas/{SCHEMA}", schema_bytes())
        files = [payload for paper in papers for payload in paper.files]
        groups = {
            "Representations/rep1": tuple(one for one in files if one.path.startswith(DATA)),
            "Metadata/other": (dossier, *(one for one in files if one.path.startswith(RECORDS))),
            "Schemas": (schema,),
        }
        _write_xml(payloads, "METS.xml", to_bytes(mets_of(package, Contents(ead, premis, groups))))
        return package

    def _paper(self, payloads: Payloads, row: RecordRow, place: int) -> Paper:
        """Write the files of one record of a package: PDF, text, XML, every version of the manifest."""
        pdf = self._pdf(payloads, row, f"{DATA}/{row.record_id}.pdf")
        manifests = self._manifests(row)
        alto = manifests[0]["alto"]
        files = [pdf]
        if alto is not None:
            text = self.warehouse.text(_key(row))
            path = f"{DATA}/{row.record_id}.alto.xml"
            files.append(payloads.write(path, text, alto["media_type"], expected=alto["sha256"]))
        about = record_xml(Paper(row, manifests, place, (pdf,)), f"../../{pdf.path}")
        files.append(_write_xml(payloads, f"{RECORDS}/{row.record_id}.xml", to_bytes(about)))
        for manifest in manifests:
            path = f"{RECORDS}/{row.record_id}.manifest-{manifest['version']:04d}.json"
            files.append(payloads.write(path, (manifest_bytes(manifest),), _JSON))
        return Paper(row, manifests, place, tuple(files))

    def _pdf(self, payloads: Payloads, row: RecordRow, path: str) -> Payload:
        content = self.warehouse.manifest(_key(row), 1)["content"]
        if content["sha256"] != row.sha256:
            raise StoreCorrupt(f"record {row.record_id} is another in the catalogue")
        chunks = self.warehouse.content(_key(row), content["version_id"])
        return payloads.write(path, chunks, content["media_type"], expected=row.sha256)

    def _manifests(self, row: RecordRow) -> tuple[Manifest, ...]:
        newest = self.warehouse.manifest(_key(row))
        if newest["version"] != row.version:
            raise LedgerConflict(f"record {row.record_id}: the catalogue tells version {row.version}")
        older = (self.warehouse.manifest(_key(row), version) for version in range(1, newest["version"]))
        return (*older, newest)

    def _history(self, package: Package) -> tuple[tuple[Event, ...], tuple[Agent, ...]]:
        agents = agents_of(package.papers, self.program)
        happened = [event for paper in package.papers for event in events_of(self.catalogue.database, paper)]
        checked = f"{len(package.papers)} papers read from the store, equal to the catalogue"
        made = f"package {package.object_id}"
        for kind, detail in (("fixity check", checked), ("information package creation", made)):
            happened.append(Event(kind, package.made_at, detail, "success", (agents[0].id,), ""))
        return tuple(happened), agents

    def _bag_info(self, package: Package) -> dict[str, str]:
        return {
            "Bag-Software-Agent": f"{PROGRAM} {self.program}",
            "External-Identifier": package.object_id,
            "Internal-Sender-Identifier": package.dossier_code,
        }

    def _note(self, papers: tuple[Paper, ...], asked: Asked) -> None:
        """One audit line a record, all or none."""
        with self.catalogue.database.writing() as connection:
            for row in (paper.row for paper in papers):
                add_line(
                    connection,
                    actor=asked.by,
                    act="export",
                    citizen=row.citizen,
                    record_id=row.record_id,
                    why=asked.why,
                    outcome="given",
                )


def _object_id(code: DossierCode, rows: tuple[RecordRow, ...]) -> str:
    """The same papers in the same versions have the same id (TT 05/2025 Annex I: urn:<fonds>:uuid:<UUID>).

    Raises:
        NoSuchRecord: no paper of the dossier is valid.
    """
    papers = [f"{row.record_id} {row.version} {row.sha256}" for row in rows if row.state == "valid"]
    if not papers:
        raise NoSuchRecord
    name = uuid.uuid5(uuid.NAMESPACE_URL, "\n".join((f"urn:sohoa:dossier:{code}", *papers)))
    return f"urn:{dossier_code_parts(code).agency}:uuid:{name}"


def _metadata(code: DossierCode, papers: tuple[Paper, ...], backup: str) -> Metadata:
    rows = [paper.row for paper in papers]
    told = [paper.manifest["metadata"].get("tt05", {}).get("ThoiHanBaoQuan") for paper in papers]
    titles = (str(paper.manifest["metadata"].get("nd30", {}).get("TypeName", paper.row.type)) for paper in papers)
    return dossier_metadata_of(
        DossierFacts(
            dossier_code=code,
            keywords=tuple(dict.fromkeys((*titles, *(row.procedure for row in rows if row.procedure)))),
            papers=len(papers),
            pages=sum(paper.manifest["content"]["pages"] for paper in papers),
            keep_years=max((years_of(one) for one in told if one is not None), default=None),
            begun=dossier_code_parts(code).received,
            ended=max(row.stored_at for row in rows).astimezone(VIETNAM).date(),
            backup=backup,
            files=sum(len(paper.files) for paper in papers),
        )
    )


def _write_xml(payloads: Payloads, path: str, content: bytes) -> Payload:
    return payloads.write(path, (content,), _XML)


def _complaints(paper: Paper) -> int:
    return len(paper.manifest["metadata"].get("complaints", ()))


def _key(row: RecordRow) -> RecordKey:
    return RecordKey(row.citizen, row.record_id)
