"""A whole warehouse in memory: the same rules as the real one, without a server. Passes the same contract tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from dossier.errors import LedgerConflict, NoSuchObject
from dossier.values import Record, RecordKey, SealedPdf, Sha256, Stored
from storage import manifest as manifests
from storage.files import promised_bytes, write_verified
from storage.warehouse import intake_key

_VERSION = "memory-1"


class MemoryWarehouse:
    """Keeps bytes in two dictionaries, `intake` and `archive`, that tests may look into."""

    def __init__(self) -> None:
        self.intake: dict[str, bytes] = {}
        self.archive: dict[str, bytes] = {}
        self._one_at_a_time = threading.Lock()

    def prepare(self) -> None:
        """Nothing to do."""

    def alive(self) -> bool:
        """Always."""
        return True

    def receive(self, path: Path, sha256: Sha256) -> str:
        """Keep received bytes once."""
        content = b"".join(promised_bytes(path, size=path.lstat().st_size, expected=sha256))
        return self._keep(self.intake, intake_key(sha256), content)

    def fetch_source(self, sha256: Sha256, into: Path) -> Path:
        """Write received bytes to a file."""
        return write_verified((self._get(self.intake, intake_key(sha256)),), into / sha256, sha256)

    def find(self, key: RecordKey) -> Stored | None:
        """The record, if its manifest is there."""
        if key.manifest not in self.archive:
            return None
        return manifests.stored_of(self.manifest(key))

    def resume(self, key: RecordKey, into: Path) -> Path | None:
        """Content without manifest."""
        content = self.archive.get(key.content)
        if content is None or key.manifest in self.archive:
            return None
        into.mkdir(parents=True, exist_ok=True)
        path = into / f"{key.record_id}.pdf"
        path.write_bytes(content)
        return path

    def put(self, record: Record, pdf: SealedPdf) -> Stored:
        """Content, then manifest."""
        with self._one_at_a_time:
            key = record.key
            if (found := self.find(key)) is not None:
                return found
            content = b"".join(promised_bytes(pdf.path, size=pdf.size, expected=pdf.sha256))
            if self.archive.get(key.content, content) != content:
                raise LedgerConflict(key.record_id)
            self._keep(self.archive, key.content, content)
            document = manifests.validate(
                manifests.build(record, pdf, bucket="memory-archive", version_id=_VERSION, stored_at=datetime.now(UTC))
            )
            self._keep(self.archive, key.manifest, manifests.to_bytes(document))
            return replace(manifests.stored_of(document), already_there=False)

    def manifest(self, key: RecordKey) -> dict[str, object]:
        """The manifest, checked."""
        return manifests.from_bytes(self._get(self.archive, key.manifest))

    def content(self, key: RecordKey, version_id: str) -> Iterator[bytes]:
        """The sealed PDF in two pieces."""
        if version_id != _VERSION:
            raise NoSuchObject(version_id)
        content = self._get(self.archive, key.content)
        return iter((content[:100], content[100:]))

    def presigned(self, key: RecordKey, version_id: str, seconds: int) -> str:
        """An address that names the version, and that nobody can open."""
        return f"memory://archive/{key.content}?versionId={version_id}&X-Amz-Expires={seconds}"

    def _keep(self, where: dict[str, bytes], key: str, content: bytes) -> str:
        where.setdefault(key, content)
        return key

    def _get(self, where: dict[str, bytes], key: str) -> bytes:
        if key not in where:
            raise NoSuchObject(key)
        return where[key]
