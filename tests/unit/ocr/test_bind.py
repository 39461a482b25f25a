"""Binding keeps the scan's bytes, puts it upright, and lays the text over the ink."""

from __future__ import annotations

import io
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import fitz
import numpy as np
import pikepdf
import pytest
from pdf2image import convert_from_path
from pdfminer.high_level import extract_text
from PIL import Image

from dossier.errors import BindingFailed
from dossier.values import BoundPdf, Box, QuarterTurn, ReadPage, Sha256
from ocr.bind import bind
from ocr.scans import open_scan, open_scans
from tests.extractors import extractions
from tests.pdfa_checks import complaints, second_opinion
from tests.preflight import a1_twin, preflight_all, unexpected
from tests.twins.worded_pages import DPI, TEXT, DrawnPage, as_read, draw_page, ink_box, jpeg_bytes, laid_askew, scanner_pdf


@dataclass(frozen=True, slots=True)
class Sample:
    """A source of one kind, and what was bound from it."""

    source: Path
    drawn: DrawnPage
    bound: BoundPdf
    upright: tuple[float, float]
    """Width and height that the page must have, points."""


def _store(kind: str, folder: Path) -> tuple[Path, DrawnPage, QuarterTurn, float]:
    """Write one source of that kind; also says what stands on it and how it lies."""
    mode = {"gray jpeg": "L", "g4 tiff": "1", "g4 strips": "1", "bilevel png": "1"}.get(kind, "RGB")
    turn: QuarterTurn = {"turned 90": 90, "upside down": 180, "turned 270 skewed": 270}.get(kind, 0)  # type: ignore[assignment]
    skew = {"skewed 2": 2.0, "turned 270 skewed": -1.5}.get(kind, 0.0)
    drawn = draw_page(mode)
    stored = laid_askew(drawn.image, turn, skew)
    path = folder / kind.replace(" ", "-")
    if kind == "g4 tiff":
        backs = [stored, draw_page("1", TEXT[:1]).image]
        backs[0].save(
            path, "TIFF", compression="group4", dpi=(DPI, DPI), save_all=True, append_images=backs[1:], tiffinfo={278: 1754}
        )
    elif kind == "g4 strips":
        stored.save(path, "TIFF", compression="group4", dpi=(DPI, DPI), tiffinfo={278: 100})
    elif kind.endswith("png"):
        stored.save(path, "PNG", dpi=(DPI, DPI))
    elif kind == "pdf of scans":
        path.write_bytes(scanner_pdf([jpeg_bytes(stored)]))
    elif kind == "pdf rotated":
        path.write_bytes(scanner_pdf([jpeg_bytes(stored.rotate(90, expand=True))], rotate=90))
    elif kind == "pdf of text":
        stored.save(path, "PDF", resolution=DPI)
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            pdf.pages[0].contents_add(b"0 0 0 rg 20 20 5 5 re f")
            pdf.save(path)
    else:
        path.write_bytes(jpeg_bytes(stored))
    return path, drawn, turn, skew


KINDS = [
    "colour jpeg",
    "gray jpeg",
    "g4 tiff",
    "g4 strips",
    "colour png",
    "bilevel png",
    "pdf of scans",
    "pdf rotated",
    "pdf of text",
    "turned 90",
    "upside down",
    "turned 270 skewed",
    "skewed 2",
]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sample]:
    folder = tmp_path_factory.mktemp("bound")
    made = {}
    for kind in KINDS:
        source, drawn, turn, skew = _store(kind, folder)
        page = as_read(open_scan(source, 1), _scaled(drawn, open_scan(source, 1).dpi), turn, skew)
        bound = bind(source, [page], into=source.with_suffix(".pdf"), title="Tài liệu thử")
        made[kind] = Sample(source, drawn, bound, (1240 * 72 / DPI, 1754 * 72 / DPI))
    return made


@pytest.fixture(params=KINDS)
def sample(request: pytest.FixtureRequest, samples: dict[str, Sample]) -> Sample:
    return samples[request.param]


def _scaled(drawn: DrawnPage, dpi: float) -> tuple:
    """The lines in the pixels of a page that was drawn again at another resolution."""
    by = dpi / DPI
    return tuple(
        replace(line, words=tuple(replace(word, box=_times(word.box, by)) for word in line.words)) for line in drawn.lines
    )


