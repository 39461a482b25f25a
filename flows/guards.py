"""May the intake go on? Asked before every look into the inbox: disks there, room on them, the warehouse answers.

What keeps it from going on raises an alarm, which settles itself when the cause is gone; files stay where they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import structlog

from dossier.errors import DiskLow, DossierError, PlaceGone, StoreUnavailable
from flows.tools import Tools
from storage.alarms import Alarms
from storage.places import check_places, check_room

log = structlog.get_logger()

LOOK_EVERY: Final = 2.0
"""Seconds between two looks; in between the last answer holds."""

_ALARM_OF: Final[dict[type[DossierError], str]] = {
    PlaceGone: "place_gone",
    DiskLow: "disk_low",
    StoreUnavailable: "store_gone",
}
_SUBJECT: Final = "intake"


class IntakeGuard:
    """Answers whether files may be taken now.

    Args:
        tools: the opened tools.
        clock: seconds, never going back.
    """

    def __init__(self, tools: Tools, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._tools = tools
        self._clock = clock
        self._looked: float | None = None
        self._hindrance: DossierError | None = None

    def may_go_on(self) -> bool:
        """Whether files may be taken; where not, an alarm is open and the log says why."""
        now = self._clock()
        if self._looked is None or now - self._looked >= LOOK_EVERY:
            before = None if self._looked is None else type(self._hindrance)
            self._looked, self._hindrance = now, hindrance_of(self._tools)
            if type(self._hindrance) is not before:
                self._tell()
        return self._hindrance is None

    def _tell(self) -> None:
        hindrance = self._hindrance
        if hindrance is not None:
            log.error("intake_rests", code=hindrance.code, detail=hindrance.detail)
            if isinstance(hindrance, PlaceGone) and hindrance.detail == "home":
                return  # the ledger itself lived there; the log has to do
        alarms = Alarms(self._tools.ledger.database)
        for error, kind in _ALARM_OF.items():
            if isinstance(hindrance, error):
                alarms.raise_(kind, _SUBJECT, hindrance.detail)
            else:
                alarms.settle(kind, _SUBJECT, by="watcher")


def hindrance_of(tools: Tools) -> DossierError | None:
    """The first thing that keeps the intake from going on."""
    settings = tools.settings
    looks: tuple[Callable[[], None], ...] = (
        lambda: check_places(settings.home, settings.places),
        lambda: check_room(settings.places, settings.disk_low_mb),
        lambda: _must_answer(tools),
    )
    for look in looks:
        try:
            look()
        except DossierError as error:
            return error
    return None


def _must_answer(tools: Tools) -> None:
    if not tools.warehouse.alive():
        raise StoreUnavailable("no answer")
