"""The keys of the search in PostgreSQL: a tsvector without positions under a GIN index.

A GIN index gives all papers with a word at once, in no order: a million for a common word. So every record also has a key
for each block of `seq` that it lies in, and a question always names one block: the index then looks into the block only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, text

from storage.search.keys import BLOCKS
from storage.search.query import Key, Query

_ROOM: Final = 1_000_000
"""Bytes of one record's keys, a tsvector holds 2^20: some 70,000 different words; of a longer paper the first are kept."""

_PUT: Final = text("INSERT INTO search_keys (seq, keys) VALUES (:seq, array_to_tsvector(CAST(:keys AS text[])))")
_TAKE: Final = text("DELETE FROM search_keys WHERE seq = :seq")
_NEWEST: Final = text("SELECT * FROM search_newest(CAST(:query AS tsquery), :low, :high, :most)")


class PostgresKeys:
    """Keys in a tsvector."""

    def put(self, connection: Connection, entries: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Enter the keys of new records, by their `seq`."""
        rows = [{"seq": seq, "keys": [*(_block(seq, size) for size in BLOCKS), *_fitting(keys)]} for seq, keys in entries]
        connection.execute(_PUT, rows)

    def take(self, connection: Connection, seq: int, keys: Sequence[str]) -> None:
        """Take out a record's keys."""
        connection.execute(_TAKE, {"seq": seq})

    def newest(self, connection: Connection, query: Query, low: int, high: int, limit: int) -> Sequence[int]:
        """The newest records with a key of every clause, ``low <= seq < high``, newest first."""
        size = next(size for size in BLOCKS if low >> size == (high - 1) >> size)
        clauses = [f"({' | '.join(map(_lexeme, clause))})" for clause in query.clauses]
        match = " & ".join([f"'{_block(low, size)}'", *clauses])
        return connection.execute(_NEWEST, {"query": match, "low": low, "high": high, "most": limit}).scalars().all()


def _fitting(keys: Sequence[str]) -> Iterator[str]:
    room = _ROOM
    for key in keys:
        room -= len(key.encode())
        if room < 0:
            return
        yield key


def _block(seq: int, size: int) -> str:
    return f"@{size}.{seq >> size}"


def _lexeme(key: Key) -> str:
    return f"'{key.text}'" + (":*" if key.prefix else "")
