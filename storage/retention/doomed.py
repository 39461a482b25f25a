"""What goes with a record and what must stay: shared content, and received files that hold papers of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from dossier.errors import RecordBound
from dossier.records import RecordKey
from storage.database.rows import RecordRow
from storage.database.statements import one
from storage.database.tables import documents, drops, records
from storage.objects.store import ObjectStore
from storage.records.record_objects import Place, VersionAt, content_place, own_place, versions_in


@dataclass(frozen=True, slots=True)
class Source:
    """A received file that pages of the record came in."""

    drop_id: str
    key: str
    sha256: str
    because: str | None
    """Why it must stay; None where it goes."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """What the destruction of one record takes."""

    places: tuple[Place, ...]
    spared: frozenset[str]
    """Keys below these places that must stay."""
    because: str | None
    """Why."""
    sources: tuple[Source, ...]

    def versions(self, store: ObjectStore, intake: str) -> tuple[VersionAt, ...]:
        """Every version that must go from a store."""
        found = [one for one in versions_in(store, self.places) if one.key not in self.spared]
        for source in self.sources:
            if source.because is None:
                found += [VersionAt(intake, source.key, version) for version in store.versions(intake, source.key)]
        return tuple(found)


def doomed_with(connection: Connection, row: RecordRow) -> Doomed:
    """What goes with a record, as the ledger stands now."""
    own, content = own_place(row), content_place(row)
    sharing = _sharing(connection, row)
    key = RecordKey(row.citizen, row.record_id)
    because = f"record {sharing} refers to it" if sharing else None
    sources = tuple(_sources(connection, row))
    if content == own:
        return Doomed((own,), frozenset({key.content, key.text} if sharing else ()), because, sources)
    return Doomed((own,) if sharing else (own, content), frozenset(), because, sources)


def refuse_bound(row: RecordRow, versions: Sequence[tuple[ObjectStore, VersionAt]]) -> None:
    """Let nothing be destroyed that the ledger or a store keeps.

    Raises:
        RecordBound: a retention period or a legal hold lasts, or nobody knows of a retention period.
    """
    now = datetime.now(UTC)
    if row.keep_until is not None and row.keep_until > now:
        raise RecordBound(f"record {row.record_id} until {row.keep_until.date()}")
    known = row.keep_until is not None
    for store, version in versions:
        head = store.head(version.bucket, version.key, version.version_id)
        if head is None:
            continue
        if head.legal_hold:
            raise RecordBound(f"record {row.record_id}: an object is under legal hold")
        if head.locked_until is not None and head.locked_until > now:
            raise RecordBound(f"record {row.record_id}: an object until {head.locked_until.date()}")
        known = known or head.locked_until is not None
    if not known:
        raise RecordBound(f"record {row.record_id}: its retention period is not known")


def _sharing(connection: Connection, row: RecordRow) -> str | None:
    """Another record, not destroyed, whose content lies at the same key."""
    query = select(records.c.record_id).where(
        records.c.content_key == row.content_key, records.c.record_id != row.record_id, records.c.state != "disposed"
    )
    found: str | None = connection.execute(query.order_by(records.c.record_id).limit(1)).scalar()
    return found


def _sources(connection: Connection, row: RecordRow) -> list[Source]:
    query = select(documents.c.drop_id).where(documents.c.record_id == row.record_id).distinct()
    found = []
    for drop_id in sorted({row.drop_id, *connection.execute(query).scalars()}):
        drop = one(connection, drops, id=drop_id)
        assert drop is not None  # noqa: S101 - a foreign key holds it; tells the type checker
        because = _why_kept(connection, drop_id, row.record_id) if drop["state"] == "done" else "the drop is at work"
        found.append(Source(drop_id, drop["intake_key"], drop["sha256"], because))
    return found


def _why_kept(connection: Connection, drop_id: str, record_id: str) -> str | None:
    """A received file goes with the last of its documents; those that were sent back to the scanner have no record."""
    query = (
        select(documents.c.state, documents.c.record_id, records.c.state.label("record_state"))
        .outerjoin(records, documents.c.record_id == records.c.record_id)
        .where(documents.c.drop_id == drop_id)
    )
    others = [
        row
        for row in connection.execute(query).mappings()
        if row["state"] != "rejected" and row["record_id"] != record_id and row["record_state"] != "disposed"
    ]
    return f"{len(others)} other document(s) of the drop are not destroyed" if others else None
