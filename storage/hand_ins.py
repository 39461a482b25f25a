"""What reception systems said of the scans, in the ledger: one line a manifest and scan, never changed.

A line is bound to the *bytes* of a scan (its drop's id is their hash), so it may be entered before the scan's own line:
a crash between the two leaves a line that nobody reads until these very bytes are received. The first reading of a drop's
lines closes them: what comes later cannot change what papers were linked with, and is refused as late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
)

from dossier.errors import InputRefused, ManifestHashDiffers, ManifestLate, ManifestRefused, ManifestWithoutScan
from dossier.values import HandInManifest, Sha256
from dossier.vietnamese import fold
from storage.database.engine import Database
from storage.database.schema import UtcTime, metadata
from storage.database.statements import the_drop
from storage.database.tables import drops, receipts
from storage.intake.hand_in import Said, kept_form, said_of

Bond = Literal["beside", "hash", "name", "last"]
"""Why a manifest is believed to speak of a scan: it lay beside it; it names the hash of its bytes; it came later and bears
its name; or the same when patience is over, so that it is not believed any more but must be answered."""

_NEWEST: Final = 2000
"""Receipts in which a scan of a late manifest's name is looked for: more than an hour of the busiest house."""

_CIRCUMSTANCES: Final[Mapping[str, type[ManifestRefused]]] = {
    one.code: one for one in (ManifestHashDiffers, ManifestLate, ManifestWithoutScan)
}
"""Refusals that the content alone does not tell."""

_LATE_CODES: Final = frozenset({ManifestLate.code, ManifestWithoutScan.code})
"""Refusals that say nothing against a scan."""

hand_ins = Table(
    "hand_ins",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("entered_at", UtcTime, nullable=False),
    Column("office", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("delivery", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64)),
    Column("drop_id", String(32)),
    Column("by_name", Boolean, nullable=False),
    Column("said", JSON(none_as_null=True)),
    Column("code", String(64)),
    CheckConstraint("code IS NOT NULL OR (drop_id IS NOT NULL AND said IS NOT NULL)", name="code"),
    UniqueConstraint("delivery", "office", "file_name", "sha256", "drop_id"),
    Index(None, "drop_id"),
)

