"""The manifest beside a scan: read strictly, bound to the scan's bytes, never lost and never believed of another scan."""

from __future__ import annotations

import json
import os
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jsonschema import Draft202012Validator
from sqlalchemy import func, select, update

from dossier.doubts import DOUBTS
from dossier.errors import BadManifest, FileChanged, TruncatedFile
from dossier.values import HandedIn, HandInManifest, Soundness
from storage.database.tables import receipts
from storage.hand_ins import Entered, HandIn, hand_ins
from storage.intake.beside import receive_alone
from storage.intake.dropped import DroppedFile, manifests_beside, manifests_without_scan, scans_beside, waiting
from storage.intake.hand_in import MAX_BYTES, kept_form, parse_manifest, said_of
from storage.intake.inbox import receive
from storage.ledger import Ledger, Receipt
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import CITIZEN, DOSSIER, digest
from tests.twins.sudden_death import SuddenDeath, die_at, in_a_doomed_process

OFFICE = "một cửa"
SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "hand-in.schema.json").read_text(encoding="utf-8"))
BOUND = {"dossier_code": DOSSIER, "citizen_id": CITIZEN}
OTHER = {"dossier_code": "H62.33-240106-0002", "citizen_id": "026190001235"}
FULL = {
    **BOUND, "name": "Nguyễn Thị Thử", "procedure": "1.001193.000.00.00.H35", "source": "result", "office": OFFICE,
    "received_at": "2024-01-06T08:30:00+07:00", "sha256": "AB" * 32, "pages": 12,
}  # fmt: skip


def written(what: object) -> bytes:
    return json.dumps(what, ensure_ascii=False).encode()


def why_not(content: bytes) -> str:
    with pytest.raises(BadManifest) as refused:
        parse_manifest(content, OFFICE)
    return refused.value.detail


# --- what a manifest says ---


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_example_of_the_manual_is_good() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "hand-in.md").read_text(encoding="utf-8")
    example = manual.split("```json\n")[1].split("```")[0]

    assert Draft202012Validator(SCHEMA).is_valid(json.loads(example))
    assert parse_manifest(example.encode(), OFFICE).manifest.dossier_code == DOSSIER


def test_everything_that_is_said_is_read() -> None:
    said = parse_manifest(written(FULL), OFFICE)

    assert said.manifest == HandInManifest(DOSSIER, CITIZEN, "Nguyễn Thị Thử", HandedIn("1.001193.000.00.00.H35", "result"))
    assert (said.scan_sha256, said.pages) == ("ab" * 32, 12)
    assert said.received_at == datetime(2024, 1, 6, 1, 30, tzinfo=UTC)
    assert said_of(json.loads(json.dumps(kept_form(said)))) == said


