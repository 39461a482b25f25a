"""`./run chaos`: kills things under load and judges what is left; exit code 1 where anything was lost, double or unseen."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.table import as_markdown
from tests.chaos.trial import Plan, run_trial


def main() -> int:
    """Parse, try, print."""
    parser = argparse.ArgumentParser(prog="./run chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=60, help="so many kills (500: the long one, about an hour)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--minutes", type=float, help="the killing ends after so long (default: a minute for 6 kills, at least 5)"
    )
    parser.add_argument("--pause", type=float, default=4.0, help="mean pause between two kills, seconds")
    parser.add_argument("--out", type=Path, help="write the table here, Markdown")
    parser.add_argument("--home", type=Path, help="keep the installation here (default: a temporary folder)")
    given = parser.parse_args()
    plan = Plan(given.kills, given.seed, given.minutes or max(5.0, given.kills / 6), given.pause)
    began = time.monotonic()

    def say(words: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {words}", file=sys.stderr, flush=True)  # noqa: T201 - for who waits

    with tempfile.TemporaryDirectory(prefix="sohoa-chaos-") as folder:
        outcome = run_trial(plan, given.home or Path(folder), say)
    table = as_markdown(plan, outcome)
    print(table)  # noqa: T201 - the result
    if given.out:
        given.out.write_text(table, encoding="utf-8")
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
