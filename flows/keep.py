"""What happens to one filed document: bound, sealed, verified, stored, entered. Plain functions; any step may be repeated.

A crash at any instant leaves either nothing, or a sealed PDF without a manifest (it is verified and finished), or a
complete record (it is found and only entered in the ledger). The same scans of the same citizen in another dossier are
linked: their record shares the content that is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from dossier.errors import AlreadyDestroyed, DossierError, RecordWithdrawn, SealBroken
from dossier.metadata import Metadata, PaperFacts, metadata_of
from dossier.records import Conversion, Received, Record, RecordKey, RecordState, Stored
from dossier.types import TypeRule
from dossier.values import Document, Filed, ReadPage, SealedPdf, Understood
from flows.tools import Seals, Tools
from ocr.alto import write_alto
from ocr.bind import bind
from ocr.cage import Cage
from signing.clock import vietnam_now
from signing.seal import seal
from signing.stamp import StampText
from signing.verify import verify_kept
from storage.files import hash_file
from storage.ledger import Drop
from storage.records.corrections import catch_up
from storage.records.manifest import seal_of
from storage.tokens import record_key

_TOOLS: Final = ("sohoa", "pikepdf", "pyhanko", "opencv-python", "pytesseract", "prefect", "minio")
_SETTINGS: Final = ("ocr_engine", "ocr_languages", "review_type_below", "review_text_below", "review_field_below")
"""Settings that decide what is read and what a person sees."""


@dataclass(frozen=True, slots=True)
class Job:
    """One drop at work."""

    drop: Drop
    source: Path
    """The received bytes, in the work folder of the drop; their hash was compared."""
    tools: Tools
    cage: Cage
    decision_id: int | None = None
    """The person's decision that is carried out; None where the machine decided."""


_ENDED: Final[Mapping[RecordState, type[DossierError]]] = {"withdrawn": RecordWithdrawn, "disposed": AlreadyDestroyed}


def record_of(filed: Filed, drop: Drop, tools: Tools) -> Record:
    """Everything that the warehouse keeps beside the bytes."""
    understood, settings = filed.understood, tools.settings
    document, verdict = understood.document, understood.verdict
    return Record(
        key=record_key(tools.token_key, filed),
        source_sha256=drop.sha256,
        office=drop.office,
        type=verdict.type,
        dossier_code=filed.dossier_code,
        first_page=document.first_page,
        last_page=document.last_page,
        scan_sha256s=tuple(page.scan_sha256 for page in document.read_pages),
        fields={name: asdict(field) for name, field in understood.fields.items()},
        verdict=asdict(verdict) | {"because": list(verdict.because)},
        linked_by=understood.linked_by,
        text=tuple(page.text for page in document.read_pages),
        tools={name: version(name) for name in _TOOLS} | {"type model": tools.model.sha256[:16]} | _engines(document),
        source=understood.handed_in.source or "component",
        procedure=_procedure(understood),
        sensitive=tools.retention.of(verdict.type).sensitive,
        pages=tuple(_page(page) for page in document.read_pages),
        settings={name: str(getattr(settings, name)) for name in _SETTINGS},
        received=Received(drop.kind, drop.pages, drop.size, drop.received_at),
        conversion=Conversion(settings.copying_agency, settings.copy_form),
        metadata=_metadata(filed, tools).as_json(),
    )


def _metadata(filed: Filed, tools: Tools) -> Metadata:
    """The archival items; what is over its length or missing is told in them and holds nothing."""
    understood = filed.understood
    kind = understood.verdict.type
    return metadata_of(
        PaperFacts(
            record_id=record_key(tools.token_key, filed).record_id,
            dossier_code=filed.dossier_code,
            type_title=title_of(kind, tools.rules),
            fields={name: field.value for name, field in understood.fields.items()},
            pages=len(understood.document.read_pages),
            keep_years=tools.retention.of(kind).years,
            procedure=_procedure(understood),
        )
    )


def _procedure(understood: Understood) -> str | None:
    """The separator's word, else the manifest's, else what was read on the paper."""
    separator, read = understood.document.separator, understood.fields.get("procedure")
    said = (separator and separator.procedure) or understood.handed_in.procedure
    return said or (read.value if read is not None else None)


def _page(page: ReadPage) -> dict[str, object]:
    return {
        "number": page.number,
        "scan_sha256": page.scan_sha256,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "turn": page.turn,
        "blank": page.blank,
        "engine": page.engine,
        "confidence": page.confidence,
        "notes": list(page.notes),
    }


def _engines(document: Document) -> dict[str, str]:
    """What read the pages, with versions."""
    names = sorted({page.engine for page in document.read_pages if page.engine})
    return {"reading": ", ".join(names)} if names else {}