GOOD = [
    FULL,
    {"dossier_code": DOSSIER},
    {"citizen_id": CITIZEN},
    {"citizen_id": CITIZEN, "dossier_code": None, "name": None},
    {"citizen_id": "026 190 001 234", "dossier_code": " h62.33-240106-0001"},
    {**BOUND, "x_ticket": {"any": ["thing"]}, "x_": 1},
    {**BOUND, "procedure": "1.012766", "received_at": "2024-01-06T08:30Z"},
    {**BOUND, "source": None},
    *({**BOUND, "source": one} for one in ("citizen", "result", "component", "national")),
]
BAD: list[tuple[object, str]] = [
    ({}, "dossier_code"),
    ({"name": "Nguyễn Thị Thử"}, "dossier_code"),
    ({"citizen_id": None}, "dossier_code"),
    ({"citizen_ID": CITIZEN, "dossier_code": DOSSIER}, "is it citizen_id?"),
    ({"dosier_code": DOSSIER, "citizen_id": CITIZEN}, "is it dossier_code?"),
    ({**BOUND, "Nguyễn Thị Thử": 1}, "key 3 is unknown"),
    ({**BOUND, "citizen_id": 26190001234}, "citizen_id"),
    ({**BOUND, "citizen_id": "26190001234"}, "11 digits"),
    ({**BOUND, "dossier_code": ""}, "dossier_code"),
    ({**BOUND, "dossier_code": "H62.33-240106"}, "dossier_code"),
    ({**BOUND, "procedure": "khai sinh"}, "procedure"),
    *(({**BOUND, "source": one}, "source") for one in ("", "Result", " result", "Kết quả giải quyết hồ sơ", 2, ["result"])),
    ({**BOUND, "name": "Nguyễn\nThử"}, "name"),
    ({**BOUND, "name": "x" * 201}, "name"),
    ({**BOUND, "name": ["Nguyễn"]}, "name"),
    ({**BOUND, "sha256": "ab"}, "sha256"),
    ({**BOUND, "pages": 0}, "pages"),
    ({**BOUND, "pages": "12"}, "pages"),
    ({**BOUND, "pages": True}, "pages"),
    ({**BOUND, "received_at": "06/01/2024"}, "received_at"),
    ({**BOUND, "received_at": "2024-01-06T08:30:00"}, "received_at"),
    ([BOUND], "object"),
]
BEYOND_THE_SCHEMA: list[tuple[dict[str, object], str]] = [
    ({**BOUND, "office": "another folder"}, "office"),
    ({**BOUND, "citizen_id": "003190001234"}, "no province"),
    ({**BOUND, "citizen_id": "000000000001"}, "placeholder"),
    ({**BOUND, "dossier_code": "H62.33-240231-0001"}, "not a date"),
    ({**BOUND, "received_at": "2024-02-31T08:30:00+07:00"}, "received_at"),
    ({**BOUND, "name": "Nguyễn \ud800"}, "name"),
]


def test_a_refused_source_names_those_that_are_allowed_in_both_languages() -> None:
    allowed = "citizen, result, component, national"

    assert f"phải là một trong: {allowed} / source: must be one of: {allowed}" in why_not(
        written({**BOUND, "source": "one"})
    )


@pytest.mark.parametrize("content", GOOD)
def test_schema_and_parser_take_the_same(content: object) -> None:
    assert Draft202012Validator(SCHEMA).is_valid(content)
    assert parse_manifest(written(content), OFFICE).manifest != HandInManifest(None, None)


@pytest.mark.parametrize(("content", "reason"), BAD)
def test_schema_and_parser_refuse_the_same(content: object, reason: str) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(content)
    assert reason in why_not(written(content))


@pytest.mark.parametrize(("content", "reason"), BEYOND_THE_SCHEMA)
def test_what_the_schema_cannot_say_is_checked_too(content: dict[str, object], reason: str) -> None:
    assert Draft202012Validator(SCHEMA).is_valid(content)
    assert reason in why_not(json.dumps(content).encode())


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe{", written(BOUND)[:-1], written(BOUND).decode().encode("utf-16"), b"[" * 60_000, b"null"],
)
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    assert "JSON" in why_not(content)


def test_a_byte_order_mark_is_tolerated() -> None:
    assert parse_manifest(b"\xef\xbb\xbf" + written(BOUND), OFFICE).manifest.citizen_id == CITIZEN


def test_a_key_that_stands_twice_is_refused() -> None:
    assert "twice" in why_not(f'{{"citizen_id": "{CITIZEN}", "citizen_id": "{OTHER["citizen_id"]}"}}'.encode())


def test_more_than_the_limit_is_refused() -> None:
    padded = {**BOUND, "x_padding": "a" * MAX_BYTES}

    assert str(MAX_BYTES) in why_not(written(padded))


TEXTS = ["citizen_id", "dossier_code", "procedure", "source", "name", "sha256", "office"]


@given(some.text(max_size=40), some.sampled_from(TEXTS))
def test_no_refusal_quotes_what_was_given(value: str, key: str) -> None:
    secret = f"Thử{value}Thử"
    content = json.dumps({**BOUND, key: secret, secret: 1}).encode()

    assert secret not in why_not(content)


@pytest.mark.parametrize("key", ["procedure", "dossier_code"])
def test_no_refusal_quotes_a_part_of_a_code(key: str) -> None:
    assert "Ánh" not in why_not(written({**BOUND, key: "1.Ánh"}))
    assert "ÁNH" not in why_not(written({**BOUND, key: "Ánh-240106-0001"}))


def test_a_manifest_does_not_show_the_person() -> None:
    assert CITIZEN not in repr(parse_manifest(written(FULL), OFFICE))


# --- the inbox ---


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / OFFICE).mkdir(parents=True)
    return folder


