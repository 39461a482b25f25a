"""What `sohoa pdf` writes beside the searchable PDF, as a person asks for it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import fitz
import pytest
from acceptance_parts import SAMPLES
from test_commands import sohoa

from tests.pdfa_checks import complaints
from tests.preflight import preflight, unexpected

pytestmark = pytest.mark.acceptance


def test_pdf_writes_the_text_and_a_reading_copy_beside_it(tmp_path: Path) -> None:
    target, hocr, alto, access = (tmp_path / name for name in ("out.pdf", "out.hocr", "out.xml", "access.pdf"))
    source = SAMPLES / "026068013176 (5).tif"

    done = sohoa(tmp_path, "pdf", source, target, "--hocr", hocr, "--alto", alto, "--access", access)

    assert done.returncode == 0, done.stderr
    with fitz.open(target) as one, fitz.open(access) as two:
        assert [page.get_text() for page in one] == [page.get_text() for page in two]
        words = one[0].get_text().split()
    in_hocr = [node.text for node in ElementTree.parse(hocr).iter() if node.get("class") == "ocrx_word"]  # noqa: S314
    in_alto = [node.get("CONTENT") for node in ElementTree.parse(alto).iter() if node.get("CONTENT")]  # noqa: S314
    assert in_hocr[: len(words)] == words
    assert in_hocr == in_alto
    assert unexpected(preflight(access)) == []
    assert complaints(access) == set()
    assert all(source.stem not in path.read_text(encoding="utf-8") for path in (hocr, alto))


def test_two_targets_of_one_name_are_refused(tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"

    done = sohoa(tmp_path, "pdf", SAMPLES / "026068013176 (5).tif", target, "--access", target)

    assert done.returncode == 1
    assert "[MISCONFIGURED]" in done.stderr
    assert not target.exists()
