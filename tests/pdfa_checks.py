"""Own checks of a PDF/A-2u for what PDFBox preflight does not see; used on bound and on sealed PDFs.

`complaints` names each broken rule once. `second_opinion` asks the allow-list validator that comes with pikepdf.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pikepdf
import pikepdf.pdfa
from fontTools.ttLib import TTFont

_ID: Final = "{http://www.aiim.org/pdfa/ns/id/}"
_FORBIDDEN: Final = {0x0000, 0xFEFF, 0xFFFE, 0xFFFF}


def complaints(path: Path) -> set[str]:
    """Names of the rules of PDF/A-2u, and of this house, that the file breaks; empty for a good one."""
    broken = set()
    with pikepdf.open(path) as pdf:
        header = path.read_bytes()[:8]
        if not re.fullmatch(rb"%PDF-1\.[4-7]", header) or str(pdf.Root.get("/Version", "/1.4")) > "/1.7":
            broken.add("version")
        broken |= {name for name, holds in _RULES.items() if not holds(pdf)}
    return broken


def second_opinion(path: Path) -> list[str]:
    """What pikepdf's validator holds against the file as a PDF/A-2b, less that it claims level U instead."""
    report = pikepdf.pdfa.validate_written(path, "2b")
    return [str(finding) for finding in report.findings if "pdfaid:conformance is 'U'" not in finding.message]


def _is_not_encrypted(pdf: pikepdf.Pdf) -> bool:
    return not pdf.is_encrypted and "/Encrypt" not in pdf.trailer


def _has_no_info(pdf: pikepdf.Pdf) -> bool:
    return "/Info" not in pdf.trailer


def _has_an_id(pdf: pikepdf.Pdf) -> bool:
    return len(pdf.trailer.get("/ID", [])) == 2


def _has_the_srgb_intent(pdf: pikepdf.Pdf) -> bool:
    intents = list(pdf.Root.get("/OutputIntents", []))
    if len(intents) != 1 or intents[0].get("/S") != "/GTS_PDFA1" or "/DestOutputProfile" not in intents[0]:
        return False
    profile = intents[0].DestOutputProfile.read_bytes()
    sound = profile[36:40] == b"acsp" and profile[16:20] == b"RGB " and profile[8] == 2
    return sound and intents[0].DestOutputProfile.get("/N") == 3 and len(profile) == int.from_bytes(profile[:4], "big")


def _says_2u(pdf: pikepdf.Pdf) -> bool:
    if "/Metadata" not in pdf.Root or "/Filter" in pdf.Root.Metadata:
        return False
    tree = ElementTree.fromstring(pdf.Root.Metadata.read_bytes().decode().strip("\ufeff"))  # noqa: S314 - our own file
    return [node.text for name in ("part", "conformance") for node in tree.iter(_ID + name)] == ["2", "U"]


def _speaks_vietnamese(pdf: pikepdf.Pdf) -> bool:
    return str(pdf.Root.get("/Lang", "")) == "vi-VN"


def _is_marked(pdf: pikepdf.Pdf) -> bool:
    return bool(pdf.Root.get("/MarkInfo", {}).get("/Marked", False)) and "/StructTreeRoot" in pdf.Root


def _has_upright_pages(pdf: pikepdf.Pdf) -> bool:
    boxes = [(page.obj.get("/Rotate", 0), [float(value) for value in page.mediabox]) for page in pdf.pages]
    return all(turn == 0 and box[:2] == [0, 0] and box[2] > 0 and box[3] > 0 for turn, box in boxes)


def _embeds_every_font(pdf: pikepdf.Pdf) -> bool:
    return all("/FontFile2" in font.FontDescriptor for font in _cid_fonts(pdf)) and not any(
        thing.get("/Type") == "/Font" and thing.get("/Subtype") in ("/Type1", "/TrueType", "/Type3")
        for thing in _dictionaries(pdf)
    )


def _has_true_widths(pdf: pikepdf.Pdf) -> bool:
    for font in _cid_fonts(pdf):
        program = _program(font)
        order, metrics, scale = program.getGlyphOrder(), program["hmtx"], 1000 / program["head"].unitsPerEm
        for cid, width in _widths(font).items():
            if abs(metrics[order[_glyph(font, cid)]][0] * scale - width) > 1:
                return False
    return True


def _has_unicode_for_all(pdf: pikepdf.Pdf) -> bool:
    for font, codes in _shown(pdf):
        if "/ToUnicode" not in font:
            return False
        known = _to_unicode(font.ToUnicode.read_bytes())
        if any(not known.get(code) or _FORBIDDEN & set(map(ord, known[code])) for code in codes):
            return False
    return True


def _never_shows_notdef(pdf: pikepdf.Pdf) -> bool:
    return all(_glyph(font.DescendantFonts[0], code) != 0 for font, codes in _shown(pdf) for code in codes)


def _is_opaque(pdf: pikepdf.Pdf) -> bool:
    return not any(
        ("/SMask" in thing and thing.SMask != "/None")
        or any(float(thing.get(key, 1)) < 1 for key in ("/ca", "/CA") if thing.get("/Type") != "/Annot")
        for thing in _dictionaries(pdf)
    )


