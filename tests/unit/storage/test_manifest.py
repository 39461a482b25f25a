"""The manifest's form."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dossier.errors import StoreCorrupt
from storage import manifest as manifests
from tests.twins.papers import SEAL, record, sealed

DOC = Path(__file__).parents[3] / "docs" / "manifest.md"


@pytest.fixture
def document(tmp_path: Path) -> dict[str, object]:
    return manifests.build(
        record(), sealed(tmp_path), bucket="archive", version_id="v1", stored_at=datetime(2026, 11, 23, tzinfo=UTC)
    )


def test_a_manifest_survives_its_way_through_bytes(document: dict[str, object]) -> None:
    assert manifests.from_bytes(manifests.to_bytes(document)) == document


def test_vietnamese_is_readable_in_the_stored_bytes(document: dict[str, object]) -> None:
    assert "Nguyễn Thử".encode() in manifests.to_bytes(document)


def test_it_tells_where_the_content_is_and_who_signed(document: dict[str, object]) -> None:
    stored = manifests.stored_of(document)

    assert (stored.bucket, stored.version_id, stored.stored_at) == ("archive", "v1", datetime(2026, 11, 23, tzinfo=UTC))
    assert stored.already_there
    assert manifests.seal_of(document) == SEAL


@pytest.mark.parametrize("place", manifests._PLACES)  # the table is what the document must list
def test_every_place_is_required_checked_and_documented(document: dict[str, object], place: str) -> None:
    *above, name = place.split(".")
    for fault in ("missing", "wrong"):
        broken = copy.deepcopy(document)
        holder: dict[str, object] = broken
        for step in above:
            holder = holder[step]  # type: ignore[assignment]
        if fault == "missing":
            del holder[name]
        else:
            holder[name] = -1
        with pytest.raises(StoreCorrupt, match=re.escape(place)):
            manifests.validate(broken)
    assert f"`{place}`" in DOC.read_text(encoding="utf-8")


@pytest.mark.parametrize("stored", [b"", b"[]", b"null", b"{", b"\xff"])
def test_what_is_no_manifest_is_refused(stored: bytes) -> None:
    with pytest.raises(StoreCorrupt):
        manifests.from_bytes(stored)


def test_a_place_that_a_later_version_adds_is_ignored(document: dict[str, object]) -> None:
    assert manifests.validate({**document, "added": 1})["added"] == 1


def test_a_complaint_names_the_place_and_not_the_person(document: dict[str, object]) -> None:
    with pytest.raises(StoreCorrupt) as complaint:
        manifests.validate({**document, "fields": {"full_name": "Nguyễn Thử"}})

    assert "fields" in str(complaint.value)
    assert "Nguyễn" not in str(complaint.value)
