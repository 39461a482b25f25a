"""The gate: every tampering of a sealed file that can be thought of is refused."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.signers.pdf_cms import Signer as CmsSigner
from signing_parts import Pki

from dossier.errors import Misconfigured, SealBroken
from dossier.values import BoundPdf, SealedPdf
from signing.demo_pki import DemoAuthority
from signing.keys import Signer, open_signer
from signing.local_tsa import LocalTsa
from signing.timestamp import PatientTimestamper, open_timestamper
from signing.verify import verify, verify_kept


def hole(content: bytes) -> tuple[int, int]:
    """First and one past the last byte of the signature's hexadecimal digits with their brackets."""
    start = content.index(b"/Contents <") + len(b"/Contents ")
    return start, content.index(b">", start) + 1


def signed_again(
    content: bytes, signer: CmsSigner, timestamper: PatientTimestamper | None, *, title: str | None = None
) -> bytes:
    """Append one more invisible signature, with an Info dictionary on the way if ``title`` is given."""
    writer = IncrementalPdfFileWriter(BytesIO(content))
    if title is not None:
        writer.set_info(generic.DictionaryObject({generic.pdf_name("/Title"): generic.pdf_string(title)}))
    meta = PdfSignatureMetadata(field_name="Later", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    made: BytesIO = asyncio.run(PdfSigner(meta, signer, timestamper=timestamper).async_sign_pdf(writer))
    return made.getvalue()


def test_a_clean_file_passes_and_says_who_sealed_it(sealed: SealedPdf, pki: Pki) -> None:
    assert verify(sealed.path, root=pki.root) == sealed.seal


def test_an_unsigned_file_has_no_signature(bound: BoundPdf, pki: Pki) -> None:
    with pytest.raises(SealBroken) as refusal:
        verify(bound.path, root=pki.root)

    assert refusal.value.detail == "no signature"


def test_one_flipped_bit_anywhere_is_refused(sealed: SealedPdf, pki: Pki, tmp_path: Path) -> None:
    content = sealed.path.read_bytes()
    first, last = hole(content)
    places = [*range(0, first, 311), first - 1, last, *range(last, len(content), 47)]
    accepted = []

    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1
        (tmp_path / "changed.pdf").write_bytes(changed)
        try:
            verify(tmp_path / "changed.pdf", root=pki.root)
        except SealBroken:
            continue
        accepted.append(place)

    assert accepted == []
    assert len(places) > 60


@pytest.mark.parametrize(
    ("edge", "offset"),
    [("start", 0), ("start", 40), ("end", -2), ("end", -1)],
    ids=["opening bracket", "signature", "padding", "closing bracket"],
)
def test_a_changed_byte_in_the_signature_itself_is_refused(
    sealed: SealedPdf, pki: Pki, tmp_path: Path, edge: str, offset: int
) -> None:
    content = bytearray(sealed.path.read_bytes())
    start, end = hole(bytes(content))
    position = (start if edge == "start" else end) + offset
    content[position] = ord("7") if content[position] != ord("7") else ord("8")
    (tmp_path / "changed.pdf").write_bytes(content)

    with pytest.raises(SealBroken):
        verify(tmp_path / "changed.pdf", root=pki.root)


def test_an_appended_change_of_the_page_is_refused(sealed: SealedPdf, pki: Pki, tmp_path: Path) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(sealed.path.read_bytes()))
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"0 0 600 600 re f")))
    with (tmp_path / "changed.pdf").open("wb") as file:
        writer.write(file)

    with pytest.raises(SealBroken, match="bytes were added"):
        verify(tmp_path / "changed.pdf", root=pki.root)


def test_a_change_of_the_page_under_a_later_signature_is_refused(
    sealed: SealedPdf, pki: Pki, signer: Signer, timestamper: PatientTimestamper, tmp_path: Path
) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(sealed.path.read_bytes()))
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"0 0 600 600 re f")))
    changed = BytesIO()
    writer.write(changed)
    (tmp_path / "changed.pdf").write_bytes(signed_again(changed.getvalue(), signer.cms, timestamper))

    with pytest.raises(SealBroken, match="changes that are not allowed"):
        verify(tmp_path / "changed.pdf", root=pki.root)


def test_a_title_slipped_in_before_a_later_signature_is_refused(
    sealed: SealedPdf, pki: Pki, signer: Signer, timestamper: PatientTimestamper, tmp_path: Path
) -> None:
    plain, titled = tmp_path / "plain.pdf", tmp_path / "titled.pdf"
    plain.write_bytes(signed_again(sealed.path.read_bytes(), signer.cms, timestamper))
    titled.write_bytes(signed_again(sealed.path.read_bytes(), signer.cms, timestamper, title="Another paper"))

    assert verify(plain, root=pki.root).level == "B-T"
    with pytest.raises(SealBroken, match="changes that are not allowed"):
        verify(titled, root=pki.root)


