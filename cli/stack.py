"""Start and stop the servers of the embedded default: S3, timestamp stand-in, Prefect, worker, watcher, portal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import yaml

from cli.automations import apply_automations
from cli.installation import adopt_s3_users, prepare
from cli.processes import Service, end_left_behind, process_of, start, stop, wait_until_answers, wait_until_ready
from config.settings import Settings, load_settings
from dossier.errors import Misconfigured, StackFailed
from flows.lifeless import crash_lifeless
from flows.prefect_api import prefect_api
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
    tsa, prefect, worker, watcher, portal = services_of(settings)
    for early in (prefect, tsa):  # Prefect takes the longest: it starts while S3 does
        revive(early, settings)
    if settings.store == "s3":
        say("S3 (Ceph RGW)")
        rgw(settings, "start")
        adopt_s3_users(settings.home, settings.home / "s3" / "users")
        settings = load_settings(settings.home)
    open_warehouse(settings).prepare()
    for early in (tsa, prefect):
        say(early.name)
        wait_until_ready(early, settings.home)
    say("prefect.yaml")
    apply(settings)
    for late in (worker, watcher, portal):
        revive(late, settings)
    for late in (worker, watcher, portal):
        say(late.name)
        wait_until_ready(late, settings.home)
    return settings


def revive(service: Service, settings: Settings) -> None:
    """Start a service unless it runs, once nothing is left of the one that died.

    Before the only worker starts, the runs of the one that died are called crashed, so that they begin anew at once.

    Raises:
        httpx.HTTPError: Prefect, which a worker needs, does not answer.
    """
    if process_of(service.name, settings.home) is not None:
        return
    end_left_behind(service.name, settings.home)
    if service.name == "worker":
        crash_lifeless(settings.prefect_api_url, grace_seconds=0)
    start(service, settings.home, environment_of(settings), ROOT)


def become(name: str, settings: Settings) -> None:
    """Turn this process into a service; a supervisor starts it again when it ends.

    Raises:
        Misconfigured: there is no service of this name.
    """
    service = next((one for one in services_of(settings) if one.name == name), None)
    if service is None:
        raise Misconfigured(f"no service {name[:20]}")
    if name == "worker":
        _wait_for_prefect(settings)
        crash_lifeless(settings.prefect_api_url, grace_seconds=0)  # the unit's control group took its runs with it
    os.chdir(ROOT)
    os.execve(service.command[0], service.command, dict(environment_of(settings)))  # noqa: S606 - fixed list, no shell


def apply(settings: Settings) -> None:
    """Give the work pool, the deployments and the automations to the Prefect server; may be repeated.

    Raises:
        StackFailed: it does not answer, or does not take them; names the log.
    """
    _wait_for_prefect(settings)
    try:
        _apply_prefect_yaml(settings, environment_of(settings))
        apply_automations(settings.prefect_api_url, ROOT / "config" / "automations.yaml")
    except httpx.HTTPError as error:
        raise StackFailed(f"prefect, log {settings.home / 'log' / 'prefect.log'}") from error


def down(home: Path) -> None:
    """Stop every service of the installation, last started first; what is not running is no error."""
    settings = load_settings(home)
    for service in reversed(services_of(settings)):
        stop(service.name, settings.home)
    if (settings.home / "s3").exists():
        rgw(settings, "stop")


def status(settings: Settings) -> Iterator[Running]:
    """What runs, with its address."""
    reachable = settings.store == "filesystem" or bool(settings.s3_access_key.get_secret_value())
    address = str(settings.store_folder) if settings.store == "filesystem" else f"http://{settings.s3_endpoint}"
    yield Running("store", None, reachable and open_warehouse(settings).alive(), address)
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
        # leases in the memory of the server die with it: then it ends the runs that hold them
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # 90 days; what counts stands in the ledger
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",  # config/automations.yaml waits for three of them
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_WORKER_PREFETCH_SECONDS": "5",
    }


def _wait_for_prefect(settings: Settings) -> None:
    _, prefect, *_ = services_of(settings)
    wait_until_answers(prefect)


def rgw(settings: Settings, act: str) -> None:
    """Let `deploy/rgw.sh` start or stop the S3 server of the local stack.

    Raises:
        StackFailed: it did not; names the log.
    """
    port = settings.s3_endpoint.rsplit(":", 1)[1]
    script, folder = ROOT / "deploy" / "rgw.sh", settings.home.resolve() / "s3"
    _run(["bash", str(script), act, str(folder), port], "s3", settings, os.environ)  # noqa: TID251 - for PATH


def _work_pool() -> dict[str, Any]:
    plan = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    pool: dict[str, Any] = plan["work_pools"][0]
    return pool


def _apply_prefect_yaml(settings: Settings, environment: Mapping[str, str]) -> None:
    """Make the work pool and its queues as the plan says (the worker adds the job template), then every deployment."""
    pool = _work_pool()
    queues = pool.pop("queues")
    with prefect_api(settings.prefect_api_url, raise_on_all_errors=False) as prefect:
        _make_or_change(prefect, "/work_pools", pool)
        for queue in queues:
            _make_or_change(prefect, f"/work_pools/{pool['name']}/queues", queue)
    deploy = [str(Path(sys.executable).parent / "prefect"), "--no-prompt", "deploy", "--all"]
    _run([*deploy, "--prefect-file", str(ROOT / "prefect.yaml")], "deploy", settings, environment)


def _make_or_change(prefect: httpx.Client, path: str, wanted: Mapping[str, Any]) -> None:
    answer = prefect.post(
        path, json=wanted, follow_redirects=True
    )  # Prefect wants a slash behind some paths, and none behind others
    if answer.status_code == httpx.codes.CONFLICT:
        change = {key: value for key, value in wanted.items() if key not in {"name", "type"}}
        answer = prefect.patch(f"{path}/{wanted['name']}", json=change)
    answer.raise_for_status()


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
