"""What lies in the inbox and is not taken raises its alarm, by office and number, and settles it by itself."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.alarms import Alarms
from storage.intake.left_lying import look_for_left_lying
from storage.ledger import Ledger

MINUTE = 60.0


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    for office in ("xa-a", "xa-b", ".taken"):
        (folder / office).mkdir(parents=True)
        (folder / office / "Nguyễn Thử.pdf").touch()
    return folder


def look(inbox: Path, ledger: Ledger, *, minutes: float, manifest_minutes: float = 10.0) -> int:
    """Look so many minutes later, where a file may lie for twelve."""
    now = time.time() + minutes * MINUTE
    return look_for_left_lying(
        inbox, ledger.database, patience=12 * MINUTE, manifest_patience=manifest_minutes * MINUTE, now=now
    )


def alarms(ledger: Ledger) -> dict[str, str]:
    """Subject to detail of what is open."""
    return {one.subject: one.detail for one in Alarms(ledger.database).open_ones("inbox_waits")}


def test_what_lies_too_long_is_told_by_office_and_number_until_it_is_gone(inbox: Path, ledger: Ledger) -> None:
    (inbox / "xa-b" / "sub").mkdir()
    (inbox / "xa-b" / "sub" / "b.pdf").touch()
    assert look(inbox, ledger, minutes=10) == 0
    assert alarms(ledger) == {}

    assert look(inbox, ledger, minutes=12.1) == 3
    assert alarms(ledger) == {"xa-a": "1 tệp / files", "xa-b": "2 tệp / files"}

    (inbox / "xa-a" / "Nguyễn Thử.pdf").unlink()
    assert look(inbox, ledger, minutes=13) == 2
    assert list(alarms(ledger)) == ["xa-b"]


def test_an_old_time_on_a_copied_file_is_not_the_time_that_it_came(inbox: Path, ledger: Ledger) -> None:
    os.utime(inbox / "xa-a" / "Nguyễn Thử.pdf", (1_000_000_000, 1_000_000_000))

    assert look(inbox, ledger, minutes=0) == 0


def test_what_nobody_takes_counts_too_strays_and_unfinished_files(inbox: Path, ledger: Ledger) -> None:
    for path in (inbox / "xa-a").iterdir():
        path.unlink()
    for name in ("stray.pdf", "xa-a/.a.part", "xa-a/b.PART", "xa-a/.DS_Store", ".sohoa-place"):
        (inbox / name).touch()
    look(inbox, ledger, minutes=13)

    assert alarms(ledger) == {"inbox": "1 tệp / files", "xa-a": "2 tệp / files", "xa-b": "1 tệp / files"}


def test_a_folder_that_may_not_be_read_is_told_at_once_however_busy_it_is(
    inbox: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def closed(folder: Path) -> Iterator[os.DirEntry[str]]:
        if Path(folder).name == "xa-a":
            raise PermissionError
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", closed)

    assert look(inbox, ledger, minutes=0) == 1
    assert alarms(ledger) == {"xa-a": "1 tệp / files"}


def test_a_manifest_may_wait_for_its_scan_as_long_as_the_operator_says(inbox: Path, ledger: Ledger) -> None:
    (inbox / "xa-a" / "Nguyễn Thử.pdf").rename(inbox / "xa-a" / "a.json")
    (inbox / "xa-b" / "Nguyễn Thử.pdf").unlink()

    assert look(inbox, ledger, minutes=59, manifest_minutes=60) == 0
    assert look(inbox, ledger, minutes=61, manifest_minutes=60) == 1


def test_an_office_with_a_name_that_no_alarm_can_hold_is_told_all_the_same(inbox: Path, ledger: Ledger) -> None:
    (inbox / "xa-a").rename(inbox / ("x" * 200))

    assert look(inbox, ledger, minutes=13) == 2
    assert look(inbox, ledger, minutes=14) == 2
    assert sorted(alarms(ledger)) == ["xa-b", "x" * 128]
