"""The tables of the ledger. They are created by `storage/database/migrations`; a test holds both together."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from storage.database.schema import HASH, ID, UtcTime, metadata

drops = Table(
    "drops",
    metadata,
    Column("id", String(ID), primary_key=True),
    Column("sha256", String(HASH), nullable=False),
    Column("office", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("pages", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("intake_key", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("flow_run_id", String(64)),
    Column("error_code", String(64)),
    Column("received_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    UniqueConstraint("sha256"),
    CheckConstraint("state IN ('received', 'running', 'done', 'failed')", name="state"),
    Index(None, "state", "received_at"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("received_at", UtcTime, nullable=False),
    Column("office", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(HASH)),
    Column("outcome", String(16), nullable=False),
    Column("code", String(64)),
    Column("drop_id", ForeignKey("drops.id")),
    Column("duplicate_of", ForeignKey("drops.id")),
    Column("delivery", Text),
    CheckConstraint(
        "(outcome = 'taken' AND drop_id IS NOT NULL AND duplicate_of IS NULL AND code IS NULL)"
        " OR (outcome = 'duplicate' AND drop_id IS NULL AND duplicate_of IS NOT NULL AND code IS NULL)"
        " OR (outcome = 'refused' AND drop_id IS NULL AND duplicate_of IS NULL AND code IS NOT NULL)",
        name="outcome",
    ),
    UniqueConstraint("drop_id"),
    Index(None, "sha256"),
    Index(None, "delivery"),
)

records = Table(
    "records",
    metadata,
    Column("record_id", String(ID), primary_key=True),
    Column("citizen", String(ID), nullable=False),
    Column("drop_id", ForeignKey("drops.id"), nullable=False),
    Column("office", Text, nullable=False),
    Column("type", String(64), nullable=False),
    Column("dossier_code", String(64), nullable=False),
    Column("first_page", Integer, nullable=False),
    Column("last_page", Integer, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("bucket", Text, nullable=False),
    Column("content_key", Text, nullable=False),
    Column("version_id", Text, nullable=False),
    Column("sha256", String(HASH), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("signer", Text, nullable=False),
    Column("signed_at", UtcTime, nullable=False),
    Column("stored_at", UtcTime, nullable=False),
    Column("source", String(32), nullable=False, server_default="component"),
    Column("sensitive", Boolean, nullable=False, server_default=false()),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("state", String(16), nullable=False, server_default="valid"),
    Column("procedure", String(64)),
    Column("number", Text),
    Column("agency", Text),
    Column("dated", Date),
    Column("scans_sha256", String(HASH)),
    Column("reused", Integer, nullable=False, server_default="0"),
    Column("keep_until", UtcTime),
    Index(None, "citizen", "stored_at"),
    Index(None, "stored_at", "record_id"),
    Index(None, "dossier_code"),
    Index(None, "type", "stored_at"),
    Index(None, "office", "stored_at"),
    Index(None, "office", "type", "stored_at"),
    Index(None, "scans_sha256"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("drop_id", ForeignKey("drops.id"), nullable=False),
    Column("first_page", Integer, nullable=False),
    Column("last_page", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("type", String(64), nullable=False),
    Column("score", Float, nullable=False),
    Column("dossier_code", String(64)),
    Column("citizen_id", String(12)),
    Column("reasons", JSON, nullable=False),
    Column("paper", JSON),
    Column("record_id", ForeignKey("records.record_id")),
    Column("entered_at", UtcTime, nullable=False),
    Column("hold", Integer, nullable=False, server_default="1"),
    UniqueConstraint("drop_id", "first_page"),
    CheckConstraint(
        "(state = 'filed') = (record_id IS NOT NULL) AND state IN ('held', 'decided', 'filed', 'rejected')", name="state"
    ),
    Index(None, "state", "entered_at"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("document_id", ForeignKey("documents.id"), nullable=False),
    Column("hold", Integer, nullable=False),
    Column("shown_sha256", String(HASH), nullable=False),
    Column("who", Text, nullable=False),
    Column("decided_at", UtcTime, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("action", JSON, nullable=False),
    Column("note", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("flow_run_id", String(64)),
    Column("error_code", String(64)),
    Column("finished_at", UtcTime),
    UniqueConstraint("document_id", "hold"),
    CheckConstraint("kind IN ('file', 'split', 'reject')", name="kind"),
    CheckConstraint(
        "state IN ('waiting', 'done', 'failed') AND (state = 'waiting') = (finished_at IS NULL)"
        " AND (state != 'failed' OR error_code IS NOT NULL)",
        name="state",
    ),
    Index(None, "state", "decided_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("citizen", String(ID)),
    Column("record_id", String(ID)),
    Column("why", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("previous", String(HASH), nullable=False),
    Column("sha256", String(HASH), nullable=False),
    UniqueConstraint("previous"),
    Index(None, "actor", "at"),
    Index(None, "citizen", "at"),
    Index(None, "record_id", "at"),
)

pages = Table(
    "pages",
    metadata,
    Column("drop_id", ForeignKey("drops.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("scan_sha256", String(HASH)),
    Column("place", String(16), nullable=False),
    Column("first_page", Integer),
    Column("code", String(64)),
    CheckConstraint(
        "place IN ('document', 'separator', 'blank') AND (place = 'document') = (first_page IS NOT NULL)", name="place"
    ),
)
