"""How long anything stood still without an alarm, watched from outside: the ledger is looked at every two seconds."""

from __future__ import annotations

import time
from threading import Event, Thread
from typing import Final

from dossier.errors import DossierError
from storage.alarms import Alarms
from storage.desk import Desk
from storage.ledger import Ledger
from storage.progress import Progress

LOOK_SECONDS: Final = 2.0

_IN_THE_QUEUE: Final = ("received", None)


class Standstill:
    """The longest standstill of any drop or decision; a context manager."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._stop = ledger, Event()
        self._moved_at: dict[str, tuple[object, float]] = {}
        self._thread = Thread(target=self._watch, daemon=True)
        self.longest = 0.0
        """Seconds."""
        self.who = ""

    def __enter__(self) -> Standstill:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self._look()
            except DossierError:  # a writer took long; the next look sees more
                continue

    def _look(self) -> None:
        seen, now = dict(self._items()), time.monotonic()
        raised = Alarms(self._ledger.database).open_ones()
        alarmed = {alarm.subject for alarm in raised if alarm.kind == "stuck"}
        if any(alarm.kind == "queue_waits" for alarm in raised):
            alarmed |= {name for name, state in seen.items() if state == _IN_THE_QUEUE}
        for name, state in seen.items():
            if name not in self._moved_at or self._moved_at[name][0] != state or name in alarmed:
                self._moved_at[name] = (state, now)
            stood = now - self._moved_at[name][1]
            if stood > self.longest:
                self.longest, self.who = stood, f"{name} {state}"
        for gone in set(self._moved_at) - set(seen):
            del self._moved_at[gone]

    def _items(self) -> list[tuple[str, object]]:
        """Only steps count: that it was started again is no progress."""
        progress = Progress(self._ledger.database)
        drops = [
            (drop.id, (drop.state, mark.steps if (mark := progress.mark(drop.id)) else None))
            for drop in self._ledger.unfinished()
        ]
        return drops + [(f"decision-{one.id}", one.state) for one in Desk(self._ledger).waiting()]
