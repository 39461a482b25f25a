"""Untrusted bytes are opened only in here: child processes with limits that can be killed and replaced one by one.

The parent starts one `ocr.keeper` process, which imports the heavy libraries once and forks a worker for each core. The
keeper never touches untrusted bytes, so it always hears: on a wish of the parent it kills a worker with everything that
worker started, and when the parent is gone it kills them all.
"""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from queue import LifoQueue
from types import TracebackType
from typing import Self, TypeVar, cast

from dossier.errors import DossierError, Misconfigured, PageDied, PageTimeout

Result = TypeVar("Result")
Item = TypeVar("Item")

PRELOAD = ("ocr.read", "ocr.triage", "ocr.engine_own")
"""Modules that the keeper imports before it forks, so that a new worker is ready in milliseconds."""

START_SECONDS = 60.0
"""Time for the keeper to import its modules on a loaded machine; about 0.5 s on an idle one."""

END_SECONDS = 5.0
"""Time for the keeper to end its workers and to collect what they used; milliseconds on an idle machine."""

_ENVIRONMENT = ("OMP_THREAD_LIMIT=1", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")
# One core for each worker: threads of Tesseract that wait for each other cost four times the CPU (measured).

_BOOT = """
import json, sys
sys.path[:] = json.loads(sys.argv[2])
from ocr.keeper import main
main(int(sys.argv[1]), *sys.argv[3:])
"""


class Cage:
    """A pool of killable workers; may be used from any thread, and from several at once."""

    def __init__(
        self, *, cores: int = 2, seconds: float = 60.0, memory_mb: int = 2048, preload: Iterable[str] = PRELOAD
    ) -> None:
        """Prepare the limits; nothing starts before `with`.

        Args:
            cores: workers that run at the same time.
            seconds: wall time of one call; its worker is killed after it.
            memory_mb: address space of one worker, and of each program it starts, MiB.
            preload: modules that hold the functions to run.
        """
        self._cores, self._seconds, self._memory_mb, self._preload = cores, seconds, memory_mb, tuple(preload)
        self._idle: LifoQueue[_Worker | None] = LifoQueue()  # who worked last goes first: warm, and no other need start
        self._lock = threading.Lock()
        self._keeper: _Keeper | None = None

    def __enter__(self) -> Self:
        self._keeper = _Keeper(self._seconds, self._memory_mb, self._preload)
        for _ in range(self._cores):
            self._idle.put(None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            if self._keeper:
                self._keeper.close()
            self._keeper = None

    def run(self, function: Callable[..., Result], *args: object) -> Result:
        """Call a module-level function in a worker and give back its result.

        Raises:
            PageTimeout: it took longer than allowed.
            PageDied: its process was killed by a limit or crashed.
            PageUnreadable: it raised anything that is not one of our errors.
            DossierError: as the function raised it.
        """
        worker = self._idle.get()
        try:
            worker = worker or self._start_worker()
            answer = worker.ask((function, args), self._seconds)
        except (EOFError, OSError, PageTimeout) as error:
            self._replace(worker)
            if isinstance(error, PageTimeout):
                raise
            raise PageDied from None
        except BaseException:
            self._replace(worker)  # the caller was interrupted: an answer to nobody must not reach the next call
            raise
        if isinstance(answer, PageDied):
            self._replace(worker)
        else:
            self._idle.put(worker)
        if isinstance(answer, DossierError):
            raise answer
        return cast("Result", answer)

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | DossierError]:
        """Call the function once for each item, all cores at work, and yield results in the order of the items."""
        pool = ThreadPoolExecutor(self._cores, thread_name_prefix="cage")
        try:
            for waiting in [pool.submit(self._attempt, function, item) for item in items]:
                yield waiting.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _attempt(self, function: Callable[[Item], Result], item: Item) -> Result | DossierError:
        try:
            return self.run(function, item)
        except DossierError as error:
            return error

    def _start_worker(self) -> _Worker:
        with self._lock:
            if self._keeper is None:
                raise PageDied("the cage is closed")
            if not self._keeper.alive:  # somebody killed it; its workers died with it
                self._keeper.close()
                self._keeper = _Keeper(self._seconds, self._memory_mb, self._preload)
            return self._keeper.fork()

    def _replace(self, worker: _Worker | None) -> None:
        """Kill a worker with all it started; the next call gets a fresh one."""
        if worker:
            worker.connection.close()
            with self._lock:
                if self._keeper:
                    self._keeper.kill(worker.pid)
        self._idle.put(None)


class _Worker:
    """The parent's end of one worker."""

    def __init__(self, pid: int, connection: Connection) -> None:
        self.pid, self.connection = pid, connection

    def ask(self, call: object, seconds: float) -> object:
        self.connection.send(call)
        if not self.connection.poll(seconds):
            raise PageTimeout(f"{seconds:g} s")
        answer = self.connection.recv_bytes()
        try:
            return _ValuesOnly(io.BytesIO(answer)).load()
        except Exception:  # noqa: BLE001 - a worker that was taken over may send any bytes
            raise EOFError from None


class _Keeper:
    """The parent's end of the keeper process."""

    def __init__(self, seconds: float, memory_mb: int, preload: tuple[str, ...]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words = (str(theirs.fileno()), json.dumps(sys.path), str(seconds), str(memory_mb), *preload)
        with theirs:
            self._process = subprocess.Popen(
                ["env", *_ENVIRONMENT, sys.executable, "-S", "-c", _BOOT, *words],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C at a terminal reaches the parent only, which then closes the cage
            )
        self._socket, self._seconds = ours, seconds
        self._socket.settimeout(START_SECONDS)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def fork(self) -> _Worker:
        ours, theirs = socket.socketpair()
        for limit in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):  # a worker that stops in the middle of a message
            ours.setsockopt(socket.SOL_SOCKET, limit, struct.pack("@ll", int(self._seconds) + 1, 0))
        connection = Connection(ours.detach())
        try:
            with theirs:
                socket.send_fds(self._socket, [b"fork"], [theirs.fileno()])
            return _Worker(int(self._hear()), connection)
        except BaseException:
            connection.close()
            raise

    def kill(self, pid: int) -> None:
        with contextlib.suppress(OSError, EOFError):
            self._socket.send(b"kill %d" % pid)
            self._hear()

    def _hear(self) -> bytes:
        """Wait for the keeper's answer; one that does not answer is killed, and its workers die with it."""
        answer = b""
        try:
            answer = self._socket.recv(32)
        except TimeoutError:
            self._process.kill()
        except ConnectionError:
            pass  # it ended with our words unread
        if answer:
            return answer
        if self._process.wait() == 1:
            raise Misconfigured("the reading process cannot import its libraries; its words are in the log")
        raise EOFError

    def close(self) -> None:
        with contextlib.suppress(OSError):  # it is gone already, or does not end in time
            self._socket.shutdown(socket.SHUT_WR)  # when the keeper hears no more of us, it ends everything
            self._socket.settimeout(END_SECONDS)
            while self._socket.recv(32):
                pass
        self._socket.close()
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _ValuesOnly(pickle.Unpickler):
    """Accepts only classes of values from a worker: one that was taken over must not name functions for us to call."""

    _ROOTS = frozenset({"dossier", "ocr", "pathlib", "datetime", "collections"})

    def find_class(self, module: str, name: str) -> type:
        if module.partition(".")[0] in self._ROOTS:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(name)
