"""kill -9 at every step of storing and correcting a record: the re-runs end in one whole record, stored once."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dossier.records import Change, Stored
from dossier.values import SealedPdf
from storage.records.warehouse import Warehouse
from tests.conftest import S3Server
from tests.twins.papers import SEAL, digest, record
from tests.twins.sudden_death import die_at, in_a_doomed_process

pytestmark = pytest.mark.store

CONTENT = b"%PDF sealed " * 3000
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


class Paper:
    """One sealed paper on its way into a real warehouse; each process opens its own."""

    def __init__(self, folder: Path, server: S3Server) -> None:
        self.folder, self._server, self._prefix = folder, server, f"d{digest(os.fsencode(folder))[:12]}"
        self.record = record()
        self.open().prepare()
        (folder / "sealed.pdf").write_bytes(CONTENT)
        (folder / "text.xml").write_text("<alto/>")

    def open(self) -> Warehouse:
        """The warehouse."""
        return self._server.warehouse(self._prefix)

    def put(self) -> Stored:
        """Do what a run does; a content that another left is finished, never written again."""
        house = self.open()
        found = house.find(self.record.key)
        if found is not None:
            return found
        left = house.resume(self.record.key, self.folder / "work")
        pdf = SealedPdf(left or self.folder / "sealed.pdf", 1, digest(CONTENT), len(CONTENT), SEAL)
        return house.put(self.record, pdf, self.folder / "text.xml")

    def correct(self) -> None:
        """Correct it, as a person does who says the same again after a crash."""
        self.open().correct(self.record.key, Change({"number": "12"}), by="lan", why="x", at=NOW)

    def versions(self) -> dict[str, int]:
        """Name of each object to the number of its versions."""
        house, prefix = self.open(), f"{self.record.key.prefix}/"
        keys = [one.key for one in house.store.listed(house.buckets.archive, prefix)]
        return {key.removeprefix(prefix): keys.count(key) for key in keys}


@pytest.fixture
def paper(tmp_path: Path, s3_server: S3Server) -> Paper:
    return Paper(tmp_path, s3_server)


@pytest.mark.parametrize(("event", "at_least"), [("os.rename", 4), ("tempfile.mkdtemp", 5), ("open", 12)])
def test_killed_again_and_again_a_record_is_stored_once(paper: Paper, event: str, at_least: int) -> None:
    deaths = deaths_of(paper.put, event)
    stored = paper.put()

    assert deaths >= at_least
    assert b"".join(paper.open().content(paper.record.key, stored.version_id)) == CONTENT
    assert paper.versions() == {"document.pdf": 1, "text.alto.xml": 1, "manifest-0001.json": 1}


def test_killed_again_and_again_a_correction_is_made_once(paper: Paper) -> None:
    paper.put()

    assert deaths_of(paper.correct, "open") >= 3
    assert paper.versions() == {
        "document.pdf": 1, "text.alto.xml": 1, "manifest-0001.json": 1, "manifest-0002.json": 1,
    }  # fmt: skip
    assert paper.open().manifest(paper.record.key)["fields"]["number"]["value"] == "12"


def deaths_of(act: object, event: str) -> int:
    """Kill at the first, second ... event of this name, running again each time, until one run comes to its end."""
    for nth in range(200):

        def doomed(nth: int = nth) -> None:
            die_at(event, nth)
            act()  # type: ignore[operator]

        if not in_a_doomed_process(doomed):
            return nth
    raise AssertionError("the re-runs come to no end")
