"""Numbers of persons in words that are kept for good: purposes, reasons and names in the trail, notes of decisions."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from itertools import accumulate, combinations
from typing import Final

from dossier.codes import CodeProblem
from dossier.dossier_code import parse_dossier_code
from dossier.vietnamese import PROCEDURE_CODE, find_dates

_DASH: Final = "-\u2010-\u2015\u2212"
_SIGN: Final = rf"[{_DASH} ._/]"
_RUN: Final = re.compile(rf"\d(?:{_SIGN}?\d)*")
_CODE: Final = re.compile(rf"[A-Y0-9][0-9A-Z.]{{1,34}}[{_DASH}]\d{{6}}[{_DASH}]\d{{4,6}}(?!\d)", re.IGNORECASE)
_DAY: Final = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_OTHER: Final = re.compile(
    rf"(?<!\d)(?<!\d{_SIGN})\d{{5}}/(?:19|20)\d\d(?!{_SIGN}?\d)"  # number of an official paper over its year
    rf"|(?<!\d){PROCEDURE_CODE}"
    r"|(?<![0-9A-Za-z])(?:(?=\d*[a-f])[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{64}"  # record, also its first letters; a hash
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9A-Za-z])"  # a run of a flow, a call of another system
)
_ID_DIGITS: Final = (9, 12)


def holds_id_number(text: str) -> bool:
    """True where 9 or 12 digits stand together, as in a citizen ID or the number of an old card.

    More than 12 in a row that begin with 0 are an ID with a digit too many, or several written one behind the other.
    One blank, dot, dash, stroke or underscore may stand between any two of them, and more digits behind such a sign. Passed
    over are dossier and procedure codes, real dates, a number over its year (``01234/2026``) and hexadecimal ids.
    """
    rest = unicodedata.normalize("NFC", text)
    for found in reversed(find_dates(rest)):
        rest = f"{rest[: found.start]}|{rest[found.end :]}"
    rest = _OTHER.sub("|", _DAY.sub(_without_day, _CODE.sub(_without_code, rest)))
    return any(map(_adds_up, _RUN.findall(rest)))


def _adds_up(run: str) -> bool:
    """Whether some neighbouring groups of a run have as many digits as the number of a person."""
    groups = re.split(_SIGN, run)
    if any(group[0] == "0" and len(group) > max(_ID_DIGITS) for group in groups):
        return True
    ends = accumulate(map(len, groups), initial=0)
    return any(end - start in _ID_DIGITS for start, end in combinations(ends, 2))


def _without_code(found: re.Match[str]) -> str:
    return found[0] if isinstance(parse_dossier_code(found[0]), CodeProblem) else "|"


def _without_day(found: re.Match[str]) -> str:
    try:
        date.fromisoformat(found[0])
    except ValueError:
        return found[0]
    return "|"
