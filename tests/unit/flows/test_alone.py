"""Two processes never work on one drop at a time: the second waits for the first, or for its death."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time
from pathlib import Path

from flows.alone import alone_in

HOLDER = """
import asyncio, sys
from pathlib import Path
from flows.alone import alone_in

async def hold():
    async with alone_in(Path(sys.argv[1])):
        print("held", flush=True)
        await asyncio.sleep(300)

asyncio.run(hold())
"""


def test_the_second_begins_when_the_first_is_killed(tmp_path: Path) -> None:
    first = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path / "drop")], stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline() == "held\n"

    async def second() -> float:
        waited = time.monotonic()
        async with alone_in(tmp_path / "drop"):
            return time.monotonic() - waited

    async def both() -> float:
        waiting = asyncio.create_task(second())
        await asyncio.sleep(1.0)
        assert not waiting.done()
        first.kill()
        return await asyncio.wait_for(waiting, 5)

    assert asyncio.run(both()) >= 1.0
    first.wait()


def test_who_waited_finds_the_folder_though_the_first_removed_it(tmp_path: Path) -> None:
    folder = tmp_path / "drop"

    async def first() -> None:
        async with alone_in(folder):
            await asyncio.sleep(0.3)
            shutil.rmtree(folder)

    async def second() -> bool:
        await asyncio.sleep(0.1)
        async with alone_in(folder):
            return folder.is_dir()

    async def both() -> bool:
        return (await asyncio.gather(first(), second()))[1]

    assert asyncio.run(both())
