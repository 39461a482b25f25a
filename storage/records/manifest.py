"""The manifest of a record: one JSON object beside the sealed PDF, enough to rebuild the catalogue without the ledger.

A record exists when the first version of its manifest does; it is written last. Form: `storage.records.manifest_form`;
meaning: docs/manifest.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from dossier.errors import LedgerConflict
from dossier.metadata import amended
from dossier.records import Change, Conversion, Received, Record, RecordKey, Stored, StoredObject
from dossier.sources import SOURCES
from dossier.values import Seal, Sha256
from storage.records.manifest_form import FORMAT, Manifest, from_bytes, to_bytes


@dataclass(frozen=True, slots=True)
class Part:
    """A content that a record is made of: what it is, and the object that holds it."""

    stored: StoredObject
    sha256: Sha256
    """Of the content, not encrypted."""
    size: int
    """Bytes of the content, not encrypted."""


@dataclass(frozen=True, slots=True)
class Parts:
    """All that a manifest points at."""

    content: Part
    pages: int
    alto: Part | None
    seal: Seal
    shares: str | None = None
    """The record that they were written for, where it is another."""


def build(record: Record, parts: Parts, *, stored_at: datetime, keep_until: datetime) -> Manifest:
    """Describe a record whose parts are durable; its first version.

    Raises:
        StoreCorrupt: the record cannot be described; names the place.
    """
    seal = parts.seal
    told = {
        "manifest": FORMAT,
        "record_id": record.key.record_id,
        "version": 1,
        "state": "valid",
        "replaces": None,
        "correction": None,
        "citizen": record.key.citizen,
        "dossier_code": record.dossier_code,
        "procedure": record.procedure,
        "office": record.office,
        "agency": record.value("agency"),
        "nguon": SOURCES[record.source],
        "reuse": record.reuse,
        "type": record.type,
        "sensitive": record.sensitive,
        "keep_until": keep_until.isoformat(),
        "stored_at": stored_at.isoformat(),
        "source": {
            "sha256": record.source_sha256,
            "first_page": record.first_page,
            "last_page": record.last_page,
            "scans": record.scan_sha256s,
            "file": _file(record.received),
        },
        "pages": record.pages,
        "content": _part(parts.content) | {"pages": parts.pages, "media_type": "application/pdf"},
        "alto": _part(parts.alto) | {"media_type": "application/alto+xml"} if parts.alto else None,
        "shares": parts.shares,
        "text": record.text,
        "seal": _seal(seal),
        "conversion": asdict(record.conversion) | {"at": seal.signed_at.isoformat(), "source": "paper"},
        "verdict": record.verdict,
        "linked_by": record.linked_by,
        "fields": record.fields,
        "tools": record.tools,
        "settings": record.settings,
        "metadata": record.metadata,
    }
    return from_bytes(to_bytes(told))


def changed(before: Manifest, change: Change, *, by: str, why: str, at: datetime) -> Manifest | None:
    """The next version of a manifest; None where the change says nothing new.

    Raises:
        LedgerConflict: the record is withdrawn or disposed already.
    """
    fields = {name: value for name, value in change.fields.items() if _value(before, name) != value}
    state = before["state"] if change.state is None else change.state
    if not fields and state == before["state"]:
        return None
    if before["state"] != "valid" and state != "disposed":
        raise LedgerConflict(f"record {before['record_id']} is {before['state']}")
    kept = {name: field for name, field in before["fields"].items() if name not in fields}
    kept |= {name: _decided(before, name, value) for name, value in fields.items() if value}
    told = {
        **before,
        "version": before["version"] + 1,
        "state": state,
        "replaces": {"version": before["version"], "sha256": sha256(to_bytes(before)).hexdigest()},
        "correction": {"by": by, "why": why, "at": at.isoformat(), "fields": sorted(fields)},
        "fields": kept,
        "agency": kept["agency"]["value"] if "agency" in kept else None,
        "metadata": _amended(before["metadata"], kept),
    }
    return from_bytes(to_bytes(told))


def key_of(manifest: Manifest) -> RecordKey:
    """The address of the record."""
    return RecordKey(manifest["citizen"], manifest["record_id"])


def stored_of(manifest: Manifest, itself: StoredObject) -> Stored:
    """The proof of storage that a manifest carries, once it was read from ``itself``."""
    parts = parts_of(manifest)
    own = [] if parts.shares else [parts.content.stored, *([parts.alto.stored] if parts.alto else [])]
    return Stored(
        record_id=manifest["record_id"],
        bucket=parts.content.stored.bucket,
        content_key=parts.content.stored.key,
        version_id=parts.content.stored.version_id,
        sha256=parts.content.sha256,
        size=parts.content.size,
        stored_at=datetime.fromisoformat(manifest["stored_at"]),
        already_there=True,
        objects=(*own, itself),
        keep_until=datetime.fromisoformat(manifest["keep_until"]),
    )


def parts_of(manifest: Manifest) -> Parts:
    """What a manifest points at."""
    alto = manifest["alto"]
    return Parts(
        _part_of(manifest["content"]),
        manifest["content"]["pages"],
        None if alto is None else _part_of(alto),
        seal_of(manifest),
        manifest["shares"],
    )


def seal_of(manifest: Manifest) -> Seal:
    """The signature that a manifest tells of."""
    seal = manifest["seal"]
    return Seal(
        signer=seal["signer"],
        certificate_sha256=seal["certificate_sha256"],
        signed_at=datetime.fromisoformat(seal["signed_at"]),
        timestamp_at=datetime.fromisoformat(seal["timestamp_at"]) if seal["timestamp_at"] else None,
        level=seal["level"],
    )


def record_of(manifest: Manifest) -> Record:
    """The record that a manifest tells of, as it was put or corrected."""
    source, conversion = manifest["source"], manifest["conversion"]
    file = source["file"]
    return Record(
        key=key_of(manifest),
        source_sha256=source["sha256"],
        office=manifest["office"],
        type=manifest["type"],
        dossier_code=manifest["dossier_code"],
        first_page=source["first_page"],
        last_page=source["last_page"],
        scan_sha256s=tuple(source["scans"]),
        fields=manifest["fields"],
        verdict=manifest["verdict"],
        linked_by=tuple(manifest["linked_by"]),
        text=tuple(manifest["text"]),
        tools=manifest["tools"],
        source=next(name for name, words in SOURCES.items() if words == manifest["nguon"]),
        procedure=manifest["procedure"],
        sensitive=manifest["sensitive"],
        pages=tuple(manifest["pages"]),
        settings=manifest["settings"],
        received=file and Received(**file | {"received_at": datetime.fromisoformat(file["received_at"])}),
        conversion=Conversion(conversion["by"], conversion["form"]),
        metadata=manifest["metadata"],
        reuse=manifest["reuse"],
        version=manifest["version"],
        state=manifest["state"],
    )


def _amended(metadata: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> dict[str, object]:
    """The archival items as they follow from the corrected fields; a record that came without them stays as it came."""
    if not metadata.keys() >= {"nd30", "tt05"}:
        return dict(metadata)
    return amended(metadata, {name: str(field["value"]) for name, field in fields.items()}).as_json()


def _value(manifest: Manifest, name: str) -> str:
    found = manifest["fields"].get(name)
    return "" if found is None else str(found["value"])


def _decided(before: Manifest, name: str, value: str) -> dict[str, object]:
    """A value that a person wrote; it keeps the place of the one before."""
    kept = before["fields"].get(name, {"page": before["source"]["first_page"], "box": None})
    place = {"page": kept["page"], "box": kept["box"]}
    return {"value": value, **place, "confidence": 1.0, "checks": [], "source": "decision"}


def _file(received: Received | None) -> dict[str, object] | None:
    if received is None:
        return None
    return asdict(received) | {"received_at": received.received_at.isoformat()}


def _part(part: Part) -> dict[str, object]:
    stored = part.stored
    place = {"bucket": stored.bucket, "key": stored.key, "version_id": stored.version_id}
    kept = {"stored_sha256": stored.sha256, "stored_size": stored.size}
    return {**place, "sha256": part.sha256, "size": part.size, **kept}


def _part_of(told: Mapping[str, Any]) -> Part:
    place = (told["bucket"], told["key"], told["version_id"])
    return Part(StoredObject(*place, told["stored_sha256"], told["stored_size"]), told["sha256"], told["size"])


def _seal(seal: Seal) -> dict[str, object]:
    return asdict(seal) | {
        "signed_at": seal.signed_at.isoformat(),
        "timestamp_at": seal.timestamp_at.isoformat() if seal.timestamp_at else None,
    }
