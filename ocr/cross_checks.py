"""Hold the fields of one paper against each other: what agrees is a check that a value passed, what does not is a doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from dossier.citizen_id import agreement, parse_citizen_id
from dossier.codes import CodeProblem
from dossier.dossier_code import parse_dossier_code
from dossier.types import CrossCheck
from dossier.values import Field, Fields
from dossier.vietnamese import parse_date

_LAST_DAY: Final = date(2099, 12, 31)
"""Where the paper does not say when it was made, no year of birth lies after it."""


def with_checks(fields: Fields, checks: Sequence[CrossCheck]) -> dict[str, Field]:
    """The fields with the names of the checks that each passed."""
    passed: dict[str, list[str]] = {name: list(field.checks) for name, field in fields.items()}
    for name, field in fields.items():
        if _is_well_formed(name, field.value):
            passed[name].append("well_formed")
    for check in checks:
        if check.field in fields:
            agreed, contradicted = _held_against(check, fields)
            passed[check.field].extend(() if contradicted else agreed)
    return {name: replace(field, checks=tuple(dict.fromkeys(passed[name]))) for name, field in fields.items()}


def contradictions(fields: Fields, checks: Sequence[CrossCheck]) -> tuple[str, ...]:
    """The doubts, keys of `dossier.doubts.DOUBTS`, of the comparisons that fail."""
    return tuple(dict.fromkeys(check.doubt for check in checks if _held_against(check, fields)[1]))


def _held_against(check: CrossCheck, fields: Fields) -> tuple[tuple[str, ...], bool]:
    """The checks that agree, and whether anything contradicts; neither where a value that is needed is missing."""
    if check.kind == "id_fits":
        return _id_against(check, fields)
    first, second = (_day(fields, name) for name in (check.field, check.others[0]))
    if first is None or second is None:
        return (), False
    holds = first == second if check.kind == "same_day" else first >= second
    return (check.passed,) if holds else (), not holds


def _id_against(check: CrossCheck, fields: Fields) -> tuple[tuple[str, ...], bool]:
    field = fields.get(check.field)
    citizen = parse_citizen_id(field.value) if field is not None else None
    if citizen is None or isinstance(citizen, CodeProblem):
        return (), False
    gender = next((fields[name].value for name in check.others if name in fields and name.endswith("gender")), "")
    births = (_day(fields, name) for name in check.others if name.endswith("birth_date"))
    birth = next((day for day in births if day is not None), None)
    said = agreement(citizen, gender=check.sex or gender, birth=birth, today=_day(fields, "date") or _LAST_DAY)
    return said.passed, bool(said.problems)


def _day(fields: Fields, name: str) -> date | None:
    return parse_date(fields[name].value) if name in fields else None


def _is_well_formed(name: str, value: str) -> bool:
    if name.endswith("citizen_id"):
        return not isinstance(parse_citizen_id(value), CodeProblem)
    return name == "dossier_code" and not isinstance(parse_dossier_code(value), CodeProblem)
