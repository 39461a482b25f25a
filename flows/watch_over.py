"""Ledger and Prefect compared after anything died: who must run again runs again, and who stands still raises an alarm.

Two call it: the sweep every minute, and the watcher, which is no flow and so also works while Prefect is away.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import structlog

from dossier.alarms import ALARMS
from dossier.errors import LedgerConflict
from flows.lifeless import crash_lifeless
from flows.runs import ensure_release
from flows.submit import start
from flows.tools import Tools
from storage.alarms import Alarms
from storage.audit.lateness import raise_if_late
from storage.database.rows import Alarm, DecisionRow
from storage.desk import Desk
from storage.healing.lateness import raise_if_not_checked, raise_if_not_copied
from storage.progress import look_for_standstill

log = structlog.get_logger()

_ANSWER_SECONDS: Final = 10.0

AT_ONCE: Final = 50
"""The watcher looks after so many of the oldest open drops and decisions at a time: each costs two questions to Prefect."""

_WORK_OF: Final = re.compile(r"(?P<drop>[0-9a-f]{32})|decision-(?P<decision>\d+)")


async def watch_over(tools: Tools, *, most: int | None = AT_ONCE) -> dict[str, int]:
    """Call dead runs crashed, start again what died, give up what died too often; nothing where Prefect is away.

    Args:
        tools: the opened tools.
        most: so many drops and decisions, the oldest first; None = all.

    Returns:
        How many runs were found dead, and drops and decisions looked after.
    """
    try:
        dead = await asyncio.to_thread(_crash_lifeless, tools.settings.prefect_api_url)
    except httpx.HTTPError as error:
        log.warning("prefect_away", error=type(error).__name__)
        return {"dead": 0, "drops": 0, "decisions": 0}
    drops, decisions = tools.ledger.unfinished()[:most], Desk(tools.ledger).waiting()[:most]
    for drop in drops:
        await start(drop.id, tools)
    for decision in decisions:
        await _carry_on(decision, tools)
    return {"dead": dead, "drops": len(drops), "decisions": len(decisions)}


def _crash_lifeless(api_url: str) -> int:
    httpx.get(f"{api_url}/health", timeout=_ANSWER_SECONDS).raise_for_status()
    return crash_lifeless(api_url)


async def _carry_on(decision: DecisionRow, tools: Tools) -> None:
    try:
        await ensure_release(decision, Desk(tools.ledger))
    except Exception as error:  # noqa: BLE001 - whatever the client raises, the decision is safe in the ledger
        log.warning("release_not_started", decision=decision.id, error=type(error).__name__)


def call_out(tools: Tools) -> int:
    """Raise the alarms over what stands still, and over anchors, second copies and checks that are late.

    The ledger alone is asked, so this holds while Prefect is away; returns how many drops and decisions stand still.
    """
    settings = tools.settings
    raise_if_late(tools.ledger.database)
    if settings.replica != "none":
        raise_if_not_copied(tools.ledger.database)
    raise_if_not_checked(tools.ledger.database, timedelta(days=settings.fixity_days))
    patience = timedelta(minutes=settings.stuck_minutes)
    standing = look_for_standstill(tools.ledger.database, patience, datetime.now(UTC))
    for one in standing:
        log.warning("stands_still", subject=one.subject, where=one.where)
    return len(standing)


def clear_work(tools: Tools) -> int:
    """Take what killed runs left in the work folder off this machine, once nobody needs it; returns how many folders."""
    ended = [folder for folder in tools.settings.work.iterdir() if folder.is_dir() and _has_ended(folder, tools)]
    for folder in ended:
        forget(folder)
    return len(ended)


def forget(folder: Path) -> None:
    """Take the work folder of a drop or decision that is done off this machine, and before it the pages that were read.

    The folder goes last: by it `clear_work` finds what a kill in between leaves.
    """
    for result in (folder.parent / "results").glob(f"*-{folder.name}*"):
        result.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _has_ended(folder: Path, tools: Tools) -> bool:
    named = _WORK_OF.fullmatch(folder.name)
    try:
        if named is None:
            return False
        if named["drop"]:
            return tools.ledger.drop(named["drop"]).state == "done"
        return Desk(tools.ledger).decision(int(named["decision"])).state != "waiting"
    except LedgerConflict:  # a folder that only looks like ours
        return False


def alarms_as_text(tools: Tools) -> str:
    """The open alarms as a table in Markdown; ids and codes only, no personal data."""
    rows = [_alarm_row(one) for one in Alarms(tools.ledger.database).open_ones()]
    if not rows:
        return "Không có cảnh báo. / No open alarm."
    head = (
        "| Lúc / at | Cảnh báo / alarm | Về / about | Chi tiết / detail | Việc cần làm / next step |",
        "|---|---|---|---|---|",
    )
    return "\n".join((*head, *rows))


def _alarm_row(alarm: Alarm) -> str:
    kind = ALARMS[alarm.kind]
    what, then = f"{kind.vi} / {kind.en}", f"{kind.do_vi} / {kind.do_en}"
    return f"| {alarm.raised_at:%Y-%m-%d %H:%M}Z | {what} | `{alarm.subject}` | {alarm.detail} | {then} |"