def _does_nothing(pdf: pikepdf.Pdf) -> bool:
    acts = ("/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData")
    root = pdf.Root
    return not any(thing.get("/S") in acts or "/JS" in thing or "/AA" in thing for thing in _dictionaries(pdf)) and (
        "/OpenAction" not in root and "/JavaScript" not in root.get("/Names", {})
    )


def _has_no_attachments(pdf: pikepdf.Pdf) -> bool:
    return "/EmbeddedFiles" not in pdf.Root.get("/Names", {}) and not any(
        "/EF" in thing or "/AF" in thing for thing in _dictionaries(pdf)
    )


def _packs_plainly(pdf: pikepdf.Pdf) -> bool:
    def filters(thing: pikepdf.Object) -> list[str]:
        names = thing.get("/Filter", [])
        return [str(name) for name in names] if isinstance(names, pikepdf.Array) else [str(names)]

    pictures = [thing for thing in _dictionaries(pdf) if thing.get("/Subtype") == "/Image"]
    return not any(
        {"/LZWDecode", "/Crypt"} & set(filters(thing)) for thing in pdf.objects if isinstance(thing, pikepdf.Stream)
    ) and not any(picture.get("/Interpolate", False) or "/Alternates" in picture for picture in pictures)


_RULES: Final[dict[str, Callable[[pikepdf.Pdf], bool]]] = {
    "encryption": _is_not_encrypted,
    "info": _has_no_info,
    "id": _has_an_id,
    "intent": _has_the_srgb_intent,
    "xmp": _says_2u,
    "language": _speaks_vietnamese,
    "marked": _is_marked,
    "boxes": _has_upright_pages,
    "embedding": _embeds_every_font,
    "widths": _has_true_widths,
    "unicode": _has_unicode_for_all,
    "notdef": _never_shows_notdef,
    "transparency": _is_opaque,
    "actions": _does_nothing,
    "attachments": _has_no_attachments,
    "filters": _packs_plainly,
}


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary of the file, those of streams and direct ones inside others included."""
    waiting: list[pikepdf.Object] = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Object)]
    while waiting:
        thing = waiting.pop()
        inner: list[object] = []
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            yield thing
            inner = [value for _name, value in thing.items()]
        elif isinstance(thing, pikepdf.Array):
            inner = list(thing)
        waiting += [value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect]


def _cid_fonts(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [thing for thing in _dictionaries(pdf) if thing.get("/Subtype") in ("/CIDFontType2", "/CIDFontType0")]


def _program(font: pikepdf.Object) -> TTFont:
    return TTFont(io.BytesIO(font.FontDescriptor.FontFile2.read_bytes()))


def _glyph(font: pikepdf.Object, cid: int) -> int:
    table = font.get("/CIDToGIDMap", pikepdf.Name.Identity)
    if not isinstance(table, pikepdf.Stream):
        return cid
    return int.from_bytes(table.read_bytes()[2 * cid : 2 * cid + 2], "big")


def _widths(font: pikepdf.Object) -> dict[int, float]:
    widths: dict[int, float] = {}
    entries = list(font.W)
    while entries:
        first, second = int(entries.pop(0)), entries.pop(0)
        if isinstance(second, pikepdf.Array):
            widths |= {first + index: float(width) for index, width in enumerate(second)}
        else:
            width = float(entries.pop(0))
            widths |= dict.fromkeys(range(first, int(second) + 1), width)
    return widths


def _to_unicode(cmap: bytes) -> dict[int, str]:
    known: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            known[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = int(text, 16)
            known |= {code: chr(start + code - int(first, 16)) for code in range(int(first, 16), int(last, 16) + 1)}
    return known


def _shown(pdf: pikepdf.Pdf) -> Iterator[tuple[pikepdf.Object, set[int]]]:
    """Every Type 0 font with the codes that some content shows in it."""
    for page in pdf.pages:
        yield from _shown_in(page.obj, page.resources)
        for note in page.obj.get("/Annots", []):
            normal = note.get("/AP", pikepdf.Dictionary()).get("/N")
            if isinstance(normal, pikepdf.Stream):
                yield from _shown_in(normal, normal.get("/Resources", pikepdf.Dictionary()))


def _shown_in(content: pikepdf.Object, resources: pikepdf.Object) -> Iterator[tuple[pikepdf.Object, set[int]]]:
    font = None
    for instruction in pikepdf.parse_content_stream(content):
        name, operands = str(instruction.operator), instruction.operands
        if name == "Tf":
            font = resources.Font[str(operands[0])]
        elif name in ("Tj", "TJ") and font is not None and font.Subtype == "/Type0":
            parts = operands[0] if name == "TJ" else [operands[0]]
            raw = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
            yield font, {int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)}
        elif name == "Do":
            target = resources.XObject[str(operands[0])]
            if target.Subtype == "/Form":
                yield from _shown_in(target, target.get("/Resources", resources))
