"""The tax code of an enterprise or organisation, which is its business code too."""

from __future__ import annotations

import re
from typing import Final, NewType

from dossier.codes import CodeProblem, digits_problem, is_run, squeezed

BusinessCode = NewType("BusinessCode", str)
"""Ten digits, or thirteen of a dependent unit written ``0123456789-001``, validated."""

_WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)
"""Of the first nine digits; recalled, and true of codes that large companies print on their papers."""


def parse_business_code(text: str) -> BusinessCode | CodeProblem:
    """Check ten digits, the tenth by the other nine, and three more of a branch; blanks, dots and the dash may be missing.

    Household businesses use the citizen ID of their owner since 2025: twelve digits are not a business code.
    """
    digits = re.sub(r"[.-]", "", squeezed(text))
    problem = digits_problem(digits, (10, 13))
    if problem is not None:
        return problem
    if is_run(digits[:10]) or digits[10:] == "000":
        return CodeProblem("là số điền cho có, không phải mã số thuế", "a placeholder, nobody's tax code")
    right = 10 - sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False)) % 11
    if right != int(digits[9]):
        return CodeProblem(
            f"số kiểm tra (số thứ mười) là {digits[9]}, không khớp chín số đầu",
            f"the check digit, {digits[9]}, does not fit the other nine",
        )
    return BusinessCode(digits if len(digits) == len("0123456789") else f"{digits[:10]}-{digits[10:]}")