hand_in_closings = Table(
    "hand_in_closings",
    metadata,
    Column("drop_id", String(32), primary_key=True),
    Column("closed_at", UtcTime, nullable=False),
    Column("last_hand_in", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A manifest file as it was delivered."""

    office: str
    file_name: str = field(repr=False)
    """Path below the office's folder, NFC."""
    delivery: str
    """What tells one delivery from the next: see `storage.files.mark_of`."""
    size: int
    """Bytes."""
    sha256: Sha256 | None
    """None for what was not read to its end."""
    word: Said | InputRefused = field(repr=False)
    """What it says, or why it cannot be believed."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of a manifest file."""

    entered_at: datetime
    code: str | None
    """Why it was refused."""
    drop_id: str | None
    """A drop that it speaks of."""

    def refusal(self, word: Said | InputRefused) -> InputRefused | None:
        """Why the file goes to the refused shelf; None for one that is taken."""
        if self.code is None:
            return None
        return word if isinstance(word, InputRefused) and word.code == self.code else _CIRCUMSTANCES[self.code]()


@dataclass(frozen=True, slots=True)
class HandIn:
    """What a drop's papers are linked with, beside what stands on them."""

    manifest: HandInManifest | None = field(repr=False)
    """What all manifests of the drop say together; where two disagree, nothing."""
    doubts: tuple[str, ...]
    """Keys of `dossier.doubts.DOUBTS`: every paper of the drop must be held for them."""


class HandIns:
    """The manifests of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entered(self, file: Delivered) -> Entered | None:
        """What became of this very delivery, when a crash left its file in the inbox."""
        with self._database.reading() as connection:
            return _entered(connection, file)

    def enter(self, file: Delivered, drop_ids: Sequence[str], bond: Bond) -> Entered | None:
        """Enter a manifest for the scans that it speaks of; said again it changes nothing.

        Returns:
            What became of it; None when it bears only the name of a scan and may as well speak of the next one.
        """
        with self._database.writing() as connection:
            if (known := _entered(connection, file)) is not None:
                return known
            for drop_id in dict.fromkeys(drop_ids):
                lines, closed = _lines(connection, drop_id), _closed(connection, drop_id) is not None
                if bond == "name" and (lines or closed):
                    continue
                repeats = any(_repeats(file.word, line) for line in lines)
                code = _code(file.word, bond, closed=closed, repeats=repeats)
                _insert(connection, file, drop_id=drop_id, code=code, by_name=bond == "name")
            return _entered(connection, file)

    def refuse(self, file: Delivered, refusal: InputRefused) -> Entered:
        """Enter a manifest that speaks of no scan."""
        with self._database.writing() as connection:
            if (known := _entered(connection, file)) is not None:
                return known
            _insert(connection, file, drop_id=None, code=refusal.code)
            return Entered(datetime.now(UTC), refusal.code, None)

    def deliveries(self, office: str, *, since: datetime, sha256: Sha256 | None) -> tuple[tuple[str, str], ...]:
        """File name and drop id of the scans that an office delivered since then, or (at any time) with these bytes."""
        query = select(receipts.c.file_name, receipts.c.drop_id, receipts.c.duplicate_of)
        query = query.where(receipts.c.office == office, receipts.c.outcome.in_(("taken", "duplicate")))
        if sha256 is None:
            newest = select(func.max(receipts.c.id)).scalar_subquery()
            query = query.where(receipts.c.id > newest - _NEWEST, receipts.c.received_at >= since)
        else:
            query = query.where(receipts.c.sha256 == sha256)
        with self._database.reading() as connection:
            return tuple((name, taken or duplicate) for name, taken, duplicate in connection.execute(query))

    def close(self, drop_id: str) -> HandIn:
        """What the papers of the drop are to be linked with; the first answer stays the answer.

        Raises:
            LedgerConflict: there is no such drop.
        """
        with self._database.writing() as connection:
            drop = the_drop(connection, drop_id)
            last = _closed(connection, drop_id)
            if last is None:
                lines = select(func.coalesce(func.max(hand_ins.c.id), 0)).where(hand_ins.c.drop_id == drop_id)
                last = connection.execute(lines).scalar_one()
                closing = {"drop_id": drop_id, "closed_at": datetime.now(UTC), "last_hand_in": last}
                connection.execute(insert(hand_in_closings).values(**closing))
            return _together([line for line in _lines(connection, drop_id) if line["id"] <= last], drop.pages)


def _entered(connection: Connection, file: Delivered) -> Entered | None:
    """A refusal for one of several scans is what the person at the scanner must see."""
    query = (
        select(hand_ins.c.entered_at, hand_ins.c.code, hand_ins.c.drop_id)
        .where(hand_ins.c.delivery == file.delivery, hand_ins.c.office == file.office)
        .where(hand_ins.c.file_name == file.file_name, hand_ins.c.sha256.is_not_distinct_from(file.sha256))
        .order_by(hand_ins.c.code.is_(None), hand_ins.c.id)
        .limit(1)
    )
    found = connection.execute(query).one_or_none()
    return None if found is None else Entered(*found)


def _insert(
    connection: Connection, file: Delivered, *, drop_id: str | None, code: str | None, by_name: bool = False
) -> None:
    row = {
        "entered_at": datetime.now(UTC),
        "office": file.office,
        "file_name": file.file_name,
        "delivery": file.delivery,
        "size": file.size,
        "sha256": file.sha256,
        "said": kept_form(file.word) if isinstance(file.word, Said) else None,
    }
    connection.execute(insert(hand_ins).values(**row, drop_id=drop_id, code=code, by_name=by_name))


def _lines(connection: Connection, drop_id: str) -> Sequence[RowMapping]:
    query = select(hand_ins).where(hand_ins.c.drop_id == drop_id).order_by(hand_ins.c.id)
    return connection.execute(query).mappings().all()


def _closed(connection: Connection, drop_id: str) -> int | None:
    """The last line that counts for the drop; None while it is open."""
    drop = connection.execute(select(drops.c.state).where(drops.c.id == drop_id)).scalar_one_or_none()
    query = select(hand_in_closings.c.last_hand_in).where(hand_in_closings.c.drop_id == drop_id)
    last = connection.execute(query).scalar_one_or_none()
    return 0 if last is None and drop == "done" else last


def _code(word: Said | InputRefused, bond: Bond, *, closed: bool, repeats: bool) -> str | None:
    if isinstance(word, InputRefused):
        return word.code
    if repeats:
        return None
    return ManifestLate.code if closed or bond == "last" else None


def _repeats(word: Said | InputRefused, line: RowMapping) -> bool:
    """True where the line was believed and says all that the manifest says, so that nothing of it is lost."""
    if isinstance(word, InputRefused) or line["code"] is not None:
        return False
    said = line["said"]
    return all(_alike(key, value, said.get(key)) for key, value in kept_form(word).items())


def _alike(key: str, one: object, other: object) -> bool:
    return one == other or (key == "name" and fold(str(one)) == fold(str(other)))


def _together(lines: Sequence[RowMapping], pages: int) -> HandIn:
    believed = [line for line in lines if line["code"] is None]
    doubts = [] if all(line["code"] is None or line["code"] in _LATE_CODES for line in lines) else ["bad_manifest"]
    together: dict[str, object] = {}
    torn: set[str] = set()
    for line in believed:
        for key, value in line["said"].items():
            if not _alike(key, value, together.setdefault(key, value)):
                torn.add(key)
    if torn - {"received_at"}:
        doubts.append("manifests_differ")
    if any(line["by_name"] for line in believed):
        doubts.append("late_manifest")
    said = said_of({key: value for key, value in together.items() if key not in torn})
    if "pages" not in torn and said.pages not in {None, pages}:
        doubts.append("page_count_differs")
    return HandIn(said.manifest if believed else None, tuple(doubts))
