"""The manifest that a reception system drops beside a scan: bytes in, what they say out (docs/hand-in.md).

It is believed like a separator sheet, so it is read without mercy: a misspelt key, a number without its leading zero or a
code that is no code refuses the whole file. Whoever writes it is a program and can be corrected.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Final

from dossier.citizen_id import CitizenId, parse_citizen_id
from dossier.codes import CodeProblem
from dossier.dossier_code import DossierCode, parse_dossier_code
from dossier.errors import BadManifest
from dossier.procedure_code import parse_procedure_code
from dossier.sources import SOURCES
from dossier.values import HandedIn, HandInManifest, Sha256

MAX_BYTES: Final = 64_000
"""A manifest holds nine short values; what is longer is something else."""

_TEXT_LETTERS: Final = 200
_IGNORED_PREFIX: Final = "x_"
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
_QUOTED = re.compile(r" ?“[^”]*”")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})")


@dataclass(frozen=True, slots=True)
class Said:
    """What one manifest says."""

    manifest: HandInManifest = field(repr=False)
    scan_sha256: Sha256 | None = None
    """Hash of the scan that it speaks of."""
    pages: int | None = None
    """How many pages the reception system put into the scanner."""
    received_at: datetime | None = None
    """When the dossier was handed in, aware."""


def parse_manifest(content: bytes, office: str) -> Said:
    """Read a manifest that lies in the folder of ``office`` (NFC).

    Raises:
        BadManifest: it is not as the schema says; the detail names key and reason, Vietnamese and English, no value.
    """
    given = _object(content)
    _refuse_unknown(given)
    read: dict[str, object] = {}
    for key, reader in _READERS.items():
        if given.get(key) is not None:
            read[key] = _value(key, given[key], reader)
    if not ("dossier_code" in read or "citizen_id" in read):
        raise _bad("phải có dossier_code hoặc citizen_id", "dossier_code or citizen_id must be there")
    if read.pop("office", office) != office:
        raise _bad("office: không phải thư mục chứa tệp này", "office: not the folder that the file lies in")
    return said_of(read)


def said_of(read: Mapping[str, object]) -> Said:
    """What was said, from values that were read once, for example those of `kept_form`."""
    code, citizen, name, procedure, sha256 = (_text(read.get(key)) for key in _TEXT_KEYS)
    pages, received_at = read.get("pages"), _text(read.get("received_at"))
    return Said(
        HandInManifest(
            DossierCode(code) if code else None,
            CitizenId(citizen) if citizen else None,
            name=name,
            papers=HandedIn(procedure, next((one for one in SOURCES if one == read.get("source")), None)),
        ),
        Sha256(sha256) if sha256 else None,
        pages if isinstance(pages, int) else None,
        datetime.fromisoformat(received_at) if received_at else None,
    )


def kept_form(said: Said) -> dict[str, object]:
    """What was said as the ledger keeps it, JSON; what is not said is not there."""
    manifest = said.manifest
    everything: dict[str, object] = {
        "dossier_code": manifest.dossier_code,
        "citizen_id": manifest.citizen_id,
        "name": manifest.name,
        "procedure": manifest.papers.procedure,
        "source": manifest.papers.source,
        "sha256": said.scan_sha256,
        "pages": said.pages,
        "received_at": said.received_at and said.received_at.isoformat(),
    }
    return {key: value for key, value in everything.items() if value is not None}


_TEXT_KEYS: Final = ("dossier_code", "citizen_id", "name", "procedure", "sha256")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _object(content: bytes) -> dict[str, object]:
    if len(content) > MAX_BYTES:
        raise _bad(f"dài quá {MAX_BYTES} byte", f"longer than {MAX_BYTES} bytes")
    try:
        given = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):  # the decoders quote the content, so nothing is chained
        raise _bad("không phải JSON UTF-8", "not JSON in UTF-8") from None
    if not isinstance(given, dict):
        raise _bad("không phải một đối tượng JSON", "not a JSON object")
    return given


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A key that stands twice says two things; JSON readers silently take the last."""
    given = dict(pairs)
    if len(given) != len(pairs):
        raise _bad("có khóa lặp lại", "a key stands twice")
    return given


def _refuse_unknown(given: Mapping[str, object]) -> None:
    for place, key in enumerate(given, start=1):
        if key in _READERS or key.startswith(_IGNORED_PREFIX):
            continue
        near = get_close_matches(key, _READERS, n=1)  # never the key itself: a name may stand there by mistake
        hint = (f", có phải {near[0]}?", f", is it {near[0]}?") if near else ("", "")
        raise _bad(f"không có khóa như khóa thứ {place}{hint[0]}", f"key {place} is unknown{hint[1]}")


def _value(key: str, given: object, reader: Callable[[object], object]) -> object:
    value = reader(given)
    if isinstance(value, CodeProblem):
        raise _bad(*(_QUOTED.sub("", f"{key}: {words}") for words in (value.vi, value.en)))  # a name may be quoted there
    return value


def _bad(vi: str, en: str) -> BadManifest:
    return BadManifest(f"{vi} / {en}")


def _line(given: object) -> str | CodeProblem:
    """One line of text, NFC, single blanks."""
    if not isinstance(given, str):
        return CodeProblem("phải là chuỗi trong dấu ngoặc kép", "must be a string in quotes")
    if not 0 < len(given) <= _TEXT_LETTERS or not given.strip():
        return CodeProblem(f"phải có từ 1 đến {_TEXT_LETTERS} ký tự", f"must have 1 to {_TEXT_LETTERS} letters")
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in given):  # control letters, halves of a pair
        return CodeProblem("có ký tự điều khiển", "holds control letters")
    return " ".join(unicodedata.normalize("NFC", given).split())


def _code(parse: Callable[[str], str | CodeProblem]) -> Callable[[object], str | CodeProblem]:
    def read(given: object) -> str | CodeProblem:
        line = _line(given)
        return line if isinstance(line, CodeProblem) else parse(line)

    return read


def _matching(pattern: re.Pattern[str], problem: CodeProblem) -> Callable[[object], str | CodeProblem]:
    def read(given: object) -> str | CodeProblem:
        line = _line(given)
        return line if isinstance(line, CodeProblem) or pattern.fullmatch(line) else problem

    return read


def _sha256(given: object) -> str | CodeProblem:
    line = _matching(_SHA256, CodeProblem("phải là 64 chữ số thập lục phân", "must be 64 hexadecimal digits"))(given)
    return line if isinstance(line, CodeProblem) else line.lower()


def _source(given: object) -> str | CodeProblem:
    if isinstance(given, str) and given in SOURCES:
        return given
    allowed = ", ".join(SOURCES)
    return CodeProblem(f"phải là một trong: {allowed}", f"must be one of: {allowed}")


def _pages(given: object) -> int | CodeProblem:
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        return CodeProblem("phải là số nguyên từ 1", "must be an integer from 1")
    return given


def _time(given: object) -> str | CodeProblem:
    problem = CodeProblem("phải là thời điểm ISO 8601 có múi giờ", "must be a time of ISO 8601 with its offset")
    line = _matching(_TIME, problem)(given)
    if isinstance(line, CodeProblem):
        return line
    try:
        return datetime.fromisoformat(line).isoformat()
    except ValueError:  # the 31st of February
        return problem


_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "dossier_code": _code(parse_dossier_code),
    "citizen_id": _code(parse_citizen_id),
    "name": _line,
    "procedure": _code(parse_procedure_code),
    "source": _source,
    "office": _line,
    "received_at": _time,
    "sha256": _sha256,
    "pages": _pages,
}
"""Key of the schema -> what reads its value, or says why it is none."""
