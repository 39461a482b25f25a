"""Runs one command and says what its whole process tree cost: ``python -I -S meter.py LOG SECONDS CORES COMMAND...``.

It is a process of its own for three reasons: a child's ``ru_maxrss`` starts at the size of its parent, which is small here;
what the command leaves behind (workers whose parent never waited for them) becomes a child of this process and is counted;
and looking at the memory costs its own time, not that of the command. So it imports nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

LOOK_SECONDS: Final = 0.2
"""Least time between two looks at the memory of the tree, seconds."""

_PATIENCE_SECONDS: Final = 10.0
"""Time for what outlives the command; then it is killed."""

_PR_SET_CHILD_SUBREAPER: Final = 36
_MIB: Final = 1024.0
"""KiB in a MiB: the kernel tells KiB."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command and everything below it took."""

    code: int
    """Exit code; negative: the signal that ended it."""
    late: bool
    """It was killed because its time was over."""
    cpu_s: float
    """User and system time of the whole tree, seconds."""
    wall_s: float
    """From start to end of the command itself, seconds."""
    largest_mib: float
    """Peak memory of its largest process, MiB."""
    tree_mib: float
    """Peak of the sum over its processes, shared pages parted among them (PSS), MiB; never less than ``largest_mib``."""


def measure(command: Sequence[str], log: Path, seconds: float) -> Cost:
    """Run a command to its end, its output in ``log``; this process must have no other child.

    Args:
        command: program and arguments.
        log: file for its output and error output.
        seconds: wall time after which it is killed.
    """
    _adopt_orphans()
    try:
        return _run(command, log, seconds)
    finally:
        _kill_below()  # when we are interrupted, nothing may run on


def main(arguments: Sequence[str]) -> None:
    """Command line: LOG, SECONDS, CORES, then the command; the cost goes to the standard output as JSON."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs start with it ignored
    log, seconds, cores, *command = arguments
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(cores)])
    sys.stdout.write(json.dumps(asdict(measure(command, Path(log), float(seconds)))))


def _run(command: Sequence[str], log: Path, seconds: float) -> Cost:
    with log.open("wb") as words:
        started = time.monotonic()
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT, start_new_session=True
        )
        peak, late = _watch(child.pid, started + seconds)
        wall_s = time.monotonic() - started
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    cpu_s, largest = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _MIB
    for more_s, memory in _leftovers():
        cpu_s, largest = cpu_s + more_s, max(largest, memory)
    return Cost(child.returncode, late, cpu_s, wall_s, largest, max(peak, largest))


def _watch(pid: int, deadline: float) -> tuple[float, bool]:
    """Wait until a child ends without collecting it; its tree's peak in MiB, and whether it had to be killed."""
    handle = os.pidfd_open(pid)
    ended, peak, late = select.poll(), 0.0, False
    ended.register(handle, select.POLLIN)
    while not ended.poll(LOOK_SECONDS * 1000):
        peak = max(peak, sum(_memory_mib(one) for one in _below(os.getpid())))
        if time.monotonic() > deadline:
            late = True
            _kill_below()
    os.close(handle)
    return peak, late


def _leftovers() -> Iterator[tuple[float, float]]:
    """Collect what the command left behind: CPU seconds and peak memory in MiB of each."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid:
            yield usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _MIB
        else:
            time.sleep(0.01)
        if time.monotonic() > deadline:
            _kill_below()


def _below(pid: int) -> Iterator[int]:
    """All processes under one."""
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield int(child)
                yield from _below(int(child))


def _memory_mib(pid: int) -> float:
    """Memory of a process with its share of shared pages; where the kernel keeps that secret, all of its pages."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / _MIB
    with contextlib.suppress(OSError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / _MIB
    return 0.0


def _kill_below() -> None:
    for pid in tuple(_below(os.getpid())):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _adopt_orphans() -> None:
    """Make this process the parent of whatever loses its own."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    main(sys.argv[1:])
