"""Two records that claim to be one paper: a person is called, and nothing is stopped or changed."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dossier.records import Record, RecordKey
from dossier.values import CitizenToken, Soundness
from storage.alarms import Alarms
from storage.ledger import Ledger
from tests.twins.many_records import enter
from tests.twins.papers import SEAL, digest, fields, received, record, sealed, stored

AN, BINH = CitizenToken("a" * 32), CitizenToken("b" * 32)


def paper(citizen: CitizenToken, **said: str) -> Record:
    """A record of a citizen with what stands on the paper."""
    return replace(record(RecordKey(citizen, os.urandom(16).hex())), fields=fields(**said))


def file(ledger: Ledger, folder: Path, one: Record) -> Record:
    """Enter a record as the flow does."""
    source = digest(os.urandom(8))
    receipt = ledger.receive(
        office="mot-cua", file_name="a.pdf", sha256=source, size=9, intake=received(source), soundness=Soundness("pdf", 1)
    )
    assert receipt.drop_id is not None
    ledger.filed(receipt.drop_id, one, stored(one, sealed(folder)), SEAL)
    return one


def alarms(ledger: Ledger) -> list[tuple[str, str, str]]:
    return [(one.kind, one.subject, one.detail) for one in Alarms(ledger.database).open_ones()]


def test_the_same_number_of_the_same_agency_in_one_year_calls_a_person(ledger: Ledger, tmp_path: Path) -> None:
    said = {"number": "12/QĐ-UBND", "date": "05/01/2024"}
    first = file(ledger, tmp_path, paper(AN, agency="Ủy ban nhân dân xã Hòa", **said))
    second = file(ledger, tmp_path, paper(BINH, agency="ỦY BAN NHÂN DÂN XÃ HOÀ", **said))

    assert alarms(ledger) == [("same_number", second.key.record_id, f"record {first.key.record_id}")]


@pytest.mark.parametrize("number", ["12/Q\u00d0-UBND", "12/qđ-ubnd", "12 /QĐ-UBND", "12/QD-UBND", "12/QĐ - UBND"])
def test_the_same_number_spelt_otherwise_is_the_same(ledger: Ledger, tmp_path: Path, number: str) -> None:
    first = file(ledger, tmp_path, paper(AN, agency="Ủy ban nhân dân xã Hòa", number="12/QĐ-UBND", date="05/01/2024"))
    second = file(ledger, tmp_path, paper(BINH, agency="Uỷ ban nhân dân xã Hòa.", number=number, date="05/01/2024"))

    assert alarms(ledger) == [("same_number", second.key.record_id, f"record {first.key.record_id}")]


def test_a_number_that_every_commune_has_every_year_is_still_compared_with_all(ledger: Ledger, tmp_path: Path) -> None:
    said = {"number": "12/GKS", "agency": "Ủy ban nhân dân xã Hòa", "dated": date(2024, 1, 5)}
    enter(ledger, 1, **said)
    for place in range(2, 122):
        enter(ledger, place, **(said | {"agency": f"Ủy ban nhân dân xã {place}"}))
    for place in range(122, 642):  # more than are looked at together
        enter(ledger, place, **(said | {"dated": date(1000 + place, 1, 5)}))
    second = file(ledger, tmp_path, paper(BINH, agency="Ủy ban nhân dân xã Hòa", number="12/GKS", date="05/01/2024"))

    assert alarms(ledger) == [("same_number", second.key.record_id, f"record {1:032x}")]


def test_a_number_without_a_digit_that_may_be_compared_names_no_paper(ledger: Ledger, tmp_path: Path) -> None:
    for citizen, number in ((AN, "Số 026190001234"), (BINH, "Số 026190 001235")):
        file(ledger, tmp_path, paper(citizen, agency="Ủy ban nhân dân xã Hòa", number=number, date="05/01/2024"))

    assert alarms(ledger) == []


@pytest.mark.parametrize(
    "other",
    [
        {"number": "13/QĐ-UBND", "agency": "Ủy ban nhân dân xã Hòa", "date": "05/01/2024"},
        {"number": "12/QĐ-UBND", "agency": "Ủy ban nhân dân xã Lâm", "date": "05/01/2024"},
        {"number": "12/QĐ-UBND", "agency": "Ủy ban nhân dân xã Hòa", "date": "05/01/2025"},
        {"number": "12/QĐ-UBND", "date": "05/01/2024"},
    ],
    ids=["number", "agency", "year", "no agency"],
)
def test_another_number_agency_or_year_is_another_paper(ledger: Ledger, tmp_path: Path, other: dict[str, str]) -> None:
    file(ledger, tmp_path, paper(AN, number="12/QĐ-UBND", agency="Ủy ban nhân dân xã Hòa", date="05/01/2024"))
    file(ledger, tmp_path, paper(BINH, **other))

    assert alarms(ledger) == []


def test_the_same_scan_for_two_citizens_calls_a_person(ledger: Ledger, tmp_path: Path) -> None:
    first = file(ledger, tmp_path, paper(AN))
    second = file(ledger, tmp_path, replace(paper(BINH), scan_sha256s=first.scan_sha256s))

    assert alarms(ledger) == [("same_scan", second.key.record_id, f"record {first.key.record_id}")]


def test_the_same_scan_in_another_dossier_of_the_citizen_is_no_alarm(ledger: Ledger, tmp_path: Path) -> None:
    first = file(ledger, tmp_path, paper(AN, number="12/QĐ-UBND", agency="Ủy ban nhân dân xã Hòa"))
    again = paper(AN, number="12/QĐ-UBND", agency="Ủy ban nhân dân xã Hòa")
    file(ledger, tmp_path, replace(again, scan_sha256s=first.scan_sha256s))

    assert alarms(ledger) == []
