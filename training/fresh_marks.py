"""What stands on a fresh paper beside its text: machine-readable codes, photos, emblems, stamps, the MRZ of cards."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from typing import Final

import fitz
import numpy as np
import zxingcpp
from PIL import Image

from training.fresh_people import Person
from training.fresh_sheet import INKS, Pen, Sheet

_FORMATS: Final = {
    "qr": zxingcpp.BarcodeFormat.QRCode,
    "code128": zxingcpp.BarcodeFormat.Code128,
    "ean13": zxingcpp.BarcodeFormat.EAN13,
}
_WEIGHTS: Final = (7, 3, 1)
"""ICAO 9303: weights of the check digits."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A machine-readable code on a paper."""

    kind: str
    content: str
    readable: bool
    rect: tuple[float, float, float, float]
    """Points."""


def code(sheet: Sheet, kind: str, x: float, y: float, size: float, content: str, *, harmed: bool = False) -> Printed:
    """Print a code with its left top corner at (x, y); a harmed QR has lost a finder and its middle.

    Args:
        sheet: the page.
        kind: a key of the formats.
        x: points.
        y: points.
        size: width in points; bars are a fifth as high.
        content: what it says.
        harmed: whether nobody can read it any more.
    """
    drawn = zxingcpp.create_barcode(content, _FORMATS[kind]).to_image(scale=8, add_quiet_zones=False)
    into = io.BytesIO()
    Image.fromarray(np.asarray(drawn)).save(into, "PNG")
    high = size if kind == "qr" else size / 5
    rect = fitz.Rect(x, y, x + size, y + high)
    sheet.page.insert_image(rect, stream=into.getvalue(), keep_proportion=False)
    if harmed:
        for left, top in ((0.0, 0.0), (0.35, 0.3), (0.66, 0.55)):
            spot = fitz.Rect(x + left * size, y + top * size, x + (left + 0.34) * size, y + (top + 0.36) * size)
            sheet.page.draw_rect(spot, color=INKS["gray"], fill=(0.93, 0.92, 0.9) if left else (0.2, 0.2, 0.25), width=0.3)
    return Printed(kind, content, not harmed, (x, y, x + size, y + high))


def tint(sheet: Sheet, x: float, y: float, width: float, height: float, colour: tuple[float, float, float]) -> None:
    """Lay a coloured ground with waves, as cards and certificates have it."""
    sheet.page.draw_rect(fitz.Rect(x, y, x + width, y + height), color=INKS["gray"], fill=colour, width=0.8, radius=0.04)
    darker = tuple(part * 0.94 for part in colour)
    for row in range(1, int(height / 9)):
        left, right, middle = (x + 3, y + row * 9), (x + width - 3, y + row * 9), x + width / 2
        sheet.page.draw_bezier(left, (middle, left[1] - 9), (middle, left[1] + 9), right, color=darker, width=0.7)


def photo(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    """A portrait: ground, shoulders, head."""
    page, middle = sheet.page, x + width / 2
    page.draw_rect(fitz.Rect(x, y, x + width, y + height), color=INKS["gray"], fill=(0.62, 0.74, 0.86), width=0.5)
    page.draw_oval(
        fitz.Rect(x + 2, y + height * 0.68, x + width - 2, y + height * 1.0), color=(0.2, 0.2, 0.3), fill=(0.25, 0.28, 0.36)
    )
    head = fitz.Rect(middle - width * 0.22, y + height * 0.22, middle + width * 0.22, y + height * 0.7)
    page.draw_oval(head, color=(0.3, 0.2, 0.15), fill=(0.85, 0.68, 0.56))
    page.draw_oval(
        fitz.Rect(head.x0, head.y0 - 4, head.x1, head.y0 + height * 0.14), color=(0.1, 0.1, 0.1), fill=(0.12, 0.1, 0.1)
    )


def emblem(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """The round state emblem, from afar."""
    sheet.page.draw_circle((x, y), radius, color=(0.75, 0.6, 0.1), fill=(0.8, 0.15, 0.12), width=1.2)
    sheet.page.draw_circle((x, y), radius * 0.55, color=(0.95, 0.8, 0.2), width=1)
    sheet.page.draw_circle((x, y - radius * 0.1), radius * 0.22, color=(0.95, 0.85, 0.2), fill=(0.95, 0.85, 0.2))


def boxed(sheet: Sheet, x: float, y: float, words: str, pen: Pen, width: float) -> None:
    """A rubber stamp: words in a box of their ink."""
    high = pen.size * 1.6
    sheet.page.draw_rect(
        fitz.Rect(x, y - pen.size * 1.2, x + width, y - pen.size * 1.2 + high), color=INKS[pen.ink], width=1.8
    )
    sheet.write(x + width / 2, y, (words, pen), align="middle")


def card_zone(person: Person, expiry: str) -> tuple[str, str, str]:
    """The three lines of a TD1 card with their check digits; ``expiry`` is yyMMdd."""
    number, birth = person.id[-9:], f"{person.born:%y%m%d}"
    optional = f"{person.id}<<"
    first = f"IDVNM{number}{check_digit(number)}{optional}{check_digit(optional)}"[:30]
    sex = "M" if person.man else "F"
    second = f"{birth}{check_digit(birth)}{sex}{expiry}{check_digit(expiry)}VNM".ljust(29, "<")
    composite = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    return first, second + check_digit(composite), _holder(person).ljust(30, "<")[:30]


def passport_zone(person: Person, number: str, expiry: str) -> tuple[str, str]:
    """The two lines of a TD3 passport with their check digits."""
    birth, sex = f"{person.born:%y%m%d}", "M" if person.man else "F"
    first = f"P<VNM{_holder(person)}".ljust(44, "<")[:44]
    long, personal = number.ljust(9, "<"), person.id.ljust(14, "<")
    second = f"{long}{check_digit(long)}VNM{birth}{check_digit(birth)}{sex}{expiry}{check_digit(expiry)}{personal}"
    second += check_digit(personal)
    return first, second + check_digit(second[0:10] + second[13:20] + second[21:43])


def check_digit(text: str) -> str:
    """ICAO 9303: digits as they are, A=10 to Z=35, the filler 0, weights 7-3-1, modulo 10."""
    values = (0 if sign == "<" else int(sign, 36) for sign in text)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def _holder(person: Person) -> str:
    family, *given = _latin(person.upper).split()
    return f"{family}<<{'<'.join(given)}"


def _latin(text: str) -> str:
    parted = unicodedata.normalize("NFD", text.replace("Đ", "D"))
    return "".join(sign for sign in parted if not unicodedata.combining(sign))
