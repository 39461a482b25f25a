"""One frozen value for each state that a page or document passes through.

The way of a page: a file in the inbox -> `Receipt` in the ledger -> `ReadPage` (or `FailedPage`) -> `Document` ->
`Verdict` and `Field`s -> `Filed` or `Held` -> `BoundPdf` -> `SealedPdf` -> `Stored`. A later state can only be made
from the earlier one, so an unsealed paper cannot be stored and an unlinked one cannot be bound.

Every picture measure is in the *upright frame*: the stored image after the quarter turn and the deskew about its centre,
origin top left, pixels of the stored image, canvas size unchanged by the deskew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, NewType

from dossier.citizen_id import CitizenId
from dossier.dossier_code import DossierCode

Sha256 = NewType("Sha256", str)
"""Lower-case hexadecimal SHA-256, 64 letters."""

CitizenToken = NewType("CitizenToken", str)
"""HMAC-SHA-256 of a citizen ID under the house's key, 32 hexadecimal letters; the only form a key or a log may hold."""

QuarterTurn = Literal[0, 90, 180, 270]
"""Degrees clockwise that the upright page was turned in the stored image."""

FieldSource = Literal["print", "qr", "barcode", "mrz", "decision"]
"""Where a value comes from; `decision`: a person wrote it."""

RecordSource = Literal["citizen", "result", "component", "national"]
"""`Nguon` of a record in the citizen's warehouse, see `dossier.sources.SOURCES`."""

UNKNOWN_TYPE = "unknown"
"""The type of a paper that no rule recognised: a normal answer, and a reason to hold it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the upright frame, pixels; right and bottom are exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Word:
    """One word as read, NFC, without blanks."""

    text: str
    box: Box
    confidence: float
    """0.0 (guessed) to 1.0 (certain)."""
    raw: str | None = None
    """As the engine saw it, where the language settled a doubtful letter otherwise; None where nothing was changed."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand on one line, left to right."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words joined by single blanks."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Code:
    """A machine-readable code found on a page; the same text of the same kind is the same code, wherever it stands."""

    kind: Literal["qr", "code128", "mrz", "other"]
    text: str
    box: Box | None = field(default=None, compare=False)
    """Where it stands, pixels of the picture that was searched; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Soundness:
    """A dropped file that is structurally whole."""

    kind: Literal["pdf", "tiff", "jpeg", "png"]
    """By content, not by name."""
    pages: int


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page after orientation, cleaning and reading; the bytes stay in the file it came from."""

    number: int
    """Place in its file, from 1."""
    scan_sha256: Sha256
    """Hash of the stored picture of this page (the embedded stream as it came, or the rendered pixels)."""
    width: int
    """Width of the upright frame, pixels."""
    height: int
    """Height of the upright frame, pixels."""
    dpi: float
    """Resolution of the stored image, dots per inch."""
    turn: QuarterTurn
    turn_sure: bool
    """False when the picture gave no clear evidence which way is up."""
    skew_deg: float
    """Angle that was removed, degrees, positive = the content stood turned clockwise before the quarter turn."""
    blank: bool
    lines: tuple[Line, ...]
    """In reading order."""
    codes: tuple[Code, ...] = ()
    damaged: bool = False
    """True when the decoder had to fill in what it could not decode: a part of the paper may be missing."""
    engine: str = ""
    """What read the words, with its version, or ``pdf`` for text that the page brought along; empty for a blank page."""
    notes: tuple[str, ...] = ()
    """What a person should know of the page though nothing is wrong with its reading: keys of `dossier.notes.NOTES`."""
    seconds: float = 0.0
    """Wall time of decoding and reading."""

    @property
    def text(self) -> str:
        """Reading text, one line of the page per line."""
        return "\n".join(line.text for line in self.lines)

    @property
    def words(self) -> Iterator[Word]:
        """Every word in reading order."""
        return (word for line in self.lines for word in line.words)

    @property
    def confidence(self) -> float:
        """Mean confidence of the words weighted by length, 0.0 to 1.0; 1.0 for a blank page, 0.0 for one without words."""
        letters = sum(len(word.text) for word in self.words)
        if not letters:
            return 1.0 if self.blank else 0.0
        return sum(word.confidence * len(word.text) for word in self.words) / letters


@dataclass(frozen=True, slots=True)
class FailedPage:
    """A page that could not be decoded or read within its limits; its document is held, the others go on."""

    number: int
    code: str
    """Error code of `dossier.errors`, for example OCR_TIMEOUT."""
    seconds: float = 0.0


Page = ReadPage | FailedPage


