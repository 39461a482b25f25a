"""What ends a run is noted; what no repetition can help is repeated once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from dossier.errors import SigningFailed, StoreCorrupt, StoreUnavailable
from dossier.values import Soundness
from flows.retry import note_failure
from storage.ledger import Ledger
from storage.progress import Progress
from tests.twins.papers import digest, received


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def drop_id(ledger: Ledger) -> str:
    """A drop whose first run has begun."""
    receipt = ledger.receive(
        office="a", file_name="b", sha256=digest(b"c"), size=1, intake=received(digest(b"c")), soundness=Soundness("pdf", 1)
    )
    assert receipt.drop_id is not None
    _begin(ledger, receipt.drop_id)
    return receipt.drop_id


def _begin(ledger: Ledger, drop_id: str, steps: int = 0) -> None:
    ledger.started(drop_id, "run")
    Progress(ledger.database).came_to(drop_id, steps, run_count=0, now=datetime.now(UTC))


def _ends(ledger: Ledger, drop_id: str, *errors: Exception) -> tuple[str, str | None]:
    """State and code of the drop after runs that ended so."""
    for run_count, error in enumerate(errors, 1):
        _begin(ledger, drop_id)
        note_failure(drop_id, error, ledger, run_count=run_count)
    drop = ledger.drop(drop_id)
    return drop.state, drop.error_code


def test_an_error_that_no_repetition_helps_is_repeated_once(ledger: Ledger, drop_id: str) -> None:
    assert _ends(ledger, drop_id, StoreCorrupt()) == ("running", "STORE_CORRUPT")
    assert _ends(ledger, drop_id, StoreCorrupt()) == ("failed", "STORE_CORRUPT")


def test_another_cause_is_another_error(ledger: Ledger, drop_id: str) -> None:
    assert _ends(ledger, drop_id, StoreCorrupt(), SigningFailed()) == ("running", SigningFailed.code)


def test_a_step_between_makes_it_another_error(ledger: Ledger, drop_id: str) -> None:
    _ends(ledger, drop_id, StoreCorrupt())
    _begin(ledger, drop_id, steps=1)

    assert _ends(ledger, drop_id, StoreCorrupt()) == ("running", "STORE_CORRUPT")


@pytest.mark.parametrize("away", [StoreUnavailable(), httpx.ConnectError("away")])
def test_what_is_away_may_be_away_for_long(ledger: Ledger, drop_id: str, away: Exception) -> None:
    assert _ends(ledger, drop_id, *[away] * 9)[0] == "running"
    mark = Progress(ledger.database).mark(drop_id)
    assert mark is not None
    assert mark.run_count == 9


def test_a_bug_counts_as_a_run_and_is_named(ledger: Ledger, drop_id: str) -> None:
    assert _ends(ledger, drop_id, KeyError("x"), KeyError("x")) == ("running", "KeyError")
    mark = Progress(ledger.database).mark(drop_id)
    assert mark is not None
    assert mark.run_count == 0


def test_a_drop_that_is_done_stays_done(ledger: Ledger, drop_id: str) -> None:
    ledger.finished(drop_id)

    note_failure(drop_id, httpx.ConnectError("away"), ledger, run_count=1)

    assert (ledger.drop(drop_id).state, ledger.drop(drop_id).error_code) == ("done", None)
