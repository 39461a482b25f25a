"""The type of a paper comes from its title and cues; without evidence it is unknown."""

from __future__ import annotations

import pytest
from made_pages import MOTTO, Cell, blank, card_back, card_front, decision, form, marriage, page, receipt

from config.document_types import load_document_types
from dossier.types import TypeRule
from dossier.values import UNKNOWN_TYPE, Document, Page, Verdict
from ocr.classify import classify, judge, with_opinion
from ocr.layout import view
from ocr.phrases import begins_with, find_phrase
from ocr.type_model import TypeGuess, load_type_model

RULES = load_document_types()


def verdict_of(*pages: Page) -> Verdict:
    return judge([view(one) for one in pages if not one.blank], RULES)


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


KINDS = {
    "nghi_quyet": "NQ", "quyet_dinh": "QĐ", "chi_thi": "CT", "quy_che": "QC", "quy_dinh": "QyĐ", "thong_cao": "TC",
    "thong_bao": "TB", "huong_dan": "HD", "chuong_trinh": "CTr", "ke_hoach": "KH", "phuong_an": "PA", "de_an": "ĐA",
    "du_an": "DA", "bao_cao": "BC", "bien_ban": "BB", "to_trinh": "TTr", "hop_dong": "HĐ", "cong_dien": "CĐ",
    "ban_ghi_nho": "BGN", "ban_thoa_thuan": "BTT", "giay_uy_quyen": "GUQ", "giay_moi": "GM", "giay_gioi_thieu": "GGT",
    "giay_nghi_phep": "GNP", "phieu_gui": "PG", "phieu_chuyen": "PC", "phieu_bao": "PB",
}  # fmt: skip
"""NĐ 30/2020 Annex III; công văn and thư công have no symbol."""