class House:
    """An inbox, a ledger and a warehouse; scans have one page."""

    def __init__(self, inbox: Path, ledger: Ledger) -> None:
        self.inbox, self.ledger, self.warehouse = inbox, ledger, MemoryWarehouse()

    def drop(self, name: str, content: object = BOUND) -> DroppedFile:
        """Put a file there; anything but bytes is written as JSON."""
        path = self.inbox / OFFICE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else written(content))
        return DroppedFile(path, OFFICE)

    def scan(self, name: str = "a.pdf", content: bytes = b"scan", *, torn: bool = False) -> Receipt:
        """Drop a scan and take it with what lies beside it."""
        return self.take(self.drop(name, content), torn=torn)

    def take(self, file: DroppedFile, *, torn: bool = False) -> Receipt:
        """Take a scan with the manifests that lie beside it."""

        def check(_path: Path) -> Soundness:
            if torn:
                raise TruncatedFile
            return Soundness("pdf", 1)

        return receive(
            file, check=check, warehouse=self.warehouse, ledger=self.ledger, inbox=self.inbox,
            manifests=manifests_beside(file),
        )  # fmt: skip

    def alone(self, file: DroppedFile, *, still_for: float = 3.0) -> Entered | None:
        """Take a manifest that no scan brings."""
        return receive_alone(file, ledger=self.ledger, inbox=self.inbox, still_for=still_for, patience=600.0)

    def close(self, content: bytes = b"scan") -> HandIn:
        """What the papers of a scan are linked with."""
        return self.ledger.hand_ins.close(digest(content)[:32])

    def names(self, shelf: str) -> list[str]:
        """What lies on `.taken` or `.refused`."""
        return sorted(path.name for path in (self.inbox / shelf).rglob("*") if path.is_file() or path.is_symlink())


@pytest.fixture
def house(inbox: Path, ledger: Ledger) -> House:
    return House(inbox, ledger)


def first_words(house: House, name: str) -> str:
    (note,) = house.inbox.rglob(f"{name}.txt")
    return note.read_text(encoding="utf-8")


@pytest.mark.parametrize("open_one", ["a.json", "a.tif"])
def test_a_manifest_waits_until_nobody_writes_it_or_a_scan_that_it_speaks_of(house: House, open_one: str) -> None:
    house.drop("a.json")
    scans = [house.drop("a.pdf", b"scan"), house.drop("a.tif", b"scan 2")]
    with (house.inbox / OFFICE / open_one).open("ab"), pytest.raises(FileChanged):
        house.take(scans[0])
    assert len(waiting(house.inbox)) == 3
    for scan in scans:
        house.take(scan)

    assert house.close() == house.close(b"scan 2") == HandIn(HandInManifest(DOSSIER, CITIZEN), ())


def test_a_manifest_is_bound_to_the_scan_beside_it(house: House) -> None:
    house.drop("a.json")
    house.scan()

    assert house.close() == HandIn(HandInManifest(DOSSIER, CITIZEN), ())
    assert house.names(".taken") == ["a.json", "a.pdf"]
    assert waiting(house.inbox) == ()


def test_a_scan_without_manifest_has_none(house: House) -> None:
    house.scan()

    assert house.close() == HandIn(None, ())


@pytest.mark.parametrize(
    ("scan", "manifest"),
    [
        ("a.pdf", "a.pdf.json"), ("a.PDF", "a.JSON"), ("a.b.pdf", "a.b.json"), ("sub/a.pdf", "sub/a.json"),
        (unicodedata.normalize("NFD", "Hồ sơ Ánh.pdf"), unicodedata.normalize("NFC", "Hồ sơ Ánh.json")),
        (unicodedata.normalize("NFC", "Hồ sơ Ánh.pdf"), unicodedata.normalize("NFD", "Hồ sơ Ánh.pdf.json")),
        (os.fsdecode(b"\xff.pdf"), os.fsdecode(b"\xff.json")),
    ],
)  # fmt: skip
def test_a_manifest_is_known_by_its_name(house: House, scan: str, manifest: str) -> None:
    house.drop(manifest)
    house.scan(scan)

    assert house.close().manifest is not None


