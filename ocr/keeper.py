"""The process that keeps the workers of a cage: forks them, kills them with all they started, outlives none of them.

It runs alone in its process (`ocr.cage` starts it), has one thread, and never opens untrusted bytes.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import pickle
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from dossier.errors import DossierError, PageDied, PageUnreadable

FILE_BYTES = 1 << 30
"""Size that a file written by a worker may reach, bytes."""

LOOK_SECONDS = 0.5
"""How often the keeper looks whether its parent and its workers still live, seconds."""

_CV2_NO_MEMORY = -4
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def main(handle: int, seconds: str, memory_mb: str, *preload: str) -> None:
    """Serve the parent at the other end of the socket until it closes it or dies."""
    parent = os.getppid()
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)  # what a dead worker leaves behind becomes our child, even if it left its group
    _clear_after_dead_keepers()
    scratch = tempfile.TemporaryDirectory(prefix=f"cage-{os.getpid()}-")  # killed programs leave pictures of pages behind
    tempfile.tempdir = scratch.name
    _import(preload)
    control, workers = socket.socket(fileno=handle), set[int]()
    while os.getppid() == parent:
        ready, _, _ = select.select([control], [], [], LOOK_SECONDS)
        _reap(workers)
        if not ready:
            continue
        order, handles, _, _ = socket.recv_fds(control, 32, 1)
        if not order:
            break
        if order == b"fork":
            pid = _fork(control, handles[0], float(seconds), int(memory_mb))
            workers.add(pid)
            _answer(control, b"%d" % pid)
        else:
            pid = int(order.split()[1])
            if pid in workers:  # else it died before and was collected: its number may belong to somebody else by now
                _kill_tree(pid)
            _reap(workers)
            _answer(control, b"dead")
    _kill_tree(os.getpid())
    _collect_all()
    scratch.cleanup()
    os._exit(0)  # to take the libraries down in order costs as much as a page's check, and nothing waits in them


def _import(modules: tuple[str, ...]) -> None:
    """Import the libraries; the collector leaves their objects alone, also in the workers, where a look is a copy."""
    gc.disable()
    for module in modules:
        importlib.import_module(module)
    if "cv2" in sys.modules:
        sys.modules["cv2"].setNumThreads(0)
    gc.freeze()
    gc.enable()


def _clear_after_dead_keepers() -> None:
    """Remove the scratch folders of keepers that were killed before they could: they hold pictures of pages."""
    for folder in Path(tempfile.gettempdir()).glob("cage-*-*"):
        pid = folder.name.split("-")[1]
        if folder.is_dir() and pid.isdecimal() and not Path("/proc", pid).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _answer(control: socket.socket, words: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):  # the parent left meanwhile: the next look ends the loop
        control.send(words)


def _reap(workers: set[int]) -> None:
    """Collect the dead; whatever a dead worker had started is killed with it."""
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess, ChildProcessError):
            if os.waitpid(child.pid, os.WNOHANG)[0]:
                workers.discard(child.pid)
            elif child.pid not in workers:
                _kill_tree(child.pid)


def _collect_all() -> None:
    """Wait for the killed: what a process used counts as its parent's only when the parent waits for it."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _kill_tree(pid: int) -> None:
    """Kill a child of ours and all below it; given ourselves, only all below."""
    top = psutil.Process(pid)
    if pid != os.getpid():
        top.suspend()  # so that it starts nothing more while we look
    while family := [one for one in top.children(recursive=True) if _runs(one)]:
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
    if pid != os.getpid():
        top.kill()
        os.waitpid(pid, 0)


def _runs(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def _fork(control: socket.socket, handle: int, seconds: float, memory_mb: int) -> int:
    pid = os.fork()
    if pid:
        os.close(handle)
        return pid
    try:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # tied to the keeper's only thread, so it lives as long as the keeper
        control.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _limit(resource.RLIMIT_AS, memory_mb << 20)
        _limit(resource.RLIMIT_FSIZE, FILE_BYTES)
        _limit(resource.RLIMIT_CORE, 0)
        _work(Connection(handle), seconds)
    finally:
        os._exit(0)  # never run the exit handlers of the keeper


def _work(connection: Connection, seconds: float) -> None:
    """Answer calls until the parent closes the connection."""
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            question = connection.recv_bytes()
            _limit_cpu(seconds)
            connection.send_bytes(_answer_to(question))


def _answer_to(question: bytes) -> bytes:
    try:
        function, args = pickle.loads(question)  # noqa: S301 - comes from our own parent
        return pickle.dumps(_attempt(function, args))
    except MemoryError:
        return pickle.dumps(PageDied("out of memory"))


def _attempt(function: Callable[..., object], args: tuple[object, ...]) -> object:
    """Result, or the error as a value; of a foreign error only its kind and place: its words may hold text of the page."""
    try:
        return function(*args)
    except DossierError as error:
        return error
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - hostile bytes raise whatever they like; it is a result on their page
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} in {frame.name}:{frame.lineno}"
        return PageDied(place) if getattr(error, "code", 0) == _CV2_NO_MEMORY else PageUnreadable(place)


def _limit(what: int, amount: int) -> None:
    resource.setrlimit(what, (amount, amount))


def _limit_cpu(seconds: float) -> None:
    """CPU for the next call: counted over the life of a process, so what was used is added; the wall clock bites first."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(usage.ru_utime + usage.ru_stime + 2 * seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
