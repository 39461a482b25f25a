"""Search: the words of every record, and their keys in the index that the database has for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# The planner takes a look into a keys column for free and would read every row of a window: this leaves it the index only.
_NEWEST = """
CREATE FUNCTION search_newest(query tsquery, low bigint, high bigint, most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE SET enable_seqscan = off SET enable_indexscan = off AS
$$ SELECT seq FROM search_keys WHERE keys @@ query AND seq + 0 >= low AND seq + 0 < high ORDER BY seq DESC LIMIT most $$
"""

_KEYS = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_keys USING fts5(keys, content='', columnsize=0, detail=none, prefix='2 3',"
        " tokenize=\"ascii tokenchars '=/.-_@'\")",
    ),
    "postgresql": (
        "CREATE TABLE search_keys (seq bigint PRIMARY KEY, keys tsvector NOT NULL) WITH (toast_tuple_target = 128)",
        "CREATE INDEX ix_search_keys_keys ON search_keys USING gin (keys)",
        _NEWEST,
    ),
}


def upgrade() -> None:
    """Create the tables; records that are there already become searchable by `sohoa rebuild`."""
    op.create_table(
        "searched",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("record_id", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("facets", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_searched"),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name="fk_searched_record_id"),
        sa.UniqueConstraint("record_id", name="uq_searched_record_id"),
    )
    for statement in _KEYS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Drop them; the records stay, and a rebuild makes the index anew."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION search_newest")
    op.drop_table("search_keys")
    op.drop_table("searched")
