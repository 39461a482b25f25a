"""Separators part the dossiers, titles part the papers, and no page is lost."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from made_pages import MOTTO, blank, card_back, card_front, decision, form, marriage, page, receipt, separator_sheet

from config.document_types import load_document_types
from dossier.values import Code, FailedPage, Grouping, Page, Separator
from ocr.group import group

RULES = load_document_types()
A = "H62.12-230712-0002|026179015470"
B = "H62.12-220421-0003|026096006616"
CARD_QR = Code("qr", "026179015470|135356175|Lê Thị Mẫu|14051979|Nữ|Thôn Quảng Cư|19122022")


def grouped(*pages: Page) -> Grouping:
    return group(pages, RULES)


def spans(grouping: Grouping) -> list[list[int]]:
    return [[one.number for one in document.pages] for document in grouping.documents]


def test_a_separator_holds_until_the_next_one_and_no_longer() -> None:
    result = grouped(separator_sheet(1, A), form(2), separator_sheet(3, B), form(4))

    assert result.separators == (1, 3)
    assert [document.separator for document in result.documents] == [
        Separator("H62.12-230712-0002", "026179015470"),
        Separator("H62.12-220421-0003", "026096006616"),
    ]


def test_a_separator_whose_qr_cannot_be_read_starts_a_doubtful_stretch() -> None:
    result = grouped(separator_sheet(1, A), form(2), separator_sheet(3, None), form(4), separator_sheet(5, B), form(6))

    assert spans(result) == [[2], [4], [6]]
    assert result.separators == (1, 3, 5)
    assert [document.doubts for document in result.documents] == [(), ("separator_unreadable",), ()]
    assert result.documents[1].separator is None


def test_a_bare_sheet_with_a_dossier_code_is_a_separator_even_if_its_heading_was_misread() -> None:
    sheet = page(3, "PHIẾl NCÃN CÃCI", "", "H62.12-220421-0003", "Số CCCD: 026096006616")

    result = grouped(separator_sheet(1, A), form(2), sheet, form(4))

    assert result.separators == (1, 3)
    assert result.documents[1].doubts == ("separator_unreadable",)


def test_a_card_qr_a_bare_code_and_foreign_barcodes_are_no_separators() -> None:
    card = card_front(3, codes=[CARD_QR])
    slip = receipt(4, "H62.12-230712-0002", "026179015470", codes=[Code("qr", "H62.12-230712-0002")])
    parcel = page(5, MOTTO, "x y z", codes=[Code("code128", "VN123456789"), Code("qr", "a|b"), Code("other", A)])

    result = grouped(separator_sheet(1, A), form(2), card, slip, parcel)

    assert result.separators == (1,)
    assert {document.separator.dossier_code for document in result.documents} == {"H62.12-230712-0002"}


def test_a_receipt_that_carries_the_separator_code_parts_the_batch_and_stays_a_paper() -> None:
    slip = receipt(3, "H62.12-220421-0003", "026096006616", codes=[Code("qr", B)])

    result = grouped(separator_sheet(1, A), form(2), slip, form(4))

    assert spans(result) == [[2], [3], [4]]
    assert result.documents[2].separator == Separator("H62.12-220421-0003", "026096006616")


def test_a_separator_with_an_impossible_citizen_id_names_the_dossier_only() -> None:
    result = grouped(separator_sheet(1, "H62.12-230712-0002|999999999999"), form(2))

    assert result.documents[0].separator == Separator("H62.12-230712-0002", None)


def test_the_back_of_a_card_belongs_to_the_card_and_the_next_card_does_not() -> None:
    result = grouped(form(1), card_front(2), card_back(3), card_front(4), marriage(5))

    assert spans(result) == [[1], [2, 3], [4], [5]]


def test_a_page_that_is_no_back_does_not_continue_a_card() -> None:
    result = grouped(card_front(1), page(2, "Mùa su su trên đỉnh Tam Đảo", "Khí hậu mát mẻ quanh năm"))

    assert spans(result) == [[1], [2]]


def test_a_second_page_without_a_title_continues_an_unfinished_paper() -> None:
    first = page(1, MOTTO, (900, "HỢP ĐỒNG"), "BÊN A: Lê Thị Mẫu", "BÊN B: Trần Văn Thử", "Điều 1. Hai bên thỏa thuận")

    result = grouped(first, page(2, "Điều 2. Giá và cách trả", "Hai bên ký tên"), decision(3))

    assert spans(result) == [[1, 2], [3]]


def test_a_stray_page_behind_a_signed_paper_is_a_paper_of_its_own() -> None:
    result = grouped(form(1), page(2, "Mùa su su trên đỉnh Tam Đảo", "Khí hậu mát mẻ quanh năm"))

    assert spans(result) == [[1], [2]]


def test_a_numbered_page_or_an_annex_continues_even_a_signed_paper() -> None:
    numbered = page(2, (1200, "2"), "Khoản 3. Các nội dung khác của quyết định")
    annex = page(3, (1000, "PHỤ LỤC"), "Danh sách các hộ")

    assert spans(grouped(decision(1), numbered, annex)) == [[1, 2, 3]]


def test_an_official_heading_opens_a_paper_although_its_title_is_not_known() -> None:
    result = grouped(form(1), page(2, MOTTO, (1000, "BẢNG KÊ ĐỒ ĐẠC"), "một cái bàn"))

    assert spans(result) == [[1], [2]]


def test_blank_backs_stay_with_their_paper_and_stray_blanks_are_listed() -> None:
    result = grouped(blank(1), separator_sheet(2, A), blank(3), form(4), blank(5), separator_sheet(6, B), blank(7))

    assert spans(result) == [[4, 5]]
    assert result.documents[0].last_page == 4
    assert result.stray_blanks == (1, 3, 7)


def test_an_unread_page_stays_with_its_paper_and_makes_the_rest_of_the_stretch_doubtful() -> None:
    result = grouped(
        separator_sheet(1, A), form(2), FailedPage(3, "OCR_TIMEOUT"), decision(4), separator_sheet(5, B), form(6)
    )

    assert spans(result) == [[2, 3], [4], [6]]
    assert [document.doubts for document in result.documents] == [(), ("after_failed_page",), ()]


MAKERS = [
    blank,
    form,
    card_front,
    card_back,
    decision,
    marriage,
    lambda number: FailedPage(number, "PAGE_DIED"),
    lambda number: separator_sheet(number, A),
    lambda number: separator_sheet(number, B),
    lambda number: separator_sheet(number, None),
    lambda number: page(number, "Mùa su su", "trên đỉnh núi"),
    lambda number: receipt(number, "H62.12-230712-0002", "026179015470"),
    lambda number: page(number, codes=[Code("qr", "x")], blank=True),
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(MAKERS), max_size=12))
def test_every_page_ends_in_exactly_one_place(makers: list[Callable[[int], Page]]) -> None:
    pages = [make(number) for number, make in enumerate(makers, start=1)]

    result = group(pages, RULES)

    placed = [number for span in spans(result) for number in span] + [*result.separators, *result.stray_blanks]
    assert sorted(placed) == [one.number for one in pages]
    assert all(span == sorted(span) for span in spans(result))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(MAKERS), max_size=12))
def test_no_paper_takes_its_dossier_from_any_but_the_last_separator(makers: list[Callable[[int], Page]]) -> None:
    pages = [make(number) for number, make in enumerate(makers, start=1)]

    result = group(pages, RULES)

    for document in result.documents:
        before = [number for number in result.separators if number < document.first_page]
        codes = pages[before[-1] - 1].codes if before else ()
        expected = codes[0].text.split("|")[0] if codes else None
        assert (document.separator.dossier_code if document.separator else None) == expected
