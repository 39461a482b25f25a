"""The account of a time: every file that was delivered, every page of what was taken, and every byte, with where it ended.

Nothing here believes a state alone: the sums are taken over the lines themselves, and what does not add up is a fault with
its subject. A ledger that somebody changed by hand, or a program that lost a page, shows here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, or_, select

from storage.database.engine import Database
from storage.database.keeping_tables import objects
from storage.database.rows import DropState, Outcome
from storage.database.tables import documents, drops, pages, receipts, records
from storage.hand_ins import hand_ins


class Words(NamedTuple):
    """A fault in both languages."""

    vi: str
    en: str


FAULTS: Final[Mapping[str, Words]] = {
    "no_receipt": Words("Lô không có biên nhận", "A drop without a receipt"),
    "file_differs": Words("Biên nhận khác với lô của nó", "A receipt says another size or hash than its drop"),
    "pages_differ": Words(
        "Số trang đã xếp chỗ khác số trang của lô", "The pages that have a place are not all of the drop"
    ),
    "page_lost": Words("Trang của lô đã xong không nằm trong giấy tờ nào", "A page of a finished drop lies in no document"),
    "document_differs": Words(
        "Các trang của giấy tờ không nằm ở chỗ của nó", "The pages of a document do not lie in its place"
    ),
    "record_missing": Words("Giấy tờ đã lưu nhưng không có bản ghi", "A filed document without its record"),
    "object_lost": Words("Dữ liệu trong kho bị hỏng hoặc mất", "Bytes in the warehouse are damaged or lost"),
}


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
class Fault:
    """Something that does not add up."""

    kind: str
    """Key of `FAULTS`."""
    subject: str
    """Id of a drop, number of a receipt or of a document."""
    detail: str
    """Counts and hashes."""


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
        faults = (*_faults_of_files(connection, times), *_faults_of_pages(taken, places, sums))
        faults += (*_faults_of_documents(connection, times), *_faults_of_objects(connection, times))
        files, manifests = _files(connection, times), _manifests(connection, times)
    return Account(begin, end, files, manifests, _sum(sums.values()), unfinished, faults)


class Times(NamedTuple):
    """From when, included, to when, not included."""

    begin: datetime
    end: datetime

    def hold(self, column: ColumnElement[datetime]) -> ColumnElement[bool]:
        """The condition that a time lies between them."""
        return and_(column >= self.begin, column < self.end)

    @property
    def drops(self) -> ColumnElement[bool]:
        """The condition that a drop was taken between them."""
        return drops.c.id.in_(select(receipts.c.drop_id).where(self.hold(receipts.c.received_at)))


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


def _faults_of_files(connection: Connection, times: Times) -> Iterator[Fault]:
    alone = select(drops.c.id).outerjoin(receipts, receipts.c.drop_id == drops.c.id)
    for drop_id in connection.execute(alone.where(times.hold(drops.c.received_at), receipts.c.id.is_(None))).scalars():
        yield Fault("no_receipt", drop_id, "")
    of_it = or_(drops.c.id == receipts.c.drop_id, drops.c.id == receipts.c.duplicate_of)
    differs = or_(
        drops.c.id.is_(None),
        drops.c.sha256 != receipts.c.sha256,
        drops.c.size != receipts.c.size,
        func.substr(receipts.c.sha256, 1, 32) != drops.c.id,
    )
    query = select(receipts.c.id, receipts.c.size, drops.c.size).outerjoin(drops, of_it)
    query = query.where(times.hold(receipts.c.received_at), receipts.c.outcome != "refused", differs)
    for number, said, size in connection.execute(query.order_by(receipts.c.id)):
        yield Fault("file_differs", str(number), f"{said} bytes, the drop {size}")


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


def _faults_of_documents(connection: Connection, times: Times) -> Iterator[Fault]:
    here = and_(pages.c.drop_id == documents.c.drop_id, pages.c.first_page == documents.c.first_page)
    first, last = func.min(pages.c.number), func.max(pages.c.number)
    query = (
        select(documents.c.id, documents.c.first_page, documents.c.last_page)
        .join(drops, drops.c.id == documents.c.drop_id)
        .outerjoin(pages, here)
        .where(times.drops)
        .group_by(documents.c.id, documents.c.first_page, documents.c.last_page)
        .having(or_(first.is_(None), first != documents.c.first_page, last < documents.c.last_page))
        .order_by(documents.c.id)
    )
    for number, first_page, last_page in connection.execute(query):
        yield Fault("document_differs", str(number), f"pages {first_page}-{last_page}")
    missing = (
        select(documents.c.id)
        .join(drops, drops.c.id == documents.c.drop_id)
        .outerjoin(records, records.c.record_id == documents.c.record_id)
        .where(times.drops, documents.c.state == "filed", records.c.record_id.is_(None))
    )
    for number in connection.execute(missing.order_by(documents.c.id)).scalars():
        yield Fault("record_missing", str(number), "")


def _faults_of_objects(connection: Connection, times: Times) -> Iterator[Fault]:
    of_record = select(documents.c.drop_id, records.c.content_key.label("key"))
    of_record = of_record.join(records, records.c.record_id == documents.c.record_id)
    kept = of_record.union(select(drops.c.id, drops.c.intake_key)).subquery()
    state = func.coalesce(objects.c.state, "unknown to the inventory")
    query = (
        select(kept.c.drop_id, state, func.count())
        .join(drops, drops.c.id == kept.c.drop_id)
        .outerjoin(objects, objects.c.key == kept.c.key)
        .where(times.drops, state.not_in(("sound", "disposed")))
        .group_by(kept.c.drop_id, state)
    )
    for drop_id, how, count in connection.execute(query.order_by(kept.c.drop_id)):
        yield Fault("object_lost", drop_id, f"{count} {how}")
