"""What a paper's codes say of its fields: they carry their own check, and stand above what was read from print."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from dossier.codes import CodeProblem
from dossier.dossier_code import parse_dossier_code
from dossier.types import TypeRule
from dossier.values import Box, Code, Field, FieldSource, ReadPage
from dossier.vietnamese import date_text, fold
from ocr.identity import CARD_TYPE, card_of, mrz_citizen_ids

_PROVINCE: Final = re.compile(r",\s*tỉnh\s+(?P<name>[^,]+)$", re.IGNORECASE)
_MACHINE_READ: Final = 1.0
_SOURCES: Final[dict[str, FieldSource]] = {"qr": "qr", "code128": "barcode", "mrz": "mrz", "other": "barcode"}


def with_machine_data(found: Mapping[str, Field], pages: Sequence[ReadPage], rule: TypeRule) -> dict[str, Field]:
    """The fields with what the codes of the paper say in place of what was read; print that agrees is named as a check."""
    better = dict(found)
    said = list(_dossier_codes(pages)) if any(field.name == "dossier_code" for field in rule.fields) else []
    if rule.type == CARD_TYPE:
        said += [*_zone_data(pages), *_card_data(pages)]
    for name, field in said:
        printed = found.get(name)
        value = _as_printed(field.value, printed) if name == "address" and printed else field.value
        agrees = printed is not None and _same(printed.value, value)
        checks = (*field.checks, "agrees_with_code") if agrees else field.checks
        better[name] = replace(field, value=value, checks=checks)
    return better


def upright(box: Box | None, page: ReadPage) -> Box | None:
    """A place in the searched picture as a place in the upright frame; None where it falls off the page."""
    if box is None:
        return None
    width, height = (page.height, page.width) if page.turn in (90, 270) else (page.width, page.height)
    corners = [_turned(x, y, page, width, height) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    xs, ys = zip(*corners, strict=True)
    inside = min(xs) >= 0 and min(ys) >= 0 and max(xs) <= page.width and max(ys) <= page.height
    return Box(min(xs), min(ys), max(xs), max(ys)) if inside else None


def _turned(x: float, y: float, page: ReadPage, width: float, height: float) -> tuple[float, float]:
    """The stored picture holds the page turned clockwise by ``turn``, then askew by ``skew_deg``: both are undone."""
    back = {0: (x, y), 90: (y, width - x), 180: (width - x, height - y), 270: (height - y, x)}[page.turn]
    across, down = back[0] - page.width / 2, back[1] - page.height / 2
    angle = math.radians(-page.skew_deg)
    return (
        page.width / 2 + across * math.cos(angle) - down * math.sin(angle),
        page.height / 2 + across * math.sin(angle) + down * math.cos(angle),
    )


def _machine_field(value: str, page: ReadPage, code: Code | None, source: FieldSource) -> Field:
    box = upright(code.box, page) if code is not None else None
    return Field(value, page.number, box, _MACHINE_READ, ("machine_read",), source)


def _dossier_codes(pages: Sequence[ReadPage]) -> Iterator[tuple[str, Field]]:
    """The first dossier code in a QR or barcode of the paper."""
    for page in pages:
        for code in page.codes:
            parsed = parse_dossier_code(code.text)
            if not isinstance(parsed, CodeProblem):
                yield "dossier_code", _machine_field(parsed, page, code, _SOURCES[code.kind])
                return


def _zone_data(pages: Sequence[ReadPage]) -> Iterator[tuple[str, Field]]:
    for page in pages:
        zone = next((code for code in page.codes if code.kind == "mrz"), None)
        for citizen in mrz_citizen_ids(page):
            yield "citizen_id", _machine_field(citizen, page, zone, "mrz")


def _card_data(pages: Sequence[ReadPage]) -> Iterator[tuple[str, Field]]:
    for page in pages:
        for code in page.codes:
            card = card_of(code)
            if card is None:
                continue
            said = {
                "citizen_id": card.citizen_id,
                "name": card.name,
                "birth_date": date_text(card.birth_date) if card.birth_date else "",
                "gender": card.gender,
                "date": date_text(card.issued) if card.issued else "",
                "address": card.address,
            }
            for name, value in said.items():
                if value:
                    yield name, _machine_field(value, page, code, "qr")


def _as_printed(said: str, printed: Field) -> str:
    """The address of the code in the manner of the card: some print the province without its word ``tỉnh``."""
    match, read = _PROVINCE.search(said), fold(printed.value)
    bare = match is not None and read.endswith(fold(match["name"])) and not re.search(r"\btinh\b", read)
    return _PROVINCE.sub(r", \g<name>", said) if bare else said


def _same(printed: str, said: str) -> bool:
    return re.sub(r"\W", "", fold(printed)) == re.sub(r"\W", "", fold(said))
