"""The ring keys of a warehouse: X25519 keys in the age form, wrapped by the master key, in the bucket of keys.

They are counted from 0001 without a gap and never thrown away, objects need the old ones. How one lies in the store:
`storage.keys.wrappings`.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from pyrage import x25519  # type: ignore[import-untyped]  # it ships no types

from dossier.errors import MasterKeyMissing, NoSuchObject, PlaceGone, StoreCorrupt, StoreUnavailable
from storage.keys.master_key import MasterKey
from storage.keys.wrappings import Versions, Wrapping, body_of, key_of, keys_of, read_versions, write_wrapping
from storage.objects.buckets import Buckets
from storage.objects.store import ObjectStore

_FIRST: Final = "0001"
_LOOKS: Final = 3
"""How often a ring key is read while versions of it go away under the reader's hands (`retire`)."""

Say = Callable[[str], object]
"""Is told the id of a ring key once something was done to it; so whoever asked knows it also of an act that is cut off."""
SayWhere = Callable[[str, str], object]
"""Is told the name of the store as well."""


@dataclass(frozen=True, slots=True)
class RingKey:
    """A ring key that the master key opened."""

    wrapping: Wrapping
    secret: str = field(repr=False)

    @property
    def ring_id(self) -> str:
        """Its number."""
        return self.wrapping.ring_id


@dataclass(frozen=True, slots=True)
class Masters:
    """The master key, and the one before while a change is not finished."""

    now: MasterKey
    before: MasterKey | None = None

    @property
    def ids(self) -> frozenset[str]:
        """Their ids."""
        return frozenset(master.id for master in (self.now, self.before) if master is not None)

    def open(self, wrapping: Wrapping) -> str:
        """Unwrap a ring key's secret, which is bound to its recipient.

        Raises:
            MasterKeyMissing: none of the two wrapped it, or secret, recipient or id was changed.
        """
        for master in (self.now, self.before):
            if master is not None and master.id == wrapping.master_id:
                return master.unwrap(b64decode(wrapping.wrapped), wrapping.place).decode("ascii")
        raise MasterKeyMissing(f"ring key {wrapping.ring_id} is wrapped by master key {wrapping.master_id}")


def look(store: ObjectStore, buckets: Buckets) -> tuple[Wrapping, ...]:
    """How every ring key is wrapped now, oldest key first; opens nothing."""
    return tuple(_versions_of(store, buckets, key).counting[-1] for key in keys_of(store, buckets))


def open_ring(store: ObjectStore, buckets: Buckets, masters: Masters) -> tuple[RingKey, ...]:
    """Open every ring key, oldest first; a warehouse that holds nothing yet gets its first one.

    Raises:
        MasterKeyMissing: another master key wrapped one of them, or one is gone, or all are while objects are there.
        StoreCorrupt: a ring key has no sound version.
    """
    ring = _opened(store, buckets, masters)
    if not ring and _holds_objects(store, buckets):
        ring = _opened(store, buckets, masters)  # somebody may have made ring and objects since the first look
        if not ring:
            raise MasterKeyMissing(f"the warehouse holds objects, but bucket {buckets.keys} holds no ring key")
    return ring or (_made(store, buckets, masters, _FIRST),)


def add_ring_key(store: ObjectStore, buckets: Buckets, masters: Masters) -> RingKey:
    """Make the next ring key; of several who do it at once all get the same one.

    Raises:
        MasterKeyMissing: one is gone, whose number nobody may give to another.
    """
    return _made(store, buckets, masters, f"{len(_whole_ring(store, buckets)) + 1:04d}")


def refuse_shortened(store: ObjectStore, buckets: Buckets, replica: ObjectStore) -> None:
    """Refuse a ring that lacks a key of which the second store has a copy; while that one is away nothing is known.

    Raises:
        MasterKeyMissing: a ring key is gone.
    """
    try:
        known = keys_of(replica, buckets) if replica.has_bucket(buckets.keys) else []
    except (StoreUnavailable, PlaceGone):
        return
    if gone := set(known) - set(keys_of(store, buckets)):
        raise MasterKeyMissing(f"{min(gone)} is gone and lies in the second store; run `sohoa fixity replicate`")


def rotate(store: ObjectStore, buckets: Buckets, old: MasterKey, new: MasterKey, say: Say) -> None:
    """Wrap every ring key with the new master key, as one more version; may be interrupted and repeated.

    Args:
        store: holds the ring.
        buckets: name its bucket.
        old: the master key before.
        new: the master key.
        say: is told each ring key that was wrapped anew, read back and opened with the new master key.

    Raises:
        MasterKeyMissing: neither key opens a ring key.
        StoreCorrupt: what was read back does not open; the old version still does.
    """
    for key in _whole_ring(store, buckets):
        ring_key = _open_one(_versions_of(store, buckets, key), Masters(new, old))
        if ring_key.wrapping.master_id != new.id:
            _rewrap(store, buckets, ring_key, new)
            say(ring_key.ring_id)


