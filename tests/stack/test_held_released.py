"""A held paper on its whole way: shown, decided on, killed in the middle of its release, and fetched once, signed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest
from waiting import finished_drop, wait_for

from cli.processes import process_of
from config.settings import Settings
from dossier.codes import CodeProblem
from dossier.dossier_code import parse_dossier_code
from flows.prefect_api import prefect_api
from signing.verify import verify
from storage.desk import Desk
from storage.intake.delivery import deliver
from storage.ledger import Ledger

pytestmark = pytest.mark.stack

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "scan6772.jpg"
CITIZEN, DOSSIER = "026085004321", "H62.12-230712-0099"
"""Of nobody; the sample shows neither."""


@pytest.mark.timeout(600)
def test_a_held_paper_is_decided_on_and_fetched_signed_though_its_release_was_killed(
    settings: Settings, ledger: Ledger, portal_headers: dict[str, str], tmp_path: Path
) -> None:
    assert not isinstance(parse_dossier_code(DOSSIER), CodeProblem)
    deliver(SAMPLE, settings.inbox, "mot-cua")
    drop = finished_drop(ledger, SAMPLE.name)
    (entry,) = ledger.shelf_of_drop(drop.id)
    assert "Không có mã hồ sơ / No dossier code" in _type(settings, "show", entry.hold_id).stdout
    picture = tmp_path / "page.png"
    assert _type(settings, "show", entry.hold_id, "--picture", str(picture)).returncode == 0
    assert picture.read_bytes().startswith(b"\x89PNG")

    decided = ("decide", entry.hold_id, "--type", "quyet_dinh", "--dossier", DOSSIER, "--citizen", "-", "--by", "lan")
    assert _type(settings, *decided, answers=CITIZEN).returncode == 0
    second = _type(settings, "decide", entry.hold_id, "--reject", "rescan", "--by", "minh")
    assert second.returncode == 1
    assert "[ALREADY_DECIDED]" in second.stderr
    (decision,) = Desk(ledger).waiting()
    _kill_the_release(settings, ledger, decision.id)
    _sweep_now(settings)

    wait_for(lambda: Desk(ledger).decision(decision.id).state == "done")
    (record,) = ledger.records_of_drop(drop.id)
    base = f"http://{settings.portal_host}:{settings.portal_port}/v1"
    portal = httpx.Client(base_url=base, headers=portal_headers, timeout=60)
    (listed,) = portal.get(f"/citizens/{CITIZEN}/documents").json()["documents"]
    content = portal.get(f"/documents/{listed['id']}/content").content
    copy = tmp_path / "fetched.pdf"
    copy.write_bytes(content)
    assert (listed["id"], listed["type"], listed["dossier_code"]) == (record.record_id, "quyet_dinh", DOSSIER)
    assert hashlib.sha256(content).hexdigest() == listed["sha256"]
    assert verify(copy, root=settings.signer_ca_path).level == "B-T"
    assert ledger.shelf_of_drop(drop.id) == ()
    assert CITIZEN not in "\n".join(path.read_text(errors="replace") for path in (settings.home / "log").glob("*.log"))


def _type(settings: Settings, *words: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    """`sohoa held ...` as a person types it."""
    sohoa = Path(sys.executable).parent / "sohoa"
    return subprocess.run(
        [str(sohoa), "held", *words, "--home", str(settings.home)],
        input=answers,
        capture_output=True,
        text=True,
        check=False,
    )


def _kill_the_release(settings: Settings, ledger: Ledger, decision_id: int) -> None:
    """Kill the flow process with signal 9 once it has begun."""
    run_id = wait_for(lambda: Desk(ledger).decision(decision_id).flow_run_id)
    worker = process_of("worker", settings.home)
    assert worker is not None
    (flow,) = [child for child in worker.children() if child.environ().get("PREFECT__FLOW_RUN_ID") == run_id]
    flow.kill()
    wait_for(lambda: not flow.is_running() or flow.status() == psutil.STATUS_ZOMBIE)
    assert Desk(ledger).decision(decision_id).state == "waiting"


def _sweep_now(settings: Settings) -> None:
    """Ask for a sweep now instead of within the minute."""
    with prefect_api(settings.prefect_api_url) as prefect:
        sweep = prefect.get("/deployments/name/sweep/local").json()
        prefect.post(f"/deployments/{sweep['id']}/create_flow_run", json={})
