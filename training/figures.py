"""Dates, numbers and codes as Vietnamese papers print them, drawn by chance."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

_BODIES: Final = "QĐ NĐ TT TB CV GP NQ KH TTr BC GM HD QC CT KL PA BB UBND SGDĐT BTP HĐND STNMT".split()
_ISSUERS: Final = "UBND CP BTC BNV BTNMT STP VP HĐND TTg BCA BTP SXD SNV TNHS VPĐK CNVPĐK BCH CA BQL TTPVHCC".split()
_LAWS: Final = "NĐ-CP TT-BTP QĐ-UBND QH14 QH15 TT-BTC QĐ-TTg NQ-HĐND TTLT-BTP-BCA".split()
_UNITS: Final = ["", *", m², m2,m²,%, m, kg, m³, km, ha,°C, %, tháng, năm, cm, tầng".split(",")]
_MONEY: Final = ["", *", đồng, đ,đ, VNĐ, VND, ₫,₫, USD,$, €, £".split(",")]
ROMAN: Final = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XIX XX XXI".split()


def digits(chance: random.Random, count: int) -> str:
    """So many digits."""
    return "".join(chance.choices("0123456789", k=count))


def date(chance: random.Random) -> str:
    """A date or a time of day."""
    day, month, year = chance.randint(1, 31), chance.randint(1, 12), chance.randint(1935, 2029)
    return chance.choice(
        (
            f"{day:02d}/{month:02d}/{year}",
            f"{day}/{month}/{year}",
            f"{day:02d}-{month:02d}-{year}",
            f"{day:02d}.{month:02d}.{year}",
            f"ngày {day:02d} tháng {month:02d} năm {year}",
            f"ngày {day} tháng {month} năm {year}",
            f"năm {year}",
            f"{chance.randint(0, 23)} giờ {day:02d} phút",
            f"{chance.randint(0, 23):02d}:{day:02d}",
        )
    )


def dossier_code(chance: random.Random) -> str:
    """A dossier code of either agency style, NĐ 61/2018: H62.12-240122-0014, G22.99.01-240122-00014."""
    agency = f"{chance.choice('HGKT')}{digits(chance, 2)}"
    agency += chance.choice(("", f".{digits(chance, 1)}", f".{digits(chance, 2)}"))
    agency += chance.choice(("", "", f".{digits(chance, 2)}"))
    return f"{agency}-{digits(chance, 6)}-{digits(chance, chance.choice((4, 4, 4, 5, 6)))}"


def document_number(chance: random.Random) -> str:
    """The number of a document, NĐ 30/2020: 1234/QĐ-UBND, 61/2018/NĐ-CP."""
    if chance.random() < 0.4:
        return f"{chance.randint(1, 2999)}/{chance.randint(1990, 2029)}/{chance.choice(_LAWS)}"
    number = chance.randint(1, 9999)
    return f"{number if chance.random() < 0.6 else f'{number:02d}'}/{chance.choice(_BODIES)}-{chance.choice(_ISSUERS)}"


def amount(chance: random.Random) -> str:
    """A sum of money or a measure with its unit."""
    whole = f"{chance.randint(1, 10 ** chance.randint(3, 10)):,}"
    return chance.choice(
        (
            whole.replace(",", ".") + chance.choice(_MONEY),
            whole + chance.choice(_MONEY),
            f"{digits(chance, chance.randint(1, 4))},{digits(chance, chance.randint(1, 2))}{chance.choice(_UNITS)}",
            f"{digits(chance, chance.randint(1, 4))}{chance.choice(_UNITS)}",
            f"{chance.choice('+++--±≤≥')}{digits(chance, 1)},{digits(chance, 2)}{chance.choice(_UNITS)}",
            f"{digits(chance, 3)} × {digits(chance, 2)}",
            f"1/{chance.choice(('500', '1000', '2000', '5000'))}",
        )
    )


def identity_number(chance: random.Random) -> str:
    """A citizen ID (12 digits), an old identity card's number (9) or a telephone number (10)."""
    return chance.choice((digits(chance, 12), digits(chance, 12), digits(chance, 9), "0" + digits(chance, 9)))


def other_code(chance: random.Random) -> str:
    """A series, a paragraph, a Roman number, a procedure's code or a register's."""
    series = "".join(chance.choices("ABCDEFGHIKLMNPQRSTUVXYZ", k=chance.randint(1, 3)))
    procedure = ".".join(digits(chance, count) for count in (6, 3, 2, 2))
    return chance.choice(
        (
            f"{series}{chance.choice(('', ' ', '-', '.'))}{digits(chance, chance.randint(3, 9))}",
            f"{chance.choice(('№', '§', '№ ', '§ ', 'No. '))}{chance.randint(1, 999)}",
            chance.choice(ROMAN),
            f"{chance.randint(1, 3)}.{procedure}.H62",
            f"{digits(chance, 5)}/{digits(chance, 4)}-{digits(chance, 2)}",
        )
    )


def small_number(chance: random.Random) -> str:
    """A row's number, a count of copies, a page, or the name of a form."""
    number = chance.randint(1, 30)
    two = f"{number:02d}"
    return chance.choice(
        (f"{number}", f"{number}", two, f"({two} trang)", f"{number}.", f"- {number} -", f"CT{two}", f"Mẫu số {two}")
    )


_SORTS: Final[tuple[tuple[Callable[[random.Random], str], int], ...]] = (
    (identity_number, 5),
    (amount, 5),
    (document_number, 4),
    (dossier_code, 3),
    (other_code, 4),
    (small_number, 5),
)


def number(chance: random.Random) -> str:
    """A number or code of any sort."""
    sort = chance.choices([sort for sort, _ in _SORTS], [weight for _, weight in _SORTS])[0]
    return sort(chance)


def machine_readable(chance: random.Random, name: str) -> str:
    """A line of an identity card's machine-readable zone, TD1 of ICAO 9303, 30 signs; ``name`` is bare capitals."""
    sort, words = chance.random(), name.split()
    if sort < 0.35:
        line = f"IDVNM{digits(chance, 10)}{digits(chance, 12)}<<{digits(chance, 1)}"
    elif sort < 0.65:
        line = f"{digits(chance, 7)}{chance.choice('MF')}{digits(chance, 7)}VNM<<<<<<<<<<<{digits(chance, 1)}"
    else:
        line = f"{words[0]}<<{'<'.join(words[1:])}"
    return line[:30].ljust(30, "<")
