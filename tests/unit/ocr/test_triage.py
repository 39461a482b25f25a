"""Whole files pass; everything else is refused by name, before it is decoded."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from dossier.errors import (
    DamagedFile,
    EmptyFile,
    EncryptedFile,
    InputRefused,
    NotAPlainFile,
    NotWhatItSays,
    TooManyPages,
    TooManyPixels,
    TruncatedFile,
    UnsupportedKind,
)
from dossier.values import Soundness
from ocr.cage import Cage
from ocr.triage import check
from tests.twins.drawn_pages import letter

PICTURE = Image.fromarray(letter(60))


def examine(path: Path, max_pixels: int = 10_000_000, max_pages: int = 20) -> Soundness:
    return check(path, max_pixels=max_pixels, max_pages=max_pages)


def coded(form: str, **options: object) -> bytes:
    target = io.BytesIO()
    PICTURE.save(target, form, **options)
    return target.getvalue()


def pdf(pages: int = 2, *, size: tuple[float, float] = (595, 842), jpeg: bytes | None = None, **options: object) -> bytes:
    """A PDF with one JPEG a page."""
    with pikepdf.new() as document:
        data = jpeg or coded("JPEG")
        for _ in range(pages):
            page = document.add_blank_page(page_size=size)
            image = document.make_stream(data, Type=pikepdf.Name.Image, Subtype=pikepdf.Name.Image)
            image.Width, image.Height, image.ColorSpace = PICTURE.width, PICTURE.height, pikepdf.Name.DeviceGray
            image.BitsPerComponent, image.Filter = 8, pikepdf.Name.DCTDecode
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(S=image))
            page.Contents = document.make_stream(b"q %g 0 0 %g 0 0 cm /S Do Q" % size)
        target = io.BytesIO()
        document.save(target, **options)
        return target.getvalue()


def tiff(pages: int = 3, **options: object) -> bytes:
    return coded("TIFF", save_all=True, append_images=[PICTURE] * (pages - 1), **options)


def jpeg_of_size(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    data = bytearray(coded("JPEG"))
    at = data.find(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def png_of_size(width: int, height: int) -> bytes:
    """A PNG of some kilobytes that unfolds to any size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))

    rows = zlib.compress(bytes((width // 8 + 1) * min(height, 1000)))
    head = struct.pack(">LLBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.pdf", pdf(), Soundness("pdf", 2)),
        ("a.PDF", pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), Soundness("pdf", 2)),
        ("junk before and after.pdf", b"junk\n" + pdf() + b"\n\0\0", Soundness("pdf", 2)),
        ("a.tif", tiff(), Soundness("tiff", 3)),
        ("a.tiff", tiff(1, compression="tiff_lzw", big_tiff=True), Soundness("tiff", 1)),
        ("a.jpg", coded("JPEG"), Soundness("jpeg", 1)),
        ("progressive.jpeg", coded("JPEG", progressive=True), Soundness("jpeg", 1)),
        ("trailer.jpg", coded("JPEG") + b"camera notes", Soundness("jpeg", 1)),
        ("a.png", coded("PNG"), Soundness("png", 1)),
        ("no extension", pdf(1), Soundness("pdf", 1)),
        ("other.dat", coded("JPEG"), Soundness("jpeg", 1)),
        ("Giấy tờ.PNG", coded("PNG"), Soundness("png", 1)),
    ],
)
def test_a_whole_file_passes_with_its_page_count(tmp_path: Path, name: str, data: bytes, expected: Soundness) -> None:
    assert examine(file(tmp_path, name, data)) == expected


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.pdf", b"", EmptyFile),
        ("a.jpg", b"\xff", EmptyFile),
        ("a.pdf", b"%PDF-1.7\n", EmptyFile),
        ("a.jpg", pdf(), NotWhatItSays),
        ("a.pdf", coded("PNG"), NotWhatItSays),
        ("a.pdf", b"<html>" + b"x" * 100, NotWhatItSays),
        ("a.docx", b"PK\3\4" + b"x" * 100, UnsupportedKind),
        ("a.pdf", pdf(0), EmptyFile),
        ("a.pdf", pdf()[:-300], TruncatedFile),
        ("a.pdf", pdf()[: len(pdf()) // 2], TruncatedFile),
        ("a.pdf", pdf(linearize=True)[:-300], TruncatedFile),
        ("a.pdf", pdf().replace(b"startxref\n", b"startxref\n9"), DamagedFile),
        ("a.tif", tiff()[: len(tiff()) // 2], TruncatedFile),
        ("a.tif", tiff()[:-200], TruncatedFile),
        ("a.tif", tiff(1)[:100], TruncatedFile),
        ("a.jpg", coded("JPEG")[:-200], TruncatedFile),
        ("a.jpg", coded("JPEG")[:300], TruncatedFile),
        ("a.png", coded("PNG")[:-1], TruncatedFile),
        ("a.png", coded("PNG")[: len(coded("PNG")) // 2], TruncatedFile),
        ("a.png", coded("PNG").replace(b"IDAT", b"IDAT\1", 1)[:-1] + b"\0" * 20, InputRefused),
        ("a.pdf", pdf(21), TooManyPages),
        ("a.tif", tiff(21), TooManyPages),
    ],
)
def test_a_file_that_is_not_whole_is_refused_by_name(
    tmp_path: Path, name: str, data: bytes, error: type[InputRefused]
) -> None:
    with pytest.raises(error):
        examine(file(tmp_path, name, data))


def test_a_tiff_whose_last_page_does_not_decode_is_damaged(tmp_path: Path) -> None:
    data = bytearray(tiff(2, compression="tiff_adobe_deflate"))
    at = data.rfind(b"\x78\x9c")  # start of the last deflated strip
    data[at : at + 40] = b"\xff" * 40

    with pytest.raises(DamagedFile):
        examine(file(tmp_path, "a.tif", bytes(data)))


def test_a_tiff_whose_directories_go_in_a_circle_is_damaged(tmp_path: Path) -> None:
    data = bytearray(tiff(1))
    first = struct.unpack_from("<L", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    struct.pack_into("<L", data, first + 2 + 12 * count, first)

    with pytest.raises(DamagedFile):
        examine(file(tmp_path, "a.tif", bytes(data)))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", jpeg_of_size(20000, 20000)),
        ("a.png", png_of_size(20000, 20000)),
        ("picture inside.pdf", pdf(1, jpeg=jpeg_of_size(20000, 20000))),
        ("huge page.pdf", pdf(1, size=(14400, 100))),
    ],
)
def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path, name: str, data: bytes) -> None:
    with Cage(cores=1, seconds=20, memory_mb=512) as cage, pytest.raises(TooManyPixels):
        cage.run(check_small, file(tmp_path, name, data))


def check_small(path: Path) -> Soundness:
    return examine(path, max_pixels=2_000_000)


def test_a_tiff_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    data = bytearray(tiff(1))
    first = struct.unpack_from("<L", data, 4)[0]
    for entry in range(struct.unpack_from("<H", data, first)[0]):
        at = first + 2 + 12 * entry
        if struct.unpack_from("<H", data, at)[0] in (256, 257):
            struct.pack_into("<HLL", data, at + 2, 4, 1, 50_000)

    with pytest.raises(TooManyPixels):
        examine(file(tmp_path, "a.tif", bytes(data)))


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("/JPXDecode", b"\xff\x4f\xff\x51\0\x29\0\0" + struct.pack(">LL", 35000, 35000) + bytes(40)),
        ("/JBIG2Decode", struct.pack(">LBBBL", 0, 48, 0, 1, 19) + struct.pack(">LL", 35000, 35000) + bytes(40)),
    ],
)
def test_a_picture_that_lies_about_its_size_in_a_pdf_is_seen_through(tmp_path: Path, kind: str, header: bytes) -> None:
    path = file(tmp_path, "a.pdf", pdf(1))
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[0].Resources.XObject.S.write(header, filter=pikepdf.Name(kind))
        document.save(path)

    with pytest.raises(TooManyPixels):
        examine(path)


