"""Days as Vietnamese papers print them: digits, words, and the long form of NĐ 30/2020."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

_ONES: Final = "không một hai ba bốn năm sáu bảy tám chín".split()


@dataclass(frozen=True, slots=True)
class Day:
    """A day as papers print it."""

    on: date
    padded: bool = False
    """Whether months from 3 on get a leading zero, which NĐ 30/2020 does not ask for."""

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y}"

    @property
    def long(self) -> str:
        """For example ngày 05 tháng 3 năm 2024."""
        month = f"{self.on.month:02d}" if self.padded or self.on.month < 3 else str(self.on.month)
        return f"ngày {self.on.day:02d} tháng {month} năm {self.on.year}"

    @property
    def words(self) -> str:
        """For example Ngày năm, tháng ba, năm hai nghìn không trăm hai mươi tư."""
        return f"Ngày {_tens(self.on.day)}, tháng {_tens(self.on.month)}, năm {_year(self.on.year)}"

    @property
    def year(self) -> int:
        """The year."""
        return self.on.year

    @property
    def packed(self) -> str:
        """Eight digits, as in the QR of a card."""
        return f"{self.on:%d%m%Y}"


def _tens(number: int) -> str:
    tens, one = divmod(number, 10)
    if tens == 0:
        return _ONES[one]
    head = "mười" if tens == 1 else f"{_ONES[tens]} mươi"
    if one == 0:
        return head
    tail = {1: "mốt" if tens > 1 else "một", 4: "tư" if tens > 1 else "bốn", 5: "lăm"}.get(one, _ONES[one])
    return f"{head} {tail}"


def _year(year: int) -> str:
    thousands, hundreds, rest = year // 1000, year // 100 % 10, year % 100
    tail = f"linh {_ONES[rest]}" if 0 < rest < 10 else _tens(rest) if rest else ""
    return " ".join(f"{_ONES[thousands]} nghìn {_ONES[hundreds]} trăm {tail}".split())
