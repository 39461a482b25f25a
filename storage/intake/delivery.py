"""Put a file into the inbox as a good scanner does: under a temporary name first, then renamed."""

from __future__ import annotations

import os
import secrets
import shutil
from itertools import count
from pathlib import Path

from storage.files import sync_folder


def deliver(source: Path, inbox: Path, office: str) -> Path:
    """Copy ``source`` into the folder of ``office``, durably; an equal name that waits there is not overwritten.

    Returns:
        The file in the inbox.
    """
    folder = inbox / office
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{secrets.token_hex(8)}.part"  # not mkstemp: what only its owner may read the intake could not take
    try:
        with source.open("rb") as scan, part.open("xb") as out:
            shutil.copyfileobj(scan, out)
            out.flush()
            os.fsync(out.fileno())
        target = _link(part, folder, source)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(folder)
    return target


def _link(part: Path, folder: Path, source: Path) -> Path:
    for attempt in count():
        target = folder / (source.name if not attempt else f"{source.stem} ({attempt}){source.suffix}")
        try:
            os.link(part, target)  # unlike a rename, a link never replaces what is there
        except FileExistsError:
            continue
        return target
    raise AssertionError("count() does not end")
