"""Search: full text and fields, with and without marks, on SQLite FTS5 and on PostgreSQL; lists by page."""
