"""Who may call the portal: a file of callers, their rights and the citizens they may see; tokens are kept as hashes."""

from __future__ import annotations

import hmac
import json
import re
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, Protocol, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from dossier.errors import Misconfigured
from dossier.values import CitizenToken

Right = Literal["list", "read", "verify", "sensitive"]
"""list: which papers a citizen has; read: their fields and pages; verify: whether hash and seal hold; sensitive: all that
also for papers with sensitive personal data (NĐ 13/2023 Art. 2(4)), which without it are listed and no more."""

RIGHTS: Final[tuple[Right, ...]] = get_args(Right)
"""Every right there is, for a command line's help."""

EVERY_CITIZEN: Final = "*"

_TOKEN_PREFIX = "sohoa_"  # noqa: S105 - not a secret: lets scanners for leaked secrets recognise a token
_TOKEN_BYTES = 32  # 256 bits: a plain SHA-256 is enough because nobody can try them all
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_FORBIDDEN_MODE = stat.S_IRWXO | stat.S_IWGRP


@dataclass(frozen=True, slots=True)
class Caller:
    """A system that may call the portal."""

    name: str
    """Stands in the audit trail as the actor: lower-case letters, digits, dot, dash, underscore; at most 64."""
    token_sha256: str = field(repr=False)
    rights: frozenset[Right]
    citizens: frozenset[CitizenToken] | None
    """The citizens it may see; None means everybody."""

    def may_see(self, citizen: CitizenToken) -> bool:
        """Whether papers of this citizen exist for the caller at all."""
        return self.citizens is None or citizen in self.citizens


@dataclass(frozen=True, slots=True)
class Callers:
    """Everybody who may call."""

    all: tuple[Caller, ...]

    def by_token(self, token: str) -> Caller | None:
        """The caller with this token; every entry is compared, in constant time, whether or not one fits."""
        presented = _hash(token)
        fitting = [caller for caller in self.all if hmac.compare_digest(caller.token_sha256, presented)]
        return fitting[0] if fitting else None


class Directory(Protocol):
    """Whoever can say to whom a token belongs."""

    def by_token(self, token: str) -> Caller | None:
        """The caller with this token."""


class CallersFile:
    """The callers of a file, read again when it changes: a token that was taken away is refused at once."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            Misconfigured: as `load_callers`; also later, at the first call after a bad change.
        """
        self._path = path
        self._seen = self._state()
        self._callers = load_callers(path)

    def by_token(self, token: str) -> Caller | None:
        """The caller with this token, by the file as it is now."""
        state = self._state()
        if state != self._seen:
            self._callers, self._seen = load_callers(self._path), state
        return self._callers.by_token(token)

    def _state(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns


class _Entry(BaseModel):
    """One caller as the file has it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(pattern=rf"^{_NAME.pattern}$")
    token_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    rights: list[Right] = Field(min_length=1)
    citizens: Literal["*"] | list[str]


_ENTRIES = TypeAdapter(list[_Entry])


def new_caller(name: str, rights: Iterable[str], citizens: Iterable[str] | None) -> tuple[Caller, str]:
    """Make a caller and its token; the token is told once and kept nowhere.

    Args:
        name: as in `Caller.name`.
        rights: of `Right`, at least one.
        citizens: citizen tokens, or None for everybody.
    """
    token = _TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    entry = {
        "name": name,
        "token_sha256": _hash(token),
        "rights": sorted(rights),
        "citizens": EVERY_CITIZEN if citizens is None else sorted(citizens),
    }
    return _checked([entry]).all[0], token


def load_callers(path: Path) -> Callers:
    """Read and validate the file of callers.

    Raises:
        Misconfigured: it is missing, open to others, not JSON, or an entry is wrong; says which entry.
    """
    try:
        mode = path.stat().st_mode
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise Misconfigured(f"the portal's file of callers cannot be read ({type(problem).__name__})") from problem
    if mode & _FORBIDDEN_MODE:
        raise Misconfigured(f"the portal's file of callers is open to others (mode {mode & 0o777:o}); chmod 600")
    try:
        entries = json.loads(content)
    except json.JSONDecodeError as problem:
        raise Misconfigured(f"the portal's file of callers is not JSON (line {problem.lineno})") from None
    return _checked(entries)


def add_caller(path: Path, name: str, rights: Iterable[str], citizens: Iterable[str] | None) -> str:
    """Enter a new caller into the file (made with mode 0600 if missing) and give its token, to be told once.

    Raises:
        Misconfigured: the name is taken, or the file or the new entry is wrong; the file is unchanged.
    """
    present = load_callers(path).all if path.exists() else ()
    caller, token = new_caller(name, rights, citizens)
    entries = [_as_entry(one) for one in (*present, caller)]
    _checked(entries)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    beside.touch(mode=0o600, exist_ok=False)
    beside.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    beside.replace(path)
    return token


def _as_entry(caller: Caller) -> dict[str, object]:
    return {
        "name": caller.name,
        "token_sha256": caller.token_sha256,
        "rights": sorted(caller.rights),
        "citizens": EVERY_CITIZEN if caller.citizens is None else sorted(caller.citizens),
    }


def _checked(entries: object) -> Callers:
    try:
        read = _ENTRIES.validate_python(entries)
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"] if isinstance(step, int) or step in _Entry.model_fields)
        # never the value: a token pasted in place of its hash would end in the log
        raise Misconfigured(f"portal callers, entry {place or 'list'}: {first['type']}") from None
    callers = tuple(_caller(number, entry) for number, entry in enumerate(read))
    for what, values in (
        ("name", [caller.name for caller in callers]),
        ("token_sha256", [caller.token_sha256 for caller in callers]),
    ):
        if len(set(values)) < len(values):
            raise Misconfigured(f"portal callers: a {what} stands there twice")
    return Callers(callers)


def _caller(number: int, entry: _Entry) -> Caller:
    citizens = None
    if entry.citizens != EVERY_CITIZEN:
        if not all(re.fullmatch(r"[0-9a-f]{32}", token) for token in entry.citizens):
            raise Misconfigured(f"portal callers, entry {number}.citizens: not a citizen token of 32 hexadecimal letters")
        citizens = frozenset(CitizenToken(token) for token in entry.citizens)
    return Caller(entry.name, entry.token_sha256, frozenset(entry.rights), citizens)


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
