"""What tests share: a scrubbed environment, and the S3 server of `deploy/rgw.sh` for those marked `store`."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from storage.keys.late_vault import LateVault
from storage.keys.master_key import FileMasterKey
from storage.keys.vault import Vault
from storage.objects.buckets import Buckets
from storage.objects.s3 import S3Client
from storage.records.warehouse import Warehouse
from tests.privacy import LogScan

pytest_plugins = ["tests.postgres"]


def pytest_configure(config: pytest.Config) -> None:
    """Nothing that the product says in any test may name a person."""
    if not config.pluginmanager.has_plugin("log-scan"):
        config.pluginmanager.register(LogScan(), "log-scan")


MASTER_KEY = "5e" * 32
"""Master key of the warehouses of the tests."""

RGW = Path(__file__).parent.parent / "deploy" / "rgw.sh"

for _name in [name for name in os.environ if name.startswith(("SOHOA_", "PREFECT_"))]:  # noqa: TID251 - scrubbed
    del os.environ[_name]  # noqa: TID251 - an operator's settings must not reach a test


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running S3 server."""

    folder: Path
    port: int
    kind: str = "memstore"
    """memstore, or bluestore: a file of 1 GiB (sparse) that outlives the processes."""

    @property
    def endpoint(self) -> str:
        """host:port."""
        return f"127.0.0.1:{self.port}"

    def keys_of(self, user: str) -> tuple[str, str]:
        """Access key and secret of `sohoa` or `portal`."""
        keys = json.loads((self.folder / "users" / f"{user}.json").read_text())["keys"][0]
        return keys["access_key"], keys["secret_key"]

    def store(self, *, user: str = "sohoa") -> S3Client:
        """A client of this server."""
        access_key, secret_key = self.keys_of(user)
        return S3Client(endpoint=self.endpoint, access_key=access_key, secret_key=secret_key, secure=False)

    def warehouse(self, prefix: str, *, user: str = "sohoa", retention_days: int = 30) -> Warehouse:
        """A warehouse on this server; not prepared."""
        store, buckets = self.store(user=user), Buckets(prefix)
        vault = LateVault(lambda: Vault.open(store, buckets, FileMasterKey(MASTER_KEY)))
        lock = timedelta(days=retention_days)
        return Warehouse(store, vault, buckets, retention=lambda _type: lock, readers=("portal",))

    def do(self, act: str) -> None:
        """start, stop or kill9."""
        done = subprocess.run(
            ["bash", str(RGW), act, str(self.folder), str(self.port)],
            env={**os.environ, "STORE": self.kind, "OSD_BYTES": str(1 << 30)},  # noqa: TID251 - the script needs PATH
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def running_server(folder: Path, kind: str = "memstore") -> Iterator[S3Server]:
    """An S3 server of its own in an empty folder."""
    if shutil.which("radosgw") is None:
        pytest.fail("radosgw is missing; ./run installs it, or leave these tests out with -m 'not store'")
    server = S3Server(folder, free_ports(3), kind)
    try:
        server.do("start")
        yield server
    finally:
        server.do("kill9")  # a stop waits for reads that nobody answers


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One S3 server in memory for the whole session."""
    with running_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def second_s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """Another S3 server in memory, for what is kept twice."""
    with running_server(tmp_path_factory.mktemp("s3-second")) as server:
        yield server


@pytest.fixture
def bluestore_server(tmp_path: Path) -> Iterator[Callable[[], S3Server]]:
    """Start servers that keep their bytes in `osd/block`, where a byte can be flipped while they are stopped."""
    with ExitStack() as servers:
        numbers = count(1)
        yield lambda: servers.enter_context(running_server(tmp_path / f"blue-{next(numbers)}", "bluestore"))


@pytest.fixture
def warehouse(s3_server: S3Server) -> Warehouse:
    """A prepared warehouse with buckets of its own."""
    made = s3_server.warehouse(f"t{uuid.uuid4().hex[:12]}")
    made.prepare()
    return made


def free_ports(wanted: int) -> int:
    """First of so many neighbouring ports that nobody listens on; below the range of outgoing connections."""
    for port in range(21000 + os.getpid() % 500 * 20, 32000, wanted):
        if all(_is_free(port + step) for step in range(wanted)):
            return port
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
