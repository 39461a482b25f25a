"""The state machines of the ledger: every verb in every state, held against a table that is written out."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select

from dossier.decisions import FileIt, Reject, SplitAt
from dossier.errors import AlreadyDecided, DossierError, LedgerConflict, NoSuchHold
from dossier.values import Soundness
from storage.alarms import Alarms
from storage.database import keeping_tables  # noqa: F401 - belongs to the model
from storage.database.schema import metadata
from storage.desk import Desk
from storage.ledger import Ledger
from tests.twins.papers import SEAL, digest, held, page, received, record, sealed, stored

SAME = "nothing changes"
CLASH = LedgerConflict

DROPS: dict[str, dict[str, object]] = {
    # state       verb -> state after it, or the error
    "received": {"brought again": SAME, "started": "running", "finished": CLASH, "failed": "failed"},
    "running": {"brought again": SAME, "started": "running", "finished": "done", "failed": "failed"},
    "done": {"brought again": SAME, "started": CLASH, "finished": SAME, "failed": CLASH},
    "failed": {"brought again": SAME, "started": "running", "finished": CLASH, "failed": SAME},
    "not there": {"brought again": "received", "started": CLASH, "finished": CLASH, "failed": CLASH},
}

VERBS = ("held", "filed", "filed as decided", "decide", "started", "postponed", "given back", "rejected", "split up")

DOCUMENTS: dict[str, tuple[object, ...]] = {
    # state           held      filed     as decided decide          started    postponed  given back rejected    split
    "not there":      ("held",   "filed",  CLASH,     NoSuchHold,     CLASH,     CLASH,     CLASH,     CLASH,      CLASH),
    "held":           (SAME,     "filed",  CLASH,     "decided",      CLASH,     CLASH,     CLASH,     CLASH,      CLASH),
    "held again":     (SAME,     CLASH,    CLASH,     "decided",      SAME,      SAME,      SAME,      CLASH,      CLASH),
    "to be filed":    (SAME,     CLASH,    "filed",   AlreadyDecided, "decided", "decided", "held",    CLASH,      CLASH),
    "to be split":    (SAME,     CLASH,    CLASH,     AlreadyDecided, "decided", "decided", "held",    CLASH,      "held"),
    "to be rejected": (SAME,     CLASH,    CLASH,     AlreadyDecided, "decided", "decided", "held",    "rejected", CLASH),
    "filed":          (CLASH,    SAME,     CLASH,     AlreadyDecided, CLASH,     CLASH,     CLASH,     CLASH,      CLASH),
    "filed by hand":  (SAME,     SAME,     SAME,      AlreadyDecided, SAME,      SAME,      SAME,      CLASH,      CLASH),
    "split":          (SAME,     CLASH,    CLASH,     "decided",      SAME,      SAME,      SAME,      CLASH,      SAME),
    "rejected":       (SAME,     CLASH,    CLASH,     AlreadyDecided, SAME,      SAME,      SAME,      SAME,       CLASH),
}  # fmt: skip

NOT_THERE = 999


def everything(ledger: Ledger) -> dict[str, list[str]]:
    """Every line of every table."""
    with ledger.database.reading() as connection:
        return {
            table.name: sorted(str(tuple(row)) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
        }


def assert_verb(ledger: Ledger, act: Callable[[], object], state: Callable[[], object], expected: object) -> None:
    """The verb leads where the table says; an error, or nothing to do, leaves every line as it was."""
    before = everything(ledger)
    if isinstance(expected, type) and issubclass(expected, DossierError):
        with pytest.raises(expected):
            act()
    else:
        act()
    changed = everything(ledger) != before
    if isinstance(expected, str) and expected != SAME:
        assert changed
        assert state() == expected
    else:
        assert not changed


class OneDrop:
    """A ledger with at most one drop."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.id = digest(b"scan")[:32]

    def bring(self) -> None:
        """Deliver it, as the same file each time."""
        self.ledger.receive(
            office="mot-cua", file_name="a.pdf", sha256=digest(b"scan"), size=4, intake=received(digest(b"scan")),
            soundness=Soundness("pdf", 2), delivery="inode 7",
        )  # fmt: skip

    def be(self, state: str) -> None:
        """Come into this state by verbs alone."""
        ways = {"not there": "", "received": "b", "running": "bs", "done": "bsd", "failed": "bsf"}
        for step in ways[state]:
            {"b": self.bring, "s": self.start, "d": self.finish, "f": self.fail}[step]()

    def start(self) -> None:
        """A run begins."""
        self.ledger.started(self.id, "run")

    def finish(self) -> None:
        """The run ends well."""
        self.ledger.finished(self.id)

    def fail(self) -> None:
        """It is given up."""
        self.ledger.failed(self.id, "SIGNER_REJECTED")

    def state(self) -> str:
        """As the ledger has it."""
        return self.ledger.drop(self.id).state


