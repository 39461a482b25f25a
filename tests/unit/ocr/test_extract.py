"""Fields are read from the place where the table says they stand, with their boxes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_pages import LETTER, MOTTO, card_back, card_front, decision, form, marriage, page, receipt

from config.document_types import load_document_types
from dossier.values import Box, Code, Document, Fields, Line, Page, Word
from ocr.agency import head_office, office_name
from ocr.classify import classify
from ocr.extract import extract
from ocr.identity import card_of
from ocr.type_model import load_type_model
from ocr.values_of import find_citizen, find_number, find_person

RULES = load_document_types()


def fields_of(*pages: Page) -> Fields:
    document = Document(pages)
    return extract(document, classify(document, RULES, load_type_model()), RULES)


def values_of(*pages: Page) -> dict[str, str]:
    return {name: field.value for name, field in fields_of(*pages).items()}


def test_a_receipt_gives_its_dossier_and_its_dates() -> None:
    assert values_of(receipt(1, "H62.33-240106-0001", "027090016162")) == {
        "dossier_code": "H62.33-240106-0001",
        "name": "Lê Thị Mẫu",
        "citizen_id": "027090016162",
        "date": "06/01/2024",
        "due_date": "21/01/2024",
        "number": "2026/TNHS",
        "agency": "Bộ phận Tiếp nhận và Trả kết quả UBND huyện Mẫu",
    }


def test_a_form_is_dated_at_its_foot_and_addressed_to_its_office() -> None:
    assert values_of(form(1)) == {
        "name": "Lê Thị Mẫu",
        "citizen_id": "026179015470",
        "date": "12/07/2023",
        "agency": "Ủy ban nhân dân xã Kim Xá",
    }


def test_the_columns_of_a_marriage_certificate_are_not_mixed() -> None:
    assert values_of(marriage(1)) == {
        "name": "Đường Tuấn Lộc",
        "citizen_id": "026067003292",
        "husband": "Đường Tuấn Lộc",
        "wife": "Trịnh Thị Xuân",
        "wife_citizen_id": "026169005411",
        "birth_date": "22/04/1967",
        "wife_birth_date": "12/11/1969",
        "date": "01/04/2022",
        "number": "171/2022",
        "agency": "Ủy ban nhân dân xã An Hòa",
    }


def test_the_frame_of_a_certificate_and_specks_are_not_taken_for_values() -> None:
    paper = marriage(1)
    frame = Word("O0O0O0", Box(2300, 100, 2350, 3300), 0.2)
    speck = Word("N", Box(1340, 470, 1345, 475), 0.2)

    framed = values_of(replace(paper, lines=(*paper.lines, Line((frame,)), Line((speck,)))))

    assert framed == values_of(paper)


def test_a_subject_may_break_its_lines_by_sense() -> None:
    letter = page(
        1,
        [(200, "PHÒNG TƯ PHÁP HUYỆN MẪU"), MOTTO],
        [(200, "Số: 155/TP-HC"), (1000, "Mẫu, ngày 21 tháng 01 năm 2023")],
        "V/v cung cấp",
        "thông tin địa chính của thửa đất",
        (700, "Kính gửi: UBND xã Kim Xá"),
        "Đề nghị quý cơ quan cung cấp thông tin về thửa đất nói trên.",
        "Nơi nhận:",
    )

    assert values_of(letter)["subject"] == "cung cấp thông tin địa chính của thửa đất"


def test_a_decision_is_read_in_its_head_and_not_in_the_laws_it_cites() -> None:
    assert values_of(decision(1)) == {
        "name": "Tô Đình Tùng",
        "citizen_id": "026082002441",
        "date": "21/01/2023",
        "number": "4520/QĐ-UBND",
        "agency": "Ủy ban nhân dân huyện Tam Dương",
        "subject": "Về việc công nhận hộ nghèo, hộ cận nghèo",
    }


@pytest.mark.parametrize(
    "cited",
    ["Căn cứ Luật Đất đai ngày 18 tháng 01 năm 2024;", "Hộ ông Tô Đình Tùng sinh sống tại xã từ ngày 18 tháng 01 năm 2024"],
)
def test_without_a_head_date_the_date_of_a_sentence_is_not_taken(cited: str) -> None:
    paper = page(1, MOTTO, (1000, "QUYẾT ĐỊNH"), cited, "Điều 1. Giao đất", "", "", "", "", "", "", "Nơi nhận:")

    assert "date" not in values_of(paper)


def test_a_name_does_not_run_on_into_a_line_that_had_room() -> None:
    paper = page(
        1,
        MOTTO,
        (800, "ĐƠN ĐỀ NGHỊ"),
        "Kính gửi: UBND xã Kim Xá",
        "Họ và tên: Lê Mẫu",
        "Thôn Hữu Thủ là nơi tôi sinh sống cùng gia đình từ năm 2010 đến nay",
        "Tôi cam đoan đúng sự thật",
    )

    assert values_of(paper)["name"] == "Lê Mẫu"


def test_both_sides_of_a_card_make_one_set_of_fields() -> None:
    assert values_of(card_front(1), card_back(2)) == {
        "name": "Lê Thị Mẫu",
        "citizen_id": "026179015470",
        "date": "19/12/2022",
        "birth_date": "14/05/1979",
        "gender": "Nữ",
        "nationality": "Việt Nam",
        "address": "Thôn Quảng Cư, Xã Chấn Hưng, Huyện Vĩnh Tường, Vĩnh Phúc",
        "agency": "Cục Cảnh sát quản lý hành chính về trật tự xã hội",
    }


def test_the_card_qr_stands_above_misread_print() -> None:
    qr = Code("qr", "026179015470||Lê Thị Mẫu|14051979|Nữ|Thôn Quảng Cư|19122022|more|fields")

    fields = fields_of(card_front(1, "026179015479", codes=[qr]))

    assert (fields["citizen_id"].value, fields["citizen_id"].box) == ("026179015470", None)
    assert fields["date"].value == "19/12/2022"


def test_an_mrz_with_a_wrong_check_digit_is_not_believed() -> None:
    right = values_of(card_back(1, "IDVNM1790154704026179015470<<6"))
    wrong = values_of(card_back(1, "IDVNM1790154708026179015470<<6"))

    assert right["citizen_id"] == "026179015470"
    assert "citizen_id" not in wrong


def test_the_child_keeps_its_own_id_and_the_parents_their_names() -> None:
    paper = page(
        1,
        (700, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (900, "GIẤY KHAI SINH"),
        (1000, "Số: 41/2022"),
        "Họ, chữ đệm, tên: ĐƯỜNG TUẤN CƯỜNG",
        [(200, "Ngày, tháng, năm sinh: 01/03/2022"), (1300, "Ghi bằng chữ: ngày một tháng ba")],
        [(200, "Giới tính: Nam"), (800, "Dân tộc: Kinh"), (1400, "Quốc tịch: Việt Nam")],
        "Số định danh cá nhân: 026222006187",
        "Họ, chữ đệm, tên người mẹ: TRỊNH THỊ XUÂN",
        "Họ, chữ đệm, tên người cha: ĐƯỜNG TUẤN LỘC",
        "Họ, chữ đệm, tên người đi khai sinh: Đường Tuấn Lộc",
        "Giấy tờ tùy thân: Căn cước công dân số 026067003292",
        "Nơi đăng ký khai sinh: UBND xã An Hòa, huyện Tam Dương",
        "Ngày, tháng, năm đăng ký: 01/04/2022",
    )

    found = values_of(paper)

    assert found["name"] == "Đường Tuấn Cường"
    assert found["citizen_id"] == "026222006187"
    assert (found["mother"], found["father"]) == ("Trịnh Thị Xuân", "Đường Tuấn Lộc")
    assert (found["birth_date"], found["date"]) == ("01/03/2022", "01/04/2022")


def test_both_parties_of_a_power_of_attorney_are_told_apart() -> None:
    paper = page(
        1,
        (700, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (900, "GIẤY ỦY QUYỀN"),
        "Hôm nay, ngày 22 tháng 01 năm 2024, tại trụ sở UBND xã, chúng tôi gồm có:",
        "I. BÊN ỦY QUYỀN (Bên A):",
        "Họ và tên: LÊ THƯỞNG",
        "Sinh ngày: 12/12/1982 Số CCCD: 026082010541",
        "II. BÊN ĐƯỢC ỦY QUYỀN (Bên B):",
        "Họ và tên: ĐỖ THÙY UYÊN",
        "Sinh ngày: 21/10/1984 Số CCCD: 026184016723",
        "III. NỘI DUNG ỦY QUYỀN:",
    )

    assert values_of(paper) == {
        "name": "Lê Thưởng",
        "citizen_id": "026082010541",
        "date": "22/01/2024",
        "authorized_name": "Đỗ Thùy Uyên",
        "authorized_citizen_id": "026184016723",
        "birth_date": "12/12/1982",
        "authorized_birth_date": "21/10/1984",
    }


def test_a_field_knows_its_page_its_box_and_how_sure_the_reading_was() -> None:
    field = fields_of(form(7))["citizen_id"]
    label = "Số định danh cá nhân/CCCD: "

    assert (field.page, field.confidence) == (7, pytest.approx(0.95))
    assert field.box is not None
    assert (field.box.left, field.box.right) == (200 + LETTER * len(label), 200 + LETTER * (len(label) + 12))


def test_an_empty_field_does_not_borrow_the_next_line() -> None:
    rows = ("Họ và tên: Giới tính: Nam", "Lê Thị Mẫu", "Tôi cam đoan đúng sự thật", "")

    assert "name" not in values_of(page(1, MOTTO, (800, "ĐƠN ĐỀ NGHỊ"), "Kính gửi:", *rows))


def test_a_machine_read_code_stands_above_the_printed_one() -> None:
    slip = receipt(1, "H62.33-240106-0007", "027090016162", codes=[Code("code128", "H62.33-240106-0001")])

    assert values_of(slip)["dossier_code"] == "H62.33-240106-0001"


def test_an_unknown_paper_has_no_fields() -> None:
    assert values_of(page(1, "SỐNG XANH", "Họ và tên: Lê Thị Mẫu", "Số CCCD: 026179015470")) == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (": HOÀNG BÁ HIẾU", "Hoàng Bá Hiếu"),
        (": Ông/bà VŨ HOÀNG DUNG, số CCCD", "Vũ Hoàng Dung"),
        (" Ngô Quang Hưởng, số CCCD", "Ngô Quang Hưởng"),
        ("...... Lê Thị Mẫu ......", "Lê Thị Mẫu"),
        (": Bà Trần Thị Ba sinh năm 1990", "Trần Thị Ba"),
        (": Ba Thị Mẫu", "Thị Mẫu"),
    ],
)
def test_a_name_is_the_run_of_capitalised_words(text: str, name: str) -> None:
    found = find_person(text)

    assert found is not None
    assert found.value == name


@pytest.mark.parametrize("text", ["", ": ", ": lao động tự do", ": 026179015470", ": Hiếu"])
def test_what_is_no_name_is_not_taken_for_one(text: str) -> None:
    assert find_person(text) is None


def test_an_id_with_blanks_is_read_and_an_invalid_one_is_not() -> None:
    assert find_citizen(": 026 179 015 470,") is not None
    assert find_citizen(": 003179015470") is None
    assert find_citizen(": 0261790154701") is None


def test_a_number_ends_where_its_symbol_ends() -> None:
    found = find_number(": 155/TNMT-HC, ngày 3")

    assert found is not None
    assert found.value == "155/TNMT-HC"


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["UBND XÃ KIM XÁ"], "Ủy ban nhân dân xã Kim Xá"),
        (["UỶ BAN NHÂN DÂN", "THÀNH PHỐ VĨNH YÊN"], "Ủy ban nhân dân thành phố Vĩnh Yên"),
        (["CÔNG AN HUYỆN YÊN LẠC", "CÔNG AN THỊ TRẤN TAM HỒNG"], "Công an thị trấn Tam Hồng"),
        (["UBND HUYỆN TAM DƯƠNG", "PHÒNG TƯ PHÁP"], "Phòng Tư pháp huyện Tam Dương"),
        (["UBND TỈNH PHÚ THỌ", "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG"], "Sở Nông nghiệp và Môi trường tỉnh Phú Thọ"),
        ([], ""),
    ],
)
def test_the_issuing_office_is_named_in_full(lines: list[str], name: str) -> None:
    assert head_office(lines) == name


def test_an_office_keeps_the_capitals_of_its_field() -> None:
    assert office_name("PHÒNG TÀI CHÍNH - KẾ HOẠCH HUYỆN VĨNH TƯỜNG") == "Phòng Tài chính - Kế hoạch huyện Vĩnh Tường"


@pytest.mark.parametrize("text", ["H62.12-230712-0002|026179015470", "026179015470", "1|2|3|4|5|6|7", ""])
def test_other_codes_are_no_cards(text: str) -> None:
    assert card_of(Code("qr", text)) is None
