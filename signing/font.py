"""The typeface of the visible text: checked for Vietnamese, cut down to the letters needed, embedded with true widths."""

from __future__ import annotations

import io
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, TTLibError
from fontTools.ttLib.scaleUpem import scale_upem
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from dossier.errors import Misconfigured, StampDoesNotFit

LIBERATION_SERIF: Final = Path("/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf")
"""Same widths as Times New Roman, which NĐ 30/2020 asks for; Debian package fonts-liberation2."""

_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
VIETNAMESE: Final = frozenset(
    unicodedata.normalize("NFC", letter + tone) for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for tone in _TONES
) | {"đ", "Đ"}
"""The 146 letters with and without tone marks; fonts-liberation 1, Debian 12's default, lacks 93 of them."""

_PER_EM = 1000
"""Units per em of the embedded program: what /W, the descriptor and the text operators of PDF count in."""


@dataclass(frozen=True, slots=True)
class FontProgram:
    """A TrueType program with just the letters of one kind of stamp; every measure is in 1/1000 em."""

    name: str
    """PostScript name with the subset's tag."""
    compressed: bytes
    """The program, deflated."""
    size: int
    """Bytes of the program before deflating."""
    glyphs: Mapping[str, int]
    """Letter to glyph number."""
    advances: Mapping[str, int]
    """Letter to advance width."""
    ascent: int
    descent: int
    cap_height: int
    box: tuple[int, int, int, int]

    def width(self, text: str) -> int:
        """Sum the advances of a text; nothing is kerned."""
        return sum(self.advances[letter] for letter in text)


@lru_cache(maxsize=4)
def check_font(path: Path) -> None:
    """Make sure at start-up that the typeface can write Vietnamese; the file's name proves nothing.

    Raises:
        Misconfigured: missing, not TrueType, or it lacks letters.
    """
    with _opened(path) as font:
        missing = VIETNAMESE - {chr(point) for point in font.getBestCmap()}
        if missing:
            raise Misconfigured(f"the stamp's font lacks {len(missing)} Vietnamese letters; install fonts-liberation2")
        if "glyf" not in font:
            raise Misconfigured("the stamp's font has no TrueType outlines; install fonts-liberation2")


@lru_cache(maxsize=8)
def cut_font(path: Path, letters: frozenset[str]) -> FontProgram:
    """Cut a typeface down to ``letters`` and bring it to 1000 units per em; once per process, it costs some 100 ms.

    Raises:
        StampDoesNotFit: the typeface has no glyph for a letter.
    """
    check_font(path)
    with _opened(path) as font:
        absent = sorted(f"U+{ord(letter):04X}" for letter in letters if ord(letter) not in font.getBestCmap())
        if absent:
            raise StampDoesNotFit(f"no glyph for {' '.join(absent)}")
        options = Options(hinting=False, layout_features=[], notdef_outline=True)
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "FFTM"]  # layout is not used; FFTM is the font editor's time
        cutter = Subsetter(options)
        cutter.populate(unicodes=[ord(letter) for letter in letters])
        cutter.subset(font)
        # pyHanko and PDF both count in 1/1000 em; left at 2048, widths are doubled and the text is spaced and cut off
        scale_upem(font, _PER_EM)
        return _program(font, letters)


def embed(program: FontProgram, writer: BasePdfFileWriter) -> generic.IndirectObject:
    """Write the program into a PDF as a composite font whose codes are glyph numbers; give the reference to it."""
    descriptor = writer.add_object(_descriptor(program, writer.add_object(_font_file(program))))
    cid_font = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/CIDFontType2"),
            pdf_name("/BaseFont"): pdf_name(f"/{program.name}"),
            pdf_name("/CIDSystemInfo"): generic.DictionaryObject(
                {
                    pdf_name("/Registry"): generic.pdf_string("Adobe"),
                    pdf_name("/Ordering"): generic.pdf_string("Identity"),
                    pdf_name("/Supplement"): generic.NumberObject(0),
                }
            ),
            pdf_name("/CIDToGIDMap"): pdf_name("/Identity"),
            pdf_name("/FontDescriptor"): descriptor,
            pdf_name("/W"): _widths(program),
        }
    )
    return writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Font"),
                pdf_name("/Subtype"): pdf_name("/Type0"),
                pdf_name("/BaseFont"): pdf_name(f"/{program.name}"),
                pdf_name("/Encoding"): pdf_name("/Identity-H"),
                pdf_name("/DescendantFonts"): generic.ArrayObject([writer.add_object(cid_font)]),
                pdf_name("/ToUnicode"): writer.add_object(_to_unicode(program)),
            }
        )
    )


