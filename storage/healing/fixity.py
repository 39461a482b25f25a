"""Fixity: every object is read again, compared with its hash, and restored from the second copy where it is damaged.

QCVN 12:2026/BCA 2.2.5.4.4 asks for a mechanism that restores a document by itself when it loses its integrity.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, Protocol

from dossier.errors import (
    DossierError,
    LedgerUnavailable,
    MasterKeyMissing,
    PlaceGone,
    SealBroken,
    StoreCorrupt,
    StoreUnavailable,
)
from storage.healing.replication import Reading, copy_object, sound_version
from storage.inventory import Inventory, Item
from storage.objects.store import ObjectStore

Finding = Literal["sound", "restored", "copied_again", "seal_broken", "lost", "failed", "disposed"]

_AT_ONCE: Final = 200
_SEALED: Final = "/document.pdf"
_BURST: Final = 1.0  # seconds of unused time that may be made up for


class Opener(Protocol):
    """What opens encrypted bytes."""

    def decrypt(self, chunks: Iterator[bytes], into: Path) -> Path:
        """Write the content to ``into``."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Where the objects are, and how their content is judged."""

    store: ObjectStore
    replica: ObjectStore | None
    vault: Opener
    verify: Callable[[Path], object]
    """Raises `SealBroken` when the signature of a sealed PDF does not hold."""
    work: Path | None = None
    """Where bytes lie while they are at work; the system's place where it is None."""


