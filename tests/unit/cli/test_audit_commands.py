"""`sohoa audit` and `sohoa retention` on a whole installation with plain files: what a person sees, and what is logged."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from cli.verifying import verify_record
from config.settings import load_settings
from dossier.errors import (
    DecisionMalformed,
    DossierError,
    RecordBound,
    SealBroken,
    SecondPersonNeeded,
)
from flows.keepers import open_keepers
from signing.clock import VIETNAM
from storage.alarms import Alarms
from storage.database.tables import audit as audit_table
from storage.database.tables import records
from tests.twins.audited_office import Office, office_in
from tests.twins.papers import CITIZEN, page
from tests.twins.papers import held as held_paper
from tests.twins.tampered_trail import as_the_owner, write_anew

TODAY = datetime.now(UTC).date()
PERIOD = ("--from", (TODAY - timedelta(days=1)).isoformat(), "--to", (TODAY + timedelta(days=1)).isoformat())
WHY = ("--why", "vụ lộ dữ liệu 3", "--by", "Thanh tra")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with office_in(tmp_path) as opened:
        yield opened


def test_an_anchored_trail_is_verified_and_the_look_is_logged(office: Office) -> None:
    office.said("audit", "anchor")
    told = office.said("audit", "verify", "--by", "Thanh tra")

    assert "2 dòng" in told
    assert "1 neo" in told
    assert office.acts() == [("digitize", "sign"), ("digitize", "store"), ("Thanh tra", "audit_verify")]


def test_a_broken_trail_is_named_to_the_line_and_ends_with_1(office: Office) -> None:
    office.said("audit", "anchor")
    with open_keepers(load_settings(office.home)) as keepers:
        write_anew(keepers.ledger, 2, why="nothing")
    before = office.acts()
    done = office.say("audit", "verify")

    assert done.exit_code == 1
    assert "Line 2 differs from its anchor" in done.output + done.stderr
    assert office.acts() == before  # a line would change what was found; the alarm tells of it
    with open_keepers(load_settings(office.home)) as keepers:
        assert [one.detail for one in Alarms(keepers.ledger.database).open_ones()] == ["line 2: not_as_anchored"]


@pytest.mark.parametrize("who", [("--by", "Thanh tra", "--why", " "), ("--by", CITIZEN)])
def test_a_broken_trail_too_is_shown_to_nobody_without_a_name_and_a_reason(office: Office, who: tuple[str, ...]) -> None:
    office.said("audit", "anchor")
    with open_keepers(load_settings(office.home)) as keepers:
        write_anew(keepers.ledger, 2, why="nothing")
    done = office.say("audit", "verify", *who)

    assert isinstance(done.exception, DossierError)
    assert "anchor" not in done.output + done.stderr


def test_anchored_lines_that_a_backup_lacks_are_brought_back_and_that_is_logged(office: Office) -> None:
    office.said("audit", "anchor")
    with open_keepers(load_settings(office.home)) as keepers, as_the_owner(keepers.ledger) as connection:
        connection.execute(delete(audit_table).where(audit_table.c.number == 2))
    told = office.said("audit", "restore", *WHY)

    assert "audit trail up to line 2" in told
    assert office.acts() == [("digitize", "sign"), ("digitize", "store"), ("Thanh tra", "audit_restore")]


def test_a_subject_is_asked_for_on_stdin_and_named_by_token_only(office: Office) -> None:
    told = office.said("audit", "subject", "--json", *WHY, typed=f"{CITIZEN}\n")
    lines = json.loads(told)

    assert [(line["actor"], line["act"], line["citizen"]) for line in lines] == [
        ("digitize", "sign", office.record.key.citizen), ("digitize", "store", office.record.key.citizen),
    ]  # fmt: skip
    assert all(line["at"].endswith("+00:00") and line["at_local"].endswith("+07:00") for line in lines)
    assert CITIZEN not in told
    assert office.acts()[-1] == ("Thanh tra", "audit_subject")


def test_on_a_narrow_screen_every_word_of_the_answer_is_there(office: Office) -> None:
    told = office.say("audit", "subject", *WHY, typed=f"{CITIZEN}\n", columns=80).output
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in told.splitlines() if line.startswith("│")]
    said = ["".join(column) for column in zip(*cells, strict=True)]

    assert "…" not in told
    assert any(text.startswith(f"{office.record.key.record_id[:12]}") for text in said)
    assert any(datetime.now(VIETNAM).date().isoformat() in text for text in said)


def test_an_actor_answers_the_breach_question_as_table_and_csv(office: Office) -> None:
    table = office.said("audit", "actor", "digitize", *PERIOD, *WHY)
    rows = list(csv.DictReader(io.StringIO(office.said("audit", "actor", "digitize", *PERIOD, *WHY, "--csv"))))

    assert office.record.key.record_id[:12] in table
    assert [(row["record_id"], row["type"], row["acts"]) for row in rows] == [
        (office.record.key.record_id, "birth_certificate", "sign x1, store x1")
    ]
    assert office.acts()[-1] == ("Thanh tra", "audit_actor")


@pytest.mark.parametrize("typed", ["", "12345\n", "abc\n"])
def test_what_is_no_id_is_refused_and_not_repeated(office: Office, typed: str) -> None:
    done = office.say("audit", "subject", *WHY, typed=typed)

    assert isinstance(done.exception, DossierError)
    assert "12345" not in str(done.exception)


def test_an_actor_who_is_named_by_an_id_number_is_refused_before_it_stands_in_the_trail(office: Office) -> None:
    done = office.say("audit", "actor", f"cb-{CITIZEN}", *PERIOD, *WHY)

    assert isinstance(done.exception, DecisionMalformed)
    assert CITIZEN not in str(done.exception)
    assert office.acts()[-1] == ("digitize", "store")


def test_a_trail_is_not_read_without_a_reason(office: Office) -> None:
    done = office.say("audit", "actor", "digitize", *PERIOD, "--by", "Thanh tra", "--why", " ")

    assert done.exit_code == 1
    assert "birth_certificate" not in done.output
    assert office.acts()[-1] == ("digitize", "store")


def test_two_persons_dispose_of_a_record_and_get_its_certificate(office: Office) -> None:
    record_id = office.record.key.record_id
    asking = ("retention", "dispose", "ask", record_id, "--by", "Trần Hỏi", "--why", "hết thời hạn")
    early = office.say(*asking)
    with open_keepers(load_settings(office.home)) as keepers, keepers.ledger.database.writing() as connection:
        connection.execute(update(records).values(keep_until=datetime.now(UTC) - timedelta(days=1)))
    due = office.said("retention", "due")
    hold = office.said("retention", "hold", record_id, "--by", "Thanh tra", "--why", "vụ việc 12")
    held = office.say(*asking)
    office.said("retention", "lift", "1", "--by", "Thanh tra", "--why", "kết thúc")
    office.said(*asking)
    alone = office.say("retention", "dispose", "agree", "1", "--by", "trần hỏi", "--why", "đồng ý")
    office.said("retention", "dispose", "agree", "1", "--by", "Lê Đồng Ý", "--why", "đồng ý")
    waiting = office.said("retention", "dispose", "list")
    locked = office.say("retention", "dispose", "run", "1", "--by", "Phạm Làm", "--why", "biên bản 7")

    assert isinstance(early.exception, RecordBound)
    assert record_id[:12] in due
    assert "hold 1" in hold
    assert isinstance(held.exception, RecordBound)
    assert isinstance(alone.exception, SecondPersonNeeded)
    assert "agreed" in waiting
    assert isinstance(locked.exception, RecordBound)  # the store knows the lock that was set when it was written


def test_a_look_at_a_held_paper_and_a_fetched_record_are_logged(office: Office) -> None:
    settings = load_settings(office.home)
    with open_keepers(settings) as keepers:
        drop_id = keepers.ledger.drops(1)[0].id
        keepers.ledger.held(drop_id, held_paper(page(2)))
        hold_id = keepers.ledger.shelf(1)[0].hold_id
    office.said("held", "show", hold_id)
    with pytest.raises(SealBroken):  # the paper of the tests bears no seal; it was fetched all the same
        verify_record(office.record.key.record_id, settings)

    assert [act for _, act in office.acts()][2:] == ["view_held", "verify"]
