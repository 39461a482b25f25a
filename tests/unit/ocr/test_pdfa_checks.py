"""The checks themselves: each sees the fault it is there for, and no other."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from ocr.bind import bind
from ocr.scans import open_scan
from tests.pdfa_checks import complaints, second_opinion
from tests.preflight import preflight, unexpected
from tests.twins.worded_pages import as_read, draw_page, jpeg_bytes


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, drawn = tmp_path_factory.mktemp("good"), draw_page()
    source = folder / "scan"
    source.write_bytes(jpeg_bytes(drawn.image))
    return bind(source, [as_read(open_scan(source, 1), drawn.lines)], into=folder / "good.pdf", title="Tốt").path


def _cid_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.pages[0].resources.Font.Text.DescendantFonts[0]


def _to_unicode(pdf: pikepdf.Pdf, old: bytes, new: bytes) -> None:
    stream = pdf.pages[0].resources.Font.Text.ToUnicode
    assert old in stream.read_bytes()
    stream.write(stream.read_bytes().replace(old, new, 1))


def _metadata(pdf: pikepdf.Pdf, old: bytes, new: bytes) -> None:
    pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes().replace(old, new))


def _widen(pdf: pikepdf.Pdf) -> None:
    _cid_font(pdf).W[1][5] = int(_cid_font(pdf).W[1][5]) + 40


def _units_of_the_font(pdf: pikepdf.Pdf) -> None:
    """The trap of `signing.md` 1.1: /W in units of 2048 to the em."""
    _cid_font(pdf).W[1] = pikepdf.Array([round(int(width) * 2.048) for width in _cid_font(pdf).W[1]])


def _first_glyph_is_notdef(pdf: pikepdf.Pdf) -> None:
    table = _cid_font(pdf).CIDToGIDMap
    table.write(table.read_bytes()[:4] + b"\0\0" + table.read_bytes()[6:])
    program = TTFont(io.BytesIO(_cid_font(pdf).FontDescriptor.FontFile2.read_bytes()))
    _cid_font(pdf).W[1][1] = program["hmtx"][program.getGlyphOrder()[0]][0]


def _attach(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["note.txt"] = b"note"


def _see_through(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].resources.ExtGState = pikepdf.Dictionary(G=pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, ca=0.5))


def _mask(pdf: pikepdf.Pdf) -> None:
    picture = pdf.pages[0].resources.XObject.Scan
    mask = pdf.make_stream(b"\xff", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1, Height=1)
    mask.ColorSpace, mask.BitsPerComponent = pikepdf.Name.DeviceGray, 8
    picture.SMask = mask


def _act(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def _smooth(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].resources.XObject.Scan.Interpolate = True


def _standard_font(pdf: pikepdf.Pdf) -> None:
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    pdf.pages[0].resources.Font.F2 = font


def _lower_intent(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OutputIntents[0].DestOutputProfile.N = 1


FAULTS: dict[str, tuple[str, Callable[[pikepdf.Pdf], object]]] = {
    "version 2.0 in the catalog": ("version", lambda pdf: pdf.Root.__setitem__("/Version", pikepdf.Name("/2.0"))),
    "an Info dictionary": ("info", lambda pdf: pdf.docinfo.__setitem__("/Title", "x")),
    "no output intent": ("intent", lambda pdf: pdf.Root.__delitem__("/OutputIntents")),
    "a gray intent": ("intent", _lower_intent),
    "level B": ("xmp", lambda pdf: _metadata(pdf, b"conformance>U<", b"conformance>B<")),
    "part 3": ("xmp", lambda pdf: _metadata(pdf, b"part>2<", b"part>3<")),
    "no metadata": ("xmp", lambda pdf: pdf.Root.__delitem__("/Metadata")),
    "English": ("language", lambda pdf: pdf.Root.__setitem__("/Lang", pikepdf.String("en-US"))),
    "no marks": ("marked", lambda pdf: pdf.Root.__delitem__("/MarkInfo")),
    "a rotated page": ("boxes", lambda pdf: pdf.pages[0].obj.__setitem__("/Rotate", 90)),
    "a shifted page": ("boxes", lambda pdf: pdf.pages[0].obj.__setitem__("/MediaBox", pikepdf.Array([5, 5, 600, 800]))),
    "a font outside": ("embedding", _standard_font),
    "one wrong width": ("widths", _widen),
    "widths in font units": ("widths", _units_of_the_font),
    "a missing Unicode": ("unicode", lambda pdf: _to_unicode(pdf, b"<0002> <", b"<7002> <")),
    "Unicode zero": ("unicode", lambda pdf: _to_unicode(pdf, b"<0001> <0020>", b"<0001> <0000>")),
    "Unicode FEFF": ("unicode", lambda pdf: _to_unicode(pdf, b"<0001> <0020>", b"<0001> <FEFF>")),
    "no ToUnicode": ("unicode", lambda pdf: pdf.pages[0].resources.Font.Text.__delitem__("/ToUnicode")),
    ".notdef shown": ("notdef", _first_glyph_is_notdef),
    "half transparent": ("transparency", _see_through),
    "a soft mask": ("transparency", _mask),
    "JavaScript": ("actions", _act),
    "an attachment": ("attachments", _attach),
    "a smoothed picture": ("filters", _smooth),
}


def _broken(good: Path, into: Path, fault: str) -> Path:
    with pikepdf.open(good) as pdf:
        FAULTS[fault][1](pdf)
        pdf.save(into, fix_metadata_version=False)
    return into


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named_and_no_other(good: Path, tmp_path: Path, fault: str) -> None:
    assert complaints(_broken(good, tmp_path / "broken.pdf", fault)) == {FAULTS[fault][0]}


def test_encryption_and_a_newer_header_are_named(good: Path, tmp_path: Path) -> None:
    with pikepdf.open(good) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(user="", owner="x"))
        pdf.save(tmp_path / "newer.pdf", force_version="2.0")

    assert "encryption" in complaints(tmp_path / "locked.pdf")
    assert complaints(tmp_path / "newer.pdf") == {"version"}


def test_the_good_file_has_no_complaint(good: Path) -> None:
    assert complaints(good) == set()
    assert second_opinion(good) == []
    assert unexpected(preflight(good)) == []


@pytest.mark.parametrize("fault", ["no output intent", "JavaScript", "a smoothed picture"])
def test_the_outside_judges_see_faults_too(good: Path, tmp_path: Path, fault: str) -> None:
    broken = _broken(good, tmp_path / "broken.pdf", fault)

    assert second_opinion(broken) != []
    assert unexpected(preflight(broken)) != []
