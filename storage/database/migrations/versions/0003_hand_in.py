"""What reception systems say of the scans in manifests, and the moment from which it cannot change any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "hand_ins",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("entered_at", _TIME, nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("drop_id", sa.String(32)),
        sa.Column("by_name", sa.Boolean(), nullable=False),
        sa.Column("said", sa.JSON()),
        sa.Column("code", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_hand_ins"),
        sa.UniqueConstraint(
            "delivery",
            "office",
            "file_name",
            "sha256",
            "drop_id",
            name="uq_hand_ins_delivery_office_file_name_sha256_drop_id",
        ),
        sa.CheckConstraint("code IS NOT NULL OR (drop_id IS NOT NULL AND said IS NOT NULL)", name=op.f("ck_hand_ins_code")),
    )
    op.create_index("ix_hand_ins_drop_id", "hand_ins", ["drop_id"])
    op.create_table(
        "hand_in_closings",
        sa.Column("drop_id", sa.String(32), nullable=False),
        sa.Column("closed_at", _TIME, nullable=False),
        sa.Column("last_hand_in", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("drop_id", name="pk_hand_in_closings"),
    )


def downgrade() -> None:
    """Drop them; what manifests said is lost."""
    op.drop_table("hand_in_closings")
    op.drop_table("hand_ins")
