"""The language of the search: what a person types becomes a `Query`; its rules stand in docs/search.md."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from dossier.citizen_id import CitizenId, parse_citizen_id
from dossier.errors import QueryMalformed
from dossier.values import CitizenToken
from dossier.vietnamese import any_marks, fold_word, has_personal_number, parse_date, typed_words, words_of
from storage.search.keys import facet_key, year_key

Place = Literal["text", "agency", "names"]

_SIGNS: Final[Mapping[str, Place]] = {"": "text", "a=": "agency", "p=": "names"}

FIELDS: Final[Mapping[str, str]] = {
    "type": "t=", "loai": "t=", "office": "o=", "donvi": "o=", "dossier": "d=", "hoso": "d=", "number": "n=", "so": "n=",
    "agency": "a=", "coquan": "a=", "name": "p=", "ten": "p=",
    "from": "since", "tu": "since", "to": "until", "den": "until", "citizen": "citizen", "congdan": "citizen",
}  # fmt: skip
"""What may stand before a colon -> where it looks."""

_KINDS: Final[Mapping[str, str]] = {sign: name for name, sign in reversed(tuple(FIELDS.items()))}
"""Where a field looks -> its English name."""

_PART: Final = re.compile(r'(?:(?P<field>[^\W\d_]+):)?(?:"(?P<quoted>[^"]*)"(?P<more>\*?)|(?P<bare>[^\s"]+)|(?<=:))')
_ISO: Final = re.compile(r"(\d{4})(?:-(\d{2})-(\d{2}))?")
_FIRST_YEAR: Final = 1880
_LAST_YEAR: Final = 2100
_SHORTEST_PREFIX: Final = 2
"""Letters; one letter would be the beginning of nearly every paper's words."""
_LONGEST: Final = 1000
"""Letters of a query."""


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the index, or all that begin with it."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other; the index names the papers that hold them, their text decides."""

    place: Place
    pattern: re.Pattern[str] = field(repr=False)

    def stands_in(self, line: str) -> bool:
        """True where the line of words has it."""
        return self.pattern.search(f" {line} ") is not None


@dataclass(frozen=True, slots=True)
class Query:
    """What must all be true of a hit."""

    clauses: tuple[tuple[Key, ...], ...] = field(repr=False)
    """Of each clause at least one key."""
    phrases: tuple[Phrase, ...] = ()
    since: date | None = None
    """First day of issue."""
    until: date | None = None
    """Last day of issue."""
    citizen: CitizenToken | None = None
    kinds: tuple[str, ...] = ()
    """What it is made of: what may be written down of a search."""


@dataclass(frozen=True, slots=True)
class _Part:
    kind: str
    clauses: tuple[tuple[Key, ...], ...] = ()
    phrase: Phrase | None = None
    day: date | None = None
    citizen: CitizenToken | None = None


def parse_query(text: str, token_of: Callable[[CitizenId], CitizenToken] | None = None) -> Query:
    """Read a search as a person types it.

    Args:
        text: words, phrases in quotes, prefixes with ``*``, fields before a colon.
        token_of: turns a citizen ID into its token; without it ``citizen:`` is refused.

    Raises:
        QueryMalformed: nothing is searched for, a field is unknown, or its value is not of its form.
    """
    text = unicodedata.normalize("NFC", text)
    if len(text) > _LONGEST:
        raise QueryMalformed(f"longer than {_LONGEST} letters")
    if text.count('"') % 2:
        raise QueryMalformed("a quote is not closed")
    parts = tuple(_parts(text, token_of))
    if has_personal_number(_words_asked_for(text)):
        raise QueryMalformed("an ID number is not in the index; write it behind citizen:")
    if not parts:
        raise QueryMalformed("empty")
    since = max((part.day for part in parts if part.kind == "since" and part.day), default=None)
    until = min((part.day for part in parts if part.kind == "until" and part.day), default=None)
    citizens = {part.citizen for part in parts if part.citizen}
    if len(citizens) > 1:
        raise QueryMalformed("citizen: twice")
    clauses = [clause for part in parts for clause in part.clauses]
    if since or until:
        clauses.append(_years(since, until))
    return Query(
        clauses=tuple(dict.fromkeys(clauses)),
        phrases=tuple(part.phrase for part in parts if part.phrase),
        since=since,
        until=until,
        citizen=next(iter(citizens), None),
        kinds=tuple(sorted({_KINDS.get(part.kind, part.kind) for part in parts})),
    )


