"""Start and stop the servers of the embedded default: S3, timestamp stand-in, Prefect, worker, watcher, portal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
import yaml

from cli.installation import adopt_s3_users, prepare
from cli.processes import Service, process_of, start, stop, wait_until_ready
from config.settings import Settings, load_settings
from dossier.errors import StackFailed
from flows.runs import crash_orphans
from flows.tools import open_warehouse

ROOT: Final = Path(__file__).resolve().parent.parent
"""Folder of the project; `prefect.yaml` and `deploy/` stand there."""

Say = Callable[[str], None]
"""Takes one line for the person who waits."""


@dataclass(frozen=True, slots=True)
class Running:
    """State of one service, for `sohoa status`."""

    name: str
    pid: int | None
    alive: bool
    address: str


def up(home: Path, say: Say) -> Settings:
    """Start everything that does not run yet and apply `prefect.yaml`.

    Raises:
        StackFailed: names the service and its log file.
    """
    settings = prepare(home)
    environment = environment_of(settings)
    tsa, prefect, worker, watcher, portal = services_of(settings)
    for early in (prefect, tsa):  # Prefect takes the longest: it starts while S3 does
        start(early, settings.home, environment, ROOT)
    say("S3 (Ceph RGW)")
    _rgw(settings, "start")
    adopt_s3_users(settings.home, settings.home / "s3" / "users")
    settings = load_settings(settings.home)
    open_warehouse(settings).prepare()
    for early in (tsa, prefect):
        say(early.name)
        wait_until_ready(early, settings.home)
    if process_of(worker.name, settings.home) is None:
        crash_orphans(settings.prefect_api_url)
    say("prefect.yaml")
    _apply_prefect_yaml(settings, environment)
    for late in (worker, watcher, portal):
        start(late, settings.home, environment, ROOT)
    for late in (worker, watcher, portal):
        say(late.name)
        wait_until_ready(late, settings.home)
    return settings


def down(home: Path) -> None:
    """Stop every service of the installation, last started first; what is not running is no error."""
    settings = load_settings(home)
    for service in reversed(services_of(settings)):
        stop(service.name, settings.home)
    if (settings.home / "s3").exists():
        _rgw(settings, "stop")


def status(settings: Settings) -> Iterator[Running]:
    """What runs, with its address."""
    alive = bool(settings.s3_access_key.get_secret_value()) and open_warehouse(settings).alive()
    yield Running("s3", None, alive, f"http://{settings.s3_endpoint}")
    for service in services_of(settings):
        process = process_of(service.name, settings.home)
        yield Running(service.name, process.pid if process else None, process is not None, service.ready or "")


def services_of(settings: Settings) -> tuple[Service, Service, Service, Service, Service]:
    """Timestamp stand-in, Prefect, worker, watcher and portal, in the order of their start; S3 is apart."""
    bin_folder = Path(sys.executable).parent
    python, prefect, sohoa = (str(bin_folder / name) for name in ("python", "prefect", "sohoa"))
    tsa, api = urlsplit(settings.tsa_url), urlsplit(settings.prefect_api_url)
    portal = f"http://{settings.portal_host}:{settings.portal_port}"
    return (
        Service(
            "tsa",
            (python, "-m", "signing.local_tsa", "--pki", str(settings.home / "pki"), "--port", str(tsa.port)),
            f"http://{tsa.netloc}/",
        ),
        Service(
            "prefect",
            (prefect, "server", "start", "--host", str(api.hostname), "--port", str(api.port)),
            f"{settings.prefect_api_url}/health",
        ),
        Service("worker", (prefect, "worker", "start", "--pool", _work_pool()["name"], "--type", "process"), None),
        Service("watcher", (sohoa, "watch"), None),
        Service("portal", (sohoa, "serve"), f"{portal}/healthz"),
    )


def environment_of(settings: Settings) -> Mapping[str, str]:
    """Environment of every service: where the installation is, and a Prefect that keeps to itself."""
    home = settings.home.resolve()
    return {
        **os.environ,  # noqa: TID251 - handed down to child processes, nothing is read from it
        "SOHOA_HOME": str(home),
        "SOHOA_ROOT": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "OMP_THREAD_LIMIT": "1",
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_API_URL": settings.prefect_api_url,
        "PREFECT_UI_API_URL": settings.prefect_api_url,
        "PREFECT_LOCAL_STORAGE_PATH": str(home / "work" / "results"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "3",  # a waiting drop asks again soon, not after 30
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_WORKER_PREFETCH_SECONDS": "5",
    }


def _rgw(settings: Settings, act: str) -> None:
    port = settings.s3_endpoint.rsplit(":", 1)[1]
    script, folder = ROOT / "deploy" / "rgw.sh", settings.home.resolve() / "s3"
    _run(["bash", str(script), act, str(folder), port], "s3", settings, os.environ)  # noqa: TID251 - for PATH


def _work_pool() -> dict[str, str]:
    plan = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    pool: dict[str, str] = plan["work_pools"][0]
    return pool


def _apply_prefect_yaml(settings: Settings, environment: Mapping[str, str]) -> None:
    """Make the work pool as the plan says (the worker adds the job template), then every deployment."""
    pool = _work_pool()
    with httpx.Client(base_url=settings.prefect_api_url, timeout=30) as prefect:
        if prefect.post("/work_pools/", json=pool).status_code == httpx.codes.CONFLICT:
            change = {key: pool[key] for key in ("concurrency_limit", "description")}
            prefect.patch(f"/work_pools/{pool['name']}", json=change).raise_for_status()
    deploy = [str(Path(sys.executable).parent / "prefect"), "--no-prompt", "deploy", "--all"]
    _run([*deploy, "--prefect-file", str(ROOT / "prefect.yaml")], "deploy", settings, environment)


def _run(command: list[str], name: str, settings: Settings, environment: Mapping[str, str]) -> None:
    log = settings.home / "log" / f"{name}.log"
    with log.open("ab") as out:
        done = subprocess.run(
            command,
            env=dict(environment),
            cwd=ROOT,
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    if done.returncode:
        raise StackFailed(f"{name}, log {log}")
