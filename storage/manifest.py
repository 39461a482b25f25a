"""The manifest of a record: one JSON object beside the sealed PDF, enough to rebuild the catalogue without the ledger.

A record exists when its manifest does; it is written last. Format and meaning: docs/manifest.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from dossier.errors import StoreCorrupt
from dossier.values import Record, Seal, SealedPdf, Stored

FORMAT: Final = 1
"""Version of the manifest format; a reader refuses what it does not know."""

_Check = Callable[[object], bool]


def build(record: Record, pdf: SealedPdf, *, bucket: str, version_id: str, stored_at: datetime) -> dict[str, object]:
    """Describe a record whose content is durable in the archive."""
    seal = pdf.seal
    return {
        "manifest": FORMAT,
        "record_id": record.key.record_id,
        "citizen": record.key.citizen,
        "office": record.office,
        "type": record.type,
        "dossier_code": record.dossier_code,
        "source": {
            "sha256": record.source_sha256,
            "first_page": record.first_page,
            "last_page": record.last_page,
            "scans": list(record.scan_sha256s),
        },
        "content": {
            "bucket": bucket,
            "key": record.key.content,
            "version_id": version_id,
            "sha256": pdf.sha256,
            "size": pdf.size,
            "pages": pdf.pages,
            "media_type": "application/pdf",
        },
        "seal": {
            "signer": seal.signer,
            "certificate_sha256": seal.certificate_sha256,
            "signed_at": seal.signed_at.isoformat(),
            "timestamp_at": seal.timestamp_at.isoformat() if seal.timestamp_at else None,
            "level": seal.level,
        },
        "verdict": dict(record.verdict),
        "linked_by": list(record.linked_by),
        "fields": {name: dict(value) for name, value in record.fields.items()},
        "text": list(record.text),
        "tools": dict(record.tools),
        "stored_at": stored_at.isoformat(),
    }


def to_bytes(manifest: Mapping[str, object]) -> bytes:
    """The manifest as it is stored: UTF-8, sorted names, readable by a person in fifty years."""
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def from_bytes(stored: bytes) -> dict[str, object]:
    """Read a stored manifest.

    Raises:
        StoreCorrupt: it is no manifest, or of a format that this version does not know; names the first wrong place.
    """
    try:
        found = json.loads(stored)
    except ValueError as error:
        raise StoreCorrupt("the manifest is not JSON") from error
    return validate(found)


def validate(found: object) -> dict[str, object]:
    """Check every place of a manifest; the message names the place, never what stands there.

    Raises:
        StoreCorrupt: a place is missing or wrong.
    """
    if not isinstance(found, dict):
        raise StoreCorrupt("the manifest is not an object")
    for place, good in _PLACES.items():
        value: object = found
        for name in place.split("."):
            if not isinstance(value, dict) or name not in value:
                raise StoreCorrupt(f"the manifest lacks {place}")
            value = value[name]
        if not good(value):
            raise StoreCorrupt(f"{place} of the manifest is wrong")
    return found


def stored_of(manifest: Mapping[str, object]) -> Stored:
    """The proof of storage that a valid manifest carries."""
    content = manifest["content"]
    assert isinstance(content, dict)  # noqa: S101 - validate() has seen it; tells the type checker
    return Stored(
        record_id=str(manifest["record_id"]),
        bucket=content["bucket"],
        content_key=content["key"],
        version_id=content["version_id"],
        sha256=content["sha256"],
        size=content["size"],
        stored_at=datetime.fromisoformat(str(manifest["stored_at"])),
        already_there=True,
    )


def seal_of(manifest: Mapping[str, object]) -> Seal:
    """The signature that a valid manifest tells of."""
    seal = manifest["seal"]
    assert isinstance(seal, dict)  # noqa: S101 - as above
    return Seal(
        signer=seal["signer"],
        certificate_sha256=seal["certificate_sha256"],
        signed_at=datetime.fromisoformat(seal["signed_at"]),
        timestamp_at=datetime.fromisoformat(seal["timestamp_at"]) if seal["timestamp_at"] else None,
        level=seal["level"],
    )


def _text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _hex(letters: int) -> _Check:
    return lambda value: isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{letters}}}", value) is not None


def _time(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _list_of(good: _Check) -> _Check:
    return lambda value: isinstance(value, list) and all(good(item) for item in value)


def _table_of(good: _Check) -> _Check:
    return lambda value: isinstance(value, dict) and all(good(item) for item in value.values())


_PLACES: Final[Mapping[str, _Check]] = {
    "manifest": lambda value: value == FORMAT,
    "record_id": _hex(32),
    "citizen": _hex(32),
    "office": _text,
    "type": _text,
    "dossier_code": _text,
    "source.sha256": _hex(64),
    "source.first_page": _count,
    "source.last_page": _count,
    "source.scans": _list_of(_hex(64)),
    "content.bucket": _text,
    "content.key": _text,
    "content.version_id": _text,
    "content.sha256": _hex(64),
    "content.size": _count,
    "content.pages": _count,
    "content.media_type": lambda value: value == "application/pdf",
    "seal.signer": _text,
    "seal.certificate_sha256": _hex(64),
    "seal.signed_at": _time,
    "seal.timestamp_at": lambda value: value is None or _time(value),
    "seal.level": _text,
    "verdict": lambda value: isinstance(value, dict),
    "fields": _table_of(lambda value: isinstance(value, dict) and "value" in value),
    "text": _list_of(lambda value: isinstance(value, str)),
    "tools": _table_of(lambda value: isinstance(value, str)),
    "stored_at": _time,
}
