"""`sohoa demo`: the whole way on the sample dossiers, with every real part, and a look at what came out."""

from __future__ import annotations

import hashlib
import secrets
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli import stack
from cli.guarding import stand_guard
from cli.installation import new_portal_caller
from cli.ledger import open_ledger
from cli.screens import page_range, progress, reasons, show_addresses
from config.document_types import load_document_types
from config.settings import Settings
from dossier.citizen_id import masked, parse_citizen_id
from dossier.errors import SealBroken, StackFailed, StoreCorrupt
from signing.clock import VIETNAM
from signing.verify import verify
from storage.intake.delivery import deliver
from storage.ledger import Drop, Ledger, Receipt, RecordRow, ShelfEntry
from storage.tokens import citizen_token

OFFICE: Final = "mot-cua"
PATIENCE_S: Final = 900.0
"""The samples need a minute on two idle cores."""


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[str, ...]
    style: str = ""


def run_demo(home: Path, samples: Path, *, once: bool, out: Console, err: Console) -> int:
    """Start the stack, drop the samples, show what came out, fetch one result as the portal would.

    Returns:
        Exit code: 0 when every sample was worked and one result was fetched and verified.
    """
    signal.signal(signal.SIGTERM, _as_interrupt)
    began = time.monotonic()
    try:
        with progress(err) as say:
            settings = stack.up(home, say)
        ok = _digitize(settings, samples, out, err)
        out.print(f"[dim]{time.monotonic() - began:.0f} s[/dim]")
        if not once:
            show_addresses(settings, out)
            out.print("Ctrl-C để dừng / to stop")
            stand_guard(settings, lambda name: err.print(f"↻ {name}"))
    except KeyboardInterrupt:
        ok = True
    finally:
        with err.status("Đang dừng / stopping …"):
            stack.down(home)
        err.print("Đã dừng / stopped")
    return 0 if ok else 1


def _as_interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _digitize(settings: Settings, samples: Path, out: Console, err: Console) -> bool:
    with open_ledger(settings) as ledger:
        after = max((receipt.id for receipt in ledger.receipts(1)), default=0)
        files = sorted(path for path in samples.iterdir() if path.suffix.lower() not in {".json", ".md"})
        for file in files:
            deliver(file, settings.inbox, OFFICE)
        receipts = _wait(ledger, after, len(files), err)
        out.print(_table(receipts, ledger, settings))
        done = all(receipt.outcome != "taken" or _drop(receipt, ledger).state == "done" for receipt in receipts)
        record = _one_record(receipts, ledger)
        if record is None:
            out.print("[red]✗[/red] Không có giấy tờ nào được lưu / no document was stored")
            return False
        _fetch_as_the_portal_would(record, settings, out)
        return done


def _wait(ledger: Ledger, after: int, expected: int, err: Console) -> tuple[Receipt, ...]:
    """Wait until every dropped file has its receipt and every drop came to an end."""
    deadline = time.monotonic() + PATIENCE_S
    with err.status("") as status:
        while time.monotonic() < deadline:
            receipts = tuple(sorted((r for r in ledger.receipts(1000) if r.id > after), key=lambda r: r.id))
            open_drops = [
                r for r in receipts if r.outcome != "refused" and _drop(r, ledger).state in {"received", "running"}
            ]
            received, at_work = f"{len(receipts)}/{expected}", len(open_drops)
            status.update(f"Số hóa / digitizing: nhận / received {received}, đang xử lý / at work {at_work}")
            if len(receipts) == expected and not open_drops:
                return receipts
            time.sleep(0.5)
    raise StackFailed(f"the samples were not done after {PATIENCE_S:.0f} s; see the logs and the Prefect UI")


def _drop(receipt: Receipt, ledger: Ledger) -> Drop:
    return ledger.drop(receipt.drop_id or receipt.duplicate_of or "")


def _table(receipts: Sequence[Receipt], ledger: Ledger, settings: Settings) -> Table:
    table = Table("Tệp / file", "Trang\npages", "Giấy tờ\ndocuments", "Loại / type", "Hồ sơ / dossier", "Công dân\ncitizen",
                  "Ký số\nsigned", "Lưu tại / stored", "Giây\nseconds", title="Kết quả / what came out")  # fmt: skip
    shown: set[str] = set()
    for receipt in receipts:
        for row in _rows_of(receipt, ledger, settings, shown):
            table.add_row(*map(escape, row.cells), style=row.style)
        table.add_section()
    return table


