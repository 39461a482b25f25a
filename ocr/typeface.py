"""The font of the invisible text: only the characters of one document, each with its Unicode, never .notdef."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

import pikepdf
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONT_FILE: Final = "SohoaText.ttf"
"""Liberation Serif 2, cut to Latin, Vietnamese, Greek, Cyrillic, signs; 1000 units; made as `ocr/data/README.md` says."""

_STAND_IN: Final = "\u25a1"
"""White square: drawn (invisibly) for a character that the font lacks; the text keeps the character itself."""

_FORBIDDEN: Final = frozenset("\ufeff\ufffe\uffff")
"""With U+0000, which is a control, the Unicode values that ISO 19005-2, 6.2.11.7.2 forbids, and the noncharacter beside."""

_NEEDED_TABLES: Final = frozenset(("head", "hhea", "hmtx", "maxp", "loca", "glyf", "GlyphOrder"))
"""What ISO 32000-1, 9.9 asks of a TrueType program in a CIDFont; code, name and style tables are not looked at."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character in the embedded font."""

    code: int
    """Two-byte code in a text string, also the CID."""
    advance: int
    """Thousandths of the size."""
    bottom: int
    """Lowest ink over the baseline, thousandths of the size; negative below it."""
    top: int
    """Highest ink over the baseline, thousandths of the size."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """The embedded font of one document."""

    font: pikepdf.Object
    """The Type 0 font, indirect."""
    glyphs: Mapping[str, Glyph]


def readable(text: str) -> str:
    """The text as it goes into the PDF: NFC, any white space as one blank, nothing that PDF/A-2u forbids."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(char for char in plain if unicodedata.category(char) not in ("Cc", "Cs") and char not in _FORBIDDEN)


def embed_typeface(pdf: pikepdf.Pdf, texts: Iterable[str]) -> Typeface:
    """Embed a font with the characters of ``texts`` (as `readable` gives them), the blank included."""
    characters = sorted(set(" ").union(*texts))
    font = _subset(characters)
    known = font.getBestCmap()
    names = {char: known.get(ord(char), known[ord(_STAND_IN)]) for char in characters}
    glyphs: dict[str, Glyph] = {}
    for code, (char, name) in enumerate(names.items(), start=1):
        ink = font["glyf"][name]
        bottom, top = (int(ink.yMin), int(ink.yMax)) if ink.numberOfContours else (0, 0)
        glyphs[char] = Glyph(code, int(font["hmtx"][name][0]), bottom, top)
    gids = b"".join(font.getGlyphID(name).to_bytes(2, "big") for name in names.values())
    return Typeface(_type0(pdf, font, glyphs, gids), glyphs)


def _type0(pdf: pikepdf.Pdf, font: TTFont, glyphs: Mapping[str, Glyph], gids: bytes) -> pikepdf.Object:
    name = pikepdf.Name("/" + _tag(glyphs) + "+SohoaText")
    head, hhea, program = font["head"], font["hhea"], _program(font)
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor,
        FontName=name,
        Flags=4,  # symbolic: codes are looked up by the maps below, not by a standard encoding
        FontBBox=[head.xMin, head.yMin, head.xMax, head.yMax],
        ItalicAngle=0,
        Ascent=hhea.ascent,
        Descent=hhea.descent,
        CapHeight=662,
        StemV=80,
        FontFile2=pdf.make_indirect(pdf.make_stream(program, Length1=len(program))),
    )
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=pikepdf.Dictionary(
            Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
        ),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=1000,
        W=[1, [glyph.advance for glyph in glyphs.values()]],
        CIDToGIDMap=pdf.make_stream(b"\0\0" + gids),
    )
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=name,
            Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(descendant)],
            ToUnicode=pdf.make_stream(_to_unicode(glyphs)),
        )
    )


def _subset(characters: Iterable[str]) -> TTFont:
    font = TTFont(io.BytesIO(_font_bytes()), lazy=True, recalcTimestamp=False)
    options = Options(hinting=False, layout_features=[], name_IDs=[], notdef_outline=True, glyph_names=False)
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(characters) + _STAND_IN)
    subsetter.subset(font)
    return font


def _program(font: TTFont) -> bytes:
    for table in set(font.keys()) - _NEEDED_TABLES:
        del font[table]
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()


@cache
def _font_bytes() -> bytes:
    return (files("ocr") / "data" / FONT_FILE).read_bytes()


def _tag(characters: Iterable[str]) -> str:
    """Six capitals that name this subset (ISO 32000-1, 9.6.4); the same characters give the same tag."""
    digest = sha256("".join(characters).encode()).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def _to_unicode(glyphs: Mapping[str, Glyph]) -> bytes:
    entries = [f"<{glyph.code:04X}> <{char.encode('utf-16-be').hex().upper()}>" for char, glyph in glyphs.items()]
    blocks = [entries[start : start + 100] for start in range(0, len(entries), 100)]  # 100 is the most a block may hold
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
