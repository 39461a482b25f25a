"""The gate: a PDF is sealed only if a signature that chains to our root covers every byte of it, at a trusted time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from asn1crypto import cms, x509
from asn1crypto.parser import peek
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DSSCompareRule,
    FormUpdatingRule,
    GenericFieldModificationRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.generic_cms import collect_timing_info
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from dossier.errors import SealBroken
from dossier.values import Seal, Sha256
from signing.clock import VIETNAM
from signing.keys import common_name
from signing.trust import SIGNING_USAGE, read_roots, settled, trusting

_SUBFILTER: Final = "/ETSI.CAdES.detached"

_POLICY: Final = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
        MetadataUpdateRule().as_qualified(ModificationLevel.LTA_UPDATES),
    ],
    form_rule=FormUpdatingRule([SigFieldCreationRule(), SigFieldModificationRule(), GenericFieldModificationRule()]),
)
"""pyHanko's default without DocInfoRule: that one lets anybody change the title between two signatures."""


def verify(path: Path, *, root: Path, certificate_sha256: str | None = None) -> Seal:
    """Check every signature of a PDF and say who sealed it and when.

    The signer's certificate is judged at the time of the trusted timestamp, so a seal outlives its certificate;
    the timestamp authority's certificate is judged now. Revocation is not looked up at level B-T.

    Args:
        path: the file to check.
        root: PEM of the roots that signer and timestamp authority must chain to.
        certificate_sha256: fingerprint that the last signature's certificate must have, hexadecimal; None accepts any.

    Raises:
        SealBroken: no signature, or one that does not hold; whatever cannot be read is not sealed.
        Misconfigured: the root cannot be read.
    """
    return _verified(path, _Trust(read_roots(root)), certificate_sha256)


def verify_kept(path: Path, *, root: Path, certificate_sha256: str | None = None) -> Seal:
    """Check a file that passed the gate before and whose bytes are proven to be the same since, by hash or by encryption.

    As `verify`, but the timestamp authority's certificate is judged at the time that its token states, so that a seal
    outlives it. Three things stay unproven, and make this no gate for a file from elsewhere: that the authority's key was
    not used after its certificate ended, stating a time before; that a certificate was not revoked; that the algorithms
    still hold.

    Args and Raises:
        As `verify`.
    """
    return _verified(path, _Trust(read_roots(root), as_stated=True), certificate_sha256)


@dataclass(frozen=True, slots=True)
class _Trust:
    """Whom we trust, and as of when."""

    roots: tuple[x509.Certificate, ...]
    as_stated: bool = False
    """Judge the timestamp authority at the time that its token states, and not now."""

    def in_authority(self, token: cms.SignedData | None) -> ValidationContext:
        """The rules for the chain of the authority that issued a token."""
        if token is None or not self.as_stated:
            return trusting(self.roots)
        return trusting(self.roots, moment=token["encap_content_info"]["content"].parsed["gen_time"].native)


def _verified(path: Path, trust: _Trust, certificate_sha256: str | None) -> Seal:
    try:
        with path.open("rb") as file:
            seal = settled(_judged(file, trust))
    except SealBroken:
        raise
    except Exception as error:  # hostile bytes make a parser raise anything; the answer is always no
        raise SealBroken(f"cannot be read: {type(error).__name__}") from error
    if certificate_sha256 is not None and certificate_sha256.replace(":", "").lower() != seal.certificate_sha256:
        raise SealBroken("sealed with another certificate than the expected one")
    return seal


async def _judged(file: BinaryIO, trust: _Trust) -> Seal:
    reader = PdfFileReader(file)
    signatures = list(reader.embedded_signatures)
    if not reader.embedded_regular_signatures:
        raise SealBroken("no signature")
    _require_whole_file(signatures[-1], file)
    seal: Seal | None = None
    for signature in signatures:
        if signature.sig_object_type == "/DocTimeStamp":
            authority = trust.in_authority(signature.signed_data)
            status = await async_validate_pdf_timestamp(signature, authority, diff_policy=_POLICY)
            unchanged = status.modification_level not in (None, ModificationLevel.OTHER)
            if not (status.intact and status.valid and status.trusted and unchanged):
                raise SealBroken("a document timestamp does not hold")
        else:
            seal = await _sealed(signature, trust)
    if seal is None:  # the list was not empty above, so this cannot be reached; the type checker does not know
        raise SealBroken("no signature")
    return seal


def _require_whole_file(signature: EmbeddedPdfSignature, file: BinaryIO) -> None:
    """Let nothing stand outside the signed ranges but the signature's own hexadecimal digits."""
    size = file.seek(0, 2)
    start, length, resume, rest = (int(number) for number in signature.byte_range)
    if start != 0 or resume + rest != size or signature.evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE:
        raise SealBroken("bytes were added after the last signature")
    file.seek(length)
    gap = file.read(resume - length)
    content = signature.pkcs7_content
    if gap[:1] != b"<" or gap[-1:] != b">" or bytes.fromhex(gap[1:-1].decode("ascii")) != content:
        raise SealBroken("something else than the signature stands between the signed bytes")
    if any(content[peek(content) :]):
        raise SealBroken("something is hidden behind the signature")


async def _sealed(signature: EmbeddedPdfSignature, trust: _Trust) -> Seal:
    if signature.sig_object.get("/SubFilter") != _SUBFILTER:
        raise SealBroken("not a PAdES signature")
    token = next(find_cms_attribute_iter(signature.signer_info["unsigned_attrs"], "signature_time_stamp_token"), None)
    authority = trust.in_authority(None if token is None else token["content"])
    stamped = await _trusted_time(signature, authority)
    status = await async_validate_pdf_signature(
        signature,
        signer_validation_context=trusting(trust.roots, moment=stamped),
        ts_validation_context=authority,
        diff_policy=_POLICY,
        key_usage_settings=SIGNING_USAGE,
    )
    if not (status.intact and status.valid):
        raise SealBroken("the content was changed after signing")
    if not status.trusted:
        raise SealBroken("the signer does not chain to the trusted root")
    if not (status.bottom_line and status.docmdp_ok):
        raise SealBroken("changes that are not allowed follow the signature")
    claimed = signature.self_reported_timestamp
    if claimed is None:
        raise SealBroken("the signature states no time")
    return Seal(
        signer=common_name(signature.signer_cert),
        certificate_sha256=Sha256(signature.signer_cert.sha256.hex()),
        signed_at=claimed.astimezone(VIETNAM),
        timestamp_at=stamped.astimezone(VIETNAM),
        level="B-T",
    )


async def _trusted_time(signature: EmbeddedPdfSignature, authority: ValidationContext) -> datetime:
    found = await collect_timing_info(signature.signer_info, authority, raw_digest=signature.compute_digest)
    token = found.get("timestamp_validity")
    if not isinstance(token, TimestampSignatureStatus):
        raise SealBroken("no timestamp")
    if not (token.intact and token.valid and token.trusted):
        raise SealBroken("the timestamp does not hold")
    return token.timestamp
