"""A throwaway PKI for trying the system out: a root, an issuing CA, an agency's signer and a timestamp authority.

Every name in it begins with DEMO, and the CA keys are forgotten as soon as the certificates are issued.
"""

from __future__ import annotations

import os
import secrets as randomness
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dossier.errors import Misconfigured

SubjectKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_YEARS: Final = timedelta(days=3650)
_PASSPHRASE_FILE: Final = "sohoa_signer_passphrase"  # noqa: S105 - a file name, the one config.settings reads


@dataclass(frozen=True, slots=True)
class DemoAuthority:
    """A root and the CA below it that issues the certificates."""

    root: x509.Certificate
    issuing: x509.Certificate
    _issuing_key: ec.EllipticCurvePrivateKey

    @classmethod
    def create(cls) -> DemoAuthority:
        """Make both with new keys; the root's key is gone when this returns."""
        root_key, issuing_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root_name, now = _name("DEMO Root CA (not for real use)"), datetime.now(UTC)
        span = (now - timedelta(days=2 * 365), now + _YEARS)
        root = _authority(root_name, root_name, root_key.public_key(), span).sign(root_key, SHA256())
        issuing_name = _name("DEMO Issuing CA (not for real use)")
        issuing = _authority(issuing_name, root_name, issuing_key.public_key(), span)
        issuing = issuing.add_extension(_issuer_key(root), critical=False)
        return cls(root, issuing.sign(root_key, SHA256()), issuing_key)

    def root_pem(self) -> bytes:
        """Give the certificate that verifiers trust."""
        return self.root.public_bytes(Encoding.PEM)

    def signer_p12(
        self,
        passphrase: bytes,
        *,
        key: SubjectKey | None = None,
        valid: tuple[datetime, datetime] | None = None,
        may_sign: bool = True,
    ) -> bytes:
        """Issue an agency's signing certificate and pack it with its key (default RSA-2048) and the issuing CA.

        Args:
            passphrase: encrypts the file.
            key: the agency's key.
            valid: start and end; default from an hour ago, for five years.
            may_sign: False issues a certificate for encryption only, to try the refusal.
        """
        now = datetime.now(UTC)
        key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        span = valid or (now - timedelta(hours=1), now + timedelta(days=5 * 365))
        name = _name("DEMO Trung tâm Phục vụ hành chính công")
        usage = _usage(digital_signature=may_sign, content_commitment=may_sign, key_encipherment=not may_sign)
        issued = self._leaf(name, key, span).add_extension(usage, critical=True).sign(self._issuing_key, SHA256())
        return serialize_key_and_certificates(
            b"DEMO signer", key, issued, [self.issuing], BestAvailableEncryption(passphrase)
        )

    def tsa_pem(self) -> bytes:
        """Issue a timestamp authority: its RSA-2048 key, its certificate and the issuing CA in one PEM."""
        now = datetime.now(UTC)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        builder = self._leaf(_name("DEMO Timestamp Authority"), key, (now - timedelta(hours=1), now + _YEARS))
        builder = builder.add_extension(_usage(digital_signature=True), critical=True)
        # RFC 3161 2.3: this purpose alone, and critical
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        issued = builder.add_extension(purpose, critical=True).sign(self._issuing_key, SHA256())
        parts = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())]
        parts += [certificate.public_bytes(Encoding.PEM) for certificate in (issued, self.issuing)]
        return b"".join(parts)

    def _leaf(self, name: x509.Name, key: SubjectKey, span: tuple[datetime, datetime]) -> x509.CertificateBuilder:
        builder = _certificate(name, self.issuing.subject, key.public_key(), span)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        return builder.add_extension(_issuer_key(self.issuing), critical=False)


def make_demo_pki(folder: Path, *, secrets: Path) -> None:
    """Fill ``folder`` with root.pem, tsa.pem and signer.p12, and ``secrets`` with the passphrase; all mode 0600.

    Does nothing when signer.p12 is there. It is written last, so a run that was cut short is simply done again; an
    existing passphrase is used, never replaced.

    Raises:
        Misconfigured: signer.p12 is there but something that belongs to it is not; no file is touched.
    """
    passphrase_file, signer = secrets / _PASSPHRASE_FILE, folder / "signer.p12"
    needed = (passphrase_file, folder / "root.pem", folder / "tsa.pem")
    if signer.exists():
        missing = [path.name for path in needed if not path.exists()]
        if missing:
            raise Misconfigured(f"signer.p12 is there without {', '.join(missing)}; bring it back or move signer.p12 away")
        return
    for place in (folder, secrets):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not passphrase_file.exists():
        _write(passphrase_file, randomness.token_urlsafe(24).encode("ascii"))
    authority = DemoAuthority.create()
    _write(folder / "root.pem", authority.root_pem())
    _write(folder / "tsa.pem", authority.tsa_pem())
    _write(signer, authority.signer_p12(passphrase_file.read_bytes().strip()))


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    draft.replace(path)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "DEMO (not for real use)"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    span: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(span[0]).not_valid_after(span[1])
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _authority(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, span: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    builder = _certificate(subject, issuer, key, span)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)


def _issuer_key(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_encipherment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=key_encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
