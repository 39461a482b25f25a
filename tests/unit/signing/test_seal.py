"""Sealing: what comes out, judged from outside, and what is refused."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import ec
from signing_parts import Pki, Sealing, write_bound

from dossier.errors import SealBroken, SignerRejected, SigningFailed
from dossier.values import BoundPdf, SealedPdf
from signing.demo_pki import DemoAuthority
from signing.keys import Signer, open_signer
from signing.local_tsa import LocalTsa
from signing.seal import seal
from signing.stamp import StampText
from signing.timestamp import PatientTimestamper, open_timestamper
from signing.verify import verify


def detached(path: Path) -> tuple[bytes, bytes]:
    """Signature (DER) and the bytes it covers, taken out without pyHanko."""
    whole = path.read_bytes()
    with pikepdf.open(path) as pdf:
        value = pdf.Root.AcroForm.Fields[0].V
        _, length, resume, rest = (int(number) for number in value.ByteRange)
        content = bytes(value.Contents)
    return cms.ContentInfo.load(content).dump(), whole[:length] + whole[resume : resume + rest]


def openssl_verifies(path: Path, root: Path, work: Path) -> bool:
    """What `openssl cms -verify` says about the signature of a PDF."""
    signature, covered = detached(path)
    (work / "signature.der").write_bytes(signature)
    (work / "covered.bin").write_bytes(covered)
    call = ["openssl", "cms", "-verify", "-binary", "-purpose", "any", "-inform", "DER", "-CAfile", str(root)]
    call += ["-in", str(work / "signature.der"), "-content", str(work / "covered.bin"), "-out", str(work / "out")]
    return subprocess.run(call, check=False, capture_output=True).returncode == 0


def test_the_sealed_value_describes_the_file(sealed: SealedPdf, signer: Signer, stamp_text: StampText) -> None:
    content = sealed.path.read_bytes()

    assert sealed.sha256 == hashlib.sha256(content).hexdigest()
    assert sealed.size == len(content)
    assert sealed.seal.signer == "DEMO Trung tâm Phục vụ hành chính công"
    assert sealed.seal.certificate_sha256 == signer.certificate_sha256
    assert sealed.seal.signed_at == stamp_text.when
    assert sealed.seal.signed_at.utcoffset() == timedelta(hours=7)
    assert sealed.seal.timestamp_at is not None
    assert timedelta(seconds=80) < sealed.seal.timestamp_at - stamp_text.when < timedelta(minutes=5)
    assert sealed.seal.level == "B-T"


def test_the_signature_is_pades_with_the_stamps_time(sealed: SealedPdf, stamp_text: StampText) -> None:
    with pikepdf.open(sealed.path) as pdf:
        value = pdf.Root.AcroForm.Fields[0].V
        stated = str(value.M)

        assert value.SubFilter == "/ETSI.CAdES.detached"
        assert stated == stamp_text.when.strftime("D:%Y%m%d%H%M%S+07'00'")


def test_the_cms_is_what_the_law_asks_for(sealed: SealedPdf) -> None:
    signer_info = cms.ContentInfo.load(detached(sealed.path)[0])["content"]["signer_infos"][0]
    signed = {attribute["type"].native for attribute in signer_info["signed_attrs"]}
    unsigned = {attribute["type"].native for attribute in signer_info["unsigned_attrs"]}

    assert signer_info["digest_algorithm"]["algorithm"].native == "sha256"
    assert signer_info["signature_algorithm"].dump().hex() == "300d06092a864886f70d01010b0500"  # SHA-256 RSA, NULL
    assert "signing_certificate_v2" in signed
    assert unsigned == {"signature_time_stamp_token"}


def test_the_signed_ranges_cover_the_whole_file(sealed: SealedPdf) -> None:
    with pikepdf.open(sealed.path) as pdf:
        value = pdf.Root.AcroForm.Fields[0].V
        start, length, resume, rest = (int(number) for number in value.ByteRange)
        hole = 2 * len(bytes(value.Contents)) + 2

    assert start == 0
    assert resume == length + hole
    assert resume + rest == sealed.size


def test_the_bound_bytes_are_kept_and_only_added_to(sealed: SealedPdf) -> None:
    bound = sealed.path.with_name("bound.pdf").read_bytes()

    assert sealed.path.read_bytes().startswith(bound)


def test_pdf_a_2u_is_kept(sealed: SealedPdf) -> None:
    with pikepdf.open(sealed.path) as pdf:
        widget = pdf.pages[0].Annots[0]
        flags = int(widget.F)

        assert "/Info" not in pdf.trailer
        assert "/Version" not in pdf.Root
        assert pdf.pdf_version == "1.7"
        assert "/Encrypt" not in pdf.trailer
        assert (pdf.open_metadata()["pdfaid:part"], pdf.open_metadata()["pdfaid:conformance"]) == ("2", "U")
        assert flags & 0b100, "the stamp must be printed"
        assert not flags & 0b100011, "invisible, hidden or not shown"
        assert "/N" in widget.AP


def test_the_metadata_is_byte_for_byte_that_of_the_bound_paper(sealed: SealedPdf) -> None:
    with pikepdf.open(sealed.path) as pdf, pikepdf.open(sealed.path.with_name("bound.pdf")) as bound:
        assert pdf.Root.Metadata.read_raw_bytes() == bound.Root.Metadata.read_raw_bytes()


def test_poppler_accepts_the_signature(sealed: SealedPdf) -> None:
    said = subprocess.run(["pdfsig", str(sealed.path)], check=True, capture_output=True, text=True).stdout

    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_openssl_accepts_the_signature_and_its_chain(sealed: SealedPdf, pki: Pki, tmp_path: Path) -> None:
    (tmp_path / "stranger.pem").write_bytes(DemoAuthority.create().root_pem())

    assert openssl_verifies(sealed.path, pki.root, tmp_path)
    assert not openssl_verifies(sealed.path, tmp_path / "stranger.pem", tmp_path)


def test_one_document_costs_one_call_to_the_timestamp_authority(bound: BoundPdf, sealing: Sealing, pki: Pki) -> None:
    with LocalTsa(pki.folder) as tsa:
        sealing(bound, timestamper=open_timestamper(tsa.url, seconds=5.0, pauses=()))

        assert tsa.requests == 1


def test_an_ec_key_does_not_lift_the_file_to_pdf_2(
    bound: BoundPdf, sealing: Sealing, timestamper: PatientTimestamper, tmp_path: Path
) -> None:
    authority = DemoAuthority.create()
    (tmp_path / "root.pem").write_bytes(authority.root_pem())
    (tmp_path / "ec.p12").write_bytes(authority.signer_p12(b"secret", key=ec.generate_private_key(ec.SECP256R1())))
    (tmp_path / "tsa.pem").write_bytes(authority.tsa_pem())

    with LocalTsa(tmp_path) as tsa:
        sealed = sealing(
            bound,
            signer=open_signer(tmp_path / "ec.p12", b"secret", root=tmp_path / "root.pem"),
            root=tmp_path / "root.pem",
            timestamper=open_timestamper(tsa.url, seconds=5.0, pauses=()),
        )

    with pikepdf.open(sealed.path) as pdf:
        assert "/Version" not in pdf.Root
        assert list(pdf.Root.Extensions.keys()) == ["/ESIC"]
    assert openssl_verifies(sealed.path, tmp_path / "root.pem", tmp_path)


def test_sealing_twice_is_refused(sealed: SealedPdf, sealing: Sealing, tmp_path: Path) -> None:
    again = BoundPdf(sealed.path, 1, sealed.sha256)

    with pytest.raises(SigningFailed, match="signature already"):
        sealing(again, into=tmp_path / "twice.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_changed_since_it_was_bound_is_refused(bound: BoundPdf, sealing: Sealing) -> None:
    bound.path.write_bytes(bound.path.read_bytes() + b"\n%")

    with pytest.raises(SigningFailed, match="changed since"):
        sealing(bound)


def test_a_file_that_is_no_pdf_is_refused(tmp_path: Path, sealing: Sealing) -> None:
    path = tmp_path / "bound.pdf"
    path.write_bytes(b"no pdf at all")
    pdf = BoundPdf(path, 1, hashlib.sha256(b"no pdf at all").hexdigest())  # type: ignore[arg-type]

    with pytest.raises(SigningFailed, match="cannot be read"):
        sealing(pdf)
    assert [path.name for path in tmp_path.iterdir()] == ["bound.pdf"]


def test_a_batch_that_outlives_the_certificate_stops(bound: BoundPdf, sealing: Sealing, signer: Signer) -> None:
    with pytest.raises(SignerRejected):
        sealing(bound, signer=replace(signer, valid_to=signer.valid_from))


def test_a_timestamp_of_another_authority_is_never_published(bound: BoundPdf, sealing: Sealing, tmp_path: Path) -> None:
    (tmp_path / "stranger").mkdir()
    (tmp_path / "stranger" / "tsa.pem").write_bytes(DemoAuthority.create().tsa_pem())
    with LocalTsa(tmp_path / "stranger") as tsa, pytest.raises(SealBroken, match="the timestamp does not hold"):
        sealing(bound, timestamper=open_timestamper(tsa.url, seconds=5.0, pauses=()))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["bound.pdf", "stranger"]


def test_documents_of_one_worker_may_be_sealed_side_by_side(
    tmp_path: Path, pki: Pki, signer: Signer, timestamper: PatientTimestamper, stamp_text: StampText
) -> None:
    papers = [write_bound(tmp_path / f"bound{number}.pdf", pages=1 + number) for number in range(3)]

    async def together() -> list[SealedPdf]:
        return await asyncio.gather(
            *(
                seal(
                    paper,
                    into=tmp_path / f"sealed{paper.pages}.pdf",
                    signer=signer,
                    stamp=stamp_text,
                    timestamper=timestamper,
                    root=pki.root,
                )
                for paper in papers
            )
        )

    sealed = asyncio.run(together())

    assert [paper.pages for paper in sealed] == [1, 2, 3]
    assert all(verify(paper.path, root=pki.root).level == "B-T" for paper in sealed)


def test_a_page_size_of_the_page_tree_is_found(bound: BoundPdf, sealing: Sealing, tmp_path: Path) -> None:
    with pikepdf.open(bound.path) as pdf:
        pdf.Root.Pages.MediaBox = pikepdf.Array([0, 0, 400, 500])
        del pdf.pages[0].obj.MediaBox
        pdf.save(tmp_path / "inherited.pdf", deterministic_id=True)
    path = tmp_path / "inherited.pdf"
    pdf_value = BoundPdf(path, 1, hashlib.sha256(path.read_bytes()).hexdigest())  # type: ignore[arg-type]

    sealed = sealing(pdf_value)

    with pikepdf.open(sealed.path) as opened:
        assert [int(edge) for edge in opened.pages[0].Annots[0].Rect[2:]] == [386, 486]
