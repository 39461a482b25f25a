"""What must never stand in a log: the persons of the samples, and anything that is shaped like a citizen's ID."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from dossier.citizen_id import parse_citizen_id
from dossier.codes import CodeProblem

TRUTH = Path(__file__).parent.parent / "samples" / "truth.json"

_TWELVE = re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")  # its last part may be all digits
_OWN_CALL = "HTTP Request: "  # what httpx says of each call, in whatever format; the product calls nobody with an ID
_PERSONS = {"applicant", "name", "father", "mother", "husband", "wife", "authorized_name"}


@cache
def names_of_the_samples() -> frozenset[str]:
    """Every person's name on the sample papers."""
    return frozenset(value for key, value in _leaves(json.loads(TRUTH.read_text(encoding="utf-8"))) if key in _PERSONS)


def personal_data_in(text: str) -> list[str]:
    """What of a text points to a person: names of the samples, numbers that are valid as a citizen's ID."""
    numbers = [
        found for found in _TWELVE.findall(_UUID.sub("", text)) if not isinstance(parse_citizen_id(found), CodeProblem)
    ]
    return numbers + [name for name in names_of_the_samples() if name in text]


def _leaves(node: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _leaves(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value, key)
    elif isinstance(node, str):
        yield key, node


class LogScan:
    """Reads what every test let the product say (log records, standard output and error); a person in it fails the run."""

    def __init__(self) -> None:
        self.found: list[tuple[str, int]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test is over, and the report of its end holds all that it said; its own HTTP client does not count."""
        if report.when != "teardown":
            return
        said = [line for _, text in report.sections for line in text.splitlines() if _OWN_CALL not in line]
        persons = len(personal_data_in("\n".join(said)))
        if persons:
            self.found.append((report.nodeid, persons))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run in which anything personal was said."""
        if self.found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the tests, not the persons."""
        for nodeid, persons in self.found:
            terminalreporter.write_line(f"personal data in the output of {nodeid}: {persons} times", red=True)
