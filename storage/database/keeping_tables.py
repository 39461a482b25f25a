"""Tables of what keeps the warehouse whole: objects, alarms, holds, disposals, anchors, the outbox, progress of drops."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from storage.database.schema import HASH, ID, UtcTime, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", UtcTime, nullable=False),
    Column("error_code", String(64)),
    Column("done_at", UtcTime),
    Index(None, "kind", "done_at", "due_at"),
)

objects = Table(
    "objects",
    metadata,
    Column("bucket", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("version_id", String(128), nullable=False),
    Column("sha256", String(HASH), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("record_id", String(ID)),
    Column("state", String(16), nullable=False, server_default="sound"),
    Column("entered_at", UtcTime, nullable=False),
    Column("checked_at", UtcTime),
    Column("replicated_at", UtcTime),
    CheckConstraint("state IN ('sound', 'damaged', 'lost', 'disposed')", name="state"),
    Index(None, "state", "checked_at"),
    Index(None, "record_id"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("found_at", UtcTime, nullable=False),
    Column("bucket", String(64), nullable=False),
    Column("key", String(255), nullable=False),
    Column("version_id", String(128), nullable=False),
    Column("what", String(64), nullable=False),
    Column("restored_version", String(128)),
    Column("ended_at", UtcTime),
    Column("outcome", String(64)),
    Index(None, "ended_at"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("detail", Text, nullable=False),
    Column("raised_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Column("settled_by", Text),
    Index(None, "settled_at", "raised_at"),
    Index(
        "uq_alarms_open",
        "kind",
        "subject",
        unique=True,
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
)

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("record_id", ForeignKey("records.record_id"), nullable=False),
    Column("placed_at", UtcTime, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("lifted_at", UtcTime),
    Column("lifted_by", Text),
    Column("lifted_why", Text),
    Index(None, "record_id"),
)

disposals = Table(
    "disposals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("record_id", ForeignKey("records.record_id"), nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("agreed_at", UtcTime),
    Column("agreed_by", Text),
    Column("state", String(16), nullable=False),
    Column("certificate_key", Text),
    Column("ended_at", UtcTime),
    CheckConstraint("state IN ('asked', 'agreed', 'done', 'refused')", name="state"),
    Index(None, "state", "asked_at"),
)

anchors = Table(
    "anchors",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String(HASH), nullable=False),
    Column("anchored_at", UtcTime, nullable=False),
    Column("key", Text, nullable=False),
    Column("version_id", Text, nullable=False),
)

progress = Table(
    "progress",
    metadata,
    Column("drop_id", ForeignKey("drops.id"), primary_key=True),
    Column("steps", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("run_count", Integer, nullable=False),
    Column("error_code", String(64)),
    Index(None, "at"),
)