@pytest.mark.parametrize("tail", [b"\n", b"%%EOF\n", b"\x00" * 100])
def test_bytes_after_the_end_are_refused(sealed: SealedPdf, pki: Pki, tmp_path: Path, tail: bytes) -> None:
    (tmp_path / "longer.pdf").write_bytes(sealed.path.read_bytes() + tail)

    with pytest.raises(SealBroken):
        verify(tmp_path / "longer.pdf", root=pki.root)


def test_a_resaved_file_is_refused(sealed: SealedPdf, pki: Pki, tmp_path: Path) -> None:
    with pikepdf.open(sealed.path) as pdf:
        pdf.save(tmp_path / "resaved.pdf")

    with pytest.raises(SealBroken):
        verify(tmp_path / "resaved.pdf", root=pki.root)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"\x89PNG\r\n", b"%PDF-1.7\n" + b"obj" * 5000])
def test_whatever_cannot_be_read_is_not_sealed(pki: Pki, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.pdf").write_bytes(content)

    with pytest.raises(SealBroken):
        verify(tmp_path / "odd.pdf", root=pki.root)


def test_a_missing_file_is_not_sealed(pki: Pki, tmp_path: Path) -> None:
    with pytest.raises(SealBroken):
        verify(tmp_path / "none.pdf", root=pki.root)


def test_a_truncated_file_is_refused(sealed: SealedPdf, pki: Pki, tmp_path: Path) -> None:
    (tmp_path / "short.pdf").write_bytes(sealed.path.read_bytes()[:-200])

    with pytest.raises(SealBroken):
        verify(tmp_path / "short.pdf", root=pki.root)


def test_a_seal_of_another_root_is_refused(sealed: SealedPdf, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(DemoAuthority.create().root_pem())

    with pytest.raises(SealBroken):
        verify(sealed.path, root=tmp_path / "root.pem")


def test_a_signer_of_another_root_is_refused_under_a_good_timestamp(
    bound: BoundPdf, pki: Pki, timestamper: PatientTimestamper, tmp_path: Path
) -> None:
    stranger = DemoAuthority.create()
    (tmp_path / "root.pem").write_bytes(stranger.root_pem())
    (tmp_path / "signer.p12").write_bytes(stranger.signer_p12(b"secret"))
    signer = open_signer(tmp_path / "signer.p12", b"secret", root=tmp_path / "root.pem")
    (tmp_path / "signed.pdf").write_bytes(signed_again(bound.path.read_bytes(), signer.cms, timestamper))

    with pytest.raises(SealBroken, match="does not chain"):
        verify(tmp_path / "signed.pdf", root=pki.root)


def test_a_signature_without_a_timestamp_is_refused(bound: BoundPdf, pki: Pki, signer: Signer, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed_again(bound.path.read_bytes(), signer.cms, None))

    with pytest.raises(SealBroken, match="no timestamp"):
        verify(tmp_path / "signed.pdf", root=pki.root)


def test_the_expected_certificate_may_be_named(sealed: SealedPdf, pki: Pki) -> None:
    right = sealed.seal.certificate_sha256
    with_colons = ":".join(right[place : place + 2] for place in range(0, 64, 2)).upper()

    assert verify(sealed.path, root=pki.root, certificate_sha256=with_colons) == sealed.seal
    with pytest.raises(SealBroken, match="another certificate"):
        verify(sealed.path, root=pki.root, certificate_sha256="0" * 64)


def test_a_seal_outlives_its_certificate_but_cannot_be_made_after_it(bound: BoundPdf, tmp_path: Path) -> None:
    now, authority = datetime.now(UTC), DemoAuthority.create()
    (tmp_path / "root.pem").write_bytes(authority.root_pem())
    (tmp_path / "tsa.pem").write_bytes(authority.tsa_pem())
    expired = authority.signer_p12(b"secret", valid=(now - timedelta(days=9), now - timedelta(days=1)))
    signer = SimpleSigner.load_pkcs12_data(expired, [], b"secret")
    early, late = tmp_path / "early.pdf", tmp_path / "late.pdf"
    for path, states in ((early, now - timedelta(days=5)), (late, now)):
        with LocalTsa(tmp_path, states=states) as tsa:
            timestamper = open_timestamper(tsa.url, seconds=5.0, pauses=())
            path.write_bytes(signed_again(bound.path.read_bytes(), signer, timestamper))

    assert verify(early, root=tmp_path / "root.pem").timestamp_at == now - timedelta(days=5)
    with pytest.raises(SealBroken, match="does not chain"):
        verify(late, root=tmp_path / "root.pem")


@dataclass(frozen=True)
class Ended:
    """A timestamp authority whose certificate has ended, under a root of its own."""

    root: Path
    signer: CmsSigner
    folder: Path
    now: datetime

    def signed(self, pdf: BoundPdf, states: datetime) -> Path:
        """Sign with a token that states such a time."""
        path = self.folder / f"{states.timestamp()}.pdf"
        with LocalTsa(self.folder, states=states) as tsa:
            timestamper = open_timestamper(tsa.url, seconds=5.0, pauses=())
            path.write_bytes(signed_again(pdf.path.read_bytes(), self.signer, timestamper))
        return path


@pytest.fixture
def ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ended:
    now, authority = datetime.now(UTC), DemoAuthority.create()
    (tmp_path / "root.pem").write_bytes(authority.root_pem())
    # the demo's authority begins an hour ago; so it ended half an hour ago
    monkeypatch.setattr("signing.demo_pki._YEARS", timedelta(minutes=-30))
    (tmp_path / "tsa.pem").write_bytes(authority.tsa_pem())
    signer = SimpleSigner.load_pkcs12_data(authority.signer_p12(b"secret"), [], b"secret")
    return Ended(tmp_path / "root.pem", signer, tmp_path, now)


def test_what_is_kept_outlives_the_certificate_of_the_timestamp_authority_and_the_gate_stays_shut(
    bound: BoundPdf, ended: Ended
) -> None:
    in_time = ended.now - timedelta(minutes=45)
    paper = ended.signed(bound, in_time)

    assert verify_kept(paper, root=ended.root).timestamp_at == in_time
    with pytest.raises(SealBroken, match="timestamp does not hold"):
        verify(paper, root=ended.root)


def test_a_token_that_states_a_time_after_its_certificate_ended_proves_nothing(bound: BoundPdf, ended: Ended) -> None:
    paper = ended.signed(bound, ended.now - timedelta(minutes=15))

    with pytest.raises(SealBroken, match="timestamp does not hold"):
        verify_kept(paper, root=ended.root)


def test_what_is_kept_may_bear_a_document_timestamp_of_an_ended_authority(bound: BoundPdf, ended: Ended) -> None:
    paper, in_time = ended.signed(bound, ended.now - timedelta(minutes=45)), ended.now - timedelta(minutes=40)
    with LocalTsa(ended.folder, states=in_time) as tsa, paper.open("rb+") as file:
        stamper = PdfTimeStamper(open_timestamper(tsa.url, seconds=5.0, pauses=()))
        asyncio.run(stamper.async_timestamp_pdf(IncrementalPdfFileWriter(file), "sha256", in_place=True))

    assert verify_kept(paper, root=ended.root).level == "B-T"
    with pytest.raises(SealBroken):
        verify(paper, root=ended.root)


def test_what_is_kept_is_judged_as_the_gate_judges_it(
    sealed: SealedPdf, bound: BoundPdf, pki: Pki, signer: Signer, tmp_path: Path
) -> None:
    (tmp_path / "changed.pdf").write_bytes(sealed.path.read_bytes().replace(b"/Type /Page", b"/Type /PagE", 1))
    (tmp_path / "untimed.pdf").write_bytes(signed_again(bound.path.read_bytes(), signer.cms, None))
    (tmp_path / "stranger.pem").write_bytes(DemoAuthority.create().root_pem())

    assert verify_kept(sealed.path, root=pki.root) == sealed.seal
    for path, root in (
        (bound.path, pki.root),
        (tmp_path / "changed.pdf", pki.root),
        (tmp_path / "untimed.pdf", pki.root),
        (sealed.path, tmp_path / "stranger.pem"),
    ):
        with pytest.raises(SealBroken):
            verify_kept(path, root=root)
    with pytest.raises(SealBroken, match="another certificate"):
        verify_kept(sealed.path, root=pki.root, certificate_sha256="0" * 64)


def test_a_missing_root_is_a_matter_of_configuration(sealed: SealedPdf, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        verify(sealed.path, root=tmp_path / "none.pem")


def test_the_gate_works_inside_a_running_event_loop(sealed: SealedPdf, pki: Pki) -> None:
    async def inside() -> str:
        return verify(sealed.path, root=pki.root).level

    assert asyncio.run(inside()) == "B-T"
