"""Pages drawn from known words, so that a test knows where every word's ink is; and scanners that store them askew."""

from __future__ import annotations

import io
import math
import unicodedata
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pikepdf
from PIL import Image, ImageDraw, ImageFont

from dossier.values import Box, Line, QuarterTurn, ReadPage, Word
from ocr.scans import Scan

TEXT = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "ĐƠN ĐỀ NGHỊ CẤP GIẤY PHÉP XÂY DỰNG",
    "Kính gửi: Ủy ban nhân dân thị trấn Tam Hồng, huyện Yên Lạc",
    "Tổng diện tích sàn: 245,5 m2; số tầng: 03; “nhà ở riêng lẻ”",
)
"""Lines of a paper of nobody, with the letters that break fonts."""

WIDTH, HEIGHT, DPI = 1240, 1754, 150
"""A4 at 150 dpi: small enough for a fast test."""


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """An upright, straight page and what stands on it."""

    image: Image.Image
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The words, one line of the page per line."""
        return "\n".join(line.text for line in self.lines)


def draw_page(mode: str = "RGB", text: tuple[str, ...] = TEXT) -> DrawnPage:
    """Draw the lines down the page; the boxes of the words are tight around their ink."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(files("ocr") / "data" / "SohoaText.ttf"), 30)
    lines = []
    for row, sentence in enumerate(text):
        left, baseline, words = 150.0, 200.0 + 120 * row, []
        for word in unicodedata.normalize("NFC", sentence).split():
            ink = pen.textbbox((left, baseline), word, font=font, anchor="ls")
            pen.text((left, baseline), word, font=font, anchor="ls", fill=0)
            words.append(Word(word, Box(*(float(edge) for edge in ink)), 0.9))
            left += pen.textlength(word + " ", font=font)
        lines.append(Line(tuple(words)))
    if mode == "RGB":
        image = image.convert("RGB")
        ImageDraw.Draw(image).ellipse((900, 1300, 1100, 1500), outline=(200, 20, 20), width=8)
    return DrawnPage(image.convert(mode), tuple(lines))


def laid_askew(image: Image.Image, turn: QuarterTurn, skew_deg: float) -> Image.Image:
    """The page as a scanner stores it: turned clockwise by the skew about its centre, then by the quarter turn."""
    tilted = image.convert("L" if image.mode == "1" else image.mode)
    tilted = tilted.rotate(-skew_deg, Image.Resampling.BICUBIC, fillcolor="white") if skew_deg else tilted
    turned = tilted.rotate(-turn, expand=True)
    return turned.convert(image.mode)


def as_read(scan: Scan, lines: tuple[Line, ...], turn: QuarterTurn = 0, skew_deg: float = 0.0) -> ReadPage:
    """What a perfect reader says of that scan."""
    lies = turn in (90, 270)
    width, height = (scan.height, scan.width) if lies else (scan.width, scan.height)
    blank = not lines
    return ReadPage(scan.number, scan.sha256, width, height, scan.dpi, turn, True, skew_deg, blank, lines)


def jpeg_bytes(image: Image.Image) -> bytes:
    """The picture as a scanner's JPEG, resolution stated."""
    target = io.BytesIO()
    image.save(target, "JPEG", quality=85, dpi=(DPI, DPI))
    return target.getvalue()


def scanner_pdf(jpegs: list[bytes], rotate: int = 0, matrix: tuple[float, ...] | None = None) -> bytes:
    """A PDF as scanners write it: one JPEG on each page; ``matrix`` places it otherwise than filling the page."""
    with pikepdf.new() as pdf:
        for data in jpegs:
            width, height = Image.open(io.BytesIO(data)).size
            across, down = width * 72 / DPI, height * 72 / DPI
            page = pdf.add_blank_page(page_size=(across, down))
            picture = pdf.make_stream(b"")
            picture.write(data, filter=pikepdf.Name.DCTDecode)
            picture.Type, picture.Subtype, picture.BitsPerComponent = pikepdf.Name.XObject, pikepdf.Name.Image, 8
            picture.Width, picture.Height, picture.ColorSpace = width, height, pikepdf.Name.DeviceRGB
            page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
            placed = " ".join(f"{value:.4f}" for value in matrix or (across, 0, 0, down, 0, 0))
            page.obj.Contents = pdf.make_stream(f"q {placed} cm /Im0 Do Q".encode())
            page.obj.Rotate = rotate
        target = io.BytesIO()
        pdf.save(target)
    return target.getvalue()


def ink_box(gray: npt.NDArray[np.uint8], near: Box, margin: float) -> Box | None:
    """Where dark pixels are within ``margin`` of a box; None if there are none."""
    left, top = max(math.floor(near.left - margin), 0), max(math.floor(near.top - margin), 0)
    part = gray[top : math.ceil(near.bottom + margin), left : math.ceil(near.right + margin)] < 180
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not rows.size:
        return None
    return Box(left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1)