@dataclass(slots=True)
class Pace:
    """Keeps reading below a rate, over all objects together.

    Args:
        bytes_per_second: the rate.
        sleep: rests for so many seconds.
        clock: seconds, never going back.
    """

    bytes_per_second: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _free_at: float | None = field(default=None, init=False)

    def through(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The same chunks, each followed by the rest that it costs."""
        for chunk in chunks:
            yield chunk
            now = self.clock()
            before = now if self._free_at is None else max(self._free_at, now - _BURST)
            self._free_at = before + len(chunk) / self.bytes_per_second
            if self._free_at > now:
                self.sleep(self._free_at - now)


def check(item: Item, copies: Copies, inventory: Inventory, reading: Reading = iter) -> Finding:
    """Read both copies of one object and mend what is damaged.

    Raises:
        StoreUnavailable: a store is away; nothing is said of the object.
        DossierError: it could not be looked at, or not be mended.
    """
    item = _notes_mended(item, copies, inventory)
    here = sound_version(copies.store, item.stored, reading)
    if here is None:
        return _restore(item, copies, inventory, reading)
    if item.stored.key.endswith(_SEALED):
        code = _judge_seal(item, here, copies)
        if code is not None:
            inventory.found_damaged(item, code)
            return "seal_broken"
    finding: Finding = "sound"
    replica = copies.replica if item.replicated_at is not None else None
    if replica is not None and sound_version(replica, item.stored, reading) is None:
        again = copy_object(item.stored, copies.store, here, replica, work=copies.work)
        if not inventory.replicated(item.stored, datetime.now(UTC)):
            replica.remove(item.stored.bucket, item.stored.key, again)
        finding = "copied_again"
    if here == item.stored.version_id and item.state == "sound":
        inventory.checked(item, datetime.now(UTC))
        return finding
    return _healed_before(item, here, inventory)


def check_due(copies: Copies, inventory: Inventory, *, cycle: timedelta, pace: Pace, seconds: float) -> dict[Finding, int]:
    """Check what is due, the longest unchecked first, until nothing is or the time is over.

    Args:
        copies: the two stores.
        inventory: what must be there.
        cycle: every object is looked at within this time.
        pace: keeps the reading below its rate.
        seconds: time for this run; an object that was begun is finished.

    Returns:
        Number of objects by finding; `failed` could not be looked at or not be mended, and is due again at once.

    Raises:
        StoreUnavailable, PlaceGone, Misconfigured: a store is away, or lacks the bucket.
        LedgerUnavailable, MasterKeyMissing: nothing more can be said of any object.
    """
    found: dict[Finding, int] = {}
    until, seen = time.monotonic() + seconds, set[tuple[str, str]]()
    while time.monotonic() < until:
        due = [one for one in inventory.due(datetime.now(UTC) - cycle, _AT_ONCE) if _name(one) not in seen]
        if not due:
            break
        for item in due:
            seen.add(_name(item))
            now = inventory.item(*_name(item))
            if now is None or now.checked_at != item.checked_at:  # another run was there meanwhile
                continue
            finding = _looked_at(now, copies, inventory, pace.through)
            found[finding] = found.get(finding, 0) + 1
            if time.monotonic() >= until:
                break
    return found


def _looked_at(item: Item, copies: Copies, inventory: Inventory, reading: Reading) -> Finding:
    """Check one object; what ails it alone is told, and ends no run."""
    try:
        try:
            return check(item, copies, inventory, reading)
        except StoreUnavailable:  # a restart breaks one look and is no damage; where the store is away, the second says so
            return check(inventory.item(*_name(item)) or item, copies, inventory, reading)
    except (PlaceGone, LedgerUnavailable, MasterKeyMissing):
        raise
    except DossierError as error:
        for store in _stores(copies):
            if not store.has_bucket(item.stored.bucket):  # raises itself where the store is away
                raise
        return "disposed" if inventory.found_damaged(item, error.code) is None else "failed"


def _notes_mended(item: Item, copies: Copies, inventory: Inventory) -> Item:
    """Tell of damaged notes of locks, and write them anew until the time that the ledger names; the hold stays on.

    For what belongs to no record the sound notes of its versions in both stores tell the time, the latest of them.

    Returns:
        The object as it stands then.

    Raises:
        StoreCorrupt: nothing tells it.
    """
    bucket, key = _name(item)
    damaged = [
        (store, version_id)
        for store in _stores(copies)
        if not store.keeps_locks  # else the lock is no note
        for version_id in store.versions(bucket, key)
        if (head := store.head(bucket, key, version_id)) is not None and head.lock_damaged
    ]
    if not damaged or inventory.found_damaged(item, StoreCorrupt.code) is None:
        return item
    told = (store.head(bucket, key, version_id) for store in _stores(copies) for version_id in store.versions(bucket, key))
    known = [head.locked_until for head in told if head is not None and head.locked_until is not None]
    until = inventory.keep_until(item) or max(known, default=None)
    if until is None:
        raise StoreCorrupt("the note of a lock is damaged, and nothing tells until when it was")
    for store, version_id in damaged:
        store.extend_lock(bucket, key, version_id, until)
    return replace(item, state="damaged")


def _stores(copies: Copies) -> tuple[ObjectStore, ...]:
    return (copies.store,) if copies.replica is None else (copies.store, copies.replica)


def _restore(item: Item, copies: Copies, inventory: Inventory, reading: Reading) -> Finding:
    stored = item.stored
    if inventory.found_damaged(item, StoreCorrupt.code) is None:
        return "disposed"
    there = None if copies.replica is None else sound_version(copies.replica, stored, reading)
    if copies.replica is None or there is None:
        inventory.lost(item)
        return "lost"
    keep_until = inventory.keep_until(item)
    written = copy_object(stored, copies.replica, there, copies.store, keep_until=keep_until, work=copies.work)
    if not inventory.restored(item, written):
        copies.store.remove(stored.bucket, stored.key, written)
        return "disposed"
    return "restored"


def _healed_before(item: Item, here: str, inventory: Inventory) -> Finding:
    """Another version than the known one is sound (a run was killed after it wrote it), or what was damaged reads again."""
    if item.state == "sound" and inventory.found_damaged(item, StoreCorrupt.code) is None:
        return "disposed"
    if not inventory.restored(item, here):
        return "disposed"
    return "sound" if here == item.stored.version_id else "restored"


def _judge_seal(item: Item, version_id: str, copies: Copies) -> str | None:
    """Code of what is wrong with a sealed PDF whose bytes are as they were written."""
    with tempfile.TemporaryDirectory(prefix="sohoa-fixity-", dir=copies.work) as folder:
        try:
            read = copies.store.read(item.stored.bucket, item.stored.key, version_id)
            copies.verify(copies.vault.decrypt(read, Path(folder) / "document.pdf"))
        except (SealBroken, StoreCorrupt) as error:
            return error.code
    return None


def _name(item: Item) -> tuple[str, str]:
    return item.stored.bucket, item.stored.key
