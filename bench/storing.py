"""Measures how fast records are stored: ``python -m bench.storing --records N --workers 8 --database sqlite|postgres``.

A record here is what a flow does after sealing: received bytes kept and proved, then sealed PDF, text and manifest
encrypted, put under object lock, read back and compared, and all of it entered in the ledger. The server is the real one
of `deploy/rgw.sh` with data on the disk. Beside it, in the same run, the same number of workers put the same PDFs with
nothing but the S3 client: the ratio tells what the promises cost, whatever else the machine is doing.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from rich.console import Console

from bench.machine import load
from bench.postgres import postgres
from dossier.dossier_code import DossierCode
from dossier.records import Record, RecordKey
from dossier.values import CitizenToken, Seal, SealedPdf, Sha256, Soundness
from storage.keys.late_vault import LateVault
from storage.keys.master_key import FileMasterKey
from storage.keys.vault import Vault
from storage.ledger import Ledger
from storage.objects.buckets import Buckets
from storage.objects.s3 import S3Client
from storage.objects.store import Body
from storage.records.warehouse import Warehouse

_RGW: Final = Path(__file__).resolve().parent.parent / "deploy" / "rgw.sh"
_PORT: Final = 28480
_PDF_BYTES: Final = 300_000
"""A page in colour at 200 dpi (docs/reading.md)."""
_SEAL: Final = Seal("Trung tâm Phục vụ hành chính công", Sha256("c" * 64), datetime.now(UTC), None, "B-T")


@dataclass(frozen=True, slots=True)
class Site:
    """Where workers store."""

    endpoint: str
    access_key: str
    secret_key: str
    ledger: str
    folder: Path
    master_key: str

    def store(self) -> S3Client:
        """A client of the server."""
        return S3Client(endpoint=self.endpoint, access_key=self.access_key, secret_key=self.secret_key, secure=False)

    def warehouse(self, store: S3Client) -> Warehouse:
        """The warehouse on it."""
        vault = LateVault(lambda: Vault.open(store, _BUCKETS, FileMasterKey(self.master_key)))
        return Warehouse(store, vault, _BUCKETS, retention=lambda _type: timedelta(days=1), work=self.folder / "work")


_BUCKETS: Final = Buckets("bench")
Worker = Callable[[Site, int, int], None]


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.storing", description="Records stored per second.")
    parser.add_argument("--records", type=int, default=400)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    asked = parser.parse_args(arguments)
    out = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="sohoa-storing-") as folder, _site(asked.database, Path(folder)) as site:
        warehouse = site.warehouse(site.store())
        warehouse.prepare()
        warehouse.vault.encrypt_bytes(b"the first key of the ring is made before anything is stored")
        before = load()
        bare = _timed(put_bare, site, asked.records, asked.workers)
        whole = _timed(store_whole, site, asked.records, asked.workers)
        ledger = Ledger.open(site.ledger)
        kept = len(ledger.receipts(asked.records + 1))
        ledger.close()
    out.print(
        f"{asked.database}, {asked.workers} workers, {asked.records} records of {_PDF_BYTES // 1000} kB, load {before}"
    )
    out.print(f"| | seconds | per second |\n|---|---|---|\n| one bare PUT each | {bare:.1f} | {asked.records / bare:.1f} |")
    out.print(f"| record, proved and entered | {whole:.1f} | {asked.records / whole:.1f} |")
    out.print(f"ratio {whole / bare:.1f}; {kept} receipts in the ledger")


def put_bare(site: Site, first: int, count: int) -> None:
    """Put PDFs and nothing else."""
    store = site.store()
    for number in range(first, first + count):
        content = _pdf(number)
        body = Body((content,), len(content), Sha256(sha256(content).hexdigest()), "application/pdf")
        store.put_new(_BUCKETS.intake, f"bare/{number}", body)


def store_whole(site: Site, first: int, count: int) -> None:
    """Store records as the flow does."""
    ledger = Ledger.open(site.ledger)
    warehouse = site.warehouse(site.store())
    for number in range(first, first + count):
        _store_one(number, site.folder, warehouse, ledger)
    ledger.close()


def _store_one(number: int, folder: Path, warehouse: Warehouse, ledger: Ledger) -> None:
    content = _pdf(number)
    hashed = Sha256(sha256(content).hexdigest())
    path = folder / f"{number}.pdf"
    path.write_bytes(content)
    receipt = ledger.receive(
        office="bench",
        file_name=path.name,
        sha256=hashed,
        size=len(content),
        intake=warehouse.receive(path, hashed),
        soundness=Soundness("pdf", 1),
    )
    record = Record(
        key=RecordKey(CitizenToken(hashed[:32]), hashed[32:]),
        source_sha256=hashed,
        office="bench",
        type="giay_khai_sinh",
        dossier_code=DossierCode("H62.33-240106-0001"),
        first_page=1,
        last_page=1,
        scan_sha256s=(hashed,),
        fields={},
        verdict={"type": "giay_khai_sinh", "score": 1.0, "because": [], "model": "", "model_score": 0.0},
        text=("Giấy khai sinh số " + str(number),),
    )
    stored = warehouse.put(record, SealedPdf(path, 1, hashed, len(content), _SEAL))
    if receipt.drop_id is not None:
        ledger.filed(receipt.drop_id, record, stored, _SEAL)
    path.unlink()


def _pdf(number: int) -> bytes:
    return b"%PDF-1.7\n" + number.to_bytes(8, "big") + os.urandom(_PDF_BYTES)


def _timed(work: Worker, site: Site, records: int, workers: int) -> float:
    """Seconds that the workers take together, from the moment that all of them have started."""
    share = records // workers
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=work, args=(site, place * share, share)) for place in range(workers)]
    start = time.monotonic()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise SystemExit("a worker failed")
    return time.monotonic() - start


@contextmanager
def _site(database: str, folder: Path) -> Iterator[Site]:
    folder.chmod(0o755)
    server = folder / "s3"
    _rgw("start", server)
    try:
        keys = json.loads((server / "users" / "sohoa.json").read_text(encoding="utf-8"))["keys"][0]
        with _ledger(database, folder) as address:
            yield Site(f"127.0.0.1:{_PORT}", keys["access_key"], keys["secret_key"], address, folder, secrets.token_hex(32))
    finally:
        _rgw("kill9", server)


@contextmanager
def _ledger(database: str, folder: Path) -> Iterator[str]:
    if database == "sqlite":
        yield f"sqlite:///{folder / 'ledger.sqlite'}"
    else:
        with postgres(folder / "postgres") as address:
            yield address


def _rgw(act: str, server: Path) -> None:
    subprocess.run(["bash", str(_RGW), act, str(server), str(_PORT)], check=True)


if __name__ == "__main__":
    main()
