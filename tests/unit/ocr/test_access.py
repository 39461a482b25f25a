"""The reading copy is small, upright, searchable and valid, and says that it is no original."""

from __future__ import annotations

import html
import io
import re
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pdf2image import convert_from_path
from PIL import Image, ImageDraw

from dossier.errors import BindingFailed
from dossier.values import BoundPdf, Box, QuarterTurn, ReadPage, Sha256
from ocr.access import bind_access, lighten
from ocr.bind import bind
from ocr.scans import open_scan
from tests.extractors import extractions
from tests.pdfa_checks import complaints, second_opinion
from tests.preflight import preflight, unexpected
from tests.twins.worded_pages import DPI, TEXT, as_read, draw_page, ink_box, jpeg_bytes, laid_askew


def _stored(folder: Path, mode: str, turn: QuarterTurn = 0, skew_deg: float = 0.0) -> tuple[Path, ReadPage]:
    drawn = draw_page(mode)
    stored = laid_askew(drawn.image, turn, skew_deg)
    source = folder / "source"
    if mode == "1":
        stored.save(source, "TIFF", compression="group4", dpi=(DPI, DPI), tiffinfo={278: 2000})
    else:
        source.write_bytes(jpeg_bytes(stored))
    return source, as_read(open_scan(source, 1), drawn.lines, turn, skew_deg)


def _copy(source: Path, page: ReadPage) -> BoundPdf:
    return bind_access([lighten(source, page)], into=source.with_name("access.pdf"))


@pytest.mark.parametrize(
    ("mode", "turn", "skew_deg"), [("RGB", 90, 1.5), ("L", 180, 0.0), ("1", 270, -2.0), ("RGB", 0, 0.0)]
)
def test_the_copy_is_a_valid_pdfa_with_its_ink_under_its_words(
    tmp_path: Path, mode: str, turn: QuarterTurn, skew_deg: float
) -> None:
    source, page = _stored(tmp_path, mode, turn, skew_deg)
    copy = _copy(source, page)
    gray = np.asarray(convert_from_path(copy.path, dpi=DPI)[0].convert("L"))

    for word in page.words:
        found = ink_box(gray, word.box, 3)
        assert found is not None, word.text
        assert max(abs(found.left - word.box.left), abs(found.right - word.box.right)) <= 2.5, word.text
    assert {name: text.split() for name, text in extractions(copy.path)} == dict.fromkeys(
        ("pdftotext", "pdftotext -layout", "mutool", "pdfminer", "pymupdf"), page.text.split()
    )
    assert complaints(copy.path) == set()
    assert second_opinion(copy.path) == []
    assert unexpected(preflight(copy.path)) == []


def test_the_copy_says_in_both_languages_that_it_is_no_original(tmp_path: Path) -> None:
    copy = _copy(*_stored(tmp_path, "RGB"))

    with pikepdf.open(copy.path) as pdf, pdf.open_metadata() as metadata:
        said = [str(metadata["dc:title"]), str(metadata["dc:description"])]
    for words in said:
        assert words.index("không phải bản gốc") < words.index("eading copy")
    assert "original" in said[1]


def test_a_seal_keeps_its_colour(tmp_path: Path) -> None:
    copy = _copy(*_stored(tmp_path, "RGB"))
    shown = np.asarray(convert_from_path(copy.path, dpi=DPI)[0], np.int32)[1290:1510, 890:1110]

    assert ((shown[..., 0] - shown[..., 1]) > 80).sum() > 2000


def test_a_colour_scan_shrinks_to_less_than_a_seventh(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    text = TEXT * 2
    letter = np.asarray(draw_page("RGB", text).image.resize((2480, 3508), Image.Resampling.BICUBIC), np.int16)
    noisy = Image.fromarray(np.clip(letter - 8 + random.normal(0, 3, letter.shape), 0, 255).astype(np.uint8))
    ImageDraw.Draw(noisy).ellipse((1800, 2600, 2200, 3000), outline=(200, 20, 20), width=12)
    target, source = io.BytesIO(), tmp_path / "source"
    noisy.save(target, "JPEG", quality=75, dpi=(300, 300))
    source.write_bytes(target.getvalue())

    copy = _copy(source, as_read(open_scan(source, 1), ()))

    assert copy.path.stat().st_size < 0.15 * source.stat().st_size


def test_a_black_and_white_page_is_group_4_alone(tmp_path: Path) -> None:
    copy = _copy(*_stored(tmp_path, "1"))

    with pikepdf.open(copy.path) as pdf:
        images = dict(pdf.pages[0].resources.XObject.items())
        assert [(name, str(image.Filter), bool(image.ImageMask)) for name, image in images.items()] == [
            ("/Writing", "/CCITTFaxDecode", True)
        ]
    assert copy.path.stat().st_size < 60_000


def test_a_white_page_without_a_mark_still_makes_a_valid_sheet(tmp_path: Path) -> None:
    source = tmp_path / "white"
    Image.new("1", (600, 800), 1).save(source, "TIFF", compression="group4", dpi=(DPI, DPI))
    copy = _copy(source, as_read(open_scan(source, 1), ()))

    assert complaints(copy.path) == set()
    assert second_opinion(copy.path) == []


def test_the_same_page_gives_the_same_bytes(tmp_path: Path) -> None:
    source, page = _stored(tmp_path, "RGB", 0, 0.8)
    first = _copy(source, page).path.read_bytes()
    time.sleep(1.1)  # the clock of a file's identifier counts seconds

    assert _copy(source, page).path.read_bytes() == first


def test_a_source_that_changed_since_reading_gets_no_copy(tmp_path: Path) -> None:
    source, page = _stored(tmp_path, "RGB")

    with pytest.raises(BindingFailed, match="not the picture that was read"):
        lighten(source, replace(page, scan_sha256=Sha256("0" * 64)))
    with pytest.raises(BindingFailed):
        bind_access([], into=tmp_path / "never.pdf")
    assert not (tmp_path / "never.pdf").exists()


def _marks(path: Path) -> list[tuple[Box, str]]:
    """What `pdftotext -bbox` marks for each word, pixels at 300 dpi."""
    listed = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    form = r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>'
    found = [match.groups() for match in re.finditer(form, listed)]
    return [(Box(*(float(edge) * 300 / 72 for edge in edges)), html.unescape(text)) for *edges, text in found]


@pytest.mark.parametrize("kind", ["archival", "access"])
@pytest.mark.parametrize(("turn", "skew_deg"), [(0, 0.0), (270, 1.0)])
def test_words_lie_within_three_pixels_of_their_ink(tmp_path: Path, kind: str, turn: QuarterTurn, skew_deg: float) -> None:
    """Across by the mark itself; down the ink lies inside the mark, whose height is that of the whole line."""
    source, page = _stored(tmp_path, "RGB", turn, skew_deg)
    bound = _copy(source, page) if kind == "access" else bind(source, [page], into=tmp_path / "out.pdf", title="Thử")
    by = 300 / DPI

    for word, (mark, text) in zip(page.words, _marks(bound.path), strict=True):
        assert text == word.text
        assert abs(mark.left - word.box.left * by) < 3, text
        assert abs(mark.right - word.box.right * by) < 3, text
        assert mark.top - 3 < word.box.top * by < word.box.bottom * by < mark.bottom + 3, text
