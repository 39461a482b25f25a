"""Codes that appear on papers: the dossier code and the citizen ID. Parsing is strict, and an error says why.

Sources: TT 01/2018/TT-VPCP Art. 19 (dossier code; agency code by QĐ 20/2020/QĐ-TTg Art. 4 and the older TT 10/2016),
NĐ 137/2015 Art. 13 and TT 07/2016/TT-BCA (citizen ID and its province prefixes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, NewType

DossierCode = NewType("DossierCode", str)
"""For example H62.33-240106-0001, upper case, validated."""

CitizenId = NewType("CitizenId", str)
"""Twelve digits, validated."""

PROVINCE_PREFIXES: Final = frozenset(
    """
    001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036
    037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075
    077 079 080 082 083 084 086 087 089 091 092 093 094 095 096
    """.split()  # noqa: SIM905 - a table to compare with the circular
)
"""Place of birth registration, TT 07/2016/TT-BCA; the prefix is not the residence, any of them is valid in any province."""

_COUNTRY_PREFIX_FROM: Final = 97  # TT 07/2016/TT-BCA: codes above the provinces' are countries

_DOSSIER = re.compile(
    r"(?P<agency>[A-Y]\d{2}(?:\.[0-9A-Z]{1,4}){0,4}|\d{3}(?:\.[0-9A-Z]{2}){2}\.[A-Y]\d{2})-(?P<day>\d{6})-(?P<serial>\d{4,6})"
)
_AGENCY_MAX = 35  # QĐ 20/2020/QĐ-TTg Art. 4


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """Why a text is not a code."""

    vi: str
    en: str


def parse_dossier_code(text: str) -> DossierCode | CodeProblem:
    """Read ``agency-YYMMDD-serial`` in either agency style, serial of 4 to 6 digits.

    Blanks around the dashes and dots and lower case are tolerated (OCR and typing); nothing else is.
    """
    compact = re.sub(r"\s+", "", text).upper().replace("–", "-").replace("—", "-")
    found = _DOSSIER.fullmatch(compact)
    if found is None:
        return CodeProblem("không đúng dạng mã hồ sơ", "not of the form agency-YYMMDD-serial")
    if len(found["agency"]) > _AGENCY_MAX:
        return CodeProblem("mã cơ quan dài quá 35 ký tự", "agency code longer than 35 letters")
    if _day(found["day"]) is None:
        return CodeProblem("ngày trong mã không có thật", f"{found['day']} is not a date")
    return DossierCode(compact)


def find_dossier_codes(text: str) -> tuple[DossierCode, ...]:
    """Every distinct valid dossier code in a text, in order of appearance."""
    found = (
        parse_dossier_code(match.group()) for match in re.finditer(r"[A-Y0-9][0-9A-Z.]{1,34}-\d{6}-\d{4,6}(?!\d)", text)
    )
    return tuple(dict.fromkeys(code for code in found if not isinstance(code, CodeProblem)))


def parse_citizen_id(text: str) -> CitizenId | CodeProblem:
    """Check twelve digits: known prefix and a gender-and-century digit that has been issued (0-3)."""
    digits = re.sub(r"[\s.]", "", text)
    if not re.fullmatch(r"[0-9]{12}", digits):
        return CodeProblem("không phải 12 chữ số", "not 12 digits")
    if digits[:3] not in PROVINCE_PREFIXES and int(digits[:3]) < _COUNTRY_PREFIX_FROM:
        return CodeProblem("ba số đầu không phải mã tỉnh", "the first three digits are no province")
    if digits[3] not in "0123":
        return CodeProblem(
            "số thứ tư chỉ thế kỷ chưa tới", f"digit 4 is {digits[3]}, which says a century that has not come"
        )
    if int(digits[6:]) == 0:
        return CodeProblem("sáu số cuối đều là 0", "the last six digits are all 0, a placeholder")
    return CitizenId(digits)


def find_citizen_ids(text: str) -> tuple[CitizenId, ...]:
    """Every distinct valid citizen ID that stands alone in a text, in order of appearance."""
    found = (parse_citizen_id(match.group()) for match in re.finditer(r"(?<!\d)\d{12}(?!\d)", text))
    return tuple(dict.fromkeys(code for code in found if not isinstance(code, CodeProblem)))


def masked(citizen_id: CitizenId | str) -> str:
    """The ID for a screen: first three and last two digits only."""
    return f"{citizen_id[:3]}•••••••{citizen_id[-2:]}"


def _day(digits: str) -> date | None:
    try:
        return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None
