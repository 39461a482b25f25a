"""`sohoa explain` says why, in words and as a picture with boxes."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import cv2
from rich.console import Console
from typer.testing import CliRunner

from cli.explain import Explained, show
from cli.main import app
from dossier.errors import Misconfigured
from dossier.values import ReadPage, Sha256
from tests.twins.papers import held

SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "scan6772.jpg"


def test_a_page_is_explained_in_words_and_as_a_picture(tmp_path: Path) -> None:
    picture = tmp_path / "page.png"

    answer = CliRunner().invoke(app, ["explain", str(SAMPLE), "--out", str(picture), "--home", str(tmp_path / "home")])

    assert answer.exit_code == 0
    for told in ("Quyết định", "title: quyet dinh", "number", "Chờ người xử lý", "Không có mã hồ sơ / No dossier code"):
        assert told in answer.output
    drawn = cv2.imread(str(picture))
    assert drawn is not None
    blue = (drawn[..., 0] > 180) & (drawn[..., 1] < 110) & (drawn[..., 2] < 30)
    assert blue.sum() > 500  # the boxes of what was read from print


def test_every_value_is_cut_out_and_the_province_of_a_code_is_told(tmp_path: Path) -> None:
    crops, receipts = tmp_path / "crops", SAMPLE.parent / "026068013176 (5).tif"
    call = [
        "explain",
        str(receipts),
        "--out",
        str(tmp_path / "p.png"),
        "--crops",
        str(crops),
        "--home",
        str(tmp_path / "home"),
    ]

    answer = CliRunner().invoke(app, call)

    assert answer.exit_code == 0
    assert "(Vĩnh Phúc, nay / now Phú Thọ)" in " ".join(answer.output.split())
    assert {"name.png", "citizen_id.png", "due_date.png"} <= {path.name for path in crops.iterdir()}
    cut = cv2.imread(str(crops / "citizen_id.png"))
    assert cut is not None
    assert cut.shape[1] > 3 * cut.shape[0]


def test_a_page_that_is_not_there_is_said(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["explain", str(SAMPLE), "--page", "2", "--home", str(tmp_path / "home")])

    assert isinstance(answer.exception, Misconfigured)
    assert "--page: the file has 1 pages" in str(answer.exception)


def test_a_value_that_looks_like_markup_is_shown_as_the_paper_has_it() -> None:
    paper, console = held(), Console(file=io.StringIO(), width=200)
    name = replace(paper.understood.fields["full_name"], value="An [/Hòa]")
    outcome = replace(paper, understood=replace(paper.understood, fields={"full_name": name}))
    read = ReadPage(1, Sha256("0" * 64), 10, 10, 300, 0, turn_sure=True, skew_deg=0.0, blank=False, lines=())

    show(Explained(read, outcome, is_separator=False), console)

    assert "An [/Hòa]" in console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
