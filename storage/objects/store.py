"""What this house asks of a store of objects. `storage.objects.s3` keeps these promises, `storage.objects.folder` some.

An object has versions; nothing is ever overwritten. A bucket made with ``locked`` can hold versions that nobody can delete
or change before a time (COMPLIANCE), and versions under a legal hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from dossier.values import Sha256


@dataclass(frozen=True, slots=True)
class Head:
    """What the store says of an object."""

    version_id: str
    size: int
    """Bytes."""
    sha256: str | None
    """As noted by the writer; a claim, not a proof."""
    lock_mode: str | None
    """COMPLIANCE, GOVERNANCE or None."""
    locked_until: datetime | None
    legal_hold: bool = False
    lock_damaged: bool = False
    """What is noted of lock and hold cannot be read: the version counts as locked and held, until when nobody can tell."""


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes to be written, with what they are promised to be."""

    chunks: Iterable[bytes]
    size: int
    """Bytes."""
    sha256: Sha256
    content_type: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One version of one object, as a listing tells it."""

    key: str
    version_id: str
    size: int
    """Bytes."""
    latest: bool


@runtime_checkable
class ObjectStore(Protocol):
    """Verbs over one store; each may be repeated.

    Every verb may raise `StoreUnavailable` (a retry can help) and `Misconfigured` (credentials, buckets, rights).
    """

    keeps_locks: bool
    """Whether the store itself refuses to delete what is locked; where it is False, only this program's care does."""

    def has_bucket(self, bucket: str) -> bool:
        """Whether the store answers and has the bucket."""

    def make_bucket(self, bucket: str, *, locked: bool) -> None:
        """Have a versioned bucket, with object lock where ``locked``; an existing one stays as it is."""

    def set_policy(self, bucket: str, policy: Mapping[str, object]) -> None:
        """Set who may do what in a bucket (S3 policy document)."""

    def head(self, bucket: str, key: str, version_id: str | None = None) -> Head | None:
        """What is known of an object, of the newest version where none is named; None where there is none."""

    def versions(self, bucket: str, key: str) -> tuple[str, ...]:
        """Versions of one object, oldest first; delete markers do not count."""

    def listed(self, bucket: str, prefix: str = "") -> Iterator[Listed]:
        """Every version of every object below a prefix, in the order of the keys."""

    def put_new(self, bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str | None:
        """Write an object where none is expected; the version, or None when the key is taken and nothing was written."""

    def put_version(self, bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str:
        """Write one more version of an object, whatever is there."""

    def read(self, bucket: str, key: str, version_id: str | None = None) -> Iterator[bytes]:
        """Stream an object, of the newest version where none is named.

        Raises:
            NoSuchObject: at once, not at the first bytes.
            StoreCorrupt: the store itself says that it cannot give the bytes back (a disk error, a wrong checksum).
        """

    def extend_lock(self, bucket: str, key: str, version_id: str, until: datetime) -> None:
        """Lock a version for longer; an earlier time than the present one is refused.

        Where the present one is damaged it is written anew; the legal hold is on then, for a person to lift.

        Raises:
            RecordBound: it is locked for longer already.
        """

    def set_legal_hold(self, bucket: str, key: str, version_id: str, *, on: bool) -> None:
        """Put a version under legal hold, or lift it.

        Raises:
            StoreCorrupt: what is noted of lock and hold is damaged, so that nothing is lifted.
        """

    def remove(self, bucket: str, key: str, version_id: str) -> None:
        """Delete one version for good; one that is gone is no error.

        Raises:
            RecordBound: a lock or a legal hold keeps it.
        """
