"""Opening the agency's key: fit to sign now, or a clear refusal."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12, serialize_key_and_certificates
from signing_parts import Pki

from dossier.errors import KeyUnavailable, Misconfigured, SignerRejected
from signing.demo_pki import DemoAuthority
from signing.keys import Signer, open_signer

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def authority() -> DemoAuthority:
    return DemoAuthority.create()


@pytest.fixture
def root(authority: DemoAuthority, tmp_path: Path) -> Path:
    path = tmp_path / "root.pem"
    path.write_bytes(authority.root_pem())
    return path


def test_an_open_signer_names_its_certificate_and_shows_no_secret(signer: Signer, pki: Pki) -> None:
    certificate = load_pkcs12(pki.p12.read_bytes(), pki.passphrase).cert
    assert certificate is not None

    assert signer.name == "DEMO Trung tâm Phục vụ hành chính công"
    assert signer.valid_to == certificate.certificate.not_valid_after_utc
    assert "cms" not in repr(signer)
    assert "ey" not in repr(signer).replace("Signer(", "")
    with pytest.raises(TypeError):
        pickle.dumps(signer)


def test_the_wrong_passphrase_is_said_without_the_passphrase(pki: Pki) -> None:
    with pytest.raises(KeyUnavailable) as refusal:
        open_signer(pki.p12, b"not this one", root=pki.root)

    assert "not this one" not in str(refusal.value)


@pytest.mark.parametrize("content", [None, b"", b"no key at all"], ids=["missing", "empty", "garbage"])
def test_a_key_file_that_cannot_be_opened_is_refused(pki: Pki, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "signer.p12"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(KeyUnavailable):
        open_signer(path, pki.passphrase, root=pki.root)


def test_a_file_without_a_key_is_refused(pki: Pki, tmp_path: Path) -> None:
    opened = load_pkcs12(pki.p12.read_bytes(), pki.passphrase)
    assert opened.cert is not None
    path = tmp_path / "signer.p12"
    path.write_bytes(
        serialize_key_and_certificates(None, None, None, [opened.cert.certificate], BestAvailableEncryption(b"x"))
    )

    with pytest.raises(KeyUnavailable, match="holds no RSA or EC key"):
        open_signer(path, b"x", root=pki.root)


@pytest.mark.parametrize(
    "valid",
    [(NOW - timedelta(days=20), NOW - timedelta(days=1)), (NOW + timedelta(days=1), NOW + timedelta(days=20))],
    ids=["expired", "not yet valid"],
)
def test_a_certificate_outside_its_time_is_refused(
    authority: DemoAuthority, root: Path, tmp_path: Path, valid: tuple[datetime, datetime]
) -> None:
    (tmp_path / "signer.p12").write_bytes(authority.signer_p12(b"secret", valid=valid))

    with pytest.raises(SignerRejected, match="valid 20"):
        open_signer(tmp_path / "signer.p12", b"secret", root=root)


def test_a_certificate_of_another_ca_is_refused(pki: Pki, root: Path) -> None:
    with pytest.raises(SignerRejected, match="PathBuildingError"):
        open_signer(pki.p12, pki.passphrase, root=root)


def test_a_certificate_that_may_not_sign_is_refused(authority: DemoAuthority, root: Path, tmp_path: Path) -> None:
    (tmp_path / "signer.p12").write_bytes(authority.signer_p12(b"secret", may_sign=False))

    with pytest.raises(SignerRejected, match="InvalidCertificateError"):
        open_signer(tmp_path / "signer.p12", b"secret", root=root)


def test_a_pinned_fingerprint_must_match(pki: Pki, signer: Signer) -> None:
    right = signer.certificate_sha256.upper()

    assert open_signer(pki.p12, pki.passphrase, root=pki.root, certificate_sha256=right) == signer
    with pytest.raises(SignerRejected, match="not the expected"):
        open_signer(pki.p12, pki.passphrase, root=pki.root, certificate_sha256="ab" * 32)


def test_a_root_that_holds_no_certificate_is_a_matter_of_configuration(pki: Pki, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(b"nothing")

    with pytest.raises(Misconfigured):
        open_signer(pki.p12, pki.passphrase, root=tmp_path / "root.pem")


def test_a_root_file_may_hold_several_roots(pki: Pki, authority: DemoAuthority, tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_bytes(authority.root_pem() + pki.root.read_bytes())

    assert open_signer(pki.p12, pki.passphrase, root=tmp_path / "roots.pem").name.startswith("DEMO")


def test_an_edwards_key_is_refused(pki: Pki, tmp_path: Path) -> None:
    (tmp_path / "signer.p12").write_bytes(
        serialize_key_and_certificates(
            b"x", ed25519.Ed25519PrivateKey.generate(), None, None, BestAvailableEncryption(b"x")
        )
    )

    with pytest.raises(KeyUnavailable):
        open_signer(tmp_path / "signer.p12", b"x", root=pki.root)
