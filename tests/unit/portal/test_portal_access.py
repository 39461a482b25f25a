"""Who sees what: every refusal, every line of the audit trail, and that nothing leaks on the way."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import httpx
import pytest

from dossier.citizen_id import CitizenId
from storage.audit.trail import AuditLine, AuditTrail
from storage.ledger import Ledger
from tests.twins.portal_house import AN, BINH, PURPOSE, STRANGER, Portal, token_of

NOWHERE = "f" * 32

ACTS = {
    "list": "/v1/citizens/{citizen}/documents",
    "metadata": "/v1/documents/{document}",
    "content": "/v1/documents/{document}/content",
    "link": "/v1/documents/{document}/content?link=1",
    "verify": "/v1/documents/{document}/verify",
}


def address(act: str, portal: Portal, citizen: CitizenId = AN) -> str:
    papers = portal.papers.get(citizen, (NOWHERE,))
    return ACTS[act].format(citizen=citizen, document=papers[0])


def assert_refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "vi", "en", "do_vi", "do_en"}
    assert all(answer.json().values())


@pytest.mark.parametrize("citizen", [AN, token_of(AN)])
def test_a_citizens_papers_are_listed_by_id_and_by_token(portal: Portal, citizen: str) -> None:
    listed = portal.get(f"/v1/citizens/{citizen}/documents")

    assert listed.status_code == 200
    assert {one["id"] for one in listed.json()["documents"]} == set(portal.papers[AN])
    assert AN not in listed.text


def test_a_search_by_body_finds_the_same_as_the_address(portal: Portal) -> None:
    headers = {**portal.auth("all"), **PURPOSE}
    found = portal.client.post("/v1/citizens/documents:search", json={"citizen_id": AN, "limit": 2}, headers=headers)

    assert found.json() == portal.get(f"/v1/citizens/{AN}/documents?limit=2").json()


def test_a_listed_paper_tells_what_the_ledger_knows(portal: Portal) -> None:
    one = portal.get(f"/v1/citizens/{BINH}/documents").json()["documents"][0]
    row = portal.ledger.record(portal.papers[BINH][0])

    assert row is not None
    assert (one["type"], one["type_label"]) == ("birth_certificate", "Giấy khai sinh")
    assert (one["pages"], one["dossier_code"]) == (3, "H62.33-240106-0001")
    assert (one["sha256"], one["size"], one["signer"]) == (row.sha256, row.size, row.signer)
    assert one["stored_at"]
    assert one["signed_at"]


def test_pages_of_a_list_hold_every_paper_once_newest_first(portal: Portal) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = portal.get(f"/v1/citizens/{AN}/documents?limit=1{cursor}").json()
        seen += [one["id"] for one in page["documents"]]
        cursor = f"&cursor={page['next_cursor']}"

    assert seen == list(reversed(portal.papers[AN]))
    assert page["next_cursor"] is None


def test_a_paper_comes_with_the_fields_of_its_manifest(portal: Portal) -> None:
    detail = portal.get(address("metadata", portal)).json()

    assert detail["fields"] == {"full_name": {"value": f"Người {AN}", "page": 2, "confidence": 0.93}}
    assert detail["citizen"] == token_of(AN)


@pytest.mark.parametrize("act", ACTS)
def test_a_call_that_is_served_leaves_one_line_with_who_what_whose_and_why(portal: Portal, act: str) -> None:
    assert portal.get(address(act, portal)).status_code == 200

    record = None if act == "list" else portal.papers[AN][0]
    assert portal.trail == [("all", act, token_of(AN), record, PURPOSE["X-Purpose"], "SERVED")]
    assert portal.audit.verify() is None


@pytest.mark.parametrize("token", [None, "Bearer ", "Bearer wrong", "Basic YTpi", "Bearer \xff\xfe"])
def test_without_a_good_token_nobody_gets_in(portal: Portal, token: str | None) -> None:
    headers = {**PURPOSE, **({"Authorization": token.encode("latin-1")} if token else {})}

    for act in ACTS:
        answer = portal.client.get(address(act, portal), headers=headers)
        assert_refused(answer, 401, "NOT_AUTHENTICATED")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    written = [(line[0], line[1], line[4], line[5]) for line in portal.trail]
    assert written == [("unknown", act, "", "NOT_AUTHENTICATED") for act in ACTS]


@pytest.mark.parametrize(
    ("act", "caller"),
    [
        *((act, "lister") for act in ACTS if act != "list"),
        ("list", "reader"),
        ("verify", "reader"),
        *((act, "verifier") for act in ACTS if act != "verify"),
    ],
)
def test_a_caller_without_the_right_is_refused_and_written_down(portal: Portal, act: str, caller: str) -> None:
    assert_refused(portal.get(address(act, portal), caller), 403, "NOT_ALLOWED")
    assert [(line[0], line[1], line[5]) for line in portal.trail] == [(caller, act, "NOT_ALLOWED")]


@pytest.mark.parametrize("act", ACTS)
def test_what_a_caller_may_not_see_looks_exactly_like_what_is_not_there(portal: Portal, act: str) -> None:
    hidden = portal.get(address(act, portal, BINH), "an-only")
    missing = portal.get(address(act, portal, STRANGER), "an-only")

    assert_refused(hidden, 404, "NOT_FOUND")
    assert (hidden.content, hidden.headers) == (missing.content, missing.headers)
    assert [line[5] for line in portal.trail] == ["NOT_FOUND: outside the caller's citizens", "NOT_FOUND"]
    assert portal.trail[0][2] == token_of(BINH)


@pytest.mark.parametrize(
    "purpose",
    [
        None,
        "",
        "   ",
        "x" * 201,
        "tra cuu 026190001234",
        "so 026 190 001 234",
        "026190/001234",
        "CMND 135246801",
        "a\tb\x7f",
        "\xff",
    ],
)
def test_a_read_without_an_honest_purpose_is_refused(portal: Portal, purpose: str | None) -> None:
    headers = {**portal.auth("all"), **({"X-Purpose": purpose.encode("latin-1")} if purpose is not None else {})}

    for act in ACTS:
        answer = portal.client.get(address(act, portal), headers=headers)
        assert_refused(answer, 400, "PURPOSE_REQUIRED")
        assert "X-Purpose" in answer.json()["do_vi"]
        assert "X-Purpose" in answer.json()["do_en"]
    written = [(line[0], line[1], line[4], line[5]) for line in portal.trail]
    assert written == [("all", act, "", "PURPOSE_REQUIRED") for act in ACTS]


@pytest.mark.parametrize(
    "purpose", ["000.00.12.H62-241205-000123", "Cấp lại giấy khai sinh ngày 24-01-2026", "gọi 0903123456", "x" * 200]
)
def test_an_honest_purpose_is_written_down_as_it_was_given(portal: Portal, purpose: str) -> None:
    headers = {**portal.auth("all"), "X-Purpose": purpose.encode()}

    assert portal.client.get(address("list", portal), headers=headers).status_code == 200
    assert portal.trail[0][4] == purpose


@pytest.mark.parametrize(
    "path",
    [
        "/v1/citizens/02619000123/documents",
        "/v1/citizens/0261900012345/documents",
        "/v1/citizens/026990001234/documents",
        "/v1/citizens/026.190.001.234/documents",
        "/v1/citizens/Nguyễn Văn Ẩn/documents",
        "/v1/citizens/" + "A" * 32 + "/documents",
        "/v1/documents/026190001234",
        "/v1/documents/' OR 1=1 --/content",
        "/v1/documents/" + "g" * 32 + "/verify",
        f"/v1/citizens/{AN}/documents?limit=0",
        f"/v1/citizens/{AN}/documents?limit=101",
        f"/v1/citizens/{AN}/documents?limit=abc",
        f"/v1/citizens/{AN}/documents?limit=²",
        f"/v1/citizens/{AN}/documents?cursor=026190001234",
    ],
)
def test_a_malformed_call_is_refused_without_repeating_it(portal: Portal, path: str) -> None:
    answer = portal.get(path)

    assert_refused(answer, 422, "MALFORMED_REQUEST")
    assert answer.content == portal.get("/v1/documents/x").content
    assert portal.trail[0][5] == "MALFORMED_REQUEST"
    assert "Nguyễn" not in str(portal.trail)
    assert AN not in str(portal.trail)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"citizen_id": 26190001234}', b'{"citizen_id": "x"}', b'{"citizen_id": "026190001234", "a": 1}',
     b'{"citizen_id": "026190001234", "limit": 1000}', b'{"citizen_id": "026190001234"}' + b" " * 5000],
)  # fmt: skip
def test_a_malformed_search_is_refused_after_asking_who_calls(portal: Portal, body: bytes) -> None:
    search = "/v1/citizens/documents:search"

    assert_refused(portal.client.post(search, content=body), 401, "NOT_AUTHENTICATED")
    headers = {**portal.auth("all"), **PURPOSE}
    assert_refused(portal.client.post(search, content=body, headers=headers), 422, "MALFORMED_REQUEST")
    assert [line[5] for line in portal.trail] == ["NOT_AUTHENTICATED", "MALFORMED_REQUEST"]


class TornTrail(AuditTrail):
    """An audit trail on a full disk."""

    def write(self, **_line: object) -> AuditLine:
        """Fail, with a person in the message."""
        raise OSError("no space left for 026190001234")


@pytest.mark.parametrize("caller", ["all", "an-only", "lister", "verifier"])
def test_what_cannot_be_written_down_is_not_served(build: Callable[..., Portal], ledger: Ledger, caller: str) -> None:
    portal = build(audit=TornTrail(ledger))

    for act in ACTS:
        answer = portal.get(address(act, portal), caller)
        assert_refused(answer, 503, "AUDIT_UNAVAILABLE")
        assert AN not in answer.text
        assert "retry-after" in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v2/x", 404), ("GET", f"/v1/citizens/{AN}/documents/", 404), ("DELETE", "/v1/documents/x", 405)],
)
def test_a_wrong_address_is_answered_in_the_same_shape(portal: Portal, method: str, path: str, status: int) -> None:
    answer = portal.client.request(method, path, follow_redirects=False)

    assert answer.status_code == status
    assert set(answer.json()) == {"code", "vi", "en", "do_vi", "do_en"}
    assert AN not in answer.text + str(answer.headers)


def test_no_answer_header_log_or_trail_tells_of_the_other_citizen(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for act in ACTS:
        for citizen in (AN, BINH, STRANGER):
            answer = portal.get(address(act, portal, citizen), "an-only")
            said += [answer.text, json.dumps(dict(answer.headers))]
            said.append(portal.client.get(address(act, portal, citizen)).text)

    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    known_to_an = [portal.papers[AN][0], f"Người {AN}"]
    assert any(known_to_an[1] in text for text in said)
    for secret in (BINH, token_of(BINH), *portal.papers[BINH], STRANGER):
        assert not [text for text in said if secret in text]
    for secret in (AN, BINH, STRANGER, *portal.tokens.values(), "Người"):
        assert not [text for text in (*ours, str(portal.trail)) if secret in text]
