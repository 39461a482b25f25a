"""Separators part the dossiers, titles part the papers, and no page is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pages import MOTTO, Cell, blank, card_back, card_front, decision, form, marriage, page, receipt, separator_sheet

from config.document_types import load_document_types
from dossier.errors import PagesLost
from dossier.values import Code, FailedPage, Grouping, Page, ReadPage, Separator
from ocr.continuity import machine_ids
from ocr.group import group
from ocr.secrecy import withheld

RULES = load_document_types()
A = "H62.12-230712-0002|026179015470"
B = "H62.12-220421-0003|026096006616"
RECEIPT_CODES = (Code("qr", "H62.12-220421-0003"),)
FIRST_LINE = "IDVNM0960066160026096006616<<2"
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


def doubts(grouping: Grouping) -> list[tuple[str, ...]]:
    return [document.doubts for document in grouping.documents]


def test_a_receipt_of_another_dossier_parts_the_batch_and_the_conflict_is_shown() -> None:
    other = receipt(3, "H62.12-220421-0003", "026096006616", codes=[Code("code128", "H62.12-220421-0003")])

    result = grouped(separator_sheet(1, A), form(2), other, form(4))

    assert spans(result) == [[2], [3], [4]]
    assert [document.separator is None for document in result.documents] == [False, True, True]
    assert doubts(result) == [(), ("code_conflict",), ("code_conflict",)]


def test_a_receipt_of_the_same_dossier_stays_behind_its_separator() -> None:
    slip = receipt(2, "H62.12-230712-0002", "026179015470", codes=[Code("code128", "H62.12-230712-0002")])

    result = grouped(separator_sheet(1, A), slip, form(3))

    assert {document.separator.dossier_code for document in result.documents if document.separator} == {
        "H62.12-230712-0002"
    }
    assert doubts(result) == [(), ()]


def test_receipts_alone_part_a_batch_without_a_doubt() -> None:
    slips = [
        receipt(number, code, "026179015470", codes=[Code("qr", code)])
        for number, code in ((1, "H62.12-230712-0002"), (3, "H62.12-220421-0003"))
    ]

    result = grouped(slips[0], form(2), slips[1], form(4))

    assert spans(result) == [[1], [2], [3], [4]]
    assert doubts(result) == [(), (), (), ()]


def test_a_sheet_with_the_bare_code_begins_a_paper_although_its_title_was_not_read() -> None:
    sheet = page(2, "GIẤ TIẾ NHẬ", *CONTRACT[2:], codes=[Code("code128", "H62.12-220421-0003")])

    assert spans(grouped(page(1, *CONTRACT), sheet)) == [[1], [2]]
    assert spans(grouped(page(1, *CONTRACT), replace(sheet, codes=()))) == [[1, 2]]


def test_a_second_page_of_a_receipt_that_bears_the_same_code_begins_no_paper() -> None:
    codes = [Code("qr", "H62.12-220421-0003")]
    more = page(2, (1200, "2"), "Thời gian trả kết quả: 21/01/2024", "Người nộp hồ sơ", "Mã hồ sơ ở trang một", codes=codes)

    assert spans(grouped(receipt(1, "H62.12-220421-0003", "026096006616", codes=codes), more)) == [[1, 2]]


def test_a_long_page_with_the_code_of_a_separator_is_a_paper_and_not_lost_as_a_sheet() -> None:
    paper = page(2, *["Nội dung không rõ loại giấy tờ gì nhưng có nhiều chữ"] * 12, codes=[Code("qr", B)])

    result = grouped(form(1), paper)

    assert (spans(result), result.separators) == ([[1], [2]], ())
    assert result.documents[1].separator == Separator("H62.12-220421-0003", "026096006616")


CONTRACT = (
    MOTTO,
    (900, "HỢP ĐỒNG THUÊ NHÀ"),
    "BÊN A: Lê Thị Mẫu",
    "BÊN B: Trần Văn Thử",
    "Hai bên thỏa thuận về việc thuê nhà với các nội dung sau đây, và cùng",
)


@pytest.mark.parametrize(
    ("before", "rows"),
    [
        ((), ("cam kết thực hiện đúng những điều đã ghi trong bản hợp đồng này.", "Bên A giao nhà.")),
        ((), ((1200, "2"), "Bên A giao nhà cho bên B vào đầu tháng.", "Bên B trả tiền.")),
        (((1200, "Trang 1/3"),), ((1200, "Trang 2/3"), "Bên A giao nhà cho bên B vào đầu tháng.", "Bên B trả tiền.")),
        (("Điều 1. Nhà cho thuê",), ("Điều 2. Giá thuê nhà và phương thức thanh toán tiền thuê nhà", "Mỗi tháng một lần.")),
        ((), ((900, "PHỤ LỤC HỢP ĐỒNG"), "Danh sách đồ đạc trong nhà.", "Một cái bàn.")),
        ((), ((900, "LỜI CHỨNG CỦA CÔNG CHỨNG VIÊN"), "Hôm nay, tại văn phòng.", "Tôi chứng nhận.")),
    ],
    ids=["a sentence", "a page number", "a count of pages", "the articles", "an annex", "an attestation"],
)
def test_what_runs_over_the_page_keeps_the_paper_together_without_a_doubt(
    before: tuple[str, ...], rows: tuple[str | Cell, ...]
) -> None:
    result = grouped(page(1, *CONTRACT, *before), page(2, *rows))

    assert (spans(result), doubts(result)) == ([[1, 2]], [()])


@pytest.mark.parametrize(
    "rows",
    [
        (MOTTO, (900, "BẢNG KÊ ĐỒ ĐẠC"), "Một cái bàn."),
        ((900, "GIẤY KHAI SINH"), MOTTO, "Họ, chữ đệm, tên người mẹ: X Y", "Họ, chữ đệm, tên người cha: X Z"),
        ((200, "Mẫu số 04"), (900, "PHIẾU THÔNG TIN NHÀ Ở"), "Một cái nhà."),
        ((1200, "Trang 1/2"), (900, "PHIẾU THÔNG TIN NHÀ Ở"), "Một cái nhà."),
    ],
    ids=["the motto", "a title", "the number of a form", "page 1 of 2"],
)
def test_what_stands_on_a_first_page_begins_a_paper_without_a_doubt(rows: tuple[str | Cell, ...]) -> None:
    result = grouped(page(1, *CONTRACT), page(2, *rows))

    assert (spans(result), doubts(result)) == ([[1], [2]], [(), ()])


def test_a_page_without_a_sign_either_way_is_shown_to_a_person() -> None:
    result = grouped(marriage(1), page(2, (600, "Khí hậu mát mẻ"), (600, "Quanh năm sương phủ")))

    assert all("doubtful_cut" in one for one in doubts(result))


def test_a_doubtful_cut_is_a_doubt_of_both_papers_and_of_no_other() -> None:
    stray = page(3, (600, "Khí hậu mát mẻ"), (600, "Quanh năm sương phủ"))

    result = grouped(decision(1), marriage(2), stray, form(4))

    assert spans(result) == [[1], [2], [3], [4]]
    assert doubts(result) == [(), ("doubtful_cut",), ("doubtful_cut",), ()]


def test_the_back_of_another_persons_card_is_not_put_to_the_card_before() -> None:
    own = card_back(2)
    strange = card_back(2, FIRST_LINE)

    assert spans(grouped(card_front(1), own)) == [[1, 2]]
    assert machine_ids([strange]) == {"026096006616"}
    assert spans(grouped(card_front(1), strange)) == [[1], [2]]


def test_a_second_back_is_not_put_to_a_card_that_has_one() -> None:
    assert spans(grouped(card_front(1), card_back(2), card_back(3))) == [[1, 2], [3]]


def test_the_signed_pages_of_a_household_book_stay_in_the_book() -> None:
    cover = page(
        1, MOTTO, (900, "SỔ HỘ KHẨU"), "Họ và tên chủ hộ: Lê Thị Mẫu", "Nơi thường trú: xã Kim Xá", "", "TRƯỞNG CÔNG AN"
    )
    member = "QUAN HỆ VỚI CHỦ HỘ: Chồng", "Họ và tên: Trần Văn Thử", "Lý do xóa đăng ký thường trú:", "", "TRƯỞNG CÔNG AN"

    result = grouped(cover, page(2, *member), page(3, *member), form(4))

    assert (spans(result), doubts(result)) == ([[1, 2, 3], [4]], [(), ()])


def test_the_dust_on_a_back_is_no_doubt() -> None:
    result = grouped(form(1), page(2, "0", "0 0", "l"), decision(3))

    assert (spans(result), doubts(result)) == ([[1, 2], [3]], [(), ()])


@pytest.mark.parametrize("marks", [(), ("0 0 0 0 0 0 0", "8 8 8 8 8 8 8", "0 0 0 0 0 0 0"), ("0", "cua")])
def test_a_page_of_marks_stays_with_the_paper_before_it_and_is_shown_to_a_person(marks: tuple[str, ...]) -> None:
    result = grouped(form(1), page(2, *marks), decision(3))

    assert (spans(result), doubts(result)) == ([[1, 2], [3]], [("doubtful_cut",), ()])


def test_a_page_withheld_for_its_stamp_is_a_paper_of_its_own() -> None:
    result = grouped(form(1), withheld(decision(2)), form(3))

    assert spans(result) == [[1], [2], [3]]


def test_pages_that_are_not_placed_once_and_in_order_are_a_fault_and_nothing_is_settled() -> None:
    with pytest.raises(PagesLost):
        grouped(form(2), decision(1))


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
    lambda number: page(number, (1200, "2"), "Khoản 3. Các nội dung khác"),
    page,
    lambda number: withheld(decision(number)),
    lambda number: receipt(number, "H62.12-220421-0003", "026096006616", codes=RECEIPT_CODES),
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
        slips = [
            one.number for one in pages[: document.first_page] if isinstance(one, ReadPage) and one.codes == RECEIPT_CODES
        ]
        before = [number for number in result.separators if number < document.first_page]
        if slips and slips[-1] > max(before, default=0):  # a receipt by code, which ends the stretch of another dossier
            assert document.separator is None or document.separator.dossier_code == RECEIPT_CODES[0].text
            continue
        codes = pages[before[-1] - 1].codes if before else ()
        expected = codes[0].text.split("|")[0] if codes else None
        assert (document.separator.dossier_code if document.separator else None) == expected
