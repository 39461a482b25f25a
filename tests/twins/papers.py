"""Papers of nobody: the smallest values that the storage room works with."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from dossier.citizen_id import CitizenId
from dossier.dossier_code import DossierCode
from dossier.records import Record, RecordKey, Stored, StoredObject
from dossier.values import Box as Place
from dossier.values import (
    Document,
    FailedPage,
    Field,
    Filed,
    Held,
    Line,
    ReadPage,
    Seal,
    SealedPdf,
    Sha256,
    Understood,
    Verdict,
    Word,
)
from storage.tokens import record_key

KEY = b"a key that only the tests know.."
CITIZEN = CitizenId("026190001234")
DOSSIER = DossierCode("H62.33-240106-0001")
SEAL = Seal("Người ký thử", Sha256("c" * 64), datetime(2026, 11, 20, 1, 30, tzinfo=UTC), None, "B-T")


def digest(content: bytes) -> Sha256:
    """SHA-256 as hexadecimal."""
    return Sha256(sha256(content).hexdigest())


def page(number: int, *, scan: str = "", blank: bool = False) -> ReadPage:
    """A page with one word on it."""
    words = () if blank else (Word("Chữ", Place(1, 2, 30, 40), 0.9),)
    return ReadPage(
        number=number, scan_sha256=digest(f"{scan}{number}".encode()), width=100, height=200, dpi=300.0, turn=0,
        turn_sure=True, skew_deg=0.5, blank=blank, lines=(Line(words),) if words else (),
    )  # fmt: skip


def understood(*pages: ReadPage | FailedPage) -> Understood:
    """A birth certificate of these pages."""
    return Understood(
        document=Document(pages or (page(1), page(2))),
        verdict=Verdict("birth_certificate", 0.9, ("title",)),
        fields={"full_name": Field("Nguyễn Thử", 1, Place(1, 2, 3, 4), 0.8)},
        dossier_code=DOSSIER,
        citizen_id=CITIZEN,
    )


def filed(*pages: ReadPage | FailedPage, dossier: DossierCode = DOSSIER, citizen: CitizenId = CITIZEN) -> Filed:
    """The same, certain."""
    return Filed(understood(*pages), dossier, citizen)


def held(*pages: ReadPage | FailedPage, why: tuple[str, ...] = ("weak_verdict", "no_citizen")) -> Held:
    """The same, doubtful."""
    return Held(understood(*pages), why)


def fields(**values: str) -> dict[str, dict[str, object]]:
    """Values read from page 1, as a record holds them."""
    box = {"left": 1, "top": 2, "right": 3, "bottom": 4}
    place = {"page": 1, "box": box, "confidence": 0.8, "checks": [], "source": "print"}
    return {name: {"value": value, **place} for name, value in values.items()}


def received(sha256: Sha256, size: int = 9) -> StoredObject:
    """The proof that a warehouse would have given for received bytes."""
    return StoredObject("intake", f"received/{sha256[:2]}/{sha256}", "v1", digest(sha256.encode()), size)


def record(key: RecordKey | None = None, *, source: Sha256 | None = None) -> Record:
    """What is kept beside the sealed bytes."""
    paper = filed(page(1, scan=os.urandom(4).hex()))
    return Record(
        key=key or record_key(KEY, paper),
        source_sha256=source or digest(b"source"),
        office="một-cửa",
        type="birth_certificate",
        dossier_code=DOSSIER,
        first_page=1,
        last_page=1,
        scan_sha256s=tuple(one.scan_sha256 for one in paper.understood.document.read_pages),
        fields=fields(full_name="Nguyễn Thử"),
        verdict={"type": "birth_certificate", "score": 0.9, "because": ["title"], "model": "", "model_score": 0.0},
        text=("Chữ",),
        tools={"sohoa": "0.1.0"},
    )


def sealed(folder: Path, content: bytes | None = None) -> SealedPdf:
    """A file that says it is a sealed PDF; what is in it does not matter to the warehouse."""
    content = content if content is not None else b"%PDF-1.7 " + os.urandom(2000)
    path = folder / f"{digest(content)[:16]}.pdf"
    path.write_bytes(content)
    return SealedPdf(path, 1, digest(content), len(content), SEAL)


def stored(paper: Record, pdf: SealedPdf) -> Stored:
    """The proof that a warehouse would have given."""
    return Stored(
        paper.key.record_id, "archive", paper.key.content, "v1", pdf.sha256, pdf.size, datetime.now(UTC),
        already_there=False,
    )  # fmt: skip
