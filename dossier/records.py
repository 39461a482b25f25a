"""What the citizen's warehouse keeps of a paper: its address, what is said of it, and the proof that it is durable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Literal

from dossier.dossier_code import DossierCode
from dossier.values import CitizenToken, RecordSource, Sha256

RecordState = Literal["valid", "withdrawn", "disposed"]
"""`withdrawn`: a later version says that it was wrong; `disposed`: its bytes were destroyed, with a certificate."""


@dataclass(frozen=True, slots=True)
class RecordKey:
    """Address of a record; comes from the scans, so the same scans of the same citizen and dossier give the same key."""

    citizen: CitizenToken
    record_id: str
    """32 hexadecimal letters."""

    @property
    def prefix(self) -> str:
        """Key prefix in the archive bucket; no personal data."""
        return f"citizens/{self.citizen[:2]}/{self.citizen}/{self.record_id}"

    @property
    def content(self) -> str:
        """Key of the sealed PDF."""
        return f"{self.prefix}/document.pdf"

    @property
    def text(self) -> str:
        """Key of the text with its places."""
        return f"{self.prefix}/text.alto.xml"

    def manifest_of(self, version: int) -> str:
        """Key of a version of the manifest, from 1."""
        return f"{self.prefix}/manifest-{version:04d}.json"


@dataclass(frozen=True, slots=True)
class Received:
    """The file that the pages of a record came in."""

    kind: str
    """pdf, tiff, jpeg or png."""
    pages: int
    size: int
    """Bytes."""
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Conversion:
    """Who made the electronic copy, and of what kind it is (TT 05/2025/TT-BNV; NĐ 30/2020 Annex I Part II)."""

    by: str
    """Agency that answers for the copy."""
    form: str = "SAO Y"
    """SAO Y, SAO LỤC or TRÍCH SAO."""


@dataclass(frozen=True, slots=True)
class Record:
    """Everything about a paper that the warehouse keeps beside its bytes."""

    key: RecordKey
    source_sha256: Sha256
    """Hash of the received file."""
    office: str
    type: str
    dossier_code: DossierCode
    first_page: int
    last_page: int
    scan_sha256s: tuple[Sha256, ...]
    fields: Mapping[str, Mapping[str, object]]
    """Field name to {value, page, box, confidence, checks, source}, JSON-ready."""
    verdict: Mapping[str, object]
    """{type, score, because, model, model_score}, JSON-ready."""
    linked_by: tuple[str, ...] = ()
    """What bound it to dossier and citizen: keys of `dossier.links.LINKS`, strongest first."""
    text: tuple[str, ...] = ()
    """Reading text, one entry per page."""
    tools: Mapping[str, str] = field(default_factory=dict)
    """Name to version of the programs and settings that made it."""
    source: RecordSource = "component"
    procedure: str | None = None
    """Code of the administrative procedure (mã TTHC), where it is known."""
    sensitive: bool = False
    """Sensitive personal data (NĐ 13/2023 Art. 2(4)): kept in a bucket of its own."""
    pages: tuple[Mapping[str, object], ...] = ()
    """One a page: {number, scan_sha256, width, height, dpi, turn, blank, engine, confidence, notes}, JSON-ready."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Setting to value: what else it depended on how the paper was read."""
    received: Received | None = None
    """The file that it came in, so that the ledger's line of it can be made again."""
    conversion: Conversion = Conversion("")
    metadata: Mapping[str, object] = field(default_factory=dict)
    """Archival metadata (NĐ 30/2020 Annex VI, TT 05/2025/TT-BNV), JSON-ready."""
    reuse: int = 0
    """How often it had been given out when this version was written; the ledger counts on."""
    version: int = 1
    """Of the manifest, from 1."""
    state: RecordState = "valid"

    @property
    def scans_sha256(self) -> Sha256:
        """Hash of the hashes of its scans in page order: the same paper in another dossier has the same."""
        return hash_of_scans(self.scan_sha256s)

    def value(self, name: str) -> str | None:
        """Value of a field; None where it was not read."""
        found = self.fields.get(name)
        return None if found is None else str(found["value"])


def hash_of_scans(scan_sha256s: Iterable[Sha256]) -> Sha256:
    """Hash of the hashes of scans, in page order."""
    return Sha256(sha256("\n".join(scan_sha256s).encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class Change:
    """What a new version of a record says otherwise."""

    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Field name to its right value; an empty one takes the field out."""
    state: RecordState | None = None
    """The new state; None where it stays."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One version of one object in the store; size and hash are those of the stored bytes, encrypted where they are."""

    bucket: str
    key: str
    version_id: str
    sha256: Sha256
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Proof that a record is durable: re-read and re-hashed in the warehouse."""

    record_id: str
    bucket: str
    content_key: str
    version_id: str
    sha256: Sha256
    size: int
    """Bytes."""
    stored_at: datetime
    already_there: bool
    """True when an earlier run had stored it and nothing was written now."""
    objects: tuple[StoredObject, ...] = ()
    """Every object that was written for the record, for the inventory that fixity and replication work from."""
    keep_until: datetime | None = None
    """End of the object lock."""
