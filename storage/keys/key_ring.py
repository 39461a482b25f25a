"""The ring keys of a warehouse: X25519 keys in the age form, wrapped by the master key, in the bucket of keys.

A ring key is one object `keyring/<ring_id>.json`, and a version of it is one wrapping. What the key *is* says the first
version, so of several processes that make it at once one wins (Ceph 16.2 lets all of them write, see `storage.objects.s3`);
later versions with another recipient are losers of that race and count for nothing. How the key is wrapped says the newest
version of that recipient: a changed master key adds one. Ring keys are never thrown away, objects need the old ones.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from pyrage import x25519  # type: ignore[import-untyped]  # it ships no types

from dossier.errors import MasterKeyMissing, NoSuchObject, StoreCorrupt
from dossier.values import Sha256
from storage.files import hash_of
from storage.keys.master_key import MasterKey
from storage.objects.buckets import Buckets
from storage.objects.store import Body, ObjectStore

_FOLDER: Final = "keyring/"
_FIRST: Final = "0001"
_LOOKS: Final = 3
"""How often a ring key is read while versions of it go away under the reader's hands (`retire`)."""

Say = Callable[[str], object]
"""Is told the id of a ring key once something was done to it; so whoever asked knows it also of an act that is cut off."""


@dataclass(frozen=True, slots=True)
class Wrapping:
    """One version of a ring key's object."""

    ring_id: str
    """Four digits, counted from 0001; the highest encrypts what is new."""
    recipient: str
    """The public key, `age1…`."""
    wrapped: str = field(repr=False)
    """The secret key, `AGE-SECRET-KEY-1…` in ASCII, wrapped (`storage.keys.master_key`) and in Base64."""
    master_id: str
    created_at: str
    """When the ring key was made, ISO 8601, UTC."""

    @property
    def place(self) -> bytes:
        """What the secret is bound to."""
        return f"{_FOLDER}{self.ring_id}.json {self.recipient}".encode()


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
    return tuple(_versions_of(store, buckets, key)[-1][1] for key in _keys(store, buckets))


def open_ring(store: ObjectStore, buckets: Buckets, masters: Masters) -> tuple[RingKey, ...]:
    """Open every ring key, oldest first; a warehouse that holds nothing yet gets its first one.

    Raises:
        MasterKeyMissing: another master key wrapped one of them; or objects are there and their ring is not.
        StoreCorrupt: a ring key has no sound version.
    """
    ring = _opened(store, buckets, masters)
    if not ring and _holds_objects(store, buckets):
        ring = _opened(store, buckets, masters)  # somebody may have made ring and objects since the first look
        if not ring:
            raise MasterKeyMissing(f"the warehouse holds objects, but bucket {buckets.keys} holds no ring key")
    return ring or (_made(store, buckets, masters, _FIRST),)


def add_ring_key(store: ObjectStore, buckets: Buckets, masters: Masters) -> RingKey:
    """Make the next ring key; of several who do it at once all get the same one."""
    newest = max((int(one.ring_id) for one in look(store, buckets)), default=0)
    return _made(store, buckets, masters, f"{newest + 1:04d}")


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
    for key in _keys(store, buckets):
        ring_key = _open_one(_versions_of(store, buckets, key), Masters(new, old))
        if ring_key.wrapping.master_id != new.id:
            _rewrap(store, buckets, ring_key, new)
            say(ring_key.ring_id)


def retire(store: ObjectStore, buckets: Buckets, master: MasterKey, say: Say) -> None:
    """Delete the wrappings that are replaced, so that an earlier master key opens nothing any more.

    Args:
        store: holds the ring.
        buckets: name its bucket.
        master: the master key.
        say: is told the ring key of each version that was deleted.

    Raises:
        MasterKeyMissing: a ring key is not wrapped by ``master`` yet; nothing was deleted.
    """
    ring = [_versions_of(store, buckets, key) for key in _keys(store, buckets)]
    for versions in ring:
        Masters(master).open(versions[-1][1])
    for versions in ring:
        version_kept, wrapping = versions[-1]
        key = _key_of(wrapping.ring_id)
        for version_id in store.versions(buckets.keys, key):
            if version_id != version_kept:
                store.remove(buckets.keys, key, version_id)
                say(wrapping.ring_id)


