"""What the ledger answers: one frozen value per kind of line. Personal data stays out of their `repr`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Literal

from dossier.citizen_id import CitizenId
from dossier.decisions import Action
from dossier.dossier_code import DossierCode
from dossier.records import RecordState
from dossier.values import CitizenToken, RecordSource, Sha256

Outcome = Literal["taken", "duplicate", "refused"]
DropState = Literal["received", "running", "done", "failed"]
DocumentState = Literal["held", "decided", "filed", "rejected"]
DecisionState = Literal["waiting", "done", "failed"]
Place = Literal["document", "separator", "blank"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one delivered file; every file that was ever dropped has exactly one."""

    id: int
    received_at: datetime
    office: str
    file_name: str = field(repr=False)
    """Path below the office's folder, NFC."""
    size: int
    """Bytes."""
    sha256: Sha256 | None
    """None for what was never opened (links, pipes, devices)."""
    outcome: Outcome
    code: str | None
    """Error code of a refused file."""
    drop_id: str | None
    """The drop that a taken file became."""
    duplicate_of: str | None
    """The drop that had brought the same bytes before."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Received bytes and how far their work is; there is one per content, whatever the names."""

    id: str
    """First 32 letters of the hash."""
    sha256: Sha256
    office: str
    file_name: str = field(repr=False)
    kind: str
    """pdf, tiff, jpeg or png."""
    pages: int
    size: int
    """Bytes."""
    intake_key: str
    state: DropState
    attempts: int
    """How often a run started."""
    flow_run_id: str | None
    """The latest run."""
    error_code: str | None
    """Why the latest run failed."""
    received_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShelfEntry:
    """A document that waits for a person, or on which one decided."""

    id: int
    drop_id: str
    office: str
    first_page: int
    last_page: int
    type: str
    score: float
    """0.0 to 1.0."""
    dossier_code: DossierCode | None
    citizen_id: CitizenId | None = field(repr=False)
    reasons: tuple[str, ...]
    """Keys of `dossier.doubts.DOUBTS`, most important first."""
    held_at: datetime
    paper: Mapping[str, object] = field(repr=False)
    """What was understood, for the desk: verdict, fields and pages; see `storage.held`."""
    state: DocumentState
    hold: int
    """How often it came to the shelf, from 1."""

    @property
    def shown_sha256(self) -> Sha256:
        """Hash of all that a person is shown: a decision is taken on this, and on nothing that came later."""
        told = [self.drop_id, self.first_page, self.last_page, self.hold, self.reasons, self.paper]
        told += [self.type, self.score, self.dossier_code, self.citizen_id]
        return Sha256(sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest())

    @property
    def hold_id(self) -> str:
        """What a person names it by: number and the first letters of what was shown; another once it has changed."""
        return f"{self.id}-{self.shown_sha256[:8]}"


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What a person decided on one hold of a document."""

    id: int
    document_id: int
    hold: int
    shown_sha256: Sha256
    """Hash of what the person was shown."""
    who: str
    decided_at: datetime
    action: Action = field(repr=False)
    note: str = field(repr=False)
    state: DecisionState
    """Waiting to be carried out, done, or failed: then the document is back on the shelf."""
    attempts: int
    """Runs that began to carry it out and have not said how they ended."""
    flow_run_id: str | None
    error_code: str | None
    """Why the latest run did not carry it out."""
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record of the archive, as the catalogue lists it."""

    record_id: str
    citizen: CitizenToken
    drop_id: str
    """The drop that brought it first."""
    office: str
    type: str
    dossier_code: DossierCode
    first_page: int
    last_page: int
    fields: Mapping[str, str] = field(repr=False)
    """Field name to value; with boxes and confidences in the manifest."""
    bucket: str
    content_key: str
    version_id: str
    sha256: Sha256
    """Of the sealed PDF."""
    size: int
    """Bytes."""
    signer: str
    signed_at: datetime
    stored_at: datetime
    source: RecordSource = "component"
    sensitive: bool = False
    version: int = 1
    """Of the manifest that speaks now, from 1."""
    state: RecordState = "valid"
    procedure: str | None = None
    number: str | None = field(default=None, repr=False)
    """Number and symbol as printed."""
    agency: str | None = None
    """Agency that issued it."""
    dated: date | None = None
    """Day of issue."""
    scans_sha256: Sha256 | None = None
    """Hash of the hashes of its scans in page order: the same paper scanned into another dossier has the same."""
    reused: int = 0
    """How often the portal gave it out for a dossier."""
    keep_until: datetime | None = None
    """End of its object lock; None where it is not known."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """Where one page of a drop went."""

    drop_id: str
    number: int
    """Place in its file, from 1."""
    scan_sha256: Sha256 | None
    """None for a page that could not be decoded."""
    place: Place
    first_page: int | None
    """First page of its document."""
    code: str | None
    """Why it could not be read."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person must know of; it stays open until the cause is gone or somebody settles it."""

    id: int
    kind: str
    """Key of `dossier.alarms.ALARMS`."""
    subject: str
    """What it is about: an opaque id, never a name."""
    detail: str
    """Codes, counts and hashes."""
    raised_at: datetime
    settled_at: datetime | None
    settled_by: str | None
