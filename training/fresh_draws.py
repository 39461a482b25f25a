"""Chance values of the fresh dossiers, asked by name: ``z.d6`` six digits, ``z.i90`` 1 to 90, ``z.area_2`` another area."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from training.fresh_values import Values

_LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(words.split("|"))
    for name, words in {
        "hospital": "Bệnh viện Đa khoa tỉnh Vĩnh Phúc|Bệnh viện Sản - Nhi tỉnh Vĩnh Phúc|Trung tâm Y tế huyện Tam Dương|"
        "Bệnh viện Đa khoa khu vực Phúc Yên|Trung tâm Y tế thành phố Vĩnh Yên|Bệnh viện Hữu nghị Lạc Việt",
        "illness": "Suy hô hấp do viêm phổi|Tai biến mạch máu não|Ung thư gan giai đoạn cuối|Già yếu|Nhồi máu cơ tim",
        "purpose": "đăng ký kết hôn|mua bán nhà đất|bổ túc hồ sơ xin việc|vay vốn ngân hàng|"
        "chuyển nhượng quyền sử dụng đất",
        "job": "công nhân|giáo viên|làm ruộng|nhân viên văn phòng|kế toán|lái xe|kỹ thuật viên|buôn bán",
        "class": "B2|C|A1|B1|D|E",
        "grade": "Khá|Giỏi|Trung bình|Xuất sắc|Trung bình khá",
        "major": "Kế toán|Luật kinh tế|Công nghệ thông tin|Sư phạm Toán học|Quản trị kinh doanh",
        "uni": "BÁCH KHOA MIỀN TRUNG DU|SƯ PHẠM HÀ NỘI 2|LUẬT HÀ NỘI|HÙNG VƯƠNG|KINH TẾ QUỐC DÂN",
        "wish": "xin cấp lại bản sao giấy tờ do bị thất lạc|hỗ trợ sửa chữa nhà ở|miễn giảm học phí cho con|"
        "xác nhận nguồn gốc thửa đất đang sử dụng|giải quyết tranh chấp ranh giới ngõ đi chung|"
        "tặng cho con quyền sử dụng đất",
        "grant": "trợ cấp xã hội hằng tháng|hỗ trợ chi phí mai táng|cho phép chuyển mục đích sử dụng đất|"
        "hưởng chế độ thai sản|cấp lại thẻ thương binh|phê duyệt phương án bồi thường|công nhận hộ thoát nghèo",
        "topic": "tăng cường công tác phòng cháy, chữa cháy mùa hanh khô|rà soát hộ nghèo, hộ cận nghèo cuối năm|"
        "chuyển đổi số và cải cách hành chính|tuyển quân đợt một|phòng, chống dịch tả lợn châu Phi|"
        "quản lý vỉa hè, lòng đường|thu gom và xử lý rác thải sinh hoạt|dồn thửa đổi ruộng và giao thông nội đồng|"
        "phổ cập giáo dục, xóa mù chữ|bảo đảm an toàn giao thông dịp Tết|tổ chức lễ hội truyền thống|"
        "kiểm kê đất đai định kỳ|xây dựng nông thôn mới nâng cao|cấp thẻ bảo hiểm y tế cho người cao tuổi",
        "headline": "Sông Phó Đáy mùa nước nổi|Đội bóng xã nhà vào chung kết|Nghề gốm Hương Canh hồi sinh|"
        "Giá su su tăng trở lại|Chuyện người giữ rừng Tam Đảo|Hội chọi trâu đông nghẹt khách",
        "clause": "Các cơ quan, đơn vị theo chức năng, nhiệm vụ được giao chủ động triển khai thực hiện đúng tiến độ.|"
        "Kinh phí được bố trí trong dự toán chi thường xuyên và các nguồn hợp pháp khác.|"
        "Việc thực hiện phải bảo đảm công khai, dân chủ, đúng đối tượng, không gây phiền hà cho người dân.|"
        "Trong quá trình thực hiện nếu có vướng mắc, đề nghị phản ánh kịp thời để xem xét, điều chỉnh cho phù hợp.|"
        "Tổ công tác có trách nhiệm kiểm tra thực địa, lập hồ sơ và tổng hợp kết quả trước ngày 25 hằng tháng.|"
        "Đài truyền thanh tăng thời lượng tuyên truyền trên hệ thống loa của các thôn, tổ dân phố.|"
        "Hai bên đã đọc lại, hiểu rõ quyền, nghĩa vụ và lợi ích hợp pháp của mình.|"
        "Mọi tranh chấp phát sinh được giải quyết trước hết bằng thương lượng, hòa giải.|"
        "Hồ sơ được lưu giữ theo quy định; bản điện tử có giá trị như bản giấy.|"
        "Trưởng thôn phối hợp rà soát danh sách, niêm yết tại nhà văn hóa trong thời hạn mười lăm ngày.|"
        "Tỷ lệ hoàn thành đạt trên tám mươi phần trăm so với chỉ tiêu được giao từ đầu năm.|"
        "Một số nội dung còn chậm do thiếu nhân lực và điều kiện thời tiết không thuận lợi.",
    }.items()
}
_COMPANIES: Final = "Công ty TNHH Thương mại {}|Công ty Cổ phần Xây dựng {}|Công ty TNHH MTV {}".split("|")
_SHOPS: Final = "Cửa hàng tạp hóa {}|Hộ kinh doanh {}|Quán ăn {}|Cửa hàng vật liệu xây dựng {}".split("|")


@dataclass
class Draws:
    """Every name is drawn once and stays what it was."""

    rng: random.Random
    kept: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.kept.setdefault(name, self._draw(re.sub(r"_\d+$", "", name)))

    def _draw(self, kind: str) -> str:
        digits, upto = re.fullmatch(r"d(\d+)", kind), re.fullmatch(r"i(\d+)", kind)
        if digits:
            return str(self.rng.randint(1, 9)) + "".join(self.rng.choices("0123456789", k=int(digits[1]) - 1))
        if upto:
            return str(self.rng.randint(1, int(upto[1])))
        if kind in _LISTS:
            return self.rng.choice(_LISTS[kind])
        return _MAKERS[kind](self.rng)


def _money(rng: random.Random) -> str:
    return f"{rng.choice((rng.randint(5, 99), rng.randint(100, 3000), rng.randint(3000, 99_999))) * 1000:,}".replace(
        ",", "."
    )


def _ean_tail(rng: random.Random) -> str:
    """Ten digits that close an EAN-13 beginning with 893."""
    body = "".join(rng.choices("0123456789", k=9))
    total = sum(int(sign) * (3 if at % 2 else 1) for at, sign in enumerate(f"893{body}"))
    return f"{body}{-total % 10}"


_MAKERS: Final[Mapping[str, Callable[[random.Random], str]]] = {
    "money": _money,
    "area": lambda rng: f"{rng.uniform(45, 980):.1f}".replace(".", ","),
    "phone": lambda rng: Values(rng).phone(),
    "place": lambda rng: Values(rng).place(),
    "place_up": lambda rng: Values(rng).place().upper(),
    "name": lambda rng: Values(rng).name(),
    "say": lambda rng: Values(rng).sentence(),
    "hour": lambda rng: f"{rng.choice((8, 9, 10, 13, 14, 15, 16)):02d} giờ {rng.choice((0, 15, 30, 45)):02d} phút",
    "firm": lambda rng: rng.choice(_COMPANIES).format(Values(rng).place()),
    "firm_latin": lambda rng: f"VINA {rng.choice(('TECH', 'PARTS', 'WIRE'))} CO., LTD.",
    "shop": lambda rng: rng.choice(_SHOPS).format(Values(rng).place()),
    "ean": _ean_tail,
}
