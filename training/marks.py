"""Letters put together from a bare letter and strokes: typewriters, and the fonts of the years before Unicode."""

from __future__ import annotations

import unicodedata
from typing import Final

from PIL import ImageDraw, ImageFont

from ocr.alphabet import EMPTY_BOX, TICKED_BOX

Points = tuple[tuple[float, float], ...]

_ABOVE: Final[dict[str, Points]] = {  # in ems, from the middle of the letter's top; y grows downwards
    "\u0301": ((-0.04, 0.0), (0.08, -0.13)),
    "\u0300": ((0.04, 0.0), (-0.08, -0.13)),
    "\u0309": ((0.0, 0.0), (0.05, -0.05), (0.04, -0.12), (-0.04, -0.13), (-0.06, -0.09)),
    "\u0303": ((-0.13, -0.04), (-0.08, -0.10), (0.0, -0.06), (0.07, -0.03), (0.13, -0.10)),
    "\u0302": ((-0.12, 0.0), (0.0, -0.12), (0.12, 0.0)),
    "\u0306": ((-0.11, -0.11), (-0.06, -0.03), (0.06, -0.03), (0.11, -0.11)),
}
_HORN: Final[Points] = ((0.0, 0.06), (0.07, 0.02), (0.08, -0.06))
"""From the top right of the letter."""
_HATS: Final = "\u0302\u0306"
_HAT_HEIGHT: Final = 0.15


def letter(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], sign: str, font: ImageFont.FreeTypeFont, fill: int, *, beside: bool
) -> float:
    """Draw one letter with its marks as strokes; its advance in pixels.

    Args:
        draw: the canvas, 8 bits.
        at: left end of the letter and top of the font's line, pixels.
        sign: an NFC letter.
        font: a font that has the bare letter.
        fill: ink, 0 to 255.
        beside: the tone stands to the right of a hat, as in the old fonts, instead of on top of it.
    """
    x, y = at
    if sign in (EMPTY_BOX, TICKED_BOX):
        return tick_box(draw, at, font, fill, ticked=sign == TICKED_BOX)
    base, *marks = list(unicodedata.normalize("NFD", sign))
    crossed = base in "đĐ"
    base = {"đ": "d", "Đ": "D"}.get(base, base)
    if base == "i" and any(mark in _ABOVE for mark in marks):
        base = "ı" if font.getlength("ı") > 0 and font.getbbox("ı") != font.getbbox("\uffff") else "i"
    draw.text((x, y), base, font=font, fill=fill)
    left, top, right, bottom = font.getbbox(base)
    em, wide = float(font.size), max(1, round(font.size * 0.055))

    def stroke(points: Points, dx: float, dy: float) -> None:
        draw.line([(x + dx + px * em, y + dy + py * em) for px, py in points], fill=fill, width=wide, joint="curve")

    if crossed:
        height = top + (bottom - top) * (0.22 if base == "d" else 0.5)
        reach = (0.45 * right, right + 0.06 * em) if base == "d" else (left - 0.06 * em, (left + right) / 2)
        draw.line((x + reach[0], y + height, x + reach[1], y + height), fill=fill, width=wide)
    middle, over, shift = (left + right) / 2, top - 0.05 * em, 0.0
    for mark in marks:
        if mark == "\u0323":
            radius, low = 0.045 * em, bottom + 0.12 * em
            draw.ellipse((x + middle - radius, y + low - radius, x + middle + radius, y + low + radius), fill=fill)
        elif mark == "\u031b":
            stroke(_HORN, right - 0.03 * em, top)
        elif mark in _ABOVE:
            stroke(_ABOVE[mark], middle + shift, over)
            if mark in _HATS:
                over, shift = (over - 0.02 * em, 0.16 * em) if beside else (over - _HAT_HEIGHT * em, 0.0)
    return float(font.getlength(base))


def tick_box(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], font: ImageFont.FreeTypeFont, fill: int, *, ticked: bool
) -> float:
    """Draw an empty or crossed box of a form as high as a capital; its advance in pixels."""
    x, y = at
    _, top, _, bottom = font.getbbox("H")
    side, wide = float(bottom - top), max(1, round(font.size * 0.05))
    left, upper, right, lower = x + 0.12 * side, y + top, x + 1.12 * side, y + bottom
    draw.rectangle((left, upper, right, lower), outline=fill, width=wide)
    if ticked:
        draw.line((left, upper, right, lower), fill=fill, width=wide)
        draw.line((left, lower, right, upper), fill=fill, width=wide)
    return 1.25 * side
