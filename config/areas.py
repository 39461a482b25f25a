"""The table of areas, read and checked once at the start; `dossier.areas.Areas` answers from it."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dossier.areas import Areas, District, Province, ProvinceKind
from dossier.errors import Misconfigured


class _Entry(BaseModel):
    """Strict, and no unknown key passes: it would be a misspelt one."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _ProvinceEntry(_Entry):
    name: str = Field(min_length=1)
    kind: ProvinceKind = "tỉnh"
    aliases: list[str] = []
    id_prefix: str = Field(default="", pattern=r"^([0-9]{3})?$")
    agency: str = Field(default="", pattern=r"^([A-Y][0-9]{2})?$")
    recalled: bool = False
    since: date | None = None
    until: date | None = None
    into: str = ""


class _DistrictEntry(_Entry):
    name: str = Field(min_length=1)
    province: str
    until: date


class _Table(_Entry):
    district_level_until: date
    province: list[_ProvinceEntry] = Field(min_length=1)
    district: list[_DistrictEntry] = []


def load_areas(path: Path | None = None) -> Areas:
    """Read the table of areas; without ``path`` the one that ships with the programs.

    Raises:
        Misconfigured: naming the entry and what is wrong with it.
    """
    table = _read(path)
    provinces = tuple(
        Province(**entry.model_dump(exclude={"aliases"}), aliases=tuple(entry.aliases)) for entry in table.province
    )
    by_name = {province.name: province for province in provinces}
    _refuse_twins("name", (name for province in provinces for name in (province.name, *province.aliases)))
    _refuse_twins("id_prefix", (province.id_prefix for province in provinces))
    _refuse_twins("agency", (province.agency for province in provinces))
    for province in provinces:
        _check_end(province, by_name)
    for district in table.district:
        if district.province not in by_name:
            raise Misconfigured(
                f"areas, [[district]] {district.name!r}: province: {district.province!r} is not in the table"
            )
    districts = tuple(District(entry.name, entry.province, entry.until) for entry in table.district)
    return Areas(provinces, districts, table.district_level_until)


def _read(path: Path | None) -> _Table:
    try:
        source = path or files("config") / "areas.toml"
        return _Table.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))
    except OSError as error:
        raise Misconfigured(f"areas: the table cannot be opened: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"areas: not a TOML file: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
        raise Misconfigured(f"areas, {place}: {first['msg']}") from error


def _refuse_twins(key: str, values: Iterable[str]) -> None:
    for value, count in Counter(value for value in values if value).items():
        if count > 1:
            raise Misconfigured(f"areas, [[province]]: {key} {value!r} stands twice")


def _check_end(province: Province, by_name: dict[str, Province]) -> None:
    """A province that ended goes on in one that stood on the next day; so no chain of them turns in a circle."""
    where = f"areas, [[province]] {province.name!r}"
    if (province.until is None) != (not province.into):
        raise Misconfigured(f"{where}: until and into belong together")
    if province.until is None:
        return
    heir = by_name.get(province.into)
    if heir is None:
        raise Misconfigured(f"{where}: into: {province.into!r} is not in the table")
    if not heir.stood_on(province.until + timedelta(days=1)):
        raise Misconfigured(f"{where}: into: {province.into!r} did not stand on the next day")
