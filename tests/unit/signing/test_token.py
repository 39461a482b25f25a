"""A timestamp over a digest: true for that digest, from that root, and for nothing else."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from signing_parts import Pki

from dossier.errors import TimestampUnavailable
from signing.demo_pki import make_demo_pki
from signing.local_tsa import Fault, LocalTsa
from signing.timestamp import PatientTimestamper, open_timestamper
from signing.token import Authority

DIGEST = sha256(b"the trail as it stands").digest()


@pytest.fixture
def authority(timestamper: PatientTimestamper, pki: Pki) -> Authority:
    return Authority(timestamper, pki.root)


@pytest.fixture
def response(authority: Authority) -> bytes:
    return authority.stamp(DIGEST)


def test_a_stamped_digest_tells_its_time(authority: Authority, response: bytes) -> None:
    stamped = authority.stamped_at(response, DIGEST)

    assert stamped is not None
    assert abs(datetime.now(UTC) - stamped) < timedelta(minutes=1)


def test_a_token_says_nothing_of_another_digest(authority: Authority, response: bytes) -> None:
    assert authority.stamped_at(response, sha256(b"another").digest()) is None


def test_a_token_of_another_root_is_not_believed(timestamper: PatientTimestamper, response: bytes, tmp_path: Path) -> None:
    make_demo_pki(tmp_path / "other", secrets=tmp_path / "secrets")

    assert Authority(timestamper, tmp_path / "other" / "root.pem").stamped_at(response, DIGEST) is None


def test_no_byte_of_what_was_signed_can_be_changed(authority: Authority, response: bytes) -> None:
    place = response.index(DIGEST)
    changed = response[:place] + bytes([response[place] ^ 1]) + response[place + 1 :]

    assert authority.stamped_at(changed, DIGEST) is None
    assert authority.stamped_at(changed, changed[place : place + 32]) is None


@pytest.mark.parametrize("garbage", [b"", b"\x30\x03\x02\x01\x00", b"<html>", b"\x00" * 500])
def test_what_is_no_token_is_no_proof(authority: Authority, garbage: bytes) -> None:
    assert authority.stamped_at(garbage, DIGEST) is None


def test_a_token_outlives_the_certificate_of_its_authority(pki: Pki) -> None:
    with LocalTsa(pki.folder, states=datetime.now(UTC) + timedelta(days=1)) as tsa:
        authority = Authority(open_timestamper(tsa.url, seconds=5.0, pauses=()), pki.root)
        later = authority.stamp(DIGEST)

    assert authority.stamped_at(later, DIGEST) is not None  # judged as of the time it states, not as of now


def test_an_authority_that_fails_gives_no_token(pki: Pki) -> None:
    with LocalTsa(pki.folder, fault=Fault("garbage")) as tsa:
        authority = Authority(open_timestamper(tsa.url, seconds=0.5, pauses=(0.01,)), pki.root)
        with pytest.raises(TimestampUnavailable):
            authority.stamp(DIGEST)


def test_openssl_reads_the_same_token(response: bytes, pki: Pki, tmp_path: Path) -> None:
    """Somebody without this program can check an anchor."""
    (tmp_path / "anchor.tsr").write_bytes(response)
    asked = ["openssl", "ts", "-verify", "-digest", DIGEST.hex(), "-in", "anchor.tsr", "-CAfile", str(pki.root)]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "Verification: OK" in done.stdout, done.stderr