def office_paper(number: str, *rows: str | Cell) -> Page:
    return page(
        1,
        [(200, "ỦY BAN NHÂN DÂN"), MOTTO],
        [(200, "XÃ KIM XÁ"), (1100, "Độc lập - Tự do - Hạnh phúc")],
        [(200, number), (1100, "Kim Xá, ngày 21 tháng 01 năm 2023")],
        *rows,
        *["Nội dung của văn bản được viết ở đây cho đủ một dòng."] * 8,
        "Nơi nhận:",
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_borne_out_by_the_symbol_in_its_number(kind: str) -> None:
    title = next(rule for rule in RULES if rule.type == kind).titles[0].upper()

    verdict = verdict_of(office_paper(f"Số: 12/{KINDS[kind]}-UBND", (1000, title)))

    assert (verdict.type, f"symbol: {KINDS[kind].upper()}" in verdict.because) == (kind, True)
    assert verdict.score >= 0.75


def test_a_title_and_a_symbol_that_disagree_wait_for_a_person() -> None:
    agreed = verdict_of(office_paper("Số: 12/TB-UBND", (1000, "THÔNG BÁO")))
    torn = verdict_of(office_paper("Số: 12/QĐ-UBND", (1000, "THÔNG BÁO")))

    assert agreed.score >= 0.75 > torn.score
    assert "other symbol: QĐ" in torn.because


@pytest.mark.parametrize("number", ["Số: 12/HD-UBND", "Sô : 12 / HĐ - UBND", "Số 12/HĐ"])
def test_a_lost_stroke_or_stray_blanks_in_the_symbol_are_no_disagreement(number: str) -> None:
    verdict = verdict_of(office_paper(number, (1000, "HỢP ĐỒNG"), "BÊN A: X", "BÊN B: Y"))

    assert (verdict.type, verdict.score >= 0.75) == ("hop_dong", True)


def test_the_symbol_names_the_kind_where_the_title_cannot_be_read() -> None:
    assert verdict_of(office_paper("Số: 12/QĐ-UBND", "Căn cứ Luật", "Điều 1. Công nhận")).type == "quyet_dinh"
    assert verdict_of(page(1, "Số: 12/QĐ-UBND", "Nội dung khác", "", "", "")).type == UNKNOWN_TYPE


def test_the_number_of_another_paper_in_a_sentence_is_no_symbol() -> None:
    rows = "Quyết định số 12/QĐ-UBND của Ủy ban nhân dân", (1000, "THÔNG BÁO")

    assert verdict_of(office_paper("Số: 07/TB-UBND", *rows)).because[-1] == "symbol: TB"


def test_an_official_letter_has_no_title_and_the_letters_of_its_office() -> None:
    letter = office_paper("Số: 155/UBND-VP", "V/v trả lời đơn của công dân", (900, "Kính gửi: Sở Tư pháp"))
    slip = office_paper("Số: 155/UBND-XNTTHN", (700, "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN"), "Tình trạng hôn nhân:")

    assert (verdict_of(letter).type, verdict_of(letter).score >= 0.75) == ("cong_van", True)
    assert verdict_of(slip).because[-1] == "symbol: XNTTHN"


@pytest.mark.parametrize(
    "rows",
    [
        ((900, "Q U Y Ế T Đ Ị N H"),),
        ([(700, "Q U Y Ế T"), (1000, "Đ Ị N H")],),
        ((1000, "QUYẾT"), (1000, "ĐỊNH")),
        ((1000, "(BẢN SAO) QUYẾT ĐỊNH"),),
        ((1000, "QUYẾT ĐINH:"),),
    ],
    ids=["set apart", "set apart and cut", "in two lines", "a copy", "misread"],
)
def test_a_title_is_seen_however_it_is_set(rows: tuple[Cell, ...]) -> None:
    verdict = verdict_of(office_paper("Số: 12/QĐ-UBND", *rows))

    assert (verdict.type, verdict.because[0]) == ("quyet_dinh", "title: quyet dinh")


def test_a_title_in_small_letters_counts_where_it_stands_alone_in_the_middle() -> None:
    body = "Họ, chữ đệm, tên người mẹ: TRỊNH THỊ XUÂN HƯƠNG LAN", "Họ, chữ đệm, tên người cha: X Z", "", "", ""
    alone = page(1, MOTTO, (760, "Giấy khai sinh"), *body)
    in_text = page(1, MOTTO, "Giấy khai sinh này được cấp cho cháu bé sinh ra", *body)

    assert verdict_of(alone).type == "giay_khai_sinh"
    assert verdict_of(in_text).type == UNKNOWN_TYPE


@pytest.mark.parametrize(
    "title",
    ["TỜ KHAI ĐĂNG KÝ KHAI SINH", "TỜ KHAI ĐĂNG KÝ KẾT HÔN", "ĐƠN ĐỀ NGHỊ CẤP ĐỔI GIẤY PHÉP LÁI XE",
     "GIẤY ĐỀ NGHỊ XÁC NHẬN", "TỜ KHAI YÊU CẦU CẤP PHIẾU LÝ LỊCH TƯ PHÁP", "ĐƠN XIN NGHỈ PHÉP",
     "ĐƠN ĐỀ NGHỊ CẤP GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT"],
)  # fmt: skip
def test_a_request_that_names_a_certificate_on_its_second_line_is_a_request(title: str) -> None:
    words = title.split()
    lines = " ".join(words[:3]), " ".join(words[3:])
    paper = page(
        1, MOTTO, *((700, one) for one in lines if one), "Kính gửi: UBND xã", "Tôi cam đoan", *[""] * 4, "Người yêu cầu"
    )

    assert (verdict_of(paper).type, verdict_of(paper).score >= 0.75) == ("don_to_khai", True)


@pytest.mark.parametrize(
    "title",
    ["SƠ YẾU LÝ LỊCH", "GIẤY RA VIỆN", "ĐƠN THUỐC", "HÓA ĐƠN GIÁ TRỊ GIA TĂNG", "BẢNG ĐIỂM", "THẺ BẢO HIỂM Y TẾ", "DI CHÚC",
     "GIẤY CHỨNG NHẬN ĐĂNG KÝ XE Ô TÔ", "CHỨNG CHỈ TIN HỌC", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", "BẢN TƯỜNG TRÌNH",
     "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ", "DANH SÁCH HỌC SINH", "TRÍCH LỤC BẢN ĐỒ ĐỊA CHÍNH"],
)  # fmt: skip
def test_official_papers_of_no_known_type_are_unknown(title: str) -> None:
    paper = page(
        1, MOTTO, (700, title), "Kính gửi: UBND xã Kim Xá", "Họ và tên: Lê Thị Mẫu", "Số định danh cá nhân: 026179015470",
        "Tôi cam đoan những điều trên là đúng", *["Nội dung khác"] * 4, "Người khai", "Nơi nhận:",
    )  # fmt: skip

    assert verdict_of(paper).type == UNKNOWN_TYPE


def test_the_surer_of_two_opinions_that_agree_counts() -> None:
    verdict, guess = (
        Verdict("quyet_dinh", 0.7, ("title: quyet dinh",)),
        TypeGuess("quyet_dinh", 0.93, "nghi_quyet", 0.02, "quyet_dinh"),
    )

    both = with_opinion(verdict, guess)

    assert (both.type, both.score, both.model, both.model_score) == ("quyet_dinh", 0.93, "quyet_dinh", 0.93)
    assert both.because == verdict.because


def test_two_opinions_that_differ_make_each_other_doubtful() -> None:
    both = with_opinion(Verdict("hoc_ba", 1.0), TypeGuess("bang_tot_nghiep", 0.97, "hoc_ba", 0.02, "bang_tot_nghiep"))

    assert (both.type, both.score, both.model) == ("hoc_ba", 0.7, "bang_tot_nghiep")


def test_a_model_that_does_not_know_changes_nothing() -> None:
    both = with_opinion(Verdict("to_trinh", 0.9), TypeGuess("unknown", 0.4, "bao_cao", 0.2, "to_trinh"))

    assert (both.type, both.score, both.model) == ("to_trinh", 0.9, "unknown")


@pytest.mark.parametrize(("probability", "type_name"), [(0.95, "bien_lai"), (0.85, "unknown")])
def test_a_type_that_no_cue_speaks_for_is_at_most_a_weak_proposal(probability: float, type_name: str) -> None:
    both = with_opinion(Verdict("unknown", 0.2), TypeGuess("bien_lai", probability, "unknown", 0.1, "bien_lai"))

    assert both.type == type_name
    assert both.score < 0.75


def test_a_paper_is_judged_by_both() -> None:
    verdict = classify(Document((receipt(1, "H62.12-230712-0002", "026179015470"), blank(2))), RULES, load_type_model())

    assert (verdict.type, verdict.model) == ("phieu_tiep_nhan", "phieu_tiep_nhan")
    assert verdict.score >= 0.9
