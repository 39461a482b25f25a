"""How long each type of paper is kept, and which types are sensitive: `retention.toml`, checked at the start."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from math import ceil
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dossier.errors import Misconfigured

_Years = Annotated[int, Field(ge=1, le=100)]
_Words = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Period:
    """What holds for some types of paper."""

    years: int
    """From 1 to 100."""
    source: str
    """Where the period comes from: the law, or the house."""
    sensitive: bool = False
    """Sensitive personal data, NĐ 13/2023 Art. 2(4)."""

    @property
    def lock(self) -> timedelta:
        """At least so many years, leap days included."""
        return timedelta(days=ceil(self.years * 365.25))


@dataclass(frozen=True, slots=True)
class Retention:
    """The table."""

    periods: Mapping[str, Period]
    default: Period

    def of(self, type_name: str) -> Period:
        """What holds for a type; the default for one that the table no longer knows."""
        return self.periods.get(type_name, self.default)

    def lock(self, type_name: str) -> timedelta:
        """How long nobody can delete a record of this type."""
        return self.of(type_name).lock


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    years: _Years
    source: _Words


class _PeriodEntry(_Entry):
    types: list[_Words] = Field(min_length=1)
    sensitive: bool = False


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    default: _Entry
    period: list[_PeriodEntry] = Field(min_length=1)


def load_retention(types: Collection[str], path: Path | None = None) -> Retention:
    """Read the table; without ``path`` the one that ships with the programs.

    Args:
        types: names of the known types of paper; each must stand in the table, once.
        path: another table.

    Raises:
        Misconfigured: naming what is wrong with it.
    """
    try:
        told = tomllib.loads((path or files("config") / "retention.toml").read_text(encoding="utf-8"))
        table = _Table.model_validate(told)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"retention.toml: {type(error).__name__}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Misconfigured(f"retention.toml: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    periods: dict[str, Period] = {}
    for entry in table.period:
        for name in entry.types:
            if name in periods:
                raise Misconfigured(f"retention.toml: {name!r} stands twice")
            if name not in types:
                raise Misconfigured(f"retention.toml: {name!r} is no type of paper")
            periods[name] = Period(entry.years, entry.source, entry.sensitive)
    if missing := sorted(set(types) - periods.keys()):
        raise Misconfigured(f"retention.toml: {missing[0]!r} has no period")
    return Retention(periods, Period(table.default.years, table.default.source))
