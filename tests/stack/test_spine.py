"""A dropped file becomes a sealed, stored, fetchable document while everything runs for real."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pikepdf
import pytest
from waiting import finished_drop, receipt_of, wait_for

from config.settings import Settings
from dossier.citizen_id import CitizenId
from flows.prefect_api import prefect_api
from signing.verify import verify
from storage.intake.delivery import deliver
from storage.ledger import Ledger

pytestmark = pytest.mark.stack

CITIZEN = CitizenId("026179015470")
DOSSIER = "H62.12-230712-0002"
"""Of pages 1 to 5 of the batch sample, by its separator sheet; synthetic."""

DropPages = Callable[[int, int, str], Path]


@pytest.fixture(scope="module")
def portal(settings: Settings, portal_headers: dict[str, str]) -> httpx.Client:
    base = f"http://{settings.portal_host}:{settings.portal_port}/v1"
    return httpx.Client(base_url=base, headers=portal_headers, timeout=60)


def test_a_dropped_file_is_fetched_as_signed_documents_by_http(
    settings: Settings, ledger: Ledger, drop_pages: DropPages, portal: httpx.Client, tmp_path: Path
) -> None:
    drop_pages(1, 3, "Hồ sơ thử 1.pdf")
    drop = finished_drop(ledger, "Hồ sơ thử 1.pdf")
    listed = portal.get(f"/citizens/{CITIZEN}/documents").json()["documents"]

    assert drop.state == "done"
    assert {(one["type"], one["dossier_code"]) for one in listed} >= {("phieu_tiep_nhan", DOSSIER)}
    for one in listed:
        content = portal.get(f"/documents/{one['id']}/content")
        copy = tmp_path / "fetched.pdf"
        copy.write_bytes(content.content)
        assert hashlib.sha256(content.content).hexdigest() == one["sha256"]
        assert verify(copy, root=settings.signer_ca_path).level == "B-T"


def test_the_same_bytes_under_another_name_are_a_duplicate_without_a_second_run(
    ledger: Ledger, settings: Settings, tmp_path: Path
) -> None:
    first = finished_drop(ledger, "Hồ sơ thử 1.pdf")
    taken = next((settings.inbox / ".taken").rglob("Hồ sơ thử 1.pdf"))
    again = tmp_path / "quet lai.pdf"
    again.write_bytes(taken.read_bytes())
    deliver(again, settings.inbox, "mot-cua")
    receipt = receipt_of(ledger, "quet lai.pdf")

    assert (receipt.outcome, receipt.duplicate_of) == ("duplicate", first.id)
    assert _runs(settings, drop_id=first.id) == 1


def test_bad_files_are_refused_with_advice_and_the_next_good_one_is_taken(
    settings: Settings, ledger: Ledger, drop_pages: DropPages, tmp_path: Path
) -> None:
    bad = _bad_files(tmp_path)
    for name, content, _ in bad:
        (tmp_path / name).write_bytes(content)
        deliver(tmp_path / name, settings.inbox, "mot-cua")
    drop_pages(7, 7, "sau cac tep hong.pdf")

    assert {name: receipt_of(ledger, name).code for name, *_ in bad} == {name: code for name, _, code in bad}
    for name, content, code in bad:
        refused = _put_aside(settings, name)
        advice = next(refused.parent.glob(f"{name}*.txt")).read_text(encoding="utf-8")
        assert refused.read_bytes() == content
        assert advice.count(f"[{code}]") == 2
    assert finished_drop(ledger, "sau cac tep hong.pdf").state == "done"


def test_a_citizens_papers_are_not_served_without_a_token(settings: Settings) -> None:
    answer = httpx.get(f"http://{settings.portal_host}:{settings.portal_port}/v1/citizens/{CITIZEN}/documents")

    assert answer.status_code == 401
    assert CITIZEN not in answer.text


def test_flow_runs_tags_logs_and_keys_hold_no_name_and_no_id(settings: Settings, ledger: Ledger) -> None:
    drop = finished_drop(ledger, "Hồ sơ thử 1.pdf")
    time.sleep(2)  # the server records events and logs a little later
    with sqlite3.connect(f"file:{settings.home}/prefect/prefect.db?mode=ro", uri=True) as database:
        kept = "\n".join(line for line in database.iterdump() if not line.startswith("CREATE"))
    logs = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in (settings.home / "log").glob("*.log"))

    assert '"drop-' in json.dumps(_run_names(settings))
    assert [left for left in settings.work.rglob("*") if drop.id in str(left)] == []
    for personal in (CITIZEN, "Đường Hoàng Phượng", "ĐƯỜNG HOÀNG PHƯỢNG", "Hồ sơ thử"):
        assert personal not in kept
        assert personal not in logs


def _put_aside(settings: Settings, name: str) -> Path:
    """Where the refused file lies; the receipt is entered a moment before the file is moved."""
    return wait_for(lambda: next((settings.inbox / ".refused").rglob(name), None))


def _bad_files(folder: Path) -> list[tuple[str, bytes, str]]:
    whole = pikepdf.new()
    whole.add_blank_page()
    locked = folder / "locked"
    whole.save(locked, encryption=pikepdf.Encryption(owner="o", user="u"))
    plain = folder / "plain"
    whole.save(plain)
    huge = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (40000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    return [
        ("rong.pdf", b"", "EMPTY"),
        ("khong phai.pdf", b"hello, this is a text " * 10, "NOT_WHAT_IT_SAYS"),
        ("co mat khau.pdf", locked.read_bytes(), "ENCRYPTED"),
        ("bi cut.pdf", plain.read_bytes()[:-60], "TRUNCATED"),
        ("qua lon.png", huge + b"\x00" * 100, "TOO_MANY_PIXELS"),
    ]


def _api(settings: Settings, path: str, question: dict[str, object]) -> list[dict[str, object]]:
    with prefect_api(settings.prefect_api_url) as prefect:
        found: list[dict[str, object]] = prefect.post(path, json=question).json()
    return found


def _run_names(settings: Settings) -> list[object]:
    return [run["name"] for run in _api(settings, "/flow_runs/filter", {"limit": 200})]


def _runs(settings: Settings, *, drop_id: str) -> int:
    runs = _api(settings, "/flow_runs/filter", {"limit": 200})
    return sum(1 for run in runs if run["parameters"] == {"drop_id": drop_id})


def test_the_run_is_tagged_with_office_and_level_of_trust(settings: Settings, ledger: Ledger) -> None:
    drop = finished_drop(ledger, "Hồ sơ thử 1.pdf")
    wanted = {f"drop-{drop.id[:8]}"}

    tags = wait_for(
        lambda: [run["tags"] for run in _api(settings, "/flow_runs/filter", {"limit": 200}) if run["name"] in wanted]
    )

    assert tags in ([["office:mot-cua", "trust:sure"]], [["office:mot-cua", "trust:doubt"]])


def test_the_sweep_runs_by_itself_every_minute(settings: Settings) -> None:
    def swept() -> bool:
        runs = _api(settings, "/flow_runs/filter", {"limit": 200})
        return any(r["name"] == "sweep" and r["auto_scheduled"] and r["state_type"] == "COMPLETED" for r in runs)

    assert wait_for(swept)
