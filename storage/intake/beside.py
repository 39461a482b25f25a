"""Taking the manifests of the inbox: with the scan that they lie beside, or alone when they come too early or too late.

A manifest is entered before its scan's line and moved after it. What was entered but, because of a crash, not moved is
recognised as the same delivery and only moved, so it is never believed of a second scan of the same name.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dossier.errors import (
    BadManifest,
    FileChanged,
    InputRefused,
    ManifestHashDiffers,
    ManifestLate,
    ManifestWithoutScan,
    Misconfigured,
    NotAPlainFile,
)
from dossier.errors.intake import FileUnreadable
from dossier.values import Sha256
from storage.files import hash_of, mark_of, read_start
from storage.hand_ins import Bond, Delivered, Entered
from storage.intake.dropped import DroppedFile, scans_beside, speaks_of
from storage.intake.hand_in import MAX_BYTES, Said, parse_manifest
from storage.intake.looking import hash_closed, looking, must_be_closed, status_of
from storage.intake.put_aside import put_aside_refused, put_aside_taken
from storage.ledger import Ledger, drop_id_of


@dataclass(frozen=True, slots=True)
class Beside:
    """A manifest that was entered and waits to be moved out of the inbox."""

    file: DroppedFile
    delivered: Delivered
    entered: Entered

    def put_aside(self, inbox: Path) -> None:
        """Move it to `.taken` or, with the reason beside it, to `.refused`."""
        path, delivery, office = self.file.path, self.delivered.delivery, self.file.office
        refusal = self.entered.refusal(self.delivered.word)
        if refusal is None:
            put_aside_taken(path, delivery, office, self.entered.entered_at, inbox)
        else:
            put_aside_refused(path, delivery, office, refusal, inbox)


def enter_beside(manifests: Iterable[DroppedFile], ledger: Ledger, inbox: Path) -> tuple[Beside, ...]:
    """Enter the manifests that lie beside a scan which is whole, for all scans of their name that lie there now."""
    return tuple(_enter_with_scans(file, ledger, inbox) for file in manifests)


def refuse_beside(manifests: Iterable[DroppedFile], scan: DroppedFile, ledger: Ledger, inbox: Path) -> tuple[Beside, ...]:
    """Enter as refused the manifests that speak of no other scan than a refused one.

    Else the next scan of its name, of another person perhaps, would be taken for theirs.
    """
    entered = []
    for file in manifests:
        if any(one.path != scan.path for one in scans_beside(file)):
            continue
        delivered = _delivered(file, inbox)
        word = delivered.word if isinstance(delivered.word, InputRefused) else ManifestWithoutScan()
        entered.append(Beside(file, delivered, ledger.hand_ins.refuse(delivered, word)))
    return tuple(entered)


def receive_alone(file: DroppedFile, *, ledger: Ledger, inbox: Path, still_for: float, patience: float) -> Entered | None:
    """Take one still manifest, unless its scan lies beside it (that one brings it) or may still come.

    Args:
        file: what lies in the inbox.
        ledger: gets a line a manifest and scan.
        inbox: folder whose `.taken` and `.refused` the file goes to.
        still_for: seconds that the file has not changed.
        patience: seconds after which no scan is waited for.

    Returns:
        What became of it; None where it stays.

    Raises:
        Misconfigured: it is a folder that may not be read.
        FileChanged: somebody still writes it, or another process has just taken it.
    """
    delivered = _delivered(file, inbox)
    entered = ledger.hand_ins.entered(delivered)
    if entered is None and scans_beside(file):
        return None
    entered = entered or _enter_late(delivered, ledger, still_for, patience)
    if entered is not None:
        Beside(file, delivered, entered).put_aside(inbox)
    return entered


def _enter_with_scans(file: DroppedFile, ledger: Ledger, inbox: Path) -> Beside:
    delivered = _delivered(file, inbox)
    scans = {hash_closed(scan.path) for scan in scans_beside(file) if _is_plain(scan.path)}
    wanted = delivered.word.scan_sha256 if isinstance(delivered.word, Said) else None
    if wanted is not None and wanted not in scans:
        delivered = replace(delivered, word=ManifestHashDiffers())
    elif wanted is not None:
        scans = {wanted}
    entered = ledger.hand_ins.enter(delivered, [*map(drop_id_of, sorted(scans))], "beside")
    if entered is None:
        raise FileChanged("the scan is gone")
    return Beside(file, delivered, entered)


def _enter_late(delivered: Delivered, ledger: Ledger, still_for: float, patience: float) -> Entered | None:
    word = delivered.word
    sha256 = word.scan_sha256 if isinstance(word, Said) else None
    since = datetime.now(UTC) - timedelta(seconds=still_for + patience)
    deliveries = ledger.hand_ins.deliveries(delivered.office, since=since, sha256=sha256)
    names = speaks_of(delivered.file_name, tuple(name for name, _ in deliveries))
    spoken_of = {drop_id for name, drop_id in deliveries if name in names}
    if len(spoken_of) == 1:
        bond: Bond = "hash" if sha256 else "name" if still_for < patience else "last"
        return ledger.hand_ins.enter(delivered, [*spoken_of], bond)
    if still_for < patience:
        return None
    refusal = ManifestLate() if spoken_of else ManifestWithoutScan()
    return ledger.hand_ins.refuse(delivered, word if isinstance(word, InputRefused) else refusal)


def _delivered(file: DroppedFile, inbox: Path) -> Delivered:
    before = status_of(file.path)
    if stat.S_ISDIR(before.st_mode):
        raise Misconfigured("a folder of the inbox cannot be read")
    sha256, word = _word(file, regular=stat.S_ISREG(before.st_mode))
    delivery = mark_of(before)
    if mark_of(status_of(file.path)) != delivery:
        raise FileChanged("while it was being read")
    return Delivered(file.told_office, file.told_name(inbox), delivery, before.st_size, sha256, word)


def _word(file: DroppedFile, *, regular: bool) -> tuple[Sha256 | None, Said | InputRefused]:
    if not regular:
        return None, NotAPlainFile()
    try:
        must_be_closed(file.path)
        with looking():
            content = read_start(file.path, MAX_BYTES + 1)
    except FileUnreadable:
        return None, BadManifest("không có quyền đọc / no right to read it")
    try:
        return hash_of([content]), parse_manifest(content, file.told_office)
    except InputRefused as refusal:
        return hash_of([content]), refusal


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
