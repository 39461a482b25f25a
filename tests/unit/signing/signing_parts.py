"""What the tests of the seal share: a small bound PDF/A and the types of their fixtures."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from PIL import Image, ImageCms

from dossier.values import BoundPdf, SealedPdf, Sha256

AGENCY = "Trung tâm Phục vụ hành chính công tỉnh Phú Thọ"

Sealing = Callable[..., SealedPdf]
Rewriting = Callable[[BoundPdf, Callable[[pikepdf.Page], None]], BoundPdf]

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>{part}</pdfaid:part>
<pdfaid:conformance>{level}</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>
<rdf:li xml:lang="x-default">H62.33-240106-0001</rdf:li></rdf:Alt></dc:title></rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def write_bound(
    path: Path, *, size: tuple[float, float] = (595.28, 841.89), part: int = 2, level: str = "U", pages: int = 1
) -> BoundPdf:
    """Write a PDF/A of near-white pictures without an Info dictionary; ``size`` is width and height in points."""
    picture = io.BytesIO()
    Image.new("RGB", (620, 877), (250, 250, 250)).save(picture, "JPEG")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            image = pikepdf.Stream(
                pdf,
                picture.getvalue(),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=620,
                Height=877,
                ColorSpace=pikepdf.Name.DeviceRGB,
                BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode,
            )
            page = pdf.add_blank_page(page_size=size)
            page.Contents = pdf.make_stream(f"q {size[0]} 0 0 {size[1]} 0 0 cm /Im0 Do Q".encode())
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=pdf.make_indirect(image)))
        intent = pikepdf.Dictionary(
            Type=pikepdf.Name.OutputIntent,
            S=pikepdf.Name.GTS_PDFA1,
            OutputConditionIdentifier="sRGB",
            DestOutputProfile=pdf.make_indirect(pikepdf.Stream(pdf, profile, N=3)),
        )
        pdf.Root.OutputIntents = pikepdf.Array([intent])
        pdf.Root.Lang = "vi-VN"
        packet = pikepdf.Stream(pdf, _XMP.format(part=part, level=level).encode())
        packet.Type, packet.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        pdf.Root.Metadata = pdf.make_indirect(packet)
        if "/Info" in pdf.trailer:
            del pdf.trailer.Info
        modern = pikepdf.ObjectStreamMode.generate if part > 1 else pikepdf.ObjectStreamMode.disable
        pdf.save(path, force_version="1.7", object_stream_mode=modern, deterministic_id=True)
    return BoundPdf(path, pages, Sha256(hashlib.sha256(path.read_bytes()).hexdigest()))


@dataclass(frozen=True)
class Pki:
    """Where the demo PKI lies."""

    folder: Path
    root: Path
    p12: Path
    passphrase: bytes