def title_of(type_name: str, rules: tuple[TypeRule, ...]) -> str:
    """Title of the PDF: the kind of paper, no personal data."""
    return next((rule.vi for rule in rules if rule.type == type_name), "Giấy tờ số hóa")


async def keep(filed: Filed, job: Job, seals: Seals) -> Stored:
    """Bind, seal, verify and store one document, or finish what an interrupted run left.

    Raises:
        AlreadyDestroyed, RecordWithdrawn: a person ended the record of these very scans; nothing is written.
        TimestampUnavailable, StoreUnavailable: nothing is published; try again.
        SigningFailed, StoreCorrupt, BindingFailed: nothing is published; a person must look.
    """
    warehouse, ledger = job.tools.warehouse, job.tools.ledger
    record = record_of(filed, job.drop, job.tools)
    state = await asyncio.to_thread(ended_state, filed, job.drop, job.tools)
    if state is not None:
        raise _ENDED[state](f"record {record.key.record_id}")
    stored = await asyncio.to_thread(warehouse.find, record.key)
    if stored is None:
        there = await asyncio.to_thread(_same_paper, record, job.tools)
        if there is None:
            stored = await _seal_and_put(record, filed, job, seals)
        else:
            stored = await asyncio.to_thread(warehouse.put_linked, record, there)
    # Not our own seal: in a race the manifest of another run may have come first, and it is the record.
    manifest = await asyncio.to_thread(warehouse.manifest, record.key)
    enter = partial(ledger.filed, job.drop.id, record, stored, seal_of(manifest), decision_id=job.decision_id)
    await asyncio.to_thread(enter)
    if manifest["version"] > 1:  # a record that the ledger had lost, with what a person has said of it since
        await asyncio.to_thread(catch_up, record.key.record_id, warehouse, ledger)
    return stored


def ended_state(filed: Filed, drop: Drop, tools: Tools) -> RecordState | None:
    """How a person ended the record of these very scans; None where there is none, it is valid, or this drop filed it."""
    record_id = record_key(tools.token_key, filed).record_id
    known = tools.ledger.record(record_id)
    if known is None:
        return "disposed" if tools.ledger.was_destroyed(record_id) else None
    if known.state == "valid":
        return None
    is_its_own = any(one.record_id == record_id for one in tools.ledger.records_of_drop(drop.id))
    return None if known.state == "withdrawn" and is_its_own else known.state


def _same_paper(record: Record, tools: Tools) -> RecordKey | None:
    """A valid record of the same citizen in another dossier that was made of the very same pictures."""
    bucket = tools.warehouse.buckets.for_record(sensitive=record.sensitive)
    for row in tools.ledger.records_with_scans(record.scans_sha256):
        same = (row.citizen, row.state, row.bucket) == (record.key.citizen, "valid", bucket)
        if same and row.record_id != record.key.record_id:
            return RecordKey(row.citizen, row.record_id)
    return None


async def _seal_and_put(record: Record, filed: Filed, job: Job, seals: Seals) -> Stored:
    warehouse, work = job.tools.warehouse, job.source.parent / record.key.record_id
    work.mkdir(parents=True, exist_ok=True)
    left = await asyncio.to_thread(warehouse.resume, record.key, work)
    if left is None:
        sealed = await _bind_and_seal(record, filed, job, work, seals)
    else:
        sealed = await asyncio.to_thread(_sealed_before, left, filed, seals)
    alto = work / "text.alto.xml"
    await asyncio.to_thread(write_alto, filed.understood.document.read_pages, alto)
    return await asyncio.to_thread(warehouse.put, record, sealed, alto)


async def _bind_and_seal(record: Record, filed: Filed, job: Job, work: Path, seals: Seals) -> SealedPdf:
    act = partial(bind, into=work / "bound.pdf", title=title_of(record.type, job.tools.rules))
    bound = await asyncio.to_thread(job.cage.run, act, job.source, filed.understood.document.read_pages)
    return await seal(
        bound,
        into=work / "sealed.pdf",
        signer=seals.signer,
        stamp=StampText(seals.form, seals.agency, vietnam_now()),
        timestamper=seals.timestamper,
        root=seals.root,
    )


def _sealed_before(left: Path, filed: Filed, seals: Seals) -> SealedPdf:
    """Content that an interrupted run stored: its seal is verified again before it gets its manifest.

    The agency's certificate may have been renewed since, so its name is compared.
    """
    found = verify_kept(left, root=seals.root)
    if found.signer != seals.signer.name:
        raise SealBroken("sealed by somebody else")
    return SealedPdf(left, len(filed.understood.document.read_pages), hash_file(left), left.stat().st_size, found)
