"""Misreadings of a page's text as our engine makes them: other letters, words run together or torn, lines lost, seals."""

from __future__ import annotations

import random
from typing import Final

_LIKE: Final = {
    "o": "cea0", "c": "eo", "e": "co", "n": "um", "u": "nv", "m": "rn", "i": "l1j", "l": "i1t", "h": "bn", "t": "lf",
    "d": "đa", "a": "oáà", "g": "qy", "y": "vg", "O": "0QC", "I": "l1", "N": "MH", "H": "NK", "G": "C6", "C": "GO",
    "B": "8R", "E": "FB", "U": "Ư0", "T": "I7", "A": "ÂÁ", "D": "O0", "Ấ": "Á", "ờ": "ò", "ủ": "u", "Y": "V", "P": "F",
    "S": "5", "R": "K", "K": "X",
}  # fmt: skip
"""Letter -> those it is taken for; accents are left out, folding removes them."""
_SEAL: Final = ("ỦY BAN", "NHÂN DÂN", "XÃ", "N", "★", "TỈNH PHÚ", "H", "CỘNG HÒA", "ẤP", "S.Đ.K", "NG AN", "M.S.D.N")


def misread(lines: list[str], chance: random.Random) -> list[str]:
    """The lines with the mistakes of one page; half of the pages are nearly clean."""
    rate = chance.choice((0.0, 0.002, 0.01, 0.02, 0.05, 0.09))
    lost = chance.choice((0.0, 0.0, 0.05, 0.15))
    read = [_letters(line, rate, chance) for line in lines if chance.random() >= lost]
    if chance.random() < 0.3:
        for _ in range(chance.randint(1, 4)):
            read.insert(chance.randint(0, len(read)), chance.choice(_SEAL))
    return read or lines[:1]


def _letters(line: str, rate: float, chance: random.Random) -> str:
    if rate == 0:
        return line
    letters = []
    for letter in line:
        kind = chance.random()
        if kind >= rate:
            letters.append(letter)
        elif letter == " ":
            continue
        elif kind < rate * 0.7:
            letters.append(chance.choice(_LIKE.get(letter, letter)))
        elif kind < rate * 0.85:
            letters.append(letter + " ")
    return "".join(letters)
