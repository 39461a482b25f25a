"""A house with one received scan of three pages that waits on the shelf, and everything that carries out a decision."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from config.document_types import load_document_types
from config.retention import load_retention
from config.settings import Settings
from dossier.decisions import Action
from dossier.values import UNKNOWN_TYPE, Document, Held, Page, Soundness, Understood, Verdict
from flows.carry_out import carry_out
from flows.tools import Tools
from ocr.cage import Cage
from ocr.read_pages import read_pages
from ocr.type_model import load_type_model
from signing.demo_pki import make_demo_pki
from signing.local_tsa import LocalTsa
from storage.database.rows import DecisionRow, ShelfEntry
from storage.desk import Desk
from storage.files import hash_file
from storage.ledger import Ledger
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import KEY
from tests.twins.worded_pages import draw_page, jpeg_bytes, scanner_pdf

TEXTS = (
    ("GIẤY KHAI SINH", "Họ, chữ đệm, tên: Nguyễn Văn An", "Nơi sinh: xã Thử"),
    ("Ghi chú trang hai",),
    ("QUYẾT ĐỊNH", "Số: 12/QĐ-UBND"),
)


@dataclass
class DecidedHouse:
    """The house of a test."""

    tools: Tools
    desk: Desk
    warehouse: MemoryWarehouse
    tsa: LocalTsa
    pages: tuple[Page, ...]
    """As they were read when the document was held."""
    drop_id: str

    def hold(self, *pages: Page, why: tuple[str, ...] = ("unknown_type", "no_citizen")) -> ShelfEntry:
        """Put these pages on the shelf as one document of unknown type, linked to nobody."""
        understood = Understood(Document(pages or self.pages), Verdict(UNKNOWN_TYPE, 0.0), {}, None, None, ("file_name",))
        self.tools.ledger.held(self.drop_id, Held(understood, why))
        return next(one for one in self.shelf if one.first_page == understood.document.first_page)

    @property
    def shelf(self) -> tuple[ShelfEntry, ...]:
        """What waits."""
        return self.tools.ledger.shelf_of_drop(self.drop_id)

    def decide(self, entry: ShelfEntry, action: Action, note: str = "") -> DecisionRow:
        """Decide as Lan."""
        return self.desk.decide(entry.hold_id, action, who="lan", note=note)

    def change_settings(self, **changes: object) -> None:
        """Go on with other settings."""
        self.tools = replace(self.tools, settings=self.tools.settings.model_copy(update=changes))

    def carry_out(self, decision: DecisionRow) -> None:
        """Carry the decision out as the flow does."""
        asyncio.run(carry_out(decision.id, self.tools))


@contextmanager
def decided_house(folder: Path) -> Iterator[DecidedHouse]:
    """Open the house in an empty folder."""
    make_demo_pki(folder / "pki", secrets=folder / "secrets")
    passphrase = (folder / "secrets" / "sohoa_signer_passphrase").read_text()
    source = folder / "source.pdf"
    source.write_bytes(scanner_pdf([jpeg_bytes(draw_page(text=text).image) for text in TEXTS]))
    ledger, warehouse = Ledger.open(f"sqlite:///{folder / 'ledger.sqlite'}"), MemoryWarehouse()
    sha256 = hash_file(source)
    receipt = ledger.receive(
        office="xa-thu", file_name="lô 7/quét sáng.pdf", sha256=sha256, size=source.stat().st_size,
        intake=warehouse.receive(source, sha256), soundness=Soundness("pdf", 3),
    )  # fmt: skip
    with LocalTsa(folder / "pki") as tsa, Cage(cores=1) as cage:
        settings = Settings(
            home=folder, cores=1, citizen_token_key=KEY.decode(), signer_passphrase=passphrase, tsa_url=tsa.url
        )
        rules = load_document_types()
        retention = load_retention([rule.type for rule in rules])
        tools = Tools(settings, ledger, warehouse, rules, load_type_model(), retention)
        pages = read_pages(source, (1, 2, 3), tools.read_options, cage)
        yield DecidedHouse(tools, Desk(ledger), warehouse, tsa, pages, str(receipt.drop_id))
    ledger.close()
