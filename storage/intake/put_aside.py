"""Moving a received file out of the inbox: under a free name, durably, never over another file."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Final

from dossier.errors import InputRefused, Misconfigured
from dossier.values import Sha256
from storage.files import hash_file, mark_of, sync_folder

_VIETNAM: Final = timezone(timedelta(hours=7))
_NAME_BYTES: Final = 255  # longest name of ext4, XFS, Btrfs and NTFS; Vietnamese letters take up to 3 bytes each


def put_aside_taken(path: Path, mark: str, office: str, received_at: datetime, inbox: Path) -> None:
    """Move a file to `.taken/<office>/<day>/`; one that is no longer what ``mark`` says is left alone."""
    day = received_at.astimezone(_VIETNAM).date().isoformat()
    with _alone_in(inbox / ".taken" / office / day) as folder:
        if not _is_still_ours(path, mark):
            return
        name = next(name for name in _names(path.name) if not os.path.lexists(folder / name))
        _move(path, folder / name, inbox)


def remove_taken(content: Sha256, size: int, inbox: Path) -> int:
    """Delete the files of these bytes from `.taken`, whatever office, day and name they lie under; returns how many.

    The ledger spells an office otherwise than its folder may be, and after a rebuild it does not know it.
    """
    files = (path for path in (inbox / ".taken").glob("*/*/*") if path.is_file() and path.stat().st_size == size)
    same = [path for path in files if hash_file(path) == content]
    for path in same:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
    return len(same)


def put_aside_refused(path: Path, mark: str, office: str, refusal: InputRefused, inbox: Path) -> None:
    """Move a file to `.refused/<office>/`, beside a text that says in Vietnamese and English what is wrong."""
    advice = (refusal.advice + "\n").encode()
    with _alone_in(inbox / ".refused" / office) as folder:
        if not _is_still_ours(path, mark):
            return
        name, note = next(
            (name, note)
            for name in _names(path.name)
            if not os.path.lexists(folder / name) and _is_free_for(note := folder / fit_name(name, ".txt"), advice)
        )
        with note.open("wb") as out:
            out.write(advice)
            out.flush()
            os.fsync(out.fileno())
        _move(path, folder / name, inbox)


def leave_word(name: str, words: str, office: str, inbox: Path) -> Path:
    """Write a text for the office into `.refused/<office>/`, durably; the same name said again is the same text."""
    with _alone_in(inbox / ".refused" / office) as folder:
        note, part = folder / fit_name(name, ".txt"), folder / fit_name("." + name, ".part")
        with part.open("w", encoding="utf-8") as out:
            out.write(words)
            out.flush()
            os.fsync(out.fileno())
        part.replace(note)
        for above in note.parents:
            sync_folder(above)
            if above == inbox:
                break
    return note


def fit_name(name: str, suffix: str) -> str:
    """The name with a suffix; a name that would be too long is cut and marked with its hash."""
    whole = os.fsencode(name)
    room = _NAME_BYTES - len(os.fsencode(suffix))
    if len(whole) <= room:
        return name + suffix
    mark = "~" + sha256(whole).hexdigest()[:8]
    cut = whole[: room - len(mark)]
    while cut and (whole[len(cut)] & 0xC0) == 0x80:  # 10xxxxxx: not in the middle of a letter
        cut = cut[:-1]
    return os.fsdecode(cut) + mark + suffix


def _names(name: str) -> Iterator[str]:
    """The name, then the same with ~2, ~3 ... in front of its ending."""
    yield name
    stem, dot, ending = name.rpartition(".")
    stem, tail = (stem, dot + ending) if stem and len(ending) <= 8 else (name, "")
    number = 2
    while True:
        yield fit_name(stem, f"~{number}{tail}")
        number += 1


def _is_still_ours(path: Path, mark: str) -> bool:
    """False when another process has moved the file, even if the scanner has dropped a new one of the same name."""
    try:
        return mark_of(path.lstat()) == mark
    except FileNotFoundError:
        return False


def _is_free_for(note: Path, advice: bytes) -> bool:
    """No text of another file is there; the start of our own may be, from before a crash."""
    if not os.path.lexists(note):
        return True
    return note.is_file() and not note.is_symlink() and advice.startswith(note.read_bytes())


@contextmanager
def _alone_in(folder: Path) -> Iterator[Path]:
    """Keep other processes from choosing names in the folder: a rename would replace a file silently."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(handle)


def _move(path: Path, to: Path, inbox: Path) -> None:
    try:
        path.rename(to)
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise Misconfigured("an office's folder and the inbox are on different file systems") from error
        raise
    for folder in to.parents:
        sync_folder(folder)
        if folder == inbox:
            break
    sync_folder(path.parent)
