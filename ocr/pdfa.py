"""What makes a PDF a PDF/A-2u: metadata, output intent, language, tags; nothing that depends on the pages' content."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final
from xml.sax.saxutils import escape

import pikepdf

LANGUAGE: Final = "vi-VN"

_INTENT: Final = "sRGB IEC61966-2.1"

_XMP: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>U</pdfaid:conformance>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>{description}
   <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
   <xmp:CreatorTool>sohoa</xmp:CreatorTool>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""
"""By hand, one Description per schema with its namespace on it: other writers put the namespace on each property, and
PDFBox then does not see the PDF/A identifier. No dates: the same scans must give the same bytes."""

_DESCRIPTION: Final = """
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></dc:description>"""


def declare(pdf: pikepdf.Pdf, *, title: str, description: str = "") -> None:
    """Make the document a PDF/A-2u as far as its catalog goes; there is no Info dictionary, XMP says it all.

    A second copy of the metadata in Info would have to be kept equal by everyone who signs the file later.
    """
    root = pdf.Root
    root.Metadata = pdf.make_stream(
        _XMP.format(
            title=escape(_xml_safe(title)),
            description=_DESCRIPTION.format(text=escape(_xml_safe(description))) if description else "",
            language=LANGUAGE,
        ).encode(),
        Type=pikepdf.Name.Metadata,
        Subtype=pikepdf.Name.XML,
    )
    profile = pdf.make_stream(_srgb(), N=3, Alternate=pikepdf.Name.DeviceRGB)
    root.OutputIntents = [
        pikepdf.Dictionary(
            Type=pikepdf.Name.OutputIntent,
            S=pikepdf.Name.GTS_PDFA1,
            OutputConditionIdentifier=pikepdf.String(_INTENT),
            Info=pikepdf.String(_INTENT),
            DestOutputProfile=profile,
        )
    ]
    root.Lang = pikepdf.String(LANGUAGE)
    root.MarkInfo = pikepdf.Dictionary(Marked=True)
    root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)


def tag_pages(pdf: pikepdf.Pdf, tagged: list[pikepdf.Page]) -> None:
    """Hang one paragraph per page, the marked content 0 of each, under one Document element.

    Args:
        pdf: the document.
        tagged: the pages that have text, in order.
    """
    tree = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    document = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Document, P=tree))
    paragraphs = pikepdf.Array()
    parents: list[int | pikepdf.Object] = []
    for key, page in enumerate(tagged):
        paragraph = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.P, P=document, Pg=page.obj, K=0)
        )
        paragraphs.append(paragraph)
        parents.extend([key, pdf.make_indirect(pikepdf.Array([paragraph]))])
        page.obj.StructParents = key
    document.K = paragraphs
    tree.K = document
    tree.ParentTree = pdf.make_indirect(pikepdf.Dictionary(Nums=pikepdf.Array(parents)))
    tree.ParentTreeNextKey = len(tagged)
    pdf.Root.StructTreeRoot = tree


def _xml_safe(text: str) -> str:
    """Without the controls and noncharacters that XML 1.0 has no way to write."""
    return "".join(char for char in text if char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff")


@cache
def _srgb() -> bytes:
    """The ICC version 2 profile of Debian's icc-profiles-free; PDF/A-1 readers know no version 4."""
    return (files("ocr") / "data" / "sRGB.icc").read_bytes()
