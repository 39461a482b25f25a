"""The same number of the same agency is looked for in the index of the search: the index on both columns is not asked."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_records_number_agency", "records")


def downgrade() -> None:
    """Create it again."""
    op.create_index("ix_records_number_agency", "records", ["number", "agency"])
