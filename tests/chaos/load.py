"""What scanners and persons do while things die: new dossiers, the same again, papers to hold, files that are no scans.

The papers are the synthetic samples; each delivery gets its own bytes by a comment inside its JPEG, so that every page
looks the same and is another scan.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count, cycle
from pathlib import Path
from typing import Final, Literal

import pikepdf

from config.settings import Settings
from dossier.citizen_id import CitizenId
from dossier.decisions import FileIt
from dossier.dossier_code import DossierCode
from dossier.values import Sha256
from storage.desk import Desk
from storage.intake.delivery import deliver
from storage.intake.dropped import waiting
from storage.ledger import Ledger

SAMPLES: Final = Path(__file__).resolve().parents[2] / "samples"
BATCH: Final = SAMPLES / "SCAN_20230712_batch.pdf"
SINGLE: Final = SAMPLES / "scan6772.jpg"
SEPARATOR_PAGE, PAPER_PAGE = 6, 7
"""Of the batch; the sheet names dossier and citizen, so the paper behind it is filed without a person."""

OPEN_AT_ONCE: Final = 6
"""More is delivered only while fewer files and drops are open, so that nothing stands in a queue for long."""

CITIZEN, DOSSIER = CitizenId("026085004321"), DossierCode("H62.12-230712-0099")
"""Of nobody; what the person writes on held papers."""

Kind = Literal["sure", "doubtful", "again", "broken"]
_ORDER: Final[tuple[Kind, ...]] = ("sure", "doubtful", "sure", "again", "broken", "sure")


@dataclass(frozen=True, slots=True)
class Delivered:
    """One file that was put into the inbox."""

    name: str
    kind: Kind
    sha256: Sha256
    content: bytes = field(repr=False)


class Load:
    """Delivers and decides, a step at a time."""

    def __init__(self, settings: Settings, ledger: Ledger, folder: Path) -> None:
        self._settings, self._ledger, self._desk, self._folder = settings, ledger, Desk(ledger), folder
        self._next = zip(count(1), cycle(_ORDER), strict=False)
        self.delivered: list[Delivered] = []
        self.decided: set[int] = set()

    def step(self) -> None:
        """Deliver one more file if few are open, and decide on what is held."""
        if self._open() < OPEN_AT_ONCE:
            self._deliver(*next(self._next))
        self.decide_all()

    def decide_all(self) -> None:
        """File every held paper, once."""
        for entry in self._ledger.shelf(1000):
            decision = self._desk.decide(entry.hold_id, FileIt("quyet_dinh", DOSSIER, CITIZEN), who="lan")
            self.decided.add(decision.id)

    def is_over(self) -> bool:
        """Nothing waits and nothing runs."""
        return self._open() == 0 and not self._desk.waiting() and not self._ledger.shelf(1)

    def _open(self) -> int:
        return len(waiting(self._settings.inbox)) + len(self._ledger.unfinished())

    def _deliver(self, number: int, kind: Kind) -> None:
        if kind == "again":
            content = next(one for one in reversed(self.delivered) if one.kind == "sure").content
        else:
            content = _MADE[kind](number)
        name = f"{number:04d}-{kind}{'.jpg' if kind == 'doubtful' else '.pdf'}"
        path = self._folder / name
        path.write_bytes(content)
        deliver(path, self._settings.inbox, "mot-cua")
        path.unlink()
        self.delivered.append(Delivered(name, kind, Sha256(sha256(content).hexdigest()), content))


def _sure(number: int) -> bytes:
    made, out = pikepdf.new(), io.BytesIO()
    with pikepdf.open(BATCH) as batch:
        made.pages.extend([batch.pages[SEPARATOR_PAGE - 1], batch.pages[PAPER_PAGE - 1]])
        (image,) = _pictures(made.pages[1])
        image.write(with_comment(image.read_raw_bytes(), f"{number}"), filter=pikepdf.Name.DCTDecode)
        made.save(out)
    return out.getvalue()


def _pictures(page: pikepdf.Page) -> Iterator[pikepdf.Stream]:
    for entry in page.resources.XObject.values():
        if entry.Subtype == pikepdf.Name.Image:
            yield entry


def with_comment(jpeg: bytes, comment: str) -> bytes:
    """The same picture in other bytes: a comment segment behind the first marker."""
    words = comment.encode()
    return jpeg[:2] + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + jpeg[2:]


_MADE: Final = {
    "sure": _sure,
    "doubtful": lambda number: with_comment(SINGLE.read_bytes(), f"{number}"),
    "broken": lambda number: f"this is no scan, number {number} ".encode() * 10,
}
