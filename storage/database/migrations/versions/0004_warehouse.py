"""What keeps the warehouse whole: pages and their places, objects and their checks, alarms, holds, disposals, anchors."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_TIME = sa.DateTime(timezone=True)

_RECORD_COLUMNS: tuple[sa.Column[Any], ...] = (
    sa.Column("source", sa.String(32), nullable=False, server_default="component"),
    sa.Column("sensitive", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    sa.Column("state", sa.String(16), nullable=False, server_default="valid"),
    sa.Column("procedure", sa.String(64)),
    sa.Column("number", sa.Text()),
    sa.Column("agency", sa.Text()),
    sa.Column("dated", sa.Date()),
    sa.Column("scans_sha256", sa.String(64)),
    sa.Column("reused", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("keep_until", _TIME),
)

_RECORD_INDEXES: tuple[tuple[str, ...], ...] = (
    ("stored_at", "record_id"),
    ("dossier_code",),
    ("type", "stored_at"),
    ("office", "stored_at"),
    ("office", "type", "stored_at"),
    ("number", "agency"),
    ("scans_sha256",),
)

_AUDIT_INDEXES: tuple[tuple[str, ...], ...] = (("actor", "at"), ("citizen", "at"), ("record_id", "at"))

_AUDIT_GUARD = (
    "CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit lines are never changed or deleted'; END $$",
    "CREATE TRIGGER audit_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to()",
)


def upgrade() -> None:
    """Add the columns of records and create the tables."""
    for column in _RECORD_COLUMNS:
        op.add_column("records", column.copy())
    for columns in _RECORD_INDEXES:
        op.create_index(f"ix_records_{'_'.join(columns)}", "records", list(columns))
    for columns in _AUDIT_INDEXES:
        op.create_index(f"ix_audit_{'_'.join(columns)}", "audit", list(columns))
    _pages()
    _outbox()
    _objects()
    _incidents()
    _alarms()
    _legal_holds()
    _disposals()
    _anchors()
    _progress()
    if op.get_bind().dialect.name == "postgresql":
        for guard in _AUDIT_GUARD:
            op.execute(guard)


def downgrade() -> None:
    """Drop them; what was checked, held and disposed of is forgotten, the records themselves stay."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_is_only_added_to ON audit")
        op.execute("DROP FUNCTION audit_is_only_added_to")
    for table in ("progress", "anchors", "disposals", "legal_holds", "alarms", "incidents", "objects", "outbox", "pages"):
        op.drop_table(table)
    for columns in _AUDIT_INDEXES:
        op.drop_index(f"ix_audit_{'_'.join(columns)}", "audit")
    for columns in _RECORD_INDEXES:
        op.drop_index(f"ix_records_{'_'.join(columns)}", "records")
    for column in reversed(_RECORD_COLUMNS):
        op.drop_column("records", column.name)


def _pages() -> None:
    op.create_table(
        "pages",
        sa.Column("drop_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scan_sha256", sa.String(64)),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("first_page", sa.Integer()),
        sa.Column("code", sa.String(64)),
        sa.PrimaryKeyConstraint("drop_id", "number", name="pk_pages"),
        sa.ForeignKeyConstraint(["drop_id"], ["drops.id"], name="fk_pages_drop_id"),
        sa.CheckConstraint(
            "place IN ('document', 'separator', 'blank') AND (place = 'document') = (first_page IS NOT NULL)",
            name=op.f("ck_pages_place"),
        ),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("error_code", sa.String(64)),
        sa.Column("done_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_kind_done_at_due_at", "outbox", ["kind", "done_at", "due_at"])


def _objects() -> None:
    op.create_table(
        "objects",
        sa.Column("bucket", sa.String(64), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("version_id", sa.String(128), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.String(32)),
        sa.Column("state", sa.String(16), nullable=False, server_default="sound"),
        sa.Column("entered_at", _TIME, nullable=False),
        sa.Column("checked_at", _TIME),
        sa.Column("replicated_at", _TIME),
        sa.PrimaryKeyConstraint("bucket", "key", name="pk_objects"),
        sa.CheckConstraint("state IN ('sound', 'damaged', 'lost', 'disposed')", name=op.f("ck_objects_state")),
    )
    op.create_index("ix_objects_state_checked_at", "objects", ["state", "checked_at"])
    op.create_index("ix_objects_record_id", "objects", ["record_id"])


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("found_at", _TIME, nullable=False),
        sa.Column("bucket", sa.String(64), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("version_id", sa.String(128), nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("restored_version", sa.String(128)),
        sa.Column("ended_at", _TIME),
        sa.Column("outcome", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.create_index("ix_incidents_ended_at", "incidents", ["ended_at"])


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("raised_at", _TIME, nullable=False),
        sa.Column("settled_at", _TIME),
        sa.Column("settled_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_alarms"),
    )
    op.create_index("ix_alarms_settled_at_raised_at", "alarms", ["settled_at", "raised_at"])
    still_open = sa.text("settled_at IS NULL")
    op.create_index(
        "uq_alarms_open", "alarms", ["kind", "subject"], unique=True, sqlite_where=still_open, postgresql_where=still_open
    )


def _legal_holds() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("record_id", sa.String(32), nullable=False),
        sa.Column("placed_at", _TIME, nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("lifted_at", _TIME),
        sa.Column("lifted_by", sa.Text()),
        sa.Column("lifted_why", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_legal_holds"),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name="fk_legal_holds_record_id"),
    )
    op.create_index("ix_legal_holds_record_id", "legal_holds", ["record_id"])


def _disposals() -> None:
    op.create_table(
        "disposals",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("record_id", sa.String(32), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("agreed_at", _TIME),
        sa.Column("agreed_by", sa.Text()),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("certificate_key", sa.Text()),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_disposals"),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name="fk_disposals_record_id"),
        sa.CheckConstraint("state IN ('asked', 'agreed', 'done', 'refused')", name=op.f("ck_disposals_state")),
    )
    op.create_index("ix_disposals_state_asked_at", "disposals", ["state", "asked_at"])


def _anchors() -> None:
    op.create_table(
        "anchors",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("anchored_at", _TIME, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_anchors"),
    )


def _progress() -> None:
    op.create_table(
        "progress",
        sa.Column("drop_id", sa.String(32), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("run_count", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(64)),
        sa.PrimaryKeyConstraint("drop_id", name="pk_progress"),
        sa.ForeignKeyConstraint(["drop_id"], ["drops.id"], name="fk_progress_drop_id"),
    )
    op.create_index("ix_progress_at", "progress", ["at"])
