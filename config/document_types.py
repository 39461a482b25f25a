"""The table of document types, read and checked once at the start; the code in `ocr` only scores it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dossier.checks import CHECKS
from dossier.doubts import DOUBTS
from dossier.errors import Misconfigured
from dossier.types import (
    CheckKind,
    CrossCheck,
    Cue,
    FieldKind,
    FieldRule,
    Party,
    Place,
    TypeRule,
    WeightedCue,
    Zone,
)
from dossier.values import UNKNOWN_TYPE
from dossier.vietnamese import fold

_Value = TypeVar("_Value")
_NAME = r"^[a-z][a-z0-9_]*$"


class _Entry(BaseModel):
    """Settings of every kind of entry: strict, and no unknown key passes (it would be a misspelt one)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _CueEntry(_Entry):
    phrases: list[str] = Field(min_length=1)
    zone: Zone = "any"


class _FieldEntry(_Entry):
    name: str = Field(pattern=_NAME)
    kind: FieldKind
    place: Place = "label"
    labels: list[str] = []
    of: str = ""
    beside: str = ""
    lines: int = Field(default=2, ge=1, le=10)
    keep_label: bool = False
    value: str = ""


class _PartyEntry(_Entry):
    headings: list[str] = Field(min_length=1)


class _CheckEntry(_Entry):
    kind: CheckKind
    field: str = Field(pattern=_NAME)
    others: list[str] = []
    passed: str = ""
    doubt: str
    sex: Literal["", "Nam", "Nữ"] = ""


class _TypeEntry(_Entry):
    name: str = Field(pattern=_NAME)
    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)
    titles: list[str] = []
    title_weight: float = Field(default=0.75, gt=0, le=1)
    names_others: bool = False
    symbols: list[str] = []
    support: dict[str, float] = {}
    untitled: dict[str, float] = {}
    untitled_forbid: list[str] = []
    forbid: list[str] = []
    continues: list[str] = []
    one_page: bool = False
    fields: list[str] = []
    required: list[str] = []
    applicant: bool = True


class _Table(_Entry):
    stops: list[str] = []
    cue: dict[str, object] = {}
    field: dict[str, object] = {}
    party: dict[str, object] = {}
    check: dict[str, object] = {}
    type: list[object] = Field(min_length=1)


class _Shared(NamedTuple):
    """What the entries of types refer to."""

    cues: Mapping[str, Cue]
    fields: Mapping[str, FieldRule]
    stops: tuple[str, ...]
    parties: tuple[Party, ...]
    checks: tuple[CrossCheck, ...]


_Model = TypeVar("_Model", bound=_Entry)


def load_document_types(path: Path | None = None) -> tuple[TypeRule, ...]:
    """Read the table of types; without ``path`` the one that ships with the programs.

    Args:
        path: a file, or a folder whose ``*.toml`` together are the table.

    Raises:
        Misconfigured: naming the entry and what is wrong with it.
    """
    table = _checked(_Table, _read(path or files("config") / "types"), "table")
    shared = _shared(table)
    rules = tuple(
        _type(_checked(_TypeEntry, entry, _place(number, entry)), shared)
        for number, entry in enumerate(table.type, start=1)
    )
    _refuse_twins(rules)
    return rules


