"""What the numbers were measured on: the machine and the versions of everything that took part."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_PROGRAMS: Final = (
    ("tesseract", "--version"),
    ("gs", "--version"),
    ("unpaper", "--version"),
    ("pngquant", "--version"),
    ("pdftotext", "-v"),
)
_PACKAGES: Final = (
    "sohoa",
    "ocrmypdf",
    "onnxruntime",
    "opencv-python",
    "pikepdf",
    "pillow",
    "numpy",
    "pytesseract",
    "rapidfuzz",
)
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)+")


def machine() -> Iterator[tuple[str, str]]:
    """Name and value of what a reader must know of the machine."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield "processor", _processor()
    yield "cores", str(cores)
    yield "memory", f"{memory:.1f} GiB"
    yield "system", f"{_system()}, Linux {platform.release()}"


def versions() -> Iterator[tuple[str, str]]:
    """Name and version of every part; those that are missing say so."""
    yield "Python", platform.python_version()
    yield from ((name, _package(name)) for name in _PACKAGES)
    yield from ((name, _program(name, flag)) for name, flag in _PROGRAMS)
    yield "tesseract-ocr-vie", _debian("tesseract-ocr-vie")
    yield "our source", _commit()


def load() -> float:
    """How many processes wanted to run, mean of the last minute."""
    return os.getloadavg()[0]


def _processor() -> str:
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    names = [line.partition(": ")[2] for line in info.splitlines() if line.startswith("model name")]
    flags = set(info.split())
    known = ", ".join(f"{flag} {'yes' if flag in flags else 'no'}" for flag in ("avx2", "avx512_vnni", "avx_vnni"))
    return f"{names[0] if names else platform.machine()}; {known}"


def _system() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", "unknown")


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _program(name: str, flag: str) -> str:
    found = _NUMBER.search(_said(name, flag))
    return found[0] if found else "not installed"


def _debian(package: str) -> str:
    return _said("dpkg-query", "-W", "-f", "${Version}", package).strip() or "unknown"


def _commit() -> str:
    """The commit, and whether files differ from it."""
    return (
        _said("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty=, with changes").strip()
        or "unknown"
    )


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, check=False, text=True, errors="replace")
    except FileNotFoundError:
        return ""
    return done.stdout + done.stderr if done.returncode == 0 else ""
