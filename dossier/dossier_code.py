"""The code of a dossier: agency, day of reception, serial of the day.

Sources: TT 01/2018/TT-VPCP Art. 19 with the agency code of TT 10/2016 or QĐ 20/2020/QĐ-TTg; serials of four to six digits
are in use, seen in the data of provincial systems.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final, NewType

from dossier.agency_code import AgencyCode, level_1, parse_agency_code
from dossier.codes import Agreement, CodeProblem, digits_problem, squeezed

DossierCode = NewType("DossierCode", str)
"""For example H62.33-240106-0001, upper case, validated."""

_SERIAL_DIGITS: Final = (4, 5, 6)


@dataclass(frozen=True, slots=True)
class DossierCodeParts:
    """What a dossier code says."""

    agency: AgencyCode
    received: date
    serial: str
    """Four to six digits, counted within the day."""


def parse_dossier_code(text: str) -> DossierCode | CodeProblem:
    """Read ``agency-YYMMDD-serial`` in either agency style, serial of 4 to 6 digits.

    Blanks around the dashes and dots, other dashes and lower case are tolerated (OCR and typing); nothing else is.
    """
    code = squeezed(text)
    parts = code.split("-")
    if len(parts) != 3:
        return CodeProblem(
            f"có {len(parts) - 1} dấu gạch ngang; mã hồ sơ có 2: cơ quan-ngày-số thứ tự",
            f"dashes: {len(parts) - 1}; a dossier code has 2: agency-YYMMDD-serial",
        )
    agency, day, serial = parts
    known = parse_agency_code(agency)
    problem = known if isinstance(known, CodeProblem) else _day_problem(day) or _serial_problem(serial)
    return problem or DossierCode(code)


def dossier_code_parts(code: DossierCode) -> DossierCodeParts:
    """Take a code apart: agency, day of reception, serial."""
    agency, day, serial = code.split("-")
    return DossierCodeParts(AgencyCode(agency), _day(day), serial)


def agreement(
    code: DossierCode, *, received: date | None, today: date, provinces: Collection[str] | None = None
) -> Agreement:
    """Hold a code against what is known beside it.

    Args:
        code: the code.
        received: the day of reception that the receipt prints; None says nothing.
        today: a reception after it is impossible.
        provinces: the level-1 codes (H..) that exist; None says nothing. Codes of other letters are not judged by it.

    What finds a slip (20,000 codes, one slip each; `tests/unit/dossier/test_mutations.py` holds the shares): the form 46 %,
    with ``today`` 53 %, with ``provinces`` 57 %, with ``received`` 65 %: digits of the agency below level 1 and of the
    serial mean nothing. A second reading (`dossier.codes.confirm`) makes it 100 % where it is right, 99.4 % where it has
    a slip of its own.
    """
    parts = dossier_code_parts(code)
    province = level_1(parts.agency)
    passed, problems = [], []
    if parts.received > today:
        problems.append(_contradiction(parts.received, "chưa tới", "which has not come"))
    if received is not None and received == parts.received:
        passed.append("fits_received")
    elif received is not None:
        problems.append(
            _contradiction(parts.received, f"giấy ghi {received:%d/%m/%Y}", f"the paper says {received:%d/%m/%Y}")
        )
    if provinces is not None and province in provinces:
        passed.append("known_area")
    elif provinces is not None and province[0] == "H":
        problems.append(CodeProblem(f"{province} không phải mã tỉnh nào", f"{province} is no province's code"))
    return Agreement(tuple(passed), tuple(problems))


def find_dossier_codes(text: str) -> tuple[DossierCode, ...]:
    """Every distinct valid dossier code in a text, in order of appearance."""
    found = (
        parse_dossier_code(match.group()) for match in re.finditer(r"[A-Y0-9][0-9A-Z.]{1,34}-\d{6}-\d{4,6}(?!\d)", text)
    )
    return tuple(dict.fromkeys(code for code in found if not isinstance(code, CodeProblem)))


def _day_problem(text: str) -> CodeProblem | None:
    problem = digits_problem(text, (6,))
    if problem is not None:
        return CodeProblem(f"ngày tiếp nhận: {problem.vi}", f"day of reception: {problem.en}")
    try:
        _day(text)
    except ValueError:
        day = f"{text[4:]}/{text[2:4]}/20{text[:2]}"
        return CodeProblem(f"ngày {day} trong mã không có thật", f"{day} in the code is not a date")
    return None


def _serial_problem(text: str) -> CodeProblem | None:
    problem = digits_problem(text, _SERIAL_DIGITS)
    if problem is not None:
        return CodeProblem(f"số thứ tự: {problem.vi}", f"serial: {problem.en}")
    return None if int(text) else CodeProblem("số thứ tự toàn số 0", "the serial is all zeros")


def _contradiction(said: date, vi: str, en: str) -> CodeProblem:
    return CodeProblem(f"mã ghi ngày tiếp nhận {said:%d/%m/%Y}, {vi}", f"the code says received on {said:%d/%m/%Y}, {en}")


def _day(digits: str) -> date:
    return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
