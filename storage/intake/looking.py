"""Looking at a file of the inbox, which others may write, change or take away at any moment: what that means."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dossier.errors import FileChanged
from dossier.errors.intake import FileUnreadable
from dossier.values import Sha256
from storage.files import hash_file

_CHANGED: Final = (errno.ENOENT, errno.ELOOP, errno.ENXIO, errno.EAGAIN)
"""Gone; a link or a socket in its place; a program at the other end of a network drive is still busy with it."""


@contextmanager
def looking() -> Iterator[None]:
    """Give the errors of a look their meaning; what else goes wrong stays as it is.

    Raises:
        FileChanged: the file went away or became something else.
        FileUnreadable: it may not be read.
    """
    try:
        yield
    except PermissionError as error:
        raise FileUnreadable from error
    except OSError as error:
        if error.errno not in _CHANGED:
            raise
        raise FileChanged(type(error).__name__) from error


def status_of(path: Path) -> os.stat_result:
    """The status of what lies there; a link is not followed.

    Raises:
        FileChanged, FileUnreadable: see `looking`.
    """
    with looking():
        return path.lstat()


def hash_closed(path: Path) -> Sha256:
    """SHA-256 of a file that nobody has open for writing.

    Raises:
        FileChanged, FileUnreadable: see `looking` and `must_be_closed`.
    """
    must_be_closed(path)
    with looking():
        return hash_file(path)


def must_be_closed(path: Path) -> None:
    """See that nobody writes a file: one that is whole after every page may still get more of them after a pause.

    The system gives a read lease only on a file that nobody has open for writing. Where it gives none at all (NFS, CIFS, a
    file of another owner), nothing is known, and that the file is still has to do.

    Raises:
        FileChanged: somebody has it open for writing, or see `looking`.
        FileUnreadable: see `looking`.
    """
    with looking():
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)  # to who comes to write now: SIGIO would end us, SIGURG nobody
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        if error.errno == errno.EAGAIN:
            raise FileChanged("somebody has it open for writing") from error
    finally:
        os.close(handle)
