"""Make a folder into an installation: settings file, secrets, a throwaway PKI, office folders. Safe to repeat."""

from __future__ import annotations

import json
import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

from config.settings import Settings, load_settings
from flows.tools import PORTAL_USER
from portal.callers import Right, add_caller
from signing.demo_pki import make_demo_pki
from storage.objects.folder import FolderStore
from storage.places import check_places, mark_places, remembered

_BLOCK: Final = {"portal": 0, "prefect": 20, "s3": 80, "s3 tls": 81, "s3 monitor": 82, "tsa": 90}
"""Ports of an installation, as offsets in one block of a hundred; deploy/rgw.sh takes three in a row."""


def prepare(home: Path) -> Settings:
    """Write what is missing in ``home``; never overwrites a setting or a secret.

    Raises:
        PlaceGone: a disk that belongs to the installation is not mounted; nothing is made in its stead.
    """
    home = home.resolve()
    if remembered(home):
        known = load_settings(home).places
        check_places(home, {name: known[name] for name in known.keys() & remembered(home)})
    for folder in ("inbox/mot-cua", "work", "log", "run", "secrets", "pki"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    for private in ("secrets", "work", "pki", "log", "run"):
        (home / private).chmod(0o700)
    if not (home / "settings.env").exists():
        _write_once(home / "settings.env", _first_settings())
    write_secret(home, "citizen_token_key", secrets.token_hex(32))
    named = load_settings(home)
    if named.master_key_module is None and not named.master_key.get_secret_value():  # a written key would win over a token
        write_secret(home, "master_key", secrets.token_hex(32))
    make_demo_pki(home / "pki", secrets=home / "secrets")
    _write_once(home / "secrets" / "portal_callers.json", "[]\n")
    settings = load_settings(home)
    _make_places(settings)
    return settings


def write_secret(home: Path, name: str, value: str) -> None:
    """Keep a secret in its own file, readable by the owner only; an existing one stays."""
    _write_once(home / "secrets" / f"sohoa_{name}", value)


def adopt_s3_users(home: Path, users: Path) -> None:
    """Take over the keys that the S3 server generated for the pipeline and for the portal."""
    for user, prefix in (("sohoa", "s3"), (PORTAL_USER, "s3_portal")):
        keys = json.loads((users / f"{user}.json").read_text(encoding="utf-8"))["keys"][0]
        write_secret(home, f"{prefix}_access_key", keys["access_key"])
        write_secret(home, f"{prefix}_secret_key", keys["secret_key"])


def new_portal_caller(settings: Settings, name: str, *, sensitive: bool = False) -> str:
    """Register a caller that may see every citizen, sensitive papers only where said; its token, which is kept nowhere."""
    rights: tuple[Right, ...] = ("list", "read", "verify", *(("sensitive",) if sensitive else ()))
    return add_caller(settings.portal_callers_path, name, rights, None)


def _write_once(path: Path, text: str) -> None:
    """Make a file for the owner only, whole or not at all: half a key would be taken for one. An existing file stays."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    part.touch(mode=0o600)
    try:
        part.write_text(text, encoding="utf-8")
        with suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink()


def _make_places(settings: Settings) -> None:
    """Make the stores of plain files, once, and mark every folder that may be a disk of its own."""
    stores = {"store", "replica"} & settings.places.keys()
    for name in stores - remembered(settings.home):
        FolderStore.create(settings.places[name])
    mark_places(settings.home, settings.places)


def _first_settings() -> str:
    base = next(base for base in range(18400, 30000, 100) if all(_is_free(base + offset) for offset in _BLOCK.values()))
    return (
        f"SOHOA_PORTAL_PORT={base + _BLOCK['portal']}\n"
        f"SOHOA_S3_ENDPOINT=127.0.0.1:{base + _BLOCK['s3']}\n"
        f"SOHOA_TSA_URL=http://127.0.0.1:{base + _BLOCK['tsa']}/tsa\n"
        f"SOHOA_PREFECT_API_URL=http://127.0.0.1:{base + _BLOCK['prefect']}/api\n"
        "SOHOA_REPLICA=filesystem\n"
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
