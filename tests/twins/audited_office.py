"""A whole installation with plain files, one stored record in it, and a timestamp authority that answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner, Result

from cli import audit, held, retention
from cli.installation import prepare
from config.settings import load_settings
from dossier.records import Record, RecordKey
from dossier.values import Soundness
from flows.keepers import Keepers, open_keepers
from signing.local_tsa import LocalTsa
from storage.objects.folder import FolderStore
from storage.places import mark_places
from storage.tokens import citizen_token
from tests.twins.papers import CITIZEN, SEAL, digest, record, sealed


@dataclass(frozen=True)
class Office:
    """An installation with one stored record."""

    home: Path
    record: Record

    def say(self, *command: str, typed: str | None = None, columns: int = 300) -> Result:
        """Type a command."""
        app = {"audit": audit.app, "retention": retention.app, "held": held.app}[command[0]]
        return CliRunner().invoke(app, [*command[1:], "--home", str(self.home)], input=typed, env={"COLUMNS": str(columns)})

    def said(self, *command: str, typed: str | None = None) -> str:
        """Type a command that must go well."""
        done = self.say(*command, typed=typed)
        assert done.exit_code == 0, done.output + repr(done.exception)
        return done.output

    def acts(self) -> list[tuple[str, str]]:
        """(actor, act) of every line, oldest first."""
        with open_keepers(load_settings(self.home)) as keepers:
            return [(line.actor, line.act) for line in reversed(keepers.trail.lines(100))]


def _file_one(keepers: Keepers, folder: Path) -> Record:
    keepers.warehouse.prepare()
    source = folder / "scan.pdf"
    source.write_bytes(b"scan")
    received = keepers.warehouse.receive(source, digest(b"scan"))
    receipt = keepers.ledger.receive(
        office="một-cửa",
        file_name="scan.pdf",
        sha256=digest(b"scan"),
        size=4,
        intake=received,
        soundness=Soundness("pdf", 1),
    )
    token = citizen_token(keepers.settings.citizen_token_key.get_secret_value().encode(), CITIZEN)
    paper = record(RecordKey(token, "7" * 32), source=digest(b"scan"))
    keepers.ledger.started(str(receipt.drop_id), "run")
    keepers.ledger.filed(str(receipt.drop_id), paper, keepers.warehouse.put(paper, sealed(folder)), SEAL)
    keepers.ledger.finished(str(receipt.drop_id))
    return paper


@contextmanager
def office_in(folder: Path) -> Iterator[Office]:
    """The installation, in ``folder / "home"``."""
    home = prepare(folder / "home").home
    with LocalTsa(home / "pki") as tsa:
        with (home / "settings.env").open("a", encoding="utf-8") as settings:
            settings.write(f"\nSOHOA_STORE=filesystem\nSOHOA_TSA_URL={tsa.url}\n")
        named = load_settings(home)
        FolderStore.create(named.store_folder)
        mark_places(home, named.places)
        with open_keepers(load_settings(home)) as keepers:
            paper = _file_one(keepers, folder)
        yield Office(home, paper)
