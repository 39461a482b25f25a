"""How much memory reading and binding take: a long file, and the largest page that an office scans."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import cv2
import fitz
import numpy as np
import pikepdf
import psutil
import pytest

from ocr.ink import Pixels
from tests.twins.drawn_pages import letter, noisy, red_seal

pytestmark = pytest.mark.acceptance

PAGES = 500
A3_AT_600 = (7016, 9921)
"""Pixels across and down."""

MOST_MB = 1024
"""Resident memory that no process may ever have had, MiB."""

LOOK_SECONDS = 0.02


@dataclass
class Peaks:
    """The most resident memory that each process of a family ever had."""

    mb: dict[int, float] = field(default_factory=dict)
    """Number of the process to MiB, the first one being the parent."""

    def look(self, family: list[psutil.Process]) -> None:
        """Ask the kernel, which keeps the peak of every process (VmHWM)."""
        for process in family:
            try:
                status = Path("/proc", str(process.pid), "status").read_text(encoding="ascii")
            except (FileNotFoundError, ProcessLookupError):
                continue
            peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), None)
            if peak:
                self.mb[process.pid] = int(peak) / 1024


@contextmanager
def watched(pid: int) -> Iterator[Peaks]:
    """Look again and again at a process and all below it."""
    peaks, done, parent = Peaks(), threading.Event(), psutil.Process(pid)

    def watch() -> None:
        while not done.wait(LOOK_SECONDS):
            try:
                peaks.look([parent, *parent.children(recursive=True)])
            except psutil.NoSuchProcess:
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        done.set()
        watcher.join()


def bound(source: Path, target: Path, *wishes: str) -> Peaks:
    """Make a searchable PDF with `sohoa pdf`, and say what memory it took."""
    program = Path(sys.executable).with_name("sohoa")
    words = [str(word) for word in (program, "pdf", source, target, *wishes, "--home", target.parent)]
    done = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with watched(done.pid) as peaks:
        _, complaint = done.communicate()
    assert done.returncode == 0, complaint
    assert len(peaks.mb) >= 3, "parent, keeper and a worker were not all seen"
    return peaks


def long_pdf(path: Path) -> Path:
    """Bilevel A5 pages at 100 dpi, two lines on each, no two alike."""
    with pikepdf.new() as pdf:
        for number in range(1, PAGES + 1):
            page = letter(100, lines=("CỘNG HÒA XÃ HỘI", f"Trang thứ {number}"), points=14)[:584]
            height, width = page.shape
            stored = pdf.make_stream(np.packbits(page > 128, axis=1).tobytes())
            stored.Type, stored.Subtype, stored.ColorSpace = (
                pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.DeviceGray,
            )  # fmt: skip
            stored.BitsPerComponent, stored.Width, stored.Height = 1, width, height
            sheet = pdf.add_blank_page(page_size=(width * 0.72, height * 0.72))
            sheet.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(S=stored))
            sheet.obj.Contents = pdf.make_stream(b"%.2f 0 0 %.2f 0 0 cm /S Do" % (width * 0.72, height * 0.72))
        pdf.save(path)
    return path


def large_jpeg(path: Path) -> Path:
    """A colour page of print with a seal and the grain of a scanner, and its resolution in the JPEG's header."""
    fine = cv2.resize(red_seal(noisy(letter(150), 1), 800, 1200, 120), A3_AT_600, interpolation=cv2.INTER_CUBIC)
    data = bytearray(cv2.imencode(".jpg", cast("Pixels", fine[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())
    data[13:18] = b"\x01" + (600).to_bytes(2, "big") * 2  # JFIF: dots per inch, across and down
    path.write_bytes(data)
    return path


def test_a_file_of_500_pages_is_read_and_bound_within_a_gigabyte(tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"

    peaks = bound(long_pdf(tmp_path / "long.pdf"), target)

    assert max(peaks.mb.values()) < MOST_MB
    with fitz.open(target) as pdf:
        assert len(pdf) == PAGES
        assert "CỘNG HÒA XÃ HỘI" in pdf[PAGES - 1].get_text()


def test_a_colour_page_of_a3_at_600_dpi_is_read_and_made_light_within_a_gigabyte(tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"

    peaks = bound(large_jpeg(tmp_path / "large.jpg"), target, "--access", str(tmp_path / "access.pdf"))

    assert max(peaks.mb.values()) < MOST_MB
    with fitz.open(target) as pdf:
        assert "CỘNG HÒA XÃ HỘI" in pdf[0].get_text()
