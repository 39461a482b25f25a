"""Which picture page N is: the stored one for scans, a drawing for anything else, shown as its file shows it."""

from __future__ import annotations

import io
import struct
import zlib
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pikepdf
import pytest
from pdf2image import convert_from_path
from PIL import Image

from dossier.errors import DamagedFile, DossierError, EncryptedFile, PageUnreadable, UnsupportedKind
from ocr.bind import bind
from ocr.scans import count, open_scan, open_scans
from tests.pdfa_checks import complaints, second_opinion
from tests.preflight import preflight_all, unexpected
from tests.twins.worded_pages import DPI, HEIGHT, WIDTH, as_read, draw_page, jpeg_bytes, scanner_pdf

ACROSS, DOWN = WIDTH * 72 / DPI, HEIGHT * 72 / DPI


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    return jpeg_bytes(draw_page().image)


def _small(pixels: npt.NDArray[np.uint8] | Image.Image) -> npt.NDArray[np.int16]:
    """The picture at a size at which only its layout counts."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    return np.asarray(image.convert("L").resize((60, 60), Image.Resampling.BOX)).astype(np.int16)


def _differs(one: npt.NDArray[np.uint8] | Image.Image, other: npt.NDArray[np.uint8] | Image.Image) -> float:
    return float(np.abs(_small(one) - _small(other)).mean())


def _edit(path: Path, data: bytes, content: bytes = b"", **entries: object) -> Path:
    """A scanner's PDF with more content after the picture, and more entries on its picture."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        for name, value in entries.items():
            page.obj.Resources.XObject.Im0[f"/{name}"] = value
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.obj.Resources.Font = pikepdf.Dictionary(F1=font)
        page.contents_add(content)
        pdf.save(path)
    return path


PLACEMENTS = {
    "as is": (ACROSS, 0, 0, DOWN, 0, 0),
    "upside down": (-ACROSS, 0, 0, -DOWN, ACROSS, DOWN),
    "mirrored": (-ACROSS, 0, 0, DOWN, ACROSS, 0),
    "flipped": (ACROSS, 0, 0, -DOWN, 0, DOWN),
    "quarter": (0, DOWN, -ACROSS, 0, ACROSS, 0),
    "three quarters": (0, -DOWN, ACROSS, 0, 0, DOWN),
    "mirrored quarter": (0, DOWN, ACROSS, 0, 0, 0),
    "mirrored three quarters": (0, -DOWN, -ACROSS, 0, ACROSS, DOWN),
}


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("placed", PLACEMENTS)
def test_a_picture_is_seen_and_bound_as_its_pdf_shows_it(tmp_path: Path, jpeg: bytes, placed: str, rotate: int) -> None:
    source = tmp_path / "scan"
    source.write_bytes(scanner_pdf([jpeg], rotate, PLACEMENTS[placed]))
    shown = convert_from_path(source, dpi=40)[0]

    scan = open_scan(source, 1)
    bound = bind(source, [as_read(scan, ())], into=tmp_path / "bound.pdf", title="Đặt")

    assert scan.encoding == "dct"
    assert scan.data == jpeg
    assert _differs(scan.pixels(), shown) < 4
    assert _differs(convert_from_path(bound.path, dpi=40)[0], shown) < 4


def test_a_rotation_inherited_from_the_page_tree_counts(tmp_path: Path, jpeg: bytes) -> None:
    source = tmp_path / "scan"
    with pikepdf.open(io.BytesIO(scanner_pdf([jpeg]))) as pdf:
        del pdf.pages[0].obj.Rotate
        pdf.Root.Pages.Rotate = 90
        pdf.save(source)

    assert open_scan(source, 1).turned == 90


def test_the_same_jpeg_has_the_same_hash_alone_and_in_a_pdf(tmp_path: Path, jpeg: bytes) -> None:
    alone, wrapped = tmp_path / "alone", tmp_path / "wrapped"
    alone.write_bytes(jpeg)
    wrapped.write_bytes(scanner_pdf([jpeg]))

    assert open_scan(alone, 1).sha256 == open_scan(wrapped, 1).sha256 == sha256(jpeg).hexdigest()


