"""The first command of the README, as a person types it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.stack

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(900)
def test_the_demo_digitizes_the_samples_fetches_one_back_and_leaves_no_process(tmp_path: Path) -> None:
    demo = subprocess.run(
        ["./run", "demo", "--once", "--home", str(tmp_path / "demo")],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},  # noqa: TID251 - the whole environment, for a child process
        capture_output=True,
        text=True,
        check=False,
    )
    left = [one.pid for one in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(one.info["cmdline"] or [])]

    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "H62.12-230712-0002" in demo.stdout
    assert "trùng với / duplicate of" in demo.stdout
    assert "hash equal, signature valid" in demo.stdout
    assert left == []
