"""Links to papers: good for a minute, in the name of who asked for them, and for nothing else."""

from __future__ import annotations

import time
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.twins.portal_house import AN, BINH, PURPOSE, Portal, pdf_bytes, token_of

WHOLE = pdf_bytes(AN, 1)


def paper(portal: Portal) -> str:
    return f"/v1/documents/{portal.papers[AN][0]}"


def test_a_link_tells_how_long_it_lives_and_what_to_expect(portal: Portal) -> None:
    link = portal.get(paper(portal) + "/content?link=1").json()

    assert (link["expires_in_seconds"], link["size"], link["sha256"]) == (60, len(WHOLE), sha256(WHOLE).hexdigest())
    assert AN not in link["url"]
    assert token_of(BINH) not in link["url"]


def test_whoever_has_a_link_gets_the_pdf_and_the_trail_names_who_asked_for_it(portal: Portal) -> None:
    url = portal.get(paper(portal) + "/content?link=1").json()["url"]
    whole, part = portal.client.get(url), portal.client.get(url, headers={"Range": "bytes=-8"})

    assert (whole.status_code, whole.content) == (200, WHOLE)
    assert (part.status_code, part.content) == (206, WHOLE[-8:])
    assert [line[:2] for line in portal.trail] == [("all", "link"), ("all", "content"), ("all", "content")]
    assert {line[3:] for line in portal.trail} == {(portal.papers[AN][0], PURPOSE["X-Purpose"], "SERVED")}


def test_a_link_dies_after_its_minute(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    url = portal.get(paper(portal) + "/content?link=1").json()["url"]
    later = time.time() + 61
    monkeypatch.setattr("portal.gate.time.time", lambda: later)
    answer = portal.client.get(url)

    assert (answer.status_code, answer.json()["code"]) == (410, "LINK_EXPIRED")
    assert portal.trail[-1][5] == "LINK_EXPIRED"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(min_value=0), letter=st.sampled_from("Aa0_-.="))
def test_a_link_that_was_changed_anywhere_opens_nothing(portal: Portal, place: int, letter: str) -> None:
    url = str(portal.get(paper(portal) + "/content?link=1").json()["url"])
    start = url.rindex("/") + 1
    at = start + place % (len(url) - start)
    changed = url[:at] + letter + url[at + 1 :]
    assume(changed != url)
    answer = portal.client.get(changed)

    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
