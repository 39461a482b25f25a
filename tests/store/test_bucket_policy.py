"""The rules of a locked bucket, on the real server: nothing is hidden, nothing locked goes, what expired can be removed."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import S3Error

from dossier.errors import Misconfigured, RecordBound
from storage.objects.buckets import policy
from storage.objects.store import Body
from tests.conftest import S3Server
from tests.twins.papers import digest

pytestmark = pytest.mark.store


def test_only_an_expired_version_can_be_removed_and_only_by_the_owner(s3_server: S3Server) -> None:
    owner, reader, bucket = s3_server.store(), s3_server.store(user="portal"), f"p{uuid.uuid4().hex[:12]}"
    plain = Minio(s3_server.endpoint, *s3_server.keys_of("sohoa"), secure=False, region="us-east-1")
    owner.make_bucket(bucket, locked=True)
    owner.set_policy(bucket, policy(bucket, ("portal",), locked=True))
    soon = datetime.now(UTC) + timedelta(seconds=3)
    version = owner.put_version(bucket, "a", Body((b"x",), 1, digest(b"x"), "text/plain"), locked_until=soon)

    with pytest.raises(S3Error, match="AccessDenied"):
        plain.remove_object(bucket, "a")
    assert [one.code for one in plain.remove_objects(bucket, [DeleteObject("a")])] == ["AccessDenied"]
    assert [one.code for one in plain.remove_objects(bucket, [DeleteObject("a", version)])] == ["AccessDenied"]
    with pytest.raises(RecordBound):
        owner.remove(bucket, "a", version)
    assert b"".join(reader.read(bucket, "a")) == b"x"

    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()) + 1)
    with pytest.raises(Misconfigured):
        reader.remove(bucket, "a", version)
    owner.remove(bucket, "a", version)

    assert owner.versions(bucket, "a") == ()
