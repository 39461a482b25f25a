"""Page kinds with fields: request with leaders, ruled form, bordered table, photocopied identity card, receipt sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from training.fresh_fonts import face
from training.fresh_letters import (
    FOOT,
    LEFT,
    MOTTO,
    RIGHT,
    STATE,
    Desk,
    certificate,
    decision,
    letter,
    prose,
    sized,
    typewriter,
)
from training.fresh_sheet import A4, Gap, Leader, Pen, Sheet, width_of
from training.fresh_values import Values

_LABELS: Final = (
    "Họ, chữ đệm và tên", "Ngày, tháng, năm sinh", "Số định danh cá nhân", "Nơi cư trú", "Nghề nghiệp",
    "Số điện thoại liên hệ", "Cơ quan công tác", "Nơi cấp giấy tờ tùy thân", "Mã hồ sơ kèm theo",
    "Theo Quyết định số", "Diện tích thửa đất (m²)",
    "Số tiền đề nghị hỗ trợ (đồng)",
)  # fmt: skip
_CARD: Final = (
    ("Số / No.:", "citizen_id"), ("Họ và tên / Full name:", "NAME"), ("Ngày sinh / Date of birth:", "date"),
    ("Giới tính / Sex:", "sex"), ("Quốc tịch / Nationality:", "nation"), ("Quê quán / Place of origin:", "origin"),
    ("Nơi thường trú / Place of residence:", "home"), ("Có giá trị đến / Date of expiry:", "date"),
)  # fmt: skip


def request(sheet: Sheet, desk: Desk) -> None:
    """A request: labels, dotted leaders and values, in print or by hand; sometimes the value stands on the dots."""
    values, rng = desk.values, sheet.rng
    by_hand = rng.random() < 0.55
    pen = desk.hand if by_hand else replace(desk.text, ink=rng.choice(("black", "blue")))
    y = _title(sheet, desk, "ĐƠN ĐỀ NGHỊ HỖ TRỢ CHI PHÍ DI DỜI")
    y = _line(sheet, y, desk, ("Kính gửi: ", desk.text), Leader(20), (values.agency(), pen), Leader(30))
    sign = rng.choice((".", ".", "…", "_"))
    for label in rng.sample(_LABELS, 10):
        y = _field(sheet, y, desk, label, _value(label, values), pen, sign)
    y = _line(sheet, y, desk, ("Lý do: ", desk.text), (values.sentence()[:44].rsplit(" ", 1)[0], pen))
    for _ in range(2):
        y = _line(sheet, y, desk, ("Nay tôi làm đơn này, mong được xem xét và xin chân thành cảm ơn.", desk.text))
        y = _line(sheet, y, desk, Leader(RIGHT - LEFT, "."))
    sheet.write(430, y, (f"{values.place()}, {values.long_date()}", desk.text), align="middle")
    sheet.write(430, y + 18, ("Người làm đơn", desk.strong), align="middle")
    sheet.sign(430, y + 48, ink=rng.choice(("blue", "black")))
    sheet.write(430, y + 84, (values.name(), pen), align="middle")


def ruled(sheet: Sheet, desk: Desk) -> None:
    """A form on ruled lines: every value stands a little above, on or through its rule."""
    values, rng = desk.values, sheet.rng
    y = _title(sheet, desk, "PHIẾU THU THẬP THÔNG TIN HỘ GIA ĐÌNH")
    label_pen, value_pen = sized(desk.text, 0.92), desk.hand if rng.random() < 0.7 else desk.typed
    for number, label in enumerate(rng.sample(_LABELS, 11), start=1):
        head, value = (f"{number}. {label}:", label_pen), _value(label, values)
        start = LEFT + width_of(head) + 10
        fit = min(1.0, (RIGHT - start) / width_of((value, value_pen)))
        sheet.write(LEFT, y, head, Gap(10), (value, sized(value_pen, fit)))
        sheet.rule(start - 6, y + rng.uniform(1.4, 3.0), RIGHT, y + 2.4, width=rng.uniform(0.4, 0.9), ink="gray")
        y += desk.text.size * 2.15
    for word, ticked in (("Đã kết hôn", True), ("Chưa kết hôn", False), ("Hộ nghèo", rng.random() < 0.5)):
        sheet.frame(LEFT, y - 9, LEFT + 10, y + 1, width=0.8)
        if ticked:
            sheet.rule(LEFT + 1, y - 8, LEFT + 9, y, width=1.2, ink="blue")
        sheet.write(LEFT + 18, y, (word, label_pen))
        y += desk.text.size * 1.8


def table(sheet: Sheet, desk: Desk) -> None:
    """A bordered table of plots: areas, amounts, numbers, names."""
    values, rng = desk.values, sheet.rng
    y = _title(sheet, desk, "BẢNG KÊ DIỆN TÍCH VÀ KINH PHÍ BỒI THƯỜNG") + 6
    edges = (48.0, 80.0, 222.0, 300.0, 370.0, 462.0, A4[0] - 40)
    heads = ("TT", "Họ và tên chủ hộ", "Số thửa/tờ", "Diện tích", "Số tiền (đồng)", "Ghi chú")
    pen = sized(desk.text, 0.86)
    high, rows = pen.size * rng.uniform(1.75, 2.3), rng.randint(14, 20)
    notes = ("Đã nhận", "Vắng mặt", "Ủy quyền", "-", "Khiếu nại", "Chờ duyệt")
    for row in range(rows + 1):
        cells = heads if row == 0 else _row(row, values, rng.choice(notes))
        bottom = y + (row + 1) * high
        for column, cell in enumerate(cells):
            drawn = replace(pen, face=desk.strong.face) if row == 0 else pen
            left, right = edges[column], edges[column + 1]
            fit = min(1.0, (right - left - 5) / width_of((cell, drawn)))
            at, align = (right - 3, "right") if row and column in (3, 4) else ((left + right) / 2, "middle")
            if row and column == 1:
                at, align = left + 3, "left"
            sheet.write(at, bottom - high * 0.34, (cell, sized(drawn, fit)), align=align)  # type: ignore[arg-type]
    for row in range(rows + 2):
        sheet.rule(edges[0], y + row * high, edges[-1], y + row * high)
    for edge in edges:
        sheet.rule(edge, y, edge, y + (rows + 1) * high)
    y += (rows + 3) * high
    sheet.write(LEFT, min(y, FOOT), (f"Tổng cộng: {values.area()} m²; {values.amount()} đồng", desk.strong))


def card(sheet: Sheet, desk: Desk) -> None:
    """A bilingual identity card, front and back, photocopied at about its true size onto one sheet."""
    values, rng = desk.values, sheet.rng
    small = Pen(desk.text.face, rng.uniform(6.0, 7.4))
    left, top, wide = 150.0, rng.uniform(90, 140), 290.0
    for y0 in (top, top + 230):
        sheet.frame(left, y0, left + wide, y0 + 185, width=0.8, radius=0.05)
    middle = left + wide * 0.62
    for row, words in enumerate((STATE, MOTTO, "SOCIALIST REPUBLIC OF VIET NAM", "Independence - Freedom - Happiness")):
        sheet.write(middle, top + 15 + row * 9.5, (words, sized(small, 0.95)), align="middle")
    sheet.write(middle, top + 58, ("CĂN CƯỚC CÔNG DÂN / Citizen Identity Card", sized(small, 1.15)), align="middle")
    sheet.frame(left + 10, top + 62, left + 68, top + 140)
    y = top + 71.0
    for label, what in _CARD:
        sheet.write(
            left + 78,
            y,
            (label, small),
            Gap(4),
            (_on_card(what, values), replace(sized(small, 1.06), face=desk.strong.face)),
        )
        y += 13.2
    _card_back(sheet, desk, small, left, top + 230)
    copied = (
        "SAO Y BẢN CHÍNH",
        f"Số chứng thực: {values.digits(4)} Quyển số: {rng.randint(1, 9):02d}-SCT/BS",
        values.date(),
    )
    for row, text in enumerate(copied):
        sheet.write(LEFT + 60, top + 470 + row * 20, (text, desk.text if row else desk.strong))
    if rng.random() < 0.5:
        sheet.seal(380, top + 480, f"Ủy ban nhân dân xã {values.place()} *".upper(), desk.seal_face)


def receipt(sheet: Sheet, desk: Desk) -> None:
    """A receipt sheet full of codes: dossier codes, document numbers, hours, amounts."""
    values, rng = desk.values, sheet.rng
    y = _title(sheet, desk, "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ")
    number, hour = desk.strong, f"{rng.randint(7, 17):02d} giờ {rng.randint(0, 59):02d} phút"
    for label, value in (
        ("Mã hồ sơ:", values.dossier_code()),
        ("Mã hồ sơ liên thông:", values.dossier_code()),
        ("Tiếp nhận hồ sơ của:", values.name()),
        ("Số CCCD:", values.citizen_id()),
        ("Số CCCD người được ủy quyền:", values.citizen_id()),
        ("Điện thoại:", values.phone()),
        ("Theo Công văn số:", values.document_number()),
        ("Thời gian nhận:", f"{hour}, ngày {values.date()}"),
        ("Lệ phí:", f"{values.amount()} đồng"),
    ):
        y = _line(sheet, y, desk, (f"{label} ", desk.text), (value, number))
    y = _line(sheet, y, desk, ("Thành phần hồ sơ nộp gồm:", desk.text))
    for order in range(1, rng.randint(5, 9)):
        words = f"{order}. Bản sao văn bản {values.document_number()} ngày {values.date()} ({rng.randint(1, 12):02d} trang)"
        y = _line(sheet, y, desk, (words, sized(desk.text, 0.94)))
    sheet.write(160, y + 20, ("NGƯỜI NỘP HỒ SƠ", desk.strong), align="middle")
    sheet.write(430, y + 20, ("NGƯỜI TIẾP NHẬN", desk.strong), align="middle")
    sheet.write(160, y + 80, (values.name(), desk.hand), align="middle")
    sheet.sign(430, y + 50)
    sheet.write(430, y + 84, (values.name(), desk.text), align="middle")


KINDS: Final[Mapping[str, Callable[[Sheet, Desk], None]]] = {
    "letter": letter,
    "request": request,
    "receipt": receipt,
    "table": table,
    "card": card,
    "prose": prose,
    "ruled": ruled,
    "certificate": certificate,
    "typewriter": typewriter,
    "decision": decision,
}


def _title(sheet: Sheet, desk: Desk, words: str) -> float:
    for row, text in enumerate((STATE, MOTTO)):
        sheet.write(A4[0] / 2, 64 + row * desk.text.size * 1.5, (text, desk.strong), align="middle")
    y = 64 + desk.text.size * 4.6
    sheet.write(A4[0] / 2, y, (words, sized(desk.strong, 1.12)), align="middle")
    return y + desk.text.size * 2.4


def _line(sheet: Sheet, y: float, desk: Desk, *parts: tuple[str, Pen] | Leader | Gap) -> float:
    sheet.write(LEFT, y, *parts)
    return y + desk.text.size * 1.75


def _field(sheet: Sheet, y: float, desk: Desk, label: str, value: str, pen: Pen, sign: str) -> float:
    """Label, a few dots, the value, dots up to the margin; or dots all along and the value on top of them."""
    head, room = (f"{label}: ", desk.text), RIGHT - LEFT
    pen = sized(pen, min(1.0, (room - width_of(head) - 16) / width_of((value, pen))))
    spare = room - width_of(head) - width_of((value, pen))
    if sheet.rng.random() < 0.3:
        start = LEFT + width_of(head)
        sheet.write(start, y + 1.5, Leader(room - width_of(head), "."))
        return _line(sheet, y, desk, head, Gap(min(8.0, spare / 2)), (value, pen))
    before = spare * sheet.rng.uniform(0.05, 0.35)
    return _line(sheet, y, desk, head, Leader(before, sign), (value, pen), Leader(spare - before, sign))


def _value(label: str, values: Values) -> str:
    drawn: Mapping[str, Callable[[], str]] = {
        "Ngày, tháng, năm sinh": values.date,
        "Số định danh cá nhân": values.citizen_id,
        "Nơi cư trú": values.address,
        "Nghề nghiệp": values.work,
        "Số điện thoại liên hệ": values.phone,
        "Cơ quan công tác": values.agency,
        "Nơi cấp giấy tờ tùy thân": lambda: f"Công an tỉnh {values.province()}",
        "Mã hồ sơ kèm theo": values.dossier_code,
        "Theo Quyết định số": values.document_number,
        "Diện tích thửa đất (m²)": values.area,
        "Số tiền đề nghị hỗ trợ (đồng)": values.amount,
    }
    return drawn.get(label, values.name)()


def _row(number: int, values: Values, note: str) -> tuple[str, ...]:
    plot = f"{values.rng.randint(1, 900)}/{values.rng.randint(1, 60)}"
    return str(number), values.name(), plot, values.area(), values.amount(), note


def _on_card(what: str, values: Values) -> str:
    drawn: Mapping[str, Callable[[], str]] = {
        "citizen_id": values.citizen_id,
        "NAME": lambda: values.name().upper(),
        "date": values.date,
        "sex": lambda: values.rng.choice(("Nam", "Nữ")),
        "nation": lambda: "Việt Nam",
        "origin": lambda: f"{values.place()}, {values.province()}",
        "home": lambda: f"Tổ {values.rng.randint(1, 40)}, {values.place()}",
    }
    return drawn[what]()


def _card_back(sheet: Sheet, desk: Desk, small: Pen, left: float, top: float) -> None:
    values = desk.values
    for row, words in enumerate((
        f"Đặc điểm nhận dạng / Personal identification: Sẹo chấm C: {values.rng.randint(1, 4)}cm trên mép trái",
        f"Ngày, tháng, năm / Date, month, year: {values.date()}",
        "CỤC TRƯỞNG CỤC CẢNH SÁT QUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI",
    )):  # fmt: skip
        fit = min(1.0, 268 / width_of((words, small)))
        sheet.write(left + 10, top + 20 + row * 15, (words, sized(small, fit)))
    sheet.write(left + 180, top + 100, (values.name(), small), align="middle")
    sheet.sign(left + 180, top + 80, wide=60)
    zone = Pen(face("Cousine-Regular"), 12.6, spread=0.02)
    for row, words in enumerate(values.machine_lines()):
        fit = 268 / width_of((words, zone))
        sheet.write(left + 11, top + 138 + row * 16, (words, sized(zone, fit)))
