"""A small house with papers to export: the real warehouse, in memory if no other is given, and a real ledger."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from dossier.dossier_code import DossierCode
from dossier.metadata import PaperFacts, metadata_of
from dossier.records import Change, Conversion, Record, RecordKey
from dossier.values import Soundness
from ocr.alto import write_alto
from storage.export.package import Asked, Exporter
from storage.ledger import Ledger
from storage.records.warehouse import Warehouse
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import DOSSIER, SEAL, digest, fields, page, record, sealed

OTHER_DOSSIER = DossierCode("000.00.12.H62-201105-0004")
ASKED = Asked("cán bộ thử", "giao nộp lưu trữ")


@dataclass
class ExportedHouse:
    """Keeps papers and exports them."""

    folder: Path
    ledger: Ledger
    warehouse: Warehouse = field(default_factory=MemoryWarehouse)
    drop_id: str = ""

    def __post_init__(self) -> None:
        """Receive the file that all the papers came in."""
        self.folder.mkdir(parents=True, exist_ok=True)
        source = self.folder / "source.pdf"
        source.write_bytes(b"source")
        sha256 = digest(b"source")
        receipt = self.ledger.receive(
            office="một-cửa", file_name="lô 1.pdf", sha256=sha256, size=6,
            intake=self.warehouse.receive(source, sha256), soundness=Soundness("pdf", 40),
        )  # fmt: skip
        assert receipt.drop_id is not None
        self.drop_id = receipt.drop_id

    @property
    def exporter(self) -> Exporter:
        """What is under test."""
        return Exporter(self.ledger, self.warehouse, "0.1.0")

    def keep(
        self,
        first_page: int,
        *,
        dossier: DossierCode = DOSSIER,
        with_text: bool = True,
        content: bytes | None = None,
        **values: str,
    ) -> Record:
        """Store one paper of one page and enter it."""
        paper = record()
        read = fields(**{"full_name": "Nguyễn Thử", **values})
        facts = PaperFacts(
            record_id=paper.key.record_id, dossier_code=dossier, type_title="Giấy khai sinh",
            fields={name: str(value["value"]) for name, value in read.items()}, pages=1,
            keep_years=10, procedure="1.001193",
        )  # fmt: skip
        paper = replace(
            paper, fields=read, dossier_code=dossier, first_page=first_page, last_page=first_page,
            procedure="1.001193", metadata=metadata_of(facts).as_json(),
            conversion=Conversion("Trung tâm Phục vụ hành chính công tỉnh Phú Thọ"),
        )  # fmt: skip
        alto = None
        if with_text:
            alto = self.folder / f"{paper.key.record_id}.alto.xml"
            write_alto((page(first_page),), alto)
        stored = self.warehouse.put(paper, sealed(self.folder, content), alto)
        self.ledger.filed(self.drop_id, paper, stored, SEAL)
        return paper

    def keep_again(self, paper: Record, dossier: DossierCode) -> Record:
        """The same scans in another dossier: a record that shares the bytes of the first."""
        key = RecordKey(paper.key.citizen, digest(f"{paper.key.record_id} {dossier}".encode())[:32])
        again = replace(paper, key=key, dossier_code=dossier, first_page=paper.first_page + 20)
        self.ledger.filed(self.drop_id, again, self.warehouse.put_linked(again, paper.key), SEAL)
        return again

    def correct(self, paper: Record, change: Change) -> None:
        """Have a person correct a paper."""
        told = self.warehouse.correct(paper.key, change, by="cán bộ thử", why="đọc sai", at=datetime.now(UTC))
        self.ledger.corrected(told.record, told.stored, by="cán bộ thử", why="đọc sai")
