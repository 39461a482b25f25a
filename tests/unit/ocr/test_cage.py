"""The cage: a hostile call is a result of its own page, and nothing survives it."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from dossier.errors import EncryptedFile, Misconfigured, PageDied, PageTimeout, PageUnreadable
from ocr.cage import Cage
from tests.twins import hostile_calls


@pytest.fixture(scope="module")
def cage() -> Iterator[Cage]:
    with Cage(cores=2, seconds=1.0, memory_mb=256, preload=[hostile_calls.MODULE]) as cage:
        yield cage


def is_gone(pid: int, within: float = 3.0) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def number_in(note: Path) -> int:
    end = time.monotonic() + 20
    while not (note.exists() and note.read_text()) and time.monotonic() < end:
        time.sleep(0.02)
    return int(note.read_text())


def test_a_call_gives_its_result(cage: Cage) -> None:
    assert cage.run(hostile_calls.double, 21) == 42


def test_results_come_in_the_order_of_the_items(cage: Cage) -> None:
    assert list(cage.map(hostile_calls.double, range(20))) == [2 * number for number in range(20)]


def test_a_worker_serves_many_calls(cage: Cage) -> None:
    numbers = set(cage.map(hostile_calls.process_number, range(20)))

    assert 1 <= len(numbers) <= 2


@pytest.mark.parametrize("function", [hostile_calls.hang, hostile_calls.burn])
def test_a_call_that_hangs_ends_in_time(cage: Cage, function: object) -> None:
    start = time.monotonic()

    with pytest.raises(PageTimeout):
        cage.run(function, 0)  # type: ignore[arg-type]
    assert time.monotonic() - start < 3
    assert cage.run(hostile_calls.double, 4) == 8


@pytest.mark.parametrize("function", [hostile_calls.eat, hostile_calls.nibble, hostile_calls.die])
def test_a_call_that_dies_is_a_result_of_its_page(cage: Cage, function: object) -> None:
    with pytest.raises(PageDied):
        cage.run(function, 0)  # type: ignore[arg-type]
    assert cage.run(hostile_calls.double, 4) == 8


def test_the_others_go_on_when_one_dies(cage: Cage) -> None:
    results = list(cage.map(hostile_calls.on_odd, range(8)))

    assert [type(result) for result in results] == [int, PageDied] * 4
    assert results[::2] == [0, 2, 4, 6]


def test_our_errors_come_back_as_they_are(cage: Cage) -> None:
    with pytest.raises(EncryptedFile, match="by test"):
        cage.run(hostile_calls.refuse)


def test_a_foreign_error_says_its_kind_and_place_but_not_its_words(cage: Cage) -> None:
    with pytest.raises(PageUnreadable) as caught:
        cage.run(hostile_calls.blunder)

    assert "ValueError in blunder" in str(caught.value)
    assert "Nguyễn" not in str(caught.value)


@pytest.mark.parametrize("function", [hostile_calls.answer_with_function, hostile_calls.answer_with_our_function])
def test_a_worker_may_answer_with_values_only(cage: Cage, function: object) -> None:
    with pytest.raises(PageDied):
        cage.run(function, 0)  # type: ignore[arg-type]


def test_a_file_over_the_limit_is_not_written(cage: Cage, tmp_path: Path) -> None:
    with pytest.raises(PageUnreadable, match="OSError"):
        cage.run(hostile_calls.write_much, tmp_path / "much")


@pytest.mark.parametrize("function", [hostile_calls.hang_with_child, hostile_calls.fork_and_hang])
def test_a_late_call_is_killed_with_the_programs_it_started(cage: Cage, function: object, tmp_path: Path) -> None:
    with pytest.raises(PageTimeout):
        cage.run(function, tmp_path / "note")  # type: ignore[arg-type]

    assert is_gone(number_in(tmp_path / "note"))


def test_a_call_that_dies_leaves_no_child_behind(cage: Cage, tmp_path: Path) -> None:
    with pytest.raises(PageDied):
        cage.run(hostile_calls.die_with_heir, tmp_path / "note")

    assert is_gone(number_in(tmp_path / "note"))


def test_a_cage_works_from_several_threads(cage: Cage) -> None:
    results: list[int] = []
    threads = [
        threading.Thread(target=lambda: results.extend(cage.run(hostile_calls.double, 1) for _ in range(10)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [2] * 40


def test_the_death_of_the_starting_thread_harms_no_worker() -> None:
    """PR_SET_PDEATHSIG fires when the thread that made the child ends: Prefect starts us from such threads."""
    with Cage(cores=1, seconds=5, preload=[hostile_calls.MODULE]) as cage:
        first: list[int] = []
        thread = threading.Thread(target=lambda: first.append(cage.run(hostile_calls.process_number)))
        thread.start()
        thread.join()
        time.sleep(0.2)

        assert cage.run(hostile_calls.process_number) == first[0]


def test_the_cage_heals_when_its_keeper_is_killed() -> None:
    with Cage(cores=1, seconds=5, preload=[hostile_calls.MODULE]) as cage:
        worker = psutil.Process(cage.run(hostile_calls.process_number))
        worker.parent().kill()
        is_gone(worker.pid)

        with pytest.raises(PageDied):
            cage.run(hostile_calls.double, 1)
        assert cage.run(hostile_calls.double, 1) == 2


def test_a_closed_cage_leaves_no_process() -> None:
    with Cage(cores=1, seconds=5, preload=[hostile_calls.MODULE]) as cage:
        worker = psutil.Process(cage.run(hostile_calls.process_number))
        keeper = worker.parent()

    assert is_gone(worker.pid)
    assert is_gone(keeper.pid)


def cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_what_a_worker_used_is_counted_when_the_cage_is_closed() -> None:
    before = cpu_of_children()
    with Cage(cores=1, seconds=60, preload=[hostile_calls.MODULE]) as cage:
        cage.run(hostile_calls.spin, 1.0)

    assert cpu_of_children() - before >= 1.0


def test_what_a_program_used_that_runs_when_the_cage_is_closed_is_counted(tmp_path: Path) -> None:
    before = cpu_of_children()
    with Cage(cores=1, seconds=60, preload=[hostile_calls.MODULE]) as cage, ThreadPoolExecutor() as pool:
        call = pool.submit(cage.run, hostile_calls.spin_in_child, 1.0, tmp_path / "note")
        spinner = number_in(tmp_path / "note")
        cage.__exit__(None, None, None)

        assert isinstance(call.exception(), PageDied)
    assert is_gone(spinner)
    assert cpu_of_children() - before >= 1.0


def test_one_call_after_the_other_needs_one_worker() -> None:
    with Cage(cores=4, seconds=5, preload=[hostile_calls.MODULE]) as cage:
        numbers = {cage.run(hostile_calls.process_number) for _ in range(4)}

    assert len(numbers) == 1


def test_libraries_that_cannot_be_imported_are_a_fault_of_the_installation(capfd: pytest.CaptureFixture[str]) -> None:
    with Cage(cores=1, preload=["no_such_module"]) as cage, pytest.raises(Misconfigured):
        cage.run(hostile_calls.double, 1)
    assert "no_such_module" in capfd.readouterr().err


def test_no_process_survives_a_parent_that_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "note"
    boot = f"import sys; sys.path[:] = {sys.path!r}\nfrom pathlib import Path\nfrom tests.twins.hostile_calls import *\n"
    parent = subprocess.Popen([sys.executable, "-c", f"{boot}cage_and_hang(Path({str(note)!r}))"])
    sleeper = number_in(note)
    family = psutil.Process(parent.pid).children(recursive=True)
    parent.kill()
    parent.wait()

    assert sleeper in [one.pid for one in family]
    assert len(family) == 3  # keeper, worker, sleeper
    assert all(is_gone(one.pid) for one in family)


def test_pictures_left_by_a_killed_keeper_are_removed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Cage(cores=1) as cage:
        keeper = psutil.Process(cage.run(hostile_calls.process_number)).parent()
        assert keeper is not None
        keeper.kill()
        keeper.wait(5)
    (left,) = tmp_path.glob("cage-*")

    with Cage(cores=1) as cage:
        cage.run(hostile_calls.double, 1)

        assert not left.exists()
        assert len(list(tmp_path.glob("cage-*"))) == 1
