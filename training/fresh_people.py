"""Made-up families, homes and offices of the fresh dossiers; IDs fit sex and year, offices fit the day. Nobody is meant."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from training.fresh_days import Day

MERGED: Final = date(2025, 7, 1)
"""From this day Vĩnh Phúc is part of Phú Thọ and the district level is gone (NQ 202/2025/QH15)."""

_FAMILY: Final = (
    "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Tạ Kim Phùng Đào Trịnh Khổng Lưu Chu Hà Đinh".split()
)
_MEN: Final = (
    "Văn Hữu Đức Quang Xuân Công Đình Minh Duy Tuấn".split(),
    (
        "An Bách Cảnh Chiến Cường Dũng Đại Hải Hiệp Hòa Huy Khải Lâm Long Mạnh Nam Phong Quân Sơn Thành "
        "Thắng Toàn Trung Tú Việt"
    ).split(),
)
_WOMEN: Final = (
    "Thị Ngọc Thu Thanh Kim Minh Phương Hồng".split(),
    (
        "Ánh Bình Chi Dung Giang Hà Hạnh Hiền Hoa Hương Huyền Lan Liên Linh Loan Mai Nga Ngân Nhung Thảo Thúy Trang Vân Yến"
    ).split(),
)
_HOMES: Final = tuple(
    tuple(row.split("|"))
    for row in """
xã Bồ Lý|huyện Tam Đảo|xã Tam Đảo
xã Hồ Sơn|huyện Tam Đảo|xã Tam Đảo
thị trấn Gia Khánh|huyện Bình Xuyên|xã Bình Nguyên
xã Hương Sơn|huyện Bình Xuyên|xã Bình Nguyên
xã Sơn Lôi|huyện Bình Xuyên|xã Bình Tuyền
xã Tử Du|huyện Lập Thạch|xã Tiên Lữ
xã Xuân Lôi|huyện Lập Thạch|xã Tiên Lữ
xã Bắc Bình|huyện Lập Thạch|xã Thái Hòa
xã Nhân Đạo|huyện Sông Lô|xã Hải Lựu
thị trấn Tam Sơn|huyện Sông Lô|xã Tam Sơn
xã Đồng Quế|huyện Sông Lô|xã Sông Lô
xã Đạo Tú|huyện Tam Dương|xã Tam Dương
xã Hướng Đạo|huyện Tam Dương|xã Tam Dương
xã Duy Phiên|huyện Tam Dương|xã Hoàng An
xã Bình Dương|huyện Vĩnh Tường|xã Vĩnh An
xã Đại Đồng|huyện Vĩnh Tường|xã Thổ Tang
xã Tam Phúc|huyện Vĩnh Tường|xã Vĩnh Tường
xã Yên Phương|huyện Yên Lạc|xã Tam Hồng
xã Trung Nguyên|huyện Yên Lạc|xã Yên Lạc
xã Liên Châu|huyện Yên Lạc|xã Liên Châu
phường Khai Quang|thành phố Vĩnh Yên|phường Vĩnh Yên
phường Tích Sơn|thành phố Vĩnh Yên|phường Vĩnh Phúc
xã Định Trung|thành phố Vĩnh Yên|phường Vĩnh Phúc
phường Hùng Vương|thành phố Phúc Yên|phường Phúc Yên
phường Đồng Xuân|thành phố Phúc Yên|phường Xuân Hòa
""".strip().splitlines()
)
"""Commune and district before the merger, commune after it."""

_VILLAGES: Final = (
    "Đông|Đoài|Chùa Hạ|Vân Nội|Tân Lập|Phú Thịnh|Yên Thượng|Gia Viễn|Bàn Mạch|Núi Ngọc|Hữu Phúc|Lũng Ngoại".split("|")
)
_PREFIXES: Final = ("026",) * 7 + ("025", "001", "038", "017", "019")
_TOWNS: Final = {
    "026": "Vĩnh Phúc", "025": "Phú Thọ", "001": "Hà Nội", "038": "Thanh Hóa", "017": "Hòa Bình", "019": "Thái Nguyên",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives; how it is written depends on the day."""

    village: str
    old: tuple[str, str]
    """Commune and district before the merger."""
    new: str

    def written(self, on: date) -> str:
        """The address as written on that day."""
        if on < MERGED:
            return f"{self.village}, {self.old[0]}, {self.old[1]}, tỉnh Vĩnh Phúc"
        return f"{self.village}, {self.new}, tỉnh Phú Thọ"


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up person."""

    name: str
    man: bool
    born: date
    id: str
    cmnd: str
    home: Home
    address: str = ""

    def seen(self, on: date) -> Person:
        """The person with the address of that day."""
        return replace(self, address=self.home.written(on))

    @property
    def upper(self) -> str:
        """The name in capitals."""
        return self.name.upper()

    @property
    def birth(self) -> Day:
        """The day of birth."""
        return Day(self.born)

    @property
    def sex(self) -> str:
        """Nam or Nữ."""
        return "Nam" if self.man else "Nữ"

    @property
    def sir(self) -> str:
        """Ông or Bà."""
        return "Ông" if self.man else "Bà"

    @property
    def role(self) -> str:
        """Father or mother, as a request names the applicant."""
        return "Cha đẻ" if self.man else "Mẹ đẻ"

    @property
    def sex_role(self) -> str:
        """Husband or wife."""
        return "Chồng" if self.man else "Vợ"

    @property
    def role_vc(self) -> str:
        """The same within a sentence."""
        return self.sex_role.lower()

    @property
    def card_address(self) -> str:
        """The address as chip cards and their QR have it: the province by its bare name."""
        return self.address.replace(", tỉnh ", ", ")

    @property
    def address_tail(self) -> str:
        """The address without its village, as the second line of a card has it."""
        return self.address.split(", ", 1)[1]

    @property
    def town(self) -> str:
        """The province of the birth registration."""
        return _TOWNS[self.id[:3]]

    @property
    def origin(self) -> str:
        """The home town: commune, district, province of old."""
        return f"{_bare(self.home.old[0])}, {_bare(self.home.old[1])}, {self.town}"


@dataclass(frozen=True, slots=True)
class Family:
    """The applicant and those around."""

    a: Person
    """The applicant."""
    s: Person
    """Wife or husband."""
    c: Person
    """Child."""
    f: Person
    m: Person
    o: Person
    """A stranger: buyer, proxy, neighbour."""

    def around(self, who: str) -> dict[str, Person]:
        """People as the paper of one of them names them: x the person, fa, mo, sp, ch, hu, wi, o."""
        x = getattr(self, who)
        couple = (self.a, self.s) if self.a.man else (self.s, self.a)
        parents = couple if who == "c" else (self.f, self.m)
        spouse = self.a if who == "s" else self.s
        if who in "fm":
            spouse, couple = (self.m if who == "f" else self.f), (self.f, self.m)
        return {
            "x": x, "fa": parents[0], "mo": parents[1], "sp": spouse, "ch": self.c, "hu": couple[0],
            "wi": couple[1], "o": self.o,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offices:
    """The offices above a home on a day, in sentence case."""

    home: Home
    on: date

    @property
    def old(self) -> bool:
        """Whether there are districts."""
        return self.on < MERGED

    @property
    def xa(self) -> str:
        """The commune with its kind."""
        return self.home.old[0] if self.old else self.home.new

    @property
    def huyen(self) -> str:
        """The district with its kind; after the merger the commune stands in."""
        return self.home.old[1] if self.old else self.home.new

    @property
    def tinh(self) -> str:
        """The province with its kind."""
        return "tỉnh Vĩnh Phúc" if self.old else "tỉnh Phú Thọ"

    @property
    def province(self) -> str:
        """The name of the province."""
        return self.tinh.removeprefix("tỉnh ")

    @property
    def place(self) -> str:
        """The commune's bare name."""
        return _bare(self.xa)

    @property
    def seat(self) -> str:
        """The district's bare name."""
        return _bare(self.huyen)

    @property
    def ubnd(self) -> str:
        """The commune's people's committee."""
        return f"Ủy ban nhân dân {self.xa}"

    @property
    def ubnd_cao(self) -> str:
        """The committee that decides what districts decided."""
        return f"Ủy ban nhân dân {self.huyen}"

    @property
    def ubnd_tinh(self) -> str:
        """The province's committee."""
        return f"Ủy ban nhân dân {self.tinh}"

    @property
    def capital(self) -> str:
        """The provincial capital."""
        return "Vĩnh Yên" if self.old else "Việt Trì"

    @property
    def prefix(self) -> str:
        """Level-1 code of the province (QĐ 20/2020/QĐ-TTg)."""
        return "H62" if self.old else "H44"


