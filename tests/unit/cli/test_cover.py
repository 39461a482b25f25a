"""`sohoa cover`: one sheet from options, many from a table; a wrong row is named and nothing is printed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pdf2image import convert_from_path
from typer.testing import CliRunner, Result

from cli.cover import Row, print_sheets, rows_of
from cli.main import app
from dossier.errors import BadCoverSheet, Misconfigured
from dossier.values import Separator
from ocr.codes import find_codes
from ocr.page_codes import SeparatorSaid, said_by

CODE, OTHER, CITIZEN, PROCEDURE = (
    "H62.12-230712-0002",
    "000.00.12.H62-201105-0004",
    "026179015470",
    "1.001193.000.00.00.H35",
)


def sohoa(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["cover", *map(str, arguments)])


def scanned(pdf: Path) -> list[SeparatorSaid]:
    pages = convert_from_path(pdf, dpi=150, grayscale=True)
    return [said for page in pages for said in map(said_by, find_codes(np.asarray(page, np.uint8), 150))]  # type: ignore[misc]


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "table.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_one_sheet_is_printed_from_the_options(tmp_path: Path) -> None:
    done = sohoa("--dossier", CODE, "--citizen", CITIZEN, "--procedure", PROCEDURE, tmp_path / "out.pdf")

    assert done.exit_code == 0
    assert scanned(tmp_path / "out.pdf") == [SeparatorSaid(Separator(CODE, CITIZEN, PROCEDURE))]


def test_many_sheets_are_printed_from_a_vietnamese_table_in_its_order(tmp_path: Path) -> None:
    head = "Mã hồ sơ;Số định danh;Mã thủ tục;Họ tên"
    rows = f"{head}\n{CODE};026 179 015 470;;Mẫu\n\n;;;\n{OTHER};;{PROCEDURE}\n{CODE};{CITIZEN};;\n"

    done = sohoa(tmp_path / "out.pdf", "--csv", table(tmp_path, rows, "utf-8-sig"))

    assert done.exit_code == 0
    assert scanned(tmp_path / "out.pdf") == [
        SeparatorSaid(Separator(CODE, CITIZEN)),
        SeparatorSaid(Separator(OTHER, None, PROCEDURE)),
        SeparatorSaid(Separator(CODE, CITIZEN)),
    ]


@pytest.mark.parametrize("arguments", [[], ["--dossier", CODE, "--csv", "t"], ["--csv", "t", "--citizen", CITIZEN]])
def test_either_a_dossier_or_a_table_is_asked_for(tmp_path: Path, arguments: list[str]) -> None:
    file = table(tmp_path, f"dossier\n{CODE}\n")

    done = sohoa(tmp_path / "out.pdf", *(str(file) if one == "t" else one for one in arguments))

    assert done.exit_code == 2
    assert not (tmp_path / "out.pdf").exists()


def test_every_wrong_row_is_named_with_its_reason_and_nothing_is_printed(tmp_path: Path) -> None:
    rows = f"dossier,citizen,procedure\n{CODE},{CITIZEN},\nH62.12-231312-0002,{CITIZEN},1.2\n{OTHER},026979015470,\n"
    said: list[str] = []

    with pytest.raises(BadCoverSheet, match="2 dòng/rows"):
        print_sheets(rows_of(table(tmp_path, rows), said.append), tmp_path / "out.pdf", said.append)

    assert [one.partition(":")[0] for one in said] == ["dòng 3, mã hồ sơ", "dòng 3, mã thủ tục", "dòng 4, số định danh"]
    assert all(" / row " in one for one in said)
    assert not (tmp_path / "out.pdf").exists()


def test_an_error_holds_no_id_that_was_typed(tmp_path: Path) -> None:
    with pytest.raises(BadCoverSheet) as caught:
        print_sheets([Row(CODE, "026979015470")], tmp_path / "out.pdf", lambda _: None)

    assert "0269" not in f"{caught.value} {caught.value.advice}"


def test_a_zero_that_the_spreadsheet_dropped_is_explained(tmp_path: Path) -> None:
    said: list[str] = []

    with pytest.raises(BadCoverSheet):
        print_sheets([Row(CODE, CITIZEN[1:], number=2)], tmp_path / "out.pdf", said.append)

    assert said == [
        "dòng 2, số định danh: thiếu số 0 ở đầu: bảng tính đã bỏ đi, hãy định dạng cột là Văn bản. / "
        "row 2, citizen ID: the 0 in front is missing: the spreadsheet dropped it, format the column as Text."
    ]


def test_one_dossier_of_two_citizens_is_refused(tmp_path: Path) -> None:
    said: list[str] = []
    rows = [Row(CODE, CITIZEN, number=2), Row(OTHER, number=3), Row(CODE, "026082002441", number=4)]

    with pytest.raises(BadCoverSheet):
        print_sheets(rows, tmp_path / "out.pdf", said.append)

    assert said == [
        "dòng 4, số định danh: khác với dòng 2 của cùng hồ sơ. / "
        "row 4, citizen ID: row 2 of the same dossier says otherwise."
    ]


@pytest.mark.parametrize(
    ("text", "encoding", "reason"),
    [
        ("", "utf-8", "UTF-8"),
        (f"mã hồ sơ\n{CODE}\n", "utf-16", "UTF-8"),
        (f"dossier,chú ý\n{CODE},\n", "latin-1", "UTF-8"),
        (f'dossier\n"{CODE}\n', "utf-8", "UTF-8"),
        (f"citizen\n{CITIZEN}\n", "utf-8", "row 1 must name"),
        (f"{CODE},{CITIZEN}\n{OTHER},\n", "utf-8", "row 1 must name"),
        (f"dossier,mã hồ sơ\n{CODE},{OTHER}\n", "utf-8", "none twice"),
        ("dossier,citizen\n\n,\n", "utf-8", "there is no dossier"),
        ("dossier\n" + f"{CODE}\n" * 5_001, "utf-8", "more than 5000"),
        (f"dossier,citizen\n{CODE},{CITIZEN},{PROCEDURE}\n", "utf-8", "row 2, table: there are more cells"),
    ],
    ids=["empty", "UTF-16", "Latin-1", "open quote", "no code", "no header", "twice", "no rows", "too many", "too wide"],
)
def test_a_table_that_cannot_be_understood_is_refused_with_the_reason(
    tmp_path: Path, text: str, encoding: str, reason: str
) -> None:
    said: list[str] = []

    with pytest.raises(BadCoverSheet):
        rows_of(table(tmp_path, text, encoding), said.append)

    assert len(said) == 1
    assert reason in said[0]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_as_any_spreadsheet_writes_it(tmp_path: Path, delimiter: str, end: str) -> None:
    lines = [("Tên; ghi chú, khác", "CCCD", "MÃ HỒ SƠ"), ("a", CITIZEN, CODE)]
    text = "".join(delimiter.join(f'"{cell}"' for cell in line) + end for line in lines)

    assert rows_of(table(tmp_path, text), pytest.fail) == (Row(CODE, CITIZEN, number=2),)


def test_an_earlier_file_stays_where_the_new_sheets_are_refused(tmp_path: Path) -> None:
    (tmp_path / "out.pdf").write_bytes(b"earlier")

    done = sohoa(tmp_path / "out.pdf", "--dossier", "H62")

    assert isinstance(done.exception, BadCoverSheet)
    assert (tmp_path / "out.pdf").read_bytes() == b"earlier"


def test_a_folder_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="folder"):
        print_sheets([Row(CODE)], tmp_path / "none" / "out.pdf", lambda _: None)


def test_a_day_of_dossiers_is_one_file(tmp_path: Path) -> None:
    rows = [Row(f"H62.12-230712-{number:04d}", CITIZEN) for number in range(1, 201)]

    assert print_sheets(rows, tmp_path / "out.pdf", pytest.fail) == 200

    with pikepdf.open(tmp_path / "out.pdf") as made:
        assert len(made.pages) == 200
