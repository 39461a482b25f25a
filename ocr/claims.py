"""What one paper says of a dossier and of persons, and how well each is known; nothing is believed here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from dossier.citizen_id import CitizenId, find_citizen_ids, parse_citizen_id
from dossier.codes import CodeProblem
from dossier.dossier_code import DossierCode, dossier_code_parts, find_dossier_codes, parse_dossier_code
from dossier.values import Understood
from dossier.vietnamese import find_dates, title_case
from ocr.page_codes import CardSaid, PaperSaid, Said, said_by

RECEIPT_TYPE: Final = "phieu_tiep_nhan"
_REQUESTS: Final = frozenset({RECEIPT_TYPE, "don_to_khai", "to_khai_cu_tru_ct01"})
"""Papers by which a person asks for something: whom they name is the applicant of their dossier."""
_PERSONS: Final = ("name", "father", "mother", "husband", "wife", "authorized_name")
_SURELY: Final = 0.95
"""Confidence of reading below which a check beside the number does not make up for a second reading."""


@dataclass(frozen=True)
class Claims:
    """One paper as a witness."""

    paper: Understood

    @property
    def is_receipt(self) -> bool:
        """True for the receipt that the counter gave out."""
        return self.paper.verdict.type == RECEIPT_TYPE

    @property
    def is_request(self) -> bool:
        """True where the person it names is the applicant of its dossier."""
        return self.paper.verdict.type in _REQUESTS

    @cached_property
    def _said(self) -> tuple[Said | CodeProblem, ...]:
        """What the codes on the paper say; foreign ones say nothing."""
        heard = (said_by(code) for page in self.paper.document.read_pages for code in page.codes)
        return tuple(said for said in heard if said is not None)

    @cached_property
    def _machine_codes(self) -> tuple[DossierCode, ...]:
        return tuple(dict.fromkeys(said.dossier_code for said in self._said if isinstance(said, PaperSaid)))

    @property
    def machine_code(self) -> DossierCode | None:
        """The dossier code of a QR or barcode on the paper."""
        return next(iter(self._machine_codes), None)

    @property
    def contradicts_itself(self) -> bool:
        """True where its codes name several dossiers, or its print another one than its code."""
        if len(self._machine_codes) > 1 or any(isinstance(said, CodeProblem) for said in self._said):
            return True
        printed = find_dossier_codes(self.paper.document.text.upper())
        return bool(self.machine_code and printed) and self.machine_code not in printed

    @cached_property
    def code(self) -> DossierCode | None:
        """The dossier code that the paper states, by code or in print."""
        return self.machine_code or self.paper.dossier_code

    @cached_property
    def code_twice(self) -> bool:
        """True where the print says the code in two places: a misreading would not repeat itself."""
        found = re.findall(rf"{re.escape(self.code or '-')}(?!\d)", self.paper.document.text.upper())
        return self.code is not None and len(found) > 1

    @cached_property
    def code_fits_day(self) -> bool:
        """True where the printed code was surely read and holds the day of reception that the same paper prints."""
        field = self.paper.fields.get("dossier_code")
        if self.code is None or field is None or field.value != self.code or field.confidence < _SURELY:
            return False
        received = dossier_code_parts(self.code).received
        return any(hit.day == received for hit in find_dates(self.paper.document.text))

    @cached_property
    def machine_ids(self) -> dict[CitizenId, str]:
        """Citizen IDs of cards and results on the paper -> the link they make, a key of `dossier.links.LINKS`."""
        papers = {said.citizen_id: "paper_code" for said in self._said if isinstance(said, PaperSaid) and said.citizen_id}
        zones = dict.fromkeys(_cards(self._said, "mrz"), "card_mrz")
        return papers | zones | dict.fromkeys(_cards(self._said, "qr"), "card_qr")

    @cached_property
    def ids(self) -> frozenset[CitizenId]:
        """Every valid citizen ID that stands on the paper."""
        return frozenset({*self.machine_ids, *find_citizen_ids(self.paper.document.text), *_field_ids(self.paper)})

    @property
    def citizen(self) -> CitizenId | None:
        """The person the paper is about, where that may be the applicant; a result's code says it too."""
        by_code = (said.citizen_id for said in self._said if isinstance(said, PaperSaid))
        return self.paper.citizen_id or next(filter(None, by_code), None)

    @property
    def citizen_proven(self) -> bool:
        """True where the printed number was surely read and the birth date on the same paper bears it out."""
        field = self.paper.fields.get("citizen_id")
        if field is None or field.value != self.citizen:
            return False
        return field.confidence >= _SURELY and "fits_birth" in field.checks

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of persons among its fields, with their accents, in title case."""
        return frozenset(title_case(self.paper.fields[name].value) for name in _PERSONS if name in self.paper.fields)

    @property
    def name(self) -> str:
        """Name of the person the paper is about; empty where it was not read."""
        field = self.paper.fields.get("name")
        return title_case(field.value) if field else ""


def codes_in_name(file_name: str) -> frozenset[str]:
    """Dossier codes and citizen IDs that stand in the name of a scanned file."""
    upper = file_name.upper()
    pieces = re.findall(r"[A-Y0-9][0-9A-Z.]{1,34}-\d{6}-\d{4,6}(?!\d)|(?<!\d)\d{12}(?!\d)", upper)
    found = [_code(piece) or _id(piece) for piece in pieces]
    return frozenset(one for one in found if one)


def _cards(said: Sequence[Said | CodeProblem], by: str) -> Iterator[CitizenId]:
    return (one.citizen_id for one in said if isinstance(one, CardSaid) and one.by == by)


def _field_ids(paper: Understood) -> Iterator[CitizenId]:
    for name, field in paper.fields.items():
        if name.endswith("citizen_id") and (citizen := _id(field.value)):
            yield citizen


def _code(text: str) -> DossierCode | None:
    parsed = parse_dossier_code(text)
    return None if isinstance(parsed, CodeProblem) else parsed


def _id(text: str) -> CitizenId | None:
    parsed = parse_citizen_id(text)
    return None if isinstance(parsed, CodeProblem) else parsed
