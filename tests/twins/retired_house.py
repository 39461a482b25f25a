"""Records that are old enough to go: warehouse, replica and ledger, with papers of nobody in them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from dossier.records import Record, RecordKey
from dossier.values import Sha256, Soundness
from storage.audit.trail import AuditTrail
from storage.database.rows import RecordRow
from storage.database.tables import records
from storage.ledger import Ledger
from storage.objects.buckets import Buckets
from storage.objects.encrypted import EncryptedObjects
from storage.objects.store import ObjectStore
from storage.records.warehouse import Warehouse
from storage.retention.certificates import Certificates
from storage.retention.disposal import Disposals
from storage.retention.legal_holds import LegalHolds
from tests.twins.memory_objects import MemoryObjects
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import SEAL, digest, record, sealed

ASKS = {"by": "Trần Hỏi", "why": "hết thời hạn lưu trữ"}
AGREES = {"by": "Lê Đồng Ý", "why": "đã kiểm tra"}
RUNS = {"by": "Phạm Thực Hiện", "why": "biên bản số 7"}


@dataclass(frozen=True)
class Retired:
    """What a test can reach."""

    ledger: Ledger
    warehouse: Warehouse
    stores: dict[str, ObjectStore]
    folder: Path
    old: bool = True
    """Whether every retention period is over."""

    @property
    def buckets(self) -> Buckets:
        """Names of the buckets."""
        return self.warehouse.buckets

    @property
    def trail(self) -> AuditTrail:
        """The audit trail."""
        return AuditTrail(self.ledger)

    @property
    def holds(self) -> LegalHolds:
        """The legal holds."""
        return LegalHolds(self.ledger.database, tuple(self.stores.values()))

    @property
    def disposals(self) -> Disposals:
        """The disposals."""
        objects = EncryptedObjects(self.warehouse.store, self.warehouse.vault, None)
        kept = Certificates(objects, self.buckets.audit, timedelta(days=366))
        return Disposals(self.ledger.database, kept, self.stores, self.buckets, self.folder / "inbox")

    def receive(self, content: bytes) -> tuple[str, Sha256]:
        """A received file; its drop and its hash."""
        path = self.folder / digest(content)
        path.write_bytes(content)
        stored = self.warehouse.receive(path, digest(content))
        receipt = self.ledger.receive(
            office="một-cửa", file_name="Nguyễn Thử.pdf", sha256=digest(content), size=len(content), intake=stored,
            soundness=Soundness("pdf", 2),
        )  # fmt: skip
        assert receipt.drop_id is not None
        self.ledger.started(receipt.drop_id, "run")
        return receipt.drop_id, digest(content)

    def file(self, drop: tuple[str, Sha256], page: int = 1, *, shares: Record | None = None) -> Record:
        """A record of one page of a drop, its content its own or that of another record."""
        drop_id, source = drop
        paper = record(source=source) if shares is None else shares
        name = digest(f"{drop_id}{page}".encode())[:32]
        key = RecordKey(paper.key.citizen, name)
        paper = replace(paper, key=key, first_page=page, last_page=page, source_sha256=source)
        if shares is None:
            stored = self.warehouse.put(paper, sealed(self.folder), self._text())
        else:
            stored = self.warehouse.put_linked(paper, shares.key)
        self.ledger.filed(drop_id, paper, stored, SEAL)
        if self.old:
            self._let_time_pass()
        return paper

    def finish(self, drop: tuple[str, Sha256]) -> None:
        """The drop is done, and everything is replicated."""
        self.ledger.finished(drop[0])
        self.replicate()

    def replicate(self) -> None:
        """Copy all objects to the replica."""
        main, replica = self.stores["warehouse"], self.stores.get("replica")
        if replica is not None:
            assert isinstance(main, MemoryObjects)
            assert isinstance(replica, MemoryObjects)
            replica.buckets, replica.locked = deepcopy(main.buckets), set(main.locked)

    def row(self, paper: Record) -> RecordRow:
        """What the ledger says of a record."""
        found = self.ledger.record(paper.key.record_id)
        assert found is not None
        return found

    def objects(self, store: str = "warehouse") -> set[str]:
        """Keys of all objects of records."""
        buckets = (self.buckets.archive, self.buckets.sensitive)
        return {one.key for bucket in buckets for one in self.stores[store].listed(bucket)}

    def received(self, store: str = "warehouse") -> set[str]:
        """Keys of all received files."""
        return {one.key for one in self.stores[store].listed(self.buckets.intake)}

    def agreed(self, paper: Record) -> int:
        """Ask and agree; the number of the disposal."""
        asked = self.disposals.ask(paper.key.record_id, **ASKS)
        return self.disposals.agree(asked.id, **AGREES).id

    def _let_time_pass(self) -> None:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        main = self.stores["warehouse"]
        assert isinstance(main, MemoryObjects)
        for bucket in (self.buckets.archive, self.buckets.sensitive):
            unlock(main, bucket, yesterday)
        with self.ledger.database.writing() as connection:
            connection.execute(update(records).values(keep_until=yesterday))

    def _text(self) -> Path:
        path = self.folder / "text.xml"
        path.write_text("<alto/>", encoding="utf-8")
        return path


def retired(ledger: Ledger, folder: Path) -> Retired:
    """A house in memory, with a replica."""
    warehouse = MemoryWarehouse()
    return Retired(ledger, warehouse, {"warehouse": warehouse.store, "replica": MemoryObjects()}, folder)


def unlock(store: MemoryObjects, bucket: str, until: datetime | None) -> None:
    """Let every lock of a bucket end then, or never have been."""
    for versions in store.buckets[bucket].values():
        versions[:] = [replace(one, head=replace(one.head, locked_until=until)) for one in versions]