def _opened(path: Path) -> TTFont:
    try:
        return TTFont(path, lazy=True, recalcTimestamp=False)
    except (OSError, TTLibError) as error:
        raise Misconfigured(
            f"the stamp's font cannot be read ({type(error).__name__}); install fonts-liberation2"
        ) from error


def _program(font: TTFont, letters: frozenset[str]) -> FontProgram:
    saved = io.BytesIO()
    font.save(saved)
    data = saved.getvalue()
    names = {letter: font.getBestCmap()[ord(letter)] for letter in letters}
    head, hhea = font["head"], font["hhea"]
    digest = sha256(data).digest()
    tag = "".join(chr(ord("A") + byte % 26) for byte in digest[:6])
    return FontProgram(
        name=f"{tag}+{font['name'].getDebugName(6)}",
        compressed=zlib.compress(data, 9),
        size=len(data),
        glyphs={letter: font.getGlyphID(name) for letter, name in names.items()},
        advances={letter: font["hmtx"][name][0] for letter, name in names.items()},
        ascent=hhea.ascent,
        descent=hhea.descent,
        cap_height=getattr(font["OS/2"], "sCapHeight", 0) or hhea.ascent,
        box=(head.xMin, head.yMin, head.xMax, head.yMax),
    )


def _font_file(program: FontProgram) -> generic.StreamObject:
    return generic.StreamObject(
        {pdf_name("/Filter"): pdf_name("/FlateDecode"), pdf_name("/Length1"): generic.NumberObject(program.size)},
        encoded_data=program.compressed,
    )


def _descriptor(program: FontProgram, font_file: generic.IndirectObject) -> generic.DictionaryObject:
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/FontDescriptor"),
            pdf_name("/FontName"): pdf_name(f"/{program.name}"),
            pdf_name("/Flags"): generic.NumberObject(0b110),  # serif, symbolic: codes are glyph numbers
            pdf_name("/FontBBox"): generic.ArrayObject(generic.NumberObject(edge) for edge in program.box),
            pdf_name("/ItalicAngle"): generic.NumberObject(0),
            pdf_name("/Ascent"): generic.NumberObject(program.ascent),
            pdf_name("/Descent"): generic.NumberObject(program.descent),
            pdf_name("/CapHeight"): generic.NumberObject(program.cap_height),
            pdf_name("/StemV"): generic.NumberObject(80),  # regular weight; the program itself is embedded
            pdf_name("/FontFile2"): font_file,
        }
    )


def _widths(program: FontProgram) -> generic.ArrayObject:
    entries = generic.ArrayObject()
    for letter, glyph in sorted(program.glyphs.items(), key=lambda pair: pair[1]):
        entries.append(generic.NumberObject(glyph))
        entries.append(generic.ArrayObject([generic.NumberObject(program.advances[letter])]))
    return entries


def _to_unicode(program: FontProgram) -> generic.StreamObject:
    pairs = sorted((glyph, letter) for letter, glyph in program.glyphs.items())
    rows = [f"<{glyph:04x}> <{letter.encode('utf-16-be').hex()}>" for glyph, letter in pairs]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]  # at most 100 a block, ISO 32000 9.10.3
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    cmap = (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )
    stream = generic.StreamObject(stream_data=cmap.encode("ascii"))
    stream.compress()
    return stream
