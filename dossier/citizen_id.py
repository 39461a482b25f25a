"""The number of a person: twelve digits of the citizen ID, nine of the old card; and what a paper says against one.

Sources: NĐ 137/2015 Art. 13, TT 59/2021/TT-BCA Art. 4 (three digits place of birth registration, one for sex and century,
two for the year of birth, six random; no check digit), TT 07/2016/TT-BCA (the places).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NewType

from dossier.codes import Agreement, CodeProblem, digits_problem, is_run
from dossier.vietnamese import fold

CitizenId = NewType("CitizenId", str)
"""Twelve digits, validated."""

OldCardNumber = NewType("OldCardNumber", str)
"""Number of a chứng minh nhân dân: nine digits, or twelve built as a citizen ID; validated."""

PROVINCE_PREFIXES: Final = frozenset(
    """
    001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036
    037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075
    077 079 080 082 083 084 086 087 089 091 092 093 094 095 096
    """.split()  # noqa: SIM905 - a table to compare with the circular
)
"""Place of birth registration, TT 07/2016/TT-BCA; the prefix is not the residence, any of them is valid in any province.
The mergers of 2025 changed no number. Their names stand in `config/areas.toml`."""

_COUNTRY_PREFIX_FROM: Final = 97  # TT 07/2016/TT-BCA: codes above the provinces' are countries
_ISSUED_CENTURIES: Final = "0123"
_GENDERS: Final[tuple[Literal["Nam", "Nữ"], ...]] = ("Nam", "Nữ")
_SAID_GENDERS: Final[dict[str, Literal["Nam", "Nữ"]]] = {
    "nam": "Nam", "male": "Nam", "m": "Nam", "nu": "Nữ", "female": "Nữ", "f": "Nữ",
}  # fmt: skip
_PLACEHOLDER: Final = CodeProblem("là số điền cho có, không phải số của ai", "a placeholder, nobody's number")


@dataclass(frozen=True, slots=True)
class CitizenIdParts:
    """What the digits of a citizen ID say."""

    place: str
    """First three digits: province of birth registration, or a country from 097 on."""
    gender: Literal["Nam", "Nữ"]
    birth_year: int
    """1900 to 2099."""
    serial: str
    """Six random digits."""


def parse_citizen_id(text: str) -> CitizenId | CodeProblem:
    """Check twelve digits: a province or country, a century that has come, no placeholder; blanks and dots are passed over.

    The form alone finds every digit lost or doubled, but no slip in the two digits of the year or the six random ones;
    `agreement` and `dossier.codes.confirm` are for those.
    """
    digits = re.sub(r"[\s.]", "", text)
    problem = digits_problem(digits, (12,))
    if problem is not None:
        return problem
    if is_run(digits) or digits.startswith("000000"):
        return _PLACEHOLDER
    if digits[:3] not in PROVINCE_PREFIXES and int(digits[:3]) < _COUNTRY_PREFIX_FROM:
        return CodeProblem(
            f"ba số đầu {digits[:3]} không phải mã tỉnh", f"the first three digits, {digits[:3]}, are no province"
        )
    if digits[3] not in _ISSUED_CENTURIES:
        century = 19 + int(digits[3]) // 2
        return CodeProblem(
            f"đủ 12 chữ số, nhưng số thứ tư là {digits[3]}, chỉ năm sinh {century}00–{century}99, chưa tới",
            f"12 digits, but digit 4 is {digits[3]}, which says the {century}00s",
        )
    if not int(digits[6:]):
        return CodeProblem("sáu số cuối đều là 0, số điền cho có", "the last six digits are all 0, a placeholder")
    return CitizenId(digits)


def parse_old_card(text: str) -> OldCardNumber | CodeProblem:
    """Check the number of an old card, nine digits or twelve; blanks and dots are passed over.

    Refused are numbers people type when they know none: 000000001 and its like, all digits equal, 123456789. The last
    may be someone's: it then waits for a person, once.
    """
    digits = re.sub(r"[\s.]", "", text)
    if len(digits) == 12:
        citizen = parse_citizen_id(digits)
        return citizen if isinstance(citizen, CodeProblem) else OldCardNumber(citizen)
    problem = digits_problem(digits, (9, 12))
    if problem is not None:
        return problem
    return _PLACEHOLDER if is_run(digits) or digits.startswith("000000") else OldCardNumber(digits)


def citizen_id_parts(citizen_id: CitizenId) -> CitizenIdParts:
    """Take an ID apart: place, sex, year of birth, random digits."""
    century, odd = divmod(int(citizen_id[3]), 2)
    return CitizenIdParts(citizen_id[:3], _GENDERS[odd], 1900 + 100 * century + int(citizen_id[4:6]), citizen_id[6:])


def agreement(citizen_id: CitizenId, *, gender: str | None, birth: date | None, today: date) -> Agreement:
    """Hold an ID against what the same paper says of its owner.

    Args:
        citizen_id: the ID.
        gender: ``Nam`` or ``Nữ``, in any case; None or anything else says nothing.
        birth: the birth date read; None says nothing.
        today: a year of birth after it has not come.

    What finds a slip (20,000 IDs, one slip each; `tests/unit/dossier/test_mutations.py` holds the shares): the form finds
    every digit lost or doubled, 16 % of digits taken for a look-alike, 29 % of two such, 21 % of neighbours swapped,
    54 % of all five kinds together. The sex adds hardly any, sex and birth date make it 31 %, 52 %, 40 %, together 65 %:
    six of twelve digits are random. A second reading (`dossier.codes.confirm`) makes it 100 % where it is right, 99.5 %
    where it has a slip of its own.
    """
    parts = citizen_id_parts(citizen_id)
    passed, problems = [], []
    if parts.birth_year > today.year:
        problems.append(
            CodeProblem(
                f"số thứ 4 đến 6 chỉ năm sinh {parts.birth_year}, chưa tới",
                f"digits 4 to 6 say born in {parts.birth_year}, which has not come",
            )
        )
    said = _SAID_GENDERS.get(fold(gender or ""))
    if said == parts.gender:
        passed.append("fits_sex")
    elif said is not None:
        problems.append(
            CodeProblem(
                f"số thứ tư là {citizen_id[3]}, chỉ giới tính {parts.gender}, giấy ghi {said}",
                f"digit 4 is {citizen_id[3]}, which says {_english(parts.gender)}; the paper says {_english(said)}",
            )
        )
    if birth is not None and birth.year == parts.birth_year:
        passed.append("fits_birth")
    elif birth is not None:
        problems.append(
            CodeProblem(
                f"số thứ 4 đến 6 chỉ năm sinh {parts.birth_year}, giấy ghi {birth.year}",
                f"digits 4 to 6 say born in {parts.birth_year}; the paper says {birth.year}",
            )
        )
    return Agreement(tuple(passed), tuple(problems))


def find_citizen_ids(text: str) -> tuple[CitizenId, ...]:
    """Every distinct valid citizen ID that stands alone in a text, in order of appearance."""
    found = (parse_citizen_id(match.group()) for match in re.finditer(r"(?<!\d)\d{12}(?!\d)", text))
    return tuple(dict.fromkeys(code for code in found if not isinstance(code, CodeProblem)))


def masked(citizen_id: CitizenId | str) -> str:
    """The ID for a screen: first three and last two digits only."""
    return f"{citizen_id[:3]}•••••••{citizen_id[-2:]}"


def _english(gender: Literal["Nam", "Nữ"]) -> str:
    return "male" if gender == "Nam" else "female"
