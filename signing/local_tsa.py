"""A stand-in for the government's timestamp authority: real RFC 3161 tokens, on loopback, from the demo PKI.

``python -m signing.local_tsa --pki DIR --port N [--fault KIND]``; a fault makes it misbehave on purpose, for tests.
"""

from __future__ import annotations

import argparse
import signal
import socket
import struct
import threading
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, get_args

import structlog
from asn1crypto import keys, tsp
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dossier.errors import Misconfigured

log = structlog.get_logger()

FaultKind = Literal["slow", "error", "html", "garbage", "reset", "hang"]

_HOST: Final = "127.0.0.1"
_LARGEST_QUERY: Final = 65_536
"""Bytes; a query holds one hash and takes under 100."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave."""

    kind: FaultKind
    seconds: float = 0.0
    """How long `slow` waits before its right answer."""
    times: int | None = None
    """Number of requests that get it before the server behaves; None is all of them."""


class LocalTsa:
    """The server as a context manager: listens on entry, is gone on exit.

    Args:
        pki: folder with the tsa.pem of `signing.demo_pki`.
        port: TCP port on loopback; 0 takes a free one.
        fault: how to misbehave; None is to answer as it should.
        states: the time that every token states, to try old seals; None is the time it is.
    """

    def __init__(self, pki: Path, *, port: int = 0, fault: Fault | None = None, states: datetime | None = None) -> None:
        self._stamper = _stamper(pki / "tsa.pem", states)
        self._fault = fault
        self._count_lock = threading.Lock()
        self.requests = 0
        """Number of timestamp queries that came in."""
        self.stopping = threading.Event()
        self._server = _Server(self, port)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """Where to post queries."""
        return f"http://{_HOST}:{self._server.server_address[1]}/tsa"

    def __enter__(self) -> LocalTsa:
        self._thread.start()
        log.info("tsa_started", url=self.url, note="LOCAL STAND-IN, not a real timestamp authority", fault=str(self._fault))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_fault(self) -> Fault | None:
        """Count a query and say how it is to be treated."""
        with self._count_lock:
            self.requests += 1
            over = self._fault is not None and self._fault.times is not None and self.requests > self._fault.times
        return None if over else self._fault

    def answer(self, query: bytes) -> bytes:
        """Issue a token.

        Raises:
            ValueError: the query is not one.
        """
        request = tsp.TimeStampReq.load(query, strict=True)
        response: bytes = self._stamper.request_tsa_response(request).dump()
        return response


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, tsa: LocalTsa, port: int) -> None:
        self.tsa = tsa
        try:
            super().__init__((_HOST, port), _Handler)
        except OSError as error:
            raise Misconfigured(f"port {port} cannot be used: {type(error).__name__}") from error

    def handle_error(self, request: object, client_address: object) -> None:
        """Say that a client went away; the default prints a traceback."""
        log.info("tsa_client_gone")


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 30  # seconds that a client may take to send its query

    def do_GET(self) -> None:
        """Answer a health check."""
        self._reply(HTTPStatus.OK, "text/plain", b"local stand-in timestamp authority\n")

    def do_POST(self) -> None:
        """Answer a timestamp query, or misbehave as told."""
        size = int(self.headers.get("Content-Length", "0"))
        if not 0 < size <= _LARGEST_QUERY:
            self._reply(HTTPStatus.BAD_REQUEST, "text/plain", b"no query\n")
            return
        query, fault = self.rfile.read(size), self.server.tsa.next_fault()
        if fault is not None and self._misbehaved(fault):
            return
        try:
            token = self.server.tsa.answer(query)
        except (ValueError, TypeError, KeyError):
            self._reply(HTTPStatus.BAD_REQUEST, "text/plain", b"not a timestamp query\n")
            return
        self._reply(HTTPStatus.OK, "application/timestamp-reply", token)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: one line a query would drown the log."""

    def _misbehaved(self, fault: Fault) -> bool:
        """Do the fault; False where the right answer is still to come."""
        match fault.kind:
            case "slow":
                self.server.tsa.stopping.wait(fault.seconds)
                return False
            case "hang":
                self.server.tsa.stopping.wait()
            case "error":
                self._reply(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", b"broken on purpose\n")
            case "html":
                self._reply(HTTPStatus.OK, "text/html", b"<html><body>Please log in</body></html>")
            case "garbage":
                self._reply(HTTPStatus.OK, "application/timestamp-reply", b"\x00garbage\xff" * 40)
            case "reset":
                # lingering for zero seconds turns the close into a TCP reset
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
        self.close_connection = True
        return True

    def _reply(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _stamper(pem: Path, states: datetime | None) -> DummyTimeStamper:
    try:
        content = pem.read_bytes()
        key = load_pem_private_key(content, password=None)
        own, *others = load_certs_from_pemder_data(content[content.index(b"-----BEGIN CERTIFICATE") :])
    except (OSError, ValueError) as error:
        raise Misconfigured(f"tsa.pem cannot be read: {type(error).__name__}") from error
    store = SimpleCertificateStore()
    store.register_multiple(others)
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DummyTimeStamper(own, keys.PrivateKeyInfo.load(der), certs_to_embed=store, fixed_dt=states)


def _fault(text: str) -> Fault:
    kind, _, seconds = text.partition(":")
    for known in get_args(FaultKind):
        if kind == known:
            return Fault(known, seconds=float(seconds or 0))
    raise argparse.ArgumentTypeError(f"one of slow:SECONDS, {', '.join(get_args(FaultKind)[1:])}")


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="signing.local_tsa", description="Local stand-in for a timestamp authority.")
    parser.add_argument("--pki", type=Path, required=True, help="folder with tsa.pem")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--fault", type=_fault, help="misbehave: slow:SECONDS, error, html, garbage, reset, hang")
    chosen = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with LocalTsa(chosen.pki, port=chosen.port, fault=chosen.fault):
        ended.wait()


if __name__ == "__main__":
    main()
