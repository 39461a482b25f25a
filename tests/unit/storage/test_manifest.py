"""The manifest's form: what the published schema says, and nothing else, passes."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.errors import LedgerConflict, StoreCorrupt
from dossier.records import Change, Conversion, Received, Record, StoredObject
from dossier.sources import SOURCES
from dossier.values import Sha256
from storage.records import manifest as manifests
from storage.records.manifest import Part, Parts
from storage.records.manifest_form import SCHEMA, Manifest, from_bytes, to_bytes, validate
from tests.twins.papers import SEAL, fields, record

DOCS = Path(__file__).parents[3] / "docs"
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
HASH = Sha256("a" * 64)
FREE = ("tools", "settings", "metadata")
"""Places whose names are not ours to choose."""


def full_record() -> Record:
    paper = record()
    page = {
        "number": 1, "scan_sha256": HASH, "width": 100, "height": 200, "dpi": 300.0, "turn": 90, "blank": False,
        "engine": "own", "confidence": 0.9, "notes": ["low_resolution"],
    }  # fmt: skip
    return Record(
        **{name: getattr(paper, name) for name in ("key", "source_sha256", "office", "type", "dossier_code", "verdict")},
        first_page=1,
        last_page=1,
        scan_sha256s=(HASH,),
        fields=fields(full_name="Nguyễn Thử", agency="UBND xã Thử"),
        linked_by=("separator",),
        text=("Chữ",),
        tools={"sohoa": "0.1.0"},
        source="result",
        procedure="1.000656",
        sensitive=True,
        pages=(page,),
        settings={"ocr_engine": "own"},
        received=Received("pdf", 3, 1000, NOW),
        conversion=Conversion("Trung tâm Thử", "SAO LỤC"),
        metadata={"nd30": {"PageAmount": 1}},
        reuse=2,
    )


def full_parts() -> Parts:
    def part(key: str) -> Part:
        return Part(StoredObject("archive", key, "v1", Sha256("b" * 64), 1200), HASH, 1000)

    return Parts(part("document.pdf"), 1, part("text.alto.xml"), SEAL, "c" * 32)


def full() -> Manifest:
    """A second version with something in every place."""
    first = manifests.build(full_record(), full_parts(), stored_at=NOW, keep_until=NOW)
    second = manifests.changed(first, Change({"full_name": "Nguyễn Thứ"}), by="lan", why="đọc sai", at=NOW)
    assert second is not None
    second["seal"]["timestamp_at"] = NOW.isoformat()
    return second


def places(value: object, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a manifest, the inner ones included."""
    if above:
        yield above
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from places(inner, (*above, step))


def holder_of(manifest: Manifest, place: tuple[Any, ...]) -> Any:
    holder: Any = manifest
    for step in place[:-1]:
        holder = holder[step]
    return holder


PLACES = list(places(full()))
OURS = [place for place in PLACES if place[0] not in FREE]
NAMED = [place for place in OURS if isinstance(place[-1], str) and place[:-1] != ("fields",)]
OBJECTS = [(), *(place for place in OURS if isinstance(holder_of(full(), place)[place[-1]], dict))]
ODD = st.sampled_from([-1, -0.5, True, "", "x" * 7, [0], {"odd": 1}, None])


def test_a_manifest_survives_its_way_through_bytes() -> None:
    manifest = full()

    assert from_bytes(to_bytes(manifest)) == manifest


def test_the_record_that_a_manifest_tells_of_is_the_one_that_was_put() -> None:
    paper = full_record()

    assert manifests.record_of(manifests.build(paper, full_parts(), stored_at=NOW, keep_until=NOW)) == paper


def test_vietnamese_is_readable_in_the_kept_bytes() -> None:
    assert "Nguyễn Thứ".encode() in to_bytes(full())


@pytest.mark.parametrize("source", SOURCES)
def test_the_source_stands_in_the_words_that_portals_exchange(source: str) -> None:
    paper = record()
    told = manifests.build(
        Record(**{name: getattr(paper, name) for name in Record.__slots__ if name != "source"}, source=source),  # type: ignore[arg-type]
        full_parts(), stored_at=NOW, keep_until=NOW,
    )  # fmt: skip

    assert told["nguon"] == SOURCES[source]  # type: ignore[index]
    assert manifests.record_of(told).source == source


def test_the_published_schema_is_the_one_that_checks() -> None:
    assert (DOCS / "manifest.schema.json").read_text(encoding="utf-8") == SCHEMA.read_text(encoding="utf-8")


