"""Names of the buckets of one installation, and which of them are locked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Buckets:
    """The buckets `<prefix>-<part>`."""

    prefix: str

    @property
    def intake(self) -> str:
        """Received bytes."""
        return f"{self.prefix}-intake"

    @property
    def archive(self) -> str:
        """Sealed records, under object lock."""
        return f"{self.prefix}-archive"

    @property
    def sensitive(self) -> str:
        """Sealed records with sensitive personal data, under object lock, with a stricter policy."""
        return f"{self.prefix}-sensitive"

    @property
    def audit(self) -> str:
        """Anchors of the audit trail and certificates of disposal, under object lock."""
        return f"{self.prefix}-audit"

    @property
    def keys(self) -> str:
        """Wrapped keys; not locked, because a changed master key wraps them anew."""
        return f"{self.prefix}-keys"

    def for_record(self, *, sensitive: bool) -> str:
        """Where a record is kept."""
        return self.sensitive if sensitive else self.archive

    def each(self) -> Iterator[tuple[str, bool]]:
        """(name, locked) of every bucket."""
        yield from ((self.intake, False), (self.keys, False))
        yield from ((self.archive, True), (self.sensitive, True), (self.audit, True))


def policy(bucket: str, readers: Sequence[str] = (), *, locked: bool = False, deletable: bool = False) -> dict[str, object]:
    """Nobody deletes; readers read. A plain delete would hide a locked object behind a marker without breaking the lock.

    Args:
        bucket: the bucket.
        readers: users of the S3 server who may read it and nothing else.
        locked: it has object lock, which keeps each locked version to its time from everybody; afterwards disposal deletes
            versions, so only the plain delete is denied.
        deletable: deny nothing, for the moment in which replaced wrappings of keys are deleted.
    """
    objects = f"arn:aws:s3:::{bucket}/*"
    statements: list[dict[str, object]] = [
        {
            "Sid": "NobodyHides" if locked else "NobodyDeletes",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:DeleteObject"] if locked else ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            "Resource": [objects],
        }
    ]
    if deletable:
        statements.clear()
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