def _times(box: Box, by: float) -> Box:
    return Box(box.left * by, box.top * by, box.right * by, box.bottom * by)


@contextmanager
def _picture(bound: BoundPdf) -> Iterator[pikepdf.Stream]:
    with pikepdf.open(bound.path) as pdf:
        yield pdf.pages[0].resources.XObject.Scan


def _embedded(bound: BoundPdf) -> bytes:
    with _picture(bound) as picture:
        return picture.read_raw_bytes()


def _read_page(source: Path, drawn: DrawnPage) -> ReadPage:
    return as_read(open_scan(source, 1), drawn.lines)


@pytest.fixture
def letter(tmp_path: Path) -> tuple[Path, ReadPage]:
    drawn = draw_page()
    source = tmp_path / "letter"
    source.write_bytes(jpeg_bytes(drawn.image))
    return source, _read_page(source, drawn)


def test_the_ink_stands_where_the_words_say(sample: Sample) -> None:
    gray = np.asarray(convert_from_path(sample.bound.path, dpi=100)[0].convert("L"))
    by = 100 / DPI
    off = []
    for line in sample.drawn.lines:
        for word in line.words:
            want, got = _times(word.box, by), ink_box(gray, _times(word.box, by), 2)
            assert got is not None, f"no ink at {word.text}"
            off.append(max(abs(got.left - want.left), abs(got.top - want.top), abs(got.right - want.right)))

    assert max(off) <= 2.5


def test_the_text_lies_over_the_ink(sample: Sample) -> None:
    by = 72 / DPI
    with fitz.open(sample.bound.path) as pdf:
        found = pdf[0].get_text("words", sort=False)
    words = [word for line in sample.drawn.lines for word in line.words]

    for word, (left, top, right, bottom, text, *_rest) in zip(words, found, strict=True):
        want = _times(word.box, by)
        assert text == word.text
        assert abs(left - want.left) < 1.5
        assert abs(right - want.right) < 1.5
        assert top - 1.5 <= want.top < want.bottom <= bottom + 1.5
        assert bottom - top < 1.8 * want.height + 12


def test_the_page_has_its_true_size_and_no_rotation(sample: Sample) -> None:
    with pikepdf.open(sample.bound.path) as pdf:
        rotated, box = "/Rotate" in pdf.pages[0].obj, [float(edge) for edge in pdf.pages[0].mediabox]

    assert not rotated
    assert box == pytest.approx([0, 0, *sample.upright], rel=0.001)


@pytest.mark.parametrize("kind", ["colour jpeg", "turned 270 skewed"])
def test_five_extractors_give_the_words_back_in_order(samples: dict[str, Sample], kind: str) -> None:
    wanted = samples[kind].drawn.text.split()

    assert {name: text.split() for name, text in extractions(samples[kind].bound.path)} == dict.fromkeys(
        ("pdftotext", "pdftotext -layout", "mutool", "pdfminer", "pymupdf"), wanted
    )


@pytest.mark.parametrize("kind", ["colour jpeg", "gray jpeg", "turned 90", "skewed 2"])
def test_a_jpeg_is_embedded_byte_for_byte(samples: dict[str, Sample], kind: str) -> None:
    assert _embedded(samples[kind].bound) == samples[kind].source.read_bytes()


@pytest.mark.parametrize("kind", ["pdf of scans", "pdf rotated"])
def test_the_picture_of_a_scanners_pdf_is_embedded_byte_for_byte(samples: dict[str, Sample], kind: str) -> None:
    with pikepdf.open(samples[kind].source) as pdf:
        original = pdf.pages[0].resources.XObject.Im0.read_raw_bytes()

    assert _embedded(samples[kind].bound) == original


def test_a_single_g4_strip_is_embedded_byte_for_byte(samples: dict[str, Sample]) -> None:
    with Image.open(samples["g4 tiff"].source) as tiff:
        (offset,), (length,) = tiff.tag_v2[273], tiff.tag_v2[279]
    strip = samples["g4 tiff"].source.read_bytes()[offset : offset + length]

    assert _embedded(samples["g4 tiff"].bound) == strip


def test_the_rows_of_a_png_are_embedded_as_they_are_packed(samples: dict[str, Sample]) -> None:
    packed = _embedded(samples["colour png"].bound)

    assert packed[:1000] in samples["colour png"].source.read_bytes()