def retire(stores: Mapping[str, ObjectStore], buckets: Buckets, master: MasterKey, say: SayWhere) -> None:
    """Delete the wrappings that are replaced, so that an earlier master key opens nothing any more.

    Only versions that were there at the first look go: whatever is wrapped anew meanwhile stays.

    Args:
        stores: every store that holds the ring, by a name for it.
        buckets: name its bucket.
        master: the master key.
        say: is told store and ring key of each version that was deleted.

    Raises:
        MasterKeyMissing: a ring key is gone or is not wrapped by ``master`` yet. Nothing was deleted, here and below.
        NoSuchObject: the stores do not hold the same newest wrappings yet.
        StoreUnavailable, PlaceGone: a store is away.
    """
    rings = {name: _ring_of(name, store, buckets) for name, store in stores.items()}
    newest = [[versions.counting[-1] for versions in ring] for ring in rings.values()]
    if any(one != newest[0] for one in newest):
        raise NoSuchObject("newest wrapping, in one of the stores; run `sohoa fixity replicate`, then retire again")
    for wrapping in newest[0]:
        Masters(master).open(wrapping)
    for name, ring in rings.items():
        for wrapping, versions in zip(newest[0], ring, strict=True):
            for version_id in reversed(versions.replaced):  # the first version says which key it is, so it goes last
                stores[name].remove(buckets.keys, key_of(wrapping.ring_id), version_id)
                say(name, wrapping.ring_id)


def _made(store: ObjectStore, buckets: Buckets, masters: Masters, ring_id: str) -> RingKey:
    """Write a new key where none is, and take the one that counts: of a race, the first."""
    secret = x25519.Identity.generate()
    wrapping = Wrapping(ring_id, str(secret.to_public()), "", "", datetime.now(UTC).isoformat(timespec="seconds"))
    store.put_new(buckets.keys, key_of(ring_id), body_of(_wrapped(wrapping, str(secret), masters.now)))
    return _open_one(_versions_of(store, buckets, key_of(ring_id)), masters)


def _rewrap(store: ObjectStore, buckets: Buckets, ring_key: RingKey, new: MasterKey) -> None:
    anew = _wrapped(ring_key.wrapping, ring_key.secret, new)
    write_wrapping(store, buckets, anew)
    if Masters(new).open(anew) != ring_key.secret:
        raise StoreCorrupt(f"ring key {ring_key.ring_id} does not open as it was wrapped")


def _wrapped(wrapping: Wrapping, secret: str, master: MasterKey) -> Wrapping:
    wrapped = b64encode(master.wrap(secret.encode("ascii"), wrapping.place)).decode("ascii")
    return replace(wrapping, wrapped=wrapped, master_id=master.id)


def _opened(store: ObjectStore, buckets: Buckets, masters: Masters) -> tuple[RingKey, ...]:
    return tuple(_open_one(_versions_of(store, buckets, key), masters) for key in _whole_ring(store, buckets))


def _open_one(versions: Versions, masters: Masters) -> RingKey:
    """Open the newest wrapping; where a known master key finds it damaged, the newest one that opens.

    A newest wrapping by an unknown master key ends it: after a change the master key before opens nothing.
    """
    for wrapping in reversed(versions.counting):
        try:
            return RingKey(wrapping, masters.open(wrapping))
        except MasterKeyMissing:
            if wrapping.master_id not in masters.ids:
                raise
    raise MasterKeyMissing(f"no wrapping of ring key {versions.counting[-1].ring_id} opens; they are damaged")


def _whole_ring(store: ObjectStore, buckets: Buckets) -> list[str]:
    """Keys of the objects of the ring, oldest first; a gap is refused."""
    keys = keys_of(store, buckets)
    if gone := {key_of(f"{number:04d}") for number in range(1, len(keys) + 1)} - set(keys):
        raise MasterKeyMissing(f"{min(gone)} is gone; bring it back from the second store or a backup")
    return keys


def _ring_of(name: str, store: ObjectStore, buckets: Buckets) -> list[Versions]:
    try:
        keys = _whole_ring(store, buckets) if store.has_bucket(buckets.keys) else []
        return [_versions_of(store, buckets, key) for key in keys]
    except (StoreUnavailable, PlaceGone) as error:
        raise type(error)(f"{name}; nothing was deleted; retire again when it is back; {error.detail}") from error


def _versions_of(store: ObjectStore, buckets: Buckets, key: str) -> Versions:
    """All versions of a ring key; some count."""
    for _look in range(_LOOKS):
        versions = read_versions(store, buckets, key)
        if versions.counting:
            return versions
        if store.versions(buckets.keys, key) == tuple(version_id for version_id, _ in versions.read):
            break
    raise StoreCorrupt(f"{key} has no sound first version")


def _holds_objects(store: ObjectStore, buckets: Buckets) -> bool:
    held = (buckets.intake, buckets.archive, buckets.sensitive)
    return any(next(iter(store.listed(bucket)), None) is not None for bucket in held)
