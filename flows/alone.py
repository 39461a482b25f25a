"""One process at a time for one drop or decision, whatever Prefect believes.

A run that was called crashed may still be alive: its heartbeats were lost while the server was away. Its successor waits
here, and then finds the work done, or the place free because the process died.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

_LOOK_SECONDS: Final = 0.5


@asynccontextmanager
async def alone_in(folder: Path) -> AsyncIterator[None]:
    """Wait until no other process of this machine works in the folder; it is there inside."""
    while (handle := _taken(folder)) is None:
        await asyncio.sleep(_LOOK_SECONDS)
    try:
        yield
    finally:
        os.close(handle)


def _taken(folder: Path) -> int | None:
    """The lock, which ends with its process; None while another has it, or has just removed the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(BlockingIOError, FileNotFoundError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), folder.stat()):
            return handle
    os.close(handle)
    return None
