"""Write what was read as hOCR 1.2, for viewers and correction tools that lay text over pictures.

Boxes are whole pixels of the upright frame: the stored picture after its quarter turn and its deskew about the centre,
canvas size unchanged by the deskew, origin top left. They fit the stored picture only after both. The picture is named by
the hash of its stored stream, never by its file, whose name may be a person's.

What the engine saw before the language corrected it stands in ``data-raw``. The ``alternatives`` of hOCR would need
probabilities that nobody has, and every tool that collects text would read both spellings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from dossier.values import ReadPage, Word
from ocr.appearing import appearing
from ocr.exported import LANGUAGE, PROGRAM, WholeBox, box_around, lines_with_words, program_version, xml_text

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="{language}" lang="{language}">
 <head>
  <meta charset="utf-8"/>
  <title>Văn bản đọc được / Text as read</title>
  <meta name="ocr-system" content="{program} {version}"/>
  <meta name="ocr-capabilities" content="ocr_page ocr_line ocrx_word ocrp_wconf ocrp_lang"/>
  <meta name="ocr-number-of-pages" content="{pages}"/>
  <meta name="ocr-langs" content="{language}"/>
  <meta name="ocr-scripts" content="Latn"/>
 </head>
 <body>
"""

_TAIL: Final = " </body>\n</html>\n"


def write_hocr(pages: Sequence[ReadPage], into: Path) -> None:
    """Write the pages, in the order given, to one hOCR file; it appears whole or not at all.

    Raises:
        OSError: there is no room to write.
    """
    head = _HEAD.format(language=LANGUAGE, program=PROGRAM, version=program_version(), pages=len(pages))
    with appearing(into) as unfinished, unfinished.open("w", encoding="utf-8", newline="\n") as file:
        file.write(head)
        for place, page in enumerate(pages, start=1):
            file.writelines(_page(page, place))
        file.write(_TAIL)


def _page(page: ReadPage, place: int) -> Iterator[str]:
    """One page; hOCR counts physical pages from 0."""
    about = f'image "{page.scan_sha256}"; bbox 0 0 {page.width} {page.height}; ppageno {page.number - 1}'
    yield f'  <div class="ocr_page" id="page_{place}" title={quoteattr(about)}>\n'
    for row, (_line, words) in enumerate(lines_with_words(page), start=1):
        line_box = box_around(box for _word, box in words)
        yield f'   <span class="ocr_line" id="line_{place}_{row}" title="{_bbox(line_box)}">\n'
        for column, (word, box) in enumerate(words, start=1):
            yield _word(word, box, f"word_{place}_{row}_{column}")
        yield "   </span>\n"
    yield "  </div>\n"


def _word(word: Word, box: WholeBox, name: str) -> str:
    confidence = round(100 * min(max(word.confidence, 0.0), 1.0))
    raw = "" if word.raw is None else f" data-raw={quoteattr(xml_text(word.raw))}"
    text = escape(xml_text(word.text))
    return f'    <span class="ocrx_word" id="{name}" title="{_bbox(box)}; x_wconf {confidence}"{raw}>{text}</span>\n'


def _bbox(box: WholeBox) -> str:
    return "bbox " + " ".join(str(edge) for edge in box)
