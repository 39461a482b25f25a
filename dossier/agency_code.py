"""The code of an agency in either style, and the group in it that names a province or ministry."""

from __future__ import annotations

import re
from typing import Final, NewType

from dossier.codes import CodeProblem, squeezed

AgencyCode = NewType("AgencyCode", str)
"""For example H62.12 (QĐ 20/2020/QĐ-TTg Art. 4) or 000.00.12.H62 (TT 10/2016/TT-BTTTT), in capitals, validated."""

LEVEL_1: Final = re.compile(r"[A-Y][0-9]{2}")
"""Ministries, provinces and their equals; Z is for bodies outside the state (QĐ 20/2020/QĐ-TTg Art. 6)."""
_OLD: Final = re.compile(r"[0-9]{3}(?:\.[0-9A-Z]{2}){2}\.[A-Z][0-9]{2}")
_MAX: Final = 35


def parse_agency_code(text: str) -> AgencyCode | CodeProblem:
    """Read groups parted by dots: level 1 stands leftmost, in codes of the older style rightmost."""
    code = squeezed(text)
    return _sign_problem(code) or _group_problem(code) or AgencyCode(code)


def level_1(code: AgencyCode) -> str:
    """The group of the province or ministry: ``H62`` of ``H62.12`` and of ``000.00.12.H62``."""
    return code.rpartition(".")[2] if code[0] in "0123456789" else code.partition(".")[0]


def _sign_problem(code: str) -> CodeProblem | None:
    if not code:
        return CodeProblem("thiếu mã cơ quan", "no agency code")
    if len(code) > _MAX:
        return CodeProblem(
            f"mã cơ quan dài {len(code)} ký tự, tối đa 35", f"agency code: {len(code)} characters, 35 allowed"
        )
    strange = re.search(r"[^0-9A-Z.]", code)
    if strange is None:
        return None
    place, sign = strange.start() + 1, strange.group()
    return CodeProblem(
        f"mã cơ quan: ký tự thứ {place} là “{sign}”, không phải chữ, số hay dấu chấm",
        f"agency code: character {place} is “{sign}”, not a letter, digit or dot",
    )


def _group_problem(code: str) -> CodeProblem | None:
    groups = code.split(".")
    if not all(groups):
        return CodeProblem("mã cơ quan có nhóm trống cạnh dấu chấm", "agency code: an empty group beside a dot")
    old = _OLD.fullmatch(code) is not None
    if code[0] in "0123456789" and not old:
        return CodeProblem("mã cơ quan kiểu cũ phải có dạng 000.00.12.H62", "an old agency code has the form 000.00.12.H62")
    first = groups[-1] if old else groups[0]
    if LEVEL_1.fullmatch(first):
        return None
    return CodeProblem(
        f"nhóm cấp 1 “{first}” phải là một chữ A–Y và hai số", f"level 1, “{first}”, must be a letter A to Y and two digits"
    )
