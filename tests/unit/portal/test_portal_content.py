"""The paper itself: the bytes that were stored, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256

import pytest

from dossier.errors import NoSuchObject, StoreUnavailable
from dossier.records import RecordKey
from tests.twins.memory_warehouse import MemoryWarehouse
from tests.twins.portal_house import AN, BINH, SEAL, SEALED_MARK, Portal, pdf_bytes

WHOLE = pdf_bytes(AN, 1)


class RottenWarehouse(MemoryWarehouse):
    """Gives other bytes than it was given."""

    def __init__(self, rot: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._rot = rot

    def content(self, key: RecordKey, version_id: str) -> Iterator[bytes]:
        """Other bytes."""
        yield self._rot(b"".join(super().content(key, version_id)))


class EmptyShelf(MemoryWarehouse):
    """Lost the content."""

    def content(self, key: RecordKey, version_id: str) -> Iterator[bytes]:
        """Nothing there."""
        raise NoSuchObject


class DeafWarehouse(MemoryWarehouse):
    """Does not answer reads."""

    def manifest(self, key: RecordKey) -> dict[str, object]:
        """Nobody answers."""
        raise StoreUnavailable

    def content(self, key: RecordKey, version_id: str) -> Iterator[bytes]:
        """Nobody answers."""
        raise StoreUnavailable

    def alive(self) -> bool:
        """Not alive."""
        return False


ROTS: dict[str, Callable[[bytes], bytes]] = {
    "one bit": lambda content: bytes([content[0] ^ 1]) + content[1:],
    "cut": lambda content: content[:-1],
    "longer": lambda content: content + b" ",
    "empty": lambda _content: b"",
    "another paper": lambda content: pdf_bytes(BINH, 1)[: len(content)],
}


def paper(portal: Portal) -> str:
    return f"/v1/documents/{portal.papers[AN][0]}"


def test_the_content_is_what_was_stored_with_its_hash_and_a_neutral_name(portal: Portal) -> None:
    answer = portal.get(paper(portal) + "/content")
    digest = sha256(WHOLE).hexdigest()

    assert answer.content == WHOLE
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(WHOLE))
    assert (answer.headers["etag"], answer.headers["x-content-sha256"]) == (f'"{digest}"', digest)
    assert answer.headers["content-disposition"] == f'attachment; filename="document-{portal.papers[AN][0][:8]}.pdf"'
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=9-", (9, len(WHOLE))),
        ("bytes=-8", (len(WHOLE) - 8, len(WHOLE))),
        ("bytes=100-99999999", (100, len(WHOLE))),
        (f"bytes=-{len(WHOLE) * 2}", (0, len(WHOLE))),
    ],
)
def test_a_part_is_sent_where_a_part_is_asked_for(portal: Portal, asked: str, expected: tuple[int, int]) -> None:
    answer = portal.get(paper(portal) + "/content", Range=asked)
    start, stop = expected

    assert (answer.status_code, answer.content) == (206, WHOLE[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(WHOLE)}"
    assert answer.headers["content-length"] == str(stop - start)


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=-", "bytes=0-1,4-5", "lines=1-2", "bytes=a-b", "bytes=" + "9" * 5000]
)
def test_a_range_that_is_not_understood_gets_the_whole(portal: Portal, asked: str) -> None:
    answer = portal.get(paper(portal) + "/content", Range=asked)

    assert (answer.status_code, answer.content) == (200, WHOLE)


@pytest.mark.parametrize("asked", [f"bytes={len(WHOLE)}-", "bytes=-0"])
def test_a_range_behind_the_end_is_said_to_be_so(portal: Portal, asked: str) -> None:
    answer = portal.get(paper(portal) + "/content", Range=asked)

    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{len(WHOLE)}"


def test_a_part_of_another_version_is_not_mixed_in(portal: Portal) -> None:
    same = portal.get(paper(portal) + "/content", Range="bytes=0-3", **{"If-Range": f'"{sha256(WHOLE).hexdigest()}"'})
    other = portal.get(paper(portal) + "/content", Range="bytes=0-3", **{"If-Range": '"other"'})

    assert (same.status_code, other.status_code, other.content) == (206, 200, WHOLE)


@pytest.mark.parametrize("rot", ROTS)
@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-3"}])
def test_other_bytes_than_were_stored_are_never_sent(
    build: Callable[..., Portal], rot: str, headers: dict[str, str]
) -> None:
    portal = build(RottenWarehouse(ROTS[rot]))
    answer = portal.get(paper(portal) + "/content", **headers)

    assert (answer.status_code, answer.json()["code"]) == (502, "STORE_CORRUPT")
    assert answer.headers["content-type"] == "application/json"
    assert [line[5].split(":")[0] for line in portal.trail] == ["STORE_CORRUPT"]


class SwappedManifest(MemoryWarehouse):
    """Gives the manifest of another paper, or one that nobody can read."""

    def __init__(self, **swapped: object) -> None:
        super().__init__()
        self._swapped = swapped

    def manifest(self, key: RecordKey) -> dict[str, object]:
        """With the swapped parts."""
        return {**super().manifest(key), **self._swapped}


@pytest.mark.parametrize("swapped", [{"content": {"sha256": "e" * 64}}, {"fields": {"full_name": {"value": AN}}}])
def test_a_manifest_that_does_not_fit_the_ledger_is_not_served(
    build: Callable[..., Portal], swapped: dict[str, object]
) -> None:
    portal = build(SwappedManifest(**swapped))
    answer = portal.get(paper(portal))

    assert (answer.status_code, answer.json()["code"]) == (502, "STORE_CORRUPT")
    assert AN not in answer.text + str(portal.trail)


def test_a_sound_paper_is_verified(portal: Portal) -> None:
    assert portal.get(paper(portal) + "/verify").json() == {
        "intact": True,
        "sha256_matches": True,
        "signature_valid": True,
        "signer": SEAL.signer,
        "signed_at": "2026-11-20T08:30:00+07:00",
        "timestamp_at": "2026-11-20T01:30:05Z",
    }


@pytest.mark.parametrize("rot", ROTS)
def test_a_rotten_paper_is_never_called_intact(build: Callable[..., Portal], rot: str) -> None:
    portal = build(RottenWarehouse(ROTS[rot]))
    verdict = portal.get(paper(portal) + "/verify").json()

    assert (verdict["intact"], verdict["sha256_matches"]) == (False, False)


def test_a_broken_seal_names_no_signer_though_the_hash_is_right(
    build: Callable[..., Portal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.twins.portal_house.SEALED_MARK", b"%%ANOTHER")
    portal = build()
    monkeypatch.setattr("tests.twins.portal_house.SEALED_MARK", SEALED_MARK)
    verdict = portal.get(paper(portal) + "/verify").json()

    assert verdict == {
        "intact": False,
        "sha256_matches": True,
        "signature_valid": False,
        "signer": None,
        "signed_at": None,
        "timestamp_at": None,
    }


@pytest.mark.parametrize(
    ("warehouse", "status", "code"),
    [(EmptyShelf, 502, "NO_SUCH_OBJECT"), (DeafWarehouse, 503, "STORE_UNAVAILABLE")],
)
@pytest.mark.parametrize("act", ["content", "verify"])
def test_a_store_in_trouble_is_an_error_and_not_a_missing_paper(
    build: Callable[..., Portal], warehouse: type[MemoryWarehouse], status: int, code: str, act: str
) -> None:
    portal = build(warehouse())
    answer = portal.get(f"{paper(portal)}/{act}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert [line[5] for line in portal.trail] == [code]


@pytest.mark.parametrize(("warehouse", "status"), [(MemoryWarehouse, 200), (DeafWarehouse, 503)])
def test_the_portal_is_ready_while_the_warehouse_answers(
    build: Callable[..., Portal], warehouse: type[MemoryWarehouse], status: int
) -> None:
    client = build(warehouse()).client

    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, status)


def test_the_portal_is_not_ready_when_its_ledger_is_gone(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> None:
    class GoneLedger:
        def receipts(self, _limit: int) -> tuple[()]:
            raise ConnectionError(AN)

    house = portal.app.state.house
    object.__setattr__(house, "ledger", GoneLedger())
    answer = portal.client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})
