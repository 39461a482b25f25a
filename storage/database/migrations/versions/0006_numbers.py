"""The same number of the same agency is looked for in the index of the search: the index on both columns is not asked."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from alembic import op

from storage.search.index import KEYS
from storage.search.keys import Searched

revision = "0006"
down_revision = "0005"

_AT_ONCE = 1_000

# The tables as they are at this revision; what the keys are is for the code to say that looks for them.
_searched = sa.table("searched", *map(sa.column, ("seq", "record_id", "text", "agency", "names", "facets")))
_records = sa.table(
    "records",
    *map(sa.column, ("record_id", "citizen", "type", "office", "dossier_code", "number", "agency")),
    sa.column("fields", sa.JSON()),
    sa.column("dated", sa.Date()),
)
_NEXT = (
    sa.select(_records, *(_searched.c[name].label(f"its_{name}") for name in ("seq", "text", "agency", "names", "facets")))
    .join(_searched, _searched.c.record_id == _records.c.record_id)
    .where(_searched.c.seq > sa.bindparam("done"))
    .order_by(_searched.c.seq)
    .limit(_AT_ONCE)
)


def upgrade() -> None:
    """Make the keys of every record anew, among them that of its number and agency, and drop the index."""
    connection, done = op.get_bind(), 0
    while rows := connection.execute(_NEXT, {"done": done}).mappings().all():
        for row in rows:
            _make_anew(connection, row)
        done = rows[-1]["its_seq"]
    op.drop_index("ix_records_number_agency", "records")


def _make_anew(connection: sa.Connection, row: sa.RowMapping) -> None:
    seq, keys = row["its_seq"], KEYS[connection.dialect.name]
    old = Searched(row["record_id"], row["its_text"], row["its_agency"], row["its_names"], row["its_facets"])
    new = replace(old, facets=Searched.of({**row}, ()).facets)
    keys.take(connection, seq, old.keys)
    keys.put(connection, [(seq, new.keys)])
    connection.execute(sa.update(_searched).where(_searched.c.seq == seq).values(facets=new.facets))


def downgrade() -> None:
    """Create it again."""
    op.create_index("ix_records_number_agency", "records", ["number", "agency"])
