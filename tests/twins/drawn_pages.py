"""Pages drawn for tests: Vietnamese office text of no person, upright at a given resolution, black on white."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.ink import Pixels

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"
"""Of Debian's fonts-dejavu-core; has all Vietnamese letters."""

TEXT = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "",
    "ĐƠN ĐỀ NGHỊ XÁC NHẬN",
    "",
    "Kính gửi: Ủy ban nhân dân phường Đồng Tâm",
    "Căn cứ Luật Tổ chức chính quyền địa phương và các quy định hiện hành,",
    "nay đề nghị quý cơ quan xem xét, xác nhận nội dung dưới đây cho việc",
    "giải quyết thủ tục hành chính theo quy định của pháp luật.",
    "Những lời khai trên là đúng sự thật, nếu sai xin chịu trách nhiệm.",
    "Điều kiện, hồ sơ và thời hạn giải quyết được niêm yết công khai tại",
    "bộ phận tiếp nhận và trả kết quả của cơ quan có thẩm quyền.",
    "Quyết định này có hiệu lực kể từ ngày ký, các đơn vị có liên quan",
    "chịu trách nhiệm thi hành quyết định này trong phạm vi của mình.",
)

DIGITS = tuple(" ".join(str(number * row * 7919 % 90000 + 7) for number in range(3, 10)) for row in range(5, 17))
"""Rows of numbers: nothing stands above or below their line, so nothing says which way is up."""


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font at so many pixels per em."""
    return ImageFont.truetype(FONT, size)


def blank(dpi: int = 200) -> Pixels:
    """An empty A4 sheet."""
    return np.full((round(11.69 * dpi), round(8.27 * dpi)), 255, np.uint8)


def letter(dpi: int = 200, *, lines: tuple[str, ...] = TEXT, points: int = 12, ink: int = 20) -> Pixels:
    """A sheet with lines of text."""
    sheet = Image.fromarray(blank(dpi))
    draw, face = ImageDraw.Draw(sheet), font(round(points * dpi / 72))
    for row, text in enumerate(lines):
        draw.text((dpi, dpi + row * points * dpi / 40), text, font=face, fill=ink)
    return np.asarray(sheet)


def skewed(page: Pixels, degrees: float) -> Pixels:
    """The page turned clockwise about its centre, corners white."""
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    white = (255,) * (1 if page.ndim == 2 else 3)
    return np.asarray(cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=white))


def turned(page: Pixels, degrees: int) -> Pixels:
    """The page turned clockwise by quarters."""
    return np.ascontiguousarray(np.rot90(page, -degrees // 90))


def noisy(page: Pixels, seed: int, sigma: float = 4.0) -> Pixels:
    """The page with the grain of a scanner."""
    grain = np.random.default_rng(seed).normal(0, sigma, page.shape)
    return np.clip(page + grain, 0, 255).astype(np.uint8)


def red_seal(page: Pixels, left: int, top: int, radius: int, *, colour: tuple[int, int, int] = (205, 40, 50)) -> Pixels:
    """The page in colour with a round red seal on it."""
    sheet = cv2.cvtColor(page, cv2.COLOR_GRAY2RGB)
    seal = np.full_like(sheet, 255)
    for ring in (1.0, 0.7):
        cv2.circle(seal, (left, top), round(radius * ring), colour, max(2, radius // 12))
    cv2.putText(seal, "UBND", (left - radius // 2, top), cv2.FONT_HERSHEY_SIMPLEX, radius / 60, colour, 3)
    return np.minimum(sheet, seal)
