"""Page kinds of running text: letter, prose, typewriter page, certificate, decision under seal and signature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from training.fresh_fonts import Face, bold
from training.fresh_sheet import A4, Gap, Pen, Sheet, width_of, wrap
from training.fresh_values import Values

LEFT: Final = 72.0
RIGHT: Final = A4[0] - 56.0
FOOT: Final = A4[1] - 64.0
STATE: Final = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO: Final = "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page kind draws with."""

    values: Values
    text: Pen
    """The print of the page."""
    hand: Pen
    """The pen that fills forms."""
    typed: Pen
    """A typewriter."""
    calm: bool = False
    """Whether seals and strokes keep off the text."""

    @property
    def strong(self) -> Pen:
        """The bold print of the page."""
        return replace(self.text, face=bold(self.text.face))

    @property
    def seal_face(self) -> Face:
        """The face of seals."""
        return self.text.face


def sized(pen: Pen, by: float) -> Pen:
    """The same pen, ``by`` times as large."""
    return replace(pen, size=pen.size * by)


def heads(sheet: Sheet, desk: Desk, y: float) -> float:
    """Draw the two heads of an official paper, agency left and state right; return the next baseline."""
    values, strong, step = desk.values, sized(desk.strong, 0.92), desk.text.size * 1.45
    left, right = 165.0, 415.0
    agency = values.agency().upper()
    rows = wrap(agency, strong, 210)
    for row, words in enumerate(rows):
        sheet.write(left, y + row * step, (words, strong), align="middle")
    sheet.write(right, y, (STATE, strong), align="middle")
    motto = sized(desk.strong, 1.0)
    end = sheet.write(right, y + step, (MOTTO, motto), align="middle")
    half = end - right
    sheet.rule(right - half * 0.8, y + step * 1.35, right + half * 0.8, y + step * 1.35)
    y += step * max(2, len(rows)) + step * 0.4
    sheet.write(left, y + step * 0.5, (f"Số: {values.document_number()}", desk.text), align="middle")
    sheet.write(right, y + step * 0.5, (f"{values.place()}, {values.long_date()}", desk.text), align="middle")
    return y + step * 2.4


def paragraph(
    sheet: Sheet, text: str, pen: Pen, y: float, *, left: float = LEFT, right: float = RIGHT, lead: float = 1.4
) -> float:
    """Draw a justified paragraph with an indent; return the next baseline."""
    indent = pen.size * 2
    rows = wrap(text, pen, right - left - indent)
    for number, row in enumerate(rows):
        if y > FOOT:
            return y
        start = left + (indent if number == 0 else 0.0)
        blanks, spare = row.count(" "), right - start - width_of((row, pen))
        stretch = spare / blanks if blanks and number < len(rows) - 1 and spare < (right - left) * 0.25 else 0.0
        sheet.write(start, y, (row, pen), blank=stretch)
        y += pen.size * lead
    return y + pen.size * 0.3


def signed(sheet: Sheet, desk: Desk, y: float, *, seal: bool) -> None:
    """Draw the signing block at the right: office, seal and strokes over it, name."""
    rng, middle, step = sheet.rng, 430.0, desk.text.size * 1.4
    y = min(y, A4[1] - 170.0)
    sheet.write(middle, y, ("KT. CHỦ TỊCH", desk.strong), align="middle")
    sheet.write(middle, y + step, ("PHÓ CHỦ TỊCH", desk.strong), align="middle")
    name_y = y + step * 5.2
    sheet.write(middle, name_y, (desk.values.name(), desk.strong), align="middle")
    if seal:
        words = f"{desk.values.agency()} * {desk.values.province()}".upper()
        sheet.seal(middle - rng.uniform(20, 60), y + step * 2.8, words, desk.seal_face, strength=rng.uniform(0.5, 0.85))
    sheet.sign(middle + rng.uniform(-15, 25), y + step * (2.9 if desk.calm else rng.uniform(2.6, 4.6)))


def letter(sheet: Sheet, desk: Desk) -> None:
    """An official letter."""
    values = desk.values
    y = heads(sheet, desk, 70)
    y = _centred(sheet, y, f"Kính gửi: {values.agency()}", desk.text)
    for opening in ("Căn cứ Công văn số", "Xét đề nghị tại Tờ trình số", "Thực hiện Kết luận số"):
        about = f"{opening} {values.document_number()} {values.long_date()} của {values.agency()}, {values.sentence()}"
        y = paragraph(sheet, about, desk.text, y)
    for number in range(1, 4):
        y = paragraph(sheet, f"{number}. {values.paragraph(3)}", desk.text, y)
    sheet.write(LEFT, min(y, A4[1] - 170) + 20, ("Nơi nhận:", sized(desk.strong, 0.85)))
    for row, whom in enumerate(("- Như trên;", f"- Lưu: VT, {values.digits(2)}b.")):
        sheet.write(LEFT, min(y, A4[1] - 170) + 34 + row * 13, (whom, sized(desk.text, 0.8)))
    signed(sheet, desk, y + 20, seal=sheet.rng.random() < 0.6)


