"""Put a file into the inbox as a good scanner does: under a temporary name first, then renamed."""

from __future__ import annotations

import os
import shutil
from itertools import count
from pathlib import Path


def deliver(source: Path, inbox: Path, office: str) -> Path:
    """Copy ``source`` into the folder of ``office``; an equal name that waits there is not overwritten.

    Returns:
        The file in the inbox.
    """
    folder = inbox / office
    folder.mkdir(parents=True, exist_ok=True)
    for attempt in count():
        name = source.name if not attempt else f"{source.stem} ({attempt}){source.suffix}"
        target, part = folder / name, folder / f".{name}.part"
        shutil.copyfile(source, part)
        try:
            os.link(part, target)  # unlike a rename, a link never replaces what is there
        except FileExistsError:
            continue
        finally:
            part.unlink()
        return target
    raise AssertionError("count() does not end")
