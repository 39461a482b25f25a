"""Who waits in the inbox and is not taken: no ledger knows of it yet, so this alone calls a person."""

from __future__ import annotations

import stat
from collections import Counter
from pathlib import Path
from typing import Final

from storage.alarms import Alarms
from storage.database.engine import Database
from storage.intake.dropped import DroppedFile, lying

_KIND: Final = "inbox_waits"
_SUBJECT_LETTERS: Final = 128
_STRAYS: Final = "inbox"
"""What is said where a file lies beside the offices' folders."""


def look_for_left_lying(inbox: Path, database: Database, *, patience: float, manifest_patience: float, now: float) -> int:
    """Raise the alarm over every office where something lies too long, settle it where nothing does any more.

    Args:
        inbox: folder of the offices' folders.
        database: of the ledger.
        patience: seconds that a file may lie there unchanged; what may not be looked at is told at once.
        manifest_patience: seconds that a manifest may wait for its scan, if that is longer.
        now: POSIX time.

    Returns:
        How many files lie too long.
    """

    def lies_too_long(file: DroppedFile) -> bool:
        since = _since(file.path)
        return since is not None and now - since > (max(patience, manifest_patience) if file.is_manifest else patience)

    found = Counter((file.told_office or _STRAYS)[:_SUBJECT_LETTERS] for file in lying(inbox) if lies_too_long(file))
    alarms = Alarms(database)
    for office, count in found.items():
        alarms.raise_(_KIND, office, f"{count} tệp / files")
    for alarm in alarms.open_ones(_KIND):
        if alarm.subject not in found:
            alarms.settle(_KIND, alarm.subject, by="watcher")
    return found.total()


def _since(path: Path) -> float | None:
    """POSIX time of the last change of the file or its name, which also a killed watcher finds again; None = gone."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    except PermissionError:
        return 0.0
    return 0.0 if stat.S_ISDIR(status.st_mode) else status.st_ctime
