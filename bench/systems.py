"""The systems that are compared, each as the command that reads one file."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from bench.truth import TruePage

OWN: Final = "sohoa"
PLAIN: Final = "tesseract"

_BIN: Final = Path(sys.executable).parent
"""Where the console commands of this environment lie."""

_DISBELIEVED: Final = (96, 96)
"""OCRmyPDF refuses pictures that claim so few dots an inch, unless it is told the number again."""


@dataclass(frozen=True, slots=True)
class Job:
    """One file for one system."""

    source: Path
    pages: Sequence[TruePage]
    work: Path
    """Empty folder for the output and whatever else the system writes."""
    cores: int

    @property
    def is_pdf(self) -> bool:
        """Whether the file holds pages instead of pictures."""
        return self.source.suffix.lower() == ".pdf"


@dataclass(frozen=True, slots=True)
class System:
    """One way to make scans searchable."""

    name: str
    called: str
    """How it was called, for the report."""
    output: str
    """Name of the file that it writes in the work folder."""
    command: Callable[[Job], list[str]]
    """Program and arguments."""
    codes: Sequence[int] = (0,)
    """Exit codes with which a usable file was written."""

    def argv(self, job: Job) -> list[str]:
        """The command with the variables that make the systems equal."""
        return ["env", "OMP_THREAD_LIMIT=1", f"SOHOA_CORES={job.cores}", *self.command(job)]


def _own(job: Job) -> list[str]:
    home = str(job.work / "home")  # not that of an installation, which may have settings
    return [str(_BIN / "sohoa"), "pdf", str(job.source), str(job.work / "out.pdf"), "--home", home]


def _ocrmypdf(*flags: str) -> Callable[[Job], list[str]]:
    def command(job: Job) -> list[str]:
        head = [str(_BIN / "ocrmypdf"), "-q", "-l", "vie", "--output-type", "pdfa", "--jobs", str(job.cores)]
        return [*head, *flags, *_told_dpi(job), str(job.source), str(job.work / "out.pdf")]

    return command


def _told_dpi(job: Job) -> list[str]:
    """The truth's resolution where that of the picture is missing or not believed: its operator would know it."""
    if job.is_pdf:
        return []
    try:
        with Image.open(job.source) as picture:
            claimed = picture.info.get("dpi")
    except OSError:
        return []  # no picture: to refuse it is the system's part
    return [] if claimed and claimed > _DISBELIEVED else ["--image-dpi", str(job.pages[0].dpi[0])]


def _tesseract(job: Job) -> list[str]:
    """Pictures as they are; pages of a PDF first as pictures of their own resolution."""
    last = ["tesseract", str(job.source), str(job.work / "out"), "-l", "vie"]
    if not job.is_pdf:
        return last
    steps = [_draw(job, page) for page in job.pages]
    pictures = job.work / "pictures"
    pictures.write_text("".join(f"{_picture(job, page)}.tif\n" for page in job.pages), encoding="utf-8")
    last[1] = str(pictures)
    return ["sh", "-c", " && ".join(shlex.join(step) for step in [*steps, last])]


def _draw(job: Job, page: TruePage) -> list[str]:
    number, (across, down) = str(page.number), page.dpi
    size = ["-rx", str(across), "-ry", str(down), "-f", number, "-l", number, "-singlefile"]
    return ["pdftoppm", *size, "-tiff", "-tiffcompression", "none", str(job.source), _picture(job, page)]


def _picture(job: Job, page: TruePage) -> str:
    return str(job.work / f"page-{page.number:04d}")


_STRAIGHT: Final = ("--deskew", "--rotate-pages", "--clean")
_PDFA_FAILED: Final = 10

SYSTEMS: Final = (
    System(OWN, "`sohoa pdf IN OUT` (default engine)", "out.pdf", _own),
    System("ocrmypdf", "`ocrmypdf -l vie --output-type pdfa --jobs N IN OUT`", "out.pdf", _ocrmypdf(), (0, _PDFA_FAILED)),
    System(
        "ocrmypdf-clean",
        f"`ocrmypdf -l vie --output-type pdfa --jobs N {' '.join(_STRAIGHT)} IN OUT`",
        "out.pdf",
        _ocrmypdf(*_STRAIGHT),
        (0, _PDFA_FAILED),
    ),
    System(
        PLAIN,
        "`tesseract IN OUT -l vie` (reads one page after the other on one core); a PDF's pages first by `pdftoppm`, "
        "which counts",
        "out.txt",
        _tesseract,
    ),
)
"""Every system, in the order in which each file is given to them."""


def chosen(names: Sequence[str] | None) -> list[System]:
    """The systems of those names, or all.

    Raises:
        ValueError: there is no system of that name.
    """
    known = {system.name: system for system in SYSTEMS}
    if unknown := sorted(set(names or ()) - set(known)):
        raise ValueError(f"no system is called {', '.join(unknown)}; there are {', '.join(known)}")
    return [system for system in SYSTEMS if not names or system.name in names]