def _read(path: Traversable) -> dict[str, object]:
    """The parts put together; a name that two files define is an error, not a choice."""
    whole: dict[str, object] = {}
    try:
        parts = sorted(path.iterdir(), key=lambda part: part.name) if path.is_dir() else [path]
        for part in (part for part in parts if part.name.endswith(".toml")):
            _add(whole, tomllib.loads(part.read_text(encoding="utf-8")), part.name)
    except OSError as error:
        raise Misconfigured(f"document types: the table cannot be opened: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"document types: not a TOML file: {error}") from error
    return whole


def _add(whole: dict[str, object], part: Mapping[str, object], where: str) -> None:
    for key, value in part.items():
        there = whole.setdefault(key, type(value)())
        if isinstance(there, dict) and isinstance(value, dict):
            if twins := there.keys() & value.keys():
                raise Misconfigured(f"document types, {where}: {key}.{min(twins)} stands in another file too")
            there |= value
        elif isinstance(there, list) and isinstance(value, list):
            there += value
        else:
            raise Misconfigured(f"document types, {where}: {key}: another file gives it another form")


def _checked(model: type[_Model], entry: object, where: str) -> _Model:
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise Misconfigured(f"document types, {where}: {key + ': ' if key else ''}{first['msg']}") from error


def _place(number: int, entry: object) -> str:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    return f"[[type]] {name!r}" if isinstance(name, str) else f"[[type]] number {number}"


def _shared(table: _Table) -> _Shared:
    parties = {name: _checked(_PartyEntry, entry, f"[party.{name}]") for name, entry in table.party.items()}
    entries = {name: _checked(_FieldEntry, entry, f"[field.{name}]") for name, entry in table.field.items()}
    for name, entry in entries.items():
        if entry.of and entry.of not in parties:
            raise Misconfigured(f"document types, [field.{name}]: of: {entry.of!r} is not defined")
    return _Shared(
        cues={name: _cue(name, _checked(_CueEntry, entry, f"[cue.{name}]")) for name, entry in table.cue.items()},
        fields={name: _field(name, entry) for name, entry in entries.items()},
        stops=_folded(table.stops, "stops"),
        parties=tuple(Party(name, _folded(entry.headings, f"[party.{name}]")) for name, entry in parties.items()),
        checks=tuple(_check(name, _checked(_CheckEntry, entry, f"[check.{name}]")) for name, entry in table.check.items()),
    )


def _check(name: str, entry: _CheckEntry) -> CrossCheck:
    where = f"[check.{name}]"
    _known(DOUBTS, entry.doubt, where)
    if entry.kind != "id_fits":
        _known(CHECKS, entry.passed, where)
    if not (entry.others or entry.sex):
        raise Misconfigured(f"document types, {where}: others: nothing to hold {entry.field!r} against")
    return CrossCheck(name, entry.kind, entry.field, tuple(entry.others), entry.passed, entry.doubt, entry.sex)


def _cue(name: str, entry: _CueEntry) -> Cue:
    return Cue(name, _folded(entry.phrases, f"[cue.{name}]"), entry.zone)


def _field(key: str, entry: _FieldEntry) -> FieldRule:
    where = f"[field.{key}]"
    if entry.place == "label" and not entry.labels:
        raise Misconfigured(f"document types, {where}: labels: needed where the place is a label")
    if (entry.kind == "fixed") != bool(entry.value):
        raise Misconfigured(f"document types, {where}: value: belongs to the kind 'fixed', and only to it")
    return FieldRule(
        name=entry.name,
        kind=entry.kind,
        place=entry.place,
        labels=_folded(entry.labels, where),
        of=entry.of,
        beside=entry.beside,
        lines=entry.lines,
        keep_label=entry.keep_label,
        value=entry.value,
    )


def _type(entry: _TypeEntry, shared: _Shared) -> TypeRule:
    where = f"[[type]] {entry.name!r}"
    if entry.name == UNKNOWN_TYPE:
        raise Misconfigured(f"document types, {where}: the name is kept for papers that no rule recognises")
    if not entry.titles and not entry.untitled:
        raise Misconfigured(f"document types, {where}: needs titles or untitled cues")
    chosen = tuple(_known(shared.fields, key, f"{where}: fields") for key in entry.fields)
    for name in entry.required:
        if name not in {rule.name for rule in chosen}:
            raise Misconfigured(f"document types, {where}: required: {name!r} is not among its fields")
    return TypeRule(
        type=entry.name,
        vi=entry.vi,
        en=entry.en,
        titles=_folded(entry.titles, where),
        title_weight=entry.title_weight,
        names_others=entry.names_others,
        symbols=_letters(entry.symbols, f"{where}: symbols"),
        support=_weighted(entry.support, shared.cues, f"{where}: support"),
        untitled=_weighted(entry.untitled, shared.cues, f"{where}: untitled"),
        untitled_forbid=tuple(_known(shared.cues, name, f"{where}: untitled_forbid") for name in entry.untitled_forbid),
        forbid=tuple(_known(shared.cues, name, f"{where}: forbid") for name in entry.forbid),
        continues=tuple(_known(shared.cues, name, f"{where}: continues") for name in entry.continues),
        one_page=entry.one_page,
        fields=chosen,
        required=tuple(entry.required),
        stops=shared.stops,
        parties=shared.parties,
        checks=tuple(check for check in shared.checks if check.field in {rule.name for rule in chosen}),
        applicant=entry.applicant,
    )


def _weighted(weights: Mapping[str, float], cues: Mapping[str, Cue], where: str) -> tuple[WeightedCue, ...]:
    for name, weight in weights.items():
        if not 0 < weight <= 1:
            raise Misconfigured(f"document types, {where}.{name}: a weight is over 0 and at most 1")
    return tuple(WeightedCue(_known(cues, name, where), weight) for name, weight in weights.items())


def _known(table: Mapping[str, _Value], name: str, where: str) -> _Value:
    if name not in table:
        raise Misconfigured(f"document types, {where}: {name!r} is not defined")
    return table[name]


def _folded(phrases: list[str], where: str) -> tuple[str, ...]:
    folded = tuple(fold(phrase) for phrase in phrases)
    if not all(folded):
        raise Misconfigured(f"document types, {where}: an empty phrase would match everything")
    return folded


def _letters(symbols: list[str], where: str) -> tuple[str, ...]:
    for symbol in symbols:
        if not symbol.isalpha():
            raise Misconfigured(f"document types, {where}: {symbol!r} is not made of letters only")
    return tuple(symbols)


def _refuse_twins(rules: tuple[TypeRule, ...]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.type in seen:
            raise Misconfigured(f"document types, [[type]] {rule.type!r}: stands twice")
        seen.add(rule.type)
