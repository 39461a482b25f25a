"""The account of a time: every file that was delivered, every page of what was taken, and every byte, with where it ended.

Nothing here believes a state alone: the sums are taken over the lines themselves, and what does not add up is a fault with
its subject. A ledger that somebody changed by hand, or a program that lost a page, shows here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, RowMapping, and_, func, select

from storage.account_faults import FAULTS, Fault, Times, faults_of_documents, faults_of_files, faults_of_objects
from storage.database.engine import Database
from storage.database.rows import DropState, Outcome
from storage.database.tables import documents, drops, pages, receipts
from storage.hand_ins import hand_ins

__all__ = ["FAULTS", "Account", "Fault", "Files", "Pages", "Unfinished", "account_of"]


@dataclass(frozen=True, slots=True)
class Files:
    """Delivered files of one end."""

    count: int = 0
    size: int = 0
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Where pages are; the sum of all but `total` is `total`."""

    total: int = 0
    filed: int = 0
    """In records of the archive."""
    held: int = 0
    """In documents that wait for a person, or for a decision to be carried out."""
    rejected: int = 0
    """Sent back to the scanner station."""
    separators: int = 0
    blanks: int = 0
    """Blank pages that belong to no document."""
    waiting: int = 0
    """Of drops that are not done."""
    lost: int = 0
    """Of drops that are done, and in none of these places: a fault."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A drop with pages that are not worked yet."""

    drop_id: str
    state: DropState
    code: str | None
    """Why it was given up."""
    pages: int
    """Pages that wait."""
    hours: float
    """Since it was received."""


@dataclass(frozen=True, slots=True)
class Account:
    """What came in between two times, and where it all is now."""

    begin: datetime
    end: datetime
    files: Mapping[Outcome, Files]
    manifests: Mapping[str, int]
    """Files of reception systems beside the scans: `taken` and `refused`."""
    pages: Pages
    unfinished: tuple[Unfinished, ...]
    faults: tuple[Fault, ...]

    @property
    def delivered(self) -> Files:
        """All of them; the sum over the ends."""
        return Files(sum(one.count for one in self.files.values()), sum(one.size for one in self.files.values()))

    @property
    def adds_up(self) -> bool:
        """True where nothing is lost, double or in two places."""
        return not self.faults


def account_of(database: Database, begin: datetime, end: datetime, now: datetime) -> Account:
    """Add up what was received from ``begin`` (included) to ``end`` (not included), as it stands ``now``."""
    with database.reading() as connection:
        times = Times(begin, end)
        taken = _taken(connection, times)
        places = _places(connection, times)
        sums = {drop["id"]: _pages_of(drop, places[drop["id"]]) for drop in taken}
        unfinished = tuple(
            Unfinished(
                drop["id"], drop["state"], drop["error_code"], sums[drop["id"]].waiting,
                round((now - drop["received_at"]).total_seconds() / 3600, 2),
            )
            for drop in taken
            if drop["state"] != "done"
        )  # fmt: skip
        faults = (*faults_of_files(connection, times), *_faults_of_pages(taken, places, sums))
        faults += (*faults_of_documents(connection, times), *faults_of_objects(connection, times))
        files, manifests = _files(connection, times), _manifests(connection, times)
    return Account(begin, end, files, manifests, _sum(sums.values()), unfinished, faults)


class _Place(NamedTuple):
    place: str
    state: str | None
    """Of the document; None for no document."""
    pages: int
    first: int
    last: int


def _files(connection: Connection, times: Times) -> Mapping[Outcome, Files]:
    query = select(receipts.c.outcome, func.count(), func.sum(receipts.c.size)).group_by(receipts.c.outcome)
    found = {outcome: Files(count, int(size)) for outcome, count, size in
             connection.execute(query.where(times.hold(receipts.c.received_at)))}  # fmt: skip
    ends: tuple[Outcome, ...] = ("taken", "duplicate", "refused")
    return {outcome: found.get(outcome, Files()) for outcome in ends}


def _manifests(connection: Connection, times: Times) -> Mapping[str, int]:
    which = (hand_ins.c.delivery, hand_ins.c.office, hand_ins.c.file_name)
    query = select(func.max(hand_ins.c.code)).where(times.hold(hand_ins.c.entered_at)).group_by(*which)
    codes = connection.execute(query).scalars().all()
    return {"taken": sum(code is None for code in codes), "refused": sum(code is not None for code in codes)}


def _taken(connection: Connection, times: Times) -> Sequence[RowMapping]:
    query = select(drops).where(times.drops).order_by(drops.c.received_at, drops.c.id)
    return connection.execute(query).mappings().all()


def _places(connection: Connection, times: Times) -> Mapping[str, Sequence[_Place]]:
    here = and_(documents.c.drop_id == pages.c.drop_id, documents.c.first_page == pages.c.first_page)
    number = pages.c.number
    query = (
        select(pages.c.drop_id, pages.c.place, documents.c.state, func.count(), func.min(number), func.max(number))
        .join(drops, drops.c.id == pages.c.drop_id)
        .outerjoin(documents, here)
        .where(times.drops)
        .group_by(pages.c.drop_id, pages.c.place, documents.c.state)
    )
    found: dict[str, list[_Place]] = defaultdict(list)
    for drop_id, *place in connection.execute(query):
        found[drop_id].append(_Place(*place))
    return found


def _pages_of(drop: RowMapping, places: Sequence[_Place]) -> Pages:
    def count(place: str, *states: str | None) -> int:
        return sum(one.pages for one in places if one.place == place and (not states or one.state in states))

    filed, held, rejected = (
        count("document", "filed"), count("document", "held", "decided"), count("document", "rejected"),
    )  # fmt: skip
    separators, blanks = count("separator"), count("blank")
    rest = drop["pages"] - filed - held - rejected - separators - blanks
    waiting, lost = (0, rest) if drop["state"] == "done" else (rest, 0)
    return Pages(drop["pages"], filed, held, rejected, separators, blanks, waiting, lost)


def _sum(sums: Iterable[Pages]) -> Pages:
    together = list(sums)
    return Pages(*(sum(getattr(one, name) for one in together) for name in Pages.__slots__))


def _faults_of_pages(
    taken: Sequence[RowMapping], places: Mapping[str, Sequence[_Place]], sums: Mapping[str, Pages]
) -> Iterator[Fault]:
    for drop in taken:
        placed, total = places[drop["id"]], drop["pages"]
        count = sum(one.pages for one in placed)
        first, last = min((one.first for one in placed), default=1), max((one.last for one in placed), default=total)
        beyond = count > total or first < 1 or last > total  # some have a place before it is done, after a rebuild
        if beyond or (drop["state"] == "done" and (count, first, last) != (total, 1, total)):
            yield Fault("pages_differ", drop["id"], f"{count} of {total} pages have a place")
        elif sums[drop["id"]].lost:
            yield Fault("page_lost", drop["id"], f"{sums[drop['id']].lost} of {total} pages")
