"""What must hold when everything is quiet again: nothing lost, nothing twice, nothing unseen."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from minio import Minio

from cli.verifying import verify_record
from config.settings import Settings
from dossier.errors import DossierError
from flows.tools import open_tools
from storage.account import account_of
from storage.alarms import Alarms
from storage.desk import Desk
from storage.ledger import Ledger
from tests.chaos.load import Delivered

_OUTCOME: Final = {"sure": "taken", "doubtful": "taken", "again": "duplicate", "broken": "refused"}


@dataclass
class Verdict:
    """What was found; every list is empty where all is well."""

    lost: list[str] = field(default_factory=list)
    """Bytes or documents that are not there."""
    double: list[str] = field(default_factory=list)
    """Documents, records or objects that are there twice."""
    unsound: list[str] = field(default_factory=list)
    """Records whose hash or signature does not hold."""
    unseen: list[str] = field(default_factory=list)
    """What did not come to an end, or failed, without an alarm."""
    left: list[str] = field(default_factory=list)
    """What should have been cleared away."""
    drops: int = 0
    records: int = 0
    failed: int = 0
    """Drops given up, with their alarm."""

    @property
    def violations(self) -> list[str]:
        """All findings, each with its kind."""
        kinds = ("lost", "double", "unsound", "unseen", "left")
        return [f"{kind}: {one}" for kind in kinds for one in getattr(self, kind)]


def judge(settings: Settings, ledger: Ledger, delivered: Sequence[Delivered]) -> Verdict:
    """Look at everything once more."""
    verdict = Verdict()
    for check in (_receipts, _bytes, _ends, _documents):
        check(settings, ledger, delivered, verdict)
    _records(settings, ledger, verdict)
    _account(ledger, verdict)
    _work_folder(settings, ledger, verdict)
    return verdict


def _receipts(settings: Settings, ledger: Ledger, delivered: Sequence[Delivered], verdict: Verdict) -> None:
    """One receipt for each file, with the outcome that its bytes deserve."""
    del settings
    receipts = ledger.receipts(1_000_000)
    for file in delivered:
        found = [one for one in receipts if Path(one.file_name).name == file.name]
        if len(found) != 1:
            (verdict.lost if not found else verdict.double).append(f"{file.name} has {len(found)} receipts")
        elif found[0].outcome != _OUTCOME[file.kind]:
            verdict.lost.append(f"{file.name} is {found[0].outcome} {found[0].code}")
    if len(receipts) > len(delivered):
        verdict.double.append(f"{len(receipts)} receipts for {len(delivered)} files")


def _bytes(settings: Settings, ledger: Ledger, delivered: Sequence[Delivered], verdict: Verdict) -> None:
    """The bytes of every taken file are in the intake bucket, those of a refused one in `.refused`."""
    del ledger
    refused = {hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(settings.inbox / ".refused")}
    with open_tools(settings) as tools, tempfile.TemporaryDirectory() as folder:
        for file in delivered:
            if file.kind == "broken":
                if file.sha256 not in refused:
                    verdict.lost.append(f"{file.name} is not in .refused")
                continue
            try:
                copy = tools.warehouse.fetch_source(file.sha256, Path(folder) / file.name)
                if hashlib.sha256(copy.read_bytes()).hexdigest() != file.sha256:
                    verdict.lost.append(f"{file.name}: other bytes in the intake bucket")
            except DossierError as error:
                verdict.lost.append(f"{file.name}: {error.code}")


def _ends(settings: Settings, ledger: Ledger, delivered: Sequence[Delivered], verdict: Verdict) -> None:
    """Every drop and decision came to an end, or a person was called."""
    del settings
    alarms = {(one.kind, one.subject) for one in Alarms(ledger.database).open_ones()}
    for sha256 in {file.sha256 for file in delivered if file.kind in {"sure", "doubtful"}}:
        drop = ledger.drop_by_hash(sha256)
        if drop is None:
            verdict.lost.append(f"no drop of {sha256[:8]}")
            continue
        verdict.drops += 1
        verdict.failed += drop.state == "failed"
        kind = {"done": None, "failed": "dead_letter"}.get(drop.state, "stuck")
        if kind is not None and (kind, drop.id) not in alarms:
            verdict.unseen.append(f"drop {drop.id[:8]} is {drop.state} {drop.error_code}, no alarm {kind}")
    for decision in Desk(ledger).waiting():
        if ("stuck", f"decision-{decision.id}") not in alarms:
            verdict.unseen.append(f"decision {decision.id} waits, no alarm")


def _documents(settings: Settings, ledger: Ledger, delivered: Sequence[Delivered], verdict: Verdict) -> None:
    """One record for each paper of a drop that is done, at most one of another; each drop brings one paper of its own."""
    del settings
    kept: Counter[str] = Counter()
    for sha256 in {file.sha256 for file in delivered if file.kind in {"sure", "doubtful"}}:
        drop = ledger.drop_by_hash(sha256)
        if drop is None:
            continue
        records = ledger.records_of_drop(drop.id)
        kept.update(record.record_id for record in records)
        if len(records) > 1 or (drop.state == "done" and not records):
            (verdict.double if records else verdict.lost).append(f"drop {drop.id[:8]} has {len(records)} records")
    verdict.double += [f"record {record} of {times} drops" for record, times in kept.items() if times > 1]
    verdict.records = len(kept)


def _records(settings: Settings, ledger: Ledger, verdict: Verdict) -> None:
    """The store holds the ledger's records and no other, every object in one version; hash and signature hold."""
    versions: Counter[tuple[str, str]] = Counter(_archived(settings))
    verdict.double += [f"{bucket}/{key}: {times} versions" for (bucket, key), times in versions.items() if times > 1]
    stored = {key.split("/")[-2] for _, key in versions}
    known = {record for record in stored if ledger.record(record) is not None}
    verdict.double += [f"record {record} is in the store only" for record in sorted(stored - known)]
    if len(known) != verdict.records:
        verdict.lost.append(f"{verdict.records} records of the drops, {len(known)} in the store")
    for record in sorted(known):
        try:
            verify_record(record, settings)
        except DossierError as error:
            verdict.unsound.append(f"record {record}: {error.code}")


def _archived(settings: Settings) -> Iterator[tuple[str, str]]:
    """(bucket, key) of every version of every object of a record."""
    store = Minio(
        settings.s3_endpoint,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        secure=False,
    )
    for part in ("archive", "sensitive"):
        bucket = f"{settings.bucket_prefix}-{part}"
        if store.bucket_exists(bucket):
            for one in store.list_objects(bucket, recursive=True, include_version=True):
                yield bucket, str(one.object_name)


def _account(ledger: Ledger, verdict: Verdict) -> None:
    """What `sohoa account` says: every page of every drop has its place."""
    now = datetime.now(UTC)
    account = account_of(ledger.database, now - timedelta(days=1), now + timedelta(hours=1), now)
    verdict.lost += [f"account: {fault}" for fault in account.faults]


def _work_folder(settings: Settings, ledger: Ledger, verdict: Verdict) -> None:
    """Copies of papers of drops that are done are gone."""
    done = {drop.id for drop in ledger.drops(1_000_000) if drop.state == "done"}
    verdict.left += [f"work/{folder.name}" for folder in settings.work.iterdir() if folder.name in done]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".txt")
