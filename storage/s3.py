"""The S3 server as this house needs it; the only module that knows the MinIO SDK, and where its errors become ours.

The SDK has no argument for `If-None-Match` and sends no payload hash over https, so the one PUT is signed here with the
SDK's own signer: the hash is known beforehand, the body streams from the disk, and the server refuses a body that does not
match. One PUT carries up to 5 GiB, the limit of S3.

Trap: Ceph 16.2 honours `If-None-Match: *` (one winner of eight writers) only in buckets without versions. In versioned
ones, and object lock means versioned, every writer succeeds and adds a version (measured; `tests/store`). So what decides
there is the order of versions: the first one counts, and nothing can come before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlunsplit

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE, ENABLED
from minio.credentials.credentials import Credentials
from minio.error import InvalidResponseError, S3Error, ServerError
from minio.helpers import BaseURL
from minio.signer import sign_v4_s3
from minio.time import to_amz_date
from minio.versioningconfig import VersioningConfig
from urllib3.exceptions import HTTPError

from dossier.errors import DossierError, Misconfigured, NoSuchObject, StoreCorrupt, StoreFailed, StoreUnavailable
from dossier.values import Sha256
from storage.files import CHUNK

_REGION: Final = "us-east-1"  # what Ceph RGW, SeaweedFS and others without regions expect in a signature
_CONNECT_SECONDS: Final = 3.0
_READ_SECONDS: Final = 60.0
_TRIES: Final = urllib3.Retry(total=2, backoff_factor=0.2)  # longer patience is the flow's, not the client's

_MISSING: Final = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchUpload"})
_WRONG_BODY: Final = frozenset({"XAmzContentSHA256Mismatch", "BadDigest", "IncompleteBody"})
_BUSY: Final = frozenset(
    {"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "ConditionalRequestConflict"}
)


@dataclass(frozen=True, slots=True)
class Head:
    """What the server says of a stored object."""

    version_id: str
    size: int
    """Bytes."""
    sha256: str | None
    """As noted by the writer; a claim, not a proof."""
    lock_mode: str | None
    """COMPLIANCE, GOVERNANCE or None."""
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes to be written, with what they are promised to be."""

    chunks: Iterable[bytes]
    size: int
    """Bytes."""
    sha256: Sha256
    content_type: str


