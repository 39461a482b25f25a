"""`./run chaos` in small: one kill of each kind under load, and nothing is lost, double or unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.killer import KINDS
from tests.chaos.table import as_markdown
from tests.chaos.trial import Plan, run_trial

pytestmark = pytest.mark.stack


@pytest.mark.timeout(900)
def test_one_kill_of_each_kind_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    plan = Plan(kills=len(KINDS), seed=7, minutes=5, pause=2.0)

    outcome = run_trial(plan, tmp_path / "house", lambda _words: None)

    assert outcome.violations == [], as_markdown(plan, outcome)
    assert sum(outcome.killed.values()) == len(KINDS)
    assert outcome.verdict.records > 0
