"""Search over all records: full text and fields, newest first; one index on SQLite and on PostgreSQL.

The index is walked from the newest record to older ones in windows, small ones first: a common word fills a page from
the first window, a rare one costs little in a large one. A walk that takes too long ends with what it found and with where
to go on, so that no question, however unlucky, holds a person (or the database) for seconds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, Protocol

from sqlalchemy import Connection, RowMapping, delete, func, insert, select

from storage.database.engine import Database
from storage.database.rows import RecordRow
from storage.database.tables import records
from storage.search.keys import BLOCKS, Searched, searched
from storage.search.postgres import PostgresKeys
from storage.search.query import Query
from storage.search.sqlite import SqliteKeys

PATIENCE: Final = 0.15
"""Seconds after which a walk ends at the next step; half of what a person may wait for a page."""

_BATCH: Final = 500
"""Candidates that are looked at together where the index alone does not decide."""


class Keys(Protocol):
    """The keys of all records, as one database keeps them."""

    def put(self, connection: Connection, entries: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Enter the keys of new records, by their `seq`."""

    def take(self, connection: Connection, seq: int, keys: Sequence[str]) -> None:
        """Take out a record's keys; they must be those that were put."""

    def newest(self, connection: Connection, query: Query, low: int, high: int, limit: int) -> Sequence[int]:
        """The newest records with a key of every clause, ``low <= seq < high``, newest first."""


@dataclass(frozen=True, slots=True)
class HitPage:
    """A page of hits, newest first."""

    rows: tuple[RecordRow, ...]
    after: int | None
    """Where the next page begins; None at the end. A page may be short, or empty, and still have a next one."""


KEYS: Final[Mapping[str, Keys]] = {"sqlite": SqliteKeys(), "postgresql": PostgresKeys()}
"""By the name of the database as SQLAlchemy has it."""


class SearchIndex:
    """The search on one kind of database.

    Args:
        dialect: name of the database as SQLAlchemy has it.
        patience: seconds for one page.
    """

    def __init__(self, dialect: str, *, patience: float = PATIENCE) -> None:
        self._keys, self._patience = KEYS[dialect], patience

    def add(self, connection: Connection, found: Sequence[Searched]) -> None:
        """Enter new records, inside the transaction that files them; the later in ``found``, the newer."""
        query = insert(searched).returning(searched.c.seq, sort_by_parameter_order=True)
        seqs = connection.execute(query, [asdict(one) for one in found]).scalars().all()
        self._keys.put(connection, [(seq, one.keys) for seq, one in zip(seqs, found, strict=True)])

    def replace(self, connection: Connection, found: Searched) -> None:
        """Enter a record, or put other words in the place of those it had; its place in the order stays."""
        seq = self.remove(connection, found.record_id)
        if seq is None:
            self.add(connection, [found])
            return
        connection.execute(insert(searched).values(seq=seq, **asdict(found)))
        self._keys.put(connection, [(seq, found.keys)])

    def remove(self, connection: Connection, record_id: str) -> int | None:
        """Forget a record's words; returns the place that it had, None where it had none."""
        known = connection.execute(select(searched).where(searched.c.record_id == record_id)).mappings().one_or_none()
        if known is None:
            return None
        self._keys.take(connection, known["seq"], _searched_of(known).keys)
        connection.execute(delete(searched).where(searched.c.seq == known["seq"]))
        return int(known["seq"])

    def put_in_order(self, connection: Connection) -> None:
        """Number all records anew in the order in which they were stored: a rebuild enters them in another one."""
        stored = select(searched.c.record_id).join(records, records.c.record_id == searched.c.record_id)
        ids = connection.execute(stored.order_by(records.c.stored_at, records.c.record_id)).scalars().all()
        for start in range(0, len(ids), _BATCH):
            some = ids[start : start + _BATCH]
            rows = connection.execute(select(searched).where(searched.c.record_id.in_(some))).mappings().all()
            known = {row["record_id"]: _searched_of(row) for row in rows}
            for row in rows:
                self._keys.take(connection, row["seq"], known[row["record_id"]].keys)
            connection.execute(delete(searched).where(searched.c.record_id.in_(some)))
            self.add(connection, [known[record_id] for record_id in some])

    def find(self, connection: Connection, query: Query, limit: int, after: int | None = None) -> HitPage:
        """Records that are valid and that the query names, newest first.

        Args:
            connection: sees one state of the ledger.
            query: what must be true of them.
            limit: most rows of the page.
            after: `HitPage.after` of the page before.
        """
        until = time.monotonic() + self._patience
        top = after if after is not None else (connection.execute(select(func.max(searched.c.seq))).scalar() or 0) + 1
        batch = limit + 1 if _index_decides(query) else _BATCH
        hits: list[tuple[int, RecordRow]] = []
        for low, high in _windows(top):
            cursor = high
            while cursor > low:
                seqs = self._keys.newest(connection, query, low, cursor, batch)
                hits += _fitting(connection, query, seqs, limit + 1 - len(hits))
                if len(hits) > limit:
                    return HitPage(tuple(row for _, row in hits[:limit]), hits[limit - 1][0])
                cursor = seqs[-1] if len(seqs) == batch else low
                if cursor > 1 and time.monotonic() > until:
                    return HitPage(tuple(row for _, row in hits), cursor)
        return HitPage(tuple(row for _, row in hits), None)


