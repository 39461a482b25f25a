"""The wrapped keys in both stores: all of them are read again each time, and each ring is restored from the other.

They have no errands and no line in the inventory: there are few of them, of some hundred bytes each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dossier.errors import StoreCorrupt
from storage.keys.wrappings import Versions, Wrapping, keys_of, read_versions, write_wrapping
from storage.objects.buckets import Buckets
from storage.objects.store import ObjectStore

Tell = Callable[[str, str], object]
"""Is told the key of an object that is not as it must be, and what of it."""


@dataclass(frozen=True, slots=True)
class _Copies:
    """One ring key in both stores."""

    key: str
    here: Versions
    there: Versions

    @property
    def other_key(self) -> bool:
        """Whether the stores name different keys."""
        ours, theirs = self.here.newest, self.there.newest
        return ours is not None and theirs is not None and ours.recipient != theirs.recipient

    @property
    def behind(self) -> bool:
        """Whether the second store has a wrapping newer than, or unknown to, a sound ring here: an old backup came back."""
        ours, theirs = self.here.newest, self.there.newest
        if self.here.damaged or ours is None or theirs is None or self._known(theirs):
            return False
        return ours in self.there.counting or not self.there.damaged  # else ours may be what rotted there

    @property
    def newest(self) -> Wrapping | None:
        """How the key is wrapped: what this store says, unless it is damaged and the second one knows more."""
        restores = self.here.newest is None or (self.here.damaged and not self._known(self.there.newest))
        return (restores and self.there.newest) or self.here.newest

    def _known(self, wrapping: Wrapping | None) -> bool:
        return wrapping in self.here.counting


def replicate_keys(buckets: Buckets, store: ObjectStore, replica: ObjectStore, tell: Tell) -> int:
    """Read every wrapping in both stores, and write the newest of each ring key wherever it is not.

    Args:
        buckets: name the bucket of the ring.
        store: this store; what is sound here decides.
        replica: the second one.
        tell: is told what was damaged or gone here or damaged there, restored or not, and what a person must settle.

    Returns:
        How many wrappings were written, here and there.

    Raises:
        StoreUnavailable, PlaceGone: one of the two is away; what was written before stays.
    """
    there = _read(replica, buckets)  # first, so that what is wrapped meanwhile is newer here
    here = _read(store, buckets)
    ring = [_Copies(key, here.get(key, Versions()), there.get(key, Versions())) for key in sorted(here | there)]
    others = [one.key for one in ring if one.other_key]
    for key in others:
        tell(key, "the two stores name different keys")
    # nothing is mixed with the ring of another house
    return 0 if others else sum(_mend(one, buckets, store, replica, tell) for one in ring)


def _mend(one: _Copies, buckets: Buckets, store: ObjectStore, replica: ObjectStore, tell: Tell) -> int:
    if one.behind:
        tell(one.key, "the second store has a wrapping that is unknown here")
        return 0
    written = 0
    for target, versions, must_be_there in ((store, one.here, True), (replica, one.there, False)):
        if versions.damaged or (must_be_there and not versions.read):
            tell(one.key, StoreCorrupt.code)
        if versions.disputed or one.newest is None or (versions.newest == one.newest and not versions.damaged):
            continue
        try:
            write_wrapping(target, buckets, one.newest)
        except StoreCorrupt as error:
            tell(one.key, error.detail)
        else:
            written += 1
    return written


def _read(store: ObjectStore, buckets: Buckets) -> dict[str, Versions]:
    return {key: read_versions(store, buckets, key) for key in keys_of(store, buckets)}