def test_invisible_text_over_a_scan_leaves_it_a_scan(tmp_path: Path, jpeg: bytes) -> None:
    source = _edit(tmp_path / "scan", scanner_pdf([jpeg]), b"BT /F1 12 Tf 3 Tr 100 100 Td (hidden) Tj ET")

    assert open_scan(source, 1).data == jpeg


def test_a_slightly_tilted_picture_is_taken_as_stored(tmp_path: Path, jpeg: bytes) -> None:
    tilted = pikepdf.Matrix(ACROSS, 0, 0, DOWN, -ACROSS / 2, -DOWN / 2).rotated(0)
    turned = tilted @ pikepdf.Matrix().rotated(1.5) @ pikepdf.Matrix(1, 0, 0, 1, ACROSS / 2, DOWN / 2)
    source = tmp_path / "scan"
    source.write_bytes(scanner_pdf([jpeg], matrix=turned.shorthand))

    scan = open_scan(source, 1)

    assert scan.data == jpeg
    assert scan.dpi == pytest.approx(DPI, rel=0.01)


def _flate_page(path: Path, image: Image.Image, **entries: object) -> Path:
    """A PDF with the picture deflated; gray, RGB or CMYK."""
    space = {"L": "/DeviceGray", "RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK"}[image.mode]
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(ACROSS, DOWN))
        picture = pdf.make_stream(image.tobytes())
        picture.Type, picture.Subtype, picture.BitsPerComponent = pikepdf.Name.XObject, pikepdf.Name.Image, 8
        picture.Width, picture.Height, picture.ColorSpace = image.width, image.height, pikepdf.Name(space)
        for name, value in entries.items():
            picture[f"/{name}"] = value
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
        page.obj.Contents = pdf.make_stream(f"{ACROSS} 0 0 {DOWN} 0 0 cm /Im0 Do".encode())
        pdf.save(path)
    return path


NOT_SCANS = {
    "visible text": b"BT /F1 12 Tf 100 100 Td (seen) Tj ET",
    "a drawn line": b"0 0 m 300 300 l S",
    "a second picture": b"q 50 0 0 50 0 0 cm /Im0 Do Q",
    "an inline picture": b"q 9 0 0 9 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q",
}


@pytest.mark.parametrize("what", NOT_SCANS)
def test_a_page_that_shows_more_than_one_picture_is_drawn(tmp_path: Path, jpeg: bytes, what: str) -> None:
    source = _edit(tmp_path / "page", scanner_pdf([jpeg]), NOT_SCANS[what])

    scan = open_scan(source, 1)

    assert (scan.encoding, scan.kept, scan.dpi) == ("samples", "rendered", 300)
    assert scan.pixels().shape == (round(HEIGHT * 2), round(WIDTH * 2), 3)


@pytest.mark.parametrize("matrix", [(ACROSS / 2, 0, 0, DOWN / 2, 0, 0), (ACROSS * 2, 0, 0, DOWN * 2, 0, 0)])
def test_a_picture_that_leaves_room_or_is_cropped_is_drawn(tmp_path: Path, jpeg: bytes, matrix: tuple[float, ...]) -> None:
    source = tmp_path / "page"
    source.write_bytes(scanner_pdf([jpeg], matrix=matrix))

    assert open_scan(source, 1).kept == "rendered"


@pytest.mark.parametrize("mask", ["SMask", "Mask"])
def test_a_masked_picture_is_drawn(tmp_path: Path, mask: str) -> None:
    with pikepdf.open(_flate_page(tmp_path / "plain", draw_page("L").image)) as pdf:
        picture = pdf.pages[0].resources.XObject.Im0
        picture[f"/{mask}"] = pdf.make_stream(picture.read_bytes(), **dict(picture.items()))
        pdf.save(tmp_path / "page")

    assert open_scan(tmp_path / "page", 1).kept == "rendered"


