"""The ledger of a command is closed again, however the command ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.ledger import open_ledger
from config.settings import load_settings
from storage.ledger import Ledger


def test_the_ledger_is_closed_also_where_the_command_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Ledger] = []
    monkeypatch.setattr(Ledger, "close", lambda ledger: closed.append(ledger))  # noqa: PLW0108 - a builtin is no method
    settings = load_settings(tmp_path)

    with open_ledger(settings) as well:
        assert well.receipts(1) == ()
    with pytest.raises(ValueError, match="typed wrongly"), open_ledger(settings) as badly:
        raise ValueError("typed wrongly")

    assert closed == [well, badly]
    monkeypatch.undo()
    for ledger in closed:
        ledger.close()