@pytest.mark.parametrize("manifest", ["b.json", "sub/a.json", "a.json.part", ".a.json", "A.json", "a.pdf.tif.json"])
def test_another_name_is_another_scans(house: House, manifest: str) -> None:
    file = house.drop(manifest)
    house.scan()

    assert house.close().manifest is None
    assert file.path.exists()


def test_one_manifest_speaks_of_all_scans_of_its_stem(house: House) -> None:
    house.drop("a.json")
    tif = house.drop("a.tif", b"the same paper as TIFF")
    house.scan()
    house.take(tif)

    assert house.close().manifest == house.close(b"the same paper as TIFF").manifest == HandInManifest(DOSSIER, CITIZEN)
    assert house.names(".taken") == ["a.json", "a.pdf", "a.tif"]


def test_a_scan_that_comes_later_under_the_same_name_is_not_spoken_of(house: House) -> None:
    house.drop("a.json")
    house.scan()
    house.scan(content=b"somebody else's paper")

    assert house.close(b"somebody else's paper") == HandIn(None, ())


def test_a_hash_says_of_which_scan_a_manifest_speaks(house: House) -> None:
    house.drop("a.json", {**BOUND, "sha256": digest(b"scan").upper()})
    tif = house.drop("a.tif", b"another paper")
    house.scan()
    house.take(tif)

    assert house.close().manifest is not None
    assert house.close(b"another paper") == HandIn(None, ())


def test_the_hash_of_another_scan_holds_the_papers(house: House) -> None:
    house.drop("a.json", {**BOUND, "sha256": digest(b"other")})
    house.scan()

    assert house.close() == HandIn(None, ("bad_manifest",))
    assert house.names(".refused") == ["a.json", "a.json.txt"]
    assert "MANIFEST_HASH_DIFFERS" in first_words(house, "a.json")


@pytest.mark.parametrize("content", [b"", b"{}", {**BOUND, "citizen_id": "000"}, b"x" * 70_000])
def test_a_bad_manifest_is_refused_and_the_scan_goes_on_to_be_held(house: House, content: object) -> None:
    house.drop("a.json", content)
    receipt = house.scan()

    assert receipt.outcome == "taken"
    assert house.close() == HandIn(None, ("bad_manifest",))
    assert house.names(".taken") == ["a.pdf"]
    assert house.names(".refused") == ["a.json", "a.json.txt"]
    assert "Tệp kê khai sai quy cách" in first_words(house, "a.json")


