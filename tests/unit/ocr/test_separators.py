"""Which pages part the dossiers of a batch, and what stands in doubt behind them."""

from __future__ import annotations

import pytest
from made_pages import MOTTO, decision, form, page, receipt, separator_sheet

from dossier.values import Code, ReadPage, Separator
from ocr.layout import view
from ocr.separators import UnreadableSeparator, doubts_behind, looks_like_separator, separator_of

CODE, OTHER, CITIZEN, PROCEDURE = "H62.12-230712-0002", "H62.12-220421-0003", "026179015470", "1.001193"
OUR_SHEET = (
    (700, "PHIẾU NGĂN CÁCH HỒ SƠ"),
    (900, "Dossier separator sheet"),
    (900, "Mã hồ sơ · Dossier code"),
    (800, CODE),
    (900, "Số định danh · Citizen ID"),
    (900, "026 179 015 470"),
    (900, "Mã thủ tục · Procedure"),
    (900, "1.001193.000.00.00.H35"),
    "Đặt tờ này ngay trước trang đầu của hồ sơ rồi quét cùng hồ sơ.",
    "Place in front of the first page and scan together.",
)


def said(one: ReadPage) -> tuple[Separator | UnreadableSeparator | None, tuple[str, ...]]:
    seen = view(one)
    return separator_of(seen), doubts_behind(seen)


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        (f"{CODE}|", Separator(CODE, None)),
        (f"{CODE}|{CITIZEN}", Separator(CODE, CITIZEN)),
        (f"{CODE}|{CITIZEN}|{PROCEDURE}", Separator(CODE, CITIZEN, PROCEDURE)),
        (f"{CODE}||{PROCEDURE}", Separator(CODE, None, PROCEDURE)),
    ],
)
def test_a_separator_sheet_is_believed(text: str, separator: Separator) -> None:
    assert said(separator_sheet(1, text)) == (separator, ())


def test_an_id_that_is_none_is_doubted_on_every_paper_behind() -> None:
    assert said(separator_sheet(1, f"{CODE}|026979015470")) == (Separator(CODE, None), ("bad_citizen_id",))


def test_two_separators_on_one_sheet_part_the_batch_and_are_doubted() -> None:
    sheet = page(1, *OUR_SHEET, codes=[Code("qr", f"{CODE}|{CITIZEN}"), Code("qr", f"{OTHER}|{CITIZEN}")])

    assert said(sheet) == (Separator(CODE, CITIZEN), ("code_conflict",))


def test_the_same_separator_with_and_without_procedure_is_no_conflict() -> None:
    sheet = page(1, *OUR_SHEET, codes=[Code("qr", f"{CODE}|{CITIZEN}"), Code("qr", f"{CODE}|{CITIZEN}|{PROCEDURE}")])

    assert said(sheet) == (Separator(CODE, CITIZEN), ())


def test_a_foreign_barcode_beside_the_qr_changes_nothing() -> None:
    foreign = [
        Code("other", "8934563138165"),
        Code("code128", CITIZEN),
        Code("qr", "https://giaohang.vn/?van=026082002441"),
    ]
    sheet = page(1, *OUR_SHEET, codes=[*foreign, Code("qr", f"{CODE}|{CITIZEN}")])

    assert said(sheet) == (Separator(CODE, CITIZEN), ())


@pytest.mark.parametrize("text", [None, "https://giaohang.vn/?van=026082002441", "H62.12-231312-0002|026179015470"])
def test_our_sheet_whose_qr_says_nothing_is_an_unreadable_separator(text: str | None) -> None:
    sheet = page(1, *OUR_SHEET, codes=[Code("qr", text)] if text else [])

    assert said(sheet) == (UnreadableSeparator(), ())
    assert looks_like_separator(view(sheet))


@pytest.mark.parametrize(
    "ordinary",
    [
        receipt(1, CODE, CITIZEN, codes=[Code("qr", CODE), Code("code128", CODE)]),
        receipt(1, CODE, CITIZEN, codes=[Code("qr", f"https://dvc.vn/?mahoso={CODE}&cccd={CITIZEN}")]),
        decision(1),
        form(1),
    ],
)
def test_an_ordinary_paper_with_codes_is_no_separator(ordinary: ReadPage) -> None:
    assert said(ordinary) == (None, ())


def test_a_long_paper_about_separator_sheets_is_none() -> None:
    guide = page(1, MOTTO, "HƯỚNG DẪN SỬ DỤNG PHIẾU NGĂN CÁCH HỒ SƠ", *["Mỗi hồ sơ được đặt sau một phiếu ngăn cách."] * 9)

    assert said(guide) == (None, ())
