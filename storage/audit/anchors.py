"""Anchors: every day the new lines of the audit trail go, encrypted and stamped, into a bucket where nothing changes.

Who owns the database can write the trail anew from any line on, with right hashes; he cannot write the anchors anew. An
anchor is two objects of the locked audit bucket, named by the last line that it holds:

- `anchors/2026/11/000000000123.jsonl.age`: the lines since the anchor before, one JSON each (`storage.audit.trail.told`);
- `anchors/2026/11/000000000123.tsr`: an RFC 3161 response over the SHA-256 of the last line's hash and the hash of the
  stored bytes, as 128 hexadecimal letters: `printf %s%s LINE OBJECT | sha256sum`.

Of several versions of one key the first sound one counts (its bytes hash to what its writer noted).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import func, insert, select

from dossier.errors import AuditBroken, LedgerConflict, NoSuchObject, StoreCorrupt
from dossier.records import StoredObject
from dossier.values import Sha256
from storage.alarms import Alarms, raise_alarm
from storage.audit.lateness import SUBJECT
from storage.audit.trail import AuditLine, AuditTrail, Break, Reason, from_told, lines_after, told
from storage.database.keeping_tables import anchors
from storage.database.tables import audit
from storage.inventory import enter_objects
from storage.objects.encrypted import EncryptedObjects
from storage.objects.store import Body

_AT_ONCE: Final = 50_000  # lines in one anchor: about 25 MB in memory
_LINES: Final = ".jsonl.age"
_STAMP: Final = ".tsr"


class Authority(Protocol):
    """The timestamp authority, see `signing.token`."""

    def stamp(self, digest: bytes) -> bytes:
        """A token over a SHA-256."""

    def stamped_at(self, response: bytes, digest: bytes) -> datetime | None:
        """When it was stamped; None where the token does not hold."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One anchor."""

    number: int
    """Its last line."""
    sha256: Sha256
    """Hash of that line."""
    stamped_at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """What held."""

    lines: int
    """Lines of the trail."""
    anchors: int
    anchored: int
    """Last line that an anchor holds; what comes after it is held by the chain alone."""
    stamped_at: datetime | None
    """Time of the newest anchor."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """The anchors of one trail."""

    trail: AuditTrail
    objects: EncryptedObjects
    bucket: str
    authority: Authority
    keep: timedelta
    """How long nobody can delete an anchor."""

    def anchor(self) -> tuple[Anchor, ...]:
        """Anchor all lines that are not; one that an interrupted run left half is finished first.

        Raises:
            AuditBroken: the trail does not hold, or not to the newest anchor; an alarm is raised and nothing is anchored.
            TimestampUnavailable, StoreUnavailable: try again.
        """
        keys = self._keys()
        if (broken := self._broken_since(keys[-1] if keys else None)) is not None:
            exact = self.check()  # against all anchors, so that the alarm names the first line
            broken = exact if isinstance(exact, Break) else broken
            self._cry(broken)
            raise AuditBroken(f"line {broken.number}: {broken.why}")
        made = [self._finish(key) for key in keys[-1:] if self._stamp(key) is None]
        last = _number_of(keys[-1]) if keys else 0
        while (key := self._write(last)) is not None:
            made.append(self._finish(key))
            last = _number_of(key)
        Alarms(self.trail.database).settle("not_anchored", SUBJECT, "anchor")
        return tuple(made)

    def restore(self) -> int:
        """Bring the lines that anchors hold back into a trail that was lost with its database.

        Returns:
            The last line that came back; what was not anchored yet is gone, and the trail goes on from there.

        Raises:
            LedgerConflict: there are lines already.
            AuditBroken: an anchor does not hold, or does not follow the one before; the lines up to there came back.
        """
        if self.trail.lines(1):
            raise LedgerConflict("the audit trail is not empty")
        last = 0
        for key in self._keys():
            held, stamp = self._held(key), self._stamp(key)
            if held is None or held.lines[0].number != last + 1:
                raise AuditBroken(f"line {last + 1}: anchor_broken")
            with self.trail.database.writing() as connection:
                connection.execute(insert(audit), [asdict(line) for line in held.lines])
            if stamp is not None:  # the newest may still wait for its token
                self._enter(key, held, Body((stamp,), len(stamp), _hash(stamp), ""))
            last = held.last.number
        if (broken := self.trail.verify()) is not None:
            raise AuditBroken(f"line {broken.number}: {broken.why}")
        Alarms(self.trail.database).settle("audit_broken", SUBJECT, "rebuild")
        return last

    def check(self) -> Checked | Break:
        """Hold the trail against itself and against every anchor; the first line that does not hold."""
        found = self._against_anchors()
        broken = self.trail.verify()
        if broken is not None and (isinstance(found, Checked) or broken.number <= found.number):
            return broken
        return found

    def _against_anchors(self) -> Checked | Break:
        last, stamped = 0, None
        keys = self._keys()
        for key in keys:
            if (held := self._held(key)) is None or held.lines[0].number != last + 1:
                return Break(last + 1, "anchor_broken")
            if (broken := self._differs(held.lines)) is not None:
                return broken
            response = self._stamp(key)
            if response is not None and (now := self.authority.stamped_at(response, held.digest)) is not None:
                stamped = now
            elif response is not None or key != keys[-1]:  # the newest may still wait for its token
                return Break(last + 1, "anchor_broken")
            last = _number_of(key)
        with self.trail.database.reading() as connection:
            lines = connection.execute(select(func.count()).select_from(audit)).scalar_one()
        return Checked(lines, len(keys), last, stamped)

    def _broken_since(self, newest: str | None) -> Break | None:
        """Where the chain holds, and its line at the newest anchor is the anchored one, all lines before it are too."""
        broken = self.trail.verify()
        if broken is not None or newest is None:
            return broken
        held = self._held(newest)
        return Break(_number_of(newest), "anchor_broken") if held is None else self._differs(held.lines)

    def _write(self, after: int) -> str | None:
        """Put the next lines into the store; the key, None where there are none."""
        with self.trail.database.reading() as connection:
            lines = tuple(lines_after(connection, after, _AT_ONCE))
        if not lines:
            return None
        key = f"anchors/{datetime.now(UTC):%Y/%m}/{lines[-1].number:012}{_LINES}"
        data = "".join(json.dumps(told(line), ensure_ascii=False) + "\n" for line in lines).encode()
        with self.objects.scratch() as folder:
            (folder / "lines").write_bytes(data)
            self.objects.keep(self.bucket, key, folder / "lines", _hash(data), until=self._until())
        return key

    def _finish(self, key: str) -> Anchor:
        """Stamp what lies in the store, and enter both objects."""
        held = self._held(key)
        if held is None:
            raise StoreCorrupt("an anchor is not what was written")
        response = self.authority.stamp(held.digest)
        body = Body((response,), len(response), _hash(response), "application/timestamp-reply")
        self.objects.store.put_new(self.bucket, _stamp_of(key), body, locked_until=self._until())
        kept = self._stamp(key)
        stamped = None if kept is None else self.authority.stamped_at(kept, held.digest)
        if stamped is None:
            raise StoreCorrupt("the timestamp of an anchor does not hold")
        self._enter(key, held, body)
        return Anchor(held.last.number, held.last.sha256, stamped)

    def _enter(self, key: str, held: _Held, stamp: Body) -> None:
        token = _stamp_of(key)
        version_id = self.objects.store.versions(self.bucket, token)[0]
        stored = (held.stored, StoredObject(self.bucket, token, version_id, stamp.sha256, stamp.size))
        row = {
            "sha256": held.last.sha256,
            "anchored_at": datetime.now(UTC),
            "key": key,
            "version_id": held.stored.version_id,
        }
        with self.trail.database.writing() as connection:
            if connection.execute(select(anchors.c.number).where(anchors.c.number == held.last.number)).first() is None:
                connection.execute(insert(anchors).values(number=held.last.number, **row))
            enter_objects(connection, stored, None)

    def _differs(self, held: tuple[AuditLine, ...]) -> Break | None:
        """The first line of an anchor that the database does not have as it was anchored."""
        with self.trail.database.reading() as connection:
            there = {line.number: line for line in lines_after(connection, held[0].number - 1, len(held))}
        for line in held:
            if (mine := there.get(line.number)) != line:
                beyond = any(number > line.number for number in there)
                reason: Reason = "not_as_anchored" if mine else "missing" if beyond else "cut_off"
                return Break(line.number, reason)
        return None

    def _keys(self) -> tuple[str, ...]:
        """Keys of the objects with lines, in the order of their lines."""
        found = {one.key for one in self.objects.store.listed(self.bucket, "anchors/") if one.key.endswith(_LINES)}
        return tuple(sorted(found, key=_number_of))

    def _held(self, key: str) -> _Held | None:
        """What an anchor holds; None where it is not what was written."""
        with self.objects.scratch() as folder:
            opened = next(self.objects.sound(self.bucket, key, folder), None)
            lines = () if opened is None else _lines(opened.content)
            if opened is None or not lines or lines[-1].number != _number_of(key):
                return None
            return _Held(lines, opened.stored)

    def _stamp(self, key: str) -> bytes | None:
        """The token of an anchor: the first version whose bytes are those that its writer noted."""
        store, token = self.objects.store, _stamp_of(key)
        for version_id in store.versions(self.bucket, token):
            try:
                head = store.head(self.bucket, token, version_id)
                data = b"".join(store.read(self.bucket, token, version_id))
            except (NoSuchObject, StoreCorrupt):
                continue
            if head is not None and head.sha256 == _hash(data):
                return data
        return None

    def _until(self) -> datetime:
        return (datetime.now(UTC) + self.keep).replace(microsecond=0)  # S3 keeps whole seconds

    def _cry(self, broken: Break) -> None:
        with self.trail.database.writing() as connection:
            raise_alarm(connection, "audit_broken", SUBJECT, f"line {broken.number}: {broken.why}")


@dataclass(frozen=True, slots=True)
class _Held:
    """What one anchor holds."""

    lines: tuple[AuditLine, ...]
    stored: StoredObject

    @property
    def last(self) -> AuditLine:
        return self.lines[-1]

    @property
    def digest(self) -> bytes:
        """What is stamped."""
        return sha256((self.last.sha256 + self.stored.sha256).encode()).digest()


def _lines(content: Path) -> tuple[AuditLine, ...]:
    try:
        return tuple(from_told(json.loads(line)) for line in content.read_bytes().splitlines())
    except (ValueError, KeyError, TypeError):
        return ()


def _hash(data: bytes) -> Sha256:
    return Sha256(sha256(data).hexdigest())


def _number_of(key: str) -> int:
    return int(key.rsplit("/", 1)[1].removesuffix(_LINES))


def _stamp_of(key: str) -> str:
    return key.removesuffix(_LINES) + _STAMP
