"""What misleads extractors of Vietnamese papers, one test for each trap."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_pages import MOTTO, card_back, card_front, line, page, receipt

from config.document_types import load_document_types
from dossier.values import Box, Code, Document, Fields, Page
from ocr.check import check
from ocr.classify import classify
from ocr.extract import extract
from ocr.machine_data import upright
from ocr.type_model import load_type_model

RULES = load_document_types()
CENTRED = (700, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")


def fields_of(*pages: Page, type_name: str = "") -> Fields:
    document = Document(pages)
    verdict = classify(document, RULES, load_type_model())
    return extract(document, replace(verdict, type=type_name or verdict.type), RULES)


def values_of(*pages: Page, type_name: str = "") -> dict[str, str]:
    return {name: field.value for name, field in fields_of(*pages, type_name=type_name).items()}


def doubts_of(*pages: Page) -> tuple[str, ...]:
    document = Document(pages)
    verdict = classify(document, RULES, load_type_model())
    return check(document, verdict, extract(document, verdict, RULES), RULES)


def birth(words: str = "ngày một tháng ba năm hai nghìn không trăm hai mươi hai", own_id: str = "026222006187") -> Page:
    return page(
        1,
        [(1700, "TP/HT-2015-KS.1")],
        CENTRED,
        (900, "GIẤY KHAI SINH"),
        [(200, "Số: 41/2022"), (1700, "Quyển số: 01/2022")],
        "Họ, chữ đệm, tên: ĐƯỜNG TUẤN CƯỜNG",
        "Ngày, tháng, năm sinh: 01/03/2022",
        f"Ghi bằng chữ: {words}",
        [(200, "Giới tính: Nam"), (800, "Dân tộc: Kinh"), (1400, "Quốc tịch: Việt Nam")],
        f"Số định danh cá nhân: {own_id}",
        "PHẦN GHI VỀ NGƯỜI MẸ",
        "Họ và tên: TRỊNH THỊ XUÂN",
        "Số định danh cá nhân: 026195005411",
        "PHẦN GHI VỀ NGƯỜI CHA",
        "Họ và tên: ĐƯỜNG TUẤN LỘC",
        "Số định danh cá nhân: 026094003292",
        "Họ, chữ đệm, tên người đi khai sinh: Đường Tuấn Lộc",
        "Nơi đăng ký khai sinh: UBND xã An Hòa, huyện Tam Dương",
        "Ngày, tháng, năm đăng ký: 01/04/2022",
        (1500, "CHỦ TỊCH"),
        "",
        (1400, "Nguyễn Văn Mẫu"),
    )


def test_the_number_of_the_book_is_not_the_number_of_the_paper() -> None:
    found = values_of(birth())

    assert (found["number"], found["book_number"]) == ("41/2022", "01/2022")


def test_the_number_of_the_form_is_not_the_number_of_the_paper() -> None:
    paper = page(
        1,
        [(200, "CÔNG AN HUYỆN LẬP THẠCH"), (1400, "Mẫu CT07 ban hành kèm theo")],
        [(200, "CÔNG AN XÃ TỬ DU"), (1400, "TT số 66/2023/TT-BCA")],
        (900, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        [(200, "Số: 88 /XN"), (1300, "Tử Du, ngày 29 tháng 02 năm 2024")],
        (500, "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ"),
        "1. Họ, chữ đệm và tên: PHAN THỊ MỸ DUNG",
        "2. Số định danh cá nhân: 026185011685",
        "3. Họ, chữ đệm và tên chủ hộ: TẠ NGỌC LỘC",
    )
    without = replace(paper, lines=tuple(one for one in paper.lines if "88" not in one.text))

    assert values_of(paper)["number"] == "88/XN"
    assert "number" not in values_of(without)
    assert (values_of(paper)["name"], values_of(paper)["household_head"]) == ("Phan Thị Mỹ Dung", "Tạ Ngọc Lộc")


def test_the_childs_id_is_not_a_parents_and_a_parents_not_the_childs() -> None:
    found = values_of(birth())

    assert (found["citizen_id"], found["mother_citizen_id"], found["father_citizen_id"]) == (
        "026222006187",
        "026195005411",
        "026094003292",
    )
    assert "citizen_id" not in values_of(birth(own_id="............"))


def test_parents_under_headings_keep_their_names() -> None:
    found = values_of(birth())

    assert (found["name"], found["mother"], found["father"]) == ("Đường Tuấn Cường", "Trịnh Thị Xuân", "Đường Tuấn Lộc")


def test_who_signs_is_not_who_holds() -> None:
    found = values_of(birth())

    assert (found["signer"], found["signer_title"]) == ("Nguyễn Văn Mẫu", "Chủ tịch")
    assert found["name"] != found["signer"]


def test_a_date_in_words_that_agrees_is_a_check_of_the_digits() -> None:
    assert "fits_words" in fields_of(birth())["birth_date"].checks
    assert "date_conflict" not in doubts_of(birth())


def test_a_date_in_words_that_differs_is_a_doubt() -> None:
    other = birth("ngày một tháng ba năm hai nghìn không trăm hai mươi mốt")

    assert "fits_words" not in fields_of(other)["birth_date"].checks
    assert "date_conflict" in doubts_of(other)


def test_an_old_cards_office_is_the_provinces_police() -> None:
    paper = page(
        1,
        CENTRED,
        (900, "GIẤY CHỨNG MINH NHÂN DÂN"),
        (900, "SỐ 135 288 653"),
        "Họ tên: ĐỖ MINH LONG",
        "Sinh ngày: 17/03/1982",
        "Nguyên quán: Bồ Lý, Tam Đảo, Vĩnh Phúc",
        "Nơi ĐKHK thường trú: Thôn Hữu Phúc, Bồ Lý, Tam Đảo, Vĩnh Phúc",
        "Dấu vết riêng và dị hình",
        "",
        "",
        (1200, "Ngày 08 tháng 8 năm 2008"),
        (1100, "GIÁM ĐỐC CÔNG AN TỈNH VĨNH PHÚC"),
        "",
        (1200, "Trịnh Đức Thắng"),
    )

    found = values_of(paper)

    assert (found["number"], found["agency"]) == ("135288653", "Công an tỉnh Vĩnh Phúc")
    assert (found["name"], found["date"]) == ("Đỗ Minh Long", "08/08/2008")


def test_an_address_with_its_district_is_kept_as_it_is_printed() -> None:
    assert values_of(card_front(1))["address"].split(", ") == [
        "Thôn Quảng Cư",
        "Xã Chấn Hưng",
        "Huyện Vĩnh Tường",
        "Vĩnh Phúc",
    ]


def test_the_cards_of_two_persons_are_not_mixed_in_silence() -> None:
    assert "identity_conflict" in doubts_of(card_front(1, "026090012267"), card_back(2, "IDVNM1790154704026179015470<<6"))


def test_a_due_date_before_the_reception_is_a_doubt() -> None:
    slip = receipt(1, "H62.33-240106-0001", "027090016162")
    late = "Thời gian trả kết quả giải quyết hồ sơ: 16 giờ 30 phút, ngày 21/01/2023"
    lines = tuple(line(late, top=680) if "trả kết quả giải" in one.text else one for one in slip.lines)

    assert "in_order" in fields_of(slip)["due_date"].checks
    assert "date_conflict" in doubts_of(replace(slip, lines=lines))


def test_a_wife_with_a_mans_number_is_a_doubt() -> None:
    def couple(wifes: str) -> Page:
        return page(
            1,
            CENTRED,
            (700, "GIẤY CHỨNG NHẬN KẾT HÔN"),
            [(700, "BÊN NAM"), (1500, "BÊN NỮ")],
            [(200, "Họ và tên"), (700, "TRẦN ĐÌNH LONG"), (1500, "NGUYỄN HỒNG THÚY")],
            [(200, "Ngày sinh"), (700, "07/09/2000"), (1500, "03/05/2001")],
            [(200, "Số CCCD"), (700, "026200012345"), (1500, wifes)],
            "Nơi đăng ký kết hôn: Ủy ban nhân dân xã Yên Phương",
            "Ngày, tháng, năm đăng ký: 09/02/2024",
        )

    found = fields_of(couple("026301004567"))

    assert {name: found[name].value for name in ("husband", "wife", "citizen_id", "wife_citizen_id")} == {
        "husband": "Trần Đình Long",
        "wife": "Nguyễn Hồng Thúy",
        "citizen_id": "026200012345",
        "wife_citizen_id": "026301004567",
    }
    assert found["wife_citizen_id"].checks == ("well_formed", "fits_sex", "fits_birth")
    assert "bad_citizen_id" in doubts_of(couple("026200004567"))


def test_what_a_code_says_has_the_codes_place_and_names_print_that_agrees() -> None:
    qr = Code("qr", "026179015470||Lê Thị Mẫu|14051979|Nữ|Thôn Quảng Cư|19122022", Box(1900, 300, 2100, 500))

    field = fields_of(card_front(1, codes=[qr]))["citizen_id"]

    assert (field.source, field.box) == ("qr", Box(1900, 300, 2100, 500))
    assert field.checks[:2] == ("machine_read", "agrees_with_code")


@pytest.mark.parametrize(
    ("turn", "stored", "seen"),
    [
        (0, (10, 20, 30, 60), (10, 20, 30, 60)),
        (90, (940, 10, 980, 30), (10, 20, 30, 60)),
        (180, (570, 940, 590, 980), (10, 20, 30, 60)),
        (270, (20, 570, 60, 590), (10, 20, 30, 60)),
    ],
)
def test_a_place_in_the_stored_picture_is_found_upright(
    turn: int, stored: tuple[float, ...], seen: tuple[float, ...]
) -> None:
    upright_page = replace(page(1, "chữ"), width=600, height=1000, turn=turn)

    assert upright(Box(*stored), upright_page) == Box(*seen)


def test_a_place_off_the_page_is_none() -> None:
    assert upright(Box(0, 0, 5000, 10), page(1, "chữ")) is None


def test_a_name_does_not_end_up_in_a_heading_that_begins_like_a_label() -> None:
    paper = page(1, MOTTO, (500, "GIẤY ĐỀ NGHỊ ĐĂNG KÝ HỘ KINH DOANH"), "Kính gửi: UBND xã", "CHỦ HỘ KINH DOANH", "(Ký)")

    assert "name" not in values_of(paper, type_name="don_to_khai")


def test_a_name_that_looks_like_a_relation_opens_no_part_of_the_form() -> None:
    paper = page(
        1,
        CENTRED,
        (900, "GIẤY ỦY QUYỀN"),
        (900, "I. BÊN ỦY QUYỀN"),
        "Họ và tên: Khổng Hữu Quân",
        "CCCD số: 019081021073",
        (900, "II. BÊN ĐƯỢC ỦY QUYỀN"),
        "Họ và tên: Đinh Văn Thành",
        "CCCD số: 026065028934",
    )

    found = values_of(paper)

    assert (found["name"], found["citizen_id"]) == ("Khổng Hữu Quân", "019081021073")
    assert (found["authorized_name"], found["authorized_citizen_id"]) == ("Đinh Văn Thành", "026065028934")


def test_parties_named_in_sentences_are_told_apart() -> None:
    paper = page(
        1,
        CENTRED,
        (900, "VĂN BẢN ỦY QUYỀN"),
        "Tôi là: Ngô Minh Hiệp, sinh ngày 02/01/1978",
        "Mang CCCD số 026078020564 do Cục cấp",
        "",
        "Bằng văn bản này, tôi ủy quyền cho Bà Đinh Ngọc Trang, sinh ngày 09/11/1976,",
        "CCCD số 026176027905, thường trú tại xã",
    )

    found = values_of(paper, type_name="giay_uy_quyen")

    assert (found["name"], found["citizen_id"]) == ("Ngô Minh Hiệp", "026078020564")
    assert (found["authorized_name"], found["authorized_citizen_id"]) == ("Đinh Ngọc Trang", "026176027905")
