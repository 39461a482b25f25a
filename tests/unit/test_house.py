"""The house itself: every package stands in the layers, locks hold hashes only, no secret or address is committed."""

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_every_package_stands_in_the_layers() -> None:
    beside_the_product = {"tests", "training", "bench"}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - beside_the_product
    layers = " | ".join(PROJECT["tool"]["importlinter"]["contracts"][0]["layers"])

    assert packages == set(layers.split(" | "))
    assert packages == {name for name in PROJECT["tool"]["setuptools"]["packages"] if "." not in name}


def test_locks_hold_names_and_hashes_and_no_address() -> None:
    for lock in ROOT.glob("*.lock"):
        text = lock.read_text(encoding="utf-8")
        entries = re.findall(
            r"^[a-z0-9._-]+==\S+(?: ; .*?)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.MULTILINE
        )

        assert "".join(entries) == text
        assert "://" not in text


def test_the_lock_keeps_fastapi_below_the_version_that_prefect_cannot_start_with() -> None:
    for lock in ROOT.glob("*.lock"):
        found = re.search(r"^fastapi==0\.(\d+)\.", lock.read_text(encoding="utf-8"), re.MULTILINE)

        assert found is not None
        assert int(found[1]) < 151


def test_samples_stay_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in (ROOT / "samples").iterdir()) < 8_000_000


def test_no_secret_is_tracked() -> None:
    for path in tracked():
        if path.suffix in {".py", ".toml", ".yaml", ".md", ".sh", ".env", ".json"}:
            assert not re.search(
                r"BEGIN [A-Z ]*PRIVATE KEY|secret_key\s*[:=]\s*['\"][A-Za-z0-9/+]{20,}", path.read_text(encoding="utf-8")
            )
