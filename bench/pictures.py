"""Draws the pictures of ``docs/reading.md``, before and after each step: ``python -m bench.pictures docs/pictures``.

Every picture is made by the product's own steps from drawn pages and from ``samples/``; the same code gives the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import zxingcpp
from PIL import Image

from dossier.values import Box
from ocr.clean import CleanPage, Way, clean
from ocr.codes import find_codes
from ocr.engine_own import OwnEngine
from ocr.ink import Pixels, flatten, gray_for_reading, look, without_borders
from ocr.layout import union
from ocr.lines import find_lines
from ocr.marks import find_marks
from ocr.mrc import separate
from ocr.orient import orient
from ocr.scans import open_scan
from ocr.sheet import Sheet
from tests.twins.drawn_pages import letter, noisy, red_seal, skewed

WIDTH: Final = 860
"""Of every picture, pixels."""

_GAP: Final = 10
_DPI: Final = 200
_COLOURS: Final = 20
"""Of one picture: enough for print, boxes and a seal, and a file stays small."""
_WHITE: Final = 246
"""Brightness from which paper is white, so that its grain costs nothing."""
_GREEN, _BLUE, _RED = (0, 140, 60), (30, 70, 220), (210, 20, 40)

_BATCH, _RECEIPT, _DECISION = "SCAN_20230712_batch.pdf", "Giấy tờ kèm theo Hiếu 273.pdf", "scan6772.jpg"
_SAMPLES: Final = Path("samples")

Shares = tuple[float, float, float, float]
"""Left, top, right and bottom, in shares of the page."""


def stored(name: str, number: int = 1) -> Sheet:
    """A page of a sample as it is stored."""
    return Sheet.of(open_scan(_SAMPLES / name, number))


def straightened(sheet: Sheet) -> CleanPage:
    """The page as it is shown to the engine."""
    stands = orient(look(sheet.pixels, sheet.dpi))
    return clean(sheet.pixels, dpi=sheet.dpi, turn=stands.turn, skew_deg=stands.skew_deg)


def prepared(page: Pixels, way: Way = "soft") -> Pixels:
    """An upright, straight page as it is shown to the engine."""
    return clean(page, dpi=_DPI, turn=0, skew_deg=0.0, way=way).image


def cut(page: Pixels, shares: Shares) -> Pixels:
    """A part of the page."""
    height, width = page.shape[:2]
    left, top, right, bottom = shares
    return page[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]


def in_colour(page: Pixels) -> Pixels:
    """The page with three channels, its own copy."""
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2RGB), np.uint8) if page.ndim == 2 else page.copy()


def beside(*panels: Pixels, coarse: bool = False) -> Pixels:
    """Panels of like shape from left to right, each in a thin frame; ``coarse`` shows every pixel as a square."""
    wide = (WIDTH - _GAP * (len(panels) - 1)) // len(panels)
    tall = max(round(panel.shape[0] * wide / panel.shape[1]) for panel in panels)
    row = np.full((tall, WIDTH, 3), 255, np.uint8)
    for place, panel in enumerate(panels):
        size = wide, round(panel.shape[0] * wide / panel.shape[1])
        shown = cv2.resize(in_colour(panel), size, interpolation=cv2.INTER_NEAREST if coarse else cv2.INTER_AREA)
        cv2.rectangle(shown, (0, 0), (size[0] - 1, size[1] - 1), (170, 170, 170), 1)
        left = place * (wide + _GAP)
        row[: size[1], left : left + wide] = shown
    return row


def below(*rows: Pixels) -> Pixels:
    """Rows one under the other."""
    gap = np.full((_GAP, WIDTH, 3), 255, np.uint8)
    return np.vstack([part for row in rows for part in (gap, row)][1:])


def boxed(page: Pixels, boxes: Sequence[Box], *, numbered: bool = False) -> Pixels:
    """The page with boxes drawn on it; numbers stand at their upper left corners."""
    shown = in_colour(page)
    thick = max(2, shown.shape[1] // 600)
    for number, box in enumerate(boxes, start=1):
        left, top = int(box.left), int(box.top)
        cv2.rectangle(shown, (left, top), (int(box.right), int(box.bottom)), _BLUE if numbered else _GREEN, thick)
        if numbered:
            at = (left - 17 * len(str(number)) - 6, int(box.bottom) - 6)
            cv2.putText(shown, str(number), at, cv2.FONT_HERSHEY_SIMPLEX, 0.8, _RED, 2, cv2.LINE_AA)
    return shown


def turn() -> Pixels:
    """A page that lies on its side, and upright."""
    sheet = stored(_BATCH, 8)
    return beside(_on_square(sheet.pixels), _on_square(straightened(sheet).image))


def _on_square(page: Pixels) -> Pixels:
    height, width = page.shape
    side = max(height, width)
    square = np.full((side, side), 225, np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = page
    return square


def skew() -> Pixels:
    """A page that stands 4 degrees askew, and straight."""
    page, part = skewed(letter(_DPI), 4.0), (0.08, 0.05, 0.95, 0.39)
    return beside(cut(page, part), cut(straightened(Sheet(page, _DPI, 1.0, 1.0)).image, part))


def border() -> Pixels:
    """The dark border that a scanner leaves, and painted over."""
    sheet, part = stored(_BATCH, 2), (0.0, 0.84, 0.5, 1.0)
    gray = gray_for_reading(sheet.pixels)
    return beside(cut(gray, part), cut(without_borders(gray, sheet.dpi), part))


def seal() -> Pixels:
    """A red title and a red seal over print: the title dark, the seal gone."""
    page = red_seal(letter(_DPI), 560, 790, 190, colour=(236, 50, 60))
    title = page[375:435, 180:900]
    title[:, :, 0] = np.maximum(title[:, :, 0], 215)
    title[:, :, 1:] = np.maximum(title[:, :, 1:], 40)
    part = (0.1, 0.08, 0.75, 0.44)
    return beside(cut(page, part), cut(prepared(page), part))


def light() -> Pixels:
    """A shadow along a fold, and flattened."""
    page = letter(_DPI)
    across = np.linspace(0, 1, page.shape[1], dtype=np.float32)
    shade = 1 - 0.3 * across - 0.4 * np.exp(-(((across - 0.4) / 0.12) ** 2))
    shaded, part = (page * shade).astype(np.uint8), (0.08, 0.05, 0.95, 0.39)
    return beside(cut(shaded, part), cut(np.asarray(flatten(shaded), np.uint8), part))


def bleed() -> Pixels:
    """Print of the other side: as stored, the soft way, the sharp way."""
    page = letter(_DPI)
    behind = np.roll(cv2.GaussianBlur(page[:, ::-1], (0, 0), 1.5), 22, axis=0)
    both = noisy(np.minimum(page, 255 - ((255 - behind) * 0.33).astype(np.uint8)), 1, 2)
    part = (0.1, 0.19, 0.52, 0.34)
    ways: tuple[Way, ...] = ("soft", "sharp")
    return beside(cut(both, part), *(cut(prepared(both, way), part) for way in ways))


def dither() -> Pixels:
    """A page dithered by the scanner and one in black and white, every pixel shown, and both smoothed."""
    gray, part = letter(_DPI), (0.12, 0.083, 0.31, 0.105)
    dithered = np.asarray(Image.fromarray(np.clip(gray, 90, 205)).convert("1"), np.uint8) * np.uint8(255)
    pages = dithered, np.where(gray < 128, np.uint8(0), np.uint8(255))
    return below(*(beside(cut(page, part), cut(prepared(page), part), coarse=True) for page in pages))


def faint() -> Pixels:
    """A page of weak marks, and stretched."""
    page, part = noisy(letter(_DPI, ink=222), 1, 1.5), (0.08, 0.05, 0.95, 0.32)
    return beside(cut(page, part), cut(prepared(page, "faint"), part))


def ruled_page() -> Pixels:
    """A form with a frame, a table and dots to write on."""
    table = "1    Đơn đề nghị            01    Bản chính", "2    Giấy khai sinh         02    Bản sao"
    page = letter(_DPI, lines=("", "GIẤY TỜ KÈM THEO", "", *table, "", "Họ và tên:", "Nơi cấp:")).copy()
    for place in range(130, 1240, 44):
        for top in (150, 860):
            cv2.circle(page, (place, top), 11, 20, 4)
    for row in range(3):
        cv2.line(page, (180, 374 + 60 * row), (1180, 374 + 60 * row), 20, 3)
    for edge in (180, 240, 570, 645, 1180):
        cv2.line(page, (edge, 374), (edge, 494), 20, 3)
    for row, start in enumerate((400, 370)):
        for place in range(start, 1180, 12):
            cv2.circle(page, (place, 588 + 60 * row), 2, 20, -1)
    return page


def marks() -> Pixels:
    """A form, and what of it stands in lines: letters and, in blue, their accents and points."""
    page, part = ruled_page(), (0.05, 0.04, 0.78, 0.40)
    shown = np.full((*page.shape, 3), 255, np.uint8)
    for line in find_lines(page, _DPI):
        left, top, right, bottom = (int(edge) for edge in (line.box.left, line.box.top, line.box.right, line.box.bottom))
        shown[top:bottom, left:right] = (235, 243, 235)
    found = find_marks(page, _DPI)[0]
    for flags, ink in ((found.letters, (20, 20, 20)), (found.small, _BLUE)):
        for number in np.flatnonzero(flags).tolist():
            left, top = int(found.left[number] / found.scale), int(found.top[number] / found.scale)
            right = int((found.left[number] + found.wide[number]) / found.scale) + 1
            bottom = int((found.top[number] + found.tall[number]) / found.scale) + 1
            in_line = (page[top:bottom, left:right] < 150) & (shown[top:bottom, left:right, 0] < 255)
            shown[top:bottom, left:right][in_line] = ink
    return beside(cut(page, part), cut(shown, part))


def lines() -> Pixels:
    """The head of a decision with the lines that were found."""
    page = straightened(stored(_DECISION))
    return beside(
        cut(boxed(page.image, [line.box for line in find_lines(page.image, page.dpi)]), (0.08, 0.045, 0.97, 0.24))
    )


def codes() -> Pixels:
    """A head with a QR code and bars, and painted over."""
    page = letter(_DPI).copy()
    square = np.asarray(zxingcpp.create_barcode("H62.00-240101-0001", zxingcpp.BarcodeFormat.QRCode).to_image(scale=6))
    page[195 : 195 + square.shape[0], 1020 : 1020 + square.shape[1]] = square
    found = [code.box for code in find_codes(page, _DPI) if code.box]
    part = (0.08, 0.075, 0.77, 0.255)
    return beside(cut(page, part), cut(boxed(Sheet(page, _DPI, 1.0, 1.0).without(found).pixels, found), part))


def order() -> Pixels:
    """A receipt with the lines in reading order."""
    sheet = stored(_RECEIPT)
    found = find_codes(sheet.pixels, sheet.dpi)
    page = straightened(sheet.without(code.box for code in found if code.box))
    read = OwnEngine.open().read(page.image, page.dpi)
    shown = boxed(page.image, [union(word.box for word in line.words) for line in read], numbered=True)
    return below(beside(cut(shown, (0.04, 0.04, 0.98, 0.165))), beside(cut(shown, (0.04, 0.50, 0.98, 0.90))))


def access() -> Pixels:
    """The end of a decision: mask, background, and both together."""
    sheet, part = stored(_DECISION), (0.5, 0.64, 0.97, 0.83)
    layers = separate(sheet.pixels, dpi=(sheet.dpi, sheet.dpi), turn=0, skew_deg=0.0)
    mask = np.asarray(255 - layers.mask, np.uint8)
    paper = layers.background if layers.background is not None else np.full_like(mask, 255)
    behind = np.asarray(cv2.resize(in_colour(paper), mask.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    together = np.where(mask[:, :, None] == 0, np.array(layers.ink, np.uint8), behind)
    return beside(*(cut(layer, part) for layer in (mask, behind, together)))


PICTURES: Final[Mapping[str, Callable[[], Pixels]]] = {
    "turn": turn, "skew": skew, "border": border, "seal": seal, "light": light, "bleed": bleed, "dither": dither,
    "faint": faint, "marks": marks, "lines": lines, "codes": codes, "order": order, "access": access,
}  # fmt: skip
"""Name of the file, without its suffix, to what draws it."""


def save(picture: Pixels, path: Path) -> None:
    """Write a picture with few colours."""
    plain = np.where(picture.min(axis=2, keepdims=True) >= _WHITE, np.uint8(255), picture)
    image = Image.fromarray(plain).quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    image.save(path, optimize=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.pictures", description="Draw the pictures of docs/reading.md.")
    parser.add_argument("out", type=Path)
    out: Path = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        save(draw(), out / f"{name}.png")


if __name__ == "__main__":
    main()
