"""Draws whole pages that no training has seen, with their lines: ``python -m training.fresh_pages OUT --pages N --seed S``.

Layout and glyphs are MuPDF's, the paper and the scanner are those of `fresh_paper`. OUT holds one picture a page and
``truth.json`` in the form of the development corpus, with ink, face, ``face_seen`` and wear added to it.
"""

from __future__ import annotations

import argparse
import io
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import fitz
import numpy as np
from PIL import Image

from training.fresh_fonts import FACES, Face, Role, face
from training.fresh_forms import KINDS
from training.fresh_letters import Desk
from training.fresh_paper import Map, Pixels, scan
from training.fresh_sheet import DrawnLine, Pen, Sheet
from training.fresh_values import Values
from training.fresh_wear import LEVELS, Level, Wear, wear_of

_UNSEEN_SHARE: Final = 0.4
"""Pages in a face that the training leaves out."""

_BOOK_SHARE: Final = 0.35
"""Pages of prose in a face of books."""

_LEAST_DPI: Final = {"card": 150, "table": 100}
"""Small print is not scanned so coarsely that nobody could read it."""

_SUFFIX: Final = {"JPEG": "jpg", "PNG": "png", "TIFF": "tif"}


@dataclass(frozen=True, slots=True)
class FreshPage:
    """One page as it is stored, with its truth."""

    kind: str
    level: Level
    wear: Wear
    data: bytes
    """The picture file."""
    suffix: str
    size: tuple[int, int]
    """Pixels across and down."""
    lines: tuple[DrawnLine, ...]
    place: Map
    seals: int
    signatures: int


def fresh_page(number: int, seed: int, *, wear: Wear | None = None) -> FreshPage:
    """Draw page ``number`` of the set of that seed; the same numbers give the same bytes.

    Args:
        number: from 0; kinds, levels and scanner settings follow it in turn.
        seed: of the whole set.
        wear: instead of the one drawn by chance.
    """
    rng = random.Random(f"{seed}/{number}")
    kinds = list(KINDS)
    kind = kinds[number % len(kinds)]
    level = LEVELS[(number + number // len(kinds)) % len(LEVELS)]
    worn = wear or wear_of(number, level, rng, least_dpi=_LEAST_DPI.get(kind, 0))
    sheet = Sheet(rng)
    KINDS[kind](sheet, _desk(rng, worn, kind, level))
    behind = Sheet(rng)
    if worn.bleed:
        KINDS["prose"](behind, _desk(rng, worn, "prose", level))
    picture = scan(sheet.page, behind.page, worn, np.random.default_rng(rng.getrandbits(64)))
    data, suffix = _file(picture.pixels, worn)
    height, width = picture.pixels.shape[:2]
    lines = tuple(sheet.lines)
    return FreshPage(kind, level, worn, data, suffix, (width, height), lines, picture.place, sheet.seals, sheet.signatures)


def quad_of(line: DrawnLine, place: Map) -> list[float]:
    """Corners of a line in pixels: left top, right top, right bottom, left bottom as one reads it, x and y in turn."""
    left, top, right, bottom = line.box
    corners = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float32)
    return [round(float(edge), 1) for edge in cv2.perspectiveTransform(corners, place).ravel()]


def truth_of(page: FreshPage, name: str) -> dict[str, object]:
    """The entry of a page in ``truth.json``."""
    width, height = page.size
    wear = page.wear
    lines = [_line_truth(line, page.place) for line in page.lines]
    stored = {
        "index": 1, "type": page.kind, "dossier": None, "blank": False, "separator": False, "level": page.level,
        "width": width, "height": height, "dpi": wear.dpi, "dpi_down": wear.dpi_down, "mode": wear.mode,
        "rotation": wear.turn, "skew": round(wear.skew, 3), "degradations": wear.named(), "lines": lines,
        "text": "\n".join(line.text for line in page.lines), "qr": [], "barcodes": [],
        "seals": page.seals, "signatures": page.signatures,
    }  # fmt: skip
    return {
        "file": name, "file_nfc": name, "shape": "fresh", "format": page.suffix, "level": page.level, "duplicate_of": None,
        "n_pages": 1, "documents": [], "pages": [stored],
    }  # fmt: skip


def write_set(out: Path, pages: int, seed: int) -> None:
    """Draw a set into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for number in range(pages):
        page = fresh_page(number, seed)
        name = f"fresh_{number:03d}.{page.suffix}"
        (out / name).write_bytes(page.data)
        files.append(truth_of(page, name))
    truth = {
        "version": 1,
        "seed": seed,
        "coordinates": "pixels of the stored image, origin top left",
        "dossiers": [],
        "files": files,
    }
    (out / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Draw fresh pages with their truth.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--seed", type=int, required=True)
    asked = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    write_set(asked.out, asked.pages, asked.seed)


def _desk(rng: random.Random, wear: Wear, kind: str, level: Level) -> Desk:
    """Choose the faces and sizes of a page; coarse scans get no print that nobody could read."""
    role: Role = rng.choices(("serif", "sans", "mono"), (55, 37, 8))[0]
    if kind == "prose" and rng.random() < _BOOK_SHARE:
        role = "book"
    unseen = rng.random() < _UNSEEN_SHARE
    names = [name for name in FACES[role] if face(name).seen != unseen] or FACES[role]
    size = rng.uniform(12.0, 14.0) if min(wear.dpi, wear.dpi_down) < 120 else rng.uniform(11.0, 14.0)
    hand = Pen(_any(rng, "hand"), size * rng.uniform(1.1, 1.35), rng.choice(("blue", "blue", "black")), 0.0, 1.0, hand=True)
    typed = Pen(_any(rng, "typewriter"), rng.uniform(11.0, 12.0), rng.choice(("black", "black", "blue")), shake=0.2)
    return Desk(Values(rng), Pen(face(rng.choice(names)), size), hand, typed, calm=level == "clean")


def _any(rng: random.Random, role: Role) -> Face:
    return face(rng.choice(FACES[role]))


def _file(pixels: Pixels, wear: Wear) -> tuple[bytes, str]:
    """Pack the picture: Group 4 TIFF when bilevel, JPEG or PNG else."""
    picture, into = Image.fromarray(pixels), io.BytesIO()
    turned = wear.turn in (90, 270)
    dpi = (wear.dpi_down, wear.dpi) if turned else (wear.dpi, wear.dpi_down)
    if wear.mode == "bilevel":
        picture.convert("1").save(into, "TIFF", compression="group4", dpi=dpi)
        return into.getvalue(), _SUFFIX["TIFF"]
    if wear.jpeg:
        picture.save(into, "JPEG", quality=wear.jpeg, dpi=dpi)
        return into.getvalue(), _SUFFIX["JPEG"]
    picture.save(into, "PNG", dpi=dpi)
    return into.getvalue(), _SUFFIX["PNG"]


def _line_truth(line: DrawnLine, place: Map) -> dict[str, object]:
    quad = quad_of(line, place)
    xs, ys = quad[0::2], quad[1::2]
    return {
        "text": line.text, "box": [min(xs), min(ys), max(xs), max(ys)], "quad": quad, "block": 0, "kind": line.kind,
        "ink": line.ink, "face": line.face, "face_seen": line.seen,
    }  # fmt: skip


if __name__ == "__main__":
    fitz.TOOLS.mupdf_display_errors(False)
    main()
