import json
import unicodedata
from pathlib import Path

import pytest

from bench.truth import true_files

PAGE = {"index": 1, "type": "letter", "mode": "gray", "dpi": 200, "blank": False, "text": "a\nb"}


def folder_of(tmp_path: Path, *files: dict[str, object]) -> Path:
    told = [{"duplicate_of": None, "level": "clean", "pages": [PAGE], **file} for file in files]
    (tmp_path / "truth.json").write_text(json.dumps({"files": told}), encoding="utf-8")
    return tmp_path


def test_duplicates_are_left_out_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).touch()
    files = true_files(
        folder_of(tmp_path, {"file": "a.jpg"}, {"file": "b.jpg", "duplicate_of": "a.jpg"}, {"file": "c.jpg"})
    )

    assert [file.number for file in files] == [1, 3]


def test_a_limit_keeps_the_first_files(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).touch()

    assert [file.path.name for file in true_files(folder_of(tmp_path, {"file": "a.jpg"}, {"file": "b.jpg"}), 1)] == [
        "a.jpg"
    ]


def test_a_name_is_found_composed_or_decomposed(tmp_path: Path) -> None:
    (tmp_path / unicodedata.normalize("NFD", "Lụa.jpg")).touch()

    assert len(true_files(folder_of(tmp_path, {"file": unicodedata.normalize("NFC", "Lụa.jpg")}))) == 1


def test_a_file_that_is_not_there_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        true_files(folder_of(tmp_path, {"file": "a.jpg"}))


def test_both_orders_of_the_text_and_both_resolutions_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.tif").touch()
    page = {**PAGE, "text_rows": "b\na", "dpi": 204, "dpi_down": 98}
    [file] = true_files(folder_of(tmp_path, {"file": "a.tif", "pages": [page]}))

    assert file.pages[0].texts == ("a\nb", "b\na")
    assert file.pages[0].resolution == "204x98"
