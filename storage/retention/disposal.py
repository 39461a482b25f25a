"""Disposal: the end of a record, asked for by one person, agreed to by another, and provable afterwards.

A record is destroyed only after its retention period and never under a legal hold (Luật Lưu trữ 33/2024/QH15, Luật
91/2025/QH15; requirement R29). A certificate goes to the locked audit bucket before the first byte is destroyed, and again
when all are gone; it names no citizen. Stopped at any step, `carry_out` said again finishes it.

The ledger keeps id, type, office, pages, hashes, size, signer and times; see `storage.retention.forgetting` for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from dossier.errors import LedgerConflict, RecordBound, SecondPersonNeeded
from dossier.vietnamese import fold
from storage.audit.trail import add_line, check_who_and_why
from storage.database.engine import Database
from storage.database.keeping_tables import disposals, legal_holds
from storage.database.rows import RecordRow
from storage.database.tables import records
from storage.inventory import enter_objects
from storage.objects.buckets import Buckets
from storage.objects.store import ObjectStore
from storage.records.corrections import refuse_being_corrected
from storage.records.record_objects import VersionAt, record_row
from storage.retention.certificates import Certificate, Certificates, certificate_key, certificate_of
from storage.retention.doomed import Doomed, doomed_with, refuse_bound
from storage.retention.forgetting import clear_inbox, expect_no_more, forget
from storage.retention.legal_holds import open_holds


@dataclass(frozen=True, slots=True)
class Disposal:
    """One request to destroy a record, and how far it is."""

    id: int
    record_id: str
    asked_at: datetime
    asked_by: str
    why: str = field(repr=False)
    agreed_at: datetime | None
    agreed_by: str | None
    state: str
    """asked, agreed, done or refused."""
    certificate_key: str | None
    """In the audit bucket; set when the destruction begins."""
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Begun:
    """A destruction under way."""

    disposal: Disposal
    row: RecordRow
    doomed: Doomed


class Disposals:
    """The disposals of one installation.

    Args:
        database: the ledger's.
        certificates: where they are written.
        stores: name to store: the warehouse, and the replica where there is one.
        buckets: names of the buckets.
        inbox: where the intake put the received files aside.
    """

    def __init__(
        self, database: Database, certificates: Certificates, stores: dict[str, ObjectStore], buckets: Buckets, inbox: Path
    ) -> None:
        self._database = database
        self._certificates = certificates
        self._stores = stores
        self._buckets = buckets
        self._inbox = inbox

    def due(self, limit: int) -> tuple[RecordRow, ...]:
        """Records whose retention period is over, that nobody holds and nobody asked to destroy; the oldest first."""
        held = select(legal_holds.c.record_id).where(legal_holds.c.lifted_at.is_(None))
        asked = select(disposals.c.record_id).where(disposals.c.state.in_(("asked", "agreed")))
        query = select(records).where(
            records.c.state != "disposed",
            records.c.keep_until <= datetime.now(UTC),
            records.c.record_id.not_in(held),
            records.c.record_id.not_in(asked),
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(records.c.keep_until, records.c.record_id).limit(limit)).mappings()
            return tuple(RecordRow(**row) for row in rows)

    def open_ones(self) -> tuple[Disposal, ...]:
        """Asked for or agreed to, not ended; the oldest first."""
        query = select(disposals).where(disposals.c.state.in_(("asked", "agreed"))).order_by(disposals.c.id)
        with self._database.reading() as connection:
            return tuple(Disposal(**row) for row in connection.execute(query).mappings())

    def ask(self, record_id: str, *, by: str, why: str) -> Disposal:
        """Ask for the destruction of a record; asking again while one is open gives that one.

        Raises:
            NoSuchRecord: there is none.
            LedgerConflict: it is destroyed already.
            RecordBound: its retention period lasts, or a legal hold.
            DecisionMalformed, PurposeRequired: see `storage.audit.trail.check_who_and_why`.
        """
        check_who_and_why(by, why)
        with self._database.writing() as connection:
            row = record_row(connection, record_id, locked=True)
            if row.state == "disposed":
                raise LedgerConflict(f"record {record_id} is destroyed already")
            _refuse_held(connection, row)
            query = select(disposals).where(disposals.c.record_id == record_id, disposals.c.state.in_(("asked", "agreed")))
            if (known := connection.execute(query).mappings().first()) is not None:
                return Disposal(**known)
            values = {"record_id": record_id, "asked_at": datetime.now(UTC), "asked_by": by, "why": why, "state": "asked"}
            made = Disposal(**connection.execute(insert(disposals).values(**values).returning(disposals)).mappings().one())
            _tell(connection, "dispose_ask", row, by, why, made.id)
            return made

    def agree(self, disposal_id: int, *, by: str, why: str) -> Disposal:
        """Agree as the second person.

        Raises:
            SecondPersonNeeded: it is the one who asked; case, marks and blanks of a name do not make another person.
            LedgerConflict: it is not waiting for an answer.
            RecordBound, DecisionMalformed, PurposeRequired: as `ask`.
        """
        return self._answer(disposal_id, "agreed", by, why)

    def refuse(self, disposal_id: int, *, by: str, why: str) -> Disposal:
        """Say no; who asked may take it back so. Arguments and errors as `agree`."""
        return self._answer(disposal_id, "refused", by, why)

    def carry_out(self, disposal_id: int, *, by: str, why: str) -> Certificate:
        """Destroy what was agreed on, or finish what an interrupted run left; the certificate.

        Raises:
            SecondPersonNeeded: nobody agreed.
            LedgerConflict: it was refused, there is none, or the record is being corrected; nothing was destroyed.
            RecordBound: the retention period lasts, here or in a store, or a legal hold; nothing was destroyed.
            StoreUnavailable: say it again.
            DecisionMalformed, PurposeRequired: as `ask`.
        """
        check_who_and_why(by, why)
        known = self.disposal(disposal_id)
        done = certificate_key(known.id, known.asked_at, "done")
        if known.state == "done":
            return self._certificates.read(done)
        begun = self._begin(known, by, why)
        doomed = begun.doomed
        before = self._there(doomed)
        told = certificate_of(known, begun.row, doomed, by=by, why=why)
        intent = self._certificates.write(
            certificate_key(known.id, known.asked_at, "intent"),
            told | {"step": "intent", "destroyed": self._described(self._versions(doomed))},
        )
        for name, version in self._versions(doomed):
            self._stores[name].remove(version.bucket, version.key, version.version_id)
        # what an earlier run destroyed stands in its intent only, what it left stands here
        after, listed = self._there(doomed), list(intent.told["destroyed"])
        gone = [one for one in [*listed, *(one for one in before if one not in listed)] if one not in after]
        ended = {"step": "done", "done_at": datetime.now(UTC).isoformat(), "destroyed": gone}
        kept = {name: told[name] for name in ("kept", "received")}
        certificate = self._certificates.write(done, {**intent.told, **kept, **ended})
        self._end(begun, (intent, certificate), by, why)
        return certificate

    def disposal(self, disposal_id: int) -> Disposal:
        """One disposal.

        Raises:
            LedgerConflict: there is none of this number.
        """
        with self._database.reading() as connection:
            return _the_disposal(connection, disposal_id)

    def certificate(self, disposal_id: int) -> Certificate:
        """The certificate of one that is done.

        Raises:
            LedgerConflict, NoSuchObject: there is none.
        """
        known = self.disposal(disposal_id)
        return self._certificates.read(certificate_key(known.id, known.asked_at, "done"))

    def _answer(self, disposal_id: int, answer: str, by: str, why: str) -> Disposal:
        check_who_and_why(by, why)
        with self._database.writing() as connection:
            known = _the_disposal(connection, disposal_id)
            if known.state != "asked":
                raise LedgerConflict(f"disposal {disposal_id} is {known.state}")
            row = record_row(connection, known.record_id, locked=True)
            if answer == "agreed":
                if _person(by) == _person(known.asked_by):
                    raise SecondPersonNeeded(f"disposal {disposal_id}")
                _refuse_held(connection, row)
            now = datetime.now(UTC)
            values = {"agreed_at": now, "agreed_by": by} if answer == "agreed" else {"ended_at": now}
            connection.execute(update(disposals).where(disposals.c.id == disposal_id).values(state=answer, **values))
            _tell(connection, "dispose_agree" if answer == "agreed" else "dispose_refuse", row, by, why, known.id)
            return _the_disposal(connection, disposal_id)

    def _begin(self, known: Disposal, by: str, why: str) -> _Begun:
        """From here on the record is not given out, not held and not healed any more; said again it begins nothing."""
        if known.state == "asked":
            raise SecondPersonNeeded(f"disposal {known.id}: nobody agreed")
        if known.state == "refused":
            raise LedgerConflict(f"disposal {known.id} is refused")
        with self._database.reading() as connection:
            seen = record_row(connection, known.record_id)
            doomed = doomed_with(connection, seen)
        if known.certificate_key is None:
            refuse_bound(seen, [(self._stores[name], version) for name, version in self._versions(doomed)])
        with self._database.writing() as connection:
            row = record_row(connection, known.record_id, locked=True)
            if known.certificate_key is None:
                _refuse_held(connection, row)
                refuse_being_corrected(connection, seen)
                values = {"certificate_key": certificate_key(known.id, known.asked_at, "done")}
                connection.execute(update(disposals).where(disposals.c.id == known.id).values(**values))
                connection.execute(update(records).where(records.c.record_id == row.record_id).values(state="disposed"))
                _tell(connection, "dispose_begin", row, by, why, known.id)
            doomed = doomed_with(connection, row)
            expect_no_more(connection, doomed, self._buckets.intake)
            return _Begun(_the_disposal(connection, known.id), row, doomed)

    def _end(self, begun: _Begun, written: tuple[Certificate, ...], by: str, why: str) -> None:
        gone = [source.drop_id for source in begun.doomed.sources if source.because is None]
        clear_inbox(self._database, gone, self._inbox)
        with self._database.writing() as connection:
            if _the_disposal(connection, begun.disposal.id).state == "done":
                return
            forget(connection, begun.row.record_id, gone)
            values = {"state": "done", "ended_at": datetime.now(UTC)}
            connection.execute(update(disposals).where(disposals.c.id == begun.disposal.id).values(**values))
            enter_objects(connection, [one.stored for one in written], None)
            _tell(connection, "dispose", begun.row, by, why, begun.disposal.id)

    def _versions(self, doomed: Doomed) -> list[tuple[str, VersionAt]]:
        """(name of the store, version) of everything that goes."""
        return [
            (name, version)
            for name, store in self._stores.items()
            for version in doomed.versions(store, self._buckets.intake)
        ]

    def _there(self, doomed: Doomed) -> list[dict[str, object]]:
        """All that is there, also what must stay."""
        everything = replace(
            doomed, spared=frozenset(), sources=tuple(replace(one, because=None) for one in doomed.sources)
        )
        return self._described(self._versions(everything))

    def _described(self, versions: Sequence[tuple[str, VersionAt]]) -> list[dict[str, object]]:
        """Versions as a certificate lists them: without the citizen's token that stands in the keys."""
        told: list[dict[str, object]] = []
        for name, version in versions:
            head = self._stores[name].head(version.bucket, version.key, version.version_id)
            told.append(
                {
                    "store": name,
                    "object": "/".join(version.key.split("/")[-2:]),
                    "version": version.version_id,
                    "sha256": None if head is None else head.sha256,
                }
            )
        return told


def _refuse_held(connection: Connection, row: RecordRow) -> None:
    if open_holds(connection, legal_holds.c.record_id == row.record_id):
        raise RecordBound(f"record {row.record_id} is under legal hold")
    if row.keep_until is not None and row.keep_until > datetime.now(UTC):
        raise RecordBound(f"record {row.record_id} until {row.keep_until.date()}")


def _person(name: str) -> str:
    return fold(name).replace(" ", "")


def _the_disposal(connection: Connection, disposal_id: int) -> Disposal:
    found = connection.execute(select(disposals).where(disposals.c.id == disposal_id)).mappings().one_or_none()
    if found is None:
        raise LedgerConflict(f"there is no disposal {disposal_id}")
    return Disposal(**found)


def _tell(connection: Connection, act: str, row: RecordRow, by: str, why: str, disposal_id: int) -> None:
    add_line(
        connection, actor=by, act=act, citizen=row.citizen, record_id=row.record_id, why=why,
        outcome=f"disposal {disposal_id}",
    )  # fmt: skip
