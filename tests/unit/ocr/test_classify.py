"""The type of a paper comes from its title and cues; without evidence it is unknown."""

from __future__ import annotations

import pytest
from made_pages import MOTTO, card_back, card_front, decision, form, marriage, page, receipt

from config.document_types import load_document_types
from dossier.types import TypeRule
from dossier.values import UNKNOWN_TYPE, Document, Page, Verdict
from ocr.classify import classify
from ocr.phrases import begins_with, find_phrase

RULES = load_document_types()


def verdict_of(*pages: Page) -> Verdict:
    return classify(Document(pages), RULES)


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        (receipt(1, "H62.12-230712-0002", "026179015470"), "phieu_tiep_nhan"),
        (form(1), "don_to_khai"),
        (card_front(1), "can_cuoc_cong_dan"),
        (card_back(1), "can_cuoc_cong_dan"),
        (marriage(1), "giay_chung_nhan_ket_hon"),
        (decision(1), "quyet_dinh"),
    ],
)
def test_common_papers_are_named_with_certainty(paper: Page, expected: str) -> None:
    verdict = verdict_of(paper)

    assert (verdict.type, verdict.score >= 0.75) == (expected, True)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.titles], ids=lambda rule: rule.type)
def test_every_title_of_the_table_leads_to_its_own_type(rule: TypeRule) -> None:
    for title in rule.titles:
        paper = page(1, MOTTO, (900, "Độc lập - Tự do - Hạnh phúc"), (600, title.upper()), "", "", "", "", "abc")

        assert verdict_of(paper).type in {rule.type, UNKNOWN_TYPE}
    best = page(1, MOTTO, (600, rule.titles[0].upper()), *(w.cue.phrases[0] for w in rule.support), "", "", "x y")

    assert verdict_of(best).type == rule.type


def test_the_verdict_names_the_cues_that_spoke() -> None:
    assert verdict_of(decision(1)).because[:2] == ("title: quyet dinh", "motto")


@pytest.mark.parametrize(
    ("request_title", "certificate_title", "certificate"),
    [
        (
            "TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN",
            "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN",
            "xac_nhan_tinh_trang_hon_nhan",
        ),
        ("ĐƠN ĐỀ NGHỊ CẤP GIẤY PHÉP XÂY DỰNG", "GIẤY PHÉP XÂY DỰNG", "giay_phep_xay_dung"),
        ("GIẤY ĐỀ NGHỊ ĐĂNG KÝ HỘ KINH DOANH", "GIẤY CHỨNG NHẬN ĐĂNG KÝ HỘ KINH DOANH", "dang_ky_kinh_doanh"),
    ],
)  # fmt: skip
def test_a_request_is_told_from_the_certificate_it_asks_for(
    request_title: str, certificate_title: str, certificate: str
) -> None:
    request = page(1, MOTTO, (500, request_title), "Kính gửi: UBND xã", "Tôi cam đoan những nội dung", "", "")
    granted = page(1, MOTTO, (500, certificate_title), "Họ và tên: Lê Thị Mẫu", "Dân tộc: Kinh", "", "")

    assert verdict_of(request).type == "don_to_khai"
    assert verdict_of(granted).type == certificate


def test_a_pledge_under_a_certificate_title_forbids_the_certificate() -> None:
    rows = (MOTTO, (900, "GIẤY KHAI SINH"), "Họ, chữ đệm, tên người mẹ: X Y", "Họ, chữ đệm, tên người cha: X Z", "", "")

    assert verdict_of(page(1, *rows)).type == "giay_khai_sinh"
    assert verdict_of(page(1, *rows, "Tôi cam đoan những nội dung trên là đúng")).type != "giay_khai_sinh"


def test_a_form_that_only_mentions_a_certificate_in_its_body_is_not_one() -> None:
    paper = page(1, MOTTO, "", "", "", "", "", "", "", "GIẤY KHAI SINH", "Họ, chữ đệm, tên người mẹ: X Y", "")

    assert verdict_of(paper).type == UNKNOWN_TYPE


@pytest.mark.parametrize(
    "rows",
    [
        ("SỐNG XANH", "Mùa su su trên đỉnh Tam Đảo", "Khí hậu mát mẻ quanh năm khiến ngọn rau giòn, ngọt."),
        ("SIÊU THỊ MẪU", "THÔNG BÁO GIẢM GIÁ", "Chỉ trong tuần này, mọi mặt hàng giảm một nửa."),
        ("Bạn thân mến,", "Tôi là Hoa, hôm nay tôi viết đơn giản vài dòng kính gửi bạn."),
        ("quyết định của tôi là ở nhà", "và căn cước công dân để ở cơ quan", "hẹn gặp lại"),
        ("LIÊN HOAN ĐƠN CA MÙA XUÂN", "Giấy mời ở trang sau"),
        (),
    ],
)
def test_magazines_advertisements_and_letters_are_unknown(rows: tuple[str, ...]) -> None:
    assert verdict_of(page(1, *rows)).type == UNKNOWN_TYPE


def test_a_birth_certificate_that_shows_a_citizen_id_is_not_an_identity_card() -> None:
    paper = page(
        1,
        MOTTO,
        (900, "GIẤY KHAI SINH"),
        "Họ, chữ đệm, tên: LÊ MẪU",
        "Số định danh cá nhân: 026222006187",
        "Họ, chữ đệm, tên người mẹ: TRỊNH THỊ XUÂN",
        "Họ, chữ đệm, tên người cha: LÊ VĂN MẪU",
        "Giấy tờ tùy thân: Căn cước công dân số 026067003292",
        "Đặc điểm nhận dạng",
    )

    assert verdict_of(paper).type == "giay_khai_sinh"


def test_two_titles_on_one_page_leave_a_doubt() -> None:
    paper = page(1, MOTTO, (800, "GIẤY CHỨNG SINH"), (800, "GIẤY BÁO TỬ"), "đã chết vào lúc", "", "", "", "", "x y")
    alone = page(1, MOTTO, (800, "GIẤY CHỨNG SINH"), "", "", "", "", "", "x y")

    assert verdict_of(paper).score < verdict_of(alone).score


@pytest.mark.parametrize(
    "slip", ["GIAY KHAI SINH", "GIẤY KHAl SINH", "GIẤYKHAI SINH", "GIÂY KHÁI SINH", "' GIẤY KHAI SINH"]
)
def test_a_title_with_a_misread_letter_or_blank_is_still_seen(slip: str) -> None:
    paper = page(1, MOTTO, (900, slip), "Họ, chữ đệm, tên người mẹ: X Y", "Họ, chữ đệm, tên người cha: X Z", "", "")

    assert verdict_of(paper).type == "giay_khai_sinh"


def test_titles_match_in_either_tone_style() -> None:
    paper = page(1, MOTTO, (900, "GIẤY UỶ QUYỀN"), "Bên được uỷ quyền", "Nội dung uỷ quyền", "", "")

    assert verdict_of(paper).type == "giay_uy_quyen"


def test_labels_that_differ_in_their_last_word_are_not_mistaken_for_each_other() -> None:
    assert find_phrase("ho, chu dem, ten nguoi me: x", "ho, chu dem, ten nguoi cha") is None
    assert find_phrase("ho va ten: x", "ho va ten me") is None
    assert begins_with("quyet dinh: dieu 1", "quyet dinh") == 1.0
    assert begins_with("dong xanh", "don") == 0.0