def test_the_table_of_drops_holds_every_verb_in_every_state() -> None:
    assert {(state, verb) for state, verbs in DROPS.items() for verb in verbs} == set(product(DROPS, DROPS["done"]))


@pytest.mark.parametrize("verb", DROPS["received"])
@pytest.mark.parametrize("state", DROPS)
def test_a_drop_goes_where_the_table_says(ledger: Ledger, state: str, verb: str) -> None:
    drop = OneDrop(ledger)
    drop.be(state)
    verbs = {"brought again": drop.bring, "started": drop.start, "finished": drop.finish, "failed": drop.fail}

    assert_verb(ledger, verbs[verb], drop.state, DROPS[state][verb])

    calls = Alarms(ledger.database).open_ones("dead_letter")
    failed = bool(ledger.drops(1)) and drop.state() == "failed"
    assert [(alarm.subject, alarm.detail) for alarm in calls] == ([(drop.id, "SIGNER_REJECTED")] if failed else [])
    assert [one.id for one in ledger.dead_letters("SIGNER_REJECTED")] == ([drop.id] if failed else [])
    assert ledger.dead_letters("ANOTHER") == ()


class OnePaper:
    """A ledger with one drop, and at most one document in it, of two pages."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger, self.desk = ledger, Desk(ledger)
        drop = OneDrop(ledger)
        drop.bring()
        self.drop_id = drop.id
        self.paper = held(page(1), page(2))
        self.record = record()
        self.proof = stored(self.record, sealed(folder))
        self.hold_id = f"{NOT_THERE}-00000000"
        self.decision = NOT_THERE

    def hold(self) -> None:
        """The machine is in doubt."""
        self.ledger.held(self.drop_id, self.paper)

    def file(self) -> None:
        """The machine is sure."""
        self.ledger.filed(self.drop_id, self.record, self.proof, SEAL)

    def file_as_decided(self) -> None:
        """What a person decided is carried out."""
        self.ledger.filed(self.drop_id, self.record, self.proof, SEAL, decision_id=self.decision)

    def decide(self, action: FileIt | SplitAt | Reject | None = None) -> None:
        """A person decides, on what the shelf shows or showed last."""
        shelf = self.ledger.shelf_of_drop(self.drop_id)
        if shelf:
            self.hold_id = shelf[0].hold_id
        self.decision = self.desk.decide(self.hold_id, action or Reject("rescan"), who="lan").id

    def split(self) -> None:
        """A decision to split is carried out."""
        self.desk.split_up(self.decision, (held(page(1)), held(page(2))))

    def be(self, state: str) -> None:
        """Come into this state by verbs alone."""
        file, split, reject = (FileIt(), SplitAt((2,)), Reject("rescan"))
        ways: dict[str, tuple[Callable[[], None], ...]] = {
            "not there": (),
            "held": (self.hold,),
            "held again": (self.hold, lambda: self.decide(file), lambda: self.desk.given_back(self.decision, "X")),
            "to be filed": (self.hold, lambda: self.decide(file)),
            "to be split": (self.hold, lambda: self.decide(split)),
            "to be rejected": (self.hold, lambda: self.decide(reject)),
            "filed": (self.hold, self.remember, self.file),
            "filed by hand": (self.hold, lambda: self.decide(file), self.file_as_decided),
            "split": (self.hold, lambda: self.decide(split), self.split),
            "rejected": (self.hold, lambda: self.decide(reject), lambda: self.desk.rejected_now(self.decision)),
        }
        for step in ways[state]:
            step()

    def remember(self) -> None:
        """Keep the name that a person saw."""
        self.hold_id = self.ledger.shelf_of_drop(self.drop_id)[0].hold_id

    def do(self, verb: str) -> None:
        """Say the verb."""
        verbs: dict[str, Callable[[], object]] = {
            "held": self.hold,
            "filed": self.file,
            "filed as decided": self.file_as_decided,
            "decide": self.decide,
            "started": lambda: self.desk.started(self.decision, "run"),
            "postponed": lambda: self.desk.postponed(self.decision, "STORE_UNAVAILABLE"),
            "given back": lambda: self.desk.given_back(self.decision, "SCANS_CHANGED"),
            "rejected": lambda: self.desk.rejected_now(self.decision),
            "split up": self.split,
        }
        verbs[verb]()

    def state(self) -> str:
        """As the ledger has it."""
        documents = metadata.tables["documents"]
        with self.ledger.database.reading() as connection:
            query = select(documents.c.state).where(documents.c.first_page == 1)
            return str(connection.execute(query).scalar_one())


@pytest.mark.parametrize(("state", "verb"), list(product(DOCUMENTS, VERBS)))
def test_a_document_goes_where_the_table_says(ledger: Ledger, tmp_path: Path, state: str, verb: str) -> None:
    paper = OnePaper(ledger, tmp_path)
    paper.be(state)

    assert_verb(ledger, lambda: paper.do(verb), paper.state, DOCUMENTS[state][VERBS.index(verb)])
