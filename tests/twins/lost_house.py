"""A house whose database is lost, and made again from what its warehouse holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, select

from dossier.citizen_id import CitizenId
from dossier.dossier_code import DossierCode
from dossier.errors import TruncatedFile
from dossier.records import Change, Received, Record, RecordKey
from dossier.values import Sha256, Soundness
from storage.database.tables import audit
from storage.ledger import Ledger
from storage.records.rebuild import Rebuild, Rebuilt
from storage.tokens import record_key
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import CITIZEN, DOSSIER, KEY, SEAL, digest, fields, filed, page, sealed

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
BINH = CitizenId("026085004321")
OTHER_DOSSIER = DossierCode("H62.33-240106-0002")


class House:
    """A warehouse with its ledger, in which papers are filed as the flows do it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warehouse = MemoryWarehouse()
        self.ledger = Ledger.open(f"sqlite:///{folder / 'before.sqlite'}")

    def receive(self, number: int, page_count: int) -> tuple[str, Sha256]:
        """Receive a file of so many pages; its drop and hash."""
        path = self.folder / f"{number}.pdf"
        path.write_bytes(b"scan %d" % number)
        sha256 = digest(path.read_bytes())
        receipt = self.ledger.receive(
            office="mot-cua", file_name=path.name, sha256=sha256, size=path.stat().st_size,
            intake=self.warehouse.receive(path, sha256), soundness=Soundness("pdf", page_count),
        )  # fmt: skip
        assert receipt.drop_id is not None
        self.ledger.started(receipt.drop_id, "run")
        return receipt.drop_id, sha256

    def file(
        self,
        drop_id: str,
        first: int,
        *,
        count: int = 1,
        citizen: CitizenId = CITIZEN,
        dossier: DossierCode = DOSSIER,
        scan: str = "",
        **more: object,
    ) -> Record:
        """File a paper of some pages of a drop."""
        record = self.record(drop_id, first, count, citizen, dossier, scan, more)
        stored = self.warehouse.put(record, sealed(self.folder))
        self.ledger.filed(drop_id, record, stored, SEAL)
        return record

    def link(self, drop_id: str, first: int, other: Record, scan: str) -> Record:
        """File the same scans in another dossier."""
        record = self.record(drop_id, first, 1, CITIZEN, OTHER_DOSSIER, scan, {})
        stored = self.warehouse.put_linked(record, other.key)
        self.ledger.filed(drop_id, record, stored, SEAL)
        return record

    def correct(self, key: RecordKey, change: Change) -> None:
        """Correct a record in warehouse and catalogue."""
        told = self.warehouse.correct(key, change, by="lan", why="đọc sai", at=NOW)
        self.ledger.corrected(told.record, told.stored, by="lan", why="đọc sai")

    def record(
        self, drop_id: str, first: int, count: int, citizen: CitizenId, dossier: DossierCode, scan: str,
        more: Mapping[str, object],
    ) -> Record:  # fmt: skip
        """What the flows would say of it."""
        drop = self.ledger.drop(drop_id)
        seen = tuple(page(number, scan=scan or f"{drop_id} {first}") for number in range(first, first + count))
        paper = filed(*seen, dossier=dossier, citizen=citizen)
        facts = ("number", "scan_sha256", "width", "height", "dpi", "turn", "blank", "engine", "confidence")
        record = Record(
            key=record_key(KEY, paper),
            source_sha256=drop.sha256,
            office=drop.office,
            type="giay_xac_nhan",
            dossier_code=dossier,
            first_page=first,
            last_page=first + count - 1,
            scan_sha256s=tuple(one.scan_sha256 for one in seen),
            fields=fields(full_name="Nguyễn Thử", number="12/GXN-UBND", agency="UBND xã Thử", date="05/12/2024"),
            verdict={"type": "giay_xac_nhan", "score": 0.9, "because": ["title"], "model": "", "model_score": 0.0},
            pages=tuple({name: getattr(one, name) for name in facts} | {"notes": []} for one in seen),
            received=Received(drop.kind, drop.pages, drop.size, drop.received_at),
            procedure="1.000656",
        )
        return replace(record, **more)  # type: ignore[arg-type]  # fields of a record

    def orphan(
        self, drop_id: str, first: int, *, count: int = 1, citizen: CitizenId = CITIZEN, dossier: DossierCode = DOSSIER
    ) -> Record:
        """A paper whose run died after its manifest, before the ledger."""
        record = self.record(drop_id, first, count, citizen, dossier, "", {})
        self.warehouse.put(record, sealed(self.folder))
        return record

    def rebuild(
        self,
        check: Soundness | None = None,
        *,
        into: Ledger | None = None,
        restore_trail: Callable[[Ledger], int] = lambda _made: 0,
    ) -> tuple[Ledger, Rebuilt]:
        """Lose the database and make it again, in a file where no other ledger is given."""

        def look(_path: Path) -> Soundness:
            if check is None:
                raise TruncatedFile
            return check

        made = into or Ledger.open(f"sqlite:///{self.folder / 'after.sqlite'}")
        kept = self.warehouse
        return made, Rebuild(kept, made.database, check=look, restore_trail=lambda: restore_trail(made)).run()

    def anchored_trail(self, made: Ledger) -> int:
        """Bring the whole trail back, as if all of it had been anchored."""
        with self.ledger.database.reading() as before:
            lines = [dict(line) for line in before.execute(select(audit).order_by(audit.c.number)).mappings()]
        with made.database.writing() as connection:
            connection.execute(insert(audit), lines)
        return len(lines)
