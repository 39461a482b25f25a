"""What persons decide on held documents: a table of decisions, and the states that they lead to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TIME = sa.DateTime(timezone=True)

_BEFORE = "(state = 'held') = (record_id IS NULL) AND state IN ('held', 'filed')"
_AFTER = "(state = 'filed') = (record_id IS NOT NULL) AND state IN ('held', 'decided', 'filed', 'rejected')"


def upgrade() -> None:
    """Let documents be decided and rejected, number their holds, and create the decisions."""
    with op.batch_alter_table("documents", copy_from=_documents(_BEFORE)) as documents:
        documents.add_column(sa.Column("hold", sa.Integer(), nullable=False, server_default="1"))
        documents.drop_constraint(op.f("ck_documents_state"), type_="check")
        documents.create_check_constraint(op.f("ck_documents_state"), _AFTER)
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("hold", sa.Integer(), nullable=False),
        sa.Column("shown_sha256", sa.String(64), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("decided_at", _TIME, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("action", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("flow_run_id", sa.String(64)),
        sa.Column("error_code", sa.String(64)),
        sa.Column("finished_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_decisions_document_id"),
        sa.UniqueConstraint("document_id", "hold", name="uq_decisions_document_id_hold"),
        sa.CheckConstraint("kind IN ('file', 'split', 'reject')", name=op.f("ck_decisions_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'failed') AND (state = 'waiting') = (finished_at IS NULL)"
            " AND (state != 'failed' OR error_code IS NOT NULL)",
            name=op.f("ck_decisions_state"),
        ),
    )
    op.create_index("ix_decisions_state_decided_at", "decisions", ["state", "decided_at"])


def downgrade() -> None:
    """Go back; only a ledger in which nobody has decided anything may."""
    op.drop_table("decisions")
    with op.batch_alter_table("documents", copy_from=_documents(_AFTER, with_hold=True)) as documents:
        documents.drop_constraint(op.f("ck_documents_state"), type_="check")
        documents.create_check_constraint(op.f("ck_documents_state"), _BEFORE)
        documents.drop_column("hold")


def _documents(state: str, *, with_hold: bool = False) -> sa.Table:
    """The table as it stands before the change: SQLite makes it anew, and would lose the check that it cannot see."""
    return sa.Table(
        "documents",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("drop_id", sa.String(32), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=False),
        sa.Column("last_page", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("dossier_code", sa.String(64)),
        sa.Column("citizen_id", sa.String(12)),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("paper", sa.JSON()),
        sa.Column("record_id", sa.String(32)),
        sa.Column("entered_at", _TIME, nullable=False),
        *((sa.Column("hold", sa.Integer(), nullable=False, server_default="1"),) if with_hold else ()),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.ForeignKeyConstraint(["drop_id"], ["drops.id"], name="fk_documents_drop_id"),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name="fk_documents_record_id"),
        sa.UniqueConstraint("drop_id", "first_page", name="uq_documents_drop_id_first_page"),
        sa.CheckConstraint(state, name="ck_documents_state"),
        sa.Index("ix_documents_state_entered_at", "state", "entered_at"),
    )
