"""Write what was read as ALTO 4, the Library of Congress's schema for text with its place on the page.

Boxes are whole pixels of the upright frame: the stored picture after its quarter turn and its deskew about the centre,
canvas size unchanged by the deskew, origin top left. They fit the stored picture only after both. Each picture is named by
the hash of its stored stream, never by its file, whose name may be a person's.

What the engine saw before the language corrected it stands in ``ALTERNATIVE``, which is for replacements by a dictionary.
``SUBS_CONTENT`` is for hyphens and abbreviations only, and ``Variant`` for single glyphs with boxes of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from dossier.values import ReadPage, Word
from ocr.appearing import appearing
from ocr.exported import LANGUAGE, PROGRAM, WholeBox, box_around, lines_with_words, program_version, xml_text

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" SCHEMAVERSION="4.4">
 <Description>
  <MeasurementUnit>pixel</MeasurementUnit>
  <sourceImageInformation>
"""

_LAYOUT: Final = " </Description>\n <Layout>\n"
_TAIL: Final = " </Layout>\n</alto>\n"


def write_alto(pages: Sequence[ReadPage], into: Path) -> None:
    """Write the pages, in the order given, to one ALTO file; it appears whole or not at all.

    Raises:
        OSError: there is no room to write.
    """
    steps = {engine: f"processing_{place}" for place, engine in enumerate(dict.fromkeys(page.engine for page in pages), 1)}
    with appearing(into) as unfinished, unfinished.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD)
        for page in pages:
            file.write(f'   <fileIdentifier fileIdentifierLocation="SHA-256">{page.scan_sha256}</fileIdentifier>\n')
        file.write("  </sourceImageInformation>\n")
        file.writelines(_step(engine, name) for engine, name in steps.items())
        file.write(_LAYOUT)
        for place, page in enumerate(pages, start=1):
            file.writelines(_page(page, place, steps))
        file.write(_TAIL)


def _step(engine: str, name: str) -> str:
    """How the words of some pages came about."""
    settings = f"   <processingStepSettings>engine {escape(engine)}</processingStepSettings>\n" if engine else ""
    return (
        f'  <Processing ID="{name}">\n   <processingCategory>contentGeneration</processingCategory>\n{settings}'
        f"   <processingSoftware>\n    <softwareName>{PROGRAM}</softwareName>\n"
        f"    <softwareVersion>{program_version()}</softwareVersion>\n   </processingSoftware>\n  </Processing>\n"
    )


def _page(page: ReadPage, place: int, steps: Mapping[str, str]) -> Iterator[str]:
    whole = (0, 0, page.width, page.height)
    size = f'WIDTH="{page.width}" HEIGHT="{page.height}"'
    yield (
        f'  <Page ID="page_{place}" PHYSICAL_IMG_NR="{page.number}" {size} LANG="{LANGUAGE}"'
        f' PC="{_confidence(page.confidence)}" PROCESSINGREFS="{steps[page.engine]}">\n   <PrintSpace {_place(whole)}>\n'
    )
    lines = [words for _line, words in lines_with_words(page)]
    if lines:
        block = box_around(box for words in lines for _word, box in words)
        yield f'    <TextBlock ID="block_{place}" {_place(block)}>\n'
        for row, words in enumerate(lines, start=1):
            yield from _text_line(words, f"{place}_{row}")
        yield "    </TextBlock>\n"
    yield "   </PrintSpace>\n  </Page>\n"


def _text_line(words: Sequence[tuple[Word, WholeBox]], name: str) -> Iterator[str]:
    yield f'     <TextLine ID="line_{name}" {_place(box_around(box for _word, box in words))}>\n'
    behind: WholeBox | None = None
    for column, (word, box) in enumerate(words, start=1):
        if behind:
            gap = max(box[0] - behind[2], 0)
            yield f'      <SP HPOS="{behind[2]}" VPOS="{behind[1]}" WIDTH="{gap}"/>\n'
        yield _string(word, box, f"word_{name}_{column}")
        behind = box
    yield "     </TextLine>\n"


def _string(word: Word, box: WholeBox, name: str) -> str:
    content = quoteattr(xml_text(word.text))
    opened = f'      <String ID="{name}" {_place(box)} WC="{_confidence(word.confidence)}" CONTENT={content}'
    if word.raw is None:
        return f"{opened}/>\n"
    raw = escape(xml_text(word.raw))
    return f'{opened}>\n       <ALTERNATIVE PURPOSE="as recognised">{raw}</ALTERNATIVE>\n      </String>\n'


def _place(box: WholeBox) -> str:
    left, top, right, bottom = box
    return f'HPOS="{left}" VPOS="{top}" WIDTH="{right - left}" HEIGHT="{bottom - top}"'


def _confidence(share: float) -> str:
    return f"{min(max(share, 0.0), 1.0):.4g}"
