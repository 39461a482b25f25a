import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from bench import meter
from bench.meter import Cost

BURN = "import time\nwhile time.process_time() < {}: pass"
"""A program that needs so many seconds of processor time."""


def asked(log: Path, seconds: float, *command: str) -> list[str]:
    return [sys.executable, "-I", "-S", meter.__file__, str(log), str(seconds), "1", *command]


def run(log: Path, *command: str, seconds: float = 60) -> Cost:
    return Cost(
        **json.loads(subprocess.run(asked(log, seconds, *command), capture_output=True, check=True, text=True).stdout)
    )


def run_python(log: Path, program: str, seconds: float = 60) -> Cost:
    return run(log, sys.executable, "-I", "-S", "-c", program, seconds=seconds)


def test_processor_time_of_the_command_is_counted(tmp_path: Path) -> None:
    cost = run_python(tmp_path / "log", BURN.format(0.4))

    assert cost.code == 0
    assert 0.4 <= cost.cpu_s < 1.0
    assert cost.wall_s >= 0.4


def test_time_spent_asleep_is_wall_time_only(tmp_path: Path) -> None:
    cost = run(tmp_path / "log", "sleep", "0.5")

    assert cost.wall_s >= 0.5
    assert cost.cpu_s < 0.2


def test_a_worker_that_nobody_waited_for_is_counted(tmp_path: Path) -> None:
    program = f"import os\nif os.fork():\n    os._exit(0)\nos.setsid()\n{BURN.format(0.4)}"

    assert run_python(tmp_path / "log", program).cpu_s >= 0.4


def test_memory_is_that_of_the_largest_process_and_of_all_together(tmp_path: Path) -> None:
    program = "import os, time\nos.fork()\nheld = b'x' * (64 << 20)\ntime.sleep(1)"
    cost = run_python(tmp_path / "log", program)

    assert 64 <= cost.largest_mib < 110
    assert cost.tree_mib >= 128


def test_a_command_that_takes_too_long_is_killed_with_all_below_it(tmp_path: Path) -> None:
    cost = run(tmp_path / "log", "sh", "-c", "sleep 60 & sleep 60", seconds=0.3)

    assert cost.late
    assert cost.code == -9
    assert cost.wall_s < 10


def test_the_exit_code_and_the_words_of_the_command_are_kept(tmp_path: Path) -> None:
    cost = run(tmp_path / "log", "sh", "-c", "echo out; echo err >&2; exit 3")

    assert cost.code == 3
    assert (tmp_path / "log").read_text(encoding="utf-8") == "out\nerr\n"


def test_nothing_runs_on_when_the_measuring_is_interrupted(tmp_path: Path) -> None:
    with subprocess.Popen(asked(tmp_path / "log", 60, "sleep", "60"), stderr=subprocess.DEVNULL) as measuring:
        while not (below := [one for one in psutil.Process(measuring.pid).children() if one.name() == "sleep"]):
            time.sleep(0.05)
        measuring.send_signal(signal.SIGINT)
        measuring.wait(10)

    assert psutil.wait_procs(below, timeout=10)[1] == []
