"""The visible text: what it says, where it stands, how wide it is."""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from math import ceil
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from PIL import Image
from signing_parts import Rewriting, Sealing

from dossier.errors import Misconfigured, StampDoesNotFit
from dossier.values import BoundPdf, Box, SealedPdf
from signing.font import LIBERATION_SERIF, VIETNAMESE, check_font, cut_font
from signing.stamp import PageBox, Stamp, StampText, lay_out

A4 = PageBox(0, 0, 595.28, 841.89)
WHEN = datetime(2024, 1, 6, 9, 30, 5, tzinfo=timezone(timedelta(hours=7)))
TEXT = StampText("SAO Y", "Trung tâm Phục vụ hành chính công tỉnh Phú Thọ", WHEN)
PX_PER_PT = 4


def ink_of_lines(path: Path, lines: int) -> list[tuple[float, float]]:
    """Left and right edge of the ink of each stamp line, points from the left edge of page 1."""
    call = ["pdftoppm", "-r", str(72 * PX_PER_PT), "-f", "1", "-l", "1", "-png", str(path)]
    picture = np.asarray(Image.open(BytesIO(subprocess.run(call, check=True, capture_output=True).stdout)).convert("L"))
    edges = []
    for number in range(lines):
        # a baseline every 12 pt, the first 12 pt under the box's top edge at 14.9 pt; down to it from cap height
        baseline = (14.9 + 12 + 12 * number) * PX_PER_PT
        columns = np.flatnonzero((picture[int(baseline - 7 * PX_PER_PT) : int(baseline)] < 128).any(axis=0))
        edges.append((columns[0] / PX_PER_PT, (columns[-1] + 1) / PX_PER_PT))
    return edges


def test_rendered_lines_are_as_wide_as_the_fonts_advances(sealed: SealedPdf, stamp_text: StampText) -> None:
    font = TTFont(LIBERATION_SERIF)
    names, advances, outlines = font.getBestCmap(), font["hmtx"], font["glyf"]
    em = font["head"].unitsPerEm
    stamp = lay_out(stamp_text, A4, font=LIBERATION_SERIF)
    lines, box_left = stamp.lines, stamp.box[0]

    edges = ink_of_lines(sealed.path, len(lines))

    for line, (left, right) in zip(lines, edges, strict=True):
        glyphs = [names[ord(letter)] for letter in line]
        total = sum(advances[glyph][0] for glyph in glyphs)
        bearing_left = advances[glyphs[0]][1]
        bearing_right = advances[glyphs[-1]][0] - outlines[glyphs[-1]].xMax
        assert right - left == pytest.approx((total - bearing_left - bearing_right) * 10 / em, abs=0.6), line
        assert left == pytest.approx(box_left + bearing_left * 10 / em, abs=0.6), line


def test_the_text_is_black_at_the_top_right_and_nowhere_else(sealed: SealedPdf) -> None:
    call = ["pdftoppm", "-r", "144", "-png", str(sealed.path)]
    picture = np.asarray(Image.open(BytesIO(subprocess.run(call, check=True, capture_output=True).stdout)).convert("RGB"))
    height, width, _ = picture.shape
    marked = picture.max(axis=2) < 100  # the page itself is near-white

    rows, columns = np.nonzero(marked)

    assert picture[marked].min(axis=0).tolist() == [0, 0, 0]
    assert np.ptp(picture[marked].astype(int), axis=1).max() <= 2, "a coloured letter"
    assert columns.min() > width * 0.6
    assert rows.max() < height * 0.1


def test_the_appearance_holds_text_only(sealed: SealedPdf) -> None:
    with pikepdf.open(sealed.path) as pdf:
        drawn = pdf.pages[0].Annots[0].AP.N
        operators = {str(step.operator) for step in pikepdf.parse_content_stream(drawn)}

        assert list(drawn.Resources.keys()) == ["/Font"]
        assert operators == {"q", "BT", "rg", "Tf", "TL", "Td", "Tj", "T*", "ET", "Q"}


def test_the_text_reads_back_word_for_word(sealed: SealedPdf, stamp_text: StampText) -> None:
    read = subprocess.run(["pdftotext", str(sealed.path), "-"], check=True, capture_output=True, text=True).stdout

    assert " ".join(stamp_text.paragraphs) == " ".join(read.split())


def test_embedded_widths_are_those_of_the_embedded_program(sealed: SealedPdf) -> None:
    with pikepdf.open(sealed.path) as pdf:
        font = pdf.pages[0].Annots[0].AP.N.Resources.Font["/F1"]
        inner = font.DescendantFonts[0]
        program = TTFont(BytesIO(inner.FontDescriptor.FontFile2.read_bytes()))
        entries = list(inner.W)
        declared = {int(glyph): int(widths[0]) for glyph, widths in zip(entries[::2], entries[1::2], strict=True)}
        embedded = {glyph: program["hmtx"][program.getGlyphName(glyph)][0] for glyph in declared}
        mapped = font.ToUnicode.read_bytes().decode().count("> <") - 1  # less the code space range

        assert program["head"].unitsPerEm == 1000
        assert declared == embedded
        assert mapped == len(declared)
        assert 0 not in declared, ".notdef is used"


def test_there_are_146_vietnamese_letters_and_the_default_font_has_them() -> None:
    check_font(LIBERATION_SERIF)

    assert len(VIETNAMESE) == 146
    assert all(len(letter) == 1 for letter in VIETNAMESE)


