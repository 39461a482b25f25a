"""The form of a manifest: JSON that fits `manifest.schema.json`, which docs/ publishes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match

from dossier.errors import StoreCorrupt

FORMAT: Final = 2
"""Version of the manifest format; a reader refuses what it does not know."""

SCHEMA: Final = Path(__file__).with_name("manifest.schema.json")

Manifest = dict[str, Any]
"""What `validate` let through."""


def to_bytes(manifest: Mapping[str, object]) -> bytes:
    """The manifest as it is kept: UTF-8, sorted names, readable by a person in fifty years."""
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1, default=dict).encode() + b"\n"


def from_bytes(kept: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        StoreCorrupt: it is no manifest, or of a format that this version does not know; names the first wrong place.
    """
    try:
        found = json.loads(kept)
    except ValueError as error:
        raise StoreCorrupt("the manifest is not JSON") from error
    return validate(found)


def validate(found: object) -> Manifest:
    """Check every place of a manifest; the message names the place, never what stands there.

    Raises:
        StoreCorrupt: a place is missing, wrong, or unknown.
    """
    wrong = best_match(_VALIDATOR.iter_errors(found))
    if wrong is not None:
        raise StoreCorrupt(f"the manifest: {_place_of(wrong)}")
    assert isinstance(found, dict)  # noqa: S101 - the schema says so; tells the type checker
    return found


def _place_of(wrong: ValidationError) -> str:
    """Where it is wrong; what stands there may be a person's data."""
    place = ".".join(str(step) for step in wrong.absolute_path) or "."
    if wrong.validator == "required" and isinstance(wrong.validator_value, list) and isinstance(wrong.instance, dict):
        missing = next(name for name in wrong.validator_value if name not in wrong.instance)
        return f"{place} lacks {missing}"
    return f"{place} does not fit ({wrong.validator})"


def _validator() -> Draft202012Validator:
    formats = FormatChecker(formats=())

    @formats.checks("date-time", raises=ValueError)
    def aware(value: object) -> bool:
        """A time that knows its zone; what is no text is another rule's matter."""
        return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None

    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=formats)


_VALIDATOR: Final = _validator()
