"""The portal in its server: what the access log shows, and that a defect tells nothing."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import httpx
import pytest
import uvicorn

from portal.serve import masked_path, server_config
from tests.twins.portal_house import AN, BINH, PURPOSE, Portal, token_of


@contextmanager
def served(portal: Portal) -> Iterator[str]:
    """The portal in uvicorn, set up as it is in use; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(server_config(portal.app, host="127.0.0.1", port=port))
    running = threading.Thread(target=server.run)
    running.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    running.join(20)


def test_the_access_log_shows_routes_and_never_an_id(portal: Portal, capfd: pytest.CaptureFixture[str]) -> None:
    hidden = "".join(f"%{ord(digit):02x}" for digit in AN)
    paths = [
        f"/v1/citizens/{AN}/documents?limit=2",
        f"/v1/citizens/{hidden}/documents",
        f"/v1/documents/{BINH}?q={hidden}",
        f"/v1/documents/x?q={AN}",
        f"/{quote('Nguyễn Văn Ẩn')}/{AN}",
        f"/v1/documents/{portal.papers[AN][0]}/content",
        "/healthz",
    ]
    with served(portal) as address, httpx.Client(base_url=address, headers={**portal.auth("all"), **PURPOSE}) as client:
        answers = [client.get(path) for path in paths]
    log = "".join(capfd.readouterr())

    assert [answer.status_code for answer in answers] == [200, 200, 422, 422, 404, 200, 200]
    assert log.count('"GET /v1/citizens/***/documents') == 2
    assert f'"GET /v1/documents/{portal.papers[AN][0]}/content HTTP/1.1" 200' in log
    assert '"GET /***/*** HTTP/1.1" 404' in log
    assert not re.findall(r"\d{12}|%3|%25|Nguy|limit=", log)
    assert all(token not in log for token in portal.tokens.values())
    assert {answer.headers.get("server") for answer in answers} == {None}


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        (f"/v1/citizens/{AN}/documents", "/v1/citizens/***/documents"),
        (f"/v1/citizens/{token_of(AN)}/documents?a=b", f"/v1/citizens/{token_of(AN)}/documents?***"),
        ("/", "/"),
        ("//", "//"),
        ("/v1/documents/x/verify", "/v1/documents/***/verify"),
        ("/Content", "/***"),
    ],
)
def test_a_path_keeps_its_route_words_and_tokens_only(path: str, logged: str) -> None:
    assert masked_path(path) == logged


def test_a_defect_answers_in_the_common_shape_and_its_message_goes_nowhere(
    portal: Portal, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(_record_id: str) -> None:
        raise RuntimeError(f"row of {BINH} is torn")

    monkeypatch.setattr(type(portal.ledger), "record", lambda _self, record_id: torn(record_id))
    caplog.set_level(logging.DEBUG)
    answer = portal.get(f"/v1/documents/{portal.papers[AN][0]}")

    assert (answer.status_code, answer.json()["code"]) == (500, "FAILED")
    assert BINH not in answer.text + caplog.text
    assert "kind=RuntimeError place=torn:" in caplog.text
    assert portal.trail[0][5] == "FAILED"


def test_every_answer_carries_the_safe_headers(portal: Portal) -> None:
    for path in ("/", "/healthz", "/v1/documents/x", "/nowhere", f"/v1/documents/{portal.papers[AN][0]}/content"):
        headers = portal.get(path).headers
        assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
        assert (headers["x-frame-options"], headers["referrer-policy"]) == ("DENY", "no-referrer")
        assert "server" not in headers
