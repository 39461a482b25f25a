"""The agency's key: a PKCS#12 file and its passphrase become a `Signer` that is fit to sign now, or an error."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from pyhanko.sign.signers.pdf_cms import Signer as CmsSigner
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from dossier.errors import KeyUnavailable, SignerRejected
from dossier.values import Sha256
from signing.trust import SIGNING_USAGE, read_roots, settled, trusting

SigningKey = RSAPrivateKey | EllipticCurvePrivateKey
"""The kinds of key that a seal may be made with."""


class KeptKeySigner(CmsSigner):
    """Signs with a key object that is opened once.

    pyHanko's own SimpleSigner loads and re-checks the RSA key for each signature: 60 of 77 ms CPU, measured.
    """

    def __init__(self, key: SigningKey, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(chain)
        super().__init__(signing_cert=certificate, cert_registry=store, embed_roots=False)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign ``data``: RSA PKCS#1 v1.5 or ECDSA."""
        digest = get_pyca_cryptography_hash(digest_algorithm)
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), digest)
        return self._key.sign(data, ECDSA(digest))


@dataclass(frozen=True, slots=True)
class Signer:
    """An open key with its certificate; prints without the secret and cannot be pickled into a result store."""

    name: str
    """Common name of the certificate."""
    certificate_sha256: Sha256
    valid_from: datetime
    """Start of the certificate's validity, UTC."""
    valid_to: datetime
    """End of the certificate's validity, UTC."""
    cms: KeptKeySigner = field(repr=False, compare=False)

    def require_valid(self, at: datetime) -> None:
        """Refuse to sign outside the validity of the certificate: a batch may run past its last day.

        Raises:
            SignerRejected: the certificate is not valid at that time.
        """
        if not self.valid_from <= at <= self.valid_to:
            raise SignerRejected(f"valid {self.valid_from:%Y-%m-%d} to {self.valid_to:%Y-%m-%d}")


def open_signer(p12: Path, passphrase: bytes, *, root: Path, certificate_sha256: str | None = None) -> Signer:
    """Open the agency's key and check its certificate before the first file is signed.

    Args:
        p12: PKCS#12 file with the key, its certificate and the chain below the root.
        passphrase: the file's passphrase; kept nowhere.
        root: PEM of the roots that the certificate must chain to.
        certificate_sha256: fingerprint of the expected certificate, hexadecimal; None accepts any that chains.

    Raises:
        KeyUnavailable: missing or broken file, wrong passphrase, no key, a kind of key that is not supported.
        SignerRejected: expired, not yet valid, of another CA, not allowed to sign, or not the expected one.
    """
    key, certificate, chain = _unlock(p12, passphrase)
    signer = Signer(
        name=common_name(certificate),
        certificate_sha256=Sha256(certificate.sha256.hex()),
        valid_from=certificate.not_valid_before,
        valid_to=certificate.not_valid_after,
        cms=KeptKeySigner(key, certificate, chain),
    )
    if certificate_sha256 is not None and certificate_sha256.replace(":", "").lower() != signer.certificate_sha256:
        raise SignerRejected("not the expected certificate")
    signer.require_valid(datetime.now(UTC))
    settled(_require_fit(certificate, chain, read_roots(root)))
    return signer


def common_name(certificate: x509.Certificate) -> str:
    """Name the owner of a certificate; empty where it has no common name."""
    name = certificate.subject.native.get("common_name", "")
    return name if isinstance(name, str) else str(name[-1])


def _unlock(p12: Path, passphrase: bytes) -> tuple[SigningKey, x509.Certificate, tuple[x509.Certificate, ...]]:
    try:
        opened = load_pkcs12(p12.read_bytes(), passphrase)
    except OSError as error:
        raise KeyUnavailable(f"the key file cannot be read: {type(error).__name__}") from error
    except ValueError as error:
        raise KeyUnavailable("wrong passphrase, or not a PKCS#12 file") from error
    if opened.cert is None or not isinstance(opened.key, SigningKey):
        raise KeyUnavailable("the file holds no RSA or EC key with its certificate")
    chain = tuple(_translated(other.certificate) for other in opened.additional_certs)
    return opened.key, _translated(opened.cert.certificate), chain


def _translated(certificate: pyca.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


async def _require_fit(
    certificate: x509.Certificate, chain: tuple[x509.Certificate, ...], roots: tuple[x509.Certificate, ...]
) -> None:
    validator = CertificateValidator(certificate, intermediate_certs=chain, validation_context=trusting(roots))
    try:
        await validator.async_validate_usage(set())
        SIGNING_USAGE.validate(certificate)
    except (PathError, ValidationError) as error:
        raise SignerRejected(type(error).__name__) from error
