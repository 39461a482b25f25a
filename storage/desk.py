"""The desk: what persons decide on held documents. One decision a hold; each is carried out once by the `release` flow.

A document is `held` until a person decides, `decided` until the flow has carried it out, then `filed` or `rejected`; parts
of a document that was split are held. A decision that cannot be carried out puts its document back on the shelf.
Every verb is one transaction with its line of the audit trail, and may be repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from dossier.decisions import Action, Reject, check, check_words, from_json, kind_of, to_json
from dossier.errors import AlreadyDecided, LedgerConflict, NoSuchHold
from dossier.values import Held
from storage.audit.trail import add_line
from storage.database.rows import DecisionRow, ShelfEntry
from storage.database.statements import end_decision, one, put_back, shelf_entry_of, shelf_values
from storage.database.tables import decisions, documents, drops
from storage.held import shown_of
from storage.ledger import Ledger
from storage.page_places import move_pages

GIVEN_BACK = "release_failed"
"""Reason, a key of `dossier.doubts.DOUBTS`, of a document whose decision could not be carried out."""


class Desk:
    """The desk on the ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._database = ledger.database

    def hold(self, hold_id: str) -> ShelfEntry:
        """The held document that a person names, by its number alone or with the letters behind it.

        Raises:
            NoSuchHold: there is none, or it has changed since these letters were shown.
            AlreadyDecided: it was held, and somebody decided.
        """
        with self._database.reading() as connection:
            return _held(connection, hold_id)

    def decide(self, hold_id: str, action: Action, *, who: str, note: str = "") -> DecisionRow:
        """Take down a decision; of several on one hold the first counts.

        Args:
            hold_id: number *and* letters of what was shown.
            action: what is decided; its values are parsed.
            who: the person.
            note: for colleagues and the scanner station; no personal data.

        Raises:
            NoSuchHold, AlreadyDecided: as `hold`.
            SecretPaper, DecisionIncomplete, DecisionMalformed: see `dossier.decisions.check`.
        """
        check_words(who, note)
        if "-" not in hold_id:
            raise NoSuchHold("the letters behind the number are missing")
        return self._decide(hold_id, action, who, note)

    def decision(self, decision_id: int) -> DecisionRow:
        """One decision.

        Raises:
            LedgerConflict: there is none of this number.
        """
        with self._database.reading() as connection:
            return _the_decision(connection, decision_id)

    def document_of(self, decision: DecisionRow) -> ShelfEntry:
        """The document that was decided on."""
        with self._database.reading() as connection:
            return _document(connection, decision.document_id)

    def waiting(self) -> tuple[DecisionRow, ...]:
        """Decisions that are not carried out yet, oldest first."""
        query = select(decisions).where(decisions.c.state == "waiting").order_by(decisions.c.decided_at, decisions.c.id)
        with self._database.reading() as connection:
            return tuple(_decision(row) for row in connection.execute(query).mappings())

    def rejected(self, limit: int) -> tuple[tuple[ShelfEntry, DecisionRow], ...]:
        """Documents that were sent back, the latest first, each with the decision."""
        query = (
            select(decisions)
            .join(documents, documents.c.id == decisions.c.document_id)
            .where(documents.c.state == "rejected", decisions.c.kind == "reject", decisions.c.state == "done")
            .order_by(decisions.c.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            found = [_decision(row) for row in connection.execute(query).mappings()]
            return tuple((_document(connection, one.document_id), one) for one in found)

    def started(self, decision_id: int, flow_run_id: str) -> DecisionRow:
        """Note that a run begins to carry it out; one that is done or failed is only shown."""
        with self._database.writing() as connection:
            if (known := _the_decision(connection, decision_id)).state != "waiting":
                return known
            values = {"attempts": decisions.c.attempts + 1, "flow_run_id": flow_run_id, "error_code": None}
            _change(connection, decision_id, values)
            return _the_decision(connection, decision_id)

    def postponed(self, decision_id: int, code: str) -> None:
        """Note what is away for now (the store, the timestamp server); such a run does not count as one that died."""
        with self._database.writing() as connection:
            if _the_decision(connection, decision_id).state == "waiting":
                _change(connection, decision_id, {"attempts": 0, "error_code": code})

    def given_back(self, decision_id: int, code: str) -> None:
        """Put a document whose decision cannot be carried out back on the shelf, and say why."""
        with self._database.writing() as connection:
            decision = _the_decision(connection, decision_id)
            if decision.state != "waiting":
                return
            reasons = dict.fromkeys((GIVEN_BACK, *_document(connection, decision.document_id).reasons))
            put_back(connection, decision.document_id, {"reasons": list(reasons)})
            end_decision(connection, decision_id, failed=code, actor="release", citizen=None)

    def rejected_now(self, decision_id: int) -> None:
        """Say that the scanner station was told.

        Raises:
            LedgerConflict: it was decided otherwise, or given back meanwhile.
        """
        with self._database.writing() as connection:
            decision = _decided_to(connection, decision_id, "reject")
            if decision.state == "done":
                return
            change = update(documents).where(documents.c.id == decision.document_id).values(state="rejected")
            connection.execute(change)
            end_decision(connection, decision_id, failed=None, actor="release", citizen=None)

    def split_up(self, decision_id: int, parts: Iterable[Held]) -> None:
        """Put the parts of a document on the shelf, the first in the place of the whole.

        Raises:
            LedgerConflict: it was decided otherwise, or given back meanwhile, or another document begins at the page of a
                part; nothing was changed.
        """
        with self._database.writing() as connection:
            decision = _decided_to(connection, decision_id, "split")
            if decision.state == "done":
                return
            whole = one(connection, documents, id=decision.document_id)
            assert whole is not None  # noqa: S101 - a foreign key holds it; tells the type checker
            drop_id = whole["drop_id"]
            first, *others = parts
            put_back(connection, decision.document_id, shelf_values(first))
            for part in others:
                first_page = part.understood.document.first_page
                if one(connection, documents, drop_id=drop_id, first_page=first_page) is not None:
                    raise LedgerConflict(f"drop {drop_id}: another document begins at page {first_page}")
                row = {"drop_id": drop_id, "first_page": first_page, "entered_at": whole["entered_at"]}
                connection.execute(insert(documents).values(**row, **shelf_values(part)))
            move_pages(connection, drop_id, (part.understood.document for part in (first, *others)))
            end_decision(connection, decision_id, failed=None, actor="release", citizen=None)

    def decided_pages(self, drop_id: str) -> frozenset[int]:
        """Pages of a drop that a person decided on; a later run of the machine leaves them alone."""
        query = (
            select(documents.c.first_page, documents.c.last_page)
            .where(documents.c.drop_id == drop_id)
            .where(documents.c.id.in_(select(decisions.c.document_id)))
        )
        with self._database.reading() as connection:
            ranges = connection.execute(query).all()
        return frozenset(number for first, last in ranges for number in range(first, last + 1))

    def _decide(self, hold_id: str, action: Action, who: str, note: str) -> DecisionRow:
        with self._database.writing() as connection:
            entry = _held(connection, hold_id)
            check(action, shown_of(entry.paper, entry.dossier_code, entry.citizen_id, entry.reasons), note)
            row = {
                "document_id": entry.id,
                "hold": entry.hold,
                "shown_sha256": entry.shown_sha256,
                "who": who,
                "decided_at": datetime.now(UTC),
                "kind": kind_of(action),
                "action": to_json(action),
                "note": note,
                "state": "waiting",
                "attempts": 0,
            }
            made = connection.execute(insert(decisions).values(**row).returning(decisions)).mappings().one()
            connection.execute(update(documents).where(documents.c.id == entry.id).values(state="decided"))
            why = action.reason if isinstance(action, Reject) else ", ".join(entry.reasons)
            act, outcome = f"decide_{kind_of(action)}", f"decision {made['id']}"
            add_line(connection, actor=who, act=act, citizen=None, record_id=entry.drop_id, why=why, outcome=outcome)
            return _decision(made)


def _held(connection: Connection, hold_id: str) -> ShelfEntry:
    named = re.fullmatch(r"(\d{1,18})(?:-([0-9a-f]{8}))?", hold_id)
    entry = _maybe_document(connection, int(named[1])) if named else None
    if named is None or entry is None or not entry.paper:
        raise NoSuchHold
    if entry.state != "held":
        raise AlreadyDecided(entry.state)
    if named[2] is not None and entry.hold_id != hold_id:
        raise NoSuchHold("changed")
    return entry


def _maybe_document(connection: Connection, document_id: int) -> ShelfEntry | None:
    query = select(documents, drops.c.office).join(drops, documents.c.drop_id == drops.c.id)
    found = connection.execute(query.where(documents.c.id == document_id)).mappings().one_or_none()
    return None if found is None else shelf_entry_of(found)


def _document(connection: Connection, document_id: int) -> ShelfEntry:
    found = _maybe_document(connection, document_id)
    assert found is not None  # noqa: S101 - a foreign key holds it; tells the type checker
    return found


def _the_decision(connection: Connection, decision_id: int) -> DecisionRow:
    found = one(connection, decisions, id=decision_id)
    if found is None:
        raise LedgerConflict(f"there is no decision {decision_id}")
    return _decision(found)


def _decided_to(connection: Connection, decision_id: int, kind: str) -> DecisionRow:
    """A decision of this kind that waits or is done; a run that was called dead may still speak of another."""
    decision = _the_decision(connection, decision_id)
    if kind_of(decision.action) != kind or decision.state == "failed":
        raise LedgerConflict(f"decision {decision_id} is {kind_of(decision.action)} and {decision.state}, not to {kind}")
    return decision


def _change(connection: Connection, decision_id: int, values: Mapping[str, object]) -> None:
    connection.execute(update(decisions).where(decisions.c.id == decision_id).values(**values))


def _decision(row: RowMapping) -> DecisionRow:
    values = {name: value for name, value in row.items() if name not in {"kind", "action"}}
    return DecisionRow(action=from_json(row["kind"], row["action"]), **values)