@pytest.mark.parametrize("kind", ["g4 strips", "g4 tiff", "bilevel png", "colour png"])
def test_the_pixels_are_kept_where_the_packing_is_not(samples: dict[str, Sample], kind: str) -> None:
    with _picture(samples[kind].bound) as picture, Image.open(samples[kind].source) as original:
        shown = pikepdf.PdfImage(picture).as_pil_image()
        assert np.array_equal(np.asarray(shown.convert("RGB")), np.asarray(original.convert("RGB")))


def test_a_page_that_is_no_scan_says_that_it_was_drawn(samples: dict[str, Sample]) -> None:
    with pikepdf.open(samples["pdf of text"].bound.path) as pdf:
        packet = pdf.Root.Metadata.read_bytes().decode()

    assert "was drawn at 300 dpi" in packet
    assert "was drawn at 300 dpi" not in samples["colour jpeg"].bound.path.read_bytes().decode("latin-1")


def test_every_kind_passes_the_outside_judges(samples: dict[str, Sample], tmp_path: Path) -> None:
    bound = [sample.bound.path for sample in samples.values()]
    twins = [a1_twin(path, tmp_path / path.name) for path in bound]
    verdicts = preflight_all([*bound, *twins])

    assert {path.name: unexpected(verdicts[path]) for path in bound} == {path.name: [] for path in bound}
    assert {path.name: verdicts[path] for path in twins} == {path.name: [] for path in twins}
    assert {path.name: second_opinion(path) for path in bound} == {path.name: [] for path in bound}
    assert {path.name: complaints(path) for path in bound} == {path.name: set() for path in bound}


def test_the_same_pages_give_the_same_bytes(letter: tuple[Path, ReadPage], tmp_path: Path) -> None:
    source, page = letter
    first = bind(source, [page], into=tmp_path / "first.pdf", title="Đơn")
    time.sleep(1.1)  # the clock of a file's identifier, and of a font, counts seconds
    second = bind(source, [page], into=tmp_path / "second.pdf", title="Đơn")

    assert first.sha256 == second.sha256
    assert first.path.read_bytes() == second.path.read_bytes()


def test_pages_are_bound_in_the_order_given(tmp_path: Path) -> None:
    drawn = [draw_page("1", (f"trang {number}",)) for number in ("một", "hai", "ba")]
    source = tmp_path / "stack"
    drawn[0].image.save(
        source,
        "TIFF",
        compression="group4",
        dpi=(DPI, DPI),
        save_all=True,
        append_images=[page.image for page in drawn[1:]],
    )
    scans = list(open_scans(source, (3, 1)))
    pages = [as_read(scan, drawn[scan.number - 1].lines) for scan in scans]

    bound = bind(source, pages, into=tmp_path / "two.pdf", title="Chồng")

    assert bound.pages == 2
    assert extract_text(bound.path).split() == ["trang", "ba", "trang", "một"]


def test_a_blank_page_has_no_text_and_still_passes(tmp_path: Path) -> None:
    source = tmp_path / "blank"
    source.write_bytes(jpeg_bytes(draw_page(text=()).image))

    bound = bind(source, [as_read(open_scan(source, 1), ())], into=tmp_path / "blank.pdf", title="Trang trắng")

    assert extract_text(bound.path).split() == []
    assert complaints(bound.path) == set()
    assert second_opinion(bound.path) == []


def test_characters_that_the_font_lacks_keep_their_unicode(letter: tuple[Path, ReadPage], tmp_path: Path) -> None:
    source, page = letter
    odd = ["漢字", "số\u0000\ufeff5", "e\u0323\u0302", "😀", "\ufffe"]
    words = tuple(replace(word, text=text) for word, text in zip(page.lines[3].words, odd, strict=False))
    page = replace(page, lines=(replace(page.lines[3], words=words),))

    bound = bind(source, [page], into=tmp_path / "odd.pdf", title="Chữ lạ")

    for name, text in extractions(bound.path):
        assert text.split() == ["漢字", "số5", "ệ", "😀"], name
    assert complaints(bound.path) == set()
    assert second_opinion(bound.path) == []