def prose(sheet: Sheet, desk: Desk) -> None:
    """A dense page of sentences with a page number."""
    y = _centred(sheet, 75, desk.values.paragraph(1).rstrip(".").upper()[:60].rsplit(" ", 1)[0], desk.strong)
    pen = sized(desk.text, 0.95)
    while y < FOOT:
        y = paragraph(sheet, desk.values.paragraph(sheet.rng.randint(3, 7)), pen, y, lead=1.32)
    sheet.write(A4[0] / 2, A4[1] - 30, (f"- {sheet.rng.randint(2, 340)} -", desk.text), align="middle")


def typewriter(sheet: Sheet, desk: Desk) -> None:
    """A page of an old typewriter: one face, one size, letters that dance a little."""
    values, pen = desk.values, desk.typed
    sheet.write(RIGHT, 80, (f"{values.place()}, {values.long_date()}", pen), align="right")
    y = _centred(sheet, 120, "BIÊN BẢN XÁC MINH", pen)
    y = _centred(sheet, y, f"Số: {values.document_number()}", pen)
    for words in (f"Ông (bà): {values.name()}", f"Sinh ngày: {values.date()}", f"Trú quán: {values.address()}"):
        y = paragraph(sheet, words, pen, y, lead=1.7)
    for _ in range(4):
        y = paragraph(sheet, values.paragraph(3), pen, y, lead=1.7)
    sheet.write(420, min(y + 10, FOOT), ("Người lập biên bản", pen), align="middle")
    sheet.sign(420, min(y + 45, FOOT + 30))


def certificate(sheet: Sheet, desk: Desk) -> None:
    """A certificate: frame, large capitals with stacked marks, red title, names in large print."""
    values = desk.values
    sheet.frame(36, 36, A4[0] - 36, A4[1] - 36, width=3)
    sheet.frame(44, 44, A4[0] - 44, A4[1] - 44, width=0.7)
    y = _centred(sheet, 90, STATE, desk.strong)
    y = _centred(sheet, y, MOTTO, desk.strong)
    title = sheet.rng.choice(
        ("BẰNG TỐT NGHIỆP TRUNG HỌC PHỔ THÔNG", "CHỨNG CHỈ SƠ CẤP NGHỀ", "GIẤY KHEN", "BẰNG CỬ NHÂN KỸ THUẬT")
    )
    y = _centred(sheet, y + 40, title, replace(sized(desk.strong, 1.55), ink="red"), lead=2.2)
    y = _centred(sheet, y, f"HIỆU TRƯỞNG TRƯỜNG TRUNG HỌC {values.place().upper()}", desk.strong, lead=2.4)
    y = _centred(sheet, y, f"Cấp cho: {values.name().upper()}", sized(desk.strong, 1.25), lead=2.2)
    for words in (
        f"Sinh ngày: {values.date()}     Nơi sinh: {values.place()}, {values.province()}",
        "ĐÃ TRÚNG TUYỂN KỲ THI TỐT NGHIỆP, XẾP LOẠI: KHÁ GIỎI",
        f"QUYẾT ĐỊNH SỐ {values.document_number()} NGÀY {values.date()}",
        f"Số hiệu: {values.digits(7)}",
        f"Số vào sổ gốc cấp bằng: {values.digits(3)}/{values.digits(4)}",
    ):
        y = _centred(sheet, y, words, desk.text, lead=2.1)
    signed(sheet, desk, y + 10, seal=True)


def decision(sheet: Sheet, desk: Desk) -> None:
    """A decision with articles, a seal pressed over its text and strokes through it."""
    values, rng = desk.values, sheet.rng
    y = heads(sheet, desk, 64)
    y = _centred(sheet, y, "QUYẾT ĐỊNH", sized(desk.strong, 1.15))
    y = _centred(sheet, y, f"Về việc {values.sentence().rstrip('.').lower()[:70].rsplit(' ', 1)[0]}", desk.strong)
    for number in range(1, 5):
        y = paragraph(sheet, f"Điều {number}. {values.paragraph(2)}", desk.text, y)
    if not desk.calm:
        words = f"BẢN SAO ĐÚNG VỚI BẢN CHÍNH * {values.place()}".upper()
        x, place, radius = rng.uniform(150, 420), rng.uniform(250, y - 20), rng.uniform(40, 56)
        sheet.seal(x, place, words, desk.seal_face, radius=radius, strength=rng.uniform(0.35, 0.75))
        sheet.sign(rng.uniform(150, 450), rng.uniform(260, y), ink=rng.choice(("blue", "black")))
    stamp = replace(sized(desk.strong, 1.3), ink=rng.choice(("red", "blue")))
    sheet.write(120, min(y + 30, FOOT), ("ĐẾN", stamp), Gap(14), (f"Số: {values.digits(4)}", sized(stamp, 0.8)))
    sheet.frame(110, min(y + 8, FOOT - 22), 260, min(y + 40, FOOT + 10), width=1.2)
    signed(sheet, desk, y + 24, seal=True)


def _centred(sheet: Sheet, y: float, text: str, pen: Pen, *, lead: float = 1.6) -> float:
    for row in wrap(text, pen, A4[0] - 150):
        sheet.write(A4[0] / 2, y, (row, pen), align="middle")
        y += pen.size * lead
    return y