def _made(store: ObjectStore, buckets: Buckets, masters: Masters, ring_id: str) -> RingKey:
    """Write a new key where none is, and take the one that counts: of a race, the first."""
    secret = x25519.Identity.generate()
    wrapping = Wrapping(ring_id, str(secret.to_public()), "", "", datetime.now(UTC).isoformat(timespec="seconds"))
    store.put_new(buckets.keys, _key_of(ring_id), _body(_wrapped(wrapping, str(secret), masters.now)))
    return _open_one(_versions_of(store, buckets, _key_of(ring_id)), masters)


def _rewrap(store: ObjectStore, buckets: Buckets, ring_key: RingKey, new: MasterKey) -> None:
    anew, key = _wrapped(ring_key.wrapping, ring_key.secret, new), _key_of(ring_key.ring_id)
    version = store.put_version(buckets.keys, key, _body(anew))
    found = _parsed(b"".join(store.read(buckets.keys, key, version)), key)
    if found is None or Masters(new).open(found) != ring_key.secret:
        raise StoreCorrupt(f"{key} read back is not what was written")


def _wrapped(wrapping: Wrapping, secret: str, master: MasterKey) -> Wrapping:
    wrapped = b64encode(master.wrap(secret.encode("ascii"), wrapping.place)).decode("ascii")
    return replace(wrapping, wrapped=wrapped, master_id=master.id)


def _opened(store: ObjectStore, buckets: Buckets, masters: Masters) -> tuple[RingKey, ...]:
    return tuple(_open_one(_versions_of(store, buckets, key), masters) for key in _keys(store, buckets))


def _open_one(versions: list[tuple[str, Wrapping]], masters: Masters) -> RingKey:
    """Open the newest wrapping; where a known master key finds it damaged, the newest one that opens.

    A newest wrapping by an unknown master key ends it: after a change the master key before opens nothing.
    """
    for _version_id, wrapping in reversed(versions):
        try:
            return RingKey(wrapping, masters.open(wrapping))
        except MasterKeyMissing:
            if wrapping.master_id not in masters.ids:
                raise
    raise MasterKeyMissing(f"no wrapping of ring key {versions[-1][1].ring_id} opens; they are damaged")


def _keys(store: ObjectStore, buckets: Buckets) -> list[str]:
    return sorted({one.key for one in store.listed(buckets.keys, _FOLDER)})


def _versions_of(store: ObjectStore, buckets: Buckets, key: str) -> list[tuple[str, Wrapping]]:
    """(version, wrapping) of a ring key, oldest first; never empty."""
    for _look in range(_LOOKS):
        read = list(_read_versions(store, buckets.keys, key))
        sound = [(version_id, wrapping) for version_id, wrapping in read if wrapping is not None]
        recipients = {wrapping.recipient for _, wrapping in sound}
        if sound and (read[0][1] is not None or len(recipients) == 1):
            return [one for one in sound if one[1].recipient == sound[0][1].recipient]
    raise StoreCorrupt(f"{key} has no sound first version")


def _read_versions(store: ObjectStore, bucket: str, key: str) -> Iterator[tuple[str, Wrapping | None]]:
    for version_id in store.versions(bucket, key):
        try:
            yield version_id, _parsed(b"".join(store.read(bucket, key, version_id)), key)
        except (NoSuchObject, StoreCorrupt):
            yield version_id, None


def _parsed(content: bytes, key: str) -> Wrapping | None:
    try:
        wrapping = Wrapping(**json.loads(content))
        b64decode(wrapping.wrapped, validate=True)
    except (ValueError, TypeError):
        return None
    return wrapping if _key_of(wrapping.ring_id) == key else None


def _body(wrapping: Wrapping) -> Body:
    content = (json.dumps(asdict(wrapping), indent=1) + "\n").encode()
    return Body((content,), len(content), Sha256(hash_of((content,))), "application/json")


def _key_of(ring_id: str) -> str:
    return f"{_FOLDER}{ring_id}.json"


def _holds_objects(store: ObjectStore, buckets: Buckets) -> bool:
    held = (buckets.intake, buckets.archive, buckets.sensitive)
    return any(next(iter(store.listed(bucket)), None) is not None for bucket in held)
