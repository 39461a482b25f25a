"""The inbox: every dropped file is received once, put aside, and never lost."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dossier.errors import FileChanged, Misconfigured, StoreUnavailable, TruncatedFile
from dossier.errors.intake import FileUnreadable
from dossier.values import Sha256, Soundness
from storage.intake.dropped import DroppedFile, strays, waiting
from storage.intake.inbox import Stillness, receive
from storage.intake.put_aside import fit_name
from storage.ledger import Ledger, Receipt
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.papers import digest

OFFICE = "một cửa"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / OFFICE).mkdir(parents=True)
    return folder


@pytest.fixture
def warehouse() -> MemoryWarehouse:
    return MemoryWarehouse()


def sound(_path: Path) -> Soundness:
    return Soundness("pdf", 1)


def torn(_path: Path) -> Soundness:
    raise TruncatedFile("1 of 2 pages")


def drop(inbox: Path, name: str = "a.pdf", content: bytes = b"scan") -> DroppedFile:
    path = inbox / OFFICE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return DroppedFile(path, OFFICE)


def take(file: DroppedFile, inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger, check=sound) -> Receipt:  # type: ignore[no-untyped-def] # noqa: ANN001
    return receive(file, check=check, warehouse=warehouse, ledger=ledger, inbox=inbox)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())


def test_a_sound_file_is_kept_entered_and_moved(inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger) -> None:
    file = drop(inbox)

    receipt = take(file, inbox, warehouse, ledger)

    assert (receipt.outcome, receipt.office, receipt.file_name, receipt.size) == ("taken", OFFICE, "a.pdf", 4)
    assert receipt.drop_id is not None
    assert warehouse.intake[ledger.drop(receipt.drop_id).intake_key] == b"scan"
    (moved,) = (inbox / ".taken").rglob("*.pdf")
    assert moved.read_bytes() == b"scan"
    assert moved.parent.parent == inbox / ".taken" / OFFICE
    assert waiting(inbox) == ()


def test_the_same_bytes_under_another_name_are_a_duplicate(inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger) -> None:
    first = take(drop(inbox), inbox, warehouse, ledger)
    second = take(drop(inbox, "b.pdf"), inbox, warehouse, ledger)

    assert (second.outcome, second.duplicate_of) == ("duplicate", first.drop_id)
    assert names(inbox / ".taken") == ["a.pdf", "b.pdf"]
    assert len(warehouse.intake) == 1


def test_the_same_file_delivered_twice_has_two_lines(inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger) -> None:
    times = (1_700_000_000, 1_700_000_000)  # a copy that keeps its time
    outcomes = []
    for _ in range(2):
        file = drop(inbox)
        os.utime(file.path, times)
        outcomes.append(take(file, inbox, warehouse, ledger).outcome)

    assert outcomes == ["taken", "duplicate"]
    assert names(inbox / ".taken") == ["a.pdf", "a~2.pdf"]


def test_nothing_in_the_shelves_is_ever_overwritten(inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger) -> None:
    for number in range(4):
        take(drop(inbox, "a.pdf", f"scan {number}".encode()), inbox, warehouse, ledger)
        take(drop(inbox, "b.pdf", f"torn {number}".encode()), inbox, warehouse, ledger, torn)

    assert names(inbox / ".taken") == ["a.pdf", "a~2.pdf", "a~3.pdf", "a~4.pdf"]
    kept = {path.read_bytes() for path in (inbox / ".refused").rglob("*.pdf")}
    assert kept == {f"torn {number}".encode() for number in range(4)}
    assert len(list((inbox / ".refused").rglob("*.txt"))) == 4


def test_a_refused_file_lies_beside_advice_in_both_languages(
    inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger
) -> None:
    receipt = take(drop(inbox, "hồ sơ.pdf"), inbox, warehouse, ledger, torn)

    assert (receipt.outcome, receipt.code, receipt.sha256) == ("refused", "TRUNCATED", digest(b"scan"))
    folder = inbox / ".refused" / OFFICE
    assert names(folder) == ["hồ sơ.pdf", "hồ sơ.pdf.txt"]
    advice = (folder / "hồ sơ.pdf.txt").read_text(encoding="utf-8")
    assert "Tệp bị cụt" in advice
    assert "The end of the file is missing" in advice
    assert warehouse.intake == {}
    assert ledger.drops(10) == ()


def test_links_pipes_and_sockets_are_refused_unopened(
    inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not for the inbox")
    office = inbox / OFFICE
    (office / "link.pdf").symlink_to(secret)
    (office / "folder").symlink_to(tmp_path)
    (office / "nowhere.pdf").symlink_to(tmp_path / "missing")
    os.mkfifo(office / "pipe.pdf")
    monkeypatch.chdir(office)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.pdf")
        files = waiting(inbox)
        receipts = [take(file, inbox, warehouse, ledger) for file in files]

    assert [file.path.name for file in files] == ["folder", "link.pdf", "nowhere.pdf", "pipe.pdf", "socket.pdf"]
    assert {(one.outcome, one.code, one.sha256) for one in receipts} == {("refused", "NOT_A_PLAIN_FILE", None)}
    assert (inbox / ".refused" / OFFICE / "link.pdf").is_symlink()
    assert secret.read_bytes() == b"not for the inbox"
    assert warehouse.intake == {}


def test_waiting_lists_office_files_and_skips_what_is_being_written(inbox: Path) -> None:
    for name in ("b.pdf", "sub/a.pdf", "c.pdf.part", "C.PART", ".hidden.pdf", ".tmp/d.pdf"):
        drop(inbox, name)
    (inbox / ".taken").mkdir()
    (inbox / ".taken" / "old.pdf").write_bytes(b"")
    (inbox / "beside.pdf").write_bytes(b"belongs to nobody")

    assert [file.path.relative_to(inbox).as_posix() for file in waiting(inbox)] == [
        f"{OFFICE}/b.pdf",
        f"{OFFICE}/sub/a.pdf",
    ]
    assert {file.office for file in waiting(inbox)} == {OFFICE}
    assert waiting(inbox / "missing") == ()


def test_a_folder_that_may_not_be_read_is_complained_about_and_left(
    inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger
) -> None:
    with pytest.raises(Misconfigured):
        take(DroppedFile(inbox / OFFICE, OFFICE), inbox, warehouse, ledger)

    assert (inbox / OFFICE).is_dir()


@pytest.mark.parametrize(
    "name",
    [
        "Giấy khai sinh Nguyễn Thị Ánh.pdf",
        unicodedata.normalize("NFD", "Giấy khai sinh Nguyễn Thị Ánh.pdf"),
        "  blanks  .pdf ",
        "-rf *.pdf",
        "ê" * 125 + ".pdf",
        "x" * 255,
        os.fsdecode(b"\xff\xfe.pdf"),
    ],
    ids=["NFC", "NFD", "blanks", "shell", "254 bytes", "255 bytes", "no UTF-8"],
)
@pytest.mark.parametrize("check", [sound, torn], ids=["taken", "refused"])
def test_any_name_is_received_as_it_is(  # type: ignore[no-untyped-def]
    inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger, name: str, check  # noqa: ANN001
) -> None:  # fmt: skip
    for content in (b"one", b"two"):
        drop(inbox, name, content)
        (file,) = waiting(inbox)
        receipt = take(file, inbox, warehouse, ledger, check)

        assert receipt.file_name == unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "backslashreplace"))
    assert waiting(inbox) == ()
    kept = [path for path in inbox.rglob("*") if path.is_file() and path.suffix != ".txt"]
    assert {path.read_bytes() for path in kept} == {b"one", b"two"}
    assert name in {path.name for path in kept}
    assert len(list(inbox.rglob("*.txt"))) == (2 if check is torn else 0)


def test_a_name_that_is_too_long_is_cut_between_letters() -> None:
    long = "ế" * 85
    cut = fit_name(long, ".txt")

    assert len(os.fsencode(cut)) <= 255
    assert cut.startswith("ếếế")
    assert cut.endswith(".txt")
    assert "\udc80" not in cut.encode("utf-8", "surrogateescape").decode("utf-8")
    assert cut != fit_name("ế" * 84 + "a", ".txt")


def test_a_file_that_still_changes_stays(inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger) -> None:
    file = drop(inbox)

    def grows(path: Path) -> Soundness:
        path.write_bytes(b"scan, and one page more")
        return Soundness("pdf", 1)

    with pytest.raises(FileChanged) as changed:
        take(file, inbox, warehouse, ledger, grows)

    assert changed.value.retryable
    assert file.path.exists()
    assert ledger.receipts(10) == ()
    assert take(file, inbox, warehouse, ledger).sha256 == digest(b"scan, and one page more")


def test_a_scan_that_is_still_open_for_writing_is_left_until_the_scanner_closes_it(
    inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger
) -> None:
    file = drop(inbox, content=b"page 1")
    with file.path.open("ab") as scanner:
        with pytest.raises(FileChanged):
            take(file, inbox, warehouse, ledger)
        assert ledger.receipts(10) == ()
        scanner.write(b", page 2")

    assert take(file, inbox, warehouse, ledger).sha256 == digest(b"page 1, page 2")


@pytest.mark.parametrize("why", [errno.EINVAL, errno.EACCES], ids=["a drive without leases", "a file of another owner"])
def test_where_the_system_does_not_say_who_writes_a_still_file_is_taken(
    inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, why: int
) -> None:
    def no_lease(_file: int, command: int, _value: int) -> int:
        if command == fcntl.F_SETLEASE:
            raise OSError(why, os.strerror(why))
        return 0

    monkeypatch.setattr(fcntl, "fcntl", no_lease)

    assert take(drop(inbox), inbox, warehouse, ledger).outcome == "taken"


@pytest.mark.parametrize(
    ("why", "said"),
    [(errno.EACCES, FileUnreadable), (errno.ENOENT, FileChanged), (errno.ELOOP, FileChanged), (errno.EIO, OSError)],
)
def test_a_file_that_may_not_be_read_is_not_taken_for_one_that_changes(
    inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger, monkeypatch: pytest.MonkeyPatch,
    why: int, said: type[Exception],
) -> None:  # fmt: skip
    file, opened = drop(inbox), os.open

    def refused(path: Path, *how: int) -> int:
        if path == file.path:
            raise OSError(why, os.strerror(why))
        return opened(path, *how)

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(said):
        take(file, inbox, warehouse, ledger)

    assert file.path.exists()
    assert ledger.receipts(10) == ()


def test_a_half_file_that_grows_while_it_is_refused_stays(inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger) -> None:
    file = drop(inbox)

    def grows(path: Path) -> Soundness:
        path.write_bytes(b"scan, now whole")
        raise TruncatedFile

    with pytest.raises(FileChanged):
        take(file, inbox, warehouse, ledger, grows)

    assert file.path.exists()
    assert ledger.receipts(10) == ()


def test_a_file_replaced_after_it_was_entered_is_not_moved_unread(inbox: Path, ledger: Ledger) -> None:
    file = drop(inbox)

    class Replacing(Ledger):
        def receive(self, **line: object) -> Receipt:  # type: ignore[override]
            receipt = super().receive(**line)  # type: ignore[arg-type]
            file.path.unlink()
            file.path.write_bytes(b"a new scan of the same name")
            return receipt

    take(file, inbox, MemoryWarehouse(), Replacing(ledger.database))

    assert file.path.read_bytes() == b"a new scan of the same name"
    assert names(inbox / ".taken") == []


def test_a_file_that_is_gone_says_so(inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger) -> None:
    with pytest.raises(FileChanged):
        take(DroppedFile(inbox / OFFICE / "gone.pdf", OFFICE), inbox, warehouse, ledger)


def test_a_file_stays_while_the_store_is_away(inbox: Path, ledger: Ledger) -> None:
    class Away(MemoryWarehouse):
        def receive(self, path: Path, sha256: Sha256) -> str:
            raise StoreUnavailable

    file = drop(inbox)
    with pytest.raises(StoreUnavailable):
        take(file, inbox, Away(), ledger)

    assert file.path.exists()
    assert ledger.receipts(10) == ()


def test_watcher_and_sweep_together_take_a_file_once(inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger) -> None:
    for turn in range(10):
        file = drop(inbox, content=f"scan {turn}".encode())

        def attempt(_: int, file: DroppedFile = file) -> Receipt | None:
            try:
                return take(file, inbox, warehouse, ledger)
            except FileChanged:  # the other one was faster
                return None

        with ThreadPoolExecutor(4) as pool:
            ids = {one.id for one in pool.map(attempt, range(4)) if one is not None}

        assert len(ids) == 1
    assert len(ledger.receipts(100)) == 10
    assert len(names(inbox / ".taken")) == 10
    assert waiting(inbox) == ()


def test_one_content_under_eight_names_at_once_is_one_drop_and_seven_duplicates(
    inbox: Path, warehouse: MemoryWarehouse, ledger: Ledger
) -> None:
    files = [drop(inbox, f"{number}.pdf") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(one.outcome for one in pool.map(lambda file: take(file, inbox, warehouse, ledger), files))

    assert outcomes == ["duplicate"] * 7 + ["taken"]
    assert len(ledger.drops(10)) == 1


class Clock:
    """Seconds that only a test moves."""

    now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_a_file_is_still_when_nothing_changed_for_long_enough(inbox: Path) -> None:
    clock, path = Clock(), drop(inbox).path
    stillness = Stillness(3.0, clock=clock)

    assert not stillness.is_still(path)
    clock.now += 2.9
    assert not stillness.is_still(path)
    clock.now += 0.1
    assert stillness.is_still(path)
    assert stillness.since(path) == pytest.approx(3.0)


def test_a_page_more_starts_the_waiting_again(inbox: Path) -> None:
    clock, path = Clock(), drop(inbox).path
    stillness = Stillness(3.0, clock=clock)
    stillness.is_still(path)
    clock.now += 2.0
    path.write_bytes(b"scan and more")
    stillness.is_still(path)
    clock.now += 2.0

    assert not stillness.is_still(path)
    assert stillness.since(path) == pytest.approx(2.0)


def test_an_old_time_on_a_copied_file_counts_for_nothing(inbox: Path) -> None:
    path = drop(inbox).path
    os.utime(path, (1_000_000_000, 1_000_000_000))

    assert not Stillness(3.0).is_still(path)
    assert Stillness(0.0).is_still(path)


def test_what_is_said_of_a_file_is_news_once_until_it_changes(inbox: Path) -> None:
    path, stillness = drop(inbox).path, Stillness(0.0)
    stillness.is_still(path)

    assert [stillness.is_news(path, "torn"), stillness.is_news(path, "torn"), stillness.is_news(path, "away")] == [
        True,
        False,
        True,
    ]
    path.write_bytes(b"another scan")
    stillness.is_still(path)
    assert stillness.is_news(path, "away")


def test_a_file_that_went_away_and_came_back_is_new(inbox: Path) -> None:
    clock, file = Clock(), drop(inbox)
    stillness = Stillness(3.0, clock=clock)
    stillness.is_still(file.path)
    file.path.rename(inbox / "elsewhere")
    assert not stillness.is_still(file.path)
    assert stillness.since(file.path) == 0.0
    clock.now += 5.0
    (inbox / "elsewhere").rename(file.path)

    assert not stillness.is_still(file.path)


def test_files_outside_an_offices_folder_are_counted_and_left(tmp_path: Path) -> None:
    (tmp_path / "xa-kim-xa").mkdir()
    (tmp_path / ".taken").mkdir()
    (tmp_path / "lac.pdf").touch()
    (tmp_path / "xa-kim-xa" / "dung.pdf").touch()

    assert strays(tmp_path) == 1
    assert [file.path.name for file in waiting(tmp_path)] == ["dung.pdf"]
