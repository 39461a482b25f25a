"""Provinces and districts with the days on which they were so: a dossier of 2024 and one of 2026 both find their place.

The table itself is `config`'s. Law: NQ 202/2025/QH15 (34 provinces from 01/7/2025, no district level), NQ 175/2024/QH15
(Huế), TT 07/2016/TT-BCA (digits of citizen IDs), QĐ 20/2020/QĐ-TTg (agency codes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal

from dossier.agency_code import AgencyCode, level_1
from dossier.vietnamese import fold

ProvinceKind = Literal["tỉnh", "thành phố"]

_PROVINCE_WORD: Final = re.compile(r"^(?:tinh|thanh pho|t ?p)\s+")
_DISTRICT_WORD: Final = re.compile(r"^(?:huyen|quan|thi xa|thanh pho|t\.?\s?[px]\.?)\s+")
_ADDRESS_PARTS: Final = 3
"""Commune, district, province: with fewer parts none can be left out."""


@dataclass(frozen=True, slots=True)
class Province:
    """One province, or city of that rank, from its first to its last day."""

    name: str
    kind: ProvinceKind = "tỉnh"
    aliases: tuple[str, ...] = ()
    """Other names that papers use."""
    id_prefix: str = ""
    """First three digits of the citizen IDs registered there; empty where another entry holds them."""
    agency: str = ""
    """Level-1 agency code, for example H62; empty where another entry holds it."""
    recalled: bool = False
    """True where the agency code is not confirmed by a paper or a law text that was seen."""
    since: date | None = None
    until: date | None = None
    """Last day; None while it exists."""
    into: str = ""
    """Name of the province that took it up behind its last day."""

    def stood_on(self, day: date) -> bool:
        """True when it existed on the day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class District:
    """A unit between province and commune, gone since 01/7/2025."""

    name: str
    province: str
    until: date


@dataclass(frozen=True, slots=True)
class MappedAddress:
    """An address as it is written today, and as the paper has it."""

    original: str
    text: str
    """Without the district, the province by its name of the day; equal to ``original`` where nothing had to change.

    The commune stays as written: most communes were merged too, and no list of them is kept here.
    """


@dataclass(frozen=True)
class Areas:
    """Every area known, old and new."""

    provinces: tuple[Province, ...]
    districts: tuple[District, ...]
    district_level_until: date
    """Last day of the district level."""

    def provinces_on(self, day: date) -> tuple[Province, ...]:
        """The provinces of a day: 63 until 30/6/2025, 34 since."""
        return tuple(province for province in self.provinces if province.stood_on(day))

    def province_of_agency(self, code: AgencyCode, *, on: date) -> Province | None:
        """The province whose agencies bear the code, as it stands on the day; None for ministries and unknown codes.

        Codes of merged provinces stay valid: H62 in a dossier of 2026 is Phú Thọ's.
        """
        return self._on(self._by_agency.get(level_1(code)), on)

    def province_of_prefix(self, prefix: str) -> Province | None:
        """Where IDs with these three digits were registered, by the name it had when they were given out."""
        return self._by_prefix.get(prefix)

    def successor(self, name: str, *, on: date) -> Province | None:
        """The province that a name, with or without ``tỉnh``, stands for on the day; None where the table has none."""
        return self._on(self._by_name.get(_bare(name)), on)

    def is_known(self, name: str, *, on: date) -> bool:
        """True when a province or a district of the table had this name on the day; no list of districts is whole."""
        province = self._by_name.get(_bare(name))
        if province is not None and province.stood_on(on):
            return True
        return any(_without_word(name) == fold(district.name) and on <= district.until for district in self.districts)

    @cached_property
    def agency_groups(self) -> frozenset[str]:
        """Level-1 codes of all provinces, old and new."""
        return frozenset(self._by_agency)

    def as_of(self, address: str, day: date) -> MappedAddress:
        """An address in the form of the day: ``xã, huyện, tỉnh`` becomes ``xã, tỉnh`` behind the end of the districts.

        Only an address that ends in a known province is changed.
        """
        parts = [part.strip() for part in address.split(",")]
        province = self.successor(parts[-1], on=day)
        if day <= self.district_level_until or province is None:
            return MappedAddress(address, address)
        kept = parts[:-1]
        if len(parts) >= _ADDRESS_PARTS and self._is_district(kept[-1], parts[-1]):
            kept = kept[:-1]
        same = self._by_name[_bare(parts[-1])] == province
        return MappedAddress(address, ", ".join([*kept, parts[-1] if same else _written_as(parts[-1], province)]))

    def _is_district(self, part: str, province: str) -> bool:
        if _DISTRICT_WORD.match(fold(part)):
            return True
        return any(fold(part) == fold(known.name) and _bare(known.province) == _bare(province) for known in self.districts)

    def _on(self, province: Province | None, day: date) -> Province | None:
        while province is not None and not province.stood_on(day):
            ended = province.until is not None and day > province.until
            province = self._by_name.get(_bare(province.into)) if ended else None
        return province

    @cached_property
    def _by_name(self) -> dict[str, Province]:
        return {_bare(name): province for province in self.provinces for name in (province.name, *province.aliases)}

    @cached_property
    def _by_prefix(self) -> dict[str, Province]:
        return {province.id_prefix: province for province in self.provinces if province.id_prefix}

    @cached_property
    def _by_agency(self) -> dict[str, Province]:
        return {province.agency: province for province in self.provinces if province.agency}


def _bare(name: str) -> str:
    """A province's name folded, without its kind and with blanks for dashes."""
    return _PROVINCE_WORD.sub("", _plain(name), count=1)


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[-–.,]", " ", fold(name)).split())


def _without_word(name: str) -> str:
    return _DISTRICT_WORD.sub("", fold(name), count=1)


def _written_as(old: str, province: Province) -> str:
    """The province's name with or without its kind, and in capitals, as the old name was written."""
    named = f"{province.kind} {province.name}" if _PROVINCE_WORD.match(_plain(old)) else province.name
    if old.isupper():
        return named.upper()
    return named[:1].upper() + named[1:] if old[:1].isupper() else named
