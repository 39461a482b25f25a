"""Codes of the national catalogues: the procedure (TTHC) and the kind of result (KQ).

Forms as records of the national portal show them: 1.012766, 1.001193.000.00.00.H35, KQ.G15.000031.
"""

from __future__ import annotations

import re
from typing import Final, NewType

from dossier.agency_code import LEVEL_1
from dossier.codes import CodeProblem, squeezed

ProcedureCode = NewType("ProcedureCode", str)
"""For example 1.012766 (national), 1.001193.000.00.00.H35 (as one province publishes it), validated."""

ResultCode = NewType("ResultCode", str)
"""For example KQ.G15.000031, the birth certificate; validated."""

_DIGIT_GROUPS: Final = (6, 3, 2, 2)
"""Digits of the second to fifth group of a long code; the short one ends behind the second."""
_SHORT, _LONG = 2, 6
_RESULT_GROUPS: Final = 3


def parse_procedure_code(text: str) -> ProcedureCode | CodeProblem:
    """Read a procedure's code, short or long; blanks and lower case are tolerated."""
    code = squeezed(text)
    groups = code.split(".")
    if len(groups) not in (_SHORT, _LONG):
        return CodeProblem(
            f"có {len(groups)} nhóm; mã thủ tục có 2 (1.012766) hoặc 6 (1.001193.000.00.00.H35)",
            f"{len(groups)} groups; a procedure code has 2 (1.012766) or 6 (1.001193.000.00.00.H35)",
        )
    if groups[0] not in ("1", "2", "3"):
        return CodeProblem(
            f"nhóm đầu “{groups[0]}” phải là 1, 2 hoặc 3", f"the first group, “{groups[0]}”, must be 1, 2 or 3"
        )
    for place, (group, size) in enumerate(zip(groups[1:], _DIGIT_GROUPS, strict=False), start=2):
        if not re.fullmatch(rf"[0-9]{{{size}}}", group):
            return CodeProblem(
                f"nhóm thứ {place} “{group}” phải là {size} chữ số", f"group {place}, “{group}”, must be {size} digits"
            )
    if not int(groups[1]):
        return CodeProblem("số thủ tục toàn số 0", "the procedure's number is all zeros")
    return (
        _level_1_problem(groups[-1]) if len(groups) == _LONG and not LEVEL_1.fullmatch(groups[-1]) else ProcedureCode(code)
    )


def national_code(code: ProcedureCode) -> ProcedureCode:
    """The short form of a code, alike in all provinces: ``1.001193`` of ``1.001193.000.00.00.H35``."""
    return ProcedureCode(".".join(code.split(".")[:_SHORT]))


def parse_result_code(text: str) -> ResultCode | CodeProblem:
    """Read the code of a kind of result; blanks and lower case are tolerated."""
    code = squeezed(text)
    groups = code.split(".")
    if len(groups) != _RESULT_GROUPS or groups[0] != "KQ":
        return CodeProblem("mã kết quả phải có dạng KQ.G15.000031", "a result code has the form KQ.G15.000031")
    if not LEVEL_1.fullmatch(groups[1]):
        return _level_1_problem(groups[1])
    if not re.fullmatch(r"[0-9]{6}", groups[2]):
        return CodeProblem(f"nhóm cuối “{groups[2]}” phải là 6 chữ số", f"the last group, “{groups[2]}”, must be 6 digits")
    return ResultCode(code) if int(groups[2]) else CodeProblem("số kết quả toàn số 0", "the result's number is all zeros")


def _level_1_problem(group: str) -> CodeProblem:
    return CodeProblem(
        f"nhóm cơ quan “{group}” phải là một chữ A–Y và hai số",
        f"the agency, “{group}”, must be a letter A to Y and two digits",
    )
