"""The folders of an installation that may be disks of their own: are they there, and is there room?

A mount that is gone leaves an empty folder behind, and what is written there is lost to sight when the disk comes back.
So every place carries a mark with a number of its own, the installation remembers the numbers, and a place without its
mark is not touched.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from dossier.errors import DiskLow, PlaceGone

MARK: Final = ".sohoa-place"
"""File in every place, with the place's number."""

_MIB: Final = 1 << 20


def mark_places(home: Path, places: Mapping[str, Path]) -> None:
    """Mark every place that is not marked yet and remember it; may be repeated.

    Args:
        home: folder of the installation; its `places.json` remembers the numbers.
        places: name to folder; made where they are missing and not yet remembered.

    Raises:
        PlaceGone: a remembered place has lost its mark; nothing was written to it.
    """
    known = _known(home) if (home / "places.json").exists() else {}
    check = {name: folder for name, folder in places.items() if name in known}
    for name, folder in check.items():
        _must_carry(folder, known[name], name)
    for name, folder in places.items():
        if name not in known:
            folder.mkdir(parents=True, exist_ok=True)
            _write_once(folder / MARK, secrets.token_hex(8))
            known[name] = (folder / MARK).read_text(encoding="ascii")
    _write(home / "places.json", json.dumps(known, indent=1, sort_keys=True) + "\n")


def remembered(home: Path) -> frozenset[str]:
    """Names of the places that the installation remembers; none in a new one.

    Raises:
        PlaceGone: the list cannot be read.
    """
    return frozenset(_known(home)) if (home / "places.json").exists() else frozenset()


def check_places(home: Path, places: Mapping[str, Path]) -> None:
    """See that every place is the disk that was marked.

    Raises:
        PlaceGone: names the place.
    """
    known = _known(home)
    for name, folder in places.items():
        _must_carry(folder, known.get(name), name)


def check_room(places: Mapping[str, Path], low_mb: int) -> None:
    """See that every place has room.

    Args:
        places: name to folder.
        low_mb: MiB that must be free for an ordinary user.

    Raises:
        DiskLow: names the place and what is free.
    """
    for name, folder in places.items():
        free = shutil.disk_usage(folder).free // _MIB
        if free < low_mb:
            raise DiskLow(f"{name}: {free} MiB free, {low_mb} wanted")


def _known(home: Path) -> dict[str, str]:
    try:
        found = json.loads((home / "places.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError) as error:
        raise PlaceGone("home") from error
    return {str(name): str(number) for name, number in found.items()}


def _must_carry(folder: Path, number: str | None, name: str) -> None:
    try:
        carried = (folder / MARK).read_text(encoding="ascii")
    except (OSError, UnicodeError) as error:
        raise PlaceGone(name) from error
    if carried != number:
        raise PlaceGone(name)


def _write_once(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    _write(part, text)
    with suppress(FileExistsError):
        os.link(part, path)
    part.unlink()


def _write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
