"""Cuts the true lines out of the pages of a truth folder: what any line reader is measured on."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from ocr.ink import Pixels, gray_for_reading
from ocr.scans import open_scans

ABOVE_AND_BELOW: Final = 0.05
"""Share of a line's height that is added at its top and at its foot: a line finder is no tighter than that."""

AT_THE_ENDS: Final = 0.12
"""Share of a line's height that is added left and right."""

_LEVEL_WITHIN: Final = 1.0
"""Pixels of rise from end to end up to which a line is cut out as it is; sampling it anew would only blur it."""

_Quad = npt.NDArray[np.float64]
"""(4, 2): left top, right top, right bottom, left bottom as one reads it, in pixels."""


@dataclass(frozen=True, slots=True)
class TruthLine:
    """One line of a page and what stands there."""

    crop: Pixels
    """Gray, upright, (height, width)."""
    text: str
    """NFC, without leaders."""
    kind: str
    """print, hand or mixed."""
    level: str
    mode: str
    """color, gray or bilevel."""
    dpi: str
    """For example 200, or 204x98 for fax."""
    ink: str
    """black, gray, blue, red, several; or "?" where the truth does not say."""
    seen: bool | None
    """Whether the training may have drawn its face; None where the truth does not say."""
    page_kind: str
    file: int
    """Place of the file in the truth, from 0."""
    page: int
    """From 1."""


def truth_lines(folder: Path) -> Iterator[TruthLine]:
    """The lines of all pages of a folder with a ``truth.json``, duplicates left out, in the order of the truth."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    names = {unicodedata.normalize("NFC", path.name): path for path in folder.iterdir()}
    for number, file in enumerate(truth["files"]):
        if file["duplicate_of"]:
            continue
        pages = [page for page in file["pages"] if page["lines"]]
        path = names[unicodedata.normalize("NFC", file["file"])]
        for page, scan in zip(pages, open_scans(path, [page["index"] for page in pages]), strict=True):
            yield from _of_page(gray_for_reading(scan.pixels()), page, number)


def cut(gray: Pixels, quad: Sequence[float], *, turn: int = 0) -> Pixels:
    """Cut a line out, upright, with the margins that a line finder leaves.

    Args:
        gray: the stored picture.
        quad: x and y of left top, right top, right bottom, left bottom as one reads it.
        turn: degrees clockwise that the page was turned; undone without resampling.
    """
    corners = np.asarray(quad, np.float64).reshape(4, 2)
    upright, corners = _upright(gray, corners, turn // 90)
    wide = float(np.hypot(*(corners[1] - corners[0])) + np.hypot(*(corners[2] - corners[3]))) / 2
    high = float(np.hypot(*(corners[3] - corners[0])) + np.hypot(*(corners[2] - corners[1]))) / 2
    ends, edges = AT_THE_ENDS * high, ABOVE_AND_BELOW * high
    if _is_level(corners):
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        rows = slice(max(0, round(top - edges)), max(1, round(bottom + edges)))
        columns = slice(max(0, round(left - ends)), max(1, round(right + ends)))
        return np.ascontiguousarray(upright[rows, columns])
    size = max(2, round(wide + 2 * ends)), max(2, round(high + 2 * edges))
    flat = np.array([(ends, edges), (ends + wide, edges), (ends + wide, edges + high), (ends, edges + high)], np.float32)
    to_page = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(upright, to_page, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _of_page(gray: Pixels, page: Mapping[str, Any], file: int) -> Iterator[TruthLine]:
    across, down = page["dpi"], page.get("dpi_down", page["dpi"])
    turn, stretch = page["rotation"], np.ones(2)
    if across != down:  # a fax is stored flat; every reader gets square pixels
        stretch[0 if turn in (90, 270) else 1] = across / down
        gray = np.asarray(cv2.resize(gray, None, fx=stretch[0], fy=stretch[1], interpolation=cv2.INTER_LINEAR), np.uint8)
    for line in page["lines"]:
        quad = (np.asarray(line["quad"], np.float64).reshape(4, 2) * stretch).ravel().tolist()
        yield TruthLine(
            crop=cut(gray, quad, turn=turn),
            text=unicodedata.normalize("NFC", line["text"]),
            kind=line["kind"],
            level=page["level"],
            mode=page["mode"],
            dpi=str(across) if across == down else f"{across}x{down}",
            ink=line.get("ink", "?"),
            seen=line.get("face_seen"),
            page_kind=page["type"],
            file=file,
            page=page["index"],
        )


def _upright(gray: Pixels, quad: _Quad, quarters: int) -> tuple[Pixels, _Quad]:
    """Turn picture and corners back, counter-clockwise."""
    for _ in range(quarters):
        width = gray.shape[1]
        gray = np.asarray(np.rot90(gray), np.uint8)
        quad = np.stack([quad[:, 1], width - quad[:, 0]], axis=1)
    return gray, quad


def _is_level(quad: _Quad) -> bool:
    rise = abs(quad[1] - quad[0])[1], abs(quad[2] - quad[3])[1]
    lean = abs(quad[3] - quad[0])[0], abs(quad[2] - quad[1])[0]
    return bool(max(*rise, *lean) <= _LEVEL_WITHIN)
