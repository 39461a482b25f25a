"""The one way in: caller, right, purpose, form, scope; and a line in the audit trail before anything leaves."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Literal, TypeVar

from dossier.citizen_id import parse_citizen_id
from dossier.codes import CodeProblem
from dossier.errors import (
    AuditUnavailable,
    DossierError,
    MalformedRequest,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    PurposeRequired,
)
from dossier.id_numbers import holds_id_number
from dossier.values import CitizenToken
from portal.callers import Caller, Directory, Right
from portal.links import read_link
from storage.audit.trail import AuditTrail
from storage.ledger import Ledger, RecordRow
from storage.tokens import citizen_token

Act = Literal["list", "metadata", "content", "link", "verify"]
"""What is done, as the audit trail names it."""

RIGHT_FOR: Final[dict[Act, Right]] = {
    "list": "list",
    "metadata": "read",
    "content": "read",
    "link": "read",
    "verify": "verify",
}

PURPOSE_MAX: Final = 200
"""Letters in a purpose; a dossier code has at most 49."""

_HEX_32 = re.compile(r"[0-9a-f]{32}")

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Knock:
    """What a call says about itself, unchecked."""

    token: str | None = field(repr=False)
    purpose: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Target:
    """Whose papers, or which one; neither when the call's ID is not of its form."""

    citizen: CitizenToken | None = None
    record_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the audit trail in the making."""

    act: Act
    citizen: CitizenToken | None
    record_id: str | None
    actor: str = "unknown"
    why: str = ""


def citizen_target(text: str, key: bytes) -> Target:
    """A citizen by ID number (12 digits) or by token (32 hexadecimal letters)."""
    if _HEX_32.fullmatch(text):
        return Target(citizen=CitizenToken(text))
    if not re.fullmatch(r"[0-9]{12}", text):
        return Target()
    parsed = parse_citizen_id(text)
    return Target() if isinstance(parsed, CodeProblem) else Target(citizen=citizen_token(key, parsed))


def document_target(text: str) -> Target:
    """A document by its ID (32 hexadecimal letters)."""
    return Target(record_id=text if _HEX_32.fullmatch(text) else None)


@dataclass(frozen=True, slots=True)
class Gate:
    """Checks each call in one order and writes each, served or refused, to the audit trail.

    The order is caller (401), right (403), purpose (400), form of the ID (422), scope (404). A paper outside the caller's
    scope costs the same query and ends in the same answer as one that does not exist; only the audit trail knows which.
    """

    callers: Directory
    ledger: Ledger
    audit: AuditTrail

    def serve(self, knock: Knock, act: Act, target: Target, answer: Callable[[tuple[RecordRow, ...]], _Answer]) -> _Answer:
        """Give ``answer`` of the rows that the caller may see, once the trail has it.

        Raises:
            AccessRefused: by the checks above; AuditUnavailable when the trail cannot be written.
        """
        trail = _Trail(self.audit, _Line(act, target.citizen, target.record_id))
        with trail:
            caller = self._caller(knock)
            trail.line = replace(trail.line, actor=caller.name)
            _demand(RIGHT_FOR[act], caller)
            trail.line = replace(trail.line, why=checked_purpose(knock.purpose))
            rows = self._rows(target)
            trail.line = replace(trail.line, citizen=rows[0].citizen if rows else target.citizen)
            _refuse_unseen(rows, caller)
            if act != "list" and rows[0].sensitive:
                _demand("sensitive", caller)
            return answer(rows)

    def follow(self, link: str, token_key: bytes, answer: Callable[[tuple[RecordRow, ...]], _Answer]) -> _Answer:
        """Give ``answer`` of the record that a link opens, once the trail has it in the name of who asked for the link.

        Raises:
            NotFound, LinkExpired: the portal never made it, or its time is over; AuditUnavailable as above.
        """
        trail = _Trail(self.audit, _Line("content", None, None))
        with trail:
            opened = read_link(link, token_key, time.time())
            trail.line = replace(trail.line, actor=opened.caller, why=opened.why, record_id=opened.record_id)
            rows = self._rows(Target(record_id=opened.record_id))
            if not rows:
                raise NotFound
            trail.line = replace(trail.line, citizen=rows[0].citizen)
            return answer(rows)

    def caller_name(self, knock: Knock) -> str:
        """Who calls, for a link that is made in that name."""
        return self._caller(knock).name

    def _caller(self, knock: Knock) -> Caller:
        caller = self.callers.by_token(knock.token) if knock.token else None
        if caller is None:
            raise NotAuthenticated
        return caller

    def _rows(self, target: Target) -> tuple[RecordRow, ...]:
        """Rows that anybody may be shown: what was withdrawn or disposed of is as if it had never been."""
        if target.citizen is not None:
            return tuple(row for row in self.ledger.records_of(target.citizen) if row.state == "valid")
        if target.record_id is None:
            raise MalformedRequest
        row = self.ledger.record(target.record_id)
        return () if row is None or row.state != "valid" else (row,)


class _Trail:
    """Writes the line of one act when the act is over, with how it ended; nothing is served that is not written."""

    def __init__(self, audit: AuditTrail, line: _Line) -> None:
        self._audit = audit
        self.line = line

    def __enter__(self) -> None:
        """The act begins."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        """The act ended well, was refused, or failed."""
        outcome = "SERVED" if error is None else DossierError.code
        if isinstance(error, DossierError):
            outcome = f"{error.code}: {error.detail}" if error.detail else error.code
        try:
            self._audit.write(**asdict(self.line), outcome=outcome)
        except Exception as problem:
            raise AuditUnavailable from problem


def checked_purpose(text: str | None) -> str:
    """The purpose as the trail keeps it: one line of printable letters, no number that looks like a person's ID.

    Header values arrive as Latin-1; what is UTF-8 underneath is read as such, so Vietnamese words may be used.

    Raises:
        PurposeRequired: missing, blank, too long, unprintable, or with an ID number in it.
    """
    try:
        purpose = (text or "").encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        raise PurposeRequired from None
    if not purpose or len(purpose) > PURPOSE_MAX or not purpose.isprintable() or holds_id_number(purpose):
        raise PurposeRequired
    return purpose


def _demand(right: Right, caller: Caller) -> None:
    if right not in caller.rights:
        raise NotAllowed


def _refuse_unseen(rows: tuple[RecordRow, ...], caller: Caller) -> None:
    """All rows are of one citizen."""
    if not rows:
        raise NotFound
    if not caller.may_see(rows[0].citizen):
        raise NotFound("outside the caller's citizens")
