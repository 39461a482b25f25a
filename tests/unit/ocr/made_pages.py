"""Read pages made of given lines, as the reader would hand them over."""

from __future__ import annotations

from collections.abc import Sequence

from dossier.values import Box, Code, Line, ReadPage, Sha256, Word

LETTER = 20
"""Width of a letter, pixels."""
HIGH = 40
"""Height of a line, pixels."""
STEP = 60
"""From line to line, pixels."""
MOTTO = (900, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")

Cell = tuple[int, str]
"""Left edge in pixels, and the text."""


def line(text: str, *, left: int = 200, top: int = 0, confidence: float = 0.95) -> Line:
    words, at = [], left
    for word in text.split():
        words.append(Word(word, Box(at, top, at + LETTER * len(word), top + HIGH), confidence))
        at += LETTER * (len(word) + 1)
    return Line(tuple(words))


def page(
    number: int,
    *rows: str | Cell | Sequence[Cell],
    codes: Sequence[Code] = (),
    blank: bool = False,
    dpi: float = 300.0,
    turn_sure: bool = True,
    confidence: float = 0.95,
) -> ReadPage:
    """A page; a row is a text, a text with its left edge, or several of those side by side (read as one line)."""
    lines: list[Line] = []
    for place, row in enumerate(rows):
        cells: Sequence[Cell] = [(200, row)] if isinstance(row, str) else [row] if isinstance(row[0], int) else row
        made = [line(text, left=left, top=200 + STEP * place, confidence=confidence) for left, text in cells]
        lines.append(Line(tuple(word for one in made for word in one.words)))
    kept = tuple(one for one in lines if one.words)
    return ReadPage(
        number, Sha256(f"{number:064x}"), 2480, 3508, dpi, 0, turn_sure, 0.0, blank, kept, tuple(codes)
    )  # fmt: skip


def blank(number: int) -> ReadPage:
    return page(number, blank=True)


def separator_sheet(number: int, qr: str | None, code: str = "H62.12-230712-0002") -> ReadPage:
    codes = [Code("qr", qr)] if qr else []
    return page(number, "PHIẾU NGĂN CÁCH HỒ SƠ", "", "", code, "Số CCCD: 026179015470", codes=codes)


def receipt(number: int, code: str, citizen: str, *, codes: Sequence[Code] = (), name: str = "Lê Thị Mẫu") -> ReadPage:
    return page(
        number,
        [(200, "UBND HUYỆN MẪU"), MOTTO],
        [(200, "BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ"), (1100, "Độc lập - Tự do - Hạnh phúc")],
        [(200, "Số: 2026/TNHS"), (1100, "Mẫu, ngày 06 tháng 01 năm 2024")],
        (400, "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"),
        f"Mã hồ sơ: {code}",
        f"Tiếp nhận hồ sơ của: {name}",
        f"Số CCCD: {citizen}",
        "Thời gian nhận hồ sơ: 13 giờ 57 phút, ngày 06/01/2024",
        "Thời gian trả kết quả giải quyết hồ sơ: 16 giờ 30 phút, ngày 21/01/2024",
        "",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
        "(Ký và ghi rõ họ tên)",
        codes=codes,
    )


def form(number: int, citizen: str = "026179015470", *, name: str = "Lê Thị Mẫu") -> ReadPage:
    return page(
        number,
        (500, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (600, "Độc lập - Tự do - Hạnh phúc"),
        (500, "TỜ KHAI ĐĂNG KÝ KHAI SINH"),
        (400, "Kính gửi: UBND xã Kim Xá"),
        f"Họ, chữ đệm, tên người yêu cầu: {name}",
        f"Số định danh cá nhân/CCCD: {citizen}",
        "Tôi cam đoan những nội dung khai trên đây là đúng sự thật.",
        "",
        (1000, "Làm tại: Kim Xá, ngày 12 tháng 07 năm 2023"),
        (1200, "Người yêu cầu"),
        (1200, "(Ký, ghi rõ họ, chữ đệm, tên)"),
    )


def card_front(number: int, citizen: str = "026179015470", *, codes: Sequence[Code] = ()) -> ReadPage:
    return page(
        number,
        (800, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (900, "CĂN CƯỚC CÔNG DÂN"),
        (900, "Citizen Identity Card"),
        (800, f"Số / No.: {citizen}"),
        (800, "Họ và tên / Full name:"),
        (800, "LÊ THỊ MẪU"),
        (800, "Ngày sinh / Date of birth: 14/05/1979"),
        (800, "Giới tính / Sex: Nữ Quốc tịch / Nationality: Việt Nam"),
        (800, "Nơi thường trú / Place of residence:"),
        (800, "Thôn Quảng Cư, Xã Chấn Hưng"),
        (800, "Huyện Vĩnh Tường, Vĩnh Phúc"),
        codes=codes,
    )


def card_back(number: int, mrz: str = "IDVNM1790154704026179015470<<6") -> ReadPage:
    return page(
        number,
        "Đặc điểm nhận dạng / Personal identification:",
        "Nốt ruồi C: 2cm dưới trước mắt trái",
        "Ngày, tháng, năm / Date, month, year: 19/12/2022",
        "CỤC TRƯỞNG CỤC CẢNH SÁT",
        "QUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI",
        mrz,
    )


def marriage(number: int) -> ReadPage:
    return page(
        number,
        (700, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (700, "GIẤY CHỨNG NHẬN KẾT HÔN"),
        (1000, "Số: 171/2022"),
        [(200, "Họ, chữ đệm, tên vợ: TRỊNH THỊ"), (1300, "Họ, chữ đệm, tên chồng: ĐƯỜNG")],
        [(200, "XUÂN"), (1300, "TUẤN LỘC")],
        [(200, "Ngày, tháng, năm sinh: 12/11/1969"), (1300, "Ngày, tháng, năm sinh: 22/04/1967")],
        [(200, "Giấy tờ tùy thân: CCCD số"), (1300, "Giấy tờ tùy thân: CCCD số")],
        [(200, "026169005411, cấp ngày 05/03/2021"), (1300, "026067003292, cấp ngày 01/02/2021")],
        "Nơi đăng ký kết hôn: Ủy ban nhân dân xã An Hòa, huyện Tam Dương",
        "Ngày, tháng, năm đăng ký: 01/04/2022",
    )


def decision(number: int) -> ReadPage:
    return page(
        number,
        [(200, "ỦY BAN NHÂN DÂN"), MOTTO],
        [(200, "HUYỆN TAM DƯƠNG"), (1100, "Độc lập - Tự do - Hạnh phúc")],
        [(200, "Số: 4520/QĐ-UBND"), (1100, "Tam Dương, ngày 21 tháng 01 năm 2023")],
        (1000, "QUYẾT ĐỊNH"),
        (700, "Về việc công nhận hộ nghèo, hộ cận nghèo"),
        (600, "CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN TAM DƯƠNG"),
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;",
        "Điều 1. Công nhận hộ ông/bà Tô Đình Tùng, số CCCD 026082002441.",
        "Nơi nhận:",
    )
