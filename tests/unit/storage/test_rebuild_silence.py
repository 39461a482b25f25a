"""A server that never answers for a version that rotted (`storage.objects.s3`) ends no rebuild; one that is away does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dossier.errors import StoreUnavailable
from dossier.records import Change
from dossier.values import Soundness
from storage.files import hash_of
from storage.ledger import Ledger
from storage.objects.store import Body
from storage.records.warehouse import intake_key
from tests.twins.lost_house import BINH, House
from tests.twins.memory_objects import MemoryObjects
from tests.twins.memory_warehouse import BUCKETS


class Silence:
    """Versions for which a store gives no answer, or a store that gives none at all."""

    def __init__(self, store: MemoryObjects, patch: pytest.MonkeyPatch) -> None:
        self.store, self.away = store, False
        self.silent: set[str] = set()
        for verb in ("head", "read", "has_bucket"):
            patch.setattr(store, verb, self._asked(getattr(store, verb)))

    def restored(self, bucket: str, key: str) -> None:
        """A version rotted, and the check wrote it again from the second copy."""
        (rotted,) = self.store.buckets[bucket][key]
        content = (rotted.content,)
        body = Body(content, rotted.head.size, hash_of(content), "application/octet-stream")
        self.store.put_version(bucket, key, body, locked_until=rotted.head.locked_until)
        self.silent.add(rotted.head.version_id)

    def rotted(self, bucket: str, key: str) -> None:
        """A version rotted, and nobody noticed."""
        self.silent.add(self.store.buckets[bucket][key][0].head.version_id)

    def _asked(self, verb: Callable[..., object]) -> Callable[..., object]:
        def asked(bucket: str, *place: str) -> object:
            if self.away or self.silent.intersection(place):
                raise StoreUnavailable("ReadTimeoutError")
            return verb(bucket, *place)

        return asked


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def silence(house: House, monkeypatch: pytest.MonkeyPatch) -> Silence:
    return Silence(house.warehouse.objects, monkeypatch)


def test_what_was_restored_beside_a_version_that_gives_no_answer_comes_back(house: House, silence: Silence) -> None:
    drop_id, sha256 = house.receive(1, 1)
    paper = house.file(drop_id, 1)
    lonely_drop, lonely = house.receive(2, 1)
    silence.restored(BUCKETS.archive, paper.key.manifest_of(1))
    for received in (sha256, lonely):
        silence.restored(BUCKETS.intake, intake_key(received))

    made, rebuilt = house.rebuild(Soundness("pdf", 1))

    assert (rebuilt.records, rebuilt.done, rebuilt.again, rebuilt.doubtful) == (1, 1, 1, [])
    assert [drop.id for drop in made.unfinished()] == [lonely_drop]


def test_a_record_that_gives_no_answer_is_told_and_stops_no_other(house: House, silence: Silence) -> None:
    drop_id, sha256 = house.receive(1, 2)
    mute, other = house.file(drop_id, 1, citizen=BINH), house.file(drop_id, 2)
    _, lonely = house.receive(2, 1)
    silence.rotted(BUCKETS.archive, mute.key.manifest_of(1))
    silence.rotted(BUCKETS.intake, intake_key(lonely))

    made, rebuilt = house.rebuild()

    assert rebuilt.doubtful == [f"{mute.key.record_id} STORE_UNAVAILABLE", f"{lonely[:32]} STORE_CORRUPT"]
    assert made.record(other.key.record_id) is not None
    assert [drop.sha256 for drop in made.unfinished()] == [sha256]


def test_a_version_that_gives_no_answer_never_makes_the_one_before_it_speak(house: House, silence: Silence) -> None:
    drop_id, _ = house.receive(1, 1)
    paper = house.file(drop_id, 1)
    house.correct(paper.key, Change(state="withdrawn"))
    silence.rotted(BUCKETS.archive, paper.key.manifest_of(2))

    made, rebuilt = house.rebuild(Soundness("pdf", 1))

    assert rebuilt.doubtful == [f"{paper.key.record_id} STORE_UNAVAILABLE"]
    assert made.record(paper.key.record_id) is None


def test_an_anchor_that_gives_no_answer_is_told_and_ends_nothing(house: House) -> None:
    drop_id, _ = house.receive(1, 1)
    house.file(drop_id, 1)

    def silent(_made: Ledger) -> int:
        raise StoreUnavailable("ReadTimeoutError")

    _, rebuilt = house.rebuild(restore_trail=silent)

    assert (rebuilt.records, rebuilt.doubtful) == (1, ["anchors STORE_UNAVAILABLE"])


def test_a_store_that_is_away_when_a_record_is_read_ends_the_rebuild(house: House, silence: Silence) -> None:
    drop_id, _ = house.receive(1, 1)
    house.file(drop_id, 1)
    house.warehouse.lose_intake()
    silence.away = True

    with pytest.raises(StoreUnavailable):
        house.rebuild()


def test_a_store_that_is_away_when_a_received_file_is_read_ends_the_rebuild(house: House, silence: Silence) -> None:
    house.receive(1, 1)
    silence.away = True

    with pytest.raises(StoreUnavailable):
        house.rebuild()
