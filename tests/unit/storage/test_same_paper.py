"""Two records that claim to be one paper: a person is called, and nothing is stopped or changed."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select

from dossier.records import Record, RecordKey
from dossier.values import CitizenToken, Soundness
from storage.alarms import Alarms
from storage.ledger import Ledger
from storage.search.index import SearchIndex, search_page
from storage.search.keys import Searched, searched
from storage.search.query import parse_query
from tests.twins.many_records import enter
from tests.twins.papers import SEAL, digest, fields, received, record, sealed, stored

MIGRATIONS = Path(__file__).resolve().parents[3] / "storage" / "database" / "migrations"
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


@pytest.mark.parametrize(
    ("number", "again"),
    [("123456789", "123 456 789"), ("Số 026190001234", "SỐ 026190 001234"), ("123456789/2024/GCN", "123456789/2024/gcn")],
)
def test_a_number_as_long_as_that_of_a_person_is_compared_too(
    ledger: Ledger, tmp_path: Path, number: str, again: str
) -> None:
    first = file(ledger, tmp_path, paper(AN, agency="Công an tỉnh Phú Thọ", number=number, date="05/01/2024"))
    second = file(ledger, tmp_path, paper(BINH, agency="Công an tỉnh Phú Thọ", number=again, date="05/01/2024"))

    assert alarms(ledger) == [("same_number", second.key.record_id, f"record {first.key.record_id}")]


@pytest.mark.parametrize(
    ("number", "other"),
    [
        ("123456789", "123456780"), ("Số 026190001234", "Số 026190 001235"), ("123456789/2024/GCN", "987654321/2024/GCN"),
        ("123456789/2024/GCN", "123456789/2024/GKS"),
    ],
)  # fmt: skip
def test_two_numbers_as_long_as_those_of_persons_are_not_one(
    ledger: Ledger, tmp_path: Path, number: str, other: str
) -> None:
    for citizen, told in ((AN, number), (BINH, other)):
        file(ledger, tmp_path, paper(citizen, agency="Công an tỉnh Phú Thọ", number=told, date="05/01/2024"))

    assert alarms(ledger) == []


def test_a_number_without_a_digit_names_no_paper(ledger: Ledger, tmp_path: Path) -> None:
    for citizen in (AN, BINH):
        file(ledger, tmp_path, paper(citizen, agency="Ủy ban nhân dân xã Hòa", number="Số …/GKS", date="05/01/2024"))

    assert alarms(ledger) == []


def test_records_of_a_ledger_from_before_these_keys_are_compared_after_it_was_migrated(
    address: str, tmp_path: Path
) -> None:
    said = {"number": "12/GKS", "agency": "Ủy ban nhân dân xã Hòa", "dated": date(2024, 1, 5)}
    before = Ledger.open(address)
    for place in range(1, 1003):  # more than are made anew at once
        enter(before, place, "giấy khai sinh", **(said | {"number": f"{place}/GKS"}))
    _as_it_was_at("0005", before)
    before.close()

    after = Ledger.open(address)
    for number in (1, 1000, 1002):
        file(after, tmp_path, paper(BINH, agency="ỦY BAN NHÂN DÂN XÃ HOÀ", number=f"{number}/gks", date="05/01/2024"))
    told = [detail for _, _, detail in alarms(after)]
    found = [
        len(search_page(after.database, parse_query(words), 5).rows) for words in ("khai sinh number:1001/GKS", "1001")
    ]
    after.close()

    assert sorted(told) == [f"record {number:032x}" for number in (1, 1000, 1002)]
    assert found == [1, 1]


def _as_it_was_at(revision: str, ledger: Ledger) -> None:
    """Take the tables back, and the keys of number and agency out of the index."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with ledger.database.writing() as connection:
        index = SearchIndex(connection.dialect.name)
        for row in connection.execute(select(searched).order_by(searched.c.seq)).mappings().all():
            facets = " ".join(key for key in row["facets"].split() if not key.startswith("i="))
            index.replace(connection, Searched(row["record_id"], row["text"], row["agency"], row["names"], facets))
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


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
