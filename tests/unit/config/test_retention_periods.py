"""The table of periods: every type of paper has one, and only what is known is named."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from config.document_types import load_document_types
from config.retention import load_retention
from dossier.errors import Misconfigured

TYPES = [rule.type for rule in load_document_types()]
DEFAULT = '[default]\nyears = 10\nsource = "house"\n'
PERIOD = '[[period]]\ntypes = ["a"]\nyears = 20\nsource = "law"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "retention.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_type_that_ships_has_a_period_with_its_source() -> None:
    table = load_retention(TYPES)

    assert set(table.periods) == set(TYPES)
    assert all(period.source for period in table.periods.values())


@pytest.mark.parametrize(
    "type_", ["phieu_ly_lich_tu_phap", "giay_kham_suc_khoe", "can_cuoc_cong_dan", "ho_chieu", "giay_khai_sinh"]
)
def test_what_the_law_calls_sensitive_is_sensitive(type_: str) -> None:
    assert load_retention(TYPES).of(type_).sensitive


def test_a_lock_is_never_shorter_than_its_years() -> None:
    table = load_retention(TYPES)

    assert table.lock("giay_khai_sinh") == timedelta(days=7305)  # 20 years with five leap days
    assert table.lock("a type of long ago") == table.default.lock


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (PERIOD, "default"),
        (DEFAULT, "period"),
        (DEFAULT + PERIOD.replace("20", "0"), "period.0.years"),
        (DEFAULT + PERIOD + 'colour = "red"', "period.0.colour"),
        (DEFAULT + PERIOD + PERIOD, "'a' stands twice"),
        (DEFAULT + PERIOD.replace('"a"', '"a", "z"'), "'z' is no type"),
        (DEFAULT + PERIOD.replace('"a"', '"b"'), "'a' has no period"),
        ("years = ", "TOMLDecodeError"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_the_place(tmp_path: Path, text: str, complaint: str) -> None:
    types = ["a", "b"] if "'a' has no" in complaint else ["a"]

    with pytest.raises(Misconfigured, match=complaint):
        load_retention(types, written(tmp_path, text))