def test_a_stamp_drawn_as_annotation_is_not_lost(tmp_path: Path, jpeg: bytes) -> None:
    source = tmp_path / "page"
    with pikepdf.open(io.BytesIO(scanner_pdf([jpeg]))) as pdf:
        look = pdf.make_stream(b"1 0 0 rg 0 0 50 50 re f")
        look.Type, look.Subtype, look.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 50, 50]
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[0, 0, 50, 50], F=4)
        note.AP = pikepdf.Dictionary(N=look)
        pdf.pages[0].obj.Annots = [pdf.make_indirect(note)]
        pdf.save(source)

    pixels = open_scan(source, 1).pixels()

    assert tuple(pixels[-20, 20]) == (255, 0, 0)


def test_cmyk_is_turned_into_rgb_because_the_intent_is_srgb(tmp_path: Path) -> None:
    image = draw_page().image
    in_pdf = _flate_page(tmp_path / "pdf", image.convert("CMYK"))
    in_jpeg = tmp_path / "jpeg"
    image.convert("CMYK").save(in_jpeg, "JPEG", dpi=(DPI, DPI))

    scans = [open_scan(in_pdf, 1), open_scan(in_jpeg, 1)]

    assert [(scan.encoding, scan.channels) for scan in scans] == [("samples", 3)] * 2
    assert max(_differs(scan.pixels(), image) for scan in scans) < 6


def test_lzw_which_pdfa_forbids_becomes_deflated_pixels(tmp_path: Path) -> None:
    image = draw_page("L").image
    with pikepdf.open(_flate_page(tmp_path / "plain", image)) as pdf:
        pdf.pages[0].resources.XObject.Im0.write(_lzw(image.tobytes()), filter=pikepdf.Name.LZWDecode)
        pdf.save(tmp_path / "page", compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)

    scan = open_scan(tmp_path / "page", 1)
    bound = bind(tmp_path / "page", [as_read(scan, ())], into=tmp_path / "bound.pdf", title="LZW")

    assert (scan.kept, scan.encoding) == ("pixels", "samples")
    assert np.array_equal(scan.pixels(), np.asarray(image))
    assert complaints(bound.path) == set()


def _lzw(data: bytes) -> bytes:
    """LZW that never uses its table: nine-bit codes with a clear in time (ISO 32000-1, 7.4.4)."""
    codes: list[int] = []
    for at in range(0, len(data), 250):
        codes += [256, *data[at : at + 250]]
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def test_an_inverted_picture_keeps_its_bytes_and_its_look(tmp_path: Path) -> None:
    image = draw_page("L").image
    negative = Image.fromarray(255 - np.asarray(image))
    source = _flate_page(tmp_path / "page", negative, Decode=pikepdf.Array([1, 0]))

    scan = open_scan(source, 1)
    bound = bind(source, [as_read(scan, ())], into=tmp_path / "bound.pdf", title="Âm bản")

    assert scan.kept == "bytes"
    assert _differs(scan.pixels(), image) < 2
    assert _differs(convert_from_path(bound.path, dpi=40)[0], image) < 4


def test_a_jpeg_wrapped_in_another_filter_is_unwrapped(tmp_path: Path, jpeg: bytes) -> None:
    with pikepdf.open(io.BytesIO(scanner_pdf([jpeg]))) as pdf:
        both = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode])
        pdf.pages[0].resources.XObject.Im0.write(zlib.compress(jpeg), filter=both)
        pdf.save(tmp_path / "page", stream_decode_level=pikepdf.StreamDecodeLevel.none)

    scan = open_scan(tmp_path / "page", 1)

    assert (scan.encoding, scan.data) == ("dct", jpeg)


