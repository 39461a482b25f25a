"""The timestamp client against a server that misbehaves on purpose, and the stand-in server itself."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from signing_parts import Pki, Sealing

from dossier.errors import Misconfigured, TimestampUnavailable
from dossier.values import BoundPdf
from signing.local_tsa import Fault, LocalTsa
from signing.timestamp import open_timestamper

FAULTS = [
    Fault("slow", seconds=30),
    Fault("error"),
    Fault("html"),
    Fault("garbage"),
    Fault("reset"),
    Fault("hang"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.kind)
def test_a_faulty_authority_leaves_no_file(
    bound: BoundPdf, sealing: Sealing, pki: Pki, tmp_path: Path, fault: Fault
) -> None:
    begun = time.monotonic()
    with LocalTsa(pki.folder, fault=fault) as tsa:
        timestamper = open_timestamper(tsa.url, seconds=0.2, pauses=(0.05, 0.05))
        with pytest.raises(TimestampUnavailable, match="3 attempts") as refusal:
            sealing(bound, timestamper=timestamper)

        assert tsa.requests == 3
    assert refusal.value.retryable
    assert time.monotonic() - begun < 15, "the slow one would need 90 s"
    assert [path.name for path in tmp_path.iterdir()] == ["bound.pdf"]


def test_an_authority_that_is_not_there_leaves_no_file(bound: BoundPdf, sealing: Sealing, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/tsa"
        with pytest.raises(TimestampUnavailable):
            sealing(bound, timestamper=open_timestamper(url, seconds=0.5, pauses=(0.0,)))

    assert [path.name for path in tmp_path.iterdir()] == ["bound.pdf"]


def test_an_authority_that_recovers_is_asked_again(bound: BoundPdf, sealing: Sealing, pki: Pki) -> None:
    with LocalTsa(pki.folder, fault=Fault("error", times=2)) as tsa:
        sealed = sealing(bound, timestamper=open_timestamper(tsa.url, seconds=5.0, pauses=(0.05, 0.05)))

        assert tsa.requests == 3
    assert sealed.seal.timestamp_at is not None


def test_a_slow_answer_inside_the_time_is_good(bound: BoundPdf, sealing: Sealing, pki: Pki) -> None:
    with LocalTsa(pki.folder, fault=Fault("slow", seconds=0.3)) as tsa:
        sealed = sealing(bound, timestamper=open_timestamper(tsa.url, seconds=5.0, pauses=()))

        assert tsa.requests == 1
    assert sealed.seal.timestamp_at is not None


def test_the_pauses_between_attempts_are_kept(pki: Pki) -> None:
    with LocalTsa(pki.folder, fault=Fault("error")) as tsa:
        timestamper = open_timestamper(tsa.url, seconds=5.0, pauses=(0.2, 0.4))
        begun = time.monotonic()
        with pytest.raises(TimestampUnavailable):
            asyncio.run(timestamper.async_timestamp(b"\0" * 32, "sha256"))

    assert time.monotonic() - begun >= 0.6


def test_a_replayed_answer_is_refused(pki: Pki) -> None:
    with LocalTsa(pki.folder) as tsa, replaying(tsa.url) as url:
        timestamper = open_timestamper(url, seconds=5.0, pauses=(0.0,))
        asyncio.run(timestamper.async_timestamp(b"\0" * 32, "sha256"))

        with pytest.raises(TimestampUnavailable):
            asyncio.run(timestamper.async_timestamp(b"\0" * 32, "sha256"))


@contextmanager
def replaying(url: str) -> Iterator[str]:
    """A server that gives everybody the first answer of a real authority."""
    first: list[bytes] = []

    class Replay(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            if not first:
                first.append(httpx.post(url, content=query).content)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(first[0])))
            self.end_headers()
            self.wfile.write(first[0])

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Replay)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_worker_has_one_timestamper_for_an_authority() -> None:
    first = open_timestamper("http://127.0.0.1:1/tsa", seconds=1.0)

    assert open_timestamper("http://127.0.0.1:1/tsa", seconds=1.0) is first
    assert open_timestamper("http://127.0.0.1:2/tsa", seconds=1.0) is not first


def test_openssl_accepts_the_tokens_of_the_stand_in(tsa: LocalTsa, pki: Pki, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"a paper")
    query, reply, ca = tmp_path / "query", tmp_path / "reply", str(pki.root)
    asked = ["openssl", "ts", "-query", "-data", str(tmp_path / "data"), "-sha256", "-cert", "-out", str(query)]
    subprocess.run(asked, check=True, capture_output=True)

    answer = httpx.post(tsa.url, content=query.read_bytes())
    reply.write_bytes(answer.content)
    call = ["openssl", "ts", "-verify", "-queryfile", str(query), "-in", str(reply), "-CAfile", ca]
    call += ["-untrusted", str(pki.folder / "tsa.pem")]
    said = subprocess.run(call, check=False, capture_output=True, text=True)

    assert "Verification: OK" in said.stdout + said.stderr
    assert said.returncode == 0


@pytest.mark.parametrize("query", [b"", b"not a query", b"\x30\x03\x02\x01\x01", b"x" * 70_000])
def test_a_query_that_is_none_is_refused_by_the_stand_in(tsa: LocalTsa, query: bytes) -> None:
    assert httpx.post(tsa.url, content=query).status_code == 400


def test_the_stand_in_says_what_it_is_and_stops_when_told(pki: Pki) -> None:
    call = [sys.executable, "-m", "signing.local_tsa", "--pki", str(pki.folder), "--port", "0", "--fault", "slow:0.1"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+", line)
        try:
            assert "LOCAL STAND-IN" in line
            assert url is not None
            assert "stand-in" in httpx.get(url.group()).text
        finally:
            server.terminate()
        assert server.wait(timeout=10) == 0


def test_a_port_in_use_is_said(tsa: LocalTsa, pki: Pki) -> None:
    port = int(tsa.url.rsplit(":", 1)[1].split("/")[0])

    with pytest.raises(Misconfigured, match=str(port)):
        LocalTsa(pki.folder, port=port)


def test_a_stand_in_without_its_key_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"tsa\.pem"):
        LocalTsa(tmp_path)
