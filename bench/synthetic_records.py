"""Records of nobody, as many as asked for: names, agencies, numbers and texts with the frequencies of real ones."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from config.document_types import load_document_types

_FIRST: Final = datetime(2020, 1, 2, 1, tzinfo=UTC)
_STEP: Final = timedelta(seconds=170)
WORDS: Final = 150
"""Words of a text."""
_SEED: Final = 6

_TABLE: Final[dict[str, list[str]]] = tomllib.loads(Path(__file__).with_name("synthetic_words.toml").read_text("utf-8"))
GIVEN: Final = tuple(_TABLE["given"])
_KINDS: Final = ("Ủy ban nhân dân xã", "Ủy ban nhân dân phường", "Công an xã")
AGENCIES: Final = tuple(f"{kind} {place}" for kind in _KINDS for place in _TABLE["places"])
OFFICES: Final = tuple(f"mot-cua-{number:02d}" for number in range(1, 61))
_HEAD: Final = "cộng hòa xã hội chủ nghĩa việt nam độc lập tự do hạnh phúc"


def vocabulary() -> tuple[str, ...]:
    """Syllables, the most frequent first."""
    common = _TABLE["common"]
    rest = sorted({onset + rhyme for onset in _TABLE["onsets"] for rhyme in _TABLE["rhymes"]} - set(common))
    random.Random(_SEED).shuffle(rest)  # noqa: S311 - the same every time
    return (*common, *rest)


def synthetic_records(count: int) -> Iterator[tuple[dict[str, object], str]]:
    """(line of the table of records, text) of ``count`` records, oldest first; always the same."""
    chance, numbers = random.Random(_SEED), np.random.default_rng(_SEED)  # noqa: S311 - the same every time
    words, types = vocabulary(), [rule.type for rule in load_document_types()]
    weights = 1.0 / (np.arange(len(words)) + 2.7)  # Zipf and Mandelbrot
    weights /= weights.sum()
    drawn = np.empty((0, WORDS), dtype=np.int64)
    for number in range(count):
        if number % 5000 == 0:
            drawn = numbers.choice(len(words), size=(5000, WORDS), p=weights)
        body = " ".join([words[place] for place in drawn[number % 5000]])
        row, name = _row(chance, number, chance.choice(types)), person(chance)
        fields = {"name": name, "number": row["number"], "agency": row["agency"]}
        yield {**row, "fields": fields}, f"{row['agency']} {_HEAD} Số: {row['number']} {name} {body}"


def person(chance: random.Random) -> str:
    """A full name."""
    return f"{_zipf(chance, _TABLE['families'])} {_zipf(chance, _TABLE['middles'])} {chance.choice(GIVEN)}"


def dossier_of(number: int) -> str:
    """Code of the dossier of a record: three records each."""
    day = _FIRST + _STEP * (number // 3 * 3)
    return f"H62.{number // 3 % 90 + 10}-{day:%y%m%d}-{number // 3 % 10_000:04d}"


def citizen_of(number: int) -> str:
    """Token of the citizen of a record: six records each, far apart."""
    return f"{number % 166_667:032x}"


def _row(chance: random.Random, number: int, type_: str) -> dict[str, object]:
    stored_at = _FIRST + _STEP * number
    agency = _zipf(chance, AGENCIES)
    told = f"{chance.randint(1, 3000)}/{chance.choice(('QĐ', 'GXN', 'TB', 'CN'))}-UBND"
    return {
        "record_id": f"{number:032x}", "citizen": citizen_of(number), "drop_id": "d" * 32, "office": _zipf(chance, OFFICES),
        "type": type_, "dossier_code": dossier_of(number), "first_page": 1, "last_page": 2,
        "bucket": "sohoa-archive",
        "content_key": f"citizens/{number:032x}/document.pdf", "version_id": f"{number:032x}", "sha256": f"{number:064x}",
        "size": 180_000, "signer": "Văn phòng", "signed_at": stored_at, "stored_at": stored_at, "number": told,
        "agency": agency, "dated": date(1990, 1, 1) + timedelta(days=int(chance.betavariate(4, 1.2) * 12_700)),
    }  # fmt: skip


def _zipf(chance: random.Random, choices: Sequence[str]) -> str:
    """The first ones often, the last ones now and then."""
    if chance.random() < 0.2:
        return chance.choice(choices)
    return choices[min(int(chance.paretovariate(0.9)), len(choices)) - 1]
