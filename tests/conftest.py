"""What tests share: a scrubbed environment, and the S3 server of `deploy/rgw.sh` for those marked `store`."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.warehouse import S3Warehouse

RGW = Path(__file__).parent.parent / "deploy" / "rgw.sh"

for _name in [name for name in os.environ if name.startswith(("SOHOA_", "PREFECT_"))]:  # noqa: TID251 - scrubbed
    del os.environ[_name]  # noqa: TID251 - an operator's settings must not reach a test


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running S3 server."""

    folder: Path
    port: int

    @property
    def endpoint(self) -> str:
        """host:port."""
        return f"127.0.0.1:{self.port}"

    def keys_of(self, user: str) -> tuple[str, str]:
        """Access key and secret of `sohoa` or `portal`."""
        keys = json.loads((self.folder / "users" / f"{user}.json").read_text())["keys"][0]
        return keys["access_key"], keys["secret_key"]

    def warehouse(self, prefix: str, *, user: str = "sohoa", retention_days: int = 30) -> S3Warehouse:
        """A warehouse on this server; not prepared."""
        access_key, secret_key = self.keys_of(user)
        return S3Warehouse(
            endpoint=self.endpoint, access_key=access_key, secret_key=secret_key, secure=False, bucket_prefix=prefix,
            retention_days=retention_days, readers=("portal",),
        )  # fmt: skip

    def do(self, act: str) -> None:
        """start, stop or kill9."""
        done = subprocess.run(
            ["bash", str(RGW), act, str(self.folder), str(self.port)],
            env={**os.environ, "STORE": "memstore"},  # noqa: TID251 - the script needs PATH
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One S3 server in memory for the whole session."""
    if shutil.which("radosgw") is None:
        pytest.fail("radosgw is missing; ./run installs it, or leave these tests out with -m 'not store'")
    server = S3Server(tmp_path_factory.mktemp("s3"), free_ports(3))
    try:
        server.do("start")
        yield server
    finally:
        server.do("stop")


@pytest.fixture
def warehouse(s3_server: S3Server) -> S3Warehouse:
    """A prepared warehouse with buckets of its own."""
    made = s3_server.warehouse(f"t{uuid.uuid4().hex[:12]}")
    made.prepare()
    return made


def free_ports(count: int) -> int:
    """First of so many neighbouring ports that nobody listens on; below the range of outgoing connections."""
    for port in range(21000 + os.getpid() % 500 * 20, 32000, count):
        if all(_is_free(port + step) for step in range(count)):
            return port
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
