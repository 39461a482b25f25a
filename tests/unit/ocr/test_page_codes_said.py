"""What the codes on a page say: ours are understood in every form in use, foreign ones never."""

from __future__ import annotations

import json
from urllib.parse import quote

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxingcpp import BarcodeFormat, create_barcode

from dossier.citizen_id import parse_citizen_id
from dossier.codes import CodeProblem
from dossier.values import Code, Separator
from ocr.codes import find_codes
from ocr.ink import Pixels
from ocr.mrz import check_digit
from ocr.page_codes import CardSaid, PaperSaid, SeparatorSaid, said_by
from tests.twins.drawn_pages import letter, noisy, red_seal, skewed

DOSSIER, OTHER = "H62.12-230712-0002", "H62.12-230712-0003"
CITIZEN, PROCEDURE, RESULT = "026179015470", "1.001193.000.00.00.H35", "KQ.G15.000031"
EAN_LIKE_AN_ID = "0260123456782"
PAYMENT = (
    "00020101021138570010A00000072701270006970436011312345678901230208QRIBFTTA53037045802VN62220118" + DOSSIER + "6304A13B"
)


def zone() -> str:
    """The machine-readable zone of the card of that citizen."""
    number, optional, birth, expiry = CITIZEN[3:], f"{CITIZEN}<<", "790514", "390514"
    checks = [check_digit(part) for part in (number, optional, birth, expiry)]
    first = f"{number}{checks[0]}{optional}{checks[1]}"
    second = f"{birth}{checks[2]}F{expiry}{checks[3]}VNM" + "<" * 11
    every = check_digit(first + f"{birth}{checks[2]}{expiry}{checks[3]}" + "<" * 11)
    return f"IDVNM{first}\n{second}{every}\n" + "LE<<THI<MAU".ljust(30, "<")


def qr(text: str) -> Code:
    return Code("qr", text)


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        (f"{DOSSIER}|{CITIZEN}", Separator(DOSSIER, CITIZEN)),
        (f"{DOSSIER}|", Separator(DOSSIER, None)),
        (f"{DOSSIER}|{CITIZEN}|{PROCEDURE}", Separator(DOSSIER, CITIZEN, PROCEDURE)),
        (f"{DOSSIER}|{CITIZEN}|1.012766", Separator(DOSSIER, CITIZEN, "1.012766")),
        (f"{DOSSIER}||{PROCEDURE}", Separator(DOSSIER, None, PROCEDURE)),
        (f" {DOSSIER.lower()} | {CITIZEN} |", Separator(DOSSIER, CITIZEN)),
    ],
)
def test_a_separator_says_dossier_citizen_and_procedure_as_far_as_it_knows_them(text: str, separator: Separator) -> None:
    assert said_by(qr(text)) == SeparatorSaid(separator)


@pytest.mark.parametrize("wrong", ["26179015470", "026979015470", "135356175", "0261790154700", "000000000000"])
def test_an_id_on_a_separator_that_is_none_is_a_doubt_and_not_silence(wrong: str) -> None:
    assert said_by(qr(f"{DOSSIER}|{wrong}")) == SeparatorSaid(Separator(DOSSIER, None), ("bad_citizen_id",))


@pytest.mark.parametrize(
    "text", [f"{DOSSIER}|171/2022", f"{DOSSIER}|2022", f"{DOSSIER}|{CITIZEN}|{RESULT}", f"{DOSSIER}|Lê Thị Mẫu|{CITIZEN}"]
)
def test_another_list_that_begins_with_a_dossier_code_does_not_part_the_batch(text: str) -> None:
    said = said_by(qr(text))

    assert isinstance(said, PaperSaid)
    assert said.dossier_code == DOSSIER


@pytest.mark.parametrize("kind", ["code128", "other"])
def test_bars_are_never_a_separator(kind: str) -> None:
    assert said_by(Code(kind, f"{DOSSIER}|{CITIZEN}")) == PaperSaid(DOSSIER, CITIZEN)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["qr", "code128", "other"])
