"""The symbol in the number of a paper (``QĐ`` of ``Số: 12/QĐ-UBND``): it says the kind (NĐ 30/2020 Annex III)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dossier.types import TypeRule
from dossier.vietnamese import fold
from ocr.layout import PageView

_HEAD_SHARE: Final = 0.35
"""The number stands in this upper share of what is printed on the first page."""
_LABEL: Final = re.compile(r"\W{0,2}s[o06]\b\W{0,3}")
"""``Số:`` as it is read, at the start of a line; ``Quyết định số 12`` names another paper's number."""
_NUMBER: Final = re.compile(r"[\d\W]*")
_LONG: Final = 4
"""Letters; so long a symbol counts behind the agency's letters too (``12/UBND-XNTTHN``), a short one is an office there."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """Letters behind the slash of a number."""

    text: str
    """As printed, in capitals."""
    types: frozenset[str]
    """The types whose papers bear it; several where only the stroke of the ``Đ``, easily lost, tells them apart."""
    type: str
    """The one type that bears it as it was read; empty where that is not certain."""
    of_office: bool
    """True for the letters of an office, which papers of many types bear."""


def symbol_of(page: PageView, rules: Sequence[TypeRule]) -> Symbol | None:
    """The symbol in the head of a first page that a type of the table owns; None where there is none."""
    for segment in page.by_height:
        if not page.is_upper(segment, _HEAD_SHARE):
            break
        tokens = enumerate(_tokens(segment.text, segment.folded))
        found = [_owned(token, rules) for place, token in tokens if place == 0 or len(token) >= _LONG]
        owned = [symbol for symbol in found if symbol is not None]
        if owned:
            return min(owned, key=lambda symbol: symbol.of_office)
    return None


def _tokens(text: str, folded: str) -> list[str]:
    """The runs of letters behind the number, up to the next blank."""
    label = _LABEL.match(folded)
    rest = re.sub(r"\s*([/–-])\s*", r"\1", text[label.end() :] if label else text)
    number = _NUMBER.match(rest)
    if number is None or not re.search(r"[/–-]", number.group()) or not (label or number.group()[0].isdigit()):
        return []
    behind = rest[number.end() :].split()
    return re.findall(r"[^\W\d_]+", behind[0]) if behind else []


def _owned(token: str, rules: Sequence[TypeRule]) -> Symbol | None:
    printed = unicodedata.normalize("NFC", token).upper()
    alike = {(symbol.upper(), rule.type) for rule in rules for symbol in rule.symbols if fold(symbol) == fold(printed)}
    if not alike:
        return None
    types = {type_name for _, type_name in alike}
    exact = {type_name for symbol, type_name in alike if symbol == printed}
    one = exact or types
    of_office = not any(rule.titles for rule in rules if rule.type in types)
    return Symbol(printed, frozenset(types), min(one) if len(one) == 1 else "", of_office)