def draw_family(rng: random.Random, on: date) -> Family:
    """Draw the applicant and relatives as they are on the day of the dossier."""
    home = draw_home(rng)
    man = rng.random() < 0.5
    born = date(on.year - rng.randint(24, 52), rng.randint(1, 12), rng.randint(1, 28))
    a = draw_person(rng, man, born, home)
    s = draw_person(rng, not man, born + timedelta(rng.randint(-1500, 1500)), home)
    child_born = on - timedelta(rng.choice((rng.randint(12, 60), rng.randint(400, 4000))))
    child_born = max(child_born, max(a.born, s.born) + timedelta(19 * 365))
    father_family = (a if man else s).name.split()[0]
    c = draw_person(rng, rng.random() < 0.5, child_born, home, family=father_family, prefix="026")
    f = draw_person(rng, True, born - timedelta(rng.randint(8200, 11500)), home, family=a.name.split()[0])
    m = draw_person(rng, False, born - timedelta(rng.randint(8000, 10500)), home)
    o = draw_person(rng, rng.random() < 0.5, date(on.year - rng.randint(22, 60), rng.randint(1, 12), 9), draw_home(rng))
    return Family(a, s, c, f, m, o)


def draw_home(rng: random.Random) -> Home:
    """A village of one of the communes."""
    commune, district, new = rng.choice(_HOMES)
    urban = not commune.startswith("xã")
    village = f"Tổ dân phố {rng.choice(_VILLAGES)}" if urban else f"Thôn {rng.choice(_VILLAGES)}"
    return Home(village, (commune, district), new)


def draw_person(
    rng: random.Random, man: bool, born: date, home: Home, *, family: str | None = None, prefix: str | None = None
) -> Person:
    """A person whose ID fits sex, century and year (NĐ 137/2015 Art. 13)."""
    middle, given = _MEN if man else _WOMEN
    name = " ".join((family or rng.choice(_FAMILY), *rng.sample(middle, rng.choice((1, 1, 2))), rng.choice(given)))
    century = (born.year // 100 - 19) * 2 + (0 if man else 1)
    tail = f"{rng.randint(1, 29999):06d}"
    number = f"{prefix or rng.choice(_PREFIXES)}{century}{born.year % 100:02d}{tail}"
    return Person(name, man, born, number, f"{rng.choice(('135', '131'))}{rng.randint(0, 999_999):06d}", home)


def _bare(unit: str) -> str:
    for kind in ("thị trấn ", "thành phố ", "thị xã ", "phường ", "huyện ", "xã "):
        unit = unit.removeprefix(kind)
    return unit
