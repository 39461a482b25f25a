"""The inbox: files that scanners drop under `inbox/<office>/`, received once each and then put aside; never deleted.

The order makes a crash harmless: bytes durable in the warehouse, then what the manifests beside the scan say, then the
ledger's line, and only then the moves to `.taken` or `.refused`. A file that was entered but not yet moved is recognised
as the same delivery (office, name, hash, inode, size and time are the same) and only moved. A file beside the offices'
folders belongs to nobody and is left alone.
"""

from __future__ import annotations

import stat
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from dossier.errors import AlreadyDestroyed, FileChanged, InputRefused, Misconfigured, NotAPlainFile
from dossier.records import StoredObject
from dossier.values import Sha256, Soundness
from storage.database.rows import Receipt
from storage.files import mark_of
from storage.intake.beside import Beside, enter_beside, refuse_beside
from storage.intake.dropped import DroppedFile, manifests_beside
from storage.intake.looking import hash_closed, status_of
from storage.intake.put_aside import put_aside_refused, put_aside_taken
from storage.inventory import Inventory
from storage.ledger import Ledger
from storage.records.warehouse import Warehouse, intake_key

_FORGET_SECONDS: Final = 3600.0


class Stillness:
    """Remembers since when files have not changed.

    Args:
        still_seconds: a file is still when size and time did not change for so long, as seen by this object; what was
            before its first look does not count, because a copied file may carry an old time.
        clock: seconds, never going back.
    """

    def __init__(self, still_seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._still_seconds = still_seconds
        self._clock = clock
        self._seen: dict[Path, tuple[str, float, float]] = {}
        self._told: dict[Path, tuple[str, str]] = {}
        self._cleaned = clock()

    def is_still(self, path: Path) -> bool:
        """Look at a file; False at the first look (unless no stillness is asked for) and when it is gone."""
        since = self._look(path)
        return since is not None and since >= self._still_seconds

    def since(self, path: Path) -> float:
        """Look at a file; seconds that it has been still, 0.0 when it is new, changed or gone."""
        return self._look(path) or 0.0

    def is_news(self, path: Path, words: str) -> bool:
        """Whether these words were not yet the last ones of the file as it is: what lies for days must not fill the log."""
        before, said = self._told.get(path), (self._seen.get(path, ("",))[0], words)
        self._told[path] = said
        return said != before

    def _look(self, path: Path) -> float | None:
        now = self._clock()
        self._forget_old(now)
        try:
            mark = mark_of(path.lstat())
        except FileNotFoundError:
            self._seen.pop(path, None)
            return None
        known = self._seen.get(path)
        since = known[1] if known is not None and known[0] == mark else now
        self._seen[path] = (mark, since, now)
        return now - since

    def _forget_old(self, now: float) -> None:
        if now - self._cleaned > _FORGET_SECONDS:
            self._cleaned = now
            self._seen = {path: seen for path, seen in self._seen.items() if now - seen[2] <= _FORGET_SECONDS}
            self._told = {path: said for path, said in self._told.items() if path in self._seen}


def receive(
    file: DroppedFile,
    *,
    check: Callable[[Path], Soundness],
    warehouse: Warehouse,
    ledger: Ledger,
    inbox: Path,
    manifests: Sequence[DroppedFile] = (),
) -> Receipt:
    """Take one still file: check, hash, keep, enter, put aside. May be repeated after a crash at any instant.

    Args:
        file: what lies in the inbox.
        check: tells kind and pages of a whole file; raises `InputRefused` for one that cannot be taken. What else it
            raises goes to the caller, and the file stays.
        warehouse: keeps the bytes.
        ledger: gets one line a delivery.
        inbox: folder whose `.taken` and `.refused` the file goes to.
        manifests: those that lie beside it, still like the scan itself; they are taken with it.

    Raises:
        Misconfigured: it is a folder that may not be read.
        FileChanged: somebody still writes the file, another process has just taken it, or a manifest came meanwhile; it
            stays as it is.
        FileUnreadable: it may not be read, and stays.
        StoreUnavailable: the file stays in the inbox.
    """
    before = status_of(file.path)
    if stat.S_ISDIR(before.st_mode):
        raise Misconfigured("a folder of the inbox cannot be read")
    delivery = mark_of(before)
    who = {"office": file.told_office, "file_name": file.told_name(inbox), "delivery": delivery}
    known = ledger.delivered(**who)
    if known is not None and known.sha256 == hash_closed(file.path):
        put_aside_taken(file.path, delivery, file.office, known.received_at, inbox)
        return known
    sha256: Sha256 | None = None
    try:
        if not stat.S_ISREG(before.st_mode):
            raise NotAPlainFile
        sha256 = hash_closed(file.path)
        if Inventory(ledger.database).is_destroyed(warehouse.buckets.intake, intake_key(sha256)):
            raise AlreadyDestroyed
        soundness = check(file.path)
    except InputRefused as refusal:
        _must_be_unchanged(file.path, delivery)
        beside = refuse_beside(manifests, file, ledger, inbox)
        receipt = ledger.refuse(**who, size=before.st_size, sha256=sha256, code=refusal.code)
        put_aside_refused(file.path, delivery, file.office, refusal, inbox)
        _put_aside_all(beside, inbox)
        return receipt
    intake = _keep(file.path, sha256, warehouse)
    _must_be_unchanged(file.path, delivery)
    if [one.path for one in manifests_beside(file)] != [one.path for one in manifests]:
        raise FileChanged("a manifest came or went")
    beside = enter_beside(manifests, ledger, inbox)
    receipt = ledger.receive(**who, sha256=sha256, size=before.st_size, intake=intake, soundness=soundness)
    put_aside_taken(file.path, delivery, file.office, receipt.received_at, inbox)
    _put_aside_all(beside, inbox)
    return receipt


def _put_aside_all(beside: Sequence[Beside], inbox: Path) -> None:
    for one in beside:
        one.put_aside(inbox)


def _keep(path: Path, sha256: Sha256, warehouse: Warehouse) -> StoredObject:
    try:
        return warehouse.receive(path, sha256)
    except FileNotFoundError as error:  # another process took it a moment ago
        raise FileChanged("gone") from error


def _must_be_unchanged(path: Path, mark: str) -> None:
    if mark_of(status_of(path)) != mark:
        raise FileChanged("while it was being received")
