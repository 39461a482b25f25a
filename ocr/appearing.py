"""A file that appears whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def appearing(into: Path) -> Iterator[Path]:
    """A file beside ``into`` that takes its place when the block succeeds and is gone when it fails."""
    handle, name = tempfile.mkstemp(prefix=".bind-", suffix=".part", dir=into.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        unfinished.replace(into)
    finally:
        unfinished.unlink(missing_ok=True)