def test_a_font_without_vietnamese_is_refused_with_the_package_to_install(tmp_path: Path) -> None:
    font = TTFont(LIBERATION_SERIF)
    cutter = Subsetter(Options())
    cutter.populate(text="ABCabc0123456789")
    cutter.subset(font)
    font.save(tmp_path / "LiberationSerif-Regular.ttf")

    with pytest.raises(Misconfigured, match="lacks 144 Vietnamese letters; install fonts-liberation2"):
        check_font(tmp_path / "LiberationSerif-Regular.ttf")


def test_a_missing_font_is_refused_with_the_package_to_install(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="fonts-liberation2"):
        check_font(tmp_path / "none.ttf")


def test_a_letter_that_the_font_lacks_is_named() -> None:
    with pytest.raises(StampDoesNotFit, match=r"U\+4E2D"):
        lay_out(replace(TEXT, agency="Trung 中"), A4, font=LIBERATION_SERIF)


def test_a_long_name_is_wrapped_inside_190_points() -> None:
    stamp = lay_out(replace(TEXT, agency="Ủy ban nhân dân phường " * 6), A4, font=LIBERATION_SERIF)

    widths = [stamp.program.width(line) / 100 for line in stamp.lines]
    assert max(widths) <= 190
    assert len(stamp.lines) == 6
    assert stamp.box == (581 - ceil(max(widths)), 827 - 12 * 6 - 4, 581, 827)


def test_decomposed_letters_are_composed_and_a_percent_sign_stays() -> None:
    name = "Sở Nội vụ 100%(ts)s"

    stamp = lay_out(replace(TEXT, agency=unicodedata.normalize("NFD", name)), A4, font=LIBERATION_SERIF)

    assert name in stamp.lines


def test_the_time_is_written_in_iso_8601_with_the_zone() -> None:
    assert lay_out(TEXT, A4, font=LIBERATION_SERIF).lines[-1] == "2024-01-06T09:30:05+07:00"


@pytest.mark.parametrize(
    "when", [WHEN.astimezone(UTC), WHEN.replace(tzinfo=None), WHEN.replace(microsecond=1)], ids=["utc", "naive", "fraction"]
)
def test_a_time_that_is_not_whole_vietnam_seconds_is_refused(when: datetime) -> None:
    with pytest.raises(Misconfigured):
        StampText("SAO Y", "Sở Nội vụ", when)


def test_a_narrow_slip_gets_a_narrow_stamp() -> None:
    stamp = lay_out(TEXT, PageBox(0, 0, 161, 400), font=LIBERATION_SERIF)

    assert stamp.box[0] >= 14
    assert stamp.box[2] == 147
    assert max(stamp.program.width(line) for line in stamp.lines) <= 13300


@pytest.mark.parametrize("page", [PageBox(0, 0, 100, 800), PageBox(0, 0, 595, 30)], ids=["narrow", "low"])
def test_a_page_without_room_is_refused(page: PageBox) -> None:
    with pytest.raises(StampDoesNotFit):
        lay_out(TEXT, page, font=LIBERATION_SERIF)


def test_the_font_is_cut_once_for_all_documents_of_an_agency() -> None:
    cut_font.cache_clear()

    for second in range(5):
        lay_out(replace(TEXT, when=WHEN.replace(second=second)), A4, font=LIBERATION_SERIF)

    assert cut_font.cache_info().misses == 1


def test_the_box_follows_the_visible_area_of_the_page(bound: BoundPdf, rewritten: Rewriting, sealing: Sealing) -> None:
    def crop(page: pikepdf.Page) -> None:
        page.MediaBox, page.CropBox = [0, 0, 700, 900], [50, 40, 645, 882]

    sealed = sealing(rewritten(bound, crop))

    with pikepdf.open(sealed.path) as pdf:
        assert [int(edge) for edge in pdf.pages[0].Annots[0].Rect] == [449, 816, 631, 868]


def test_a_low_slip_gets_a_flat_stamp() -> None:
    assert len(lay_out(TEXT, PageBox(0, 0, 595, 60), font=LIBERATION_SERIF).lines) == 1


def test_a_turned_first_page_is_refused(bound: BoundPdf, rewritten: Rewriting, sealing: Sealing) -> None:
    def turn(page: pikepdf.Page) -> None:
        page.Rotate = 90

    with pytest.raises(StampDoesNotFit, match="turned"):
        sealing(rewritten(bound, turn))


def _covers(stamp: Stamp, words: Sequence[Box]) -> bool:
    left, bottom, right, top = stamp.box
    return any(w.left < right and w.right > left and w.top < A4.top - bottom and w.bottom > A4.top - top for w in words)


@pytest.mark.parametrize(("heading_at", "lines"), [(80, 4), (50, 3), (35, 2), (24, 1)])
def test_the_text_keeps_clear_of_the_words_of_the_page_by_growing_flatter(heading_at: int, lines: int) -> None:
    heading = [Box(300, heading_at, 560, heading_at + 14)]
    text = replace(TEXT, agency="Trung tâm Phục vụ hành chính công tỉnh Phú Thọ")

    stamp = lay_out(text, A4, font=LIBERATION_SERIF, written=heading)

    assert not _covers(stamp, heading)
    assert len(stamp.lines) == lines


def test_where_every_shape_covers_something_the_one_that_covers_least_is_taken() -> None:
    full = [Box(0, 0, 595, 842)]

    stamp = lay_out(TEXT, A4, font=LIBERATION_SERIF, written=full)

    assert len(stamp.lines) == 1
