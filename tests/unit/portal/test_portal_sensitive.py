"""Sensitive papers are listed for whoever may list, opened only with the right; what is given out counts as reuse."""

from __future__ import annotations

from sqlalchemy import update

from storage.database.tables import records
from storage.ledger import Ledger
from tests.twins.portal_house import AN, Portal, pdf_bytes


def make_sensitive(ledger: Ledger, record_id: str) -> None:
    with ledger.database.writing() as connection:
        connection.execute(update(records).where(records.c.record_id == record_id).values(sensitive=True))


def set_state(ledger: Ledger, record_id: str, state: str) -> None:
    with ledger.database.writing() as connection:
        connection.execute(update(records).where(records.c.record_id == record_id).values(state=state))


def test_a_caller_without_the_right_sees_that_it_is_there_and_no_more(portal: Portal) -> None:
    record_id = portal.papers[AN][0]
    make_sensitive(portal.ledger, record_id)
    listed = portal.get(f"/v1/citizens/{AN}/documents").json()["documents"]

    assert record_id in {one["id"] for one in listed}
    for act in ("", "/content", "/content?link=1", "/verify"):
        answer = portal.get(f"/v1/documents/{record_id}{act}")
        assert (answer.status_code, answer.json()["code"]) == (403, "NOT_ALLOWED")
    assert [line[5] for line in portal.trail][1:] == ["NOT_ALLOWED"] * 4


def test_a_caller_with_the_right_gets_it(portal: Portal) -> None:
    record_id = portal.papers[AN][0]
    make_sensitive(portal.ledger, record_id)

    assert portal.get(f"/v1/documents/{record_id}/content", caller="trusted").content == pdf_bytes(AN, 1)


def test_what_was_withdrawn_or_disposed_of_is_as_if_it_had_never_been(portal: Portal) -> None:
    first, second, third = portal.papers[AN]
    set_state(portal.ledger, first, "withdrawn")
    set_state(portal.ledger, second, "disposed")

    assert [one["id"] for one in portal.get(f"/v1/citizens/{AN}/documents").json()["documents"]] == [third]
    assert portal.get(f"/v1/documents/{first}").status_code == 404
    assert portal.get(f"/v1/documents/{second}/content").status_code == 404


def test_a_link_to_a_paper_that_is_withdrawn_meanwhile_opens_nothing(portal: Portal) -> None:
    record_id = portal.papers[AN][0]
    url = portal.get(f"/v1/documents/{record_id}/content?link=1").json()["url"]
    set_state(portal.ledger, record_id, "withdrawn")

    assert portal.client.get(url).status_code == 404


def test_each_time_that_a_paper_is_given_out_counts_as_a_reuse(portal: Portal) -> None:
    record_id = portal.papers[AN][0]
    portal.get(f"/v1/documents/{record_id}")
    portal.get(f"/v1/documents/{record_id}/content")
    portal.get(f"/v1/documents/{record_id}/content", Range="bytes=100-200")
    portal.client.get(portal.get(f"/v1/documents/{record_id}/content?link=1").json()["url"])
    row = portal.ledger.record(record_id)

    assert row is not None
    assert row.reused == 2