def search_page(database: Database, query: Query, limit: int, after: int | None = None) -> HitPage:
    """One page of a search; arguments as in `SearchIndex.find`."""
    with database.reading() as connection:
        return SearchIndex(connection.dialect.name).find(connection, query, limit, after)


def all_hits(connection: Connection, query: Query) -> Iterator[RecordRow]:
    """Every record of a search, newest first, however many there are and however long it takes."""
    index, page = SearchIndex(connection.dialect.name), None
    while page is None or page.after is not None:
        page = index.find(connection, query, _BATCH, None if page is None else page.after)
        yield from page.rows


def index_record(connection: Connection, row: Mapping[str, object], pages: Sequence[str]) -> None:
    """Make a record searchable, or what it says now, inside the transaction that files or corrects it.

    Args:
        connection: inside a transaction.
        row: its line in the table of records.
        pages: its reading text, one entry a page.
    """
    SearchIndex(connection.dialect.name).replace(connection, Searched.of(row, pages))


def order_records(connection: Connection) -> None:
    """Have all records searched in the order in which they were stored; for the end of a rebuild."""
    SearchIndex(connection.dialect.name).put_in_order(connection)


def forget_record(connection: Connection, record_id: str) -> None:
    """Take a record's words out of the index, inside the transaction that disposes of it."""
    SearchIndex(connection.dialect.name).remove(connection, record_id)


def _windows(top: int) -> Iterator[tuple[int, int]]:
    """Windows (low, high) from ``top`` (exclusive) down to 1, each in one block: one of every size, then large ones."""
    tried = 0
    while top > 1:
        size = BLOCKS[min(tried, len(BLOCKS) - 1)]
        low = (top - 1) >> size << size
        yield low, top
        top, tried = low, tried + 1


def _fitting(connection: Connection, query: Query, seqs: Sequence[int], most: int) -> list[tuple[int, RecordRow]]:
    """Of candidates, newest first, the first rows that are hits indeed."""
    if _index_decides(query):
        return _rows(connection, seqs)
    return _rows(connection, _looked_at(connection, query, seqs)[:most])


def _index_decides(query: Query) -> bool:
    return not (query.phrases or query.since or query.until)


def _looked_at(connection: Connection, query: Query, seqs: Sequence[int]) -> list[int]:
    """Candidates that have the days and the phrases."""
    places = tuple(dict.fromkeys(phrase.place for phrase in query.phrases))
    lines = select(searched.c.seq, *(searched.c[place] for place in places)).where(searched.c.seq.in_(seqs))
    lines = lines.join(records, records.c.record_id == searched.c.record_id).where(records.c.state == "valid")
    if query.since is not None:
        lines = lines.where(records.c.dated >= query.since)
    if query.until is not None:
        lines = lines.where(records.c.dated <= query.until)
    return [
        row["seq"]
        for row in connection.execute(lines.order_by(searched.c.seq.desc())).mappings()
        if all(phrase.stands_in(row[phrase.place]) for phrase in query.phrases)
    ]


def _rows(connection: Connection, seqs: Sequence[int]) -> list[tuple[int, RecordRow]]:
    if not seqs:
        return []
    rows = select(searched.c.seq, records).join(records, records.c.record_id == searched.c.record_id)
    rows = rows.where(searched.c.seq.in_(seqs), records.c.state == "valid").order_by(searched.c.seq.desc())
    return [
        (row["seq"], RecordRow(**{name: value for name, value in row.items() if name != "seq"}))
        for row in connection.execute(rows).mappings()
    ]


def _searched_of(row: RowMapping) -> Searched:
    return Searched(**{name: value for name, value in row.items() if name != "seq"})