@pytest.mark.parametrize("photometric", [0, 1])
@pytest.mark.parametrize("strip_rows", [HEIGHT, 100])
def test_g4_is_read_and_bound_with_the_right_side_black(tmp_path: Path, photometric: int, strip_rows: int) -> None:
    source, image = tmp_path / "tiff", draw_page("1").image
    image.save(source, "TIFF", compression="group4", dpi=(DPI, DPI), tiffinfo={262: photometric, 278: strip_rows})

    scan = open_scan(source, 1)
    bound = bind(source, [as_read(scan, ())], into=tmp_path / "bound.pdf", title="G4")

    assert scan.kept == ("bytes" if strip_rows == HEIGHT else "pixels")
    assert np.array_equal(scan.pixels(), np.asarray(Image.open(source).convert("L")))
    assert _differs(convert_from_path(bound.path, dpi=40)[0], Image.open(source)) < 4


def test_a_strip_with_its_bits_the_other_way_round_is_packed_again(tmp_path: Path) -> None:
    source, image = tmp_path / "tiff", draw_page("1").image
    image.save(source, "TIFF", compression="group4", dpi=(DPI, DPI), tiffinfo={266: 2, 278: HEIGHT})

    scan = open_scan(source, 1)

    assert scan.kept == "pixels"
    assert np.array_equal(scan.pixels(), np.asarray(image.convert("L")))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("strip_rows", [HEIGHT, 100])
def test_the_orientation_tag_of_a_tiff_is_honoured(tmp_path: Path, orientation: int, strip_rows: int) -> None:
    source = tmp_path / "tiff"
    tags = {274: orientation, 278: strip_rows}
    draw_page("1").image.save(source, "TIFF", compression="group4", dpi=(DPI, DPI), tiffinfo=tags)
    with Image.open(source) as tiff:
        tiff.load()
        shown = tiff.convert("L")

    scan = open_scan(source, 1)
    bound = bind(source, [as_read(scan, ())], into=tmp_path / "bound.pdf", title="Hướng")

    assert np.array_equal(scan.pixels(), np.asarray(shown))
    assert _differs(convert_from_path(bound.path, dpi=40)[0], shown) < 4


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "I;16", "CMYK"])
def test_tiffs_that_are_not_bilevel_keep_their_pixels(tmp_path: Path, mode: str) -> None:
    source, drawn = tmp_path / "tiff", draw_page().image
    if mode == "I;16":
        stored = Image.fromarray(np.asarray(drawn.convert("L")).astype(np.uint16) * 257)
    else:
        stored = drawn.convert(mode)
    stored.save(source, "TIFF", compression="tiff_lzw", dpi=(DPI, DPI))

    scan = open_scan(source, 1)

    assert scan.kept == "pixels"
    assert _differs(scan.pixels(), drawn) < 2


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P", "RGBA", "LA", "I;16"])
def test_pngs_of_every_kind_show_what_they_show(tmp_path: Path, mode: str) -> None:
    source, drawn = tmp_path / "png", draw_page().image
    if mode == "I;16":
        stored = Image.fromarray(np.asarray(drawn.convert("L")).astype(np.uint16) * 257)
    else:
        stored = drawn.convert(mode)
    stored.save(source, "PNG", dpi=(DPI, DPI))

    scan = open_scan(source, 1)
    bound = bind(source, [as_read(scan, ())], into=tmp_path / "bound.pdf", title="PNG")

    assert _differs(scan.pixels(), drawn) < 2
    assert _differs(convert_from_path(bound.path, dpi=40)[0], drawn) < 4
    assert complaints(bound.path) == set()


def test_an_interlaced_png_is_bound_row_by_row(tmp_path: Path) -> None:
    shown = np.asarray(draw_page("L").image)
    (tmp_path / "png").write_bytes(_adam7(shown))

    scan = open_scan(tmp_path / "png", 1)
    bound = bind(tmp_path / "png", [as_read(scan, ())], into=tmp_path / "bound.pdf", title="Xen kẽ")

    assert np.array_equal(scan.pixels(), shown)
    assert _differs(convert_from_path(bound.path, dpi=40)[0], shown) < 4


