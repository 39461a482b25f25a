"""The office scanner of the fresh dossiers: settings of a file, wear of its pages, files of several pages, their truth."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import fitz
import numpy as np
from PIL import Image

from training.fresh_marks import Printed
from training.fresh_pages import quad_of
from training.fresh_paper import Map, Pixels, scan
from training.fresh_sheet import DrawnLine, Sheet
from training.fresh_wear import Level, Mode, Wear

_FINEST_DPI: Final = 300
_TURNS: Final = (0,) * 30 + (180, 90, 270)
_DPI: Final = {"clean": (200, 200, 300), "typical": (200, 200, 200, 200, 250, 300), "hard": (150, 200, 200, 200, 300)}
_MODES: Final[dict[Level, tuple[Mode, ...]]] = {
    "clean": ("color", "color", "gray"), "typical": ("color", "color", "color", "gray", "gray"),
    "hard": ("color", "gray", "gray", "bilevel"),
}  # fmt: skip
_HARM: Final = {"clean": 0.0, "typical": 0.4, "hard": 0.85}


@dataclass(frozen=True, slots=True)
class Setting:
    """How one file is scanned."""

    level: Level
    mode: Mode
    dpi: int
    format: str
    """pdf, tif or jpg."""


@dataclass
class Leaf:
    """One side of paper before the scanner."""

    sheet: Sheet
    truth: dict[str, object]
    """The entries of the page that are known before: type, dossier, flags."""
    codes: list[Printed] = field(default_factory=list)
    behind: Sheet | None = None


def setting_of(rng: random.Random, level: Level, *, one_page: bool) -> Setting:
    """Draw how a file is scanned; a TIFF is bilevel, a JPEG holds one page."""
    mode = rng.choice(_MODES[level])
    form = "tif" if mode == "bilevel" else rng.choice(("jpg", "pdf")) if one_page else "pdf"
    return Setting(level, mode, rng.choice(_DPI[level]), form)


def wear_of_leaf(setting: Setting, rng: random.Random) -> Wear:
    """Draw the wear of one page of a file."""
    harm = _HARM[setting.level]

    def often(chance: float) -> bool:
        return rng.random() < chance * harm

    return Wear(
        mode=setting.mode,
        dpi=setting.dpi,
        dpi_down=setting.dpi,
        turn=rng.choice(_TURNS) if harm else 0,
        skew=max(-2.9, min(2.9, rng.gauss(0, 0.12 + 1.1 * harm))),
        keystone=rng.uniform(0, 0.006) * harm if often(0.4) else 0.0,
        blur=0.4 + rng.uniform(0, 0.5) * harm,
        spread=rng.choice((-1, 1)) if often(0.5) else 0,
        worn=rng.uniform(0.04, 0.16) if often(0.3) else 0.0,
        shade=rng.uniform(0.02, 0.05 + 0.25 * harm),
        paper=1.0 + 4.0 * harm * rng.random(),
        tint=0.02 + 0.1 * harm * rng.random(),
        gamma=1.0 + rng.uniform(-0.08, 0.22) * harm,
        noise=0.8 + 5.0 * harm * rng.random(),
        bleed=rng.uniform(0.04, 0.16) if often(0.5) else 0.0,
        specks=round(rng.uniform(0, 9) * harm),
        strokes=0,
        dither=False,
        local=rng.random() < 0.4,
        threshold=rng.uniform(0.6, 0.74),
        jpeg=rng.randint(82, 94) - round(rng.uniform(0.1, 1.0) * 38 * harm),
    )


def scan_file(leaves: Sequence[Leaf], setting: Setting, rng: random.Random, out: Path) -> list[dict[str, object]]:
    """Scan the leaves into one file; return the truth of its pages."""
    pictures: list[tuple[Pixels, Wear]] = []
    pages = []
    for index, leaf in enumerate(leaves, start=1):
        wear = wear_of_leaf(setting, rng)
        behind = leaf.behind.page if leaf.behind and wear.bleed else None
        picture = scan(leaf.sheet.page, behind, wear, np.random.default_rng(rng.getrandbits(64)), _FINEST_DPI)
        pictures.append((picture.pixels, wear))
        pages.append(_page_truth(index, leaf, setting, wear, picture.pixels, picture.place))
    _WRITERS[setting.format](pictures, out)
    return pages


def _page_truth(index: int, leaf: Leaf, setting: Setting, wear: Wear, pixels: Pixels, place: Map) -> dict[str, object]:
    lines = leaf.sheet.lines
    codes = [_code_truth(printed, place) for printed in leaf.codes]
    return {
        "index": index, **leaf.truth, "width": pixels.shape[1], "height": pixels.shape[0], "dpi": setting.dpi,
        "mode": setting.mode, "level": setting.level, "rotation": wear.turn, "skew": round(wear.skew, 2),
        "degradations": wear.named(), "leaders": "trail", "text": "\n".join(line.text for line in lines),
        "text_rows": "\n".join(_by_rows(lines)),
        "lines": [
            {"text": line.text, "box": _box(quad), "quad": quad, "block": 0, "kind": line.kind}
            for line, quad in ((line, quad_of(line, place)) for line in lines)
        ],
        "qr": [code for code in codes if code["symbology"] == "qr"],
        "barcodes": [code for code in codes if code["symbology"] != "qr"],
        "seals": leaf.sheet.seals, "signatures": leaf.sheet.signatures,
    }  # fmt: skip


def _by_rows(lines: Sequence[DrawnLine]) -> list[str]:
    """Lines row by row over the columns, left to right."""
    rows: list[list[DrawnLine]] = []
    for line in sorted(lines, key=lambda line: line.box[1] + line.box[3]):
        middle = (line.box[1] + line.box[3]) / 2
        if rows and middle < rows[-1][0].box[3] - 1:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [" ".join(line.text for line in sorted(row, key=lambda line: line.box[0])) for row in rows]


def _code_truth(printed: Printed, place: Map) -> dict[str, object]:
    left, top, right, bottom = printed.rect
    corners = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float32)
    quad = [round(float(edge), 1) for edge in cv2.perspectiveTransform(corners, place).ravel()]
    name = {"qr": "qr", "code128": "CODE128", "ean13": "EAN13"}[printed.kind]
    return {"symbology": name, "content": printed.content, "readable": printed.readable, "quad": quad, "box": _box(quad)}


def _box(quad: Sequence[float]) -> list[float]:
    return [min(quad[0::2]), min(quad[1::2]), max(quad[0::2]), max(quad[1::2])]


def _write_pdf(pictures: Sequence[tuple[Pixels, Wear]], out: Path) -> None:
    document = fitz.open()
    for pixels, wear in pictures:
        high, wide = pixels.shape[:2]
        page = document.new_page(width=wide * 72 / wear.dpi, height=high * 72 / wear.dpi)
        page.insert_image(page.rect, stream=_jpeg(pixels, wear))
    document.save(out)


def _write_tif(pictures: Sequence[tuple[Pixels, Wear]], out: Path) -> None:
    images = [Image.fromarray(pixels).convert("1") for pixels, _ in pictures]
    dpi = pictures[0][1].dpi
    images[0].save(out, "TIFF", save_all=True, append_images=images[1:], compression="group4", dpi=(dpi, dpi))


def _write_jpg(pictures: Sequence[tuple[Pixels, Wear]], out: Path) -> None:
    ((pixels, wear),) = pictures
    out.write_bytes(_jpeg(pixels, wear))


def _jpeg(pixels: Pixels, wear: Wear) -> bytes:
    into = io.BytesIO()
    Image.fromarray(pixels).save(into, "JPEG", quality=wear.jpeg, dpi=(wear.dpi, wear.dpi))
    return into.getvalue()


_WRITERS: Final = {"pdf": _write_pdf, "tif": _write_tif, "jpg": _write_jpg}
