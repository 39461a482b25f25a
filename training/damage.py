"""What happens to a line between the pen and the file: ink, paper, stamps, the other side, geometry, scanner, threshold.

Every function takes a picture (float32, 0.0 black to 1.0 white) and chance, and returns a new picture; the same seed gives
the same damage.
"""

from __future__ import annotations

import math
import random
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from training.draw import Ink, scribble

Picture = npt.NDArray[np.float32]
"""(height, width), 0.0 black to 1.0 white."""

Bytes = npt.NDArray[np.uint8]

_BAYER: Final = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16


def worn(ink: Ink, chance: random.Random, noise: np.random.Generator) -> Ink:
    """Ink with pieces missing, as of a tired ribbon or a worn drum."""
    high, wide = ink.shape
    coarse = noise.random((max(2, high // chance.randint(2, 6)), max(2, wide // chance.randint(2, 6))), dtype=np.float32)
    field = cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_LINEAR)
    return np.asarray(ink * np.clip((field - chance.uniform(0.0, 0.35)) * 4 + 0.5, chance.uniform(0, 0.5), 1), np.float32)


def thicker(ink: Ink) -> Ink:
    """Strokes one pixel fatter."""
    return np.asarray(cv2.dilate(ink, np.ones((2, 2))), np.float32)


def thinner(ink: Ink) -> Ink:
    """Strokes one pixel leaner."""
    return np.asarray(cv2.erode(ink, np.ones((2, 2))), np.float32)


def on_paper(ink: Ink, dark: float, paper: float) -> Picture:
    """Ink of a gray value on paper of another; coloured ink is gray by the channel that is read."""
    return np.asarray(paper - (paper - dark) * ink, np.float32)


def shining_through(page: Picture, ink: Ink, em: float, chance: random.Random) -> Picture:
    """Print of the other side, mirrored and soft."""
    high, wide = ink.shape
    shift = (chance.randint(-high // 3, high // 3), chance.randint(-wide // 3, wide // 3))
    behind = cv2.GaussianBlur(np.roll(ink[:, ::-1], shift, (0, 1)), (0, 0), em * 0.06 + 0.4)
    return np.asarray(page * (1 - chance.uniform(0.05, 0.3) * behind), np.float32)


def stamped(page: Picture, em: float, chance: random.Random) -> Picture:
    """A round seal with letters, or a square stamp, over or beside the text, by its gray after the colour is gone."""
    high, wide = page.shape
    mask = np.zeros(page.shape, np.uint8)
    pen = max(1, int(em * chance.uniform(0.04, 0.14)))
    x, y, radius = chance.uniform(0, wide), chance.uniform(-em, high + em), em * chance.uniform(1.5, 5)
    if chance.random() < 0.75:
        for share in (1, chance.uniform(0.75, 0.93)):
            cv2.circle(mask, (int(x), int(y)), int(radius * share), 255, pen, cv2.LINE_AA)
        for _ in range(chance.randint(2, 12)):
            angle, far = chance.uniform(0, 2 * math.pi), radius * chance.choice((0.8, 0.6, 0.3))
            where = (int(x + far * math.cos(angle)), int(y + far * math.sin(angle)))
            cv2.putText(mask, chance.choice("AOKTHNDEUVCBM*"), where, 0, em / 45, 255, max(1, int(em // 16)), cv2.LINE_AA)
    else:
        corner = (int(x + radius * chance.uniform(1, 3)), int(y + em * chance.uniform(1, 2.5)))
        cv2.rectangle(mask, (int(x), int(y)), corner, 255, pen)
    turned = cv2.GaussianBlur(mask, (3, 3), 0).astype(np.float32) / 255
    return np.asarray(page * (1 - chance.uniform(0.12, 0.65) * turned), np.float32)


def penned(page: Picture, em: float, chance: random.Random) -> Picture:
    """A signature or a stroke across the text; what is printed below it is still to be read."""
    high, wide = page.shape
    points = scribble(chance.uniform(1.5, 6) * em, em * chance.uniform(0.8, 2.2), chance)
    points += np.array((chance.uniform(-em, max(1, wide - 2 * em)), chance.uniform(0.25, 0.75) * high))
    mask = np.zeros(page.shape, np.uint8)
    thick = max(1, int(em * chance.uniform(0.03, 0.09)))
    cv2.polylines(
        mask, [np.round(points).astype(np.int32)], isClosed=False, color=255, thickness=thick, lineType=cv2.LINE_AA
    )
    return np.asarray(page * (1 - chance.uniform(0.3, 0.8) / 255 * mask.astype(np.float32)), np.float32)


def slanted(page: Picture, degrees: float, shear: float, about: tuple[float, float]) -> Picture:
    """Skew that was not quite undone, and letters that lean."""
    tangent, (x, y) = math.tan(math.radians(degrees)), about
    matrix = np.array([[1, shear, -shear * y], [tangent, 1, -tangent * x]], np.float32)
    size = page.shape[::-1]
    return np.asarray(
        cv2.warpAffine(page, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def curled(page: Picture, em: float, chance: random.Random) -> Picture:
    """A line that waves, as on paper that does not lie flat."""
    high, wide = page.shape
    xs, ys = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    wave = em * chance.uniform(0.02, 0.1) * np.sin(xs / wide * chance.uniform(2, 7) + chance.uniform(0, 6))
    moved = (ys + wave).astype(np.float32)
    return np.asarray(cv2.remap(page, xs, moved, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def sampled(page: Picture, share: float, share_down: float | None = None) -> Picture:
    """At a lower resolution; fax has another one down than across."""
    high, wide = page.shape
    size = (max(4, int(wide * share)), max(6, int(high * (share_down or share))))
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.float32)


def faded(page: Picture, chance: random.Random) -> Picture:
    """With hairlines paler than strokes, as a light exposure leaves them."""
    ink = np.clip(1 - page, 0, 1) ** chance.uniform(1.3, 2.2)
    return np.asarray(1 - ink, np.float32)


def lit(page: Picture, chance: random.Random) -> Picture:
    """Light that falls off towards one end."""
    ends = chance.choice(((0, 1), (1, 0)))
    return np.asarray(
        page * (1 - chance.uniform(0, 0.35) * np.linspace(*ends, page.shape[1], dtype=np.float32)[None]), np.float32
    )


def flat(page: Picture, chance: random.Random) -> Picture:
    """With less contrast, lighter or darker."""
    return np.asarray(0.5 + (page - 0.5) * chance.uniform(0.35, 0.9) + chance.uniform(-0.1, 0.1), np.float32)


def noisy(page: Picture, spread: float, noise: np.random.Generator) -> Picture:
    """With the grain of a sensor."""
    return np.asarray(page + noise.standard_normal(page.shape, dtype=np.float32) * spread, np.float32)


def speckled(page: Picture, share: float, noise: np.random.Generator) -> Picture:
    """With specks of both colours."""
    field, dotted = noise.random(page.shape, dtype=np.float32), page.copy()
    dotted[field < share] = 0
    dotted[field > 1 - share] = 1
    return dotted


def thresholded(gray: Bytes, level: float) -> Bytes:
    """Black and white at a level, 0.0 to 1.0."""
    return np.asarray(cv2.threshold(gray, int(255 * level), 255, cv2.THRESH_BINARY)[1], np.uint8)


def thresholded_by_itself(gray: Bytes) -> Bytes:
    """Black and white by Otsu's level."""
    return np.asarray(cv2.threshold(gray, 0, 255, cv2.THRESH_OTSU)[1], np.uint8)


def thresholded_locally(gray: Bytes, chance: random.Random) -> Bytes:
    """Black and white against the surroundings, as scanners do for text."""
    window = 2 * max(2, int(gray.shape[0] * chance.uniform(0.3, 0.8)) // 2) + 1
    way = chance.choice((cv2.ADAPTIVE_THRESH_MEAN_C, cv2.ADAPTIVE_THRESH_GAUSSIAN_C))
    return np.asarray(cv2.adaptiveThreshold(gray, 255, way, cv2.THRESH_BINARY, window, chance.randint(4, 18)), np.uint8)


def dithered(gray: Bytes, *, ordered: bool) -> Bytes:
    """Black and white dots: by Bayer's matrix, or by passing the error on (Floyd and Steinberg)."""
    if not ordered:
        return np.asarray(Image.fromarray(gray).convert("1"), np.uint8) * np.uint8(255)
    high, wide = gray.shape
    levels = np.tile(_BAYER, (high // 4 + 1, wide // 4 + 1))[:high, :wide]
    return np.asarray(np.where(gray / 255 > levels + 0.5 / 16, 255, 0), np.uint8)


def packed(gray: Bytes, quality: int) -> Bytes:
    """After JPEG."""
    return np.asarray(
        cv2.imdecode(cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE), np.uint8
    )
