"""What a machine-readable code on a page says of a dossier or a person; whatever is not of this house says nothing.

Known are separator sheets (``dossier code|citizen ID|procedure``), identity cards (QR and machine-readable zone), and
papers of the one-stop system: receipts carry the bare code, as QR or Code 128 (TT 01/2018/TT-VPCP Art. 19), results a
QR by TCVN 7322. That standard lays down the symbol, not the text, and no circular does: any link, list or JSON that holds
exactly one dossier code is understood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeVar
from urllib.parse import unquote

from dossier.citizen_id import CitizenId, parse_citizen_id
from dossier.codes import CodeProblem
from dossier.dossier_code import DossierCode, parse_dossier_code
from dossier.procedure_code import ResultCode, parse_procedure_code, parse_result_code
from dossier.values import Code, Separator
from dossier.vietnamese import fold
from ocr.identity import card_of
from ocr.mrz import find_mrz

_DOSSIER: Final = re.compile(r"(?<![\w.–—-])[0-9A-Za-z.]{2,35}[–—-]\d{6}[–—-]\d{4,6}(?![\w–—-])")
"""A dossier code that stands alone in a link or list: of a longer serial number no part is taken."""
_PARTS_OF_TEXT: Final = re.compile(r"[|;&?#\t\r\n]")
_MOST_SEPARATOR_PARTS: Final = 3
_MEANT_AS_ID: Final = re.compile(r"(?:[\s.-]*\d){8,14}[\s.-]*")
"""What somebody meant as an ID, right or wrong: an old one has 9 digits, and spreadsheets drop zeros in front."""
_CITIZEN_NAMES: Final = frozenset(
    ("cccd", "socccd", "cancuoc", "socancuoc", "sodinhdanh", "sodinhdanhcanhan", "cmndcccd", "citizen", "citizenid")
)
"""Names of a citizen ID in links and JSON; twelve digits under another name are a tracking or telephone number."""
_NUMBER_NAMES: Final = frozenset(("so", "sohieu", "sokyhieu", "sovanban", "number"))
_NESTED: Final = frozenset(("62", *map(str, range(26, 52)), *map(str, range(80, 100))))
"""Tags of a payment QR whose values are again tags (EMV QRCPS, merchant-presented mode, 3.3)."""
_SEVERAL: Final = CodeProblem("một mã ghi nhiều mã hồ sơ khác nhau", "one code names several dossiers")

_Text = TypeVar("_Text", bound=str)
_Part = tuple[str, str]
"""Name, folded to letters and digits, and value; an empty name for a bare value."""


@dataclass(frozen=True, slots=True)
class SeparatorSaid:
    """The QR of a separator sheet."""

    separator: Separator
    doubts: tuple[str, ...] = ()
    """Keys of `dossier.doubts.DOUBTS` that every paper behind it deserves: where an ID stands, and it is none."""


@dataclass(frozen=True, slots=True)
class PaperSaid:
    """A code of the one-stop system on a paper of a dossier: a receipt names the dossier only, a result may say more."""

    dossier_code: DossierCode
    citizen_id: CitizenId | None = None
    result_code: ResultCode | None = None
    """Kind of result, for example KQ.G15.000031."""
    number: str | None = None
    """Number and symbol of the paper."""


@dataclass(frozen=True, slots=True)
class CardSaid:
    """An identity card; what else it says, `ocr.identity.card_of` and `ocr.mrz.find_mrz` tell."""

    citizen_id: CitizenId
    by: Literal["qr", "mrz"]


Said = SeparatorSaid | PaperSaid | CardSaid


def said_by(code: Code) -> Said | CodeProblem | None:
    """What a code says; None for a foreign one (parcel, goods, Wi-Fi, contact), which blocks nothing.

    A `CodeProblem` is a code that names several dossiers: nothing is taken from it, and a person should know.
    A number that stands alone is never a citizen ID, though many an article number looks like one.
    """
    if code.kind == "mrz":
        zone = find_mrz(code.text.splitlines())
        return CardSaid(zone.citizen_id, "mrz") if zone and zone.citizen_id else None
    if code.kind == "qr":
        card = card_of(code)
        said = CardSaid(card.citizen_id, "qr") if card else _separator(code.text)
        if said is not None:
            return said
    return _paper(code.text)


def _separator(text: str) -> SeparatorSaid | None:
    """``code|``, ``code|ID``, ``code|ID|procedure`` or ``code||procedure``; a bare code is a receipt's.

    Anything else behind the code is another paper's list, which must not part the batch.
    """
    parts = [part.strip() for part in text.split("|")]
    if not 1 < len(parts) <= _MOST_SEPARATOR_PARTS:
        return None
    dossier, citizen, procedure = parse_dossier_code(parts[0]), parts[1], _procedure("".join(parts[2:]))
    if isinstance(dossier, CodeProblem) or isinstance(procedure, CodeProblem):
        return None
    if citizen and not _MEANT_AS_ID.fullmatch(citizen):
        return None
    known = parse_citizen_id(citizen)
    if isinstance(known, CodeProblem):
        return SeparatorSaid(Separator(dossier, None, procedure), ("bad_citizen_id",) if citizen else ())
    return SeparatorSaid(Separator(dossier, known, procedure))


def _procedure(text: str) -> str | CodeProblem | None:
    return parse_procedure_code(text) if text else None


def _paper(text: str) -> PaperSaid | CodeProblem | None:
    parts = tuple(_tagged(text)) or tuple(_named(text))
    codes = {code for _, value in parts for code in _dossier_codes(value)}
    if len(codes) != 1:
        return _SEVERAL if codes else None
    bare_is_citizen = "|" in text and "://" not in text
    citizens = {
        parsed
        for name, value in parts
        if name in _CITIZEN_NAMES or (not name and bare_is_citizen)
        if isinstance(parsed := parse_citizen_id(value), str)
    }
    results = {known for _, value in parts if isinstance(known := parse_result_code(value), str)}
    numbers = {value for name, value in parts if name in _NUMBER_NAMES and "/" in value}
    return PaperSaid(codes.pop(), _only(citizens), _only(results), _only(numbers))


def _dossier_codes(text: str) -> Iterator[DossierCode]:
    for match in _DOSSIER.finditer(text):
        parsed = parse_dossier_code(match.group())
        if not isinstance(parsed, CodeProblem):
            yield parsed


def _only(values: set[_Text]) -> _Text | None:
    """The one value; None where there is none, or a choice would have to be made."""
    return next(iter(values)) if len(values) == 1 else None


def _named(text: str) -> Iterator[_Part]:
    """The parts of a JSON object, a link, a list of ``name=value``, or of bare values."""
    try:
        yield from _leaves("", json.loads(text))
    except (ValueError, RecursionError):
        for part in _PARTS_OF_TEXT.split(text):
            name, parted, value = part.partition("=")
            if not parted and "://" not in part:
                name, parted, value = part.partition(":")
            yield (_folded(name), unquote(value).strip()) if parted else ("", unquote(part).strip())


def _leaves(name: str, tree: object) -> Iterator[_Part]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _leaves(_folded(str(key)), value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _leaves(name, value)
    else:
        yield name, str(tree).strip()


def _folded(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", fold(name))


def _tagged(text: str) -> Iterator[_Part]:
    """The parts of a payment QR (tag, length, value, end to end); nothing where the text is none."""
    found: list[_Part] = []
    while text:
        head = re.match(r"(\d{2})(\d{2})", text)
        if head is None or len(text) < 4 + int(head[2]):
            return
        value, text = text[4 : 4 + int(head[2])], text[4 + int(head[2]) :]
        nested = tuple(_tagged(value)) if head[1] in _NESTED else ()
        found += nested or ((head[1], value),)
    yield from found