def test_words_with_boxes_of_line_height_lie_on_the_line(letter: tuple[Path, ReadPage], tmp_path: Path) -> None:
    source, page = letter
    line = page.lines[3]
    top, bottom = min(word.box.top for word in line.words), max(word.box.bottom for word in line.words)
    tall = tuple(replace(word, box=Box(word.box.left, top, word.box.right, bottom)) for word in line.words)
    bound = bind(source, [replace(page, lines=(replace(line, words=tall),))], into=tmp_path / "tall.pdf", title="Dòng")

    with fitz.open(bound.path) as pdf:
        blocks = [block for block in pdf[0].get_text("dict")["blocks"] if "lines" in block]
    spans = [span for block in blocks for row in block["lines"] for span in row["spans"]]

    assert all(13 < span["size"] < 16 for span in spans), "30 pixels at 150 dpi are 14.4 points"


def test_a_title_with_markup_is_written_as_text(letter: tuple[Path, ReadPage], tmp_path: Path) -> None:
    source, page = letter
    bound = bind(source, [page], into=tmp_path / "title.pdf", title="Đơn <số 1> & phụ lục\u0000")

    with pikepdf.open(bound.path) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == "Đơn <số 1> & phụ lục"
    assert complaints(bound.path) == set()


def test_a_source_that_changed_since_reading_is_not_bound(letter: tuple[Path, ReadPage], tmp_path: Path) -> None:
    source, page = letter
    source.write_bytes(jpeg_bytes(draw_page(text=TEXT[:2]).image))

    with pytest.raises(BindingFailed, match="not the picture that was read"):
        bind(source, [page], into=tmp_path / "changed.pdf", title="Khác")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter"]


def test_a_failed_binding_leaves_the_file_of_before_alone(letter: tuple[Path, ReadPage], tmp_path: Path) -> None:
    source, page = letter
    into = tmp_path / "kept.pdf"
    into.write_bytes(b"before")

    with pytest.raises(BindingFailed):
        bind(source, [replace(page, scan_sha256=Sha256("0" * 64))], into=into, title="Hỏng")

    assert into.read_bytes() == b"before"


@pytest.mark.parametrize("damage", ["no pages", "cut", "gone", "no such page"])
def test_what_cannot_be_bound_raises_binding_failed(letter: tuple[Path, ReadPage], tmp_path: Path, damage: str) -> None:
    source, page = letter
    pages = [] if damage == "no pages" else [replace(page, number=2) if damage == "no such page" else page]
    if damage == "cut":
        source.write_bytes(source.read_bytes()[:150])
    if damage == "gone":
        source.unlink()

    with pytest.raises(BindingFailed):
        bind(source, pages, into=tmp_path / "never.pdf", title="Hỏng")

    assert not (tmp_path / "never.pdf").exists()


def test_the_sheet_behind_a_straightened_page_is_white(samples: dict[str, Sample]) -> None:
    gray = np.asarray(convert_from_path(samples["skewed 2"].bound.path, dpi=50)[0].convert("L"))

    assert min(gray[0, 0], gray[0, -1], gray[-1, 0], gray[-1, -1]) > 250


def test_a_profile_inside_a_jpeg_comes_along(tmp_path: Path) -> None:
    drawn, target = draw_page(), io.BytesIO()
    profile = (Path(__file__).parents[3] / "ocr" / "data" / "sRGB.icc").read_bytes()
    drawn.image.save(target, "JPEG", dpi=(DPI, DPI), icc_profile=profile)
    source = tmp_path / "profiled"
    source.write_bytes(target.getvalue())

    bound = bind(source, [_read_page(source, drawn)], into=tmp_path / "profiled.pdf", title="Hồ sơ màu")

    with _picture(bound) as picture:
        assert picture.ColorSpace[1].read_bytes() == profile
    assert second_opinion(bound.path) == []


def test_turning_by_the_matrix_is_exact(samples: dict[str, Sample]) -> None:
    with pikepdf.open(samples["turned 90"].bound.path) as pdf:
        matrix = next(
            [float(value) for value in step.operands]
            for step in pikepdf.parse_content_stream(pdf.pages[0])
            if str(step.operator) == "cm"
        )

    assert math.hypot(*matrix[:2]) == pytest.approx(1754 * 72 / DPI)
    assert matrix[:4] == pytest.approx([0, 1754 * 72 / DPI, -1240 * 72 / DPI, 0])
