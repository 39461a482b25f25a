"""Eight processes do the same at once: one does it, the others find it done; nobody fails and nobody waits for ever."""

from __future__ import annotations

from multiprocessing.synchronize import Event

import pytest
from sqlalchemy import func, select

from dossier.decisions import Reject
from dossier.errors import AlreadyDecided
from dossier.values import CitizenToken
from storage.alarms import Alarms
from storage.audit.trail import AuditTrail
from storage.desk import Desk
from storage.hand_ins import Delivered, hand_ins
from storage.intake.hand_in import parse_manifest
from storage.ledger import Ledger
from storage.outbox import Outbox, add_errand
from tests.twins.at_once import together
from tests.twins.made_day import scan
from tests.twins.papers import DOSSIER, digest, held, page

MANIFEST = f'{{"dossier_code": "{DOSSIER}"}}'.encode()


@pytest.fixture
def drop_id(ledger: Ledger) -> str:
    return scan(ledger, b"scan", 10, 4).id


def write_lines(address: str, start: Event, number: int) -> None:
    ledger = Ledger.open(address)
    start.wait()
    for turn in range(10):
        AuditTrail(ledger).write(
            actor=f"caller {number}",
            act="read",
            citizen=CitizenToken("a" * 32),
            record_id=None,
            why=str(turn),
            outcome="200",
        )
    ledger.close()


def test_the_audit_trail_does_not_fork(ledger: Ledger, address: str) -> None:
    together(8, write_lines, address)

    trail = AuditTrail(ledger)
    assert sorted(line.number for line in trail.lines(100)) == list(range(1, 81))
    assert trail.verify() is None


def enter_manifest(address: str, drop_id: str, start: Event, _number: int) -> None:
    ledger = Ledger.open(address)
    file = Delivered("mot-cua", "a.json", "inode 7", len(MANIFEST), digest(MANIFEST), parse_manifest(MANIFEST, "mot-cua"))
    start.wait()
    entered = ledger.hand_ins.enter(file, (drop_id,), "beside")
    assert entered is not None
    assert entered.code is None
    ledger.hand_ins.close(drop_id)
    ledger.close()


def test_a_manifest_is_entered_once_and_closed_once(ledger: Ledger, address: str, drop_id: str) -> None:
    together(8, enter_manifest, address, drop_id)

    with ledger.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(hand_ins)).scalar_one() == 1
    manifest = ledger.hand_ins.close(drop_id).manifest
    assert manifest is not None
    assert manifest.dossier_code == DOSSIER


def hold_and_decide(address: str, drop_id: str, start: Event, number: int) -> None:
    ledger = Ledger.open(address)
    desk = Desk(ledger)
    start.wait()
    for first in (1, 3):
        ledger.held(drop_id, held(page(first)))
    for entry in ledger.shelf_of_drop(drop_id):
        try:
            desk.decide(entry.hold_id, Reject("rescan"), who=f"person {number}")
        except AlreadyDecided:
            continue
    for decision in desk.waiting():
        desk.rejected_now(decision.id)
    ledger.close()


def test_documents_are_held_once_and_decided_once(ledger: Ledger, address: str, drop_id: str) -> None:
    together(8, hold_and_decide, address, drop_id)

    desk = Desk(ledger)
    assert sorted(entry.first_page for entry, _ in desk.rejected(100)) == [1, 3]
    assert (desk.waiting(), ledger.shelf(10)) == ((), ())
    assert len(AuditTrail(ledger).lines(100)) == 4


def raise_and_do(address: str, start: Event, number: int) -> None:
    ledger = Ledger.open(address)
    alarms, outbox = Alarms(ledger.database), Outbox(ledger.database)
    start.wait()
    alarms.raise_("disk_low", "disk")
    with ledger.database.writing() as connection:
        add_errand(connection, "replicate", {"key": str(number)})
    for errand in outbox.due("replicate", 10):
        outbox.done(errand.id)
    ledger.close()


def test_an_alarm_is_raised_once_and_every_errand_is_done(ledger: Ledger, address: str) -> None:
    together(8, raise_and_do, address)

    assert len(Alarms(ledger.database).open_ones()) == 1
    assert Outbox(ledger.database).due("replicate", 10) == ()
    assert Outbox(ledger.database).waiting_since("replicate") is None
