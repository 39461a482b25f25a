"""The outcome of a trial as a table in Markdown."""

from __future__ import annotations

from tests.chaos.trial import Outcome, Plan


def as_markdown(plan: Plan, outcome: Outcome) -> str:
    """Kills by kind, then what the judge found."""
    verdict = outcome.verdict
    kills = [f"| kill -9: {kind} | {outcome.killed[kind]} |" for kind in outcome.killed]
    found = (
        ("kills", sum(outcome.killed.values())),
        ("files dropped", outcome.delivered),
        ("drops", verdict.drops),
        ("decisions of a person", outcome.decided),
        ("records", verdict.records),
        ("given up, with an alarm", verdict.failed),
        ("lost", len(verdict.lost)),
        ("double", len(verdict.double)),
        ("hash or signature broken", len(verdict.unsound)),
        ("ended or standing without an alarm", len(verdict.unseen)),
        ("copies of papers left in the work folder", len(verdict.left)),
        ("longest standstill without an alarm", f"{outcome.standstill:.0f} s"),
        ("minutes", f"{outcome.minutes:.1f}"),
    )
    rows = [*kills, *(f"| {name} | {value} |" for name, value in found)]
    head = f"Kill trial, seed {plan.seed}, a kill every {plan.pause:g} s on average"
    faults = [f"- {one}" for one in outcome.violations]
    return "\n".join((head, "", "| what | figure |", "|---|---|", *rows, *([""] if faults else []), *faults)) + "\n"
