"""Paper, light, lens and scanner of the fresh pages, on whole pages: not the damage model of the training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import fitz
import numpy as np
import numpy.typing as npt
from PIL import Image

from training.fresh_wear import Wear

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Map = npt.NDArray[np.float64]
"""3 x 3: points of the upright page to pixels of the stored picture."""

_FINEST_DPI: Final = 600
"""Every page is drawn so fine, or four times as fine as it is stored, before blur and sampling."""

_LUMA: Final = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True)
class Scanned:
    """A stored picture and where the page lies in it."""

    pixels: Pixels
    """(height, width) gray or bilevel, (height, width, 3) RGB."""
    place: Map


def scan(
    page: fitz.Page, behind: fitz.Page | None, wear: Wear, chance: np.random.Generator, finest_dpi: int = _FINEST_DPI
) -> Scanned:
    """Print, wear, light and sample a page.

    Args:
        page: the drawn sheet.
        behind: the sheet whose ink shows through, or None.
        wear: what happens to it.
        chance: source of all noise.
        finest_dpi: at most so fine is the page drawn; less is faster and softer.
    """
    fine_dpi = min(finest_dpi, 4 * wear.dpi)
    fine = _ink(_drawn(page, fine_dpi), wear, fine_dpi, chance)
    size = round(page.rect.width * wear.dpi / 72), round(page.rect.height * wear.dpi_down / 72)
    place = _placing(page.rect, size, wear, chance)
    sampled = _sampled(fine, fine_dpi, place, size, wear)
    if behind is not None and wear.bleed:
        sampled = _bled(sampled, behind, wear)
    sampled = _pen_strokes(sampled, wear, chance)
    lit = _lit(sampled.astype(np.float32), wear, chance)
    stored = _stored(lit, wear, chance)
    turns = wear.turn // 90
    pixels = np.ascontiguousarray(np.rot90(stored, -turns))
    return Scanned(pixels, _turned(size, turns) @ place)


def smooth_noise(shape: tuple[int, int], grain: float, chance: np.random.Generator) -> Floats:
    """Noise of mean 0 and deviation 1 whose blobs are about ``grain`` pixels wide."""
    rows, columns = (max(2, round(side / grain)) for side in shape)
    coarse = chance.standard_normal((rows, columns), np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _drawn(page: fitz.Page, dpi: int) -> Pixels:
    drawn = page.get_pixmap(dpi=dpi, colorspace=fitz.csRGB, alpha=False)
    return np.frombuffer(drawn.samples, np.uint8).reshape(drawn.height, drawn.width, 3)


def _ink(fine: Pixels, wear: Wear, dpi: int, chance: np.random.Generator) -> Pixels:
    """Let the ink swell or thin, and drop out where toner or ribbon failed."""
    kernel = np.ones((abs(wear.spread) + 1, abs(wear.spread) + 1), np.uint8)
    steps = wear.spread if dpi >= 500 else round(wear.spread / 2)
    if steps:
        fine = np.asarray((cv2.erode if steps > 0 else cv2.dilate)(fine, kernel), np.uint8)
    if not wear.worn:
        return fine
    shape = fine.shape[0] // 4, fine.shape[1] // 4
    holes = smooth_noise(shape, dpi / 4 / 45, chance) + 0.9 * smooth_noise(shape, dpi / 4 * 1.3, chance)
    kept = (np.clip((1.9 - 4.2 * wear.worn - holes) * 0.9 + 0.5, 0.3, 1) * 255).astype(np.uint8)
    mask = cv2.cvtColor(np.asarray(cv2.resize(kept, fine.shape[1::-1]), np.uint8), cv2.COLOR_GRAY2RGB)
    return np.asarray(255 - cv2.multiply(255 - fine, mask, scale=1 / 255), np.uint8)


def _placing(rect: fitz.Rect, size: tuple[int, int], wear: Wear, chance: np.random.Generator) -> Map:
    """Points to pixels of the page before its turn: scale, skew about the middle, corners pulled a little."""
    width, height = size
    corners = np.array([(0, 0), (rect.width, 0), (rect.width, rect.height), (0, rect.height)], np.float32)
    middle = corners.mean(axis=0)
    angle = np.deg2rad(wear.skew)
    spin = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))], np.float32)
    pulled = chance.uniform(-wear.keystone, wear.keystone, (4, 2)) * rect.height
    scale = np.array([width / rect.width, height / rect.height], np.float32)
    placed = (((corners - middle) @ spin + middle + pulled) * scale).astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, placed), np.float64)


def _sampled(fine: Pixels, dpi: int, place: Map, size: tuple[int, int], wear: Wear) -> Pixels:
    across, down = dpi / wear.dpi, dpi / wear.dpi_down
    soft = cv2.GaussianBlur(fine, (0, 0), sigmaX=max(0.01, wear.blur * across), sigmaY=max(0.01, wear.blur * down))
    to_points = np.diag([72 / dpi, 72 / dpi, 1.0])
    return np.asarray(
        cv2.warpPerspective(soft, place @ to_points, size, flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255)), np.uint8
    )


def _bled(sampled: Pixels, behind: fitz.Page, wear: Wear) -> Pixels:
    height, width = sampled.shape[:2]
    back = cv2.resize(_drawn(behind, 100)[:, ::-1], (width, height), interpolation=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(back, (0, 0), max(0.6, wear.dpi / 110))
    shown = 255 - (255 - soft) * np.float32(wear.bleed)
    return np.asarray(cv2.multiply(sampled, np.clip(shown, 0, 255).astype(np.uint8), scale=1 / 255), np.uint8)


def _pen_strokes(sampled: Pixels, wear: Wear, chance: np.random.Generator) -> Pixels:
    """Draw long bent strokes of a ball pen, by multiplication, over everything."""
    layer = np.full(sampled.shape, 255, np.uint8)
    height, width = sampled.shape[:2]
    for _ in range(wear.strokes):
        steps = np.linspace(0, 1, 40)
        start, end = chance.uniform(0.1, 0.9, 2), chance.uniform(0.1, 0.9, 2)
        bend = chance.uniform(-0.08, 0.08)
        xs = (start[0] + (end[0] - start[0]) * steps) * width
        ys = (start[1] + (end[1] - start[1]) * steps * 0.25 + bend * np.sin(steps * np.pi * 2)) * height
        points = np.stack([xs, ys], axis=1).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(layer, [points], False, (40, 50, 140), max(1, round(wear.dpi / 130)), cv2.LINE_AA)
    return np.asarray(cv2.multiply(sampled, layer, scale=1 / 255), np.uint8) if wear.strokes else sampled


def _lit(page: Floats, wear: Wear, chance: np.random.Generator) -> Floats:
    """Multiply by the colour and texture of the paper and by the uneven light; then gamma, noise and dust."""
    height, width = page.shape[:2]
    paper = 1 - wear.tint * np.array([0.35, 0.5, 1.0], np.float32)
    fibre = smooth_noise((height, width), wear.dpi / 12, chance) + 0.6 * smooth_noise(
        (height, width), max(2.0, wear.dpi / 90), chance
    )
    across, down = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
    a, b, c, d, e = chance.uniform(-1, 1, 5)
    hill = a * across + b * down + 0.7 * c * across * down + 0.6 * d * across**2 + 0.6 * e * down**2
    light = 1 - wear.shade * (hill - hill.min()) / max(1e-6, float(np.ptp(hill)))
    factor = (light * (1 + fibre * (wear.paper / 255)))[:, :, None] * paper
    lit = 255 * np.clip(page * factor / 255, 0, 1) ** np.float32(wear.gamma)
    if wear.mode != "color":
        lit = (lit @ _LUMA)[:, :, None]
    lit += chance.standard_normal(lit.shape, np.float32) * np.float32(wear.noise)
    return _dusty(np.asarray(lit, np.float32), wear, chance)


def _dusty(lit: Floats, wear: Wear, chance: np.random.Generator) -> Floats:
    height, width = lit.shape[:2]
    count = round(wear.specks * width * height / (wear.dpi * wear.dpi_down))
    dust = np.zeros((height, width), np.uint8)
    for x, y, size in zip(
        chance.integers(0, width, count), chance.integers(0, height, count), chance.exponential(1.0, count), strict=True
    ):
        cv2.circle(dust, (int(x), int(y)), int(min(4.0, size * wear.dpi / 200)), 255, -1, cv2.LINE_AA)
    bright = chance.random(count) < 0.3
    level = np.float32(245 if count and bright.mean() > 0.4 else 45)
    share = (dust.astype(np.float32) / 255)[:, :, None]
    return np.asarray(lit * (1 - share) + level * share, np.float32)


def _stored(lit: Floats, wear: Wear, chance: np.random.Generator) -> Pixels:
    whole = np.clip(lit + 0.5, 0, 255).astype(np.uint8)
    if wear.mode == "color":
        return np.asarray(whole, np.uint8)
    gray = np.ascontiguousarray(whole[:, :, 0])
    if wear.mode == "gray":
        return gray
    if wear.dither:
        raised = np.clip(gray.astype(np.float32) * (235 / np.percentile(gray, 90)), 0, 255).astype(np.uint8)
        return np.asarray(np.asarray(Image.fromarray(raised).convert("1"), np.uint8) * 255, np.uint8)
    around = np.float32(np.percentile(gray, 80))
    limit: Floats = np.full(gray.shape, around * wear.threshold, np.float32)
    if wear.local:
        wide = max(15, round(wear.dpi / 3)) | 1
        limit = np.asarray(cv2.blur(gray.astype(np.float32), (wide, wide)) * (wear.threshold * 0.6 + 0.4), np.float32)
    wobble = limit + chance.standard_normal(gray.shape, np.float32) * np.float32(2.0)
    return np.where(gray > wobble, 255, 0).astype(np.uint8)


def _turned(size: tuple[int, int], turns: int) -> Map:
    """Pixels of the upright picture to pixels of the picture turned clockwise by so many quarters."""
    width, height = size
    quarter = {
        0: ((1, 0, 0), (0, 1, 0)),
        1: ((0, -1, height - 1), (1, 0, 0)),
        2: ((-1, 0, width - 1), (0, -1, height - 1)),
        3: ((0, 1, 0), (-1, 0, width - 1)),
    }[turns]
    return np.array([*quarter, (0, 0, 1)], np.float64)
