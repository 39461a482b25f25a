"""The keys of the search in SQLite: a table of FTS5 without content and without positions.

FTS5's tokenizer is told to part nothing but blanks, so that it keeps keys as `storage.search.keys` made them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, text

from storage.search.query import Key, Query

_PUT: Final = "INSERT INTO search_keys (rowid, keys) VALUES (?, ?)"
_TAKE: Final = "INSERT INTO search_keys (search_keys, rowid, keys) VALUES ('delete', ?, ?)"
_NEWEST: Final = text(
    "SELECT rowid FROM search_keys WHERE search_keys MATCH :query AND rowid >= :low AND rowid < :high"
    " ORDER BY rowid DESC LIMIT :limit"
)


class SqliteKeys:
    """Keys in FTS5."""

    def put(self, connection: Connection, entries: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Enter the keys of new records, by their `seq`."""
        connection.exec_driver_sql(_PUT, [(seq, " ".join(keys)) for seq, keys in entries])

    def take(self, connection: Connection, seq: int, keys: Sequence[str]) -> None:
        """Take out a record's keys; FTS5 must be given what it was given before."""
        connection.exec_driver_sql(_TAKE, (seq, " ".join(keys)))

    def newest(self, connection: Connection, query: Query, low: int, high: int, limit: int) -> Sequence[int]:
        """The newest records with a key of every clause, ``low <= seq < high``, newest first."""
        match = " AND ".join(f"({' OR '.join(map(_term, clause))})" for clause in query.clauses)
        bounds = {"query": match, "low": low, "high": high, "limit": limit}
        return connection.execute(_NEWEST, bounds).scalars().all()


def _term(key: Key) -> str:
    return f'"{key.text}"' + (" *" if key.prefix else "")
