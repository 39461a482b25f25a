"""What a person reads at the terminal: the counts of `sohoa status`, and words of others as they are."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

import cli.main
from cli.screens import show_status
from config.settings import Settings
from dossier.errors import Misconfigured
from dossier.values import Soundness
from storage.ledger import Ledger
from storage.places import mark_places
from tests.twins.made_day import scan
from tests.twins.papers import digest, received


def test_the_status_counts_the_drops_of_every_state_and_lists_the_newest(tmp_path: Path) -> None:
    settings, console = Settings(home=tmp_path), Console(file=io.StringIO(), width=160)
    mark_places(settings.home, settings.places)
    ledger = Ledger.open(settings.ledger_address)
    oldest = scan(ledger, b"oldest", 4, 1)
    ledger.started(oldest.id, "run")
    ledger.failed(oldest.id, "OCR_FAILED")
    for number in range(21):
        scan(ledger, b"%d" % number, 4, 1)
    ledger.started(ledger.drops(1)[0].id, "run")
    ledger.close()

    show_status((), settings, console)

    told = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert "drops: 20 / 22" in told
    assert "received: 20, đang xử lý / running: 1, dừng lại / given up: 1" in told


def test_an_office_that_looks_like_markup_is_shown_as_it_is(tmp_path: Path) -> None:
    settings, console = Settings(home=tmp_path), Console(file=io.StringIO(), width=160)
    mark_places(settings.home, settings.places)
    ledger = Ledger.open(settings.ledger_address)
    ledger.receive(
        office="xã [/Hòa]", file_name="a.pdf", sha256=digest(b"1"), size=9, intake=received(digest(b"1")),
        soundness=Soundness("pdf", 1),
    )  # fmt: skip
    ledger.close()

    show_status((), settings, console)

    assert "xã [/Hòa]" in console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


def test_an_error_that_names_a_part_of_a_file_names_it_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise Misconfigured("document types, [field.name]: of")

    monkeypatch.setattr(cli.main, "app", fail)
    with pytest.raises(SystemExit):
        cli.main.main()

    assert "[field.name]" in capsys.readouterr().err