@dataclass(frozen=True, slots=True)
class Separator:
    """What a separator sheet says about the papers behind it."""

    dossier_code: DossierCode
    citizen_id: CitizenId | None
    procedure: str | None = None
    """Code of the administrative procedure (mã TTHC), where the sheet says it."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a reception system says of papers beside whose they are."""

    procedure: str | None = None
    """Code of the administrative procedure (mã TTHC)."""
    source: RecordSource | None = None
    """Where they come from."""


@dataclass(frozen=True, slots=True)
class HandInManifest:
    """What a reception system says of a scan in the file that it drops beside it."""

    dossier_code: DossierCode | None
    citizen_id: CitizenId | None
    name: str | None = None
    """The applicant's name."""
    papers: HandedIn = HandedIn()


@dataclass(frozen=True, slots=True)
class Document:
    """Pages of one paper, with the separator they stand behind."""

    pages: tuple[Page, ...]
    """In scan order, trailing blank backs included at the end."""
    separator: Separator | None = None
    doubts: tuple[str, ...] = ()
    """Reasons, found while grouping, why a person must look (keys of `dossier.doubts.DOUBTS`)."""

    @property
    def first_page(self) -> int:
        """Number of the first page in the file, from 1."""
        return self.pages[0].number

    @property
    def last_page(self) -> int:
        """Number of the last page that is not a trailing blank, from 1."""
        for page in reversed(self.pages):
            if isinstance(page, FailedPage) or not page.blank:
                return page.number
        return self.pages[-1].number

    @property
    def read_pages(self) -> tuple[ReadPage, ...]:
        """The pages that could be read."""
        return tuple(page for page in self.pages if isinstance(page, ReadPage))

    @property
    def text(self) -> str:
        """Reading text of all pages."""
        return "\n".join(page.text for page in self.read_pages)


@dataclass(frozen=True, slots=True)
class Grouping:
    """Where every page of a file went; nothing is dropped."""

    documents: tuple[Document, ...]
    separators: tuple[int, ...]
    """Numbers of the separator sheets."""
    stray_blanks: tuple[int, ...]
    """Numbers of blank pages that belong to no document (in front of the first one, or between separators)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What kind of paper it is, and why we think so."""

    type: str
    score: float
    """0.0 to 1.0."""
    because: tuple[str, ...] = ()
    """Names of the cues that fired."""
    model: str = ""
    """The type that the text model names; empty where it was not asked."""
    model_score: float = 0.0
    """The text model's calibrated probability of that type, 0.0 to 1.0."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value read from a paper, with its place."""

    value: str
    page: int
    """Number of the page, from 1."""
    box: Box | None
    confidence: float
    """0.0 to 1.0."""
    checks: tuple[str, ...] = ()
    """Names of the checks that the value passed, keys of `dossier.checks.CHECKS`."""
    source: FieldSource = "print"
    """Where it was read; what a machine reads carries its own check and outranks print."""


Fields = Mapping[str, Field]
"""Field name (snake_case, one vocabulary over all types) to value."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A document with its type and fields; not yet decided."""

    document: Document
    verdict: Verdict
    fields: Fields
    dossier_code: DossierCode | None
    """From the separator, else read on the paper."""
    citizen_id: CitizenId | None
    """The applicant of the dossier, not necessarily the person the paper is about."""
    linked_by: tuple[str, ...] = ()
    """What bound it to dossier and citizen: keys of `dossier.links.LINKS`, strongest first."""
    handed_in: HandedIn = HandedIn()
    """What the manifest beside its scan says more."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A document whose dossier and citizen are certain enough to be kept without a person."""

    understood: Understood
    dossier_code: DossierCode
    citizen_id: CitizenId


@dataclass(frozen=True, slots=True)
class Held:
    """A document that waits for a person."""

    understood: Understood
    why: tuple[str, ...]
    """Keys of `dossier.doubts.DOUBTS`, most important first, never empty."""


@dataclass(frozen=True, slots=True)
class BoundPdf:
    """A searchable PDF/A-2u around the untouched scan; not signed."""

    path: Path
    pages: int
    sha256: Sha256
    written: tuple[Box, ...] = ()
    """Where words stand on page 1, points from its top left corner: the visible text of the seal keeps clear of them."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What is known of a signature that was made or verified."""

    signer: str
    """Common name of the signing certificate."""
    certificate_sha256: Sha256
    signed_at: datetime
    """Time claimed by the signer, aware, +07:00."""
    timestamp_at: datetime | None
    """Time stated by the timestamp authority, aware; None where there is no timestamp."""
    level: str
    """PAdES level, for example B-T."""


@dataclass(frozen=True, slots=True)
class SealedPdf:
    """A bound PDF that carries a verified signature; the only thing that the warehouse accepts."""

    path: Path
    pages: int
    sha256: Sha256
    size: int
    """Bytes."""
    seal: Seal
