"""Sensitive papers are listed for whoever may list, opened only with the right; what is given out counts as reuse."""

from __future__ import annotations

import asyncio

import pytest
from fastapi.responses import StreamingResponse
from sqlalchemy import update

from portal.content import content_response
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


@pytest.mark.parametrize(
    ("asked", "reuses"),
    [
        (("bytes= 0-",), 1), (("bytes=-99999999",), 1), (("items=0-5",), 1), (("bytes=1-2,3-4",), 1), (("bytes=5-1",), 1),
        (("Bytes=0-",), 1), (("bytes=0-",), 1), (("bytes=1-",), 1), (("bytes=0-99999999",), 1),
        (("bytes=0-0",), 0), (("bytes=0-99",), 0), (("bytes=99999999-",), 0),
        (("bytes=0-99", "bytes=100-199", "bytes=200-"), 1),
    ],
)  # fmt: skip
def test_a_fetch_counts_once_however_its_ranges_are_spelt(portal: Portal, asked: tuple[str, ...], reuses: int) -> None:
    record_id = portal.papers[AN][0]
    for range_ in asked:
        portal.get(f"/v1/documents/{record_id}/content", Range=range_)
    row = portal.ledger.record(record_id)

    assert row is not None
    assert row.reused == reuses


def test_what_is_not_given_out_because_the_trail_is_away_does_not_count(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id = portal.papers[AN][0]
    monkeypatch.setattr(portal.audit, "write", None)
    refused = portal.get(f"/v1/documents/{record_id}/content").status_code
    row = portal.ledger.record(record_id)

    assert refused == 503
    assert row is not None
    assert row.reused == 0


def test_a_fetch_counts_before_its_last_bytes_leave_and_not_when_it_is_broken_off_before(portal: Portal) -> None:
    row = portal.ledger.record(portal.papers[AN][0])
    assert row is not None
    counted: list[int] = []
    sent: list[int] = []
    answer = content_response((pdf_bytes(AN, 1),), row, None, None, lambda: counted.append(sum(sent)))
    assert isinstance(answer, StreamingResponse)

    async def receive() -> None:
        async for chunk in answer.body_iterator:
            sent.append(len(chunk))

    asyncio.run(receive())

    assert sum(sent) == row.size
    assert counted == [sum(sent[:-1])]
    assert len(sent) > 1


def test_each_time_that_a_paper_is_given_out_counts_as_a_reuse(portal: Portal) -> None:
    record_id = portal.papers[AN][0]
    portal.get(f"/v1/documents/{record_id}")
    portal.get(f"/v1/documents/{record_id}/content")
    portal.get(f"/v1/documents/{record_id}/content", Range="bytes=100-200")
    portal.client.get(portal.get(f"/v1/documents/{record_id}/content?link=1").json()["url"])
    row = portal.ledger.record(record_id)

    assert row is not None
    assert row.reused == 2
