"""The portal in front of the real S3 server, as the user that may read the archive and nothing else."""

from __future__ import annotations

import time
import uuid
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from storage.audit import AuditTrail
from storage.ledger import Ledger
from tests.conftest import S3Server
from tests.twins.portal_house import AN, PURPOSE, build_portal, pdf_bytes


@pytest.mark.store
def test_a_paper_in_the_real_store_comes_back_by_stream_and_by_link_until_the_link_expires(
    s3_server: S3Server, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = f"p{uuid.uuid4().hex[:12]}"
    reader = s3_server.warehouse(prefix, user="portal")
    portal = build_portal(ledger, s3_server.warehouse(prefix), AuditTrail(ledger), tmp_path, seen_by_portal=reader)
    paper = f"/v1/documents/{portal.papers[AN][0]}"
    expected = pdf_bytes(AN, 1)

    assert portal.client.get("/readyz").status_code == 200
    assert portal.get(paper + "/content").content == expected
    assert portal.get(paper + "/content", Range="bytes=-8").content == expected[-8:]
    assert portal.get(paper + "/verify").json()["intact"] is True
    assert portal.get(paper).json()["fields"]["full_name"]["value"] == f"Người {AN}"

    monkeypatch.setattr("portal.app.LINK_SECONDS", 2)
    link = portal.get(paper + "/content?link=1").json()
    fetched = httpx.get(link["url"])
    assert (fetched.status_code, sha256(fetched.content).hexdigest()) == (200, link["sha256"])
    time.sleep(3.5)
    assert httpx.get(link["url"]).status_code == 403
    assert [line[1] for line in portal.trail] == ["content", "content", "verify", "metadata", "link"]
    assert {line[4] for line in portal.trail} == {PURPOSE["X-Purpose"]}