def test_a_link_is_refused_unopened_and_the_papers_are_held(house: House, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(written(BOUND))
    (house.inbox / OFFICE / "a.json").symlink_to(tmp_path / "elsewhere")
    house.scan()

    assert house.close() == HandIn(None, ("bad_manifest",))
    assert "NOT_A_PLAIN_FILE" in first_words(house, "a.json")


def test_another_number_of_pages_is_a_doubt(house: House) -> None:
    house.drop("a.json", {**BOUND, "pages": 2})
    house.scan()

    assert house.close().doubts == ("page_count_differs",)


def test_two_manifests_add_to_each_other(house: House) -> None:
    house.drop("a.json", {"dossier_code": DOSSIER, "name": "NGUYỄN THỊ THỬ"})
    house.drop("a.pdf.json", {"citizen_id": CITIZEN, "name": "Nguyễn Thị Thử"})
    house.scan()

    assert house.close() == HandIn(HandInManifest(DOSSIER, CITIZEN, "NGUYỄN THỊ THỬ"), ())


def test_two_manifests_that_disagree_are_a_doubt_and_no_choice(house: House) -> None:
    house.drop("a.json")
    house.drop("a.pdf.json", {**OTHER, "dossier_code": DOSSIER})
    house.scan()

    assert house.close() == HandIn(HandInManifest(DOSSIER, None), ("manifests_differ",))


def test_where_one_manifest_leaves_the_source_out_the_other_says_it(house: House) -> None:
    house.drop("a.json")
    house.drop("a.pdf.json", {**BOUND, "source": "national"})
    house.scan()

    assert house.close() == HandIn(HandInManifest(DOSSIER, CITIZEN, papers=HandedIn(source="national")), ())


def test_two_manifests_of_different_sources_say_none(house: House) -> None:
    house.drop("a.json", {**BOUND, "source": "result"})
    house.drop("a.pdf.json", {**BOUND, "source": "citizen"})
    house.scan()

    assert house.close() == HandIn(HandInManifest(DOSSIER, CITIZEN), ("manifests_differ",))


def test_every_doubt_has_words(house: House) -> None:
    house.drop("a.json", {**BOUND, "pages": 2})
    house.drop("a.pdf.json", b"")
    house.scan()
    house.drop("b.json", OTHER)
    house.scan("b.pdf")

    assert set(house.close().doubts) == {"bad_manifest", "manifests_differ", "page_count_differs"} <= set(DOUBTS)
    assert "late_manifest" in DOUBTS


def test_the_first_reading_stays_the_answer(house: House) -> None:
    house.drop("a.json")
    house.scan()
    before = house.close()
    house.drop("b.json", OTHER)
    again = house.scan("b.pdf")

    assert again.outcome == "duplicate"
    assert house.close() == before
    assert "MANIFEST_LATE" in first_words(house, "b.json")


def test_a_duplicate_with_another_manifest_is_a_doubt_while_the_drop_is_open(house: House) -> None:
    house.drop("a.json")
    house.scan()
    house.drop("b.json", OTHER)
    house.scan("b.pdf")

    assert house.close() == HandIn(HandInManifest(None, None), ("manifests_differ",))


def test_a_duplicate_with_the_same_manifest_is_taken_quietly(house: House) -> None:
    house.drop("a.json")
    house.scan()
    before = house.close()
    house.drop("a.json")
    house.scan()

    assert house.close() == before
    assert house.names(".refused") == []
    assert house.names(".taken") == ["a.json", "a.pdf", "a~2.json", "a~2.pdf"]


def test_a_manifest_waits_for_its_scan(house: House) -> None:
    file = house.drop("a.json")

    assert house.alone(file, still_for=599.0) is None
    assert manifests_without_scan(house.inbox) == 1
    house.scan()
    assert manifests_without_scan(house.inbox) == 0
    assert house.close().doubts == ()


def test_a_manifest_leaves_itself_to_the_scan_beside_it(house: House) -> None:
    file = house.drop("a.json")
    house.drop("a.pdf", b"scan")

    assert house.alone(file, still_for=9999.0) is None
    assert file.path.exists()


@pytest.mark.parametrize(("content", "code"), [(BOUND, "MANIFEST_WITHOUT_SCAN"), (b"{}", "BAD_MANIFEST")])
def test_a_manifest_whose_scan_never_comes_is_refused(house: House, content: object, code: str) -> None:
    entered = house.alone(house.drop("a.json", content), still_for=600.0)

    assert entered is not None
    assert entered.code == code
    assert code in first_words(house, "a.json")


def test_a_refused_scan_takes_its_manifest_along(house: House) -> None:
    house.drop("a.json")
    house.scan(torn=True)
    house.scan(content=b"the next person's scan of the same name")

    assert house.close(b"the next person's scan of the same name") == HandIn(None, ())
    assert house.names(".refused") == ["a.json", "a.json.txt", "a.pdf", "a.pdf.txt"]
    assert "MANIFEST_WITHOUT_SCAN" in first_words(house, "a.json")


def test_a_refused_scan_leaves_the_manifest_to_another_of_its_stem(house: House) -> None:
    house.drop("a.json")
    tif = house.drop("a.tif", b"whole")
    house.scan(torn=True)
    house.take(tif)

    assert house.close(b"whole").manifest is not None


def test_a_late_manifest_with_the_hash_is_bound(house: House) -> None:
    house.scan()
    entered = house.alone(house.drop("a.json", {**BOUND, "sha256": digest(b"scan")}))

    assert entered is not None
    assert house.close() == HandIn(HandInManifest(DOSSIER, CITIZEN), ())
    assert house.names(".taken") == ["a.json", "a.pdf"]


def test_a_late_manifest_that_only_bears_the_name_is_bound_with_a_doubt(house: House) -> None:
    house.scan()
    house.alone(house.drop("a.json"))

    assert house.close() == HandIn(HandInManifest(DOSSIER, CITIZEN), ("late_manifest",))


def test_a_late_bad_manifest_holds_the_papers(house: House) -> None:
    house.scan()
    house.alone(house.drop("a.json", b"{}"))

    assert house.close().doubts == ("bad_manifest",)
    assert house.names(".refused") == ["a.json", "a.json.txt"]


def test_a_manifest_after_the_papers_were_settled_is_late(house: House) -> None:
    house.scan()
    house.close()
    by_hash = house.alone(house.drop("a.json", {**BOUND, "sha256": digest(b"scan")}))
    by_name = house.alone(house.drop("a.json"), still_for=3.0)
    in_the_end = house.alone(DroppedFile(house.inbox / OFFICE / "a.json", OFFICE), still_for=600.0)

    assert by_hash is not None
    assert in_the_end is not None
    assert (by_hash.code, by_name, in_the_end.code) == ("MANIFEST_LATE", None, "MANIFEST_LATE")
    assert "sohoa held decide" in first_words(house, "a.json")
    assert house.close() == HandIn(None, ())


def test_a_drop_that_was_done_before_manifests_were_known_is_not_reopened(house: House) -> None:
    receipt = house.scan()
    assert receipt.drop_id is not None
    house.ledger.started(receipt.drop_id, "run")
    house.ledger.finished(receipt.drop_id)
    entered = house.alone(house.drop("a.json", {**BOUND, "sha256": digest(b"scan")}))

    assert entered is not None
    assert entered.code == "MANIFEST_LATE"


def test_a_manifest_does_not_choose_between_two_scans_of_its_name(house: House) -> None:
    house.scan()
    house.scan(content=b"another paper")
    file = house.drop("a.json")

    assert house.alone(file) is None
    entered = house.alone(file, still_for=600.0)
    assert entered is not None
    assert entered.code == "MANIFEST_LATE"
    assert house.close() == house.close(b"another paper") == HandIn(None, ())


def test_a_manifest_waits_for_the_next_scan_when_the_last_one_of_its_name_has_its_own(house: House) -> None:
    house.drop("a.json")
    house.scan()
    second = house.drop("a.json", OTHER)

    assert house.alone(second) is None
    house.scan(content=b"the next paper")
    assert house.close().doubts == house.close(b"the next paper").doubts == ()
    manifest = house.close(b"the next paper").manifest
    assert manifest is not None
    assert manifest.citizen_id == OTHER["citizen_id"]


def test_an_old_scan_of_the_same_name_is_not_meant(house: House) -> None:
    house.scan()
    with house.ledger.database.writing() as connection:
        connection.execute(update(receipts).values(received_at=datetime(2020, 1, 1, tzinfo=UTC)))
    file = house.drop("a.json")

    assert house.alone(file) is None
    entered = house.alone(file, still_for=600.0)
    assert entered is not None
    assert entered.code == "MANIFEST_WITHOUT_SCAN"


def test_another_offices_scan_is_not_meant(house: House) -> None:
    house.scan()
    path = house.inbox / "xã khác" / "a.json"
    path.parent.mkdir()
    path.write_bytes(written({**BOUND, "sha256": digest(b"scan")}))

    assert house.alone(DroppedFile(path, "xã khác")) is None
    assert house.close() == HandIn(None, ())


def test_a_manifest_that_comes_while_the_scan_is_examined_is_waited_for(house: House) -> None:
    file = house.drop("a.pdf", b"scan")

    def slow(_path: Path) -> Soundness:
        house.drop("a.json")
        return Soundness("pdf", 1)

    with pytest.raises(FileChanged):
        receive(file, check=slow, warehouse=house.warehouse, ledger=house.ledger, inbox=house.inbox)

    house.take(file)
    assert house.close() == HandIn(HandInManifest(DOSSIER, CITIZEN), ())


def test_names_that_only_a_whole_name_tells_apart(house: House) -> None:
    manifest = house.drop("a.pdf.json")
    pdf, other = house.drop("a.pdf", b"scan"), house.drop("a.pdf.tif", b"scan 2")

    assert scans_beside(manifest) == (pdf,)
    assert manifests_beside(other) == ()


# --- sudden death ---


@pytest.mark.parametrize(
    ("content", "torn", "shelves"),
    [
        (BOUND, False, {".taken": ["a.json", "a.pdf"], ".refused": []}),
        (b"{}", False, {".taken": ["a.pdf"], ".refused": ["a.json", "a.json.txt"]}),
        (BOUND, True, {".taken": [], ".refused": ["a.json", "a.json.txt", "a.pdf", "a.pdf.txt"]}),
    ],
    ids=["taken", "bad manifest", "bad scan"],
)
@pytest.mark.parametrize("event", ["os.rename", "open", "os.mkdir"])
def test_killed_at_each_event_scan_and_manifest_end_alike(
    house: House, address: str, content: object, torn: bool, shelves: dict[str, list[str]], event: str
) -> None:  # fmt: skip
    manifest, scan = house.drop("a.json", content), house.drop("a.pdf", b"scan")
    deaths = 0

    def doomed() -> None:
        die_at(event, deaths)
        mortal = House(house.inbox, Ledger.open(address))
        for file in waiting(house.inbox):
            mortal.alone(file) if file.is_manifest else mortal.take(file, torn=torn)

    while in_a_doomed_process(doomed):
        deaths += 1
        kept = [path for path in house.inbox.rglob("*") if path.is_file() and path.suffix in {".json", ".pdf"}]
        assert len(kept) == 2
        assert deaths < 200
    for file in waiting(house.inbox):
        house.alone(file) if file.is_manifest else house.take(file, torn=torn)

    assert deaths >= 1
    assert {shelf: house.names(shelf) for shelf in shelves} == shelves
    assert not manifest.path.exists()
    assert not scan.path.exists()
    if not torn:
        expected = HandIn(HandInManifest(DOSSIER, CITIZEN), ()) if content == BOUND else HandIn(None, ("bad_manifest",))
        assert house.close() == expected


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_the_scans_line_the_manifest_is_bound_once(house: House, address: str, when: str) -> None:
    house.drop("a.json")
    scan = house.drop("a.pdf", b"scan")

    def doomed() -> None:
        mortal = House(house.inbox, SuddenDeath(Ledger.open(address), "receive", when))  # type: ignore[arg-type]
        mortal.take(scan)

    assert in_a_doomed_process(doomed)
    assert scan.path.exists()
    house.take(scan)
    for file in waiting(house.inbox):
        house.alone(file)

    assert house.close() == HandIn(HandInManifest(DOSSIER, CITIZEN), ())
    assert house.names(".taken") == ["a.json", "a.pdf"]
    assert lines(house) == 1


def lines(house: House) -> int:
    with house.ledger.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(hand_ins)).scalar_one())