def _adam7(gray: npt.NDArray[np.uint8]) -> bytes:
    """An interlaced PNG (ISO/IEC 15948, 8.2), which Pillow reads and does not write."""
    steps = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b"".join(b"\0" + row.tobytes() for x, y, across, down in steps for row in gray[y::down, x::across])
    header = struct.pack(">LLBBBBB", gray.shape[1], gray.shape[0], 8, 0, 0, 0, 1)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body)) for name, body in chunks
    )


def test_what_a_png_shows_through_is_white(tmp_path: Path) -> None:
    Image.new("RGBA", (200, 300), (0, 0, 0, 0)).save(tmp_path / "png", "PNG")

    assert open_scan(tmp_path / "png", 1).pixels().min() == 255


def test_the_exif_orientation_of_a_jpeg_is_not_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    draw_page().image.save(tmp_path / "jpeg", "JPEG", dpi=(DPI, DPI), exif=exif)

    scan = open_scan(tmp_path / "jpeg", 1)

    assert (scan.width, scan.height) == (WIDTH, HEIGHT)
    assert scan.pixels().shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize("stated", [None, (72, 72), (1, 1), (96, 96), (2400, 2400)])
def test_a_page_without_a_believable_resolution_is_taken_for_a4(tmp_path: Path, stated: tuple[int, int] | None) -> None:
    kept = {"dpi": stated} if stated else {}
    Image.new("L", (1654, 2339), 255).save(tmp_path / "jpeg", "JPEG", **kept)

    assert open_scan(tmp_path / "jpeg", 1).dpi == pytest.approx(200, rel=0.005)


@pytest.mark.parametrize(("size", "dpi"), [((638, 1011), 300), ((794, 1123), 96), ((7016, 9933), 300), ((600, 600), 75)])
def test_a_believable_resolution_is_believed(tmp_path: Path, size: tuple[int, int], dpi: int) -> None:
    Image.new("L", size, 255).save(tmp_path / "jpeg", "JPEG", dpi=(dpi, dpi))

    assert open_scan(tmp_path / "jpeg", 1).dpi == dpi


def test_a_fax_keeps_its_two_resolutions_and_its_paper_size(tmp_path: Path) -> None:
    source = tmp_path / "fax"
    Image.new("1", (1728, 1078), 1).save(source, "TIFF", compression="group4", dpi=(204, 98 + 2))

    scan = open_scan(source, 1)
    bound = bind(source, [as_read(scan, ())], into=tmp_path / "bound.pdf", title="Fax")

    with pikepdf.open(bound.path) as pdf:
        assert [float(edge) for edge in pdf.pages[0].mediabox] == pytest.approx([0, 0, 1728 * 72 / 204, 1078 * 72 / 100])


def test_rare_encodings_of_a_pdf_are_read_and_pass_the_judges(tmp_path: Path) -> None:
    image = draw_page("L").image
    sources = [_jpx(tmp_path / "jpx", image), _g3(tmp_path / "g3"), _jbig2(tmp_path / "jbig2")]
    scans = [open_scan(source, 1) for source in sources]
    bound = [
        bind(source, [as_read(scan, ())], into=source.with_suffix(".pdf"), title="Hiếm")
        for source, scan in zip(sources, scans, strict=True)
    ]

    assert [(scan.encoding, scan.kept) for scan in scans] == [("jpx", "bytes"), ("ccitt", "bytes"), ("jbig2", "bytes")]
    assert max(_differs(scan.pixels(), image) for scan in scans[:2]) < 2
    assert scans[2].pixels().shape == (HEIGHT, WIDTH)
    assert scans[2].pixels().min() == 255
    assert [complaints(one.path) for one in bound] == [set()] * 3
    assert ["JPEG 2000 images are not supported" in line for line in second_opinion(bound[0].path)] == [True]
    assert [second_opinion(one.path) for one in bound[1:]] == [[], []]
    verdicts = preflight_all([one.path for one in bound[1:]])  # JPEG 2000 is new in PDF/A-2, preflight knows none
    assert [unexpected(verdicts[one.path]) for one in bound[1:]] == [[], []]