def _words_asked_for(text: str) -> str:
    """What would be looked for in the index, without days and the citizen: they are no words."""
    parts = ((FIELDS.get(fold_word(match["field"] or "")), match[0]) for match in _PART.finditer(text))
    return " ".join(part for sign, part in parts if sign not in {"citizen", "since", "until"})


def _parts(text: str, token_of: Callable[[CitizenId], CitizenToken] | None) -> Iterator[_Part]:
    for match in _PART.finditer(text):
        name, quoted = match["field"], match["quoted"] is not None
        value = match["quoted"] if quoted else match["bare"] or ""
        prefix = bool(match["more"]) or value.endswith("*")
        if name is None:
            yield from _words("", value, prefix=prefix)
            continue
        sign = FIELDS.get(fold_word(name))
        if sign is None:
            raise QueryMalformed(f"unknown field; fields are {', '.join(FIELDS)}")
        if sign in _SIGNS:
            found = tuple(_words(sign, value, prefix=prefix))
            if not found:
                raise QueryMalformed(f"{name}: has no value")
            yield from found
        elif sign in ("since", "until"):
            yield _Part(sign, day=_day(name, value, last=sign == "until"))
        elif sign == "citizen":
            yield _citizen(value, token_of)
        else:
            yield _facet(sign, name, value, prefix=prefix)


def _words(sign: str, value: str, *, prefix: bool) -> Iterator[_Part]:
    words = words_of(value)
    if not words:
        return
    last = _forms(words[-1], value) if prefix else (words[-1],)
    if prefix and len(words[-1]) < _SHORTEST_PREFIX:
        raise QueryMalformed(f"a beginning has {_SHORTEST_PREFIX} letters or more")
    clauses: list[tuple[Key, ...]] = [(Key(sign + word),) for word in words[:-1]]
    clauses.append(tuple(Key(sign + form, prefix) for form in last))
    if len(words) == 1:
        yield _Part(sign or ("prefix" if prefix else "word"), tuple(clauses))
        return
    pattern = " ".join(_pattern(word) for word in words[:-1])
    ends = "|".join(_pattern(form) for form in last)
    whole = re.compile(f" {pattern} (?:{ends}){'' if prefix else ' '}")
    yield _Part(sign or "phrase", tuple(clauses), Phrase(_SIGNS[sign], whole))


def _forms(word: str, typed: str) -> tuple[str, ...]:
    """A beginning with its tone where the older rule puts it, and as typed: ``hoà*`` begins ``hòa`` and ``hoàng``."""
    raw = typed_words(typed)[-1]
    return (word,) if raw == word else (word, raw)


def _pattern(word: str) -> str:
    return any_marks(word) if fold_word(word) == word else re.escape(word)


def _facet(sign: str, name: str, value: str, *, prefix: bool) -> _Part:
    key = facet_key(sign[:-1], value.removesuffix("*"))
    if len(key) == len(sign):
        raise QueryMalformed(f"{name}: has no value")
    return _Part(sign, ((Key(key, prefix),),))


def _day(name: str, value: str, *, last: bool) -> date:
    iso = _ISO.fullmatch(value.strip())
    found = parse_date(value)
    if iso is not None:
        year, month, day = (int(part) if part else None for part in iso.groups())
        try:
            found = date(year or 0, month or (12 if last else 1), day or (31 if last else 1))
        except ValueError:
            found = None
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise QueryMalformed(f"{name}: is not a date (dd/mm/yyyy, yyyy-mm-dd, yyyy)")
    return found


def _citizen(value: str, token_of: Callable[[CitizenId], CitizenToken] | None) -> _Part:
    citizen = parse_citizen_id(value)
    if not isinstance(citizen, str):
        raise QueryMalformed("citizen: is not an ID number")
    if token_of is None:
        raise QueryMalformed("citizen: cannot be asked here")
    token = token_of(citizen)
    return _Part("citizen", ((Key(f"c={token}"),),), citizen=token)


def _years(since: date | None, until: date | None) -> tuple[Key, ...]:
    first, last = since.year if since else _FIRST_YEAR, until.year if until else _LAST_YEAR
    if since and until and since > until:
        raise QueryMalformed("the first day is after the last")
    return tuple(Key(year_key(year)) for year in range(first, last + 1))
