"""What happens to one filed document: bound, sealed, verified, stored, entered. Plain functions; any step may be repeated.

A crash at any instant leaves either nothing, or a sealed PDF without a manifest (it is verified and finished), or a
complete record (it is found and only entered in the ledger).
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from dossier.types import TypeRule
from dossier.values import Document, Filed, Record, SealedPdf, Stored
from flows.tools import Seals, Tools
from ocr.bind import bind
from ocr.cage import Cage
from signing.clock import vietnam_now
from signing.seal import seal
from signing.stamp import StampText
from signing.verify import verify
from storage.files import hash_file
from storage.ledger import Drop
from storage.manifest import seal_of
from storage.tokens import record_key

_TOOLS: Final = ("sohoa", "pikepdf", "pyhanko", "opencv-python", "pytesseract", "prefect", "minio")


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


def record_of(filed: Filed, drop: Drop, tools: Tools) -> Record:
    """Everything that the warehouse keeps beside the bytes."""
    understood = filed.understood
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
    )


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
        TimestampUnavailable, StoreUnavailable: nothing is published; try again.
        SigningFailed, StoreCorrupt, BindingFailed: nothing is published; a person must look.
    """
    warehouse, ledger = job.tools.warehouse, job.tools.ledger
    record = record_of(filed, job.drop, job.tools)
    stored = await asyncio.to_thread(warehouse.find, record.key)
    if stored is None:
        work = job.source.parent / record.key.record_id
        work.mkdir(parents=True, exist_ok=True)
        left = await asyncio.to_thread(warehouse.resume, record.key, work)
        if left is None:
            sealed = await _bind_and_seal(record, filed, job, work, seals)
        else:
            sealed = await asyncio.to_thread(_sealed_before, left, filed, seals)
        stored = await asyncio.to_thread(warehouse.put, record, sealed)
    # Not our own seal: in a race the manifest of another run may have come first, and it is the record.
    manifest = await asyncio.to_thread(warehouse.manifest, record.key)
    enter = partial(ledger.filed, job.drop.id, record, stored, seal_of(manifest), decision_id=job.decision_id)
    await asyncio.to_thread(enter)
    return stored


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
    """Content that an interrupted run stored: its seal is verified again before it gets its manifest."""
    found = verify(left, root=seals.root, certificate_sha256=seals.signer.certificate_sha256)
    return SealedPdf(left, len(filed.understood.document.read_pages), hash_file(left), left.stat().st_size, found)
