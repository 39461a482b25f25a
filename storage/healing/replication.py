"""The second copy: every object, as its encrypted bytes, in another store; written by errands of the outbox.

Wrapped keys have no errands: `storage.keys.key_copies`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dossier.errors import DossierError, Misconfigured, NoSuchObject, StoreCorrupt, StoreFailed
from dossier.records import StoredObject
from dossier.values import Sha256
from storage.files import CHUNK, hash_of, write_verified
from storage.inventory import Inventory
from storage.objects.buckets import Buckets
from storage.objects.store import Body, ObjectStore
from storage.outbox import Errand, Outbox

Reading = Callable[[Iterator[bytes]], Iterator[bytes]]
"""Gives the chunks that it is given, in its own time."""

_CONTENT: Final = "application/octet-stream"
_AT_ONCE: Final = 100
_LOOKS: Final = 2  # a server that restarts between two of them breaks one read and is no damage


def prepare_replica(replica: ObjectStore, buckets: Buckets) -> None:
    """Have the same buckets in the second store."""
    for bucket, locked in buckets.each():
        replica.make_bucket(bucket, locked=locked)


def sound_version(store: ObjectStore, wanted: StoredObject, reading: Reading = iter) -> str | None:
    """A version whose bytes are those of ``wanted``: the one it names, else the newest; None where none is sound.

    Raises:
        StoreUnavailable: the store as a whole does not answer, so nothing can be said.
    """
    there = reversed(store.versions(wanted.bucket, wanted.key))
    for version_id in sorted(there, key=lambda one: one != wanted.version_id):
        if _hash_there(store, wanted, version_id, reading) == wanted.sha256:
            return version_id
    return None


def copy_object(
    wanted: StoredObject,
    source: ObjectStore,
    version_id: str,
    target: ObjectStore,
    *,
    keep_until: datetime | None = None,
    work: Path | None = None,
) -> str:
    """Write the bytes of one version to another store, under the same lock and legal hold, and read them back.

    Args:
        wanted: what the bytes must be.
        source: where they are.
        version_id: the version there.
        target: where they go; a new version is written whatever is there.
        keep_until: locked at least until then.
        work: folder for the bytes on their way; the system's place where it is None.

    Returns:
        The version in the target.

    Raises:
        StoreCorrupt: the bytes of the source are others, or the target gives back others than it was given.
        Misconfigured: the target does not keep the lock.
    """
    head = source.head(wanted.bucket, wanted.key, version_id)
    if head is None:
        raise NoSuchObject("the version to be copied")
    locks = [until for until in (head.locked_until, keep_until) if until is not None and until > datetime.now(UTC)]
    locked_until = max(locks, default=None)
    with tempfile.TemporaryDirectory(prefix="sohoa-copy-", dir=work) as folder:
        read = source.read(wanted.bucket, wanted.key, version_id)
        held = write_verified(read, Path(folder) / "copy", wanted.sha256)
        body = Body(_chunks(held), wanted.size, wanted.sha256, _CONTENT)
        written = target.put_version(wanted.bucket, wanted.key, body, locked_until=locked_until)
    if hash_of(target.read(wanted.bucket, wanted.key, written)) != wanted.sha256:
        raise StoreCorrupt("a copy is not what was copied")
    told = target.head(wanted.bucket, wanted.key, written)
    if locked_until is not None and (told is None or told.locked_until is None or told.locked_until < locked_until):
        raise Misconfigured("the store does not keep the object lock of a copy")
    if head.legal_hold:
        target.set_legal_hold(wanted.bucket, wanted.key, written, on=True)
    return written


def replicate(
    errand: Errand, store: ObjectStore, replica: ObjectStore, inventory: Inventory, *, work: Path | None = None
) -> None:
    """Carry one errand out; what has its copy already, from a run that was killed, is not copied again.

    Raises:
        DossierError: it could not be done now; an object that is damaged is handed to the fixity check.
    """
    item = inventory.item(errand.payload["bucket"], errand.payload["key"])
    if item is None or item.state == "disposed":
        return
    stored = item.stored
    copy = sound_version(replica, stored)
    if copy is None:
        here = sound_version(store, stored)
        if here is None:
            inventory.found_damaged(item, StoreCorrupt.code)
            raise StoreCorrupt("the object to be copied is damaged")
        copy = copy_object(stored, store, here, replica, work=work)
    if not inventory.replicated(stored, datetime.now(UTC)):
        replica.remove(stored.bucket, stored.key, copy)


def replicate_due(
    outbox: Outbox, store: ObjectStore, replica: ObjectStore, inventory: Inventory, *, work: Path | None = None
) -> tuple[int, int]:
    """Carry out what is due, at most a hundred; one that fails is put off and stops nothing.

    Returns:
        (done, put off).
    """
    done = put_off = 0
    for errand in outbox.due("replicate", _AT_ONCE):
        try:
            replicate(errand, store, replica, inventory, work=work)
        except DossierError as error:
            outbox.failed(errand, error.code)
            put_off += 1
        else:
            outbox.done(errand.id)
            done += 1
    return done, put_off


def _hash_there(store: ObjectStore, wanted: StoredObject, version_id: str, reading: Reading) -> Sha256 | None:
    """Hash of what a version gives back; None where it gives nothing whole although the store answers, twice.

    Ceph RGW gives no error for bytes that rotted, it gives nothing (`storage.objects.s3`).
    """
    for _ in range(_LOOKS):
        try:
            return hash_of(reading(store.read(wanted.bucket, wanted.key, version_id)))
        except (StoreCorrupt, NoSuchObject):
            return None
        except StoreFailed:
            store.has_bucket(wanted.bucket)  # raises where the store is away; else it is this one object
    return None


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
