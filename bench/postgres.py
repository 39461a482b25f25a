"""A PostgreSQL server of Debian's with its own settings, for as long as something is measured."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PROGRAMS: Final = Path("/usr/lib/postgresql")
_USER: Final = "postgres"
"""The server refuses to run as root; Debian's package brings this user."""


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Start a server on a socket in ``folder``; gives the address of its ledger. The data stay for a second start."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.chown(folder, _USER, _USER)
    data = folder / "data"
    if not data.is_dir():
        _do("initdb", "-D", str(data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C")
    options = f"-c listen_addresses= -c unix_socket_directories={folder}"
    _do("pg_ctl", "-D", str(data), "-w", "-t", "120", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://{_USER}@/{_USER}?host={folder}"
    finally:
        _do("pg_ctl", "-D", str(data), "-w", "-m", "fast", "stop")


def _do(program: str, *arguments: str) -> None:
    newest = max(_PROGRAMS.glob("*/bin"), key=lambda path: int(path.parent.name))
    subprocess.run(
        ["runuser", "-u", _USER, "--", str(newest / program), *arguments], cwd="/", check=True, stdout=subprocess.DEVNULL
    )
