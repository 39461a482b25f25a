"""The wrapped ring keys as objects: what lies under the name of a key, and which of its versions count.

A ring key is one object `keyring/<ring_id>.json`, and a version of it is one wrapping. What the key *is* says the first
version, so of several processes that make it at once one wins (Ceph 16.2 lets all of them write, see `storage.objects.s3`);
later versions with another recipient are losers of that race and count for nothing. How the key is wrapped says the newest
version of that recipient: a changed master key adds one.
"""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import asdict, dataclass, field
from typing import Final

from dossier.errors import NoSuchObject, StoreCorrupt, StoreUnavailable
from dossier.values import Sha256
from storage.files import hash_of
from storage.objects.buckets import Buckets
from storage.objects.store import Body, ObjectStore

_FOLDER: Final = "keyring/"
_LOOKS: Final = 2  # a server that restarts between two of them breaks one read and is no damage


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
        return f"{key_of(self.ring_id)} {self.recipient}".encode()


@dataclass(frozen=True, slots=True)
class Versions:
    """All versions of a ring key's object in one store."""

    read: tuple[tuple[str, Wrapping | None], ...] = ()
    """(version, its wrapping or None where its bytes are not those that were written), oldest first."""

    @property
    def counting(self) -> tuple[Wrapping, ...]:
        """The sound ones of the key that counts, oldest first; none where nothing tells which key that is."""
        sound = [wrapping for _, wrapping in self.read if wrapping is not None]
        if len({wrapping.recipient for wrapping in sound}) > 1 and self.read[0][1] is None:
            return ()
        return tuple(wrapping for wrapping in sound if wrapping.recipient == sound[0].recipient)

    @property
    def newest(self) -> Wrapping | None:
        """How the key is wrapped now."""
        return self.counting[-1] if self.counting else None

    @property
    def disputed(self) -> bool:
        """Whether sound ones name several keys and nothing tells which counts; no further wrapping helps."""
        return not self.counting and any(wrapping is not None for _, wrapping in self.read)

    @property
    def replaced(self) -> tuple[str, ...]:
        """Versions that are nothing but history once the newest wrapping opens: all others, sound or not."""
        kept = [version_id for version_id, wrapping in self.read if wrapping is not None and wrapping == self.newest]
        return tuple(version_id for version_id, _ in self.read if version_id not in kept[-1:])

    @property
    def damaged(self) -> bool:
        """Whether there is damage that no later wrapping makes good."""
        for _, wrapping in reversed(self.read):
            if wrapping is None or wrapping == self.newest:
                return wrapping is None
        return False


def keys_of(store: ObjectStore, buckets: Buckets) -> list[str]:
    """Keys of the objects of the ring, oldest ring key first."""
    return sorted({one.key for one in store.listed(buckets.keys, _FOLDER)})


def key_of(ring_id: str) -> str:
    """Key of a ring key's object."""
    return f"{_FOLDER}{ring_id}.json"


def read_versions(store: ObjectStore, buckets: Buckets, key: str) -> Versions:
    """Read and hash every version of a ring key's object.

    Raises:
        StoreUnavailable: the store as a whole does not answer, so nothing can be said.
    """
    there = store.versions(buckets.keys, key)
    return Versions(tuple((version_id, _sound(store, buckets.keys, key, version_id)) for version_id in there))


def write_wrapping(store: ObjectStore, buckets: Buckets, wrapping: Wrapping) -> None:
    """Add a version, and read it back.

    Raises:
        StoreCorrupt: what was read back is not what was written.
    """
    key = key_of(wrapping.ring_id)
    written = store.put_version(buckets.keys, key, body_of(wrapping))
    if _sound(store, buckets.keys, key, written) != wrapping:
        raise StoreCorrupt(f"{key} read back is not what was written")


def body_of(wrapping: Wrapping) -> Body:
    """A wrapping as bytes; the same bytes each time."""
    content = (json.dumps(asdict(wrapping), indent=1) + "\n").encode()
    return Body((content,), len(content), Sha256(hash_of((content,))), "application/json")


def _sound(store: ObjectStore, bucket: str, key: str, version_id: str) -> Wrapping | None:
    """What a version says; None where it gives nothing whole although the store answers, twice.

    Ceph RGW gives no error for bytes that rotted, it gives nothing (`storage.objects.s3`).
    """
    for _ in range(_LOOKS):
        try:
            head = store.head(bucket, key, version_id)
            content = b"".join(store.read(bucket, key, version_id))
        except (NoSuchObject, StoreCorrupt):
            return None
        except StoreUnavailable:
            store.has_bucket(bucket)  # raises where the store is away; else it is this one version
        else:
            claimed = None if head is None else head.sha256  # other programs that bring a ring back note no hash
            return _parsed(content, key) if claimed in {None, hash_of((content,))} else None
    return None


def _parsed(content: bytes, key: str) -> Wrapping | None:
    try:
        wrapping = Wrapping(**json.loads(content))
        b64decode(wrapping.wrapped, validate=True)
    except (ValueError, TypeError):
        return None
    return wrapping if key_of(wrapping.ring_id) == key else None
