"""`sohoa inspect` sees what lies beside a scan as the inbox would."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app

SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "scan6772.jpg"
CODE, CITIZEN = "H62.33-231205-0011", "026068006877"
"""Of the sample, a decision that shows its citizen and no dossier code; synthetic."""


def inspected(folder: Path, manifest: dict[str, object] | str | None) -> dict[str, object]:
    shutil.copy(SAMPLE, folder / "a.jpg")
    if manifest is not None:
        text = manifest if isinstance(manifest, str) else json.dumps(manifest)
        (folder / "a.json").write_text(text, encoding="utf-8")
    results = folder.parent / "results.out"
    CliRunner().invoke(app, ["inspect", str(folder), "--out", str(results), "--home", str(folder.parent / "home")])
    (result,) = json.loads(results.read_text(encoding="utf-8"))
    (document,) = result["documents"]
    return dict(document)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mot-cua").mkdir()
    return tmp_path / "mot-cua"


def test_a_manifest_beside_the_scan_links_what_the_paper_alone_does_not(folder: Path) -> None:
    document = inspected(folder, {"dossier_code": CODE, "citizen_id": CITIZEN, "pages": 1})

    assert (document["dossier_code"], document["citizen_id"]) == (CODE, CITIZEN)
    assert (document["linked_by"], document["held"]) == (["manifest"], [])


def test_without_one_the_paper_waits(folder: Path) -> None:
    document = inspected(folder, None)

    assert document["dossier_code"] is None
    assert "no_dossier_code" in document["held"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("manifest", "doubt"),
    [
        ("{not json", "bad_manifest"),
        ({"dossier_code": CODE, "citizen_id": CITIZEN, "pages": 2}, "page_count_differs"),
        ({"dossier_code": CODE, "citizen_id": CITIZEN, "sha256": "0" * 64}, "bad_manifest"),
    ],
)
def test_a_manifest_that_cannot_be_believed_holds_the_paper(
    folder: Path, manifest: dict[str, object] | str, doubt: str
) -> None:
    document = inspected(folder, manifest)

    assert doubt in document["held"]  # type: ignore[operator]
