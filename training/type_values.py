"""Made-up values for the blanks of papers: names, places, numbers, subjects; nobody is meant."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from dossier.vietnamese import fold
from training.fresh_values import Values
from training.texts import Writer


@cache
def word_list(name: str) -> tuple[str, ...]:
    """One of our own lists in ``lists/``."""
    return tuple((files("training") / "lists" / f"{name}.txt").read_text(encoding="utf-8").split("\n")[:-1])


_OFFICES = (
    "Ủy ban nhân dân xã|UBND phường|Ủy ban nhân dân huyện|Sở Tư pháp tỉnh|Phòng Nội vụ huyện|Chi cục Thuế khu vực|"
    "Sở Nông nghiệp và Môi trường|Công an xã|Bảo hiểm xã hội huyện|Trường THPT|Văn phòng đăng ký đất đai|Sở Y tế"
).split("|")
_PAPERS = (
    "bản sao CCCD|tờ khai theo mẫu|giấy chứng sinh|hợp đồng chuyển nhượng|bản vẽ thiết kế|giấy chứng nhận quyền sử dụng"
    " đất|đơn đề nghị|sổ hộ khẩu|giấy ủy quyền|ảnh 4x6"
).split("|")
_PROCEDURES = (
    "đăng ký khai sinh|cấp bản sao trích lục hộ tịch|đăng ký biến động đất đai|cấp giấy phép xây dựng|đăng ký kết hôn|"
    "đăng ký thành lập hộ kinh doanh|cấp phiếu lý lịch tư pháp|đăng ký thường trú|trợ giúp xã hội thường xuyên|"
    "đổi giấy phép lái xe"
).split("|")
_ILLNESSES = (
    "suy hô hấp|tai biến mạch máu não|tuổi già|viêm phổi|tai nạn giao thông|ung thư gan|viêm dạ dày|tăng huyết áp".split(
        "|"
    )
)
_WORKS = "nông dân|giáo viên|công nhân|lái xe|kế toán|thợ xây|nội trợ|bộ đội|buôn bán".split("|")
_DAY_WORDS = (
    "ngày mười hai tháng ba năm hai nghìn không trăm mười|ngày hai mươi tháng tám năm một nghìn chín trăm chín mươi hai|"
    "mùng năm tháng mười năm hai nghìn không trăm hai mươi mốt"
).split("|")
_ETHNICS = "Kinh|Kinh|Kinh|Mường|Cao Lan|Sán Dìu|Tày|Dao".split("|")


class Slots:
    """Draws a value for the name of a slot; the same chance gives the same value."""

    def __init__(self, chance: random.Random) -> None:
        """Draw from one source of chance."""
        self._chance, self._other = chance, Values(chance)
        self._writer = Writer(chance)
        pick, digits = chance.choice, self._other.digits
        self._of: dict[str, Callable[[], str]] = {
            "name": self._name,
            "NAME": lambda: self._name().upper(),
            "MRZNAME": lambda: fold(self._name()).upper().replace(" ", "<"),
            "id": self._other.citizen_id,
            "idboxes": lambda: " ".join(self._other.citizen_id()),
            "n": lambda: str(chance.randint(1, 9999)),
            "d": lambda: str(chance.randint(1, 99)),
            "n6": lambda: digits(6),
            "n9": lambda: digits(9),
            "id9": lambda: pick((digits(9), " ".join((digits(3), digits(3), digits(3))))),
            "n12": lambda: digits(12),
            "year": lambda: str(chance.randint(1950, 2026)),
            "date": self._date,
            "dateword": lambda: pick(_DAY_WORDS),
            "time": lambda: f"{chance.randint(0, 23)} giờ {chance.randint(0, 59):02d} phút",
            "gender": lambda: pick(("Nam", "Nữ")),
            "ethnic": lambda: pick(_ETHNICS),
            "place": self._place,
            "PLACE": lambda: self._place().upper(),
            "addr": self._address,
            "agency": lambda: f"{pick(_OFFICES)} {self._place()}",
            "serial": lambda: pick("ABCDKMPS") + pick("ABCDEHLV") + pick(("", " ")) + digits(chance.choice((6, 7, 8))),
            "amount": self._other.amount,
            "area": self._other.area,
            "phone": self._other.phone,
            "work": lambda: pick(_WORKS),
            "illness": lambda: pick(_ILLNESSES),
            "code": self._other.dossier_code,
            "score": lambda: f"{chance.randint(3, 10)},{chance.randint(0, 9)}",
            "paper": lambda: pick(_PAPERS),
            "procedure": lambda: pick(_PROCEDURES),
            "topic": lambda: pick(word_list("topics")),
            "short": self._short,
            "sent": self._sentence,
            "mrz": lambda: "\n".join(self._other.machine_lines()),
            "en": lambda: " ".join(chance.choices(word_list("english"), k=chance.randint(4, 12))).capitalize() + ".",
            "junk": self._writer.syllable,
        }

    def value(self, slot: str) -> str:
        """What stands in a slot; an unknown slot is a mistake in a form."""
        return self._of[slot]()

    def _name(self) -> str:
        return self._other.name() if self._chance.random() < 0.4 else self._writer.name().title()

    def _place(self) -> str:
        return self._other.place() if self._chance.random() < 0.5 else self._chance.choice(word_list("places"))

    def _address(self) -> str:
        return self._other.address() if self._chance.random() < 0.4 else self._writer.address()

    def _date(self) -> str:
        kind = self._chance.random()
        day = self._other.date()
        return self._other.long_date() if kind < 0.2 else day.replace("/", "-") if kind < 0.3 else day

    def _short(self) -> str:
        return self._chance.choice((self._topic_part, self._sentence_part, self._place, self._writer.prose))()

    def _topic_part(self) -> str:
        words = self.value("topic").split()
        return " ".join(words[: self._chance.randint(3, 8)])

    def _sentence_part(self) -> str:
        words = self._sentence().split()
        return " ".join(words[: self._chance.randint(3, 8)])

    def _sentence(self) -> str:
        if self._chance.random() < 0.6:
            return self._chance.choice(word_list("office_sentences")) + "."
        return self._other.sentence()
