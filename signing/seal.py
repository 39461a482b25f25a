"""A bound paper becomes a sealed one: visible text, PAdES B-T signature, verified before it gets its name."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from pathlib import Path
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper

from dossier.errors import SigningFailed, StampDoesNotFit
from dossier.values import BoundPdf, SealedPdf, Sha256
from signing.faults import FOREIGN, translated
from signing.font import LIBERATION_SERIF
from signing.keys import Signer
from signing.stamp import PageBox, Stamp, StampStyle, StampText, lay_out
from signing.verify import verify

_CONTENTS_DIGITS: Final = 32_768
"""Hexadecimal digits reserved for signature and token: 16 kB; the demo's take 5 kB. A fixed number saves the call to
the timestamp authority that pyHanko would make only to learn the size."""


class QuietWriter(IncrementalPdfFileWriter):
    """Appends the signature and nothing else.

    pyHanko rewrites the XMP packet on each update, with namespaces on the properties, which PDFBox's PDF/A check then
    fails to see (code 7.3); without a packet it would add an Info dictionary. The bound paper's metadata stays as it is.
    """

    def _update_meta(self) -> None:
        return


class CopySigner(PdfSigner):
    """pyHanko's signer, held to PDF 1.7 and to the time of the stamp."""

    def __init__(self, signer: Signer, text: StampText, stamp: Stamp, timestamper: TimeStamper) -> None:
        field_name = f"SaoY-{secrets.token_hex(4)}"
        super().__init__(
            PdfSignatureMetadata(field_name=field_name, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES),
            signer.cms,
            timestamper=timestamper,
            stamp_style=StampStyle(stamp=stamp),
            new_field_spec=SigFieldSpec(field_name, on_page=0, box=stamp.box, readable_field_name=text.form),
        )
        self._when = text.when

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        """Declare PAdES only: for EC keys pyHanko would go on to PDF 2.0, which ends PDF/A-2 conformance."""
        del md_algorithm
        pdf_out.register_extension(ESIC_EXTENSION_1)

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,
    ) -> PdfSigningSession:
        """Begin as pyHanko does, with the stamp's time as the signing time (/M of the signature)."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._when
        return session


async def seal(
    pdf: BoundPdf,
    *,
    into: Path,
    signer: Signer,
    stamp: StampText,
    timestamper: TimeStamper,
    root: Path,
    font: Path = LIBERATION_SERIF,
) -> SealedPdf:
    """Sign ``pdf`` into the file ``into``, which appears only after the signature has been verified against ``root``.

    The bound bytes stay as they are; everything new is appended to them.

    Raises:
        TimestampUnavailable: no token; try later, nothing was written.
        SignerRejected: the certificate ran out or does not chain to the root.
        StampDoesNotFit: the visible text has no place on page 1.
        SealBroken: the gate refused what was made.
        SigningFailed: already signed, changed since it was bound, or unreadable.
    """
    signer.require_valid(stamp.when)
    draft = into.with_name(f".{into.name}.{secrets.token_hex(4)}.part")
    try:
        await _sign(pdf, draft, signer=signer, text=stamp, timestamper=timestamper, font=font)
        made = await asyncio.to_thread(verify, draft, root=root, certificate_sha256=signer.certificate_sha256)
        sealed = SealedPdf(into, pdf.pages, _sha256(draft), draft.stat().st_size, made)
        draft.replace(into)
    except FOREIGN as error:
        raise translated(error) from error
    finally:
        draft.unlink(missing_ok=True)
    return sealed


async def _sign(
    pdf: BoundPdf, draft: Path, *, signer: Signer, text: StampText, timestamper: TimeStamper, font: Path
) -> None:
    if _sha256(pdf.path) != pdf.sha256:
        raise SigningFailed("the file changed since it was bound")
    with pdf.path.open("rb") as bound, draft.open("wb+") as output:
        writer = QuietWriter(bound)
        if next(enumerate_sig_fields(writer.prev), None) is not None:
            raise SigningFailed("the file has a signature already")
        stamp = lay_out(text, _first_page(writer), font=font, written=pdf.written)
        await CopySigner(signer, text, stamp, timestamper).async_sign_pdf(
            writer, bytes_reserved=_CONTENTS_DIGITS, output=output
        )


def _first_page(writer: IncrementalPdfFileWriter) -> PageBox:
    """Read the visible area of page 1, with what it inherits from the page tree."""
    page = writer.find_page_for_modification(0)[0].get_object()
    turn = _inherited(page, "/Rotate")
    if isinstance(turn, generic.NumberObject) and int(turn) % 360:
        raise StampDoesNotFit("page 1 is turned")
    area = _inherited(page, "/CropBox") or _inherited(page, "/MediaBox")
    if not isinstance(area, generic.ArrayObject) or len(area) != 4:
        raise StampDoesNotFit("page 1 has no size")
    x1, y1, x2, y2 = (float(number) for number in area)
    return PageBox(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _inherited(page: generic.DictionaryObject, key: str) -> generic.PdfObject | None:
    """Find an entry in a page or in the nodes above it; 50 levels are more than any sane page tree has."""
    node = page
    for _ in range(50):
        if key in node:
            found: generic.PdfObject = node[key]
            return found
        if "/Parent" not in node:
            return None
        node = node["/Parent"]
    return None


def _sha256(path: Path) -> Sha256:
    with path.open("rb") as file:
        return Sha256(hashlib.file_digest(file, "sha256").hexdigest())
