"""The portal in front of the real S3 server, as the user that may read the archive and nothing else."""

from __future__ import annotations

import uuid
from hashlib import sha256
from pathlib import Path

import pytest

from storage.audit.trail import AuditTrail
from storage.ledger import Ledger
from tests.conftest import S3Server
from tests.twins.portal_house import AN, PURPOSE, build_portal, pdf_bytes


@pytest.mark.store
def test_a_paper_in_the_real_store_comes_back_by_stream_and_by_link(
    s3_server: S3Server, ledger: Ledger, tmp_path: Path
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

    link = portal.get(paper + "/content?link=1").json()
    assert sha256(portal.client.get(link["url"]).content).hexdigest() == link["sha256"]
    assert [line[1] for line in portal.trail] == ["content", "content", "verify", "metadata", "link", "content"]
    assert {line[4] for line in portal.trail} == {PURPOSE["X-Purpose"]}
