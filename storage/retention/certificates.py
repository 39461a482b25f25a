"""Certificates of destruction: what was destroyed, who asked, who agreed, when and how; never whose it was.

Two objects of the locked audit bucket for each disposal, encrypted like everything there:
`disposals/2026/11/000000007-intent.json.age` before the first byte goes, `...-done.json.age` when all are gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Literal

from dossier.errors import NoSuchObject
from dossier.records import StoredObject
from dossier.values import Sha256
from storage.database.rows import RecordRow
from storage.objects.encrypted import EncryptedObjects
from storage.retention.doomed import Doomed

if TYPE_CHECKING:
    from storage.retention.disposal import Disposal

Step = Literal["intent", "done"]

METHOD: Final = (
    "every version of every object deleted from the warehouse and from its replica; the bytes were encrypted (age v1), "
    "and the key of each object stood in its own header and went with it"
)
LAW: Final = ("Luật Lưu trữ 33/2024/QH15", "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15", "QCVN 12:2026/BCA 2.2.12.2.6")

_FOLDER: Final = "disposals/"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate, and the object that holds it."""

    told: Mapping[str, Any]
    stored: StoredObject


@dataclass(frozen=True, slots=True)
class Certificates:
    """The certificates of one installation."""

    objects: EncryptedObjects
    bucket: str
    keep: timedelta
    """How long nobody can delete one."""

    def write(self, key: str, told: Mapping[str, Any]) -> Certificate:
        """Write a certificate; the first one of this key stays the one."""
        if (there := self.find(key)) is not None:
            return there
        data = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
        with self.objects.scratch() as folder:
            (folder / "certificate").write_bytes(data)
            expected = Sha256(sha256(data).hexdigest())
            until = (datetime.now(UTC) + self.keep).replace(microsecond=0)  # S3 keeps whole seconds
            stored = self.objects.keep(self.bucket, key, folder / "certificate", expected, until=until)
        return Certificate(json.loads(data), stored)

    def find(self, key: str) -> Certificate | None:
        """A certificate, where there is one."""
        with self.objects.scratch() as folder:
            opened = next(self.objects.sound(self.bucket, key, folder), None)
            return None if opened is None else Certificate(json.loads(opened.content.read_bytes()), opened.stored)

    def read(self, key: str) -> Certificate:
        """A certificate that must be there.

        Raises:
            NoSuchObject: it is not.
        """
        if (found := self.find(key)) is None:
            raise NoSuchObject("certificate")
        return found

    def done_keys(self) -> Iterator[str]:
        """Where the certificates of what is gone lie."""
        for key in dict.fromkeys(one.key for one in self.objects.store.listed(self.bucket, _FOLDER)):
            if key.endswith("-done.json.age"):
                yield key


def certificate_key(disposal_id: int, asked_at: datetime, step: Step) -> str:
    """Where the certificate of a disposal lies."""
    return f"{_FOLDER}{asked_at.astimezone(UTC):%Y/%m}/{disposal_id:09}-{step}.json.age"


def certificate_of(disposal: Disposal, row: RecordRow, doomed: Doomed, *, by: str, why: str) -> dict[str, Any]:
    """What a certificate says beside the list of the objects."""
    kept = {"objects": sorted(key.rsplit("/", 1)[1] for key in doomed.spared), "because": doomed.because}
    return {
        "certificate": 1,
        "disposal": disposal.id,
        "record_id": row.record_id,
        "type": row.type,
        "office": row.office,
        "content_sha256": row.sha256,
        "scans_sha256": row.scans_sha256,
        "stored_at": row.stored_at.isoformat(),
        "keep_until": row.keep_until.isoformat() if row.keep_until else None,
        "asked": {"by": disposal.asked_by, "at": disposal.asked_at.isoformat(), "why": disposal.why},
        "agreed": {"by": disposal.agreed_by, "at": disposal.agreed_at.isoformat() if disposal.agreed_at else None},
        "carried_out": {"by": by, "at": datetime.now(UTC).isoformat(), "why": why},
        "kept": kept if doomed.because else None,
        "received": [
            {"sha256": one.sha256, "destroyed": one.because is None, "because": one.because} for one in doomed.sources
        ],
        "method": METHOD,
        "law": list(LAW),
    }
