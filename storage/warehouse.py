"""The warehouse: received bytes in the intake bucket, sealed records under object lock in the archive bucket.

Every write is believed only after the bytes were read back and hashed. A record exists when its manifest does, and the
manifest is written last, so a crash at any instant leaves either nothing to see or a content without manifest, which
`resume` hands back to be verified and finished. Of several manifests under one key the first version is the record, for
good: of runs that race one wins, and nothing written later (or a delete marker) can replace it. Losers of a race leave a
content that no manifest names. Archived content is not encrypted by this house at this stage; that is a later issue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from dossier.errors import DossierError, LedgerConflict, Misconfigured, NoSuchObject, StoreCorrupt
from dossier.values import Record, RecordKey, SealedPdf, Sha256, Stored
from storage import manifest as manifests
from storage.files import hash_of, promised_bytes, write_verified
from storage.s3 import Body, S3Client

_PDF: Final = "application/pdf"


def intake_key(sha256: Sha256) -> str:
    """Key of received bytes in the intake bucket."""
    return f"received/{sha256[:2]}/{sha256}"


@runtime_checkable
class Warehouse(Protocol):
    """Where bytes are kept for good; every verb may be repeated."""

    def prepare(self) -> None:
        """Have the buckets and their rules.

        Raises:
            Misconfigured: the archive bucket is there without object lock.
        """

    def alive(self) -> bool:
        """Whether the warehouse answers and is prepared; never raises."""

    def receive(self, path: Path, sha256: Sha256) -> str:
        """Keep received bytes once, read them back, and give their key.

        Raises:
            FileChanged: the file is no longer what its hash says.
            StoreCorrupt: what is under the key is something else.
        """

    def fetch_source(self, sha256: Sha256, into: Path) -> Path:
        """Bring received bytes to ``into/<sha256>``, verified."""

    def find(self, key: RecordKey) -> Stored | None:
        """The record, if it is complete."""

    def resume(self, key: RecordKey, into: Path) -> Path | None:
        """Bring the content that a crash left without its manifest to ``into``, to be verified and put again."""

    def put(self, record: Record, pdf: SealedPdf) -> Stored:
        """Keep a sealed record for good; where it is complete already nothing is written.

        Raises:
            LedgerConflict: another content is there and its manifest is not: see `resume`.
            StoreCorrupt: the bytes read back are not those written.
        """

    def manifest(self, key: RecordKey) -> dict[str, object]:
        """The manifest of a record (docs/manifest.md)."""

    def content(self, key: RecordKey, version_id: str) -> Iterator[bytes]:
        """Stream one version of the sealed PDF; an unknown one raises at once."""

    def presigned(self, key: RecordKey, version_id: str, seconds: int) -> str:
        """Address that gives the sealed PDF to anybody for so many seconds."""


class S3Warehouse:
    """The warehouse on an S3 server.

    Args:
        endpoint: host:port.
        access_key: user of the pipeline.
        secret_key: its secret.
        secure: https.
        bucket_prefix: buckets are `<prefix>-intake`, `<prefix>-archive`, `<prefix>-audit`.
        retention_days: nobody can delete an archived object for so long.
        readers: users of the S3 server that may read the archive and nothing else.
    """

    def __init__(
        self,
        *,
        endpoint: str,
        access_key: str,
        secret_key: str,
        secure: bool,
        bucket_prefix: str,
        retention_days: int,
        readers: Sequence[str] = (),
    ) -> None:
        self._s3 = S3Client(endpoint=endpoint, access_key=access_key, secret_key=secret_key, secure=secure)
        self._intake, self._archive, self._audit = (f"{bucket_prefix}-{part}" for part in ("intake", "archive", "audit"))
        self._retention = timedelta(days=retention_days)
        self._readers = tuple(readers)

    def prepare(self) -> None:
        """Have the three buckets; in archive and audit even the owner cannot hide an object behind a delete marker."""
        self._s3.make_bucket(self._intake, locked=False)
        self._s3.make_bucket(self._archive, locked=True)
        self._s3.make_bucket(self._audit, locked=True)
        self._s3.set_policy(self._archive, _policy(self._archive, self._readers))
        self._s3.set_policy(self._audit, _policy(self._audit, ()))

    def alive(self) -> bool:
        """Whether the server answers us and has the archive bucket."""
        try:
            return self._s3.has_bucket(self._archive)
        except DossierError:
            return False

    def receive(self, path: Path, sha256: Sha256) -> str:
        """Copy a file into the intake bucket unless its bytes are there, and compare what is there with its hash."""
        key = intake_key(sha256)
        if self._s3.head(self._intake, key) is None:
            size = path.lstat().st_size
            body = Body(promised_bytes(path, size=size, expected=sha256), size, sha256, "application/octet-stream")
            self._s3.put_new(self._intake, key, body)
        self._compare(self._intake, key, None, sha256)
        return key

    def fetch_source(self, sha256: Sha256, into: Path) -> Path:
        """Download received bytes, verified, durable, in one step."""
        return write_verified(self._s3.read(self._intake, intake_key(sha256)), into / sha256, sha256)

    def find(self, key: RecordKey) -> Stored | None:
        """The record, if its manifest is there."""
        try:
            return manifests.stored_of(self.manifest(key))
        except NoSuchObject:
            return None

    def resume(self, key: RecordKey, into: Path) -> Path | None:
        """Content without manifest, compared with the hash that its writer noted."""
        head = self._s3.head(self._archive, key.content)
        if head is None or self.find(key) is not None:
            return None
        if head.sha256 is None:
            raise StoreCorrupt("content without the hash that this house notes; somebody else wrote it")
        chunks = self._s3.read(self._archive, key.content, head.version_id)
        return write_verified(chunks, into / f"{key.record_id}.pdf", Sha256(head.sha256))

    def put(self, record: Record, pdf: SealedPdf) -> Stored:
        """Content, proof, manifest, proof; in that order."""
        key = record.key
        if (found := self.find(key)) is not None:
            return found
        now = datetime.now(UTC)
        version_id = self._put_content(key, pdf, now + self._retention)
        if version_id is None:
            # Another run may have finished this record between our look and our put.
            if (found := self.find(key)) is not None:
                return found
            raise LedgerConflict(f"record {key.record_id}: other content waits for its manifest; resume it")
        self._prove(key.content, version_id, pdf.sha256)
        document = manifests.build(record, pdf, bucket=self._archive, version_id=version_id, stored_at=now)
        return self._put_manifest(key, manifests.validate(document), now + self._retention)

    def manifest(self, key: RecordKey) -> dict[str, object]:
        """Read and check the manifest of a record."""
        version_id = self._s3.first_version(self._archive, key.manifest)
        if version_id is None:
            raise NoSuchObject("manifest")
        found = manifests.from_bytes(b"".join(self._s3.read(self._archive, key.manifest, version_id)))
        if (found["citizen"], found["record_id"]) != (key.citizen, key.record_id):
            raise StoreCorrupt(f"the manifest of record {key.record_id} is that of another")
        return found

    def content(self, key: RecordKey, version_id: str) -> Iterator[bytes]:
        """Stream the sealed PDF."""
        return self._s3.read(self._archive, key.content, version_id)

    def presigned(self, key: RecordKey, version_id: str, seconds: int) -> str:
        """Sign an address of the sealed PDF."""
        return self._s3.presigned(self._archive, key.content, version_id, seconds)

    def _put_content(self, key: RecordKey, pdf: SealedPdf, until: datetime) -> str | None:
        """Version of this very content, written now or left by a crash; None when the content there is another."""
        head = self._s3.head(self._archive, key.content)
        if head is None:
            chunks = promised_bytes(pdf.path, size=pdf.size, expected=pdf.sha256)
            body = Body(chunks, pdf.size, pdf.sha256, _PDF)
            return self._s3.put_new(self._archive, key.content, body, locked_until=until)
        return head.version_id if (head.size, head.sha256) == (pdf.size, pdf.sha256) else None

    def _put_manifest(self, key: RecordKey, document: dict[str, object], until: datetime) -> Stored:
        written = manifests.to_bytes(document)
        body = Body((written,), len(written), hash_of((written,)), "application/json")
        version_id = self._s3.put_new(self._archive, key.manifest, body, locked_until=until)
        if version_id is not None:
            self._prove(key.manifest, version_id, body.sha256)
        found = manifests.stored_of(self.manifest(key))
        won = version_id is not None and version_id == self._s3.first_version(self._archive, key.manifest)
        return replace(found, already_there=not won)

    def _prove(self, key: str, version_id: str, expected: Sha256) -> None:
        """Believe a lock only when the server tells it back, and bytes only when they were read back."""
        head = self._s3.head(self._archive, key, version_id)
        if head is None:
            raise StoreCorrupt("an object is gone right after it was written")
        if head.lock_mode != "COMPLIANCE" or head.locked_until is None or head.locked_until <= datetime.now(UTC):
            raise Misconfigured("the S3 server does not keep the object lock")
        self._compare(self._archive, key, version_id, expected)

    def _compare(self, bucket: str, key: str, version_id: str | None, expected: Sha256) -> None:
        found = hash_of(self._s3.read(bucket, key, version_id))
        if found != expected:
            raise StoreCorrupt(f"expected {expected[:12]}, read back {found[:12]}")


def _policy(bucket: str, readers: Sequence[str]) -> dict[str, object]:
    """Nobody deletes; readers read. A plain delete would hide a locked object behind a marker without breaking the lock."""
    objects = f"arn:aws:s3:::{bucket}/*"
    statements: list[dict[str, object]] = [
        {
            "Sid": "NobodyDeletes",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            "Resource": [objects],
        }
    ]
    if readers:
        statements.append(
            {
                "Sid": "ReadersRead",
                "Effect": "Allow",
                "Principal": {"AWS": [f"arn:aws:iam:::user/{reader}" for reader in readers]},
                "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions"],
                "Resource": [f"arn:aws:s3:::{bucket}", objects],
            }
        )
    return {"Version": "2012-10-17", "Statement": statements}
