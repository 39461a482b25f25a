"""Of records that claim the same page none is served but the one that the audit trail names."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Table, select

from dossier.citizen_id import CitizenId
from dossier.records import Record
from storage.database.keeping_tables import objects
from storage.database.tables import decisions, documents, pages, records
from storage.ledger import Ledger
from storage.search.keys import searched
from tests.twins.lost_house import BINH, OTHER_DOSSIER, House
from tests.twins.memory_warehouse import BUCKETS
from tests.twins.papers import CITIZEN, DOSSIER, sealed

CONFLICT = "LEDGER_CONFLICT"
AN = CitizenId("001190004321")
TWO_CITIZENS = pytest.mark.parametrize(("orphan", "true"), [(BINH, CITIZEN), (CITIZEN, BINH)])
"""Either is the first in the order of the keys."""


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def doubts(*papers: Record) -> list[str]:
    return sorted(f"{paper.key.record_id} {CONFLICT}" for paper in papers)


def values(ledger: Ledger, table: Table, column: str) -> list[object]:
    with ledger.database.reading() as connection:
        return sorted(connection.execute(select(table.c[column])).scalars())


@TWO_CITIZENS
def test_records_of_two_citizens_that_claim_a_page_are_both_left_to_a_person(
    house: House, ledger: Ledger, orphan: CitizenId, true: CitizenId
) -> None:
    drop_id, _ = house.receive(1, 2)
    left = house.orphan(drop_id, 1, citizen=orphan)
    paper = house.file(drop_id, 1, citizen=true, linked_by=("decision",))
    other = house.file(drop_id, 2)

    made, rebuilt = house.rebuild(into=ledger)

    assert sorted(rebuilt.doubtful) == doubts(left, paper)
    assert (rebuilt.records, rebuilt.done, rebuilt.again) == (1, 0, 1)
    for table in (records, documents, searched):
        assert values(made, table, "record_id") == [other.key.record_id]
    assert values(made, pages, "number") == [2]
    assert values(made, decisions, "id") == []


def test_what_is_left_out_is_still_guarded_until_a_person_looked(house: House, ledger: Ledger) -> None:
    drop_id, _ = house.receive(1, 1)
    claims = (house.orphan(drop_id, 1, citizen=BINH), house.file(drop_id, 1))

    made, _ = house.rebuild(into=ledger)

    guarded = set(values(made, objects, "key"))
    assert guarded >= {key for paper in claims for key in (paper.key.content, paper.key.manifest_of(1))}


def test_pages_that_overlap_are_claimed_twice_also_where_the_first_pages_differ(house: House, ledger: Ledger) -> None:
    drop_id, _ = house.receive(1, 3)
    left = house.orphan(drop_id, 1, count=3)
    paper = house.file(drop_id, 2, count=2, dossier=OTHER_DOSSIER)
    next_drop, _ = house.receive(2, 1)
    other = house.file(next_drop, 1, citizen=BINH)

    made, rebuilt = house.rebuild(into=ledger)

    assert sorted(rebuilt.doubtful) == doubts(left, paper)
    assert values(made, records, "record_id") == [other.key.record_id]
    assert (rebuilt.done, rebuilt.again) == (1, 1)


@pytest.mark.parametrize("wide", [CITIZEN, BINH, AN])
def test_a_record_that_was_left_out_still_claims_its_pages(house: House, ledger: Ledger, wide: CitizenId) -> None:
    drop_id, _ = house.receive(1, 2)
    first, second = {CITIZEN, BINH, AN} - {wide}
    papers = [house.orphan(drop_id, 1, count=2, citizen=wide), house.file(drop_id, 1, citizen=first)]
    papers.append(house.file(drop_id, 2, citizen=second))

    made, rebuilt = house.rebuild(into=ledger)

    assert sorted(rebuilt.doubtful) == doubts(*papers)
    assert values(made, records, "record_id") == []


def test_records_without_a_list_of_pages_claim_their_first_page(house: House, ledger: Ledger) -> None:
    drop_id, _ = house.receive(1, 1)
    papers = [house.record(drop_id, 1, 1, citizen, DOSSIER, "", {"pages": ()}) for citizen in (CITIZEN, BINH)]
    for paper in papers:
        house.warehouse.put(paper, sealed(house.folder))

    made, rebuilt = house.rebuild(into=ledger)

    assert sorted(rebuilt.doubtful) == doubts(*papers)
    assert values(made, records, "record_id") == []


@TWO_CITIZENS
def test_the_record_that_the_audit_trail_names_as_stored_has_the_page(
    house: House, ledger: Ledger, orphan: CitizenId, true: CitizenId
) -> None:
    drop_id, _ = house.receive(1, 1)
    left = house.orphan(drop_id, 1, citizen=orphan)
    paper = house.file(drop_id, 1, citizen=true)

    made, rebuilt = house.rebuild(into=ledger, restore_trail=house.anchored_trail)

    assert rebuilt.doubtful == doubts(left)
    assert values(made, records, "record_id") == [paper.key.record_id]
    assert (rebuilt.done, rebuilt.again) == (1, 0)


@TWO_CITIZENS
def test_an_orphan_over_two_records_that_the_trail_names_takes_neither_with_it(
    house: House, ledger: Ledger, orphan: CitizenId, true: CitizenId
) -> None:
    drop_id, _ = house.receive(1, 2)
    left = house.orphan(drop_id, 1, count=2, citizen=orphan)
    papers = [house.file(drop_id, number, citizen=true) for number in (1, 2)]

    made, rebuilt = house.rebuild(into=ledger, restore_trail=house.anchored_trail)

    assert rebuilt.doubtful == doubts(left)
    assert values(made, records, "record_id") == sorted(paper.key.record_id for paper in papers)


def test_two_records_that_the_trail_both_names_are_left_to_a_person(house: House, ledger: Ledger) -> None:
    drop_id, _ = house.receive(1, 3)
    papers = (house.file(drop_id, 1, count=3), house.file(drop_id, 2, count=2, citizen=BINH))

    made, rebuilt = house.rebuild(into=ledger, restore_trail=house.anchored_trail)

    assert sorted(rebuilt.doubtful) == doubts(*papers)
    assert values(made, records, "record_id") == []


def test_a_record_whose_manifests_lie_in_both_buckets_is_one_and_claims_nothing_twice(house: House) -> None:
    drop_id, _ = house.receive(1, 1)
    paper = house.file(drop_id, 1)
    archive, sensitive = (house.warehouse.objects.buckets[name] for name in (BUCKETS.archive, BUCKETS.sensitive))
    key = paper.key.manifest_of(1)
    sensitive[key] = list(archive[key])

    _, rebuilt = house.rebuild()

    assert (rebuilt.records, rebuilt.done, rebuilt.doubtful) == (1, 1, [])


def test_a_manifest_that_the_database_refuses_stops_no_other(house: House, ledger: Ledger) -> None:
    drop_id, _ = house.receive(1, 2)
    twice = house.record(drop_id, 1, 1, BINH, OTHER_DOSSIER, "", {})
    twice = house.record(drop_id, 1, 1, BINH, OTHER_DOSSIER, "", {"pages": twice.pages * 2})
    house.warehouse.put(twice, sealed(house.folder))
    other = house.file(drop_id, 2)

    made, rebuilt = house.rebuild(into=ledger)

    assert rebuilt.doubtful == doubts(twice)
    assert values(made, records, "record_id") == [other.key.record_id]