def _jpx(path: Path, image: Image.Image) -> Path:
    target = io.BytesIO()
    image.save(target, "JPEG2000")
    with pikepdf.open(_flate_page(path, image), allow_overwriting_input=True) as pdf:
        pdf.pages[0].resources.XObject.Im0.write(target.getvalue(), filter=pikepdf.Name.JPXDecode)
        pdf.save(path)
    return path


def _g3(path: Path) -> Path:
    target, image = io.BytesIO(), draw_page("1").image
    image.save(target, "TIFF", compression="group3", tiffinfo={278: HEIGHT})
    with Image.open(io.BytesIO(target.getvalue())) as tiff:
        offset, length = tiff.tag_v2[273][0], tiff.tag_v2[279][0]
        black_is_1 = tiff.tag_v2[262] == 1
    parms = pikepdf.Dictionary(K=0, Columns=WIDTH, Rows=HEIGHT, BlackIs1=black_is_1)
    with pikepdf.open(_flate_page(path, image.convert("L")), allow_overwriting_input=True) as pdf:
        picture = pdf.pages[0].resources.XObject.Im0
        data = target.getvalue()[offset : offset + length]
        picture.write(data, filter=pikepdf.Name.CCITTFaxDecode, decode_parms=parms)
        picture.BitsPerComponent = 1
        pdf.save(path)
    return path


def _jbig2(path: Path) -> Path:
    """A white page: a page information segment alone (ITU-T T.88, 7.4.8), embedded without file header."""
    page = struct.pack(">LLLLBH", WIDTH, HEIGHT, 0, 0, 0, 0)
    segment = struct.pack(">LBBBL", 0, 48, 0, 1, len(page)) + page
    with pikepdf.open(_flate_page(path, draw_page("L").image), allow_overwriting_input=True) as pdf:
        picture = pdf.pages[0].resources.XObject.Im0
        picture.write(segment, filter=pikepdf.Name.JBIG2Decode)
        picture.BitsPerComponent = 1
        pdf.save(path)
    return path


def test_pages_are_counted_and_given_in_the_order_asked(tmp_path: Path, jpeg: bytes) -> None:
    pdf, tiff, single = tmp_path / "pdf", tmp_path / "tiff", tmp_path / "jpeg"
    pdf.write_bytes(scanner_pdf([jpeg] * 3))
    single.write_bytes(jpeg)
    page = draw_page("1").image
    page.save(tiff, "TIFF", compression="group4", save_all=True, append_images=[page])

    assert [count(path) for path in (pdf, tiff, single)] == [3, 2, 1]
    assert [scan.number for scan in open_scans(pdf, (3, 1))] == [3, 1]


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_page_that_is_not_there_is_an_error(tmp_path: Path, jpeg: bytes, number: int) -> None:
    (tmp_path / "jpeg").write_bytes(jpeg)

    with pytest.raises(PageUnreadable):
        open_scan(tmp_path / "jpeg", number)


def test_files_that_cannot_be_opened_say_why(tmp_path: Path, jpeg: bytes) -> None:
    locked, broken, other = tmp_path / "locked", tmp_path / "broken", tmp_path / "other"
    with pikepdf.open(io.BytesIO(scanner_pdf([jpeg]))) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(user="x", owner="y"))
    broken.write_bytes(b"%PDF-1.4 and nothing else")
    other.write_bytes(b"GIF89a")

    for path, error in ((locked, EncryptedFile), (broken, DamagedFile), (other, UnsupportedKind)):
        with pytest.raises(error):
            count(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "PDF"])
@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.95])
def test_cut_files_raise_our_errors_only(tmp_path: Path, kind: str, part: float) -> None:
    source, target = tmp_path / "cut", io.BytesIO()
    how = {"compression": "group4"} if kind == "TIFF" else {}
    draw_page("1" if kind == "TIFF" else "RGB").image.save(target, kind, **how)
    source.write_bytes(target.getvalue()[: int(part * len(target.getvalue()))])

    try:
        pixels = open_scan(source, 1).pixels()
    except DossierError:
        return

    assert pixels.ndim in (2, 3)
