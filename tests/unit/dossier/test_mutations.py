"""How many slips of reading and typing each check finds, and that none of them refuses a good code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

import pytest

from dossier import citizen_id, dossier_code
from dossier.citizen_id import PROVINCE_PREFIXES, parse_citizen_id
from dossier.codes import CodeProblem, confirm
from dossier.dossier_code import parse_dossier_code
from tests.unit.dossier.slips import KINDS, slipped

COUNT = 1000
TODAY = date(2026, 11, 24)
PROVINCES = frozenset(f"H{number:02d}" for number in range(1, 64))


class Known(NamedTuple):
    """What the paper says beside the code, and a second reading of it; None where it does not."""

    gender: str | None = None
    day: date | None = None
    second: str | None = None


class Made(NamedTuple):
    """A good code and what a paper would say beside it."""

    code: str
    gender: str
    day: date


def made_person(chance: Random) -> Made:
    born = date(1930, 1, 1) + timedelta(days=chance.randrange((TODAY - date(1930, 1, 1)).days))
    gender = chance.choice(["Nam", "Nữ"])
    century = 2 * (born.year // 100 - 19) + (gender == "Nữ")
    place = chance.choice(sorted(PROVINCE_PREFIXES))
    return Made(f"{place}{century}{born:%y}{chance.randrange(1, 1_000_000):06d}", gender, born)


def made_dossier(chance: Random) -> Made:
    day = date(2019, 1, 1) + timedelta(days=chance.randrange((TODAY - date(2019, 1, 1)).days))
    agency = chance.choice(["H62.12", "H62.5", "H44.33", "000.00.12.H62", "H62", "000.00.40.H44"])
    return Made(f"{agency}-{day:%y%m%d}-{chance.randrange(1, 300):0{chance.choice([4, 5, 6])}d}", "", day)


def id_stands(text: str, known: Known) -> bool:
    parsed = parse_citizen_id(text)
    if isinstance(parsed, CodeProblem):
        return False
    said = citizen_id.agreement(parsed, gender=known.gender, birth=known.day, today=TODAY)
    return not said.problems and (known.second is None or not confirm([parsed, known.second]).problems)


def code_stands(text: str, known: Known) -> bool:
    parsed = parse_dossier_code(text)
    if isinstance(parsed, CodeProblem):
        return False
    said = dossier_code.agreement(parsed, received=known.day, today=TODAY, provinces=PROVINCES)
    return not said.problems and (known.second is None or not confirm([parsed, known.second]).problems)


Case = tuple[Callable[[Random], Made], Callable[[str, Known], bool]]
CASES: dict[str, Case] = {"citizen ID": (made_person, id_stands), "dossier code": (made_dossier, code_stands)}


def caught(case: Case, kinds: tuple[str, ...], known: Callable[[Made, Random], Known]) -> float:
    """Share of ``COUNT`` codes with one slip each, of the kinds in turn, that do not stand."""
    make, stands = case
    chance = Random(6)
    refused = 0
    for number in range(COUNT):
        good = make(chance)
        wrong = slipped(good.code, kinds[number % len(kinds)], chance)
        refused += not stands(wrong, known(good, chance))
    return refused / COUNT


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_good_code_is_refused_by_all_checks_together(case: Case) -> None:
    make, stands = case
    chance = Random(7)
    good = [make(chance) for _ in range(10 * COUNT)]

    assert [one for one in good if not stands(one.code, Known(one.gender, one.day, one.code))] == []


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_slip_is_found_beside_a_right_second_reading(case: Case, kind: str) -> None:
    assert caught(case, (kind,), lambda good, _: Known(good.gender, good.day, good.code)) == 1.0


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_99_of_100_slips_are_found_where_the_second_reading_has_one_of_its_own(case: Case) -> None:
    share = caught(
        case, KINDS, lambda good, chance: Known(good.gender, good.day, slipped(good.code, chance.choice(KINDS), chance))
    )

    assert share >= 0.99


@pytest.mark.parametrize(
    ("case", "kind", "alone", "beside"),
    [
        ("citizen ID", "one", 0.16, 0.31),
        ("citizen ID", "two", 0.29, 0.52),
        ("citizen ID", "lost", 1.0, 1.0),
        ("citizen ID", "doubled", 1.0, 1.0),
        ("citizen ID", "swapped", 0.21, 0.40),
        ("dossier code", "one", 0.34, 0.46),
        ("dossier code", "two", 0.57, 0.72),
        ("dossier code", "lost", 0.74, 0.74),
        ("dossier code", "doubled", 0.75, 0.75),
        ("dossier code", "swapped", 0.44, 0.57),
    ],
)
def test_what_one_reading_shows_alone_and_beside_the_paper_is_what_is_documented(
    case: str, kind: str, alone: float, beside: float
) -> None:
    bare = caught(CASES[case], (kind,), lambda _good, _chance: Known())
    held_against_paper = caught(CASES[case], (kind,), lambda good, _chance: Known(good.gender, good.day))

    assert bare == pytest.approx(alone, abs=0.05)
    assert held_against_paper == pytest.approx(beside, abs=0.05)