@pytest.mark.parametrize(
    "text",
    [
        DOSSIER,
        f"  {DOSSIER}\r\n",
        DOSSIER.lower(),
        f"Mã hồ sơ: {DOSSIER}",
        f"https://dichvucong.vinhphuc.gov.vn/tra-cuu?mahoso={DOSSIER}",
        f"https://dichvucong.vinhphuc.gov.vn/#/ho-so/{DOSSIER}?lang=vi",
        f"https://dichvucong.vinhphuc.gov.vn/kq/{DOSSIER}.pdf",
        f"https://dichvucong.vinhphuc.gov.vn/tra-cuu?{quote('mã hồ sơ')}={quote(DOSSIER, safe='')}",
        f"MaHoSo={DOSSIER}",
        f"{DOSSIER};{DOSSIER}",
        PAYMENT,
    ],
)  # fmt: skip
def test_a_receipt_says_its_dossier_and_nothing_else(kind: str, text: str) -> None:
    assert said_by(Code(kind, text)) == PaperSaid(DOSSIER)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        f"{RESULT}|{DOSSIER}|{CITIZEN}|so=171/2022",
        f"https://dvc.gov.vn/kq?mahoso={DOSSIER}&cccd={CITIZEN}&maketqua={RESULT}&so=171%2F2022",
        f"Mã hồ sơ: {DOSSIER}\nSố định danh: {CITIZEN}\nMã kết quả: {RESULT}\nSố, ký hiệu: 171/2022",
        json.dumps({"HoSo": {"MaHoSo": DOSSIER}, "KetQua": [{"Ma": RESULT, "SoKyHieu": "171/2022"}], "SoCCCD": CITIZEN}),
    ],
)
def test_a_result_says_dossier_citizen_kind_and_number(text: str) -> None:
    assert said_by(qr(text)) == PaperSaid(DOSSIER, CITIZEN, RESULT, "171/2022")


@pytest.mark.parametrize(
    "text",
    [
        f"https://dvc.gov.vn/kq?mahoso={DOSSIER}&giaodich={CITIZEN}",
        f"https://dvc.gov.vn/{CITIZEN}/{DOSSIER}",
        f"https://dvc.gov.vn/kq|{CITIZEN}|{DOSSIER}",
        f"{DOSSIER} {CITIZEN}",
        f"{DOSSIER};cccd=026979015470",
        json.dumps({"MaHoSo": DOSSIER, "cccd": [CITIZEN, "026082002441"]}),
    ],
)
def test_twelve_digits_without_a_name_or_without_a_choice_are_no_citizen(text: str) -> None:
    assert said_by(qr(text)) == PaperSaid(DOSSIER)


@pytest.mark.parametrize("text", [f"{DOSSIER};{OTHER}", json.dumps([DOSSIER, OTHER]), f"https://x.vn/{DOSSIER}?ma={OTHER}"])
def test_a_code_that_names_two_dossiers_says_neither_and_why(text: str) -> None:
    assert isinstance(said_by(qr(text)), CodeProblem)


@pytest.mark.parametrize("extra", ["", "|19122022", "|19122022||Lê Văn Mẫu|Trần Thị Mẫu"])
@pytest.mark.parametrize("old", ["", "135356175"])
def test_the_qr_of_a_card_is_understood_with_fewer_and_more_fields(old: str, extra: str) -> None:
    card = qr(f"{CITIZEN}|{old}|Lê Thị Mẫu|14051979|Nữ|Thôn Quảng Cư, Xã Mẫu, Vĩnh Phúc{extra}")

    assert said_by(card) == CardSaid(CITIZEN, "qr")


def test_the_zone_of_a_card_is_believed_with_its_check_digits() -> None:
    assert said_by(Code("mrz", zone())) == CardSaid(CITIZEN, "mrz")


@pytest.mark.parametrize("place", [5, 14, 20, 29, 31, 37, 39, 45, 60])
def test_the_zone_of_a_card_is_not_believed_with_a_digit_changed(place: int) -> None:
    true = zone()
    changed = true[:place] + str((int(true[place]) + 1) % 10) + true[place + 1 :]

    assert said_by(Code("mrz", changed)) is None


FOREIGN = st.one_of(
    st.text(max_size=200),
    st.from_regex(r"[0-9]{8,14}", fullmatch=True),
    st.from_regex(r"[A-Z]{2}[0-9]{9}VN", fullmatch=True),
    st.from_regex(r"026[0-3][0-9]{8}[0-9]?", fullmatch=True),
    st.from_regex(r"https://[a-z]{3,12}\.vn/[a-z]{0,8}\?[a-z]{1,8}=[0-9]{12}", fullmatch=True),
    st.from_regex(r"[0-9]{12}\|[0-9]{12}\|[A-Za-z0-9 ]{0,12}", fullmatch=True),
    st.from_regex(r'\{"(cccd|id|order)": ?"[0-9]{12}"\}', fullmatch=True),
    st.from_regex(r"[A-Z]{1,6}-[0-9]{4,12}(-[0-9]{1,3})?", fullmatch=True),
    st.from_regex(r"WIFI:T:WPA;S:[a-z0-9]{1,12};P:[A-Za-z0-9-]{8,16};;", fullmatch=True),
    st.from_regex(r"BEGIN:VCARD\nN:[A-Z][a-z]{1,8}\nTEL:0[0-9]{9}\nEND:VCARD", fullmatch=True),
)


