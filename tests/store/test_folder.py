"""Plain files: what a lost mount, a full disk, a dead writer and a rotten byte do."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dossier.errors import Misconfigured, PlaceGone, RecordBound, StoreCorrupt
from storage.files import hash_of
from storage.objects.folder import MARKER, FolderStore, limits
from storage.objects.folder_files import alone_in
from storage.objects.store import Body, Head
from tests.twins.flipped_byte import flip_in_folder
from tests.twins.papers import digest

FULL = """
import resource, signal, sys
from pathlib import Path
from dossier.errors import StoreUnavailable
from storage.files import hash_of
from storage.objects.folder import FolderStore
from storage.objects.store import Body
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
content = b"x" * 1_000_000
try:
    FolderStore(Path(sys.argv[1])).put_new("b", "a", Body((content,), len(content), hash_of((content,)), "x"))
except StoreUnavailable as error:
    print(error.detail)
"""
DYING = """
import os, sys
from pathlib import Path
from storage.objects.folder import FolderStore
from storage.objects.store import Body
def chunks():
    yield b"half"
    os.kill(os.getpid(), 9)
FolderStore(Path(sys.argv[1])).put_new("b", "a", Body(chunks(), 8, "0" * 64, "x"))
"""


LOCK = datetime(2040, 1, 2, tzinfo=UTC)


def body(content: bytes) -> Body:
    return Body((content,), len(content), digest(content), "application/pdf")


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    made = FolderStore.create(tmp_path / "store")
    made.make_bucket("b", locked=True)
    return made


def test_of_eight_writers_one_wins(store: FolderStore) -> None:
    for turn in range(10):
        contents = [bytes([number]) * 50_000 for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            written = list(pool.map(lambda one, turn=turn: store.put_new("b", f"race/{turn}", body(one)), contents))

        won = [number for number, version in enumerate(written) if version is not None]
        assert len(won) == 1
        assert b"".join(store.read("b", f"race/{turn}")) == contents[won[0]]


def test_a_mount_that_is_gone_is_neither_read_nor_written(store: FolderStore, tmp_path: Path) -> None:
    store.put_new("b", "a", body(b"kept"))
    (tmp_path / "store").rename(tmp_path / "unmounted")
    (tmp_path / "store").mkdir()

    for verb in (
        lambda: store.put_new("b", "a", body(b"x")),
        lambda: store.make_bucket("b", locked=True),
        lambda: store.read("b", "a"),
        lambda: store.head("b", "a"),
        lambda: list(store.listed("b")),
        lambda: store.remove("b", "a", "v"),
        lambda: store.has_bucket("b"),
    ):
        with pytest.raises(PlaceGone):
            verb()
    assert list((tmp_path / "store").iterdir()) == []


def test_a_folder_that_holds_something_else_does_not_become_a_store(tmp_path: Path) -> None:
    (tmp_path / "photos").touch()

    with pytest.raises(Misconfigured):
        FolderStore.create(tmp_path)

    assert not (tmp_path / MARKER).exists()


def test_a_write_that_the_disk_refuses_leaves_nothing(store: FolderStore, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "store")], capture_output=True, text=True, check=True
    )  # fmt: skip

    assert "EFBIG" in done.stdout
    assert [path for path in (tmp_path / "store" / "b").rglob("*") if path.is_file() and path.name != ".locked"] == []
    assert store.put_new("b", "a", body(b"room again")) is not None


def test_what_a_killed_writer_left_does_not_count(store: FolderStore, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DYING, str(tmp_path / "store")], check=False)

    assert done.returncode == -9
    assert list((tmp_path / "store" / "b").rglob("*.part")) != []
    assert store.head("b", "a") is None
    assert list(store.listed("b")) == []
    assert store.put_new("b", "a", body(b"whole")) is not None
    assert len(store.versions("b", "a")) == 1


def test_a_rotten_byte_shows_in_the_hash_of_what_is_read(store: FolderStore, tmp_path: Path) -> None:
    content = bytes(range(256)) * 100
    store.put_new("b", "a", body(content))
    flip_in_folder(tmp_path / "store", content[:64])

    head = store.head("b", "a")

    assert head is not None
    assert head.sha256 == digest(content)
    assert hash_of(store.read("b", "a")) != head.sha256


def test_it_says_what_it_cannot_do(store: FolderStore) -> None:
    assert not store.keeps_locks
    assert any("WORM" in vi and "WORM" in en for vi, en in limits())


def note(tmp_path: Path) -> Path:
    (found,) = (tmp_path / "store").rglob("*.lock.json")
    return found


def told(store: FolderStore) -> Head:
    found = store.head("b", "a")
    assert found is not None
    return found


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_a_note_with_any_flipped_bit_counts_as_locked_and_held(store: FolderStore, tmp_path: Path) -> None:
    version = store.put_version("b", "a", body(b"kept"), locked_until=LOCK)
    sound = note(tmp_path).read_bytes()

    for place in range(len(sound)):
        note(tmp_path).write_bytes(flipped(sound, place))
        head = told(store)
        assert (head.lock_mode, head.locked_until, head.legal_hold, head.lock_damaged) == ("COMPLIANCE", None, True, True)
        with pytest.raises(RecordBound):
            store.remove("b", "a", version)
    assert b"".join(store.read("b", "a", version)) == b"kept"


@pytest.mark.parametrize("change", [(b"2040", b"2000"), (b"01-02", b"01-51"), (b'"hold": false', b'"hold": 7')])
def test_a_note_that_somebody_changed_frees_nothing(
    store: FolderStore, tmp_path: Path, change: tuple[bytes, bytes]
) -> None:
    version = store.put_version("b", "a", body(b"kept"), locked_until=LOCK)
    changed = note(tmp_path).read_bytes().replace(*change)
    assert changed != note(tmp_path).read_bytes()
    note(tmp_path).write_bytes(changed)

    with pytest.raises(RecordBound):
        store.remove("b", "a", version)
    assert told(store).lock_damaged


@pytest.mark.parametrize("content", [b"", b"[1]", b"7", b"{}", b"\xff{}", b'{"until": 5, "hold": false}'])
def test_what_is_no_note_counts_as_locked_and_held(store: FolderStore, tmp_path: Path, content: bytes) -> None:
    store.put_version("b", "a", body(b"kept"), locked_until=LOCK)
    note(tmp_path).write_bytes(content)

    assert (told(store).legal_hold, told(store).lock_damaged) == (True, True)


def test_a_longer_lock_writes_a_damaged_note_anew_and_the_hold_stays_until_it_is_lifted(
    store: FolderStore, tmp_path: Path
) -> None:
    version = store.put_version("b", "a", body(b"kept"), locked_until=LOCK)
    note(tmp_path).write_bytes(b"")

    store.set_legal_hold("b", "a", version, on=True)
    with pytest.raises(StoreCorrupt):
        store.set_legal_hold("b", "a", version, on=False)
    assert told(store).lock_damaged
    store.extend_lock("b", "a", version, LOCK)
    assert (told(store).locked_until, told(store).legal_hold, told(store).lock_damaged) == (LOCK, True, False)
    store.set_legal_hold("b", "a", version, on=False)
    assert (told(store).locked_until, told(store).legal_hold) == (LOCK, False)


def test_a_hold_and_a_longer_lock_at_the_same_moment_both_stay(store: FolderStore) -> None:
    version = store.put_version("b", "a", body(b"kept"), locked_until=LOCK)
    with ThreadPoolExecutor(2) as pool:
        for turn in range(1, 30):
            store.set_legal_hold("b", "a", version, on=False)
            until = LOCK + timedelta(days=turn)
            longer = pool.submit(store.extend_lock, "b", "a", version, until)
            held = pool.submit(store.set_legal_hold, "b", "a", version, on=True)
            longer.result(), held.result()

            assert (told(store).locked_until, told(store).legal_hold) == (until, True)


def test_nobody_changes_a_note_while_another_does(store: FolderStore, tmp_path: Path) -> None:
    version = store.put_version("b", "a", body(b"kept"))
    with ThreadPoolExecutor(1) as pool:
        with alone_in(tmp_path / "store" / "b" / "=a"):
            waits = [
                pool.submit(store.extend_lock, "b", "a", version, LOCK),
                pool.submit(store.remove, "b", "a", version),
            ]  # fmt: skip
            time.sleep(0.2)
            before = told(store).locked_until
        waits[0].result()
        with pytest.raises(RecordBound):
            waits[1].result()

    assert (before, told(store).locked_until) == (None, LOCK)