class S3Client:
    """A few verbs over one S3 server."""

    def __init__(self, *, endpoint: str, access_key: str, secret_key: str, secure: bool) -> None:
        if not access_key or not secret_key:
            raise Misconfigured("s3_access_key or s3_secret_key is not set")
        self._credentials = Credentials(access_key, secret_key)
        self._http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS), maxsize=10, retries=_TRIES
        )
        try:
            self._url = BaseURL(f"{'https' if secure else 'http'}://{endpoint}", _REGION)
            self._minio = Minio(endpoint, access_key, secret_key, secure=secure, region=_REGION, http_client=self._http)
        except ValueError as error:
            raise Misconfigured("s3_endpoint is not of the form host:port") from error

    def has_bucket(self, bucket: str) -> bool:
        """Whether the server answers and has the bucket."""
        with _our_errors():
            return self._minio.bucket_exists(bucket)

    def make_bucket(self, bucket: str, *, locked: bool) -> None:
        """Have a versioned bucket, with object lock where ``locked``; an existing one stays as it is.

        Raises:
            Misconfigured: the bucket is there without the lock; a lock cannot be added afterwards.
        """
        with _our_errors():
            if not self._minio.bucket_exists(bucket):
                self._minio.make_bucket(bucket, object_lock=locked)
            self._minio.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
            if locked:
                try:
                    self._minio.get_object_lock_config(bucket)
                except S3Error as error:
                    if error.code == "ObjectLockConfigurationNotFoundError":
                        raise Misconfigured(f"bucket {bucket} has no object lock; use another bucket_prefix") from error
                    raise

    def set_policy(self, bucket: str, policy: Mapping[str, object]) -> None:
        """Set who may do what in a bucket."""
        with _our_errors():
            self._minio.set_bucket_policy(bucket, json.dumps(policy))

    def head(self, bucket: str, key: str, version_id: str | None = None) -> Head | None:
        """What is known of an object, of the newest version where none is named; None where there is none."""
        try:
            with _our_errors():
                found = self._minio.stat_object(bucket, key, version_id=version_id)
        except NoSuchObject:
            return None
        told = {name.lower(): value for name, value in (found.metadata or {}).items()}
        until = told.get("x-amz-object-lock-retain-until-date")
        return Head(
            version_id=found.version_id or "null",
            size=found.size or 0,
            sha256=told.get("x-amz-meta-sha256"),
            lock_mode=told.get("x-amz-object-lock-mode"),
            locked_until=datetime.fromisoformat(until) if until else None,
        )

    def first_version(self, bucket: str, key: str) -> str | None:
        """The oldest version of an object; delete markers and whatever was written later do not matter."""
        with _our_errors():
            found = self._minio.list_objects(bucket, prefix=key, include_version=True)
            # S3 lists the versions of a key from the newest to the oldest
            versions = [one.version_id for one in found if one.object_name == key and not one.is_delete_marker]
        return versions[-1] if versions else None

    def put_new(self, bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str | None:
        """Write an object where none is expected (see the trap above).

        Args:
            bucket: the bucket.
            key: the key.
            body: the bytes; the server refuses them when they are not those of ``body.sha256``.
            locked_until: nobody can delete or change this version before this time (COMPLIANCE).

        Returns:
            The version that was written; None when the server says that the key is taken, and wrote nothing.
        """
        url = self._url.build(method="PUT", region=_REGION, bucket_name=bucket, object_name=key)
        now = datetime.now(UTC)
        headers = {
            "Host": url.netloc,
            "Content-Length": str(body.size),
            "Content-Type": body.content_type,
            "If-None-Match": "*",
            "x-amz-content-sha256": body.sha256,
            "x-amz-date": to_amz_date(now),
            "x-amz-meta-sha256": body.sha256,
        }
        if locked_until is not None:
            headers["x-amz-object-lock-mode"] = COMPLIANCE
            headers["x-amz-object-lock-retain-until-date"] = locked_until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        signed = sign_v4_s3(
            method="PUT", url=url, region=_REGION, headers=dict(headers), credentials=self._credentials,
            content_sha256=body.sha256, date=now,
        )  # fmt: skip
        with _our_errors():
            answer = self._http.urlopen("PUT", urlunsplit(url), body=iter(body.chunks), headers=signed, retries=False)
            if answer.status == 412:  # Precondition Failed
                return None
            if answer.status >= 300:
                raise S3Error.fromxml(answer) if answer.data else ServerError("no reason given", answer.status)
        return answer.headers.get("x-amz-version-id", "null")

    def read(self, bucket: str, key: str, version_id: str | None = None) -> Iterator[bytes]:
        """Stream an object, of the newest version where none is named.

        Raises:
            NoSuchObject: at once, not at the first bytes.
        """
        with _our_errors():
            answer = self._minio.get_object(bucket, key, version_id=version_id)

        def stream() -> Iterator[bytes]:
            try:
                with _our_errors():
                    yield from answer.stream(CHUNK)
            finally:
                answer.close()
                answer.release_conn()

        return stream()

    def presigned(self, bucket: str, key: str, version_id: str, seconds: int) -> str:
        """Address that gives one version of an object to anybody for a short time."""
        with _our_errors():
            return self._minio.presigned_get_object(bucket, key, expires=timedelta(seconds=seconds), version_id=version_id)


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        raise _translated(error.code or "?", error.response.status) from error
    except ServerError as error:
        raise _translated("?", error.status_code) from error
    except InvalidResponseError as error:
        raise StoreUnavailable("the answer is not S3's; a proxy or another server?") from error
    except HTTPError as error:
        raise StoreUnavailable(type(error).__name__) from error


def _translated(code: str, status: int) -> DossierError:
    told = f"{code}, HTTP {status}"
    if code in _MISSING:
        return NoSuchObject(told)
    if code in _WRONG_BODY:
        return StoreCorrupt(told)
    if code in _BUSY or status >= 500:
        return StoreUnavailable(told)
    if code == "NoSuchBucket" or status in (401, 403):
        return Misconfigured(f"the S3 server says {told}")
    return StoreFailed(told)
