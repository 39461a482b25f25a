"""The items of NĐ 30/2020 Annex VI and TT 05/2025: filled, counted, never cut."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.dossier_code import DossierCode
from dossier.metadata import (
    DOSSIER_ND30,
    DOSSIER_TT05,
    PAPER_ND30,
    PAPER_TT05,
    Complaint,
    DossierFacts,
    PaperFacts,
    amended,
    dossier_metadata_of,
    metadata_of,
)

FACTS = PaperFacts(
    record_id="ab" * 16,
    dossier_code=DossierCode("H62.33-240106-0001"),
    type_title="Quyết định",
    fields={
        "number": "12/QĐ-UBND", "date": "05/01/2024", "agency": "UBND xã Thử", "subject": "Về việc công nhận",
        "signer": "Nguyễn Thử", "signer_title": "Chủ tịch",
    },
    pages=2,
    keep_years=10,
    procedure="1.001193",
)  # fmt: skip
DOSSIER = DossierFacts(
    dossier_code=DossierCode("H62.33-240106-0001"), keywords=("Quyết định",), papers=3, pages=7, keep_years=10,
    begun=date(2024, 1, 6), ended=date(2024, 1, 9), backup="Đã có bản dự phòng", files=9,
)  # fmt: skip


def test_the_items_of_a_paper_are_filled_from_what_was_read() -> None:
    made = metadata_of(FACTS)

    assert made.nd30 == {
        "FileCode.OrganId": "H62.33", "FileCode.FileCatalog": 2024, "FileCode.FileNotation": "240106-0001",
        "TypeName": "Quyết định", "CodeNumber": "12", "CodeNotation": "QĐ-UBND", "IssuedDate": "05/01/2024",
        "OrganName": "UBND xã Thử", "Subject": "Về việc công nhận", "Language": "Tiếng Việt", "PageAmount": 2,
        "Description": "Bản điện tử chuyển đổi từ văn bản giấy", "SignerInfo.Position": "Chủ tịch",
        "SignerInfo.FullName": "Nguyễn Thử",
    }  # fmt: skip
    assert list(made.tt05) == [item.name for item in PAPER_TT05]
    assert made.complaints == ()


def test_the_lengths_are_those_of_the_annex() -> None:
    lengths = {item.name: item.length for item in PAPER_ND30}

    assert lengths == {
        "FileCode.OrganId": 13, "FileCode.FileCatalog": 4, "FileCode.FileNotation": 20, "DocOrdinal": 3, "TypeName": 100,
        "CodeNumber": 11, "CodeNotation": 30, "IssuedDate": 10, "OrganName": 200, "Subject": 500, "Language": 30,
        "PageAmount": 3, "Description": 500, "SignerInfo.Position": 100, "SignerInfo.FullName": 50, "Priority": 1,
    }  # fmt: skip
    assert {item.name: item.length for item in DOSSIER_ND30} == {
        "FileCode.OrganId": 13, "FileCode.FileCatalog": 4, "FileCode.FileNotation": 20, "Title": 500, "Maintenance": 30,
        "Rights": 30, "Creator": 30, "Language": 50, "StartDate": 10, "EndDate": 10, "DocTotal": 4, "PageTotal": 4,
        "Description": 500,
    }  # fmt: skip


def test_the_seven_items_of_the_circular_are_mandatory() -> None:
    assert [item.vi for item in PAPER_TT05 if item.mandatory] == [
        "Mã định danh", "Thời hạn bảo quản", "Tiêu đề", "Ngôn ngữ", "Từ khóa", "Mức độ tiếp cận", "Chữ ký số",
    ]  # fmt: skip
    assert len(DOSSIER_TT05) == 17


@given(st.integers(0, 700))
def test_a_value_over_its_length_is_named_with_length_and_limit_and_kept_whole(length: int) -> None:
    subject = "ệ" * length
    made = metadata_of(replace(FACTS, fields={"subject": subject}))

    assert made.nd30["Subject"] == (subject or FACTS.type_title)
    assert (Complaint("nd30", "Subject", "too_long", length, 500) in made.complaints) == (length > 500)


def test_length_is_counted_in_letters_not_in_marks_and_not_in_bytes() -> None:
    decomposed = "e\u0323\u0302" * 500  # 500 times ệ as three code points

    made = metadata_of(replace(FACTS, fields={"subject": decomposed}))

    assert made.nd30["Subject"] == "ệ" * 500
    assert made.complaints == ()


def test_a_thousand_pages_have_one_digit_too_many() -> None:
    assert metadata_of(replace(FACTS, pages=1000)).complaints == (Complaint("nd30", "PageAmount", "too_long", 4, 3),)


def test_a_missing_mandatory_item_is_reported_and_an_optional_one_is_not() -> None:
    made = metadata_of(replace(FACTS, type_title="", fields={}))

    assert made.complaints == (Complaint("tt05", "TieuDe", "missing"),)
    assert made.tt05["TuKhoa"] == "1.001193"
    assert "SignerInfo.FullName" not in made.nd30


def test_complaints_are_told_in_both_languages_and_without_the_value() -> None:
    (complaint,) = metadata_of(replace(FACTS, fields={"signer": "Nguyễn " * 10})).complaints

    assert complaint.words == ("SignerInfo.FullName dài 69, tối đa 50", "SignerInfo.FullName has 69, at most 50")
    assert Complaint("tt05", "TuKhoa", "missing").words == ("thiếu TuKhoa", "TuKhoa is missing")


def test_the_manifest_holds_it_as_json() -> None:
    told = metadata_of(FACTS).as_json()

    assert json.loads(json.dumps(told)) == told
    assert set(told) == {"nd30", "tt05", "complaints"}


@pytest.mark.parametrize("procedure", ["1.001193", None])
def test_a_correction_fills_the_items_anew_and_leaves_the_rest(procedure: str | None) -> None:
    facts = replace(FACTS, procedure=procedure)
    corrected = {**facts.fields, "number": "21/QĐ-UBND"}

    again = amended(json.loads(json.dumps(metadata_of(facts).as_json())), corrected)

    assert again == metadata_of(replace(facts, fields=corrected))
    assert again.nd30["CodeNumber"] == "21"


def test_the_agency_in_the_older_style_fits_its_thirteen_letters() -> None:
    made = metadata_of(replace(FACTS, dossier_code=DossierCode("000.00.12.H62-201105-0004")))

    assert made.nd30["FileCode.OrganId"] == "000.00.12.H62"
    assert made.complaints == ()


def test_the_items_of_a_dossier_are_filled() -> None:
    made = dossier_metadata_of(DOSSIER)

    assert (made.nd30["StartDate"], made.nd30["EndDate"]) == ("06/01/2024", "09/01/2024")
    assert (made.nd30["Maintenance"], made.nd30["DocTotal"], made.nd30["PageTotal"]) == ("10 năm", 3, 7)
    assert made.tt05["MaHoSoGocGiay"] == "H62.33-240106-0001"
    assert made.complaints == ()


def test_a_dossier_whose_retention_is_not_known_says_so() -> None:
    made = dossier_metadata_of(replace(DOSSIER, keep_years=None))

    assert made.complaints == (Complaint("tt05", "ThoiHanLuuTru", "missing"),)


def test_the_page_of_docs_lists_every_item() -> None:
    page = (Path(__file__).parents[3] / "docs" / "export.md").read_text(encoding="utf-8")

    papers = [(item.name, item.vi) for item in (*PAPER_ND30, *PAPER_TT05)]
    dossiers = [(item.name, item.vi) for item in (*DOSSIER_ND30, *DOSSIER_TT05)]
    for name, vi in papers + dossiers:
        assert f"`{name}`" in page
        assert vi in page
