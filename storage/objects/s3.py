"""The S3 server as this house needs it; the only module that knows the MinIO SDK, and where its errors become ours.

The SDK has no argument for `If-None-Match` and sends no payload hash over https, so the one PUT is signed here with the
SDK's own signer: the hash is known beforehand, the body streams from the disk, and the server refuses a body that does not
match. One PUT carries up to 5 GiB, the limit of S3.

Trap: a byte that rotted on the disk is no error of Ceph 16.2.15 where the pool has one copy (bluestore). Measured: a bit
was flipped in the block file under an object of 300 kB. HEAD answered at first; GET gave no byte until the read timeout,
and after it HEAD and longer locks for that version gave none either, however often. Of an object of 9 MB that was flipped
at 6 MB came 4,194,304 bytes and then nothing. The server itself answers on: 20 other objects in 0.1 to 0.2 s, also while
five such reads hung, and one more version of the same key was written and read back within 0.1 s. So silence ends here as
StoreUnavailable after two waits; that the server answers for its buckets meanwhile tells it from a server that is away.

Trap: Ceph 16.2 honours `If-None-Match: *` (one winner of eight writers) only in buckets without versions. In versioned
ones, and object lock means versioned, every writer succeeds and adds a version (measured; `tests/store`). So what decides
there is the order of versions: the first one counts, and nothing can come before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, NoReturn
from urllib.parse import urlunsplit

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE, ENABLED
from minio.credentials.credentials import Credentials
from minio.error import InvalidResponseError, S3Error, ServerError
from minio.helpers import BaseURL
from minio.retention import Retention
from minio.signer import sign_v4_s3
from minio.time import to_amz_date
from minio.versioningconfig import VersioningConfig
from urllib3.exceptions import HTTPError

from dossier.errors import (
    DossierError,
    Misconfigured,
    NoSuchObject,
    RecordBound,
    StoreCorrupt,
    StoreFailed,
    StoreUnavailable,
)
from storage.files import CHUNK
from storage.objects.store import Body, Head, Listed

_REGION: Final = "us-east-1"  # what Ceph RGW, SeaweedFS and others without regions expect in a signature
_CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 60.0
"""A server that gives no byte for so long does not answer."""
_TRIES: Final = urllib3.Retry(total=2, read=1, backoff_factor=0.2)  # longer patience is the flow's, not the client's

_MISSING: Final = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchUpload"})
_WRONG_BODY: Final = frozenset({"XAmzContentSHA256Mismatch", "BadDigest", "IncompleteBody"})
_BUSY: Final = frozenset(
    {"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "ConditionalRequestConflict"}
)


class S3Client:
    """The verbs of `storage.objects.store.ObjectStore` over one S3 server.

    Args:
        endpoint: host:port.
        access_key: of the user.
        secret_key: of the user.
        secure: https.
        read_seconds: a silence of so long is no answer; a request is then made once more, the rest of a body is not.
    """

    keeps_locks = True

    def __init__(
        self, *, endpoint: str, access_key: str, secret_key: str, secure: bool, read_seconds: float = READ_SECONDS
    ) -> None:
        if not access_key or not secret_key:
            raise Misconfigured("s3_access_key or s3_secret_key is not set")
        self._credentials = Credentials(access_key, secret_key)
        self._http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=read_seconds), maxsize=10, retries=_TRIES
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
            legal_hold=told.get("x-amz-object-lock-legal-hold") == "ON",
        )

    def versions(self, bucket: str, key: str) -> tuple[str, ...]:
        """Versions of one object, oldest first; delete markers do not count."""
        with _our_errors():
            found = self._minio.list_objects(bucket, prefix=key, include_version=True)
            # S3 lists the versions of a key from the newest to the oldest
            told = [one.version_id or "null" for one in found if one.object_name == key and not one.is_delete_marker]
        return tuple(reversed(told))

    def listed(self, bucket: str, prefix: str = "") -> Iterator[Listed]:
        """Every version of every object below a prefix, in the order of the keys."""
        with _our_errors():
            for one in self._minio.list_objects(bucket, prefix=prefix, recursive=True, include_version=True):
                if not one.is_delete_marker:
                    yield Listed(
                        one.object_name or "", one.version_id or "null", one.size or 0, str(one.is_latest).lower() == "true"
                    )

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
        return self._put(bucket, key, body, {"If-None-Match": "*", **_lock_headers(locked_until)})

    def put_version(self, bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str:
        """Write one more version of an object, whatever is there."""
        version_id = self._put(bucket, key, body, _lock_headers(locked_until))
        if version_id is None:
            raise StoreFailed("the server refuses an unconditional write as conditional")
        return version_id

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

    def extend_lock(self, bucket: str, key: str, version_id: str, until: datetime) -> None:
        """Lock a version for longer; the server refuses to shorten a lock."""
        try:
            with _our_errors():
                self._minio.set_object_retention(bucket, key, Retention(COMPLIANCE, until), version_id=version_id)
        except Misconfigured as refusal:
            self._bound_or(refusal, bucket, key, version_id)

    def set_legal_hold(self, bucket: str, key: str, version_id: str, *, on: bool) -> None:
        """Put a version under legal hold, or lift it."""
        act = self._minio.enable_object_legal_hold if on else self._minio.disable_object_legal_hold
        with _our_errors():
            act(bucket, key, version_id=version_id)

    def remove(self, bucket: str, key: str, version_id: str) -> None:
        """Delete one version for good; one that is gone is no error, and no delete marker is left."""
        try:
            with _our_errors():
                self._minio.remove_object(bucket, key, version_id=version_id)
        except NoSuchObject:
            return
        except Misconfigured as refusal:
            self._bound_or(refusal, bucket, key, version_id)

    def _put(self, bucket: str, key: str, body: Body, conditions: Mapping[str, str]) -> str | None:
        url = self._url.build(method="PUT", region=_REGION, bucket_name=bucket, object_name=key)
        now = datetime.now(UTC)
        headers = {
            "Host": url.netloc,
            "Content-Length": str(body.size),
            "Content-Type": body.content_type,
            "x-amz-content-sha256": body.sha256,
            "x-amz-date": to_amz_date(now),
            "x-amz-meta-sha256": body.sha256,
            **conditions,
        }
        signed = sign_v4_s3(
            method="PUT", url=url, region=_REGION, headers={**headers}, credentials=self._credentials,
            content_sha256=body.sha256, date=now,
        )  # fmt: skip
        with _our_errors():
            answer = self._http.urlopen("PUT", urlunsplit(url), body=iter(body.chunks), headers=signed, retries=False)
            if answer.status == 412:  # Precondition Failed
                return None
            if answer.status >= 300:
                raise S3Error.fromxml(answer) if answer.data else ServerError("no reason given", answer.status)
        return answer.headers.get("x-amz-version-id", "null")

    def _bound_or(self, refusal: Misconfigured, bucket: str, key: str, version_id: str) -> NoReturn:
        """S3 says AccessDenied both for a lock and for a lack of rights; what the version says of itself decides."""
        head = self.head(bucket, key, version_id)
        if head is not None and head.legal_hold:
            raise RecordBound("legal hold") from refusal
        if head is not None and head.locked_until is not None and head.locked_until > datetime.now(UTC):
            raise RecordBound(f"locked until {head.locked_until:%Y-%m-%d}") from refusal
        raise refusal


def _lock_headers(until: datetime | None) -> dict[str, str]:
    if until is None:
        return {}
    return {
        "x-amz-object-lock-mode": COMPLIANCE,
        "x-amz-object-lock-retain-until-date": until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


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