def _rows_of(receipt: Receipt, ledger: Ledger, settings: Settings, shown: set[str]) -> Iterator[_Row]:
    """Rows of one dropped file; a duplicate shows the papers that its bytes became, unless they are shown already."""
    name = Path(receipt.file_name).name
    if receipt.outcome == "refused":
        yield _Row((name, "", "0", f"từ chối / refused: {receipt.code}", "", "", "", "inbox/.refused", ""), "red")
        return
    drop = _drop(receipt, ledger)
    if receipt.outcome == "duplicate":
        yield _Row((name, str(drop.pages), "", f"trùng với / duplicate of {drop.id[:8]}", "", "", "", "", ""), "dim")
        name = ""
    if drop.id not in shown:
        shown.add(drop.id)
        yield from _papers_of(drop, name, ledger, settings)


def _papers_of(drop: Drop, name: str, ledger: Ledger, settings: Settings) -> Iterator[_Row]:
    labels = {rule.type: rule.vi for rule in load_document_types()}
    records, shelf = ledger.records_of_drop(drop.id), ledger.shelf_of_drop(drop.id)
    seconds = f"{(drop.finished_at - drop.received_at).total_seconds():.0f}" if drop.finished_at else ""
    head = (name, str(drop.pages), str(len(records) + len(shelf)))
    papers: list[tuple[int, _Row]] = [
        (record.first_page, _Row((_kind(record, labels), record.dossier_code, _citizen(record, records, settings),
         f"{record.signed_at.astimezone(VIETNAM):%H:%M:%S}", f"{record.bucket}/…/{record.record_id[:8]}")))
        for record in records
    ]  # fmt: skip
    papers += [
        (entry.first_page, _Row((_kind(entry, labels), entry.dossier_code or "—", _masked(entry), "—",
         f"giữ lại / held:\n{reasons(entry.reasons)}"), "yellow"))
        for entry in shelf
    ]  # fmt: skip
    if not papers:
        yield _Row((*head, f"{drop.state} {drop.error_code or ''}", "", "", "", "", seconds))
    for place, (_, paper) in enumerate(sorted(papers, key=lambda one: one[0])):
        yield _Row((*(head if place == 0 else ("", "", "")), *paper.cells, seconds if place == 0 else ""), paper.style)


def _masked(entry: ShelfEntry) -> str:
    return masked(entry.citizen_id) if entry.citizen_id else "—"


def _kind(paper: RecordRow | ShelfEntry, labels: dict[str, str]) -> str:
    return f"{labels.get(paper.type, paper.type)} (tr./p. {page_range(paper.first_page, paper.last_page)})"


def _citizen(record: RecordRow, records: Sequence[RecordRow], settings: Settings) -> str:
    """The citizen, masked: found among the IDs printed on the papers of the drop by its token."""
    key = settings.citizen_token_key.get_secret_value().encode()
    for other in records:
        for value in other.fields.values():
            citizen = parse_citizen_id(value)
            if isinstance(citizen, str) and citizen_token(key, citizen) == record.citizen:
                return masked(citizen)
    return f"#{record.citizen[:8]}"


def _one_record(receipts: Sequence[Receipt], ledger: Ledger) -> RecordRow | None:
    for receipt in receipts:
        if receipt.outcome != "refused":
            for record in ledger.records_of_drop(_drop(receipt, ledger).id):
                return record
    return None


def _fetch_as_the_portal_would(record: RecordRow, settings: Settings, out: Console) -> None:
    """List a citizen's papers by HTTP, fetch one, verify its hash and its signature.

    Raises:
        StoreCorrupt: the bytes are not those that the ledger knows.
        SealBroken: the signature does not hold.
    """
    token = new_portal_caller(settings, f"demo-{secrets.token_hex(4)}", sensitive=True)
    base = f"http://{settings.portal_host}:{settings.portal_port}/v1"
    headers = {"Authorization": f"Bearer {token}", "X-Purpose": f"demo {record.dossier_code}"}
    with httpx.Client(base_url=base, headers=headers, timeout=60) as portal:
        listed = portal.get(f"/citizens/{record.citizen}/documents").raise_for_status().json()
        content = portal.get(f"/documents/{record.record_id}/content").raise_for_status()
        verdict = portal.get(f"/documents/{record.record_id}/verify").raise_for_status().json()
    digest = hashlib.sha256(content.content).hexdigest()
    if digest != record.sha256 or content.headers["X-Content-SHA256"] != digest:
        raise StoreCorrupt(f"record {record.record_id}")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "document.pdf"
        copy.write_bytes(content.content)
        seal = verify(copy, root=settings.signer_ca_path)
    if not verdict["intact"]:
        raise SealBroken(f"record {record.record_id}, by the portal")
    count, size = len(listed["documents"]), f"{len(content.content):,} B"
    out.print(
        f"[green]✓[/green] Cổng liệt kê {count} giấy tờ của công dân; tải một tệp ({size}): mã băm khớp, chữ ký hợp lệ.\n"
        f"  The portal lists {count} papers of the citizen; one fetched ({size}): hash equal, signature valid.\n"
        f"  {seal.signer}, {seal.signed_at.isoformat()}, {seal.level}; sohoa verify {record.record_id}"
    )