def test_watcher_and_sweep_together_enter_a_manifest_once(house: House) -> None:
    for turn in range(10):
        house.drop("a.json")
        file = house.drop("a.pdf", f"scan {turn}".encode())

        def attempt(_: int, file: DroppedFile = file) -> None:
            with suppress(FileChanged):  # the other one was faster
                house.take(file)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(attempt, range(4)))
        for left in waiting(house.inbox):
            house.alone(left)

        assert house.close(f"scan {turn}".encode()).manifest == HandInManifest(DOSSIER, CITIZEN)
    assert lines(house) == 10
    assert waiting(house.inbox) == ()


def test_a_manifest_left_behind_by_a_crash_is_not_believed_of_the_next_scan(house: House, address: str) -> None:
    manifest, scan = house.drop("a.json"), house.drop("a.pdf", b"scan")

    def doomed() -> None:
        mortal = House(house.inbox, Ledger.open(address))
        die_at("os.rename", 3)  # two in the vault; the scan is moved, the manifest is not
        mortal.take(scan)

    assert in_a_doomed_process(doomed)
    assert manifest.path.exists()
    assert not scan.path.exists()
    house.scan(content=b"the next person's paper")

    assert house.close().manifest == HandInManifest(DOSSIER, CITIZEN)
    assert house.close(b"the next person's paper") == HandIn(None, ())
    assert waiting(house.inbox) == ()