@given(FOREIGN, st.sampled_from(["qr", "code128", "other", "mrz"]))
def test_a_foreign_code_says_nothing(text: str, kind: str) -> None:
    assert said_by(Code(kind, text)) is None  # type: ignore[arg-type]


@given(
    st.sampled_from([DOSSIER, "000.00.12.H62-201105-0004"]),
    st.text("ABCDEFGHXYZ0123456789._-", min_size=1, max_size=4),
    st.booleans(),
)
def test_no_part_of_a_longer_serial_number_is_a_dossier_code(code: str, more: str, behind: bool) -> None:
    text = code + "-" + more if behind else more + "-" + code

    assert said_by(Code("code128", text)) is None


def test_an_article_number_that_could_be_a_citizen_id_is_none() -> None:
    assert isinstance(parse_citizen_id(EAN_LIKE_AN_ID[:12]), str)

    assert [said_by(Code("other", text)) for text in (EAN_LIKE_AN_ID, EAN_LIKE_AN_ID[:12], CITIZEN)] == [None] * 3
    assert said_by(Code("code128", CITIZEN)) is None
    assert said_by(qr(CITIZEN)) is None


@given(st.recursive(st.just("["), lambda inner: inner.map(lambda text: text * 2), max_leaves=8))
def test_nested_brackets_are_no_danger(text: str) -> None:
    assert said_by(qr(text * 300)) is None


def put(page: Pixels, text: str, kind: BarcodeFormat, at: tuple[int, int], size: tuple[int, int]) -> None:
    """Lay a code with its quiet zone on a page; its place from the left and from above, and its size, in pixels."""
    (left, top), (wide, tall) = at, size
    code = np.asarray(create_barcode(text, kind).to_image(scale=1, add_quiet_zones=False))
    page[top - 20 : top + tall + 20, left - 40 : left + wide + 40] = 255
    page[top : top + tall, left : left + wide] = cv2.resize(code, size, interpolation=cv2.INTER_NEAREST)


@pytest.mark.parametrize(
    ("text", "kind", "size", "says"),
    [
        (DOSSIER, BarcodeFormat.Code128, (432, 96), PaperSaid(DOSSIER)),
        (DOSSIER, BarcodeFormat.QRCode, (168, 168), PaperSaid(DOSSIER)),
        (
            f"https://dvc.gov.vn/kq?mahoso={DOSSIER}&cccd={CITIZEN}&maketqua={RESULT}",
            BarcodeFormat.QRCode,
            (196, 196),
            PaperSaid(DOSSIER, CITIZEN, RESULT),
        ),
        (f"{DOSSIER}|{CITIZEN}", BarcodeFormat.QRCode, (175, 175), SeparatorSaid(Separator(DOSSIER, CITIZEN))),
    ],
    ids=["receipt, bars", "receipt, QR", "result", "separator"],
)
def test_our_code_is_understood_beside_foreign_ones_on_a_stamped_skewed_scan(
    text: str, kind: BarcodeFormat, size: tuple[int, int], says: PaperSaid | SeparatorSaid
) -> None:
    page = letter(200).copy()
    put(page, text, kind, (300, 1500), size)
    put(page, EAN_LIKE_AN_ID, BarcodeFormat.EAN13, (900, 1300), (285, 160))
    put(page, "026082002441", BarcodeFormat.Code128, (900, 1600), (400, 90))
    put(page, "https://giaohang.vn/?van=026082002441", BarcodeFormat.QRCode, (900, 1850), (200, 200))
    scan = noisy(skewed(red_seal(page, 300 + size[0] // 3, 1500 + size[1] // 3, 110)[:, :, 0], 5.0), 1)

    found = find_codes(scan, 200)

    assert len(found) == 4
    assert [said for said in map(said_by, found) if said is not None] == [says]
