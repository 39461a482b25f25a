"""`sohoa held`: what waits and why, one document in words, and decisions as a person types them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.main import app
from cli.shelf import os_user
from dossier.decisions import FileIt, Reject, SplitAt
from dossier.errors import AlreadyDecided, DecisionIncomplete, DecisionMalformed, DossierError, NoSuchHold, SecretPaper
from dossier.values import Held, Soundness
from storage.database.rows import ShelfEntry
from storage.desk import Desk
from storage.ledger import Ledger
from storage.places import mark_places
from tests.twins.papers import CITIZEN, DOSSIER, digest, held, page, received


class Counter:
    """The counter of an office: a ledger with one held document, and the command line."""

    def __init__(self, home: Path) -> None:
        self.home = home
        mark_places(home, {"home": home})
        self.ledger = Ledger.open(f"sqlite:///{home / 'ledger.sqlite'}")
        self.desk = Desk(self.ledger)

    def hold(self, paper: Held) -> ShelfEntry:
        """Put a paper on the shelf."""
        content = digest(repr(paper).encode())
        receipt = self.ledger.receive(
            office="mot-cua", file_name="a.pdf", sha256=content, size=4, intake=received(content),
            soundness=Soundness("pdf", 3),
        )  # fmt: skip
        self.ledger.held(str(receipt.drop_id), paper)
        return self.ledger.shelf_of_drop(str(receipt.drop_id))[0]

    def type(self, *words: str, answers: str = "") -> Result:
        """Type `sohoa held ...`."""
        environment = {"COLUMNS": "200", "SOHOA_PREFECT_API_URL": "http://127.0.0.1:9/api"}
        return CliRunner().invoke(app, ["held", *words, "--home", str(self.home)], input=answers, env=environment)

    def refused(self, *words: str, answers: str = "") -> DossierError:
        """Type what is refused."""
        error = self.type(*words, answers=answers).exception
        assert isinstance(error, DossierError), error
        return error


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    opened = Counter(tmp_path)
    yield opened
    opened.ledger.close()


def unlinked() -> Held:
    paper = held()
    return Held(replace(paper.understood, dossier_code=None, citizen_id=None), ("no_dossier_code", "no_citizen"))


@pytest.mark.parametrize("words", [(), ("list",), ("--limit", "5"), ("list", "--limit", "5")])
def test_the_list_says_what_waits_and_why_in_words(counter: Counter, words: tuple[str, ...]) -> None:
    entry = counter.hold(held())

    answer = counter.type(*words)

    assert answer.exit_code == 0, answer.output
    for told in (
        entry.hold_id,
        "mot-cua",
        "1-2",
        DOSSIER,
        "Loại giấy tờ chưa chắc chắn",
        "The type of paper is not certain",
    ):
        assert told in answer.output
    assert CITIZEN not in answer.output


def test_the_list_is_there_for_programs_too(counter: Counter) -> None:
    entry = counter.hold(held())

    answer = json.loads(counter.type("--json").output)
    (told,) = answer["documents"]

    assert answer["waiting"] == 1
    assert (told["id"], told["reasons"], told["first_page"]) == (entry.hold_id, ["weak_verdict", "no_citizen"], 1)
    assert CITIZEN not in json.dumps(told)


def test_a_list_that_ends_early_says_how_many_there_are(counter: Counter) -> None:
    for why in ("weak_verdict", "no_citizen", "no_dossier_code"):
        counter.hold(held(page(1), why=(why,)))

    assert "waiting for a person: 2 / 3" in counter.type("--limit", "2").output
    assert "waiting for a person: 3\n" in "\n".join(map(str.strip, counter.type().output.splitlines()))
    told = json.loads(counter.type("--limit", "2", "--json").output)
    assert (told["waiting"], len(told["documents"])) == (3, 2)

    for entry in counter.ledger.shelf(2):
        counter.desk.rejected_now(counter.desk.decide(entry.hold_id, Reject("rescan"), who="lan").id)
    assert "sent back: 1 / 2" in counter.type("--rejected", "--limit", "1").output
    told = json.loads(counter.type("--rejected", "--limit", "1", "--json").output)
    assert (told["rejected"], len(told["documents"])) == (2, 1)


def test_one_document_is_shown_with_reasons_cues_fields_and_text(counter: Counter) -> None:
    entry = counter.hold(held())

    for name in (entry.hold_id, str(entry.id)):
        told = counter.type("show", name).output
        for words in (entry.hold_id, "Chưa xác định được công dân", "title", "full_name", "Nguyễn Thử", "0.80", "Chữ"):
            assert words in told
        assert CITIZEN not in told


def test_a_text_on_the_paper_that_looks_like_markup_is_shown_as_it_is(counter: Counter) -> None:
    paper = held()
    name = replace(paper.understood.fields["full_name"], value="[red]An[/blue]")
    entry = counter.hold(Held(replace(paper.understood, fields={"full_name": name}), paper.why))

    assert "[red]An[/blue]" in counter.type("show", entry.hold_id).output


def test_a_decision_is_taken_down_even_while_prefect_is_away(counter: Counter) -> None:
    entry = counter.hold(unlinked())

    answer = counter.type(
        "decide", entry.hold_id, "--type", "giay_khai_sinh", "--dossier", DOSSIER, "--citizen", "-", "--field", "name=-",
        "--field", "birth_date=1/2/1990", "--by", "lan", "--note", "đã đối chiếu", answers=f"{CITIZEN}\nNguyễn Văn An\n",
    )  # fmt: skip

    assert answer.exit_code == 0, answer.output
    assert "Prefect" in answer.output
    assert CITIZEN not in answer.output
    (decision,) = counter.desk.waiting()
    fields = {"name": "Nguyễn Văn An", "birth_date": "01/02/1990"}
    assert decision.action == FileIt("giay_khai_sinh", DOSSIER, CITIZEN, fields)
    assert (decision.who, decision.note) == ("lan", "đã đối chiếu")


def test_who_decides_is_the_user_of_the_system_unless_said_otherwise(counter: Counter) -> None:
    counter.type("decide", counter.hold(held()).hold_id, "--as-shown")

    (decision,) = counter.desk.waiting()
    assert (decision.who, decision.action) == (os_user(), FileIt())


def test_a_split_and_a_rejection_are_typed_too(counter: Counter) -> None:
    counter.type("decide", counter.hold(held(page(1), page(2), page(3))).hold_id, "--split", "2, 3")
    counter.type("decide", counter.hold(held(page(4))).hold_id, "--reject", "rescan")

    assert [one.action for one in counter.desk.waiting()] == [SplitAt((2, 3)), Reject("rescan")]
    assert "2 quyết định đang được thực hiện" in counter.type().output


def test_a_second_reviewer_is_told_of_the_first(counter: Counter) -> None:
    entry = counter.hold(held())
    counter.type("decide", entry.hold_id, "--as-shown", "--by", "lan")

    refused = counter.refused("decide", entry.hold_id, "--reject", "rescan", "--by", "minh")

    assert isinstance(refused, AlreadyDecided)
    assert [one.who for one in counter.desk.waiting()] == ["lan"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ((), DecisionIncomplete),
        (("--as-shown",), DecisionIncomplete),
        (("--dossier", DOSSIER), DecisionIncomplete),
        (("--citizen", CITIZEN), DecisionMalformed),
        (("--field", f"citizen_id={CITIZEN}"), DecisionMalformed),
        (("--field", "name"), DecisionMalformed),
        (("--field", "no_such_field=x"), DecisionMalformed),
        (("--type", "giay_la"), DecisionMalformed),
        (("--split", "two"), DecisionMalformed),
        (("--split", "1"), DecisionMalformed),
        (("--reject", "because"), DecisionMalformed),
        (("--reject", "other"), DecisionIncomplete),
        (("--reject", "rescan", "--type", "giay_khai_sinh"), DecisionMalformed),
        (("--reject", "rescan", "--split", "2"), DecisionMalformed),
    ],
)
def test_what_cannot_be_decided_is_refused_and_changes_nothing(
    counter: Counter, words: tuple[str, ...], error: type[DossierError]
) -> None:
    entry = counter.hold(unlinked())

    refused = counter.refused("decide", entry.hold_id, *words)

    assert type(refused) is error
    assert CITIZEN not in str(refused)
    assert counter.ledger.shelf(10) == (entry,)


def test_a_secret_paper_and_a_changed_hold_are_refused(counter: Counter) -> None:
    secret = counter.hold(held(page(1), why=("secrecy_stamp",)))
    other = f"{secret.id}-{'0' * 8}"

    assert isinstance(counter.refused("decide", secret.hold_id, "--as-shown"), SecretPaper)
    assert isinstance(counter.refused("decide", other, "--reject", "secret"), NoSuchHold)
    assert isinstance(counter.refused("show", "77"), NoSuchHold)


def test_what_was_sent_back_is_listed_with_reason_note_and_name(counter: Counter) -> None:
    counter.type("decide", counter.hold(held()).hold_id, "--reject", "rescan", "--by", "lan", "--note", "mờ")
    (decision,) = counter.desk.waiting()
    counter.desk.rejected_now(decision.id)

    told = counter.type("--rejected").output
    (listed,) = json.loads(counter.type("list", "--rejected", "--json").output)["documents"]

    for words in ("Ảnh quét chưa đạt", "The scan is not good enough", "mờ", "lan"):
        assert words in told
        assert words in json.dumps(listed, ensure_ascii=False)
