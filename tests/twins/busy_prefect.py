"""A Prefect server as far as automations and states of runs go, whose database is locked at every first question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class BusyPrefect(ThreadingHTTPServer):
    """Answers 503 to each question as often as ``busy`` says, then does what is asked."""

    def __init__(self, busy: int) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.busy = busy
        self.asked: list[str] = []
        """Method and path of every question, the refused ones too."""
        self.automations: dict[str, dict[str, Any]] = {}
        self.states: dict[str, str] = {}
        """Type of the state of each flow run; all of them are old."""
        self.url = f"http://127.0.0.1:{self.server_port}/api"


@contextmanager
def busy_prefect(busy: int = 1) -> Iterator[BusyPrefect]:
    """One that serves until the block ends."""
    with BusyPrefect(busy) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def _run(name: str, state: str) -> dict[str, Any]:
    return {"id": name, "state": {"type": state, "timestamp": "2026-01-01T00:00:00+00:00"}}


class _Answer(BaseHTTPRequestHandler):
    server: BusyPrefect

    def _act(self) -> None:
        question = f"{self.command} {self.path.removeprefix('/api')}"
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        self.server.asked.append(question)
        if self.server.asked.count(question) <= self.server.busy:
            self._say(503, {"exception_message": "Service Unavailable"})
        else:
            self._say(*self._done(question.split("/")[:3], body))

    def _done(self, question: list[str], body: dict[str, Any]) -> tuple[int, object]:
        automations, states = self.server.automations, self.server.states
        answer: object = {}
        match question:
            case ["POST ", "automations", "filter"]:
                wanted = body["automations"]["name"]["any_"]
                answer = [one for one in automations.values() if one["name"] in wanted]
            case ["POST ", "automations", ""]:
                made = f"made-{len(automations)}"
                answer = automations[made] = {**body, "id": made}
            case ["PUT ", "automations", known] if known in automations:
                automations[known] = {**body, "id": known}
            case ["DELETE ", "automations", known] if known in automations:
                del automations[known]
            case ["POST ", "flow_runs", "filter"]:
                wanted = body["flow_runs"]["state"]["type"]["any_"]
                answer = [_run(name, state) for name, state in states.items() if state in wanted]
            case ["POST ", "flow_runs", run] if run in states:
                states[run] = body["state"]["type"]
            case _:
                return 422, {}
        return 200, answer

    do_GET = do_POST = do_PUT = do_DELETE = _act  # noqa: N815 - the names are the standard library's

    def _say(self, status: int, answer: object) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
