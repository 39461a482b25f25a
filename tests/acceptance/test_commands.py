"""The commands that need no server, as a person types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import fitz
import pytest
from acceptance_parts import SAMPLES

from config.settings import load_settings
from storage.places import mark_places
from tests.pdfa_checks import complaints
from tests.preflight import preflight, unexpected
from tests.twins.worded_pages import draw_page, jpeg_bytes

pytestmark = pytest.mark.acceptance

SOHOA = Path(sys.executable).with_name("sohoa")


def sohoa(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command in an installation of its own."""
    command = [str(SOHOA), *map(str, arguments), "--home", str(home)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_pdf_turns_a_multi_page_tiff_into_a_searchable_pdfa(tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"

    done = sohoa(tmp_path, "pdf", SAMPLES / "026068013176 (5).tif", target)

    assert done.returncode == 0, done.stderr
    with fitz.open(target) as pdf:
        assert pdf.page_count == 4
        assert "GIẤY TIẾP NHẬN HỒ SƠ" in pdf[0].get_text()
    assert unexpected(preflight(target)) == []
    assert complaints(target) == set()


def test_pdf_of_a_broken_file_says_what_is_wrong_and_writes_nothing(tmp_path: Path) -> None:
    broken, target = tmp_path / "x.pdf", tmp_path / "out.pdf"
    broken.write_bytes(b"no pdf at all, " * 10)

    done = sohoa(tmp_path, "pdf", broken, target)

    assert done.returncode == 1
    assert done.stderr.count("[NOT_WHAT_IT_SAYS]") == 2
    assert not target.exists()


def test_pdf_never_writes_over_the_scan_itself(tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF- the only copy")

    done = sohoa(tmp_path, "pdf", scan, tmp_path / "." / "scan.pdf")

    assert done.returncode == 1
    assert "[MISCONFIGURED]" in done.stderr
    assert scan.read_bytes() == b"%PDF- the only copy"


def test_inspect_lists_every_file_with_its_pages_its_error_or_its_twin(tmp_path: Path) -> None:
    folder, results = tmp_path / "scans", tmp_path / "results.json"
    folder.mkdir()
    letter = jpeg_bytes(draw_page().image)
    (folder / "thư.jpg").write_bytes(letter)
    (folder / "thư bản sao.jpg").write_bytes(letter)
    (folder / "rỗng.pdf").write_bytes(b"")

    done = sohoa(tmp_path, "inspect", folder, "--out", results)
    found = {one["file"]: one for one in json.loads(results.read_text(encoding="utf-8"))}

    assert done.returncode == 1
    assert found["rỗng.pdf"]["error"]["code"] == "EMPTY"
    assert found["thư bản sao.jpg"]["duplicate_of"] == "thư.jpg"
    (page,) = found["thư.jpg"]["pages"]
    assert set(page) == {
        "index",
        "text",
        "rotation",
        "skew",
        "blank",
        "separator",
        "confidence",
        "seconds",
        "turn_sure",
        "notes",
        "engine",
    }
    assert page["text"]
    (document,) = found["thư.jpg"]["documents"]
    assert document["type"] == "unknown"
    assert "unknown_type" in document["held"]


def test_verify_of_an_unsigned_file_fails(tmp_path: Path) -> None:
    unsigned = tmp_path / "unsigned.pdf"
    sohoa(tmp_path, "pdf", SAMPLES / "026068013176 (5).tif", unsigned)
    root = tmp_path / "pki" / "root.pem"
    root.parent.mkdir()
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=test",
            "-keyout",
            "/dev/null",
            "-out",
            root,
        ],
        check=True,
        capture_output=True,
    )

    done = sohoa(tmp_path, "verify", unsigned)

    assert done.returncode == 1
    assert "[SEAL_BROKEN]" in done.stderr


def test_drop_makes_no_installation_where_there_is_none(tmp_path: Path) -> None:
    scan = tmp_path / "scan.jpg"
    scan.write_bytes(b"a scan")

    done = sohoa(tmp_path / "misspelt", "drop", scan, "--office", "xa-kim-xa")

    assert done.returncode == 1
    assert "[MISCONFIGURED]" in done.stderr
    assert not (tmp_path / "misspelt").exists()


def test_drop_lays_the_file_whole_into_the_offices_folder_and_overwrites_nothing(tmp_path: Path) -> None:
    mark_places(tmp_path, load_settings(tmp_path).places)
    scan = tmp_path / "Hồ sơ 1.jpg"
    for content in (b"first", b"second"):
        scan.write_bytes(content)
        sohoa(tmp_path, "drop", scan, "--office", "xa-kim-xa")

    waiting = {path.name: path.read_bytes() for path in (tmp_path / "inbox" / "xa-kim-xa").iterdir()}

    assert waiting == {"Hồ sơ 1.jpg": b"first", "Hồ sơ 1 (1).jpg": b"second"}