@pytest.mark.parametrize("place", NAMED, ids=str)
def test_every_place_is_required_and_named_when_it_is_missing(place: tuple[Any, ...]) -> None:
    broken = full()
    del holder_of(broken, place)[place[-1]]

    with pytest.raises(StoreCorrupt, match=re.escape(f"lacks {place[-1]}")):
        validate(broken)


def kind_of(value: object) -> str:
    """null, boolean, number, text, list or object, as JSON has them."""
    if isinstance(value, bool) or value is None:
        return str(type(value))
    return "number" if isinstance(value, int | float) else str(type(value))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(OURS), ODD)
def test_no_place_takes_a_value_of_another_kind(place: tuple[Any, ...], odd: object) -> None:
    right = holder_of(full(), place)[place[-1]]
    broken = full()
    holder_of(broken, place)[place[-1]] = copy.deepcopy(odd)
    try:
        validate(broken)
    except StoreCorrupt:
        return
    assert odd is None or right is None or kind_of(odd) == kind_of(right)


@pytest.mark.parametrize("place", OURS, ids=str)
def test_every_place_refuses_what_cannot_stand_there(place: tuple[Any, ...]) -> None:
    broken = full()
    holder_of(broken, place)[place[-1]] = {"odd": [-1.5]}

    with pytest.raises(StoreCorrupt, match=r"does not fit|lacks"):
        validate(broken)


@pytest.mark.parametrize("place", OBJECTS, ids=str)
def test_no_object_takes_a_name_that_is_not_in_the_schema(place: tuple[Any, ...]) -> None:
    broken = full()
    holder_of(broken, (*place, ""))["Nguyễn Thử"] = 1

    with pytest.raises(StoreCorrupt) as complaint:
        validate(broken)
    assert "Nguyễn" not in str(complaint.value)


def test_every_place_is_documented() -> None:
    page = (DOCS / "manifest.md").read_text(encoding="utf-8")

    assert [name for name in full() if f"`{name}`" not in page] == []


@pytest.mark.parametrize("when", ["yesterday", "2026-11-23", "2026-11-23T08:30:00", "2026-13-23T08:30:00+07:00"])
def test_a_time_without_zone_is_no_time(when: str) -> None:
    with pytest.raises(StoreCorrupt, match="stored_at"):
        validate(full() | {"stored_at": when})


@pytest.mark.parametrize("kept", [b"", b"[]", b"null", b"{", b"\xff", b'{"manifest": 1}'])
def test_what_is_no_manifest_of_this_format_is_refused(kept: bytes) -> None:
    with pytest.raises(StoreCorrupt):
        from_bytes(kept)


def test_a_correction_says_what_it_changed_and_what_it_replaces() -> None:
    before = manifests.build(full_record(), full_parts(), stored_at=NOW, keep_until=NOW)
    change = Change({"agency": "", "full_name": "Nguyễn Thứ", "number": "12"})
    after = manifests.changed(before, change, by="lan", why="đọc sai", at=NOW)

    assert after is not None
    assert (after["version"], after["replaces"]["version"]) == (2, 1)
    assert after["correction"]["fields"] == ["agency", "full_name", "number"]
    assert (after["agency"], "agency" in after["fields"]) == (None, False)
    name = after["fields"]["full_name"]
    assert (name["value"], name["source"], name["box"]) == (
        "Nguyễn Thứ", "decision", before["fields"]["full_name"]["box"],
    )  # fmt: skip
    assert after["fields"]["number"]["box"] is None
    assert before["fields"]["full_name"]["value"] == "Nguyễn Thử"


def test_a_change_that_says_nothing_new_makes_no_version() -> None:
    before = manifests.build(full_record(), full_parts(), stored_at=NOW, keep_until=NOW)
    nothing = Change({"full_name": "Nguyễn Thử", "number": ""}, state="valid")

    assert manifests.changed(before, nothing, by="lan", why="x", at=NOW) is None


def test_a_withdrawn_record_takes_no_correction_any_more() -> None:
    before = manifests.build(full_record(), full_parts(), stored_at=NOW, keep_until=NOW)
    gone = manifests.changed(before, Change(state="withdrawn"), by="lan", why="x", at=NOW)

    assert gone is not None
    with pytest.raises(LedgerConflict):
        manifests.changed(gone, Change({"number": "1"}), by="lan", why="x", at=NOW)


def told(manifest: Mapping[str, object]) -> str:
    with pytest.raises(StoreCorrupt) as complaint:
        validate(manifest)
    return str(complaint.value)


def test_a_complaint_names_the_place_and_not_the_person() -> None:
    broken = full()
    broken["fields"]["full_name"]["page"] = "Nguyễn Thử"

    assert "fields.full_name.page" in told(broken)
    assert "Nguyễn" not in told(broken)
