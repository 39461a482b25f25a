"""Anchors: every day the new lines of the audit trail go, encrypted and stamped, into a bucket where nothing changes.

Who owns the database can write the trail anew from any line on, with right hashes; he cannot write the anchors anew. An
anchor is two objects of the locked audit bucket, named by the last line that it holds:

- `anchors/2026/11/000000000123.jsonl.age`: the lines since the anchor before, one JSON each (`storage.audit.trail.told`);
- `anchors/2026/11/000000000123.tsr`: an RFC 3161 response over the SHA-256 of the last line's hash and the hash of the
  stored bytes, as 128 hexadecimal letters: `printf %s%s LINE OBJECT | sha256sum`.

Of several versions of one key the first sound one counts (its bytes hash to what its writer noted). Where two anchored at
once, their anchors hold some lines both; they must be the same lines.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import func, insert, select

from dossier.errors import AuditBroken, NoSuchObject, StoreCorrupt, StoreUnavailable
from dossier.records import StoredObject
from dossier.values import Sha256
from storage.alarms import Alarms
from storage.audit.anchor_objects import LINES, Held, Stamp, lines_in, number_of, stamp_of
from storage.audit.lateness import SUBJECT
from storage.audit.trail import AuditLine, AuditTrail, Break, Reason, lines_after, told
from storage.database.keeping_tables import anchors, objects
from storage.database.tables import audit
from storage.files import hash_of
from storage.inventory import enter_objects
from storage.objects.encrypted import EncryptedObjects
from storage.objects.store import Body

_AT_ONCE: Final = 50_000  # lines in one anchor: about 25 MB in memory


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
        """Anchor all lines that are not; what the ledger does not know, because a run was killed, is finished first.

        Raises:
            AuditBroken: the trail does not hold, or not to the newest anchor; an alarm is raised and nothing is anchored.
            TimestampUnavailable, StoreUnavailable: try again.
        """
        keys = self._keys()
        if (broken := self._broken_since(keys[-1] if keys else None)) is not None:
            exact = self.check()  # against all anchors, so that the alarm names the first line
            broken = exact if isinstance(exact, Break) else broken
            self.alarm(broken)
            raise AuditBroken(f"line {broken.number}: {broken.why}")
        entered = self._entered()
        made = [self._finish(key) for key in keys if key not in entered]
        last = number_of(keys[-1]) if keys else 0
        while (key := self._write(last)) is not None:
            made.append(self._finish(key))
            last = number_of(key)
        Alarms(self.trail.database).settle("not_anchored", SUBJECT, "anchor")
        return tuple(made)

    def restore(self) -> int:
        """Bring back what anchors hold and the trail has not: its database was lost, or put back from a backup.

        Returns:
            The last line of the trail; what came later and was not anchored is gone, and the trail goes on from there.

        Raises:
            AuditBroken: the trail differs from an anchor; an anchor does not hold, or one is missing. The lines up to there
                came back. Or a token does not hold, or one is missing that is not the newest: all lines came back.
        """
        newest = self.trail.lines(1)
        last = newest[0].number if newest else 0
        for key in self._keys():
            held, stamp = self._held(key), self._stamp(key)
            if held is None or held.lines[0].number > last + 1:
                raise AuditBroken(f"line {last + 1}: anchor_broken")
            known = tuple(line for line in held.lines if line.number <= last)
            if known and (differs := self._differs(known)) is not None:
                raise AuditBroken(f"line {differs.number}: {differs.why}")
            with self.trail.database.writing() as connection:
                if lost := [asdict(line) for line in held.lines[len(known) :]]:
                    connection.execute(insert(audit), lost)
            if stamp is not None:  # the newest may still wait for its token
                self._enter(key, held, stamp)
            last = max(last, held.last.number)
        if isinstance(found := self.check(), Break):
            raise AuditBroken(f"line {found.number}: {found.why}")
        Alarms(self.trail.database).settle("audit_broken", SUBJECT, "anchors")
        return last

    def check(self) -> Checked | Break:
        """Hold the trail against itself and against every anchor; the first line that does not hold."""
        found = self._against_anchors()
        broken = self.trail.verify()
        if broken is not None and (isinstance(found, Checked) or broken.number <= found.number):
            return broken
        return found

    def alarm(self, broken: Break) -> None:
        """Raise the alarm over the first line that does not hold."""
        Alarms(self.trail.database).raise_("audit_broken", SUBJECT, f"line {broken.number}: {broken.why}")

    def _against_anchors(self) -> Checked | Break:
        last, stamped = 0, None
        keys = self._keys()
        for key in keys:
            if (held := self._held(key)) is None or held.lines[0].number > last + 1:
                return Break(last + 1, "anchor_broken")
            if (broken := self._differs(held.lines)) is not None:
                return broken
            stamp = self._stamp(key)
            if stamp is not None and (now := self.authority.stamped_at(stamp.response, held.digest)) is not None:
                stamped = now
            elif stamp is not None or key != keys[-1]:  # the newest may still wait for its token
                return Break(last + 1, "anchor_broken")
            last = number_of(key)
        with self.trail.database.reading() as connection:
            lines = connection.execute(select(func.count()).select_from(audit)).scalar_one()
        return Checked(lines, len(keys), last, stamped)

    def _broken_since(self, newest: str | None) -> Break | None:
        """Where the chain holds, and its line at the newest anchor is the anchored one, all lines before it are too."""
        broken = self.trail.verify()
        if broken is not None or newest is None:
            return broken
        held = self._held(newest)
        return Break(number_of(newest), "anchor_broken") if held is None else self._differs(held.lines)

    def _write(self, after: int) -> str | None:
        """Put the next lines into the store; the key, None where there are none."""
        with self.trail.database.reading() as connection:
            lines = tuple(lines_after(connection, after, _AT_ONCE))
        if not lines:
            return None
        key = f"anchors/{datetime.now(UTC):%Y/%m}/{lines[-1].number:012}{LINES}"
        data = "".join(json.dumps(told(line), ensure_ascii=False) + "\n" for line in lines).encode()
        with self.objects.scratch() as folder:
            (folder / "lines").write_bytes(data)
            self.objects.keep(self.bucket, key, folder / "lines", hash_of((data,)), until=self._until())
        return key

    def _finish(self, key: str) -> Anchor:
        """Stamp what lies in the store, unless it is stamped, and enter both objects."""
        held = self._held(key)
        if held is None:
            raise StoreCorrupt("an anchor is not what was written")
        if self._stamp(key) is None:
            response = self.authority.stamp(held.digest)
            body = Body((response,), len(response), hash_of((response,)), "application/timestamp-reply")
            self.objects.store.put_new(self.bucket, stamp_of(key), body, locked_until=self._until())
        stamp = self._stamp(key)  # who else anchors at this moment may have been the first
        stamped = None if stamp is None else self.authority.stamped_at(stamp.response, held.digest)
        if stamp is None or stamped is None:
            raise StoreCorrupt("the timestamp of an anchor does not hold")
        self._enter(key, held, stamp)
        return Anchor(held.last.number, held.last.sha256, stamped)

    def _enter(self, key: str, held: Held, stamp: Stamp) -> None:
        last, stored, at = held.last, held.stored, datetime.now(UTC)
        row = {"number": last.number, "sha256": last.sha256, "anchored_at": at, "key": key, "version_id": stored.version_id}
        with self.trail.database.writing() as connection:
            if connection.execute(select(anchors.c.number).where(anchors.c.number == last.number)).first() is None:
                connection.execute(insert(anchors).values(**row))
            enter_objects(connection, (stored, stamp.stored), None)

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
        found = {one.key for one in self.objects.store.listed(self.bucket, "anchors/") if one.key.endswith(LINES)}
        return tuple(sorted(found, key=number_of))

    def _entered(self) -> set[str]:
        """Keys that the inventory has, and so the table of anchors too."""
        with self.trail.database.reading() as connection:
            return set(connection.execute(select(objects.c.key).where(objects.c.bucket == self.bucket)).scalars())

    def _held(self, key: str) -> Held | None:
        """What an anchor holds; None where it is not what was written."""
        with self.objects.scratch() as folder:
            opened = next(self.objects.sound(self.bucket, key, folder), None)
            lines = () if opened is None else lines_in(opened.content)
            if opened is None or not lines or lines[-1].number != number_of(key):
                return None
            return Held(lines, opened.stored)

    def _stamp(self, key: str) -> Stamp | None:
        """The token of an anchor: the first version whose bytes are those that its writer noted.

        Ceph RGW gives no answer for a version that rotted; one that was restored beside it speaks.
        """
        store, token, silence = self.objects.store, stamp_of(key), None
        for version_id in store.versions(self.bucket, token):
            try:
                head = store.head(self.bucket, token, version_id)
                data = b"".join(store.read(self.bucket, token, version_id))
            except (NoSuchObject, StoreCorrupt):
                continue
            except StoreUnavailable as error:
                silence = error
                continue
            if head is not None and head.sha256 == hash_of((data,)):
                return Stamp(data, StoredObject(self.bucket, token, version_id, hash_of((data,)), len(data)))
        if silence is not None:
            raise silence
        return None

    def _until(self) -> datetime:
        return (datetime.now(UTC) + self.keep).replace(microsecond=0)  # S3 keeps whole seconds
