"""May the intake go on? Asked before every look into the inbox: disks there, room on them, the warehouse answers.

What keeps it from going on raises an alarm, which settles itself when the cause is gone; files stay where they are.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Final

import structlog

from config.settings import Settings
from dossier.errors import DiskLow, DossierError, LedgerUnavailable, PlaceGone, StoreUnavailable
from flows.tools import Tools
from storage.alarms import Alarms
from storage.ledger import Ledger
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
        self._told: type[DossierError | None] | None = None
        self._goes_on_since: float | None = None

    def may_go_on(self) -> bool:
        """Whether files may be taken; where not, an alarm is open and the log says why.

        Raises:
            LedgerUnavailable: nobody could be told; it is tried again at the next look.
        """
        now = self._clock()
        if self._looked is None or now - self._looked >= LOOK_EVERY:
            self._looked, self._hindrance = now, hindrance_of(self._tools)
            if self._hindrance is not None:
                self._goes_on_since = None
            elif self._goes_on_since is None:
                self._goes_on_since = now
            if type(self._hindrance) is not self._told:
                _tell(self._hindrance, self._tools.ledger)
                self._told = type(self._hindrance)
        return self._hindrance is None

    def goes_on_for(self) -> float:
        """Seconds since the intake last began to go on; 0.0 while it rests."""
        return 0.0 if self._goes_on_since is None else self._clock() - self._goes_on_since


async def wait_for_places(settings: Settings, stop: asyncio.Event) -> None:
    """Wait until every disk is there, or ``stop`` is set; while one is away its alarm is open, and nothing else is.

    Raises:
        PlaceGone: the home is away, and the settings with it: only a new start finds them again.
    """
    told = False
    while not stop.is_set():
        try:
            check_places(settings.home, settings.places)
        except PlaceGone as gone:
            if gone.detail == "home":
                raise
            with suppress(LedgerUnavailable):
                told = told or _told_alone(gone, settings)
        else:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_EVERY)


def _told_alone(gone: PlaceGone, settings: Settings) -> bool:
    with closing(Ledger.open(settings.ledger_address)) as ledger:
        _tell(gone, ledger)
    return True


def _tell(hindrance: DossierError | None, ledger: Ledger) -> None:
    if hindrance is not None:
        log.error("intake_rests", code=hindrance.code, detail=hindrance.detail)
        if isinstance(hindrance, PlaceGone) and hindrance.detail == "home":
            return  # the ledger itself lived there; the log has to do
    alarms = Alarms(ledger.database)
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