def test_a_whole_page_picture_on_a_page_of_absurd_size_is_no_bomb(tmp_path: Path) -> None:
    """Sloppy programs make one pixel one point; such a page is never drawn."""
    ratio = PICTURE.height / PICTURE.width

    assert examine(file(tmp_path, "a.pdf", pdf(1, size=(10000, 10000 * ratio)))).pages == 1


def test_a_password_is_asked_for_and_refused(tmp_path: Path) -> None:
    locked = pdf(1, encryption=pikepdf.Encryption(user="abc", owner="xyz"))

    with pytest.raises(EncryptedFile):
        examine(file(tmp_path, "a.pdf", locked))


def test_a_pdf_that_anybody_may_read_passes_though_encrypted(tmp_path: Path) -> None:
    open_to_all = pdf(1, encryption=pikepdf.Encryption(user="", owner="xyz"))

    assert examine(file(tmp_path, "a.pdf", open_to_all)).pages == 1


def test_links_pipes_and_folders_are_refused_without_being_followed(tmp_path: Path) -> None:
    target = file(tmp_path, "a.pdf", pdf(1))
    (tmp_path / "link.pdf").symlink_to(target)
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "folder.pdf").mkdir()

    for name in ("link.pdf", "pipe.pdf", "folder.pdf"):
        with pytest.raises(NotAPlainFile):
            examine(tmp_path / name)


def test_no_message_holds_a_file_name(tmp_path: Path) -> None:
    for data in (pdf()[:-300], coded("JPEG")[:-200], b"x" * 200):
        with pytest.raises(InputRefused) as caught:
            examine(file(tmp_path, "nguyen-van-a.tmp", data))
        assert "nguyen" not in str(caught.value)
