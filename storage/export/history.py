"""What happened to a record, as the ledger and its manifests tell it, in the words of the PREMIS vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, or_, select

from dossier.dossier_code import DossierCode
from storage.database.engine import Database
from storage.database.keeping_tables import incidents, objects
from storage.database.rows import RecordRow
from storage.database.tables import decisions, documents, drops, records
from storage.export.values import Agent, Event, Paper

PROGRAM: Final = "sohoa"


def records_of_dossier(database: Database, code: DossierCode) -> tuple[RecordRow, ...]:
    """Records of a dossier in the order in which their papers came, whatever their state."""
    query = (
        select(records)
        .join(drops, drops.c.id == records.c.drop_id)
        .where(records.c.dossier_code == code)
        .order_by(drops.c.received_at, drops.c.id, records.c.first_page, records.c.record_id)
    )
    with database.reading() as connection:
        return tuple(RecordRow(**row) for row in connection.execute(query).mappings())


def backed_up(database: Database, rows: tuple[RecordRow, ...]) -> str:
    """Whether every object of the records has a second copy, in words for the dossier."""
    ids = [row.record_id for row in rows]
    query = select(objects.c.replicated_at).where(objects.c.record_id.in_(ids))
    with database.reading() as connection:
        found = connection.execute(query).scalars().all()
    missing = sum(at is None for at in found)
    if not found or missing == len(found):
        return "Chưa có bản dự phòng"
    return "Đã có bản dự phòng" if not missing else f"Có bản dự phòng, còn thiếu {missing}/{len(found)} đối tượng"


def agents_of(papers: tuple[Paper, ...], program: str) -> tuple[Agent, ...]:
    """Who and what acted on the papers: programs with versions, the signer; each once."""
    found = [Agent(PROGRAM, "software", program)]
    for paper in papers:
        found += _programs(paper)
        found.append(_signer(paper))
    return tuple(dict.fromkeys(found))


def events_of(database: Database, paper: Paper) -> tuple[Event, ...]:
    """Everything that is known to have happened to one record, oldest first."""
    with database.reading() as connection:
        happened = [
            *_made(connection, paper),
            *_decided(connection, paper),
            *_corrected(paper),
            *_looked_after(connection, paper.row),
        ]
    return tuple(sorted(happened, key=lambda event: event.at))


def _made(connection: Connection, paper: Paper) -> Iterator[Event]:
    row, first = paper.row, paper.manifests[0]
    came = connection.execute(select(drops.c.received_at, drops.c.size).where(drops.c.id == row.drop_id)).one()
    source, seal, sohoa = first["source"], first["seal"], (_house(paper),)
    yield _event(row, "ingestion start", came[0], f"received {came[1]} bytes, SHA-256 {source['sha256']}", sohoa)
    programs = tuple(agent.id for agent in _programs(paper))
    # The moment of reading is not kept; the seal, made right after it, bounds it.
    read = f"pages {source['first_page']}-{source['last_page']} read and typed as {first['type']}, no later than this"
    yield _event(row, "metadata extraction", _time(seal["signed_at"]), read, programs)
    signed = f"{seal['level']}, certificate SHA-256 {seal['certificate_sha256']}"
    yield _event(row, "digital signature generation", _time(seal["signed_at"]), signed, (_signer(paper).id,))
    stored = f"stored and read back, SHA-256 {first['content']['sha256']}"
    yield _event(row, "ingestion end", _time(first["stored_at"]), stored, sohoa)


def _decided(connection: Connection, paper: Paper) -> Iterator[Event]:
    query = (
        select(decisions.c.id, decisions.c.decided_at, decisions.c.kind)
        .join(documents, documents.c.id == decisions.c.document_id)
        .where(documents.c.record_id == paper.row.record_id, decisions.c.state == "done")
    )
    for number, at, kind in connection.execute(query):
        detail = f"decision {number} of a person ({kind}); the ledger knows who"
        yield _event(paper.row, "metadata modification", at, detail, (_house(paper),))


def _corrected(paper: Paper) -> Iterator[Event]:
    for manifest in paper.manifests[1:]:
        told = manifest["correction"]
        changed = ", ".join(told["fields"]) or "none"
        detail = f"version {manifest['version']} by a person: fields {changed}; state {manifest['state']}"
        yield _event(paper.row, "metadata modification", _time(told["at"]), detail, (_house(paper),))


def _looked_after(connection: Connection, row: RecordRow) -> Iterator[Event]:
    own = or_(objects.c.record_id == row.record_id, objects.c.key == row.content_key)
    for one in connection.execute(select(objects).where(own)).mappings():
        name = one["key"].rpartition("/")[2]
        if one["checked_at"] is not None:
            sound = "success" if one["state"] == "sound" else one["state"]
            yield _event(row, "fixity check", one["checked_at"], f"{name} in the store", (), sound)
        if one["replicated_at"] is not None:
            yield _event(row, "replication", one["replicated_at"], f"{name} copied to the second store", ())
    same = (incidents.c.bucket == objects.c.bucket) & (incidents.c.key == objects.c.key)
    for one in connection.execute(select(incidents).join(objects, same).where(own)).mappings():
        detail = f"{one['key'].rpartition('/')[2]}: {one['what']}"
        yield _event(row, "recovery", one["ended_at"] or one["found_at"], detail, (), one["outcome"] or "open")


def _event(
    row: RecordRow, kind: str, at: datetime, detail: str, agents: tuple[str, ...], outcome: str = "success"
) -> Event:
    return Event(kind, at, detail, outcome, agents, row.record_id)


def _programs(paper: Paper) -> list[Agent]:
    return [Agent(name, "software", version) for name, version in sorted(paper.manifests[0]["tools"].items())]


def _signer(paper: Paper) -> Agent:
    return Agent(paper.manifests[0]["seal"]["signer"], "organization", "")


def _house(paper: Paper) -> str:
    """This program, of the version that made the record."""
    return Agent(PROGRAM, "software", paper.manifests[0]["tools"].get(PROGRAM, "")).id


def _time(told: str) -> datetime:
    return datetime.fromisoformat(told)
