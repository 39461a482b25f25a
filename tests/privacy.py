"""What must never stand in a log: the persons of the samples, and anything that is shaped like a citizen's ID."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from dossier.citizen_id import parse_citizen_id
from dossier.codes import CodeProblem

TRUTH = Path(__file__).parent.parent / "samples" / "truth.json"

_TWELVE = re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])")
_PERSONS = {"applicant", "name", "father", "mother", "husband", "wife", "authorized_name"}


@cache
def names_of_the_samples() -> frozenset[str]:
    """Every person's name on the sample papers."""
    return frozenset(value for key, value in _leaves(json.loads(TRUTH.read_text(encoding="utf-8"))) if key in _PERSONS)


def personal_data_in(text: str) -> list[str]:
    """What of a text points to a person: names of the samples, numbers that are valid as a citizen's ID."""
    numbers = [found for found in _TWELVE.findall(text) if not isinstance(parse_citizen_id(found), CodeProblem)]
    return numbers + [name for name in names_of_the_samples() if name in text]


def _leaves(node: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _leaves(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value, key)
    elif isinstance(node, str):
        yield key, node
