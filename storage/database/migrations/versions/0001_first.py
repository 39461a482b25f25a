"""The first form: drops, receipts, records, documents, and the audit trail that no statement can change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TIME = sa.DateTime(timezone=True)

_AUDIT_GUARDS = (
    "CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'audit lines are never changed'); END",
    "CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'audit lines are never deleted'); END",
)


def upgrade() -> None:
    """Create the tables."""
    _drops()
    _receipts()
    _records()
    _documents()
    _audit()


def downgrade() -> None:
    """Drop the tables; only an empty ledger may go back."""
    for table in ("audit", "documents", "records", "receipts", "drops"):
        op.drop_table(table)


def _drops() -> None:
    op.create_table(
        "drops",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("intake_key", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("flow_run_id", sa.String(64)),
        sa.Column("error_code", sa.String(64)),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("finished_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_drops"),
        sa.UniqueConstraint("sha256", name="uq_drops_sha256"),
        sa.CheckConstraint("state IN ('received', 'running', 'done', 'failed')", name=op.f("ck_drops_state")),
    )
    op.create_index("ix_drops_state_received_at", "drops", ["state", "received_at"])


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("code", sa.String(64)),
        sa.Column("drop_id", sa.String(32)),
        sa.Column("duplicate_of", sa.String(32)),
        sa.Column("delivery", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
        sa.ForeignKeyConstraint(["drop_id"], ["drops.id"], name="fk_receipts_drop_id"),
        sa.ForeignKeyConstraint(["duplicate_of"], ["drops.id"], name="fk_receipts_duplicate_of"),
        sa.UniqueConstraint("drop_id", name="uq_receipts_drop_id"),
        sa.CheckConstraint(
            "(outcome = 'taken' AND drop_id IS NOT NULL AND duplicate_of IS NULL AND code IS NULL)"
            " OR (outcome = 'duplicate' AND drop_id IS NULL AND duplicate_of IS NOT NULL AND code IS NULL)"
            " OR (outcome = 'refused' AND drop_id IS NULL AND duplicate_of IS NULL AND code IS NOT NULL)",
            name=op.f("ck_receipts_outcome"),
        ),
    )
    op.create_index("ix_receipts_sha256", "receipts", ["sha256"])
    op.create_index("ix_receipts_delivery", "receipts", ["delivery"])


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("record_id", sa.String(32), nullable=False),
        sa.Column("citizen", sa.String(32), nullable=False),
        sa.Column("drop_id", sa.String(32), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("dossier_code", sa.String(64), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=False),
        sa.Column("last_page", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("content_key", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("signed_at", _TIME, nullable=False),
        sa.Column("stored_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_records"),
        sa.ForeignKeyConstraint(["drop_id"], ["drops.id"], name="fk_records_drop_id"),
    )
    op.create_index("ix_records_citizen_stored_at", "records", ["citizen", "stored_at"])


def _documents() -> None:
    op.create_table(
        "documents",
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
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.ForeignKeyConstraint(["drop_id"], ["drops.id"], name="fk_documents_drop_id"),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name="fk_documents_record_id"),
        sa.UniqueConstraint("drop_id", "first_page", name="uq_documents_drop_id_first_page"),
        sa.CheckConstraint(
            "(state = 'held') = (record_id IS NULL) AND state IN ('held', 'filed')", name=op.f("ck_documents_state")
        ),
    )
    op.create_index("ix_documents_state_entered_at", "documents", ["state", "entered_at"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("citizen", sa.String(32)),
        sa.Column("record_id", sa.String(32)),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
        sa.UniqueConstraint("previous", name="uq_audit_previous"),
    )
    if op.get_bind().dialect.name == "sqlite":  # on PostgreSQL the application's role gets no UPDATE or DELETE on audit
        for guard in _AUDIT_GUARDS:
            op.execute(guard)
