"""The throwaway PKI: complete, private, named as a demo, and made once."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from signing_parts import Pki

from dossier.errors import Misconfigured
from signing.demo_pki import make_demo_pki
from signing.keys import open_signer

FILES = ("root.pem", "signer.p12", "tsa.pem")


def contents(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def made(home: Path) -> dict[str, bytes]:
    make_demo_pki(home / "pki", secrets=home / "secrets")
    return contents(home)


def test_every_file_is_for_its_owner_only(tmp_path: Path) -> None:
    files = made(tmp_path)

    assert sorted(files) == ["pki/root.pem", "pki/signer.p12", "pki/tsa.pem", "secrets/sohoa_signer_passphrase"]
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in files} == {0o600}
    assert len(files["secrets/sohoa_signer_passphrase"]) >= 24


def test_a_second_call_changes_nothing(tmp_path: Path) -> None:
    first = made(tmp_path)

    assert made(tmp_path) == first


def test_a_run_that_was_cut_short_is_done_again_with_the_same_passphrase(tmp_path: Path) -> None:
    first = made(tmp_path)
    (tmp_path / "pki" / "signer.p12").unlink()

    again = made(tmp_path)

    passphrase = again["secrets/sohoa_signer_passphrase"]
    assert passphrase == first["secrets/sohoa_signer_passphrase"]
    assert open_signer(tmp_path / "pki" / "signer.p12", passphrase, root=tmp_path / "pki" / "root.pem").name


@pytest.mark.parametrize("lost", ["pki/root.pem", "pki/tsa.pem", "secrets/sohoa_signer_passphrase"])
def test_a_key_whose_company_is_lost_is_never_overwritten(tmp_path: Path, lost: str) -> None:
    made(tmp_path)
    (tmp_path / lost).unlink()
    before = contents(tmp_path)

    with pytest.raises(Misconfigured, match=Path(lost).name):
        made(tmp_path)
    assert contents(tmp_path) == before


def test_every_name_says_that_it_is_a_demo(pki: Pki) -> None:
    opened = load_pkcs12(pki.p12.read_bytes(), pki.passphrase)
    assert opened.cert is not None
    certificates = [
        opened.cert.certificate,
        *(extra.certificate for extra in opened.additional_certs),
        *x509.load_pem_x509_certificates((pki.folder / "tsa.pem").read_bytes()),
        x509.load_pem_x509_certificate(pki.root.read_bytes()),
    ]

    assert len(certificates) == 5
    for certificate in certificates:
        for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
            assert str(certificate.subject.get_attributes_for_oid(kind)[0].value).startswith("DEMO")


def test_the_signer_has_an_rsa_2048_key(pki: Pki) -> None:
    key = load_pkcs12(pki.p12.read_bytes(), pki.passphrase).key

    assert isinstance(key, RSAPrivateKey)
    assert key.key_size == 2048


def test_the_timestamp_certificate_is_for_that_purpose_alone(pki: Pki) -> None:
    own = x509.load_pem_x509_certificates((pki.folder / "tsa.pem").read_bytes())[0]
    purpose = own.extensions.get_extension_for_class(x509.ExtendedKeyUsage)

    assert purpose.critical
    assert list(purpose.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
